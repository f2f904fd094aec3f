"""What a rule is: frozen, dated, sourced records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from postloan.kernel import Lang
from postloan.rules.clauses import Clause
from postloan.rules.mistakes import WrongKindOfValue
from postloan.rules.vocabulary import Confidence, Force, Kind, Plain, Precision, Unit


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value is written (出处).

    title: the public instrument by language. article: its article or paragraph, or "to be confirmed".
    """

    title: Mapping[Lang, str]
    article: str


@dataclass(frozen=True, slots=True)
class Check:
    """The review of a rule by a person (核对).

    by: who compared it with the primary text. on: when.
    """

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value and the days on which it holds.

    first: first day. until: last day; None while it holds. precise_to: how exactly the first day is known.
    confidence: how well this value is known, where it differs from the rule; else None.
    """

    value: Plain
    first: date
    until: date | None
    precise_to: Precision
    source: Source
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value of a rule over time.

    name: unique in its rule. says: what it means, by language. values: oldest first, never overlapping.
    """

    name: str
    says: Mapping[Lang, str]
    unit: Unit
    values: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule (规则) as data.

    id: stable, for example CN-CLS-01. pack: the jurisdiction or house it belongs to. topic: what it is about.
    says: the rule in a sentence, by language. checked: None where nobody has confirmed it yet. judges: what it
    tests about an act; empty where it only holds values.
    """

    id: str
    pack: str
    topic: str
    says: Mapping[Lang, str]
    kind: Kind
    force: Force
    confidence: Confidence
    checked: Check | None
    parameters: Mapping[str, Parameter] = field(hash=False)
    judges: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleValue:
    """The value of a rule on the day that was asked.

    rule: the rule's id. key: ``RULE.parameter``. value: int, Decimal, date, time, bool, str or tuple of codes by
    its unit. since, until: the first and last day on which it holds; until None while it holds.
    """

    key: str
    rule: str
    value: Plain
    unit: Unit
    since: date
    until: date | None
    source: Source

    @property
    def whole(self) -> int:
        """The value as a whole number (days, months, periods, counts)."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        raise self._misread("a whole number")

    @property
    def decimal(self) -> Decimal:
        """The value as an exact decimal (yuan, rates)."""
        if isinstance(self.value, Decimal):
            return self.value
        raise self._misread("a decimal")

    @property
    def day(self) -> date:
        """The value as a calendar day."""
        if isinstance(self.value, date):
            return self.value
        raise self._misread("a day")

    @property
    def time(self) -> time:
        """The value as a time of day."""
        if isinstance(self.value, time):
            return self.value
        raise self._misread("a time")

    @property
    def term(self) -> str:
        """The value as one code."""
        if isinstance(self.value, str):
            return self.value
        raise self._misread("a code")

    @property
    def terms(self) -> tuple[str, ...]:
        """The value as several codes."""
        if isinstance(self.value, tuple):
            return self.value
        raise self._misread("codes")

    @property
    def flag(self) -> bool:
        """The value as true or false."""
        if isinstance(self.value, bool):
            return self.value
        raise self._misread("a flag")

    def _misread(self, wanted: str) -> WrongKindOfValue:
        return WrongKindOfValue(rule=self.key, unit=self.unit, wanted=wanted)
