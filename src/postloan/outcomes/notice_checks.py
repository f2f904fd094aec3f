"""What must hold inside one notice, whoever wrote it: sums, counts, averages, prices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from postloan.market import Notice

WHOLE = "全部"
"""Stands for a count where a notice says that all loans are of one kind."""


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that must hold in a notice, and whether it does.

    code: the finding code it is reported under where it does not hold. name: key of its text.
    found, expected: both sides, as printed.
    sign: what should stand between them.
    """

    code: str
    name: str
    holds: bool
    found: str
    expected: str
    sign: str


def held_in(notice: Notice) -> Iterator[Held]:
    """Every check that the notice states enough figures for.

    Figures of the press are rounded; a difference within the stated ``tolerance`` of the figures holds.
    """
    yield from _sums(notice)
    yield from _counts(notice)
    yield from _prices(notice)


def slack(notice: Notice, *keys: str) -> Decimal | None:
    """How far rounding of these figures together may reach; None where one is only a bound or rough."""
    allowed = Decimal(0)
    for key in keys:
        if key not in notice.tolerance:
            continue
        one = notice.tolerance[key]
        if one is None:
            return None
        allowed += one
    return allowed


def _sums(n: Notice) -> Iterator[Held]:
    if (
        n.principal is not None
        and n.total is not None
        and (far := slack(n, "principal", "total")) is not None
    ):
        yield Held(
            "M003", "principal_in_total", n.principal <= n.total + far, _y(n.principal), _y(n.total), "≤"
        )
        if n.interest is not None and (far := slack(n, "principal", "interest", "total")) is not None:
            together = n.principal + n.interest
            yield Held("M004", "adds_up", abs(together - n.total) <= far, _y(together), _y(n.total), "=")
    if n.avg_borrower is not None and n.borrowers and n.total is not None:
        unit = slack(n, "avg_borrower")
        rounding = slack(n, "total")
        people = slack(n, "borrowers")
        if unit is not None and rounding is not None and people is not None:
            # A mean printed to the fen may be half a fen off for every borrower.
            far = n.borrowers * (unit or Decimal("0.005")) + rounding + people * n.avg_borrower
            product = n.avg_borrower * n.borrowers
            yield Held("M008", "average", abs(product - n.total) <= far, _y(product), _y(n.total), "≈")
    if n.max_borrower is not None and n.total is not None:
        yield Held("M012", "largest", n.max_borrower <= n.total, _y(n.max_borrower), _y(n.total), "≤")


def _counts(n: Notice) -> Iterator[Held]:
    if n.borrowers is not None and n.loans is not None and slack(n, "loans", "borrowers") is not None:
        yield Held(
            "M006", "borrowers_in_loans", n.borrowers <= n.loans, f"{n.borrowers:,}", f"{n.loans:,}", "≤"
        )
    if n.loans is None:
        return
    far = slack(n, "loans")
    for name, counts in (
        ("five_class", n.five_class),
        ("guarantee", n.guarantee),
        ("litigation", n.litigation),
    ):
        if not counts or far is None or WHOLE in counts.values():
            continue
        counted = sum(int(count) for count in counts.values())
        yield Held("M009", name, abs(counted - n.loans) <= far, f"{counted:,}", f"{n.loans:,}", "=")


def _prices(n: Notice) -> Iterator[Held]:
    if n.start_price is not None and n.sold_price is not None:
        holds = n.sold_price >= n.start_price
        yield Held("M005", "sold_at_least_start", holds, _y(n.sold_price), _y(n.start_price), "≥")
    price = n.sold_price if n.sold_price is not None else n.start_price
    discount = _stated(n, "start_over_total") or (price / n.total if price is not None and n.total else None)
    recovery = _stated(n, "start_over_principal") or (
        price / n.principal if price is not None and n.principal else None
    )
    if discount is not None and recovery is not None:
        # The total holds the principal, so a price is never a greater share of the total than of the principal.
        yield Held("M001", "discount_below_recovery", discount <= recovery, _p(discount), _p(recovery), "≤")


def _stated(n: Notice, name: str) -> Decimal | None:
    value = n.checks.get(name)
    return value if isinstance(value, Decimal) else None


def _y(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _p(ratio: Decimal) -> str:
    return f"{ratio * 100:.2f}%"
