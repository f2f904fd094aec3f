"""Outliers and contradictions in a register of notices, as findings M0xx."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median

from postloan.kernel import Finding, load_kinds
from postloan.market import Notice
from postloan.market.notice_checks import held_in, slack
from postloan.outcomes.register import LISTED, MARKETED, Entry, Register, rough

FAR = Decimal(4)
"""A price ratio this many times off its like is looked at."""
_LIKE = Decimal("1.5")
_ENOUGH = 3
_ROUNDING = Decimal("0.15")
_CODES: Mapping[str, str] = {
    "principal_in_total": "M003", "adds_up": "M004", "average": "M008", "largest": "M012",
    "largest_at_least_average": "M016", "borrowers_in_loans": "M006", "five_class": "M009", "guarantee": "M009",
    "litigation": "M009", "written_off_in_loans": "M017", "sold_at_least_start": "M005",
    "discount_below_recovery": "M001",
}  # fmt: skip
_TENTHS = re.compile(r"(\d+(?:\.\d+)?)\s*折(?!扣率)")
_CENTS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:cents?\b|美分|分钱)", re.IGNORECASE)


def check_register(register: Register) -> tuple[Finding, ...]:
    """Everything that a person should look at, the notices in their order."""
    found = list(register.findings)
    for notice in register.notices:
        found += _inside(notice)
    for entry in register.entries:
        found += _between(entry)
    found += _outliers(register.entries)
    return tuple(found)


def price_over_total(notice: Notice) -> Decimal | None:
    """Sold price, else start price, over the total; None where either is unknown or only a bound."""
    key = "sold_price" if notice.sold_price is not None else "start_price"
    price = getattr(notice, key)
    if price is None or not notice.total or rough(notice, key) or rough(notice, "total"):
        return None
    return Decimal(price / notice.total)


def _finding(code: str, key: str, found: str, expected: str = "") -> Finding:
    return Finding(load_kinds("postloan.outcomes")[code], "notices", key=key, found=found, expected=expected)


def _inside(notice: Notice) -> Iterator[Finding]:
    for check in held_in(notice):
        if not check.holds:
            yield _finding(_CODES[check.name], notice.id, check.found, check.expected)
    start = notice.start_price
    for name, base in (("start_over_total", notice.total), ("start_over_principal", notice.principal)):
        stated = notice.checks.get(name)
        if start is None or not base or isinstance(stated, bool) or stated is None:
            continue
        if abs(stated - start / base) > start / base * Decimal("0.01"):
            yield _finding("M013", notice.id, _share(stated), _share(start / base))
    if (ratio := price_over_total(notice)) is not None:
        for said, claimed in _claims(notice):
            if abs(claimed / ratio - 1) > _ROUNDING:
                yield _finding("M002", notice.id, f"{said} = {_share(claimed)}", _share(ratio))


def _claims(notice: Notice) -> Iterator[tuple[str, Decimal]]:
    """Price ratios told in words: tenths (折) and cents on the yuan."""
    for text in (notice.remarks or "", *notice.as_reported.values()):
        for pattern, part in ((_TENTHS, Decimal(10)), (_CENTS, Decimal(100))):
            for match in pattern.finditer(text):
                if claimed := Decimal(match.group(1)) / part:
                    yield match.group(0), claimed


def _between(entry: Entry) -> Iterator[Finding]:
    listings = [n for n in entry.notices if n.doc_kind in LISTED and n.total is not None]
    marketed = [n for n in entry.notices if n.doc_kind == MARKETED and n.total is not None]
    if not listings:
        return
    for later in listings[1:]:
        if _apart(listings[0], later):
            yield _finding("M010", entry.name, _yuan(listings[0]), _yuan(later))
    for notice in marketed:
        if _apart(notice, listings[0]):
            yield _finding("M011", entry.name, _yuan(notice), _yuan(listings[0]))


def _apart(one: Notice, other: Notice) -> bool:
    allowed = [slack(one, "total"), slack(other, "total")]
    if None in allowed or one.total is None or other.total is None:
        return False
    return abs(one.total - other.total) > sum((a for a in allowed if a is not None), Decimal(0))


def _outliers(entries: Sequence[Entry]) -> Iterator[Finding]:
    priced = [
        (entry, ratio, days)
        for entry in entries
        if (ratio := price_over_total(entry.first)) is not None
        and (days := entry.first.weighted_overdue_days) is not None
    ]
    for entry, ratio, days in priced:
        like = [r for e, r, d in priced if e is not entry and days / _LIKE <= d <= days * _LIKE]
        if len(like) < _ENOUGH:
            continue
        usual = median(like)
        if ratio * FAR < usual or ratio > usual * FAR:
            yield _finding("M007", entry.name, _share(ratio), f"{_share(min(like))}–{_share(max(like))}")


def _share(ratio: Decimal) -> str:
    return f"{ratio * 100:.2f}%"


def _yuan(notice: Notice) -> str:
    return f"{notice.total:,.2f}"
