"""A loan as its page shows it: replayed to a day, its history with running balances, what it crosses next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from postloan.kernel import Money
from postloan.ledger.events import Event, Graded
from postloan.ledger.money_rules import RuleBooks
from postloan.ledger.parts import Part
from postloan.ledger.replaying import Step, replay, trace
from postloan.ledger.state import State, Status
from postloan.ledger.store import MaskedPerson, NoSuchRecord, Reading
from postloan.ledger.store_records import (
    ApprovalRequest,
    Hold,
    Instalment,
    Loan,
    Plan,
    Promise,
)
from postloan.rules import RuleBook

_LINES = ("substandard", "doubtful", "loss")
_PARTS = len(Part)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of the debt. owed, due, booked: see ``State``. memorandum: owed but not carried."""

    code: str
    owed: Money
    due: Money
    booked: Money
    memorandum: Money


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One event.

    moved: what it changed in the debt; asked: what it would have, where it was reversed. accrued: what had run since
    the row before. owed, total: afterwards.
    """

    event: Event
    accrued: Money
    moved: Money
    owed: tuple[Money, ...]
    total: Money
    grade: str
    reversed_by: int
    asked: Money | None
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A class and since when. because: rule ids."""

    on: date
    before: str
    after: str
    because: tuple[str, ...]
    rule_book: str


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

    state: on the day. later: events after it. person: None where nothing is known or it was erased from the store.
    """

    loan: Loan
    on: date
    state: State
    parts: tuple[PartRow, ...]
    history: tuple[HistoryRow, ...]
    later: int
    grades: tuple[GradeRow, ...]
    ahead: tuple[Ahead, ...]
    promises: tuple[Promise, ...]
    plans: tuple[tuple[Plan, tuple[Instalment, ...]], ...]
    holds: tuple[Hold, ...]
    requests: tuple[ApprovalRequest, ...]
    person: MaskedPerson | None

    @property
    def total(self) -> PartRow:
        """All parts together."""
        state = self.state
        return PartRow("total", state.owed.total, state.due.total, state.booked.total, state.memorandum.total)

    @property
    def since(self) -> Money:
        """What has accrued between the last event and the day."""
        return self.state.owed.total - self.history[-1].total

    @property
    def used(self) -> tuple[int, ...]:
        """Places of the parts that were ever owed, for a table without empty columns."""
        return tuple(at for at in range(_PARTS) if any(row.owed[at] for row in self.history))

    @property
    def silent(self) -> tuple[Hold, ...]:
        """Stops on contact that hold on the day."""
        return tuple(hold for hold in self.holds if _holds(hold, self.on))


def look_at(tx: Reading, loan_id: str, on: date, book: RuleBook, money: RuleBooks) -> LoanView:
    """A loan on a day.

    Raises:
        NoSuchRecord: there is no such loan. NotInLedger: it was not opened by then.
    """
    loan = tx.loans.get(loan_id)
    events = tx.events.of(loan_id)
    state = replay(events, money, until=on)
    history = [_row(step) for step in trace(events, money) if step.event.value_on <= on]
    plans = tx.of(Plan).find(loan_id=loan_id, order=("-agreed_on", "number"))
    requests = tx.of(ApprovalRequest).find(subject=loan_id, order=("-number",), limit=50)
    return LoanView(
        loan=loan,
        on=on,
        state=state,
        parts=_parts(state),
        history=tuple(history),
        later=len(events) - len(history),
        grades=_grades(history),
        ahead=_ahead(loan, state, book, on),
        promises=tuple(tx.of(Promise).find(loan_id=loan_id, order=("-due_on", "number"))),
        plans=tuple((plan, _instalments(tx, plan)) for plan in plans),
        holds=_holds_on(tx, loan),
        requests=tuple(requests),
        person=_person(tx, loan.borrower_id),
    )


def _parts(state: State) -> tuple[PartRow, ...]:
    rows = zip(Part, state.owed.fen, state.due.fen, state.booked.fen, state.memorandum.fen, strict=True)
    return tuple(PartRow(part.code, *map(Money, amounts)) for part, *amounts in rows)


def _row(step: Step) -> HistoryRow:
    state = step.state
    return HistoryRow(
        event=step.event,
        accrued=Money(sum(leg.amount.fen for leg in step.accrued if leg.line < _PARTS)),
        moved=Money(sum(leg.amount.fen for leg in step.legs if leg.line < _PARTS)),
        owed=tuple(map(Money, state.owed.fen)),
        total=state.owed.total,
        grade=state.grade,
        reversed_by=step.reversed_by,
        asked=getattr(step.event.what, "amount", None),
        details=tuple(_details(step.event)),
    )


def _details(event: Event) -> list[tuple[str, str]]:
    """Facts of an event that say more than its figures; never a name."""
    found: list[tuple[str, str]] = []
    for field in ("means", "ground", "until", "buyer", "new_loan_id", "reason", "grade"):
        value = getattr(event.what, field, None)
        if value:
            found.append((field, str(value)))
    approval = getattr(event.what, "approval", None)
    if approval is not None:
        found.append(("approval", approval.reference))
    because = getattr(event.what, "because", ())
    return [*found, ("because", ", ".join(because))] if because else found


def _grades(history: Sequence[HistoryRow]) -> tuple[GradeRow, ...]:
    """Every class that was recorded and stands, newest first; the first one may come with the opening."""
    rows: list[GradeRow] = []
    for row in history:
        event = row.event
        recorded = isinstance(event.what, Graded) and not row.reversed_by
        if recorded or (row.grade and not rows):
            before = rows[-1].after if rows else ""
            because = tuple(getattr(event.what, "because", ()))
            rows.append(GradeRow(event.value_on, before, row.grade, because, event.rule_book))
    return tuple(reversed(rows))


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
