"""The dated money rules of a rule book, laid out so that the ledger can ask them a million times."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from postloan.kernel import Money
from postloan.ledger.parts import Part
from postloan.ledger.terms import PER_ONE
from postloan.rules import RuleBook

T = TypeVar("T")
NEVER = date.max.toordinal()
Order = tuple[Part, ...]

CARD = "credit_card"
_RANKS = ("first", "second", "third")
_WITHIN = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value over time.

    firsts: the days (ordinals) on which it changes, oldest first. values: what holds from then on; None for nothing.
    """

    firsts: tuple[int, ...]
    values: tuple[T | None, ...]

    def at(self, day: int) -> T | None:
        """The value on a day; None before the first and wherever no rule holds."""
        place = bisect_right(self.firsts, day)
        return self.values[place - 1] if place else None

    def changes_after(self, day: int) -> int:
        """The next day on which another value holds; ``NEVER`` if none."""
        place = bisect_right(self.firsts, day)
        return self.firsts[place] if place < len(self.firsts) else NEVER


@dataclass(frozen=True, slots=True)
class MoneyRules:
    """The money rules of one version of the rule book.

    version: the rule book's. order: how a payment is allocated where nothing is agreed (CN-MON-01, HS-MON-02).
    card_order: how on a card overdue from card_day on (CN-MON-02). cap: highest total cost a year, in billionths
    (CN-MON-03). multiple: bounds of the penalty multiple (CN-MON-04). plan_months: longest plan (CN-MON-06).
    waiver_limit: what may be waived without an approval (HS-MON-01). restructure_limit: up to what debt a restructuring
    needs none (HS-MON-03). observation: periods and months after a
    restructuring (CN-CLS-03). upgrade: periods and months before a non-performing loan performs again (CN-CLS-04).
    """

    version: str
    order: Dated[Order]
    card_order: Dated[Order]
    card_day: Dated[int]
    cap: Dated[int]
    multiple: Dated[tuple[Decimal, Decimal]]
    plan_months: Dated[int]
    waiver_limit: Dated[Money]
    restructure_limit: Dated[Money]
    observation: Dated[tuple[int, int]]
    upgrade: Dated[tuple[int, int]]

    @classmethod
    def of(cls, book: RuleBook) -> MoneyRules:
        """The money rules of a rule book."""
        within = [f"HS-MON-02.{rank}" for rank in _WITHIN]

        def order(rule: str) -> Dated[Order]:
            keys = [f"{rule}.{rank}" for rank in _RANKS]
            return _dated(book, [*keys, *within], lambda on: _order(book, keys, within, on))

        def whole(key: str) -> Dated[int]:
            return _dated(book, [key], lambda on: book.value(key, on=on).whole)

        def pair(one: str, two: str) -> Dated[tuple[int, int]]:
            return _dated(
                book, [one, two], lambda on: (book.value(one, on=on).whole, book.value(two, on=on).whole)
            )

        def rate(key: str, on: date) -> Decimal:
            return book.value(key, on=on).decimal

        def yuan(key: str) -> Dated[Money]:
            return _dated(book, [key], lambda on: Money.yuan(rate(key, on)))

        return cls(
            version=book.version,
            order=order("CN-MON-01"),
            card_order=order("CN-MON-02"),
            card_day=whole("CN-MON-02.principal_first_from_day"),
            cap=_dated(book, ["CN-MON-03.cap"], lambda on: int(rate("CN-MON-03.cap", on) * PER_ONE)),
            multiple=_dated(
                book,
                ["CN-MON-04.multiple_min", "CN-MON-04.multiple_max"],
                lambda on: (rate("CN-MON-04.multiple_min", on), rate("CN-MON-04.multiple_max", on)),
            ),
            plan_months=whole("CN-MON-06.instalment_months"),
            waiver_limit=yuan("HS-MON-01.waiver_without_approval"),
            restructure_limit=yuan("HS-MON-03.restructure_without_approval"),
            observation=pair("CN-CLS-03.observation_periods", "CN-CLS-03.observation_months"),
            upgrade=pair("CN-CLS-04.upgrade_periods", "CN-CLS-04.upgrade_months"),
        )


RuleBooks = Mapping[str, MoneyRules]
"""Money rules by version of the rule book, so that an old event is read under the rules of its day."""


class KeptBooks(dict[str, MoneyRules]):
    """Money rules by version: the present ones, and earlier ones as they were, fetched when an event asks for them.

    fetch: gives the rules of an earlier version; None where nobody kept it.
    """

    def __init__(self, present: MoneyRules, fetch: Callable[[str], MoneyRules | None]) -> None:
        super().__init__({present.version: present})
        self.present = present
        self._fetch = fetch

    def __missing__(self, version: str) -> MoneyRules:
        found = self._fetch(version)
        if found is None:
            raise KeyError(version)
        self[version] = found
        return found


def _order(book: RuleBook, keys: Sequence[str], within: Sequence[str], on: date) -> Order:
    parts: list[Part] = []
    for key in keys:
        code = book.value(key, on=on).term
        parts += (
            [Part.of(book.value(inner, on=on).term) for inner in within]
            if code == "interest"
            else [Part.of(code)]
        )
    return tuple(parts)


def _dated(book: RuleBook, keys: Sequence[str], ask: Callable[[date], T]) -> Dated[T]:
    """What is asked of several keys, over the runs of days on which none of them changes."""
    firsts: list[int] = []
    values: list[T | None] = []
    ended: date | None = None
    for span in book.spans(keys):
        if ended is not None and ended + timedelta(days=1) < span.first:
            firsts.append(ended.toordinal() + 1)
            values.append(None)
        value = ask(span.first)
        if not values or values[-1] != value:
            firsts.append(span.first.toordinal())
            values.append(value)
        ended = span.last
    if firsts and ended is not None:
        firsts.append(ended.toordinal() + 1)
        values.append(None)
    return Dated(tuple(firsts), tuple(values))
