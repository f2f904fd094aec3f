"""A loan as its page shows it: its history to a day, what it crosses next, what is promised, who it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from postloan.kernel import Money
from postloan.ledger.parts import Part
from postloan.ledger.state import State, Status
from postloan.ledger.store import MaskedPerson, NoSuchRecord, Reading
from postloan.ledger.store_records import (
    ApprovalRequest,
    Hold,
    IncomingPayment,
    Instalment,
    Loan,
    PaymentState,
    Plan,
    Promise,
)
from postloan.rules import RuleBook
from postloan.workflows.loan_history import LoanHistory, history_of

_LINES = ("substandard", "doubtful", "loss")


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of the debt. owed, due, booked: see ``State``. memorandum: owed but not carried."""

    code: str
    owed: Money
    due: Money
    booked: Money
    memorandum: Money


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day on which something begins or ends. what: code of the text. day: of overdue, 0 if it is none. rule: why."""

    on: date
    what: str
    day: int = 0
    rule: str = ""


@dataclass(frozen=True, slots=True)
class LoanView:
    """Everything on a loan's page.

    history: the loan on the day and how it came there. payments: keys of the events that came with payment files and
    may be taken off the loan again. person: None where nothing is known or it was erased from the store.
    """

    history: LoanHistory
    parts: tuple[PartRow, ...]
    ahead: tuple[Ahead, ...]
    promises: tuple[Promise, ...]
    plans: tuple[tuple[Plan, tuple[Instalment, ...]], ...]
    holds: tuple[Hold, ...]
    requests: tuple[ApprovalRequest, ...]
    payments: frozenset[str]
    person: MaskedPerson | None

    @property
    def loan(self) -> Loan:
        """The loan."""
        return self.history.loan

    @property
    def on(self) -> date:
        """The day."""
        return self.history.on

    @property
    def state(self) -> State:
        """The loan on the day."""
        return self.history.state

    @property
    def total(self) -> PartRow:
        """All parts together."""
        state = self.state
        return PartRow("total", state.owed.total, state.due.total, state.booked.total, state.memorandum.total)

    @property
    def since(self) -> Money:
        """What has accrued between the last event and the day."""
        return self.state.owed.total - self.history.lines[-1].owed

    @property
    def used(self) -> tuple[Part, ...]:
        """The parts that were ever owed, for a table without empty columns."""
        return tuple(part for part in Part if any(line.parts.fen[part] for line in self.history.lines))

    @property
    def silent(self) -> tuple[Hold, ...]:
        """Stops on contact that hold on the day."""
        return tuple(hold for hold in self.holds if _holds(hold, self.on))


def look_at(tx: Reading, loan_id: str, on: date, book: RuleBook) -> LoanView:
    """A loan on a day.

    Raises:
        NoSuchRecord: there is no such loan. NotInLedger: it was not opened by then.
    """
    history = history_of(tx, loan_id, on=on, book=book)
    loan = history.loan
    plans = tx.of(Plan).find(loan_id=loan_id, order=("-agreed_on", "number"))
    requests = tx.of(ApprovalRequest).find(subject=loan_id, order=("-number",), limit=50)
    return LoanView(
        history=history,
        parts=_parts(history.state),
        ahead=_ahead(loan, history.state, book, on),
        promises=tuple(tx.of(Promise).find(loan_id=loan_id, order=("-due_on", "number"))),
        plans=tuple((plan, _instalments(tx, plan)) for plan in plans),
        holds=_holds_on(tx, loan),
        requests=tuple(requests),
        payments=_payments(tx, loan_id),
        person=_person(tx, loan.borrower_id),
    )


def _parts(state: State) -> tuple[PartRow, ...]:
    rows = zip(Part, state.owed.fen, state.due.fen, state.booked.fen, state.memorandum.fen, strict=True)
    return tuple(PartRow(part.code, *map(Money, amounts)) for part, *amounts in rows)


def _payments(tx: Reading, loan_id: str) -> frozenset[str]:
    """Keys of the events by which payments of files stand on a loan."""
    found = tx.of(IncomingPayment).find(loan_id=loan_id, state=PaymentState.POSTED)
    return frozenset(one.event_key for one in found)


def _ahead(loan: Loan, state: State, book: RuleBook, on: date) -> tuple[Ahead, ...]:
    """The lines that the loan crosses next, if nothing comes in, nearest first."""
    found: list[Ahead] = []
    working = state.status in (Status.OPEN, Status.CHARGED_OFF)
    if working and state.overdue_since:
        for grade in _LINES:
            key = f"CN-CLS-01.{grade}_after_days"
            if book.holds(key, on=on):
                day = book.value(key, on=on).whole + 1
                found.append(Ahead(state.overdue_since + timedelta(days=day), grade, day, "CN-CLS-01"))
    if state.status is not Status.CLOSED and loan.limitation_on:
        found.append(Ahead(loan.limitation_on, "limitation", rule="CN-LIM-01"))
    if state.observation and loan.observation_ends:
        found.append(Ahead(loan.observation_ends, "observation", rule="CN-CLS-03"))
    if working and state.matures_on and state.matures_on >= on:
        found.append(Ahead(state.matures_on, "matures"))
    return tuple(sorted((one for one in found if one.on >= on), key=lambda one: one.on))


def _instalments(tx: Reading, plan: Plan) -> tuple[Instalment, ...]:
    return tuple(tx.of(Instalment).find(plan=plan.number, order=("row",)))


def _holds_on(tx: Reading, loan: Loan) -> tuple[Hold, ...]:
    """Stops on contact with the person that touch this loan."""
    found = tx.of(Hold).find(borrower_id=loan.borrower_id, order=("-since", "-number"))
    return tuple(hold for hold in found if hold.loan_id in ("", loan.loan_id))


def _holds(hold: Hold, on: date) -> bool:
    ended = hold.released_on is not None and hold.released_on <= on
    return hold.since <= on and not ended and (hold.until is None or on <= hold.until)


def _person(tx: Reading, borrower_id: str) -> MaskedPerson | None:
    try:
        return tx.people.masked(borrower_id)
    except NoSuchRecord:
        return None
