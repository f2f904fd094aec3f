"""How long a restructured or non-performing loan has been paid on time, and whether that is long enough."""

from __future__ import annotations

from datetime import date

from postloan.ledger.running import Running
from postloan.ledger.terms import months_after


def on_time(run: Running, fell_due: int) -> int:
    """Instalments paid on time, of those that fell due in a row; the one that is open does not count yet."""
    return fell_due - 1 if run.buckets and fell_due else fell_due


def observation_complete(run: Running, day: int) -> bool:
    """Whether enough periods and months had been paid on time by a day (CN-CLS-03); true if none is open.

    Where no rule was in force on the day there is nothing to wait for.
    """
    wanted = run.rules.observation.at(day)
    if not run.observing or wanted is None:
        return True
    return bool(run.observed_from) and _long_enough(
        run.observed_from, on_time(run, run.observed_periods), wanted, day
    )


def upgrade_ripe(run: Running, day: int) -> bool:
    """Whether arrears were cleared, then the longer of the periods and months paid on time (CN-CLS-04)."""
    wanted = run.rules.upgrade.at(day)
    if wanted is None:
        return True
    return bool(run.cleared_on) and _long_enough(run.cleared_on, on_time(run, run.paid_periods), wanted, day)


def missed(run: Running) -> None:
    """An unpaid due day has passed: counting starts again, and so does an observation that was not complete."""
    run.cleared_on = run.paid_periods = 0
    if run.observing:
        if observation_complete(run, run.buckets[0][0]):
            run.observing = False
        run.observed_from = run.observed_periods = 0


def _long_enough(first: int, periods: int, wanted: tuple[int, int], day: int) -> bool:
    return periods >= wanted[0] and day >= months_after(date.fromordinal(first), wanted[1]).toordinal()
