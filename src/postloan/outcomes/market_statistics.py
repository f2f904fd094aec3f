"""Market statistics of a register, by the definitions of the registration centre's own.

Scale (规模) is the total owed (未偿本息). Discount (折扣率) = Σ price / Σ total; principal recovery (本金回收率) =
Σ price / Σ principal, each over the projects that state both figures, with their number. Asking and sold prices
are never mixed, listed and sold projects neither. A relisted project counts once, at its first listing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from postloan.kernel import Finding
from postloan.outcomes.register import Entry, Register, rough
from postloan.outcomes.register_checks import check_register

OVERDUE = (180, 360, 720, 1080, 1800)
"""Upper edges of the overdue bands of prices, in weighted days, included; a last band is open."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Prices over an amount: n projects, Σ price, Σ amount, and the single ratios' range.

    ratio: Σ price / Σ amount. No interval is given for so few; least, median and most say how they spread.
    """

    n: int
    price: Decimal
    amount: Decimal
    ratio: Decimal
    least: Decimal
    median: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Summed:
    """A sum over those projects that state the figure, and how many do."""

    n: int
    sum: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """Projects of one kind.

    key: the kind as notices name it; '' where not stated. n: projects. total, principal, loans, borrowers: sums.
    start_discount, start_recovery: of asking prices (起始价); discount, recovery: of sold prices (成交价);
    None where no project states both figures.
    """

    key: str
    n: int
    total: Summed
    principal: Summed
    loans: Summed
    borrowers: Summed
    start_discount: Ratio | None
    start_recovery: Ratio | None
    discount: Ratio | None
    recovery: Ratio | None


@dataclass(frozen=True, slots=True)
class Band:
    """Prices by weighted overdue age: over low days (excluded) up to high (None: open)."""

    low: int
    high: int | None
    start: Ratio | None
    sold: Ratio | None


@dataclass(frozen=True, slots=True)
class MarketStatistics:
    """Statistics of one register.

    notices: read. kinds: notices by kind of document. listed: everything ever put up for bids, once; sold: what is
    known to be sold. listed_by, sold_by: the same by seller_type, product and quarter. marketed_only: announced
    to investors but not listed. relisted: projects put up again. bands: prices by overdue age.
    """

    notices: int
    kinds: Mapping[str, int]
    listed: Group
    sold: Group
    listed_by: Mapping[str, tuple[Group, ...]]
    sold_by: Mapping[str, tuple[Group, ...]]
    marketed_only: int
    relisted: int
    bands: tuple[Band, ...]
    points: tuple[tuple[str, str, Decimal, Decimal], ...]
    findings: tuple[Finding, ...]


_BY: Mapping[str, Callable[[Entry], str | None]] = {
    "seller_type": lambda entry: entry.first.seller_type,
    "product": lambda entry: entry.first.product,
    "quarter": lambda entry: entry.quarter,
}


def market_statistics(register: Register) -> MarketStatistics:
    """The statistics of a register and what is wrong in it."""
    listed = [entry for entry in register.entries if entry.listed]
    sold = [entry for entry in register.entries if entry.sold]
    return MarketStatistics(
        notices=len(register.notices),
        kinds=dict(Counter(notice.doc_kind or "" for notice in register.notices).most_common()),
        listed=_group("", listed),
        sold=_group("", sold),
        listed_by={name: _groups(listed, of) for name, of in _BY.items()},
        sold_by={name: _groups(sold, of) for name, of in _BY.items()},
        marketed_only=sum(not entry.listed and not entry.sold for entry in register.entries),
        relisted=sum(entry.relisted > 0 for entry in listed),
        bands=_bands(register.entries),
        points=tuple(_points(listed)),
        findings=check_register(register),
    )


def _groups(entries: Sequence[Entry], of: Callable[[Entry], str | None]) -> tuple[Group, ...]:
    kinds: dict[str, list[Entry]] = {}
    for entry in entries:
        kinds.setdefault(of(entry) or "", []).append(entry)
    return tuple(_group(key, kinds[key]) for key in sorted(kinds, key=lambda key: (key == "", key)))


def _group(key: str, entries: Sequence[Entry]) -> Group:
    return Group(
        key=key,
        n=len(entries),
        total=_summed(entries, "total"),
        principal=_summed(entries, "principal"),
        loans=_summed(entries, "loans"),
        borrowers=_summed(entries, "borrowers"),
        start_discount=_ratio(entries, "start_price", "total"),
        start_recovery=_ratio(entries, "start_price", "principal"),
        discount=_ratio(entries, "sold_price", "total"),
        recovery=_ratio(entries, "sold_price", "principal"),
    )


def _summed(entries: Iterable[Entry], key: str) -> Summed:
    values = [Decimal(value) for entry in entries if (value := getattr(entry.first, key)) is not None]
    return Summed(len(values), sum(values, Decimal(0)))


def _ratio(entries: Iterable[Entry], price: str, amount: str) -> Ratio | None:
    """Σ price / Σ amount over the entries that state both; a mere bound (超4亿元) is not a figure."""
    pairs = [
        (Decimal(p), Decimal(a))
        for entry in entries
        if (p := getattr(entry.first, price)) is not None
        and (a := getattr(entry.first, amount))
        and not rough(entry.first, price)
        and not rough(entry.first, amount)
    ]
    if not pairs:
        return None
    prices, amounts = sum((p for p, _ in pairs), Decimal(0)), sum((a for _, a in pairs), Decimal(0))
    single = sorted(p / a for p, a in pairs)
    return Ratio(len(pairs), prices, amounts, prices / amounts, single[0], median(single), single[-1])


def _bands(entries: Sequence[Entry]) -> tuple[Band, ...]:
    made = []
    for low, high in zip((0, *OVERDUE), (*OVERDUE, None), strict=True):
        mine = [
            entry
            for entry in entries
            if (days := entry.first.weighted_overdue_days) is not None
            and low < days
            and (high is None or days <= high)
        ]
        start = _ratio([entry for entry in mine if entry.listed], "start_price", "total")
        made.append(Band(low, high, start, _ratio(mine, "sold_price", "total")))
    return tuple(made)


def _points(entries: Sequence[Entry]) -> Iterable[tuple[str, str, Decimal, Decimal]]:
    """Name, product, days and asking ratio of every listing that states them."""
    for entry in entries:
        ratio = _ratio([entry], "start_price", "total")
        if ratio is not None and entry.first.weighted_overdue_days is not None:
            yield entry.name, entry.first.product or "", entry.first.weighted_overdue_days, ratio.ratio
