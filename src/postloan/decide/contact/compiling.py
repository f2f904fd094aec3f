"""The rule book of a day, compiled once: for each act the tests that speak on it, in the order of the rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from postloan.decide.answers import Answer
from postloan.decide.contact.computing import Computation, computation
from postloan.decide.contact.conditions import Check, Values, check_of
from postloan.decide.contact.reading import Facts
from postloan.rules import Rule, RuleBook
from postloan.rules.clauses import COMPUTATIONS, Clause, Probe, Unknown, tests_in
from postloan.rules.events import events

PASSES, FAILS, MISSING = 0, 1, 2
Test = Callable[[Facts], int]


@dataclass(frozen=True, slots=True)
class Judge:
    """One clause of a rule on one day, ready to be asked.

    rule: its id. clause: as it stands in the book. values: the rule's parameters on the day. test: whether it
    passes, fails, or misses a fact. answer: where it fails. unknown, alone: the answer where it misses a fact, with
    the whole book and judged alone; None where it is silent then. compute: gives a value instead.
    """

    rule: str
    clause: Clause
    values: Values
    test: Test
    answer: Answer
    unknown: Answer | None
    alone: Answer | None
    compute: Computation | None


@dataclass(frozen=True, slots=True)
class DayRules:
    """What is asked on one day.

    by_kind: the judges of each act. alone: those of one rule by (rule, act). consulted: the rules that have a say on
    an act.
    """

    by_kind: Mapping[str, tuple[Judge, ...]]
    alone: Mapping[tuple[str, str], tuple[Judge, ...]]
    consulted: Mapping[str, tuple[str, ...]]


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
        by_kind: dict[str, list[Judge]] = {kind: [] for kind in events().kinds}
        alone: dict[tuple[str, str], list[Judge]] = {}
        for rule, values in active:
            for clause in rule.judges:
                judge = _judge(rule, clause, values, table)
                for act in sorted(events().acts(clause.of)):
                    by_kind[act].append(judge)
                    alone.setdefault((rule.id, act), []).append(judge)
        consulted = {
            kind: tuple(dict.fromkeys(judge.rule for judge in asked)) for kind, asked in by_kind.items()
        }
        return DayRules(
            {kind: tuple(asked) for kind, asked in by_kind.items()},
            {key: tuple(asked) for key, asked in alone.items()},
            consulted,
        )


def _edges(rules: list[Rule]) -> list[date]:
    dated = [value for rule in rules for parameter in rule.parameters.values() for value in parameter.values]
    edges = {value.first for value in dated}
    edges |= {value.until + timedelta(days=1) for value in dated if value.until and value.until < date.max}
    return sorted(edges)


def _held(book: RuleBook, rule: Rule, day: date) -> Values:
    keys = {name: f"{rule.id}.{name}" for name in rule.parameters}
    return {name: book.value(key, on=day).value for name, key in keys.items() if book.holds(key, on=day)}


def _applies(rule: Rule, values: Values) -> bool:
    """Whether a rule is in force: it has all values that it tests by, and is not switched off."""
    needed = {name for clause in rule.judges for name in _parameters(clause)}
    return bool(values) and needed <= values.keys() and values.get("applies") is not False


def _parameters(clause: Clause) -> set[str]:
    named = set(COMPUTATIONS[clause.computes]) if clause.computes else set()
    for condition in (clause.where, clause.needs):
        for test in tests_in(condition):
            if test.probe is Probe.WITHIN and isinstance(test.operand, tuple):
                named |= {name for name in test.operand if name}
            elif isinstance(test.operand, str) and test.probe not in (Probe.IS, Probe.EQUALS, Probe.COVERS):
                named.add(test.operand)
    return named


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
    )


def _test(clause: Clause, values: Values) -> Test:
    """A clause as an implication: where its condition holds, what it needs must hold.

    A clause that computes fails where it applies, so that its value is asked for.
    """
    where = check_of(clause.where, values) if clause.where is not None else None
    needs = check_of(clause.needs, values) if clause.needs is not None else None
    if where is None and needs is not None:
        return partial(_needed, needs)
    if where is not None and needs is not None:
        return partial(_implied, where, needs)
    return partial(_fails_where, where) if where is not None else lambda facts: FAILS


def _needed(needs: Check, facts: Facts) -> int:
    found = needs(facts)
    return PASSES if found else MISSING if found is None else FAILS


def _implied(where: Check, needs: Check, facts: Facts) -> int:
    applies = where(facts)
    if applies is False:
        return PASSES
    found = needs(facts)
    if found:
        return PASSES
    return MISSING if applies is None or found is None else FAILS


def _fails_where(where: Check, facts: Facts) -> int:
    applies = where(facts)
    return FAILS if applies else MISSING if applies is None else PASSES
