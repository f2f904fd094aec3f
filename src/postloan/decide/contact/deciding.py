"""Whether something may be done to a debtor: every rule that has a say is asked, and the strictest answer wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from postloan.decide.answers import Answer, Grade
from postloan.decide.contact.compiling import Bench, CompiledRules, DayRules, Judge
from postloan.decide.contact.computing import ALLOW, EFFECTS, REFUSE, Value
from postloan.decide.contact.deriving import derive
from postloan.decide.contact.reading import Facts, Told, read_event
from postloan.decide.contact.timing import earliest
from postloan.rules import RuleBook
from postloan.rules.events import events

UNKNOWN_ACT = "event"
"""Stands for a rule where the act itself is not known."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """A clause that spoke against an act, or gave it a value.

    judge: the clause; None where the act itself is unknown. missing: it spoke because a fact is not known.
    facts: what it saw.
    """

    judge: Judge | None
    missing: bool
    facts: Facts = field(repr=False)

    @property
    def rule(self) -> str:
        """The id of its rule."""
        return self.judge.rule if self.judge else UNKNOWN_ACT


@dataclass(frozen=True, slots=True)
class Permit:
    """It may be done (许可). because: the rules that were asked. rule_book: version of the book."""

    because: tuple[str, ...]
    rule_book: str
    answer: Answer = Answer.ALLOW
    earliest: None = None


@dataclass(frozen=True, slots=True)
class Review:
    """It may be done if a person decides so (人工复核). because: the rules that ask for one. spoke: their clauses."""

    because: tuple[str, ...]
    spoke: tuple[Spoke, ...] = field(repr=False)
    rule_book: str
    answer: Answer = Answer.REVIEW
    earliest: None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """It may not be done (拒绝). because: every rule that refused. spoke: their clauses.

    earliest: local time from which it would be lawful if nothing but time passed; None where time does not help.
    """

    because: tuple[str, ...]
    spoke: tuple[Spoke, ...] = field(repr=False)
    rule_book: str
    earliest: datetime | None = None
    answer: Answer = Answer.REFUSE


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that the rules give (计算结果): a grade, a clock, an effect, amounts by part.

    because: the rules that gave it.
    """

    because: tuple[str, ...]
    answer: Value
    rule_book: str
    earliest: None = None


ContactDecision = Permit | Review | Refusal | Computed


class ContactRules:
    """The rules of conduct of a book, ready to be asked."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.version = book.version
        self.compiled = CompiledRules(book)

    def decide(
        self, event: Mapping[str, Any], only: str | None = None, day: date | None = None
    ) -> ContactDecision:
        """Whether an event may happen, by all rules, or by one of them alone.

        event: the act and its facts, as ``rules/events.yaml`` names them. only: a rule of the book. day: whose rules
        hold where the event gives no moment.

        Raises:
            NotAnEvent: the event is no JSON object. UnknownRule: there is no such rule.
        """
        told = read_event(event)
        return self.judge(told, only, day)

    def judge(self, told: Told, only: str | None = None, day: date | None = None) -> ContactDecision:
        """As ``decide``, of an event that was read."""
        if only is not None:
            self.book.rule(only)
        moment = told.facts.get("t")
        on = moment.date() if isinstance(moment, datetime) else moment or day or events().day
        rules = self.compiled.on(on)
        variants = derive(told, on)
        if told.kind is None:
            return Refusal((UNKNOWN_ACT,), (Spoke(None, True, told.facts),), self.version)
        found = self.weighed(rules, told.kind, variants, only)
        if isinstance(found, Refusal) and isinstance(moment, datetime):
            when = earliest(self, found, told.kind, variants, only)
            return replace(found, earliest=when) if when else found
        return found

    def weighed(self, rules: DayRules, kind: str, variants: list[Facts], only: str | None) -> ContactDecision:
        """The strictest answer of the judges of an act to facts, once for each plausible local time."""
        bench = rules.by_kind[kind] if only is None else rules.alone.get((only, kind))
        refused, reviewed, values = _asked(bench, variants, alone=only is not None)
        if refused:
            refused.sort(key=_by_rule)
            because = tuple(sorted({one.rule for one in refused}))
            return Refusal(because, tuple(refused), self.version)
        if reviewed:
            reviewed.sort(key=_by_rule)
            because = tuple(sorted({one.rule for one in reviewed}))
            return Review(because, tuple(reviewed), self.version)
        if values:
            return _gravest(values, self.version)
        return Permit(rules.consulted[kind] if only is None else (only,), self.version)


_by_rule = attrgetter("rule")
_Said = tuple[list[Spoke], list[Spoke], list[tuple[str, Value]]]


def _asked(bench: Bench | None, variants: list[Facts], *, alone: bool) -> _Said:
    """What the judges of an act say: who refuses, who wants a person, and the values they give."""
    said: _Said = ([], [], [])
    for facts in variants if bench else ():
        for found, judge in bench.against(facts) if bench else ():
            _say(judge, found, facts, said, alone=alone)
    return said


def _say(judge: Judge, found: bool | None, facts: Facts, said: _Said, *, alone: bool) -> None:
    refused, reviewed, values = said
    if found is False and judge.compute is not None:
        value = judge.compute(facts)
        if value is not None and value != REFUSE:
            values.append((judge.rule, value))
        else:
            refused.append(Spoke(judge, value is None, facts))
        return
    answer = judge.answer if found is False else judge.alone if alone else judge.unknown
    if answer is Answer.REFUSE:
        refused.append(Spoke(judge, found is None, facts))
    elif answer is Answer.REVIEW:
        reviewed.append(Spoke(judge, found is None, facts))


def _gravest(values: list[tuple[str, Value]], version: str) -> ContactDecision:
    """The strictest of several values: the lowest grade, the least effect; else the last, which is the special rule."""
    told = [(rule, value) for rule, value in values if value != ALLOW]
    if not told:
        return Permit(tuple(dict.fromkeys(rule for rule, _ in values)), version)
    if len(told) == 1:
        return Computed((told[0][0],), told[0][1], version)
    grades = {grade.value: grade.rank for grade in Grade}
    effects = {effect: -rank for rank, effect in enumerate(EFFECTS)}
    kept = told[-1][1]
    if all(isinstance(value, str) and value in grades for _, value in told):
        kept = max((str(value) for _, value in told), key=lambda value: grades[value])
    elif "interrupts" in (value for _, value in told):
        kept = "interrupts"  # the rule of dispatch makes the table moot
    elif all(isinstance(value, str) and value in effects for _, value in told):
        kept = max((str(value) for _, value in told), key=lambda value: effects[value])
    return Computed(tuple(dict.fromkeys(rule for rule, value in told if value == kept)), kept, version)
