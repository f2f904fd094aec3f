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
        case Every(parts):
            return _every([check_of(part, values) for part in parts])
        case Some(parts):
            return _some([check_of(part, values) for part in parts])
        case Negated(part):
            return _negated(check_of(part, values))
    return _tested(condition, values)


def words_pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Finds any of some words in a text; words of up to three Latin letters only where they stand alone."""
    parts = []
    for word in words:
        loose = re.escape(word.lower()).replace("_", "[ _-]?").replace(r"\ ", "[ _-]?")
        short = word.isascii() and word.isalpha() and len(word) <= 3
        parts.append(rf"(?<![a-z0-9]){loose}(?![a-z0-9])" if short else loose)
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
    if test.probe is Probe.KNOWN:
        wanted = bool(test.operand)
        return lambda facts: (name in facts) is wanted
    if test.probe is Probe.GIVEN:
        return lambda facts: True if name in facts else None
    if test.probe in (Probe.EQUALS, Probe.COVERS):
        return _compared(name, str(test.operand), equal=test.probe is Probe.EQUALS)
    return _of_value(name, _holds(test, values))


def _of_value(name: str, holds: Callable[[Any], bool]) -> Check:
    def check(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else holds(value)

    return check


def _compared(name: str, other: str, *, equal: bool) -> Check:
    def check(facts: Facts) -> bool | None:
        value, against = facts.get(name), facts.get(other)
        if value is None or against is None:
            return None
        return bool(value == against if equal else value >= against)

    return check


def _holds(test: Test, values: Values) -> Callable[[Any], bool]:
    operand: Any = test.operand
    match test.probe:
        case Probe.IS:
            return lambda value: value == operand
        case Probe.EMPTY:
            return lambda value: (not value) is operand
        case Probe.ZERO:
            return lambda value: (value == 0) is operand
        case Probe.WITHIN:
            return _within(operand, values)
    limit: Any = operand if isinstance(operand, tuple) else values[str(operand)]
    match test.probe:
        case Probe.BELOW:
            return lambda value: bool(value < limit)
        case Probe.AT_MOST:
            return lambda value: bool(value <= limit)
        case Probe.AT_LEAST:
            return lambda value: bool(value >= limit)
        case Probe.ABOVE | Probe.AFTER:
            return lambda value: bool(value > limit)
    return _listed(test.probe, frozenset(limit), tuple(limit))


def _listed(probe: Probe, codes: frozenset[str], words: tuple[str, ...]) -> Callable[[Any], bool]:
    if probe is Probe.IN:
        return lambda value: (
            value in codes if isinstance(value, str) else bool(value) and codes.issuperset(value)
        )
    if probe is Probe.NOT_IN:
        return lambda value: value not in codes if isinstance(value, str) else codes.isdisjoint(value)
    if probe is Probe.HOLDS:
        return lambda value: codes.issubset(value)
    search = words_pattern(words).search

    def lacks(value: Any) -> bool:
        if isinstance(value, str):
            return search(value) is None
        return not any(search(one) for one in value)

    return lacks


def _within(edges: tuple[str, ...], values: Values) -> Callable[[Any], bool]:
    first, last, through = edges_of(edges, values)
    if first <= last:
        return lambda clock: first <= clock < last or (through and clock == last)
    return lambda clock: clock >= first or clock < last or (through and clock == last)


def edges_of(edges: tuple[str, ...], values: Values) -> tuple[int, int, bool]:
    """From, until (seconds since midnight), and whether the last moment is inside."""
    first, last = values[edges[0]], values[edges[1]]
    assert isinstance(first, time)
    assert isinstance(last, time)
    return seconds_of(first), seconds_of(last), bool(values[edges[2]]) if edges[2] else False
