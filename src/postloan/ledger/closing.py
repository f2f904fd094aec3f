"""Ending a debt well (结清): the account of it, what the credit bureau must be told, how long records are kept."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from postloan.kernel import Money
from postloan.ledger.events import Event, PaymentReceived
from postloan.ledger.money_rules import CARD, MoneyRules, RuleBooks
from postloan.ledger.parts import Line
from postloan.ledger.replaying import NotInLedger, replay, reversed_by
from postloan.ledger.state import State
from postloan.ledger.terms import months_after
from postloan.rules import RuleBook

_CONSUMER_FINANCE = "消费金融"


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment of a settled debt. on: its value date."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Settlement:
    """The account of a debt that has ended (结清对账单). What was owed equals what covered it, to the fen.

    advanced: principal at opening. charged: interest, penalty, compound interest, fees and costs. received: paid by the
    debtor or for him. refunded: paid back to him. released: waived. replaced: covered by a new loan. elsewhere:
    collected by whoever owned the claim meanwhile. credit: the debtor's money that is still held and must be paid back.
    """

    loan_id: str
    opened_on: date
    settled_on: date
    advanced: Money
    charged: Money
    received: Money
    refunded: Money
    released: Money
    replaced: Money
    elsewhere: Money
    credit: Money
    payments: tuple[Paid, ...]

    @property
    def owed_in_all(self) -> Money:
        """Everything that was ever owed."""
        return self.advanced + self.charged

    @property
    def covered(self) -> Money:
        """What covered it."""
        kept = self.received - self.refunded - self.credit
        return kept + self.released + self.replaced + self.elsewhere


@dataclass(frozen=True, slots=True)
class Correction:
    """A month end on which more or less was known to be owed than is known now (征信更正).

    then_*: as the books said on that day. now_*: as they say today about that day.
    """

    month_end: date
    then_overdue: int
    now_overdue: int
    then_due: Money
    now_due: Money
    then_grade: str
    now_grade: str


@dataclass(frozen=True, slots=True)
class BureauReport:
    """What the credit bureau must be told (征信报送). changes: field → new value; "" for none any more.

    settled_on: of a debt that is owed again, the day on which it was reported to be. negative_until: see CN-CRD-01.
    """

    loan_id: str
    settled_on: date
    changes: tuple[tuple[str, str], ...]
    corrections: tuple[Correction, ...]
    negative_until: date | None


def settlement(events: Sequence[Event], state: State) -> Settlement:
    """The account of a debt from its history and its state once nothing is owed."""
    gone = reversed_by(events)
    standing = [event for event in events if event.key not in gone]
    payments = sorted(
        (event for event in standing if isinstance(event.what, PaymentReceived)),
        key=lambda event: (event.value_on, event.seq),
    )
    lines = state.lines
    return Settlement(
        loan_id=state.loan_id,
        opened_on=min(event.value_on for event in standing),
        settled_on=settled_on(standing),
        advanced=Money(-lines[Line.ADVANCED]),
        charged=Money(-lines[Line.CHARGED]),
        received=Money(lines[Line.RECEIVED]),
        refunded=Money(-lines[Line.REFUNDED]),
        released=Money(lines[Line.RELEASED]),
        replaced=Money(lines[Line.REPLACED]),
        elsewhere=Money(lines[Line.ELSEWHERE]),
        credit=state.credit,
        payments=tuple(
            Paid(event.value_on, event.what.amount)
            for event in payments
            if isinstance(event.what, PaymentReceived)
        ),
    )


def settled_on(standing: Sequence[Event]) -> date:
    """The day on which the debt ended: the value date of the last event that moved the claim."""
    quiet = {"accrued", "graded", "credit_refunded", "reversed"}
    moving = [event.value_on for event in standing if event.name not in quiet]
    return max(moving or [event.value_on for event in standing])


def bureau_report(
    events: Sequence[Event], ended: Settlement, rules: RuleBooks, book: RuleBook, *, was_overdue: bool
) -> BureauReport:
    """The list of changes and corrections for the credit bureau."""
    changes = [
        ("account_status", "settled"),
        ("balance", "0.00"),
        ("overdue_amount", "0.00"),
        ("settled_on", ended.settled_on.isoformat()),
    ]
    if ended.released:
        changes.append(("settled_with_waiver", str(ended.released.as_yuan)))
    key = "CN-CRD-01.negative_years"
    until = None
    if was_overdue and book.holds(key, on=ended.settled_on):
        until = months_after(ended.settled_on, 12 * book.value(key, on=ended.settled_on).whole)
    found = tuple(corrections(events, ended.settled_on, rules))
    return BureauReport(ended.loan_id, ended.settled_on, tuple(changes), found, until)


def owed_again_report(
    events: Sequence[Event], reported: date, state: State, rules: RuleBooks
) -> BureauReport:
    """What must be put right at the credit bureau where a debt that was reported as settled is owed again.

    reported: the day on which it was taken to be settled. state: as it stands now.
    """
    since = state.overdue_since
    changes = (
        ("account_status", "open"),
        ("settled_on", ""),
        ("balance", str(state.owed.total.as_yuan)),
        ("overdue_amount", str(state.due.total.as_yuan if since else Money(0).as_yuan)),
        ("overdue_since", since.isoformat() if since else ""),
    )
    found = tuple(corrections(events, state.day, rules))
    return BureauReport(state.loan_id, reported, changes, found, None)


def corrections(events: Sequence[Event], until: date, rules: RuleBooks) -> Iterator[Correction]:
    """Month ends that were reported otherwise than is known now: late, reversed or back-dated events between them."""
    late = [event for event in events if event.booked_on > event.value_on]
    for day in _month_ends(min(event.value_on for event in events), until):
        touched = any(event.booked_on > day for event in late) or _reversed_after(events, day)
        if not touched:
            continue
        now = replay(events, rules, until=day)
        try:
            then = replay(events, rules, until=day, known_on=day)
        except NotInLedger:
            continue  # nothing had been reported yet
        before, after = _days(then), _days(now)
        if (before, then.due.total, then.grade) != (after, now.due.total, now.grade):
            yield Correction(day, before, after, then.due.total, now.due.total, then.grade, now.grade)


def keep_until(settled: date, product: str, lender: str, book: RuleBook) -> date | None:
    """The last day on which records of a settled debt are kept (CN-REC-02); None where no rule holds."""
    keys = ["CN-REC-02.default_years"]
    if product == CARD:
        keys.insert(0, "CN-REC-02.card_years")
    elif _CONSUMER_FINANCE in lender:
        keys.insert(0, "CN-REC-02.consumer_finance_years")
    for key in keys:
        if book.holds(key, on=settled):
            return months_after(settled, 12 * book.value(key, on=settled).whole)
    return None


def was_overdue(events: Sequence[Event], rules: MoneyRules | RuleBooks) -> bool:
    """Whether the debt was ever overdue."""
    days = sorted({event.value_on for event in events})
    return any(replay(events, rules, until=day).overdue_since for day in days)


def _days(state: State) -> int:
    return (state.day - state.overdue_since).days if state.overdue_since else 0


def _reversed_after(events: Sequence[Event], day: date) -> bool:
    return any(event.name == "reversed" and event.booked_on > day for event in events)


def _month_ends(first: date, last: date) -> Iterator[date]:
    day = first.replace(day=1)
    while day <= last:
        end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        if first <= end < last:
            yield end
        day = end + timedelta(days=1)
