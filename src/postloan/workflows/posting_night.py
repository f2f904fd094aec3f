"""One file being posted inside its transaction: matched, booked, graded, people left in peace, everything counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from operator import attrgetter

from postloan.kernel import Money
from postloan.kernel.personal import mask_name, mask_number
from postloan.ledger import Account, Booked, Refused, State, commands
from postloan.ledger.events import Event
from postloan.ledger.matching import Candidate, Held, Matched, match
from postloan.ledger.parts import ZERO
from postloan.ledger.payment_file import Incoming
from postloan.ledger.regrading import regrader
from postloan.ledger.state import Status
from postloan.ledger.store import Between, Writing
from postloan.ledger.store_records import (
    GradeChange,
    Hold,
    IncomingPayment,
    Loan,
    PaymentState,
    Suspense,
)
from postloan.ledger.taking_over import last_day_to_claim
from postloan.rules import RuleBook
from postloan.workflows.posting_lookup import Lookup, account_of
from postloan.workflows.posting_parts import Tally
from postloan.workflows.posting_promises import Came, keep
from postloan.workflows.rule_books import books_of, keep_rules

CHUNK = 5_000
PAID = "paid"
"""The kind of hold on contact with whoever has just paid."""
_FREEZE = "HS-CON-01.days_after_payment"
_RECENT = timedelta(days=31)
_OWN_WORDS = frozenset({"sold", "closed", "before_opening", "clock_went_back"})
_MASKING = "to be compared masked"
_MOVED = (
    "as_of", "owed", "seq", "due", "booked", "credit", "lost", "recovered", "overdue_since", "last_paid_on",
    "limitation_on", "rule_book",
)  # fmt: skip
"""The fields of a loan that a payment moves where it changes neither its class nor its status."""
_UNMOVED = attrgetter(*(one.name for one in fields(Loan) if one.name not in _MOVED))


@dataclass
class Touched:
    """A loan on which something is being booked."""

    loan: Loan
    account: Account
    came: Money = ZERO
    new: list[Event] = field(default_factory=list)


class Desk:
    """Where loans are taken up, booked on and put back. Used by the night, by reversals and by assignments."""

    def __init__(self, tx: Writing, book: RuleBook, on: date, actor: str, tally: Tally) -> None:
        self.tx = tx
        self.book = book
        self.books = books_of(tx, book)
        self.rules = self.books.present
        keep_rules(tx, book, on)
        self.on = on
        self.actor = actor
        self.tally = tally
        self._regrade = regrader(book)
        days = book.value(_FREEZE, on=on).whole if book.holds(_FREEZE, on=on) else 0
        self._frozen_until = on + timedelta(days=days)
        self._frozen: set[str] = set()

    def take_up(self, loans: Sequence[Loan]) -> dict[str, Touched]:
        """The loans with their accounts."""
        by_number = {loan.loan_id: loan for loan in loans}
        found = {}
        for loan_id, history in self.tx.events.of_many(list(by_number)):
            account = account_of(loan_id, history, self.books)
            found[loan_id] = Touched(by_number[loan_id], account)
        return found

    def pay(self, touched: Touched, amount: Money, key: str, paid_on: date) -> str:
        """Book a payment; "" or the code why not."""
        command = payment_of(touched, amount, paid_on)
        answer = touched.account.book(command, key=key, value_on=paid_on, booked_on=self.on)
        if isinstance(answer, Booked):
            if not answer.again:
                touched.new.append(answer.event)
                touched.came += amount
            return ""
        return why_not(answer)

    def put_back(self, all_touched: Sequence[Touched]) -> None:
        """Grade what was booked on, write it, and leave those who paid in peace."""
        changed = [touched for touched in all_touched if touched.new]
        states = {touched.loan.loan_id: self._graded(touched) for touched in changed}
        events = [event for touched in changed for event in touched.new]
        if not events:
            return
        self.tx.events.append(events)
        self._write([(t.loan, self._after(t, states[t.loan.loan_id])) for t in changed])
        self._note_grades(changed, states)
        paid = {
            touched.loan.loan_id: Came(touched.came, states[touched.loan.loan_id].status is Status.CLOSED)
            for touched in changed
            if touched.came > ZERO
        }
        promises, plans = keep(self.tx, paid, self.on)
        self.tally.promises_kept += promises
        self.tally.plans_kept += plans
        self._freeze([touched.loan for touched in changed if touched.came > ZERO])

    def _graded(self, touched: Touched) -> State:
        """The state after everything, with its class recorded; a class that the ledger refuses stays as it was."""
        account = touched.account
        state = account.state()
        credit = state.credit - touched.loan.credit
        if credit > ZERO:
            self.tally.overpaid = self.tally.overpaid.plus(credit)
        if state.status is Status.CLOSED:
            self.tally.closed += touched.loan.status is not Status.CLOSED
            return state
        if (grade := self._regrade(state)) is None:
            return state
        key = f"grade:{state.day.isoformat()}:{touched.new[-1].seq}"
        answer = account.book(grade, key=key, value_on=state.day, booked_on=self.on)
        if not isinstance(answer, Booked):
            return state
        touched.new.append(answer.event)
        self.tally.regraded += 1
        return account.state()

    def _after(self, touched: Touched, state: State) -> Loan:
        ends = last_day_to_claim(self.book, state.matures_on, state.overdue_since, state.last_paid_on)
        return touched.loan.after(state, touched.new[-1].seq, limitation_on=ends)

    def _write(self, changed: Sequence[tuple[Loan, Loan]]) -> None:
        """Write loans as they stand now; of most only what a payment moves, as the rest is indexed at a price."""
        moved = [after for before, after in changed if _UNMOVED(before) == _UNMOVED(after)]
        others = [after for before, after in changed if _UNMOVED(before) != _UNMOVED(after)]
        if moved:
            self.tx.loans.change_all(moved, only=_MOVED)
        if others:
            self.tx.loans.change_all(others)

    def _note_grades(self, changed: Sequence[Touched], states: dict[str, State]) -> None:
        moved = [t for t in changed if states[t.loan.loan_id].grade != t.loan.grade]
        if not moved:
            return
        self.tx.of(GradeChange).add_all(
            _grade_change(touched, states[touched.loan.loan_id], self.on, self.rules.version)
            for touched in moved
        )

    def _freeze(self, loans: Sequence[Loan]) -> None:
        if self._frozen_until <= self.on:
            return
        fresh = [loan for loan in loans if loan.loan_id not in self._frozen]
        self._frozen |= {loan.loan_id for loan in fresh}
        if fresh:
            self.tally.frozen += self.tx.of(Hold).add_all(
                Hold(loan.borrower_id, PAID, self.on, self._frozen_until, loan.loan_id, "payment", self.actor)
                for loan in fresh
            )


def payment_of(touched: Touched, amount: Money, paid_on: date) -> commands.Pay:
    """A payment as it is booked: also on what is not due yet, where all principal is due or everything is paid."""
    loan = touched.loan
    all_due = touched.new == [] and loan.due.principal == loan.owed.principal
    if not all_due and paid_on >= loan.opened_on:
        state = touched.account.state(paid_on)
        all_due = state.due.principal == state.owed.principal or amount >= state.owed.total
    return commands.Pay(amount, prepay=all_due, means="bank")


def why_not(answer: Refused) -> str:
    """The code of suspense for which the ledger does not take a payment."""
    own = [code for code in answer.codes if code in _OWN_WORDS]
    return own[0] if own else "not_bookable"


class Night:
    """The rows of one file on their way into the books."""

    def __init__(self, desk: Desk, sha256: str) -> None:
        self.desk = desk
        self.tx = desk.tx
        self.tally = desk.tally
        self.sha256 = sha256
        self._taken: set[str] = set()
        self._earlier: Counter[tuple[object, ...]] | None = None

    def post(self, lines: Sequence[Incoming]) -> None:
        """Post rows of money that came in; those of money that went back are for ``posting_back``."""
        fresh = []
        for line in sorted(lines, key=lambda line: (line.paid_on, line.row)):
            if not self.is_new(line):
                self.refuse(line, "duplicate")
            elif line.amount == ZERO:
                self.refuse(line, "zero")
            else:
                fresh.append(line)
        # Loans that stand together are read and written together, whatever the order in which they paid.
        fresh.sort(key=lambda line: (line.paid_on, line.loan_id or line.contract_no, line.row))
        for start in range(0, len(fresh), CHUNK):
            self._chunk(fresh[start : start + CHUNK])

    def refuse(self, line: Incoming, why: str) -> None:
        """Keep a row that is not taken, so that nothing in a file vanishes."""
        self.tally.refuse(why, line.amount)
        reference = "" if why == "duplicate" else line.reference
        record = self.record(line, PaymentState.REFUSED, matched_by=why)
        self.tx.of(IncomingPayment).add(replace(record, reference=reference))

    def record(
        self,
        line: Incoming,
        state: PaymentState = PaymentState.SUSPENDED,
        loan_id: str = "",
        matched_by: str = "",
        event_key: str = "",
    ) -> IncomingPayment:
        """The payment as the store keeps it."""
        return IncomingPayment(
            file=self.sha256, row=line.row, paid_on=line.paid_on, amount=line.amount, reference=line.reference,
            loan_id=loan_id, stated_loan=line.loan_id, stated_contract=line.contract_no, payer=line.payer,
            account=line.account, remark=line.remark, state=state, matched_by=matched_by,
            booked_on=self.desk.on, event_key=event_key,
        )  # fmt: skip

    def is_new(self, line: Incoming) -> bool:
        """Whether a row's reference comes for the first time in this file; remembers it."""
        if not line.reference:
            return True
        new = line.reference not in self._taken
        self._taken.add(line.reference)
        return new

    def forget_known(self, lines: Sequence[Incoming]) -> None:
        """Find out which references of these rows are in the books already."""
        wanted = [line.reference for line in lines if line.reference]
        if wanted and self.tx.of(IncomingPayment).count(reference=wanted):
            found = self.tx.of(IncomingPayment).tally(by=("reference",), reference=wanted)
            self._taken |= {str(one.key[0]) for one in found}

    def _chunk(self, lines: Sequence[Incoming]) -> None:
        lookup = Lookup(self.tx, self.desk.books)
        register = lookup.register(lines)
        found = [(line, self._before_matching(line) or match(line, register)) for line in lines]
        numbers = {one.loan_id for _, one in found if isinstance(one, Matched)}
        touched = self.desk.take_up([lookup.loans[number] for number in sorted(numbers)])
        payments: list[IncomingPayment] = []
        held: dict[int, Held] = {}
        for line, one in found:
            payments.append(self._booked(line, one, touched, held))
        self.desk.put_back(list(touched.values()))
        if payments:
            self.tx.of(IncomingPayment).add_all(payments)
        self._suspend(held)

    def _booked(
        self, line: Incoming, found: Matched | Held, touched: dict[str, Touched], held: dict[int, Held]
    ) -> IncomingPayment:
        if isinstance(found, Matched):
            key = key_of(self.sha256, line)
            one = touched[found.loan_id]
            why = self.desk.pay(one, line.amount, key, line.paid_on)
            if not why:
                self.tally.posted = self.tally.posted.plus(line.amount)
                self.tally.matched_by[found.by] += 1
                return self.record(line, PaymentState.POSTED, found.loan_id, found.by, key)
            found = Held(why, candidate(found))
        held[line.row] = found
        self.tally.suspend(found.reason, line.amount)
        return self.record(line)

    def _suspend(self, held: dict[int, Held]) -> None:
        if not held:
            return
        rows = self.tx.of(IncomingPayment).find(file=self.sha256, row=list(held))
        self.tx.of(Suspense).add_all(
            [
                Suspense(
                    payment.number, self.desk.on, payment.amount, held[payment.row].reason,
                    tuple({"loan_id": one.loan_id, "why": one.why} for one in held[payment.row].candidates),
                )
                for payment in rows
            ]
        )  # fmt: skip

    def _before_matching(self, line: Incoming) -> Held | None:
        if line.paid_on > self.desk.on:
            return Held("in_future")
        if not line.reference and self._came_before(line):
            return Held("perhaps_again")
        return None

    def _came_before(self, line: Incoming) -> bool:
        """Whether an earlier file had a row like this one, and neither has a reference to tell them apart."""
        if self._earlier is None:
            self._earlier = Counter(self._seen())
        key = (
            line.paid_on, line.amount, line.loan_id, line.contract_no, mask_name(line.payer.reveal(_MASKING)),
            mask_number(line.account.reveal(_MASKING)),
        )  # fmt: skip
        if not self._earlier[key]:
            return False
        self._earlier[key] -= 1
        return True

    def _seen(self) -> Iterator[tuple[object, ...]]:
        recent = Between(self.desk.on - _RECENT, self.desk.on)
        for one in self.tx.of(IncomingPayment).find(booked_on=recent, reference=""):
            if one.file != self.sha256 and one.state is not PaymentState.REFUSED:
                yield (
                    one.paid_on, one.amount, one.stated_loan, one.stated_contract, one.payer.reveal(_MASKING),
                    one.account.reveal(_MASKING),
                )  # fmt: skip


def _grade_change(touched: Touched, state: State, on: date, version: str) -> GradeChange:
    loan = touched.loan
    vintage = f"{loan.originated_on:%Y-%m}" if loan.originated_on else ""
    return GradeChange(
        loan.loan_id,
        on,
        touched.loan.grade,
        state.grade,
        state.owed.principal,
        state.because,
        vintage,
        version,
        touched.new[-1].seq,
    )


def candidate(found: Matched) -> tuple[Candidate, ...]:
    """The matched loan as the only candidate."""
    return (Candidate(found.loan_id, found.by),)


def key_of(file: str, one: Incoming | IncomingPayment) -> str:
    """The idempotency key of a payment's event: the bank's reference, else its place in its file (SHA-256)."""
    return f"pay:{one.reference}" if one.reference else f"pay:{file[:16]}:{one.row}"
