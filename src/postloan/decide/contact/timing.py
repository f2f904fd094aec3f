"""The earliest lawful moment, where nothing but time stands in the way."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from postloan.decide.answers import Answer
from postloan.decide.contact.compiling import CLOCKED, Judge
from postloan.decide.contact.deriving import local_times, set_clock
from postloan.rules.clauses import Probe, Test
from postloan.rules.events import OverTime, events

if TYPE_CHECKING:
    from postloan.decide.contact.deciding import ContactDecision, ContactRules, Refusal
    from postloan.decide.contact.reading import Facts

FARTHEST = 400
"""A limit that takes more days than this is no matter of time."""

LOOKED_AT = 10
"""How many days are tried from the first on which all limits of days have passed: a week and its holidays."""

_DAY = timedelta(days=1)


def earliest(
    rules: ContactRules, refusal: Refusal, kind: str, variants: list[Facts], only: str | None
) -> datetime | None:
    """The first moment at which only time would have turned a refusal into a permit or a review; None where none is.

    The moments looked at are the openings of the windows that hold on a day, the day on which the last limit of days
    has passed first.
    """
    start = variants[0]["t"]
    wait = 0
    for one in refusal.spoke:
        days = _days_to_wait(one.judge, one.facts) if one.judge else None
        if days is None:
            return None
        wait = max(wait, days)
    if wait > FARTHEST:
        return None
    stood = [one.judge.test for one in refusal.spoke if one.judge]
    for more in range(LOOKED_AT):
        day = start.date() + (wait + more) * _DAY
        today = rules.compiled.on(day)
        ahead = [local for local in _moments(variants[0], day, today.by_kind[kind].openings) if local > start]
        base = _days_later(variants[0], wait + more) if ahead else {}
        for local in ahead:
            later = _at(base, local)
            # What stood in the way is asked first; the whole bench only where that has gone.
            if all(test(facts) for test in stood for facts in later) and not _refused(
                rules.weighed(today, kind, later, only)
            ):
                return local
    return None


def _moments(facts: Facts, day: date, openings: tuple[time, ...]) -> list[datetime]:
    """When windows open on a day: by the clock of the event, and by that of every zone that is plausible."""
    start = facts["t"]
    if "tz_candidates" not in facts:
        return [datetime.combine(day, opening, start.tzinfo) for opening in openings]
    wall = start.replace(tzinfo=None)
    shifts = {plausible.replace(tzinfo=None) - wall for plausible in local_times(facts, start)} | {
        timedelta()
    }
    opened = [datetime.combine(day, opening, start.tzinfo) for opening in openings]
    return sorted({moment - shift for moment in opened for shift in shifts})


def _refused(decision: ContactDecision) -> bool:
    return decision.answer == Answer.REFUSE


def _days_to_wait(judge: Judge, facts: Facts) -> int | None:
    """Whole days until a clause that stood in the way could pass; None where time does not help."""
    waits = [_wait(test, judge, facts) for test in judge.timed if test.fact in facts]
    return max(waits, default=None)


def _wait(test: Test, judge: Judge, facts: Facts) -> int:
    if test.fact in CLOCKED:
        return 0
    if test.probe in (Probe.BELOW, Probe.AT_MOST):  # begins again with the day
        return 1
    limit: Any = judge.values[str(test.operand)]
    missing = limit - facts[test.fact] + (1 if test.probe is Probe.ABOVE else 0)
    whole = int(missing)
    return max(0, whole if whole == missing else whole + 1)


def _days_later(facts: Facts, days: int) -> Facts:
    """The facts as they would be some days later, had nothing happened."""
    base = dict(facts)
    growing, daily = _passing()
    for name in growing & base.keys():
        base[name] += days
    if days:
        for name in daily & base.keys():
            base[name] = 0
    base.pop("queue_minutes", None)
    return base


@cache
def _passing() -> tuple[frozenset[str], frozenset[str]]:
    """The facts that grow by one a day, and those that begin again each day."""
    specs = events().facts.values()
    return (
        frozenset(spec.name for spec in specs if spec.over_time is OverTime.DAYS),
        frozenset(spec.name for spec in specs if spec.over_time is OverTime.DAILY),
    )


def _at(base: Facts, local: datetime) -> list[Facts]:
    base["t"] = local
    if "tz_candidates" not in base:
        set_clock(base, local)
        return [base]
    made = []
    for plausible in local_times(base, local) or [local]:
        variant = dict(base)
        set_clock(variant, plausible)
        made.append(variant)
    return made
