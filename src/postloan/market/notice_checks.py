"""What must hold inside one notice, whoever wrote it: sums, counts, averages, prices, the order of its days.

One list of checks (``held_in``) serves the ``checks`` of a notice's JSON, the contradictions that the reader finds
(N0xx), the report, and the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from postloan.kernel import Finding, FindingKind, load_kinds
from postloan.kernel.money import round_to
from postloan.market.notice import Notice

HALF_A_FEN = Decimal("0.005")
_BREAKDOWNS = ("five_class", "litigation", "guarantee")
_CODES: Mapping[str, str] = {
    "adds_up": "N001", "five_class": "N002", "litigation": "N003", "guarantee": "N004", "borrowers_in_loans": "N005",
    "average": "N006", "largest": "N011", "written_off_in_loans": "N012", "largest_at_least_average": "N014",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that must hold in a notice, and whether it does.

    name: key of its text. found, expected: both sides, as printed. sign: what should stand between them.
    """

    name: str
    holds: bool
    found: str
    expected: str
    sign: str


def kind(code: str) -> FindingKind:
    """The finding kind of a code of this topic (``findings.yaml``)."""
    return load_kinds("postloan.market")[code]


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


def checks_of(notice: Notice) -> Mapping[str, bool | Decimal]:
    """The checks that the notice's figures allow.

    ``p_plus_i``: principal plus interest is the total, within the sum of their tolerances.
    ``start_over_total``, ``start_over_principal``: the start price's share, six decimals.
    ``*_sums_to_loans``: a breakdown adds up to the number of loans.
    """
    held = {one.name: one.holds for one in held_in(notice)}
    checks: dict[str, bool | Decimal] = {}
    if "adds_up" in held:
        checks["p_plus_i"] = held["adds_up"]
    for key, base in (("start_over_total", notice.total), ("start_over_principal", notice.principal)):
        if notice.start_price is not None and base:
            checks[key] = round_to(notice.start_price / base, 6)
    return checks | {f"{key}_sums_to_loans": held[key] for key in _BREAKDOWNS if key in held}


def contradictions(notice: Notice) -> list[Finding]:
    """What in a notice cannot all be true; nothing is mended."""
    found = [
        Finding(kind(_CODES[one.name]), "notice", key=notice.id, found=one.found, expected=one.expected)
        for one in held_in(notice)
        if not one.holds and one.name in _CODES
    ]
    return found + [
        Finding(kind("N013"), "notice", key=notice.id, found=before, expected=after)
        for before, after in _out_of_order(notice)
    ]


def _sums(n: Notice) -> Iterator[Held]:
    if (
        n.principal is not None
        and n.total is not None
        and (far := slack(n, "principal", "total")) is not None
    ):
        yield Held("principal_in_total", n.principal <= n.total + far, _y(n.principal), _y(n.total), "≤")
        if n.interest is not None and (far := slack(n, "principal", "interest", "total")) is not None:
            together = n.principal + n.interest
            yield Held("adds_up", abs(together - n.total) <= far, _y(together), _y(n.total), "=")
    if n.avg_borrower is not None and n.borrowers and n.total is not None:
        unit, rounding, people = (slack(n, key) for key in ("avg_borrower", "total", "borrowers"))
        if unit is not None and rounding is not None and people is not None:
            # A mean printed to the fen may be half a fen off for every borrower.
            far = n.borrowers * (unit or HALF_A_FEN) + rounding + people * n.avg_borrower
            product = n.avg_borrower * n.borrowers
            yield Held("average", abs(product - n.total) <= far, _y(product), _y(n.total), "≈")
    most = n.max_borrower
    if most is not None and n.total is not None and (far := slack(n, "max_borrower", "total")) is not None:
        yield Held("largest", most <= n.total + far, _y(most), _y(n.total), "≤")
    mean = n.avg_borrower
    if most is not None and mean and (far := slack(n, "avg_borrower", "max_borrower")) is not None:
        yield Held("largest_at_least_average", most + far >= mean, _y(most), _y(mean), "≥")


def _counts(n: Notice) -> Iterator[Held]:
    if n.loans is None:
        return
    if n.borrowers is not None and (far := slack(n, "loans", "borrowers")) is not None:
        holds = n.borrowers <= n.loans + far
        yield Held("borrowers_in_loans", holds, f"{n.borrowers:,}", f"{n.loans:,}", "≤")
    far = slack(n, "loans")
    if far is None:
        return
    for name in _BREAKDOWNS:
        counts: Mapping[str, int | str] | None = getattr(n, name)
        # A notice that says 全部 (all) instead of a count is not counted.
        if not counts or any(isinstance(count, str) for count in counts.values()):
            continue
        counted = sum(int(count) for count in counts.values())
        yield Held(name, abs(counted - n.loans) <= far, f"{counted:,}", f"{n.loans:,}", "=")
    if isinstance(n.written_off, int):
        holds = n.written_off <= n.loans + far
        yield Held("written_off_in_loans", holds, f"{n.written_off:,}", f"{n.loans:,}", "≤")


def _prices(n: Notice) -> Iterator[Held]:
    if n.start_price is not None and n.sold_price is not None:
        holds = n.sold_price >= n.start_price
        yield Held("sold_at_least_start", holds, _y(n.sold_price), _y(n.start_price), "≥")
    price = n.sold_price if n.sold_price is not None else n.start_price
    discount = _stated(n, "start_over_total") or (price / n.total if price is not None and n.total else None)
    recovery = _stated(n, "start_over_principal") or (
        price / n.principal if price is not None and n.principal else None
    )
    if discount is not None and recovery is not None:
        # The total holds the principal, so a price is never a greater share of the total than of the principal.
        yield Held("discount_below_recovery", discount <= recovery, _p(discount), _p(recovery), "≤")


def _out_of_order(notice: Notice) -> Iterator[tuple[str, str]]:
    """Cut-off, publication, deadline, bidding: each no earlier than the one before."""
    steps = [
        (key, value)
        for key in ("cutoff_date", "published", "bid_deadline", "free_bid_start", "free_bid_end")
        if (value := getattr(notice, key)) is not None
    ]
    for (one, before), (other, after) in pairwise(steps):
        length = min(len(before), len(after))
        if before[:length] > after[:length]:
            yield f"{one} {before}", f"{other} {after}"


def _stated(n: Notice, name: str) -> Decimal | None:
    value = n.checks.get(name)
    return value if isinstance(value, Decimal) else None


def _y(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _p(ratio: Decimal) -> str:
    return f"{ratio * 100:.2f}%"
