"""What every page needs: the store, the rules, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from postloan.ledger import MoneyRules
from postloan.ledger.store import Records
from postloan.rules import RuleBook
from postloan.web.throttle import Throttle

CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class House:
    """What the pages stand on.

    records: the store. book: the rules. clock: this moment, with its time zone. throttle: wrong passwords of late.
    """

    records: Records
    book: RuleBook
    clock: Callable[[], datetime]
    throttle: Throttle = field(default_factory=Throttle)

    def today(self) -> date:
        """The day in China."""
        return self.clock().astimezone(CHINA).date()

    def money_rules(self) -> MoneyBooks:
        """The money rules by version of the rule book."""
        return MoneyBooks(MoneyRules.of(self.book))


class MoneyBooks(dict[str, MoneyRules]):
    """Money rules by version; today's stand in for a version that is not at hand, and it is remembered which."""

    def __init__(self, now: MoneyRules) -> None:
        super().__init__({now.version: now})
        self._now = now
        self.missing: set[str] = set()

    def __missing__(self, version: str) -> MoneyRules:
        self.missing.add(version)
        return self._now
