"""Conditions of the rule book as functions of facts: true, false, or None where a fact is missing (three-valued)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any

from postloan.decide.contact.reading import Facts
from postloan.rules.clauses import Condition, Every, Negated, Probe, Some, Test
from postloan.rules.vocabulary import Plain

Check = Callable[[Facts], bool | None]
Values = Mapping[str, Plain]
"""Parameters of one rule by name, as they hold on a day."""


def check_of(condition: Condition, values: Values) -> Check:
    """A condition as a function, with the values of a day put in for the names of parameters."""
    match condition:
        case Every((Test(fact, Probe.KNOWN, True), Test() as test)) if test.fact == fact:
            return _surely(check_of(test, values))
        case Every(parts):
            return _every([check_of(part, values) for part in parts])
        case Some(parts):
            return _some([check_of(part, values) for part in parts])
        case Negated(part):
            return _negated(check_of(part, values))
    return _tested(condition, values)


def parameters_of(test: Test) -> set[str]:
    """The parameters of its rule that a test is measured by."""
    if test.probe is Probe.WITHIN and isinstance(test.operand, tuple):
        return {name for name in test.operand if name}
    named = isinstance(test.operand, str) and test.probe not in (Probe.IS, Probe.EQUALS, Probe.COVERS)
    return {str(test.operand)} if named else set()


def words_pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Finds any of some words in a text; one of up to four Latin letters only where it stands alone, or in plural."""
    parts = []
    for word in words:
        loose = re.escape(word.lower()).replace("_", "[ _-]?").replace(r"\ ", "[ _-]?")
        short = word.isascii() and word.isalpha() and len(word) <= 4
        parts.append(rf"(?<![a-z0-9]){loose}s?(?![a-z0-9])" if short else loose)
    return re.compile("|".join(parts), re.IGNORECASE)


def seconds_of(moment: time) -> int:
    """A time of day in seconds since midnight."""
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _every(checks: list[Check]) -> Check:
    def every(facts: Facts) -> bool | None:
        known: bool | None = True
        for check in checks:
            found = check(facts)
            if found is False:
                return False
            if found is None:
                known = None
        return known

    return every


def _surely(check: Check) -> Check:
    """The test of a fact that fails where the fact is unknown."""

    def surely(facts: Facts) -> bool | None:
        return check(facts) or False

    return surely


def _some(checks: list[Check]) -> Check:
    def some(facts: Facts) -> bool | None:
        known: bool | None = False
        for check in checks:
            found = check(facts)
            if found:
                return True
            if found is None:
                known = None
        return known

    return some


def _negated(check: Check) -> Check:
    def negated(facts: Facts) -> bool | None:
        found = check(facts)
        return None if found is None else not found

    return negated


def _tested(test: Test, values: Values) -> Check:
    name = test.fact
    if not parameters_of(test) <= values.keys():
        return lambda facts: None  # the value that it is measured by does not hold on this day
    if test.probe is Probe.KNOWN:
        wanted = bool(test.operand)
        return lambda facts: (name in facts) is wanted
    if test.probe is Probe.GIVEN:
        return lambda facts: True if name in facts else None
    if test.probe in (Probe.EQUALS, Probe.COVERS):
        return _compared(name, str(test.operand), equal=test.probe is Probe.EQUALS)
    if test.probe is Probe.WITHIN:
        assert isinstance(test.operand, tuple)
        return _within(name, test.operand, values)
    if test.probe in (Probe.IS, Probe.EMPTY, Probe.ZERO):
        return _plainly(name, test.probe, test.operand)
    limit: Any = test.operand if isinstance(test.operand, tuple) else values[str(test.operand)]
    return _limited(name, test.probe, limit) or _listed(name, test.probe, tuple(limit))


# The checks below are spelled out one by one: they are asked some eighty times for each decision, and a call less
# in each of them halves its time.


def _compared(name: str, other: str, *, equal: bool) -> Check:
    def check(facts: Facts) -> bool | None:
        value, against = facts.get(name), facts.get(other)
        if value is None or against is None:
            return None
        return bool(value == against if equal else value >= against)

    return check


def _plainly(name: str, probe: Probe, operand: object) -> Check:
    def same(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else value == operand

    def empty(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else (not value) is operand

    def zero(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else (value == 0) is operand

    return {Probe.IS: same, Probe.EMPTY: empty, Probe.ZERO: zero}[probe]


def _limited(name: str, probe: Probe, limit: Any) -> Check | None:
    def below(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else value < limit

    def at_most(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else value <= limit

    def at_least(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else value >= limit

    def above(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else value > limit

    made: Mapping[Probe, Check] = {
        Probe.BELOW: below,
        Probe.AT_MOST: at_most,
        Probe.AT_LEAST: at_least,
        Probe.ABOVE: above,
        Probe.AFTER: above,
    }
    return made.get(probe)


def _listed(name: str, probe: Probe, words: tuple[str, ...]) -> Check:
    codes = frozenset(words)
    search = words_pattern(words).search

    def among(facts: Facts) -> bool | None:
        value = facts.get(name)
        if value is None:
            return None
        return value in codes if isinstance(value, str) else bool(value) and codes.issuperset(value)

    def apart(facts: Facts) -> bool | None:
        value = facts.get(name)
        if value is None:
            return None
        return value not in codes if isinstance(value, str) else codes.isdisjoint(value)

    def holds(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else codes.issubset(value)

    def lacks(facts: Facts) -> bool | None:
        value = facts.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return search(value) is None
        return not value or not any(map(search, value))

    return {Probe.IN: among, Probe.NOT_IN: apart, Probe.HOLDS: holds, Probe.LACKS: lacks}[probe]


def _within(name: str, edges: tuple[str, ...], values: Values) -> Check:
    first, last, through = edges_of(edges, values)

    def by_day(facts: Facts) -> bool | None:
        clock = facts.get(name)
        return None if clock is None else first <= clock < last or (through and clock == last)

    def over_midnight(facts: Facts) -> bool | None:
        clock = facts.get(name)
        return None if clock is None else clock >= first or clock < last or (through and clock == last)

    return by_day if first <= last else over_midnight


def edges_of(edges: tuple[str, ...], values: Values) -> tuple[int, int, bool]:
    """From, until (seconds since midnight), and whether the last moment is inside."""
    first, last = values[edges[0]], values[edges[1]]
    assert isinstance(first, time)
    assert isinstance(last, time)
    return seconds_of(first), seconds_of(last), bool(values[edges[2]]) if edges[2] else False
