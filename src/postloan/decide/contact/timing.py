"""The earliest lawful moment, where nothing but time stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from postloan.decide.answers import Answer
from postloan.decide.contact.conditions import edges_of
from postloan.decide.contact.deriving import local_times, set_clock
from postloan.rules.clauses import Probe, Test, tests_in
from postloan.rules.events import OverTime, events

if TYPE_CHECKING:
    from postloan.decide.contact.compiling import Judge
    from postloan.decide.contact.deciding import ContactDecision, ContactRules, Refusal
    from postloan.decide.contact.reading import Facts

FARTHEST = 400
"""A limit that takes more days than this is no matter of time."""

LOOKED_AT = 10
"""How many days are tried from the first on which all limits of days have passed: a week and its holidays."""

_DAY = timedelta(days=1)
_CLOCKED = frozenset({"clock", "weekday", "calendar_day"})


def earliest(
    rules: ContactRules, refusal: Refusal, kind: str, variants: list[Facts], only: str | None
) -> datetime | None:
    """The first moment at which only time would have turned a refusal into a permit or a review; None where none is.

    The moments looked at are the openings of the windows that hold on a day, the day on which the last limit of days
    has passed first.
    """
    first = variants[0]
    start = first["t"]
    wait = 0
    for one in refusal.spoke:
        if one.judge is None or one.missing:
            return None
        days = _days_to_wait(one.judge, one.facts)
        if days is None:
            return None
        wait = max(wait, days)
    if wait > FARTHEST:
        return None
    for more in range(LOOKED_AT):
        day = start.date() + (wait + more) * _DAY
        today = rules.compiled.on(day)
        for opening in sorted(set(_openings(today.by_kind[kind]))):
            local = datetime.combine(day, opening, start.tzinfo)
            if local > start and not _refused(rules.weighed(today, kind, _later(variants, local), only)):
                return local
    return None


def _refused(decision: ContactDecision) -> bool:
    return decision.answer == Answer.REFUSE


def _days_to_wait(judge: Judge, facts: Facts) -> int | None:
    """Whole days until a clause that failed could pass; None where time does not help."""
    if judge.clause.needs is None or judge.compute is not None:
        return None
    waits = [_wait(test, judge, facts) for test in tests_in(judge.clause.needs)]
    known = [wait for wait in waits if wait is not None]
    return max(known) if known else None


def _wait(test: Test, judge: Judge, facts: Facts) -> int | None:
    if test.fact in _CLOCKED:
        return 0
    spec, value = events().facts[test.fact], facts.get(test.fact)
    if value is None:
        return None
    if spec.over_time is OverTime.DAILY and test.probe in (Probe.BELOW, Probe.AT_MOST):
        return 1
    if spec.over_time is OverTime.DAYS and test.probe in (Probe.AT_LEAST, Probe.ABOVE):
        limit: Any = judge.values[str(test.operand)]
        missing = limit - value + (1 if test.probe is Probe.ABOVE else 0)
        whole = int(missing)
        return max(0, whole if whole == missing else whole + 1)
    return None


def _openings(judges: tuple[Judge, ...]) -> Iterator[time]:
    yield time(0, 0)
    for judge in judges:
        for test in tests_in(judge.clause.needs):
            if test.probe is Probe.WITHIN and isinstance(test.operand, tuple):
                first, _, _ = edges_of(test.operand, judge.values)
                yield time(first // 3600, first // 60 % 60, first % 60)


def _later(variants: list[Facts], local: datetime) -> list[Facts]:
    """The facts as they would be at a later moment, had nothing happened."""
    base = dict(variants[0])
    days = (local.date() - base["t"].date()).days
    specs = events().facts
    for name, value in list(base.items()):
        spec = specs[name]
        if spec.over_time is OverTime.DAYS:
            base[name] = value + days
        elif spec.over_time is OverTime.DAILY and days:
            base[name] = 0
    base["t"] = local
    base.pop("queue_minutes", None)
    made = []
    for plausible in local_times(base, local) or [local]:
        variant = dict(base)
        set_clock(variant, plausible)
        made.append(variant)
    return made
