"""Findings about the tape as a whole: its cut-off date, its units, how its totals are made up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from postloan.kernel import Engine, FindingKind, load_kinds
from postloan.tape.facts import CONVENTION, Scale, TapeFacts
from postloan.tape.found import FindingCount, Seen

_TEN_THOUSANDS_APART = 1_000
"""Two columns of amounts whose medians differ by this factor or more are not both in yuan."""

_FEW = 20
"""Amounts that a median needs to mean something."""

_COMPARED = ("principal", "stated_total", "credit_line", "paid_out")


def habits_found(facts: TapeFacts, *, hidden_ids: int) -> list[tuple[FindingCount, Seen]]:
    """What the tape's facts themselves give reason to say, with the rows that each speaks for."""
    kinds = load_kinds("postloan.tape")
    rows = facts.habits["loans"]
    found: list[tuple[FindingCount, Seen]] = []

    def add(
        code: str, field: str, count: int, *, table: str = "loans", said: str = "", wanted: str = ""
    ) -> None:
        found.append(_about(kinds[code], table, field, count, said, wanted))

    if facts.mixed:
        days = "; ".join(f"{day} × {times:,}" for day, times in facts.cutoffs[:5])
        add("T062", "cutoff_on", sum(times for _, times in facts.cutoffs), said=days)
    elif facts.cutoff_on is None:
        add("T060", "cutoff_on", rows)
    for field, beside in _too_small(facts.scales).items():
        median = str(facts.scales[field].median)
        add("T037", field, facts.scales[field].count, said=median, wanted=beside)
    if tiny := _tiny(facts):
        add("T038", "principal", tiny.count, said=str(tiny.median))
    if facts.folded:
        folded = facts.habits["folded_totals"]
        add("T035", "stated_total", folded, said=f"{folded:,}")
    if hidden_ids:
        add("T083", "id_number", hidden_ids, table="borrowers", said=f"{hidden_ids:,}")
    return found


def control_found(
    engine: Engine, control: Mapping[str, Mapping[str, Decimal]], given: Collection[str]
) -> list[tuple[FindingCount, Seen]]:
    """Where the seller's control totals are not the sums of the rows.

    control: table → field → total as the seller states it.
    """
    kind = load_kinds("postloan.tape")["T041"]
    found: list[tuple[FindingCount, Seen]] = []
    for table, totals in control.items():
        if table not in given or not totals:
            continue
        sums = ", ".join(f"CAST(SUM({field}) AS DECIMAL(38,2)) AS {field}" for field in totals)
        for field, added in zip(totals, engine.rows(f"SELECT {sums} FROM {table}_whole")[0], strict=True):
            here = added if added is not None else Decimal("0.00")
            if here != totals[field]:
                found.append(_about(kind, table, field, 1, f"{here:.2f}", f"{totals[field]:.2f}"))
    return found


def _about(
    kind: FindingKind, table: str, field: str, count: int, said: str, wanted: str
) -> tuple[FindingCount, Seen]:
    seen = Seen(kind, kind.severity, table, field, None, "", said, wanted)
    return FindingCount(kind, kind.severity, table, field, count, 1, False), seen


def _too_small(scales: Mapping[str, Scale]) -> dict[str, str]:
    """Columns in 万元 beside others in yuan: the column → the one that shows it."""
    known = {name: scales[name] for name in _COMPARED if name in scales and scales[name].count >= _FEW}
    if not known:
        return {}
    largest = max(known, key=lambda name: known[name].median)
    return {
        name: largest
        for name, scale in known.items()
        if scale.median * _TEN_THOUSANDS_APART <= known[largest].median and scale.median < 1_000
    }


def _tiny(facts: TapeFacts) -> Scale | None:
    """The principal's scale where all of it is so small that it may be in 万元, with nothing to compare it with."""
    scale = facts.scales.get("principal")
    if scale is None or scale.count < _FEW or "principal" in _too_small(facts.scales):
        return None
    return scale if scale.median < 20 and scale.high < 2_000 else None


def in_percent(facts: TapeFacts) -> bool:
    """The rates are written in percent nearly throughout."""
    rates = facts.habits["rates"]
    return rates >= _FEW and Decimal(facts.habits["percent_rates"]) >= rates * CONVENTION
