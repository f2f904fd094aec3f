"""What must be known of a whole tape before its rows can be judged: cut-off date, scale of amounts, habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from postloan.kernel import Engine, load_queries
from postloan.kernel.days import months_later
from postloan.rules import NoRuleValue, RuleBook

MAJORITY = Decimal("0.90")
"""A cut-off date is the tape's when this share of the dated rows has it; the others are faults."""

CONVENTION = Decimal("0.95")
"""A habit is the seller's when this share of the rows that can show it do."""

MOST_ABSURD = Decimal("50000000.00")
"""No personal loan reaches 50 million yuan."""

LEAST_ABSURD = Decimal("1000000.00")
ABSURD_TIMES = 20
"""An amount is absurd beyond this many times the 99.9th percentile, yet never below a million."""

ENOUGH = 1_000
"""Amounts that a percentile needs to mean something."""

FIRST_DAY = date(1980, 1, 1)
"""No personal loan that is still on a tape was granted earlier; older days are placeholders (1900-01-01)."""

_APPRAISAL_MONTHS = "HS-COL-01.appraisal_months"
_GRADES = ("substandard", "doubtful", "loss")


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the amounts of a column are, to a twentieth of a power of ten.

    count: amounts above zero. median, high: the 50th and the 99.9th percentile in yuan.
    """

    count: int
    median: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class TapeFacts:
    """What one tape does as a whole.

    cutoff_on: the tape's single cut-off date, None where there is none. cutoffs: dates with their rows, the
    commonest first. cutoff_stated: a column gives it. scales: by column. absurd: bound of amounts. folded: the
    seller's total holds penalty and compound interest. habits: the raw counts. grade_after: days after which a
    loan is at least substandard, doubtful, loss; empty where no rule holds on the cut-off date. stale_before:
    an appraisal of an earlier day is too old, None where no rule says so.
    """

    cutoff_on: date | None
    cutoffs: tuple[tuple[date, int], ...]
    cutoff_stated: bool
    scales: Mapping[str, Scale]
    absurd: Decimal
    folded: bool
    habits: Mapping[str, int]
    grade_after: tuple[int, ...]
    stale_before: date | None = None

    @property
    def mixed(self) -> bool:
        """The tape has several cut-off dates and none prevails."""
        return self.cutoff_stated and self.cutoff_on is None

    @property
    def last_day(self) -> date | None:
        """A loan that matures later than this carries a placeholder."""
        return date(self.cutoff_on.year + 60, 12, 31) if self.cutoff_on else None


def gather(engine: Engine, *, cutoff_on: date | None, rules: RuleBook | None) -> TapeFacts:
    """The facts of the tape in ``loans_whole``.

    cutoff_on: taken where the tape states none. rules: where the grades' days come from.
    """
    queries = load_queries("postloan.tape", "facts.sql")
    counted = [(day, times) for day, times in engine.rows(queries["cutoffs"].text) if day is not None]
    habits = _one(engine, queries["loan_habits"].text)
    dated = sum(times for _, times in counted)
    prevailing = counted[0][0] if counted and counted[0][1] >= dated * MAJORITY else None
    single = prevailing if counted else cutoff_on
    scales = _scales(engine.rows(queries["amount_scale"].text))
    return TapeFacts(
        cutoff_on=single,
        cutoffs=tuple(counted),
        cutoff_stated=bool(counted),
        scales=scales,
        absurd=_absurd(scales),
        folded=habits["folded_totals"] > 0 and habits["folded_totals"] >= habits["with_penalty"] * CONVENTION,
        habits=habits,
        grade_after=_grade_after(rules, single),
        stale_before=_stale_before(rules, single),
    )


def _stale_before(rules: RuleBook | None, on: date | None) -> date | None:
    if rules is None or on is None or not rules.holds(_APPRAISAL_MONTHS, on=on):
        return None
    return months_later(on, -rules.value(_APPRAISAL_MONTHS, on=on).whole)


def _one(engine: Engine, query: str) -> dict[str, int]:
    """The single row of a query, by column; nothing counts as 0."""
    made = engine.arrow(query)
    return {name: int(value or 0) for name, value in made.to_pylist()[0].items()}


def _scales(rows: Any) -> dict[str, Scale]:
    steps: dict[str, list[tuple[int, int]]] = {}
    for field, step, times in rows:
        steps.setdefault(field, []).append((int(step), int(times)))
    return {
        field: Scale(sum(times for _, times in found), _percentile(found, 0.5), _percentile(found, 0.999))
        for field, found in steps.items()
    }


def _percentile(steps: list[tuple[int, int]], share: float) -> Decimal:
    left = share * sum(times for _, times in steps)
    for step, times in sorted(steps):
        left -= times
        if left <= 0:
            return Decimal(10 ** ((step + 1) / 20)).quantize(Decimal("0.01"))
    return Decimal(0)


def _absurd(scales: Mapping[str, Scale]) -> Decimal:
    highs = [scale.high for scale in scales.values() if scale.count >= ENOUGH]
    if not highs:
        return MOST_ABSURD
    return min(MOST_ABSURD, max(LEAST_ABSURD, max(highs) * ABSURD_TIMES)).quantize(Decimal("0.01"))


def _grade_after(rules: RuleBook | None, on: date | None) -> tuple[int, ...]:
    if rules is None or on is None:
        return ()
    try:
        return tuple(rules.value(f"CN-CLS-01.{grade}_after_days", on=on).whole for grade in _GRADES)
    except NoRuleValue:
        return ()
