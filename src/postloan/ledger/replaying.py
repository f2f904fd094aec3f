"""Replay: from the events of a loan to its state on any day, as known now or as known then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from postloan.kernel import PostloanError
from postloan.ledger.accrual import accrue
from postloan.ledger.answers import Reason
from postloan.ledger.applying import happen
from postloan.ledger.events import Event, Reversed
from postloan.ledger.judging import standing
from postloan.ledger.money_rules import NEVER, MoneyRules, RuleBooks
from postloan.ledger.parts import Legs, difference
from postloan.ledger.running import Running
from postloan.ledger.state import State, snapshot

_PLACE = attrgetter("value_on", "seq")


class NotInLedger(PostloanError):
    """The loan {loan} is not in the ledger on {day}.

    Ask for a day on or after its opening.
    """

    zh = "贷款 {loan} 在 {day} 尚未建账。请查询建账日或之后的日期。"


class UnknownRuleBook(PostloanError):
    """An event of the loan {loan} was booked under the rule book {version}, which this store has not kept.

    With the program that it was used with: postloan rules list --json > old.json. Then: postloan rules keep old.json
    """

    zh = (
        "贷款 {loan} 的一笔业务按规则库版本 {version} 记账，而库中未存档该版本。"
        "请用当时的程序执行 postloan rules list --json > old.json，再执行 postloan rules keep old.json。"
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One event as it shows in the history of a loan.

    event: what happened. accrued: what ran since the step before. legs: what the event moved; nothing where it has been
    reversed. reversed_by: seq of the reversal, 0 if it stands. state: the loan afterwards.
    """

    event: Event
    accrued: Legs
    legs: Legs
    reversed_by: int
    state: State


def replay(
    events: Iterable[Event],
    rules: MoneyRules | RuleBooks,
    *,
    until: date | None = None,
    known_on: date | None = None,
) -> State:
    """The state of one loan after its events.

    until: the day to look at, its own events included; the last value date if None. known_on: leave out what was
    booked after this day, so that the answer is the one that would have been given then. rules: one set for all
    events, or each event's own by version of the rule book.

    Raises:
        NotInLedger: no event, or none by that day. UnknownRuleBook: the rules of an event are missing.
    """
    known = [event for event in events if known_on is None or event.booked_on <= known_on]
    run = fold(standing_events(known), rules, until=until.toordinal() if until else NEVER)
    if run is None or not run.opened_on:
        raise NotInLedger(loan=known[0].loan_id if known else "?", day=until or known_on or "?")
    if until:
        accrue(run, until.toordinal())
    return snapshot(known[0].loan_id, run)


def trace(events: Iterable[Event], rules: MoneyRules | RuleBooks) -> Iterator[Step]:
    """Every event in order with what it moved, the reversed ones too: nothing vanishes from a history."""
    known = list(events)
    gone = reversed_by(known)
    run: Running | None = None
    version = ""
    for event in sorted(known, key=_PLACE):
        if run is None:
            run = Running(_rules_of(event, rules))
            version = event.rule_book
        before = run.lines.copy()
        day = event.value_on.toordinal()
        if run.opened_on:
            accrue(run, day)
        accrued = difference(before, run.lines)
        before = run.lines.copy()
        if event.key not in gone:
            if event.rule_book != version:
                version = event.rule_book
                adopt_rules(run, _rules_of(event, rules))
            happen(run, event.what, day)
        if run.opened_on:
            legs = difference(before, run.lines)
            yield Step(event, accrued, legs, gone.get(event.key, 0), snapshot(event.loan_id, run))


def reversed_by(events: Sequence[Event]) -> Mapping[str, int]:
    """The keys of events that have been reversed, with the seq of the reversal; a reversed reversal counts not."""
    gone: dict[str, int] = {}
    reversals = [event for event in events if type(event.what) is Reversed]
    for event in sorted(reversals, key=lambda event: -event.seq):
        if event.key not in gone and isinstance(event.what, Reversed):
            gone[event.what.target] = event.seq
    return gone


def standing_events(events: Sequence[Event]) -> list[Event]:
    """The events that count, in the order in which they count."""
    gone = reversed_by(events)
    kept = [event for event in events if event.key not in gone] if gone else list(events)
    kept.sort(key=_PLACE)
    return kept


def fold(events: Sequence[Event], rules: MoneyRules | RuleBooks, *, until: int = NEVER) -> Running | None:
    """Run standing events over a loan, in order; None if there is none by that day."""
    run: Running | None = None
    version = ""
    for event in events:
        day = event.value_on.toordinal()
        if day > until:
            break
        if run is None:
            run = Running(_rules_of(event, rules))
            version = event.rule_book
        elif run.day < day and run.opened_on:
            accrue(run, day)
        if event.rule_book != version:
            version = event.rule_book
            adopt_rules(run, _rules_of(event, rules))
        happen(run, event.what, day)
    return run


def first_fallen(events: Sequence[Event], rules: MoneyRules | RuleBooks) -> tuple[Event, Reason] | None:
    """The first event that would not stand where it stands, with the reason; None if all do."""
    run: Running | None = None
    for event in events:
        if run is None:
            run = Running(_rules_of(event, rules))
        day = event.value_on.toordinal()
        if run.opened_on:
            accrue(run, day)
        adopt_rules(run, _rules_of(event, rules))
        if reason := standing(event, run):
            return event, reason
        happen(run, event.what, day)
    return None


def adopt_rules(run: Running, rules: MoneyRules) -> None:
    """Let another version of the rules hold from here on."""
    if run.rules is not rules:
        run.rules = rules
        run.renew_cap()


def _rules_of(event: Event, rules: MoneyRules | RuleBooks) -> MoneyRules:
    if isinstance(rules, MoneyRules):
        return rules
    try:
        return rules[event.rule_book]
    except KeyError:
        raise UnknownRuleBook(loan=event.loan_id, version=event.rule_book) from None
