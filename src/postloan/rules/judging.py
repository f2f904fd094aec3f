"""From what stands under ``judges`` of a rule to its clauses, or to a refusal that says how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postloan.rules.clauses import (
    COMPUTATIONS,
    COUNTING,
    FITS,
    NEEDS_ONE,
    Clause,
    Condition,
    Every,
    Negated,
    Otherwise,
    Probe,
    Some,
    Test,
    Unknown,
    tests_in,
)
from postloan.rules.events import FactSpec, FactType, events
from postloan.rules.mistakes import (
    ComputationLacksValue,
    KindMisfitsTests,
    LimitIsNoParameter,
    LimitMisfitsTest,
    NothingTested,
    TestMisfitsFact,
)
from postloan.rules.place import Place
from postloan.rules.reading import Marked, wrong_shape
from postloan.rules.records import Parameter
from postloan.rules.vocabulary import Kind, Unit

_JOINED = ("all", "any", "not")
_FLAGGED = (Probe.EMPTY, Probe.ZERO, Probe.KNOWN, Probe.GIVEN)
_LISTED = (Probe.IN, Probe.NOT_IN, Probe.LACKS, Probe.HOLDS)

Parameters = Mapping[str, Parameter]


def clauses_of(rule: Place, kind: Kind, parameters: Parameters) -> tuple[Clause, ...]:
    """The clauses of a rule, checked against the vocabulary, its kind and its parameters; none where it has none.

    Raises:
        BadRuleFile: a clause has a mistake; the message says which, where and how to mend it.
    """
    found = rule.get("judges")
    if found is None:
        return ()
    if not isinstance(found, list) or not found:
        raise wrong_shape(rule.at("judges"), "'judges'", "list", found or None)
    clauses = tuple(_clause(rule.mapping(one, "judges"), parameters) for one in found)
    used = {test.probe for clause in clauses for test in tests_in(clause.needs)}
    computed = any(clause.computes for clause in clauses)
    wanted = NEEDS_ONE.get(kind)
    if wanted and not computed and not used & wanted:
        raise KindMisfitsTests(where=rule.at("judges"), kind=kind, wanted=", ".join(sorted(wanted)))
    return clauses


def _clause(place: Place, parameters: Parameters) -> Clause:
    optional = ("where", "needs", "otherwise", "unknown", "computes")
    place.only("of", *optional, optional=optional)
    vocabulary = events()
    known = [*vocabulary.groups, *vocabulary.kinds]
    of = tuple(place.names("of"))
    for name in of:
        if name not in known:
            raise place.unknown("of", name, "act", known)
    computes = place.one_of("computes", list(COMPUTATIONS)) if "computes" in place.entries else None
    if computes:
        _has_parameters(place, computes, parameters)
    where = _condition(place, "where", parameters) if "where" in place.entries else None
    needs = _condition(place, "needs", parameters) if "needs" in place.entries else None
    if where is None and needs is None and computes is None and "otherwise" not in place.entries:
        raise NothingTested(where=place.at())
    return Clause(
        of=of,
        where=where,
        needs=needs,
        otherwise=place.word("otherwise", Otherwise) if "otherwise" in place.entries else Otherwise.REFUSE,
        unknown=place.word("unknown", Unknown) if "unknown" in place.entries else Unknown.REFUSE,
        computes=computes,
    )


def _has_parameters(place: Place, computes: str, parameters: Parameters) -> None:
    for name, unit in COMPUTATIONS[computes].items():
        if name not in parameters or parameters[name].unit is not unit:
            raise ComputationLacksValue(where=place.at("computes"), computes=computes, name=name, unit=unit)


def _condition(place: Place, key: str, parameters: Parameters) -> Condition:
    return _joined(place.inner(key), parameters)


def _joined(place: Place, parameters: Parameters) -> Condition:
    if not place.entries:
        raise NothingTested(where=place.at())
    parts: list[Condition] = []
    for key in place.entries:
        if key == "not":
            parts.append(Negated(_joined(place.inner(key), parameters)))
        elif key in _JOINED:
            listed = place.get(key)
            if not isinstance(listed, list) or not listed:
                raise wrong_shape(place.at(key), f"'{key}'", "list", listed or None)
            inner = tuple(_joined(place.mapping(one, key), parameters) for one in listed)
            parts.append(Every(inner) if key == "all" else Some(inner))
        else:
            parts.append(_tested(place, str(key), parameters))
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _tested(place: Place, fact: str, parameters: Parameters) -> Condition:
    facts = events().facts
    if fact not in facts:
        raise place.unknown(fact, fact, "fact", [*facts, *_JOINED])
    spec, raw = facts[fact], place.get(fact)
    if not isinstance(raw, Marked):
        return _test(place, fact, spec, Probe.IS, raw, parameters)
    inner = place.inner(fact)
    probes = [str(probe) for probe in Probe]
    tests: list[Condition] = []
    for word in inner.entries:
        if word not in probes:
            raise inner.unknown(word, word, "test", probes)
        tests.append(_test(inner, str(word), spec, Probe(str(word)), inner.get(word), parameters))
    if not tests:
        raise NothingTested(where=place.at(fact))
    return tests[0] if len(tests) == 1 else Every(tuple(tests))


def _test(place: Place, key: str, spec: FactSpec, probe: Probe, raw: Any, parameters: Parameters) -> Test:
    if spec.type not in FITS[probe]:
        raise TestMisfitsFact(where=place.at(key), test=probe, fact=spec.name, type=spec.type)
    if probe in _FLAGGED or (probe is Probe.IS and spec.type is FactType.FLAG):
        if not isinstance(raw, bool):
            raise wrong_shape(place.at(key), f"'{key}'", "flag", raw)
        return Test(spec.name, probe, raw)
    if probe is Probe.IS:
        return Test(spec.name, probe, _code(place, key, spec, raw))
    if probe in (Probe.EQUALS, Probe.COVERS):
        if raw not in events().facts:
            raise place.unknown(key, raw, "fact", list(events().facts))
        return Test(spec.name, probe, str(raw))
    if probe is Probe.WITHIN:
        return Test(spec.name, probe, _edges(place.inner(key), parameters))
    if isinstance(raw, list) and probe in _LISTED:
        return Test(spec.name, probe, tuple(_code(place, key, spec, one) for one in place.names(key)))
    units = _units(probe)
    return Test(spec.name, probe, _limit(place, key, raw, parameters, units))


def _units(probe: Probe) -> frozenset[Unit]:
    if probe in _LISTED:
        return frozenset({Unit.TERMS})
    return frozenset({Unit.DAY}) if probe is Probe.AFTER else COUNTING


def _code(place: Place, key: str, spec: FactSpec, raw: Any) -> str:
    if not isinstance(raw, str):
        raise wrong_shape(place.at(key), f"'{key}'", "text", raw)
    if spec.spellings and raw not in spec.codes:
        raise place.unknown(key, raw, spec.name, spec.codes)
    return raw


def _edges(inside: Place, parameters: Parameters) -> tuple[str, ...]:
    inside.only("from", "until", "through", optional=("through",))
    first, last = (
        _limit(inside, key, inside.get(key), parameters, frozenset({Unit.TIME})) for key in ("from", "until")
    )
    through = inside.get("through")
    flagged = frozenset({Unit.FLAG})
    return first, last, _limit(inside, "through", through, parameters, flagged) if through else ""


def _limit(place: Place, key: str, raw: Any, parameters: Parameters, units: frozenset[Unit]) -> str:
    if not isinstance(raw, str) or raw not in parameters:
        raise LimitIsNoParameter(where=place.at(key), limit=raw, known=", ".join(parameters))
    if parameters[raw].unit not in units:
        wanted = ", ".join(sorted(units))
        raise LimitMisfitsTest(where=place.at(key), limit=raw, unit=parameters[raw].unit, wanted=wanted)
    return raw
