"""What every page needs: the store, the rules, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from postloan.ledger.store import Records
from postloan.rules import RuleBook
from postloan.web.mornings import Mornings
from postloan.web.throttle import Throttle

CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class House:
    """What the pages stand on.

    records: the store. book: the rules. clock: this moment, with its time zone. throttle: wrong passwords of late.
    mornings: those worked out already.
    """

    records: Records
    book: RuleBook
    clock: Callable[[], datetime]
    throttle: Throttle = field(default_factory=Throttle)
    mornings: Mornings = field(default_factory=Mornings)

    def today(self) -> date:
        """The day in China."""
        return self.clock().astimezone(CHINA).date()
