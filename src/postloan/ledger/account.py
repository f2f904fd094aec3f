"""The account of one loan: its history, only ever appended to, and what may be booked on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from postloan.ledger import commands as c
from postloan.ledger.accrual import accrue
from postloan.ledger.answers import Booked, Reason, Refused, because
from postloan.ledger.applying import happen
from postloan.ledger.events import Event, Happening, happened
from postloan.ledger.judging import Bench, judge, judge_opening
from postloan.ledger.money_rules import KeptBooks, MoneyRules, RuleBooks
from postloan.ledger.parts import LINES, difference
from postloan.ledger.replaying import (
    NotInLedger,
    adopt_rules,
    first_fallen,
    fold,
    replay,
    reversed_by,
    standing_events,
)
from postloan.ledger.running import Running
from postloan.ledger.state import State, snapshot

Grader = Callable[[State], c.Grade]
"""Gives the class of a loan on the day of its state, with the rules that led to it."""


class Account:
    """The account of one loan.

    ``book`` answers ``Booked`` or ``Refused`` and never leaves anything half done. An event with an earlier value date
    than the last one is set into its place, everything after it is worked out anew, and the difference is booked as
    corrections.
    """

    def __init__(
        self,
        loan_id: str,
        rules: MoneyRules,
        events: Iterable[Event] = (),
        earlier: RuleBooks | None = None,
    ) -> None:
        """Take up a loan's history.

        rules: what new commands are judged and booked by. events: the history so far, in any order.
        earlier: the rules of older versions that the history was booked under; ``KeptBooks`` fetches them.
        """
        self.loan_id = loan_id
        self.rules = rules
        self._books: RuleBooks = {**(earlier or {}), rules.version: rules}
        if isinstance(earlier, KeptBooks):
            self._books = earlier
        self._events: list[Event] = sorted(events, key=lambda event: event.seq)
        self._by_key = {event.key: event for event in self._events}
        self._used = frozenset(_references(self._events))
        self._run = fold(standing_events(self._events), self._books) or Running(rules)

    @property
    def events(self) -> tuple[Event, ...]:
        """The history, in the order of booking."""
        return tuple(self._events)

    def state(self, on: date | None = None, *, known_on: date | None = None) -> State:
        """The loan on a day (the day of the last event if None), as known now or as known on a day.

        Raises:
            NotInLedger: the loan was not opened by then.
        """
        if known_on is not None or (on is not None and on.toordinal() < self._run.day):
            return replay(self._events, self._books, until=on, known_on=known_on)
        if not self._run.opened_on:
            raise NotInLedger(loan=self.loan_id, day=on or "?")
        run = self._run
        if on is not None and on.toordinal() > run.day:
            run = run.copy()
            accrue(run, on.toordinal())
        return snapshot(self.loan_id, run)

    def book(self, command: c.Command, *, key: str, value_on: date, booked_on: date) -> Booked | Refused:
        """Book a command, or refuse it with every reason.

        key: idempotency key; the same command under the same key changes nothing. value_on: the day from which it
        counts. booked_on: today.
        """
        what = happened(command)
        if (before := self._by_key.get(key)) is not None:
            if before.what == what and before.value_on == value_on:
                return Booked(before, again=True)
            return Refused(command, (because("key_reused", key=key, seq=before.seq),))
        if reasons := self._envelope(command, key, value_on, booked_on):
            return Refused(command, tuple(reasons))
        if isinstance(command, c.Reverse):
            return self._reverse(command, what, key, value_on, booked_on)
        if value_on.toordinal() >= self._run.day:
            return self._append(command, what, key, value_on, booked_on)
        return self._insert(command, what, key, value_on, booked_on)

    def regrade(self, grader: Grader, *, key: str, on: date, booked_on: date) -> Booked | Refused | None:
        """Record the class of a day if it, or the reason for it, has changed; None where it has not."""
        state = self.state(on)
        graded = grader(state)
        if (graded.grade, graded.because) == (state.grade, state.because):
            return None
        return self.book(graded, key=key, value_on=on, booked_on=booked_on)

    def _envelope(self, command: c.Command, key: str, value_on: date, booked_on: date) -> list[Reason]:
        reasons = []
        if not key.strip():
            reasons.append(because("no_key"))
        if value_on > booked_on:
            reasons.append(because("in_future", value_on=value_on, booked_on=booked_on))
        if self._events and booked_on < (last := self._events[-1].booked_on):
            reasons.append(because("clock_went_back", booked_on=booked_on, last=last))
        opened = self._run.opened_on
        if not opened and not isinstance(command, c.OpenAccount | c.Reverse):
            reasons.append(because("not_open", day=value_on))
        elif opened and not isinstance(command, c.OpenAccount) and value_on.toordinal() < opened:
            opened_on = date.fromordinal(opened)
            reasons.append(because("before_opening", value_on=value_on, opened_on=opened_on))
        return reasons

    def _append(
        self, command: c.Command, what: Happening, key: str, value_on: date, booked_on: date
    ) -> Booked | Refused:
        """Book at the end of the history."""
        day = value_on.toordinal()
        run = self._run.copy()
        start = run.lines.copy()
        if run.opened_on:
            accrue(run, day)
        adopt_rules(run, self.rules)
        bench = Bench(run, self.loan_id, value_on, booked_on, self._used)
        if not run.opened_on and isinstance(command, c.OpenAccount):
            reasons = judge_opening(command, bench)
        else:
            reasons = judge(command, bench)
        if reasons:
            return Refused(command, tuple(reasons))
        middle = run.lines.copy()
        happen(run, what, day)
        event = self._event(what, key, value_on, booked_on, run.grade)
        self._commit(event, run)
        return Booked(event, difference(start, middle), difference(middle, run.lines))

    def _insert(
        self, command: c.Command, what: Happening, key: str, value_on: date, booked_on: date
    ) -> Booked | Refused:
        """Book into the middle of the history, and work out anew what comes after."""
        day = value_on.toordinal()
        place = fold(standing_events(self._events), self._books, until=day)
        if place is None:
            return Refused(command, (because("not_open", day=value_on),))
        accrue(place, day)
        adopt_rules(place, self.rules)
        bench = Bench(place, self.loan_id, value_on, booked_on, self._used)
        if reasons := judge(command, bench):
            return Refused(command, tuple(reasons))
        before = place.lines.copy()
        happen(place, what, day)
        event = self._event(what, key, value_on, booked_on, place.grade)
        moved = self._rework(event)
        if isinstance(moved, Reason):
            return Refused(command, (moved,))
        own = [new - old for old, new in zip(before, place.lines, strict=True)]
        old = self._run.lines
        rest = [new - was - mine for new, was, mine in zip(moved.lines, old, own, strict=True)]
        self._commit(event, moved)
        return Booked(event, (), difference(before, place.lines), difference([0] * LINES, rest))

    def _reverse(
        self, command: c.Reverse, what: Happening, key: str, value_on: date, booked_on: date
    ) -> Booked | Refused:
        """Book that an event counts no more, and work out anew what comes after it."""
        target = self._by_key.get(command.target)
        gone = reversed_by(self._events)
        if target is None:
            return Refused(command, (because("unknown_event", key=command.target),))
        if command.target in gone:
            return Refused(command, (because("already_reversed", key=command.target),))
        event = self._event(what, key, value_on, booked_on, self._run.grade)
        if isinstance(target.what, c.OpenAccount):
            others = [one for one in standing_events(self._events) if not isinstance(one.what, c.Reverse)]
            if others != [target]:
                return Refused(command, (because("opening_stands"),))
        if twice := _used_twice([*self._events, event]):
            return Refused(command, (because("approval_used", reference=twice),))
        moved = self._rework(event)
        if isinstance(moved, Reason):
            return Refused(command, (moved,))
        old = self._run.copy()
        start = old.lines.copy()
        if old.opened_on:
            accrue(old, max(moved.day, old.day))
        self._commit(event, moved)
        self._used = frozenset(_references(self._events))
        return Booked(event, difference(start, old.lines), (), difference(old.lines, moved.lines))

    def _rework(self, event: Event) -> Running | Reason:
        """The loan with one more event, up to the day it had reached; or why that cannot be."""
        events = standing_events([*self._events, event])
        if fallen := first_fallen(events, self._books):
            later, why = fallen
            return because(
                "others_rest_on_it", seq=later.seq, name=later.name, value_on=later.value_on, why=why
            )
        run = fold(events, self._books) or Running(self.rules)
        if run.opened_on:
            accrue(run, self._run.day)
        return run

    def _event(self, what: Happening, key: str, value_on: date, booked_on: date, grade: str) -> Event:
        seq = len(self._events) + 1
        return Event(self.loan_id, seq, key, value_on, booked_on, what, self.rules.version, grade)

    def _commit(self, event: Event, run: Running) -> None:
        self._events.append(event)
        self._by_key[event.key] = event
        self._run = run
        if references := _references([event]):
            self._used |= frozenset(references)


def _references(events: Iterable[Event]) -> list[str]:
    """References of the approvals that standing events rest on, one for each event."""
    events = list(events)
    if all(getattr(event.what, "approval", None) is None for event in events):
        return []
    gone = reversed_by(events)
    found = (getattr(event.what, "approval", None) for event in events if event.key not in gone)
    return [approval.reference for approval in found if isinstance(approval, c.Approval)]


def _used_twice(events: Iterable[Event]) -> str:
    """The reference of an approval that two standing events would rest on; "" if there is none."""
    counted = Counter(_references(events))
    return next((reference for reference, times in counted.items() if times > 1), "")
