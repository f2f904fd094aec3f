"""What a rule of conduct tests, as data: clauses of conditions on facts, with the rule's values as limits.

A clause stands under ``judges`` of a rule::

    judges:
      - of: [voice]                               # acts or groups of acts, events.yaml
        where: {to: debtor}                       # only then (left out: always)
        needs: {connected_today: {below: max}}    # must hold; max is a parameter of the rule
        otherwise: refuse                         # or review
        unknown: refuse                           # a fact is missing: refuse, silent, or alone

A clause without ``needs`` always gives its answer. ``unknown: alone`` is silent where the rule is judged alone and
refuses with the whole book. Conditions are joined by ``all``, ``any`` and ``not``; several facts in one mapping must
all hold. ``computes: NAME`` instead of ``needs`` names a computation that gives a value. Numbers never stand in a
clause: they are dated values of the rule, with a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from postloan.rules.events import FactType
from postloan.rules.vocabulary import Kind, Unit

COUNTING = frozenset(
    {Unit.DAYS, Unit.MONTHS, Unit.YEARS, Unit.HOURS, Unit.MINUTES, Unit.PERIODS, Unit.COUNT, Unit.YUAN, Unit.RATE}
)  # fmt: skip


class Probe(StrEnum):
    """How a fact is tested.

    lacks: no word of the list stands in the text or texts; holds: all of the list do. covers: is at least another
    fact. known: whether the fact is known, which is never itself unknown; given: true, or unknown where it is missing.
    """

    IS = "is"
    IN = "in"
    NOT_IN = "not_in"
    BELOW = "below"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOVE = "above"
    AFTER = "after"
    WITHIN = "within"
    EMPTY = "empty"
    ZERO = "zero"
    LACKS = "lacks"
    HOLDS = "holds"
    EQUALS = "equals"
    COVERS = "covers"
    KNOWN = "known"
    GIVEN = "given"


_MEASURED = frozenset({FactType.NUMBER, FactType.AMOUNT})
_WORDED = frozenset({FactType.TEXT, FactType.TEXTS, FactType.CODE, FactType.CODES})
FITS: Mapping[Probe, frozenset[FactType]] = MappingProxyType(
    {
        Probe.IS: frozenset({FactType.FLAG, FactType.CODE, FactType.TEXT}),
        Probe.IN: frozenset({FactType.CODE, FactType.TEXT, FactType.CODES, FactType.TEXTS}),
        Probe.NOT_IN: frozenset({FactType.CODE, FactType.TEXT, FactType.CODES, FactType.TEXTS}),
        Probe.BELOW: _MEASURED,
        Probe.AT_MOST: _MEASURED,
        Probe.AT_LEAST: _MEASURED,
        Probe.ABOVE: _MEASURED,
        Probe.AFTER: frozenset({FactType.DAY}),
        Probe.WITHIN: frozenset({FactType.NUMBER}),
        Probe.EMPTY: frozenset({FactType.TEXTS, FactType.CODES, FactType.TEXT}),
        Probe.ZERO: _MEASURED,
        Probe.LACKS: _WORDED,
        Probe.HOLDS: frozenset({FactType.TEXTS, FactType.CODES}),
        Probe.EQUALS: frozenset({FactType.AMOUNT, FactType.TEXT, FactType.CODE}),
        Probe.COVERS: _MEASURED,
        Probe.KNOWN: frozenset(FactType),
        Probe.GIVEN: frozenset(FactType),
    }
)
"""The types of facts that each test takes."""

NEEDS_ONE: Mapping[Kind, frozenset[Probe]] = MappingProxyType(
    {
        Kind.WINDOW: frozenset({Probe.WITHIN, Probe.AT_LEAST, Probe.AT_MOST}),
        Kind.CAP: frozenset({Probe.BELOW, Probe.AT_MOST, Probe.AT_LEAST}),
        Kind.FLOOR: frozenset({Probe.AT_LEAST, Probe.ABOVE, Probe.ZERO}),
        Kind.RETENTION: frozenset({Probe.AT_LEAST, Probe.ABOVE, Probe.IS}),
        Kind.CONTENT: frozenset({Probe.LACKS, Probe.EMPTY, Probe.EQUALS, Probe.IS, Probe.IN, Probe.NOT_IN}),
        Kind.FREEZE: frozenset({Probe.IS, Probe.IN, Probe.NOT_IN, Probe.ZERO, Probe.ABOVE}),
        Kind.CHECKLIST: frozenset(
            {Probe.EMPTY, Probe.LACKS, Probe.HOLDS, Probe.IS, Probe.IN, Probe.AT_LEAST}
        ),
        Kind.WHO: frozenset({Probe.IS, Probe.IN, Probe.NOT_IN, Probe.LACKS, Probe.KNOWN}),
    }
)
"""A rule of such a kind that judges anything does so by at least one of these tests, or computes a value."""

COMPUTATIONS: Mapping[str, Mapping[str, Unit]] = MappingProxyType(
    {
        "overdue_grade": {
            "special_mention_after_days": Unit.DAYS, "substandard_after_days": Unit.DAYS,
            "doubtful_after_days": Unit.DAYS, "loss_after_days": Unit.DAYS,
        },
        "restructured_grade": {"restructured_at_least": Unit.TERM, "again_in_observation_at_least": Unit.TERM},
        "refinanced_grade": {"refinanced_at_least": Unit.TERM},
        "cross_default_grade": {
            "cross_default_applies_to": Unit.TERMS, "overdue_elsewhere_after_days": Unit.DAYS,
            "elsewhere_at_least": Unit.TERM,
        },
        "allocation": {"first": Unit.TERM, "second": Unit.TERM, "third": Unit.TERM},
        "card_allocation": {
            "principal_first_from_day": Unit.DAYS, "first": Unit.TERM, "second": Unit.TERM, "third": Unit.TERM,
            "before_first": Unit.TERM, "before_second": Unit.TERM, "before_third": Unit.TERM, "products": Unit.TERMS,
        },
        "complaint_clock": {"simple_days": Unit.DAYS, "complex_days": Unit.DAYS, "extra_days": Unit.DAYS},
        "payment_order_clock": {"serve_days": Unit.DAYS},
        "letter_effect": {},
        "dispatch_effect": {"products": Unit.TERMS, "addresses": Unit.TERMS},
        "agreed_clause": {"clause_needs": Unit.TERMS},
        "service_date": {"actors": Unit.TERMS, "outcomes": Unit.TERMS},
    }
)  # fmt: skip
"""Computations by name, and the parameters with their units that each takes from its rule."""


class Otherwise(StrEnum):
    """The answer where what a clause needs does not hold."""

    REFUSE = "refuse"
    REVIEW = "review"


class Unknown(StrEnum):
    """The answer where a fact that a clause needs is missing."""

    REFUSE = "refuse"
    SILENT = "silent"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Test:
    """One test of one fact.

    operand: a flag, a code, codes, the name of a parameter or of another fact, by the probe; for ``within`` the
    names of the parameters from, until and (or "") the one that says whether the last moment is inside.
    """

    __test__ = False  # no test case of pytest

    fact: str
    probe: Probe
    operand: bool | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All parts must hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One part must hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The part must not hold."""

    part: Condition


Condition = Test | Every | Some | Negated


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a rule tests (条款).

    of: names of acts and groups of acts that it is about. where: when it applies. needs: what must hold; None
    where its answer always follows. otherwise, unknown: the answer where it does not hold, or is not known.
    computes: the computation that gives a value instead.
    """

    of: tuple[str, ...]
    where: Condition | None
    needs: Condition | None
    otherwise: Otherwise
    unknown: Unknown
    computes: str | None


def tests_in(condition: Condition | None) -> Iterator[Test]:
    """All tests of a condition."""
    match condition:
        case Test():
            yield condition
        case Every(parts) | Some(parts):
            for part in parts:
                yield from tests_in(part)
        case Negated(part):
            yield from tests_in(part)


def clause_as_json(clause: Clause) -> dict[str, Any]:
    """A clause as it is written in a rule file, with nothing left out that differs from the default."""
    plain: dict[str, Any] = {"of": list(clause.of)}
    if clause.where is not None:
        plain["where"] = _plain(clause.where)
    if clause.computes is not None:
        return {**plain, "computes": clause.computes}
    if clause.needs is not None:
        plain["needs"] = _plain(clause.needs)
    return {**plain, "otherwise": str(clause.otherwise), "unknown": str(clause.unknown)}


def _plain(condition: Condition) -> dict[str, Any]:
    match condition:
        case Every(parts):
            return {"all": [_plain(part) for part in parts]}
        case Some(parts):
            return {"any": [_plain(part) for part in parts]}
        case Negated(part):
            return {"not": _plain(part)}
    operand = condition.operand
    if condition.probe is Probe.WITHIN and isinstance(operand, tuple):
        inside = {"from": operand[0], "until": operand[1], "through": operand[2]}
        return {condition.fact: {"within": {key: name for key, name in inside.items() if name}}}
    return {condition.fact: {str(condition.probe): list(operand) if isinstance(operand, tuple) else operand}}
