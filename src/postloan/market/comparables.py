"""Asking prices that public notices carry, with where each figure was read. Facts only; a press figure is a claim."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Comparable:
    """A notice with an asking price (起始价), to hold another package against.

    id: the notice in the collection it was read from. start_price, total (未偿本息), principal (未偿本金): yuan,
    None where not reported. days: weighted days overdue (加权平均逾期天数). ratio: start price over total; taken
    from the press where ``ratio_claimed``, else computed. published: ISO day or month, as reported.
    site, site_date: where and when it was read. note: what a reader must know, by language.
    """

    id: str
    seller: str
    seller_type: str
    product: str
    period: str
    kind: str
    start_price: Decimal
    total: Decimal | None
    principal: Decimal | None
    days: Decimal | None
    ratio: Decimal
    ratio_claimed: bool
    published: str | None
    site: str
    site_date: str
    note: dict[str, str] | None = None

    @property
    def ratio_to_principal(self) -> Decimal | None:
        """Start price over principal, None where the principal is not reported."""
        return self.start_price / self.principal if self.principal else None


@cache
def load_comparables() -> tuple[Comparable, ...]:
    """The packaged comparables in order of their notice id."""
    text = (files("postloan.market") / "comparables.jsonl").read_text(encoding="utf-8")
    return tuple(_comparable(line) for line in text.splitlines() if line.strip())


def _comparable(line: str) -> Comparable:
    raw = json.loads(line, parse_float=Decimal)
    total, start = _decimal(raw["total"]), Decimal(raw["start_price"])
    claimed = _decimal(raw.get("claimed_ratio"))
    ratio = claimed or (start / total if total else None)
    if ratio is None:
        raise ValueError(f"comparable {raw['id']} has neither a total nor a claimed ratio")
    return Comparable(
        id=raw["id"],
        seller=raw["seller"],
        seller_type=raw["seller_type"],
        product=raw["product"],
        period=raw["period"],
        kind=raw["doc_kind"],
        start_price=start,
        total=total,
        principal=_decimal(raw["principal"]),
        days=_decimal(raw["weighted_overdue_days"]),
        ratio=ratio,
        ratio_claimed=claimed is not None,
        published=raw["published"],
        site=raw["source"]["site"],
        site_date=raw["source"]["date"],
        note=raw.get("note"),
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@dataclass(frozen=True, slots=True)
class Nearby:
    """The comparables nearest in overdue age, described by their small number.

    low_days, high_days: the window of overdue days they were taken from. n, least, median, most: of the ratio of
    start price to total. No interval is claimed for so few.
    """

    low_days: Decimal
    high_days: Decimal
    n: int
    least: Decimal
    median: Decimal
    most: Decimal


def nearby(days: Decimal, among: Sequence[Comparable], *, width: Decimal = Decimal("1.5")) -> Nearby | None:
    """Ratios asked for packages between ``days / width`` and ``days × width`` overdue; None where there are none."""
    low, high = days / width, days * width
    ratios = sorted(c.ratio for c in among if c.days is not None and low <= c.days <= high)
    if not ratios:
        return None
    middle = len(ratios) // 2
    median = ratios[middle] if len(ratios) % 2 else (ratios[middle - 1] + ratios[middle]) / 2
    return Nearby(low, high, len(ratios), ratios[0], median, ratios[-1])
