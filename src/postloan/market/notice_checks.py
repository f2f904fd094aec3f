"""What must add up in a notice: the ``checks`` of its JSON, and contradictions as findings (N0xx)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from postloan.kernel import Finding, FindingKind, load_kinds
from postloan.kernel.money import round_to
from postloan.market.notice import Notice

Tell = Callable[[str, object, object], None]

_BREAKDOWNS: tuple[tuple[Literal["five_class", "litigation", "guarantee"], str], ...] = (
    ("five_class", "N002"), ("litigation", "N003"), ("guarantee", "N004"),
)  # fmt: skip


def kind(code: str) -> FindingKind:
    """The finding kind of a code of this topic (``findings.yaml``)."""
    return load_kinds("postloan.market")[code]


def checks_of(notice: Notice) -> Mapping[str, bool | Decimal]:
    """The checks that the notice's figures allow.

    ``p_plus_i``: principal plus interest is the total, within the sum of their tolerances.
    ``start_over_total``, ``start_over_principal``: the start price's share, six decimals.
    ``*_sums_to_loans``: a breakdown adds up to the number of loans.
    """
    checks: dict[str, bool | Decimal] = {}
    if (gap := _gap(notice)) is not None:
        checks["p_plus_i"] = gap <= _slack(notice, "principal", "interest", "total")
    for key, base in (("start_over_total", notice.total), ("start_over_principal", notice.principal)):
        if notice.start_price is not None and base:
            checks[key] = round_to(notice.start_price / base, 6)
    for key, _ in _BREAKDOWNS:
        summed = _summed(getattr(notice, key))
        if summed is not None and notice.loans is not None and _known(notice, "loans"):
            checks[f"{key}_sums_to_loans"] = abs(summed - notice.loans) <= _slack(notice, "loans")
    return checks


def contradictions(notice: Notice) -> list[Finding]:
    """What in a notice cannot all be true; nothing is mended."""
    found: list[Finding] = []

    def tell(code: str, seen: object, expected: object) -> None:
        found.append(Finding(kind(code), "notice", key=notice.id, found=str(seen), expected=str(expected)))

    gap = _gap(notice)
    if gap is not None and gap > _slack(notice, "principal", "interest", "total"):
        tell("N001", f"{notice.total:,}", f"{(notice.principal or 0) + (notice.interest or 0):,}")
    for key, code in _BREAKDOWNS:
        summed = _summed(getattr(notice, key))
        if summed is None or notice.loans is None or not _known(notice, "loans"):
            continue
        if abs(summed - notice.loans) > _slack(notice, "loans"):
            tell(code, f"{summed:,}", f"{notice.loans:,}")
    _sizes(notice, tell)
    _order(notice, tell)
    return found


def _sizes(notice: Notice, tell: Tell) -> None:
    loans, borrowers, total = notice.loans, notice.borrowers, notice.total
    counted = loans is not None and borrowers is not None and _known(notice, "loans", "borrowers")
    if counted and (borrowers or 0) > (loans or 0) + _slack(notice, "loans", "borrowers"):
        tell("N005", f"{borrowers:,}", f"{loans:,}")
    average, slack_of_one = notice.avg_borrower, _slack(notice, "avg_borrower", "max_borrower")
    if average and borrowers and total and _known(notice, "avg_borrower", "borrowers", "total"):
        off, few = _slack(notice, "avg_borrower") + Decimal("0.005"), _slack(notice, "borrowers")
        low = (average - off) * (borrowers - few) - _slack(notice, "total")
        high = (average + off) * (borrowers + few) + _slack(notice, "total")
        if not low <= total <= high:
            tell("N006", f"{average:,}", f"{round_to(total / borrowers, 2):,}")
    if total is not None and _known(notice, "max_borrower", "total"):
        slack = _slack(notice, "max_borrower", "total")
        if (notice.max_borrower or 0) > total + slack:
            tell("N011", f"{notice.max_borrower:,}", f"{total:,}")
    greatest = notice.max_borrower
    both = average is not None and greatest is not None and _known(notice, "avg_borrower", "max_borrower")
    if both and (greatest or 0) + slack_of_one < (average or 0):
        tell("N014", f"{greatest:,}", f"{average:,}")
    gone = notice.written_off
    if isinstance(gone, int) and loans is not None and gone > loans + _slack(notice, "loans"):
        tell("N012", f"{gone:,}", f"{loans:,}")


def _order(notice: Notice, tell: Tell) -> None:
    """Cut-off, publication, deadline, bidding: each no earlier than the one before."""
    steps = [
        (key, value)
        for key in ("cutoff_date", "published", "bid_deadline", "free_bid_start", "free_bid_end")
        if (value := getattr(notice, key)) is not None
    ]
    for (one, before), (other, after) in pairwise(steps):
        length = min(len(before), len(after))
        if before[:length] > after[:length]:
            tell("N013", f"{one} {before}", f"{other} {after}")


def _gap(notice: Notice) -> Decimal | None:
    """How far principal plus interest is from the total; None unless all three are more than bounds."""
    if notice.principal is None or notice.interest is None or notice.total is None:
        return None
    if not _known(notice, "principal", "interest", "total"):
        return None
    return abs(notice.principal + notice.interest - notice.total)


def _known(notice: Notice, *keys: str) -> bool:
    """Whether figures are more than bounds."""
    return all(key not in notice.tolerance or notice.tolerance[key] is not None for key in keys)


def _slack(notice: Notice, *keys: str) -> Decimal:
    return sum((notice.tolerance.get(key) or Decimal(0) for key in keys), Decimal(0))


def _summed(counts: Mapping[str, int | str] | None) -> int | None:
    if not counts or any(isinstance(count, str) for count in counts.values()):
        return None
    return sum(int(count) for count in counts.values())
