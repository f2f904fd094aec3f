"""The rule book of a day, compiled once: for each act the tests that speak on it, in the order of the rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from postloan.decide.answers import Answer
from postloan.decide.contact.computing import Computation, computation
from postloan.decide.contact.conditions import Check, Values, check_of, edges_of, parameters_of
from postloan.decide.contact.reading import Facts
from postloan.rules import Rule, RuleBook
from postloan.rules.clauses import COMPUTATIONS, Clause, Probe, Test, Unknown, tests_in
from postloan.rules.events import FactType, OverTime, events

CLOCKED = frozenset({"clock", "weekday", "calendar_day"})
"""Facts that follow from the moment itself."""


@dataclass(frozen=True, slots=True)
class Judge:
    """One clause of a rule on one day, ready to be asked.

    rule: its id. clause: as it stands in the book. values: the rule's parameters on the day. test: true where it
    passes, false where it fails, None where it misses a fact. answer: where it fails. unknown, alone: the answer
    where it misses a fact, with the whole book and judged alone; None where it is silent then. compute: gives a
    value instead. timed: the tests that could pass later, if nothing but time passed.
    """

    rule: str
    clause: Clause
    values: Values
    test: Check
    answer: Answer
    unknown: Answer | None
    alone: Answer | None
    compute: Computation | None
    timed: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class DayRules:
    """What is asked on one day.

    by_kind: the judges of each act, each with its test. alone: those of one rule by (rule, act). consulted: the
    rules that have a say on an act.
    """

    by_kind: Mapping[str, Bench]
    alone: Mapping[tuple[str, str], Bench]
    consulted: Mapping[str, tuple[str, ...]]


Said = tuple[bool | None, Judge]
"""That a judge's test failed, or (None) missed a fact."""

REMEMBERED = 4096
"""How many different sets of codes and flags are remembered for an act."""

Asked = tuple[tuple[Check, Judge], ...]
"""Judges with their tests, in the order of the rules."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The judges of an act (评判集).

    always: those that speak whatever is known. on: by fact, those that are silent while this fact is unknown, so
    that nobody asks them in vain. steady: those that only ask facts with few values (codes, flags), named in
    ``steady_facts``; what they said is remembered, for most debtors of a campaign are alike in them. openings: times
    of day at which a window opens, and midnight.
    """

    always: Asked
    on: Mapping[str, Asked]
    steady: Asked
    steady_facts: tuple[str, ...]
    openings: tuple[time, ...]
    said: dict[tuple[object, ...], tuple[Said, ...]] = field(default_factory=dict, compare=False, repr=False)

    def judges(self) -> Iterator[Judge]:
        """All of them."""
        for group in (self.always, self.steady, *self.on.values()):
            yield from (judge for _, judge in group)

    def against(self, facts: Facts) -> Iterator[Said]:
        """The judges that have something to say on some facts."""
        for test, judge in self.always:
            found = test(facts)
            if not found:
                yield found, judge
        for fact in self.on.keys() & facts.keys():
            for test, judge in self.on[fact]:
                found = test(facts)
                if not found:
                    yield found, judge
        yield from self._steadily(facts)

    def _steadily(self, facts: Facts) -> tuple[Said, ...]:
        key = tuple(map(facts.get, self.steady_facts))
        known = self.said.get(key)
        if known is None:
            asked = [(test(facts), judge) for test, judge in self.steady]
            known = tuple((found, judge) for found, judge in asked if not found)
            if len(self.said) >= REMEMBERED:
                self.said.clear()
            self.said[key] = known
        return known


class CompiledRules:
    """The rules of a book that judge acts, compiled for each run of days on which no value changes."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._rules = [rule for rule in book if rule.judges]
        self._edges = _edges(self._rules)
        self._days: dict[int, DayRules] = {}

    def on(self, day: date) -> DayRules:
        """The judges of a day."""
        span = bisect_right(self._edges, day)
        found = self._days.get(span)
        if found is None:
            found = self._days[span] = self._compiled(day)
        return found

    def _compiled(self, day: date) -> DayRules:
        held = [(rule, _held(self.book, rule, day)) for rule in self._rules]
        active = [(rule, values) for rule, values in held if _applies(rule, values)]
        table = {
            name: str(value)
            for rule, values in active
            if _tells_effects(rule)
            for name, value in values.items()
        }
        by_kind: dict[str, list[tuple[Check, Judge]]] = {kind: [] for kind in events().kinds}
        alone: dict[tuple[str, str], list[tuple[Check, Judge]]] = {}
        for rule, values in active:
            for clause in rule.judges:
                judge = _judge(rule, clause, values, table)
                for act in sorted(events().acts(clause.of)):
                    by_kind[act].append((judge.test, judge))
                    alone.setdefault((rule.id, act), []).append((judge.test, judge))
        consulted = {
            kind: tuple(dict.fromkeys(judge.rule for _, judge in asked)) for kind, asked in by_kind.items()
        }
        return DayRules(
            {kind: _bench(asked) for kind, asked in by_kind.items()},
            {key: _bench(asked) for key, asked in alone.items()},
            consulted,
        )


def _bench(judges: list[tuple[Check, Judge]]) -> Bench:
    always, steady, on = (
        list[tuple[Check, Judge]](),
        list[tuple[Check, Judge]](),
        dict[str, list[tuple[Check, Judge]]](),
    )
    for one in judges:
        fact = _silent_without(one[1])
        if fact is not None:
            on.setdefault(fact, []).append(one)
        else:
            (steady if _is_steady(one[1]) else always).append(one)
    openings = {time(0, 0)} | {opening for _, judge in judges for opening in _openings(judge)}
    asked = sorted({fact for _, judge in steady for fact in _facts_of(judge)})
    return Bench(
        tuple(always),
        {fact: tuple(group) for fact, group in on.items()},
        tuple(steady),
        tuple(asked),
        tuple(sorted(openings)),
    )


_FEW_VALUES = frozenset({FactType.CODE, FactType.FLAG, FactType.CODES, FactType.TEXTS})


def _facts_of(judge: Judge) -> set[str]:
    """The facts that a judge asks, those that others are compared with included."""
    tests = [*tests_in(judge.clause.where), *tests_in(judge.clause.needs)]
    compared = {str(test.operand) for test in tests if test.probe in (Probe.EQUALS, Probe.COVERS)}
    return {test.fact for test in tests} | compared


def _is_steady(judge: Judge) -> bool:
    facts = _facts_of(judge)
    few = all(events().facts[fact].type in _FEW_VALUES and fact not in CLOCKED for fact in facts)
    return few and judge.compute is None


def _openings(judge: Judge) -> Iterator[time]:
    for test in tests_in(judge.clause.needs):
        if test.probe is Probe.WITHIN and isinstance(test.operand, tuple):
            first, _, _ = edges_of(test.operand, judge.values)
            yield time(first // 3600, first // 60 % 60, first % 60)


def _silent_without(judge: Judge) -> str | None:
    """The fact without which a judge never speaks; None where there is none."""
    needs = judge.clause.needs
    silent = judge.unknown is None and judge.alone is None
    asks = isinstance(needs, Test) and needs.probe not in (Probe.KNOWN, Probe.GIVEN)
    return needs.fact if silent and asks and isinstance(needs, Test) else None


def _edges(rules: list[Rule]) -> list[date]:
    dated = [value for rule in rules for parameter in rule.parameters.values() for value in parameter.values]
    edges = {value.first for value in dated}
    edges |= {value.until + timedelta(days=1) for value in dated if value.until and value.until < date.max}
    return sorted(edges)


def _held(book: RuleBook, rule: Rule, day: date) -> Values:
    keys = {name: f"{rule.id}.{name}" for name in rule.parameters}
    return {name: book.value(key, on=day).value for name, key in keys.items() if book.holds(key, on=day)}


def _applies(rule: Rule, values: Values) -> bool:
    """Whether a rule is in force: a value that it tests by holds, so does all that it computes by."""
    computed = {name for clause in rule.judges if clause.computes for name in COMPUTATIONS[clause.computes]}
    conditions = [condition for clause in rule.judges for condition in (clause.where, clause.needs)]
    tested = {name for each in conditions for test in tests_in(each) for name in parameters_of(test)}
    held = bool(tested & values.keys()) if tested else bool(values)
    return held and computed <= values.keys() and values.get("applies") is not False


def _tells_effects(rule: Rule) -> bool:
    return any(clause.computes == "letter_effect" for clause in rule.judges)


def _judge(rule: Rule, clause: Clause, values: Values, table: Mapping[str, str]) -> Judge:
    answer = Answer(str(clause.otherwise))
    refuse = Answer.REFUSE
    return Judge(
        rule=rule.id,
        clause=clause,
        values=values,
        test=_test(clause, values),
        answer=answer,
        unknown=None if clause.unknown is Unknown.SILENT else refuse,
        alone=refuse if clause.unknown is Unknown.REFUSE else None,
        compute=computation(clause.computes, values, table) if clause.computes else None,
        timed=tuple(test for test in tests_in(clause.needs) if _is_timed(test)),
    )


def _is_timed(test: Test) -> bool:
    over_time = events().facts[test.fact].over_time
    if test.fact in CLOCKED:
        return True
    if over_time is OverTime.DAILY:
        return test.probe in (Probe.BELOW, Probe.AT_MOST)
    return over_time is OverTime.DAYS and test.probe in (Probe.AT_LEAST, Probe.ABOVE)


def _test(clause: Clause, values: Values) -> Check:
    """A clause as an implication: where its condition holds, what it needs must hold.

    A clause that computes fails where it applies, so that its value is asked for.
    """
    where = check_of(clause.where, values) if clause.where is not None else None
    needs = check_of(clause.needs, values) if clause.needs is not None else None
    if where is None:
        return needs or (lambda facts: False)
    return _implied(where, needs) if needs is not None else _negated(where)


def _implied(where: Check, needs: Check) -> Check:
    def implied(facts: Facts) -> bool | None:
        applies = where(facts)
        if applies is False:
            return True
        found = needs(facts)
        return True if found else None if applies is None else found

    return implied


def _negated(where: Check) -> Check:
    def negated(facts: Facts) -> bool | None:
        applies = where(facts)
        return None if applies is None else not applies

    return negated
