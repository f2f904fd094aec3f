"""Money in suspense as a person looks at it (认领): what it may be for, what booking it would do. Nothing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from postloan.kernel import Money
from postloan.ledger import Account, Booked, State
from postloan.ledger.parts import Balances, Legs, Line, Part
from postloan.ledger.state import Status
from postloan.ledger.store import MaskedPerson, NoSuchRecord, Reading
from postloan.ledger.store_records import (
    IncomingPayment,
    Loan,
    PaymentFile,
    Promise,
    PromiseState,
    Suspense,
)
from postloan.rules import RuleBook
from postloan.workflows.posting_night import Touched, payment_of, why_not
from postloan.workflows.rule_books import books_of


@dataclass(frozen=True, slots=True)
class Fit:
    """A loan that money may be for.

    why: code of what speaks for it. person: masked; None where nothing is kept. owed, due: on the day it was paid.
    meets: which amounts it meets to the fen: owed, due, promise.
    """

    loan: Loan
    why: str
    person: MaskedPerson | None
    owed: Money
    due: Money
    meets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money in suspense. payment: personal fields masked. file: name of the file it came with."""

    held: Suspense
    payment: IncomingPayment
    file: str
    fits: tuple[Fit, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What booking money on a loan would do, without doing it.

    why: code why the ledger would not take it; "" if it would. value_on: the day from which it counts. before, after:
    the loan today without and with it. covers: what it takes off the debt, by part. credit: what is left over.
    """

    loan: Loan
    person: MaskedPerson | None
    value_on: date
    why: str
    before: State
    after: State
    covers: Balances
    credit: Money

    @property
    def saved(self) -> Money:
        """What has accrued since the value day and falls away because the money counts from then."""
        return self.before.owed.total - self.after.owed.total - self.covers.total

    @property
    def closes(self) -> bool:
        """Whether nothing would be owed afterwards."""
        return self.after.status is Status.CLOSED


def waiting(tx: Reading, number: int, book: RuleBook) -> Waiting:
    """Money in suspense with the loans that it may be for, best first.

    Raises:
        NoSuchRecord: there is no such suspense.
    """
    held = tx.of(Suspense).get(number)
    payment = tx.of(IncomingPayment).get(held.payment)
    file = tx.of(PaymentFile).look(payment.file)
    fits = _fits(tx, held.candidates, payment, book)
    return Waiting(held, payment, file.name if file else "", tuple(fits))


def trial(tx: Reading, number: int, loan_id: str, *, on: date, book: RuleBook) -> Trial:
    """What booking money in suspense on a loan would do today.

    Raises:
        NoSuchRecord: there is no such suspense or loan.
    """
    held = tx.of(Suspense).get(number)
    payment = tx.of(IncomingPayment).get(held.payment)
    loan = tx.loans.get(loan_id)
    account = _account(tx, loan_id, book)
    value_on = min(payment.paid_on, on)
    seen_on = max(on, account.events[-1].value_on)
    before = account.state(seen_on)
    command = payment_of(Touched(loan, account), payment.amount, value_on)
    answer = account.book(command, key=f"trial:{number}", value_on=value_on, booked_on=on)
    after = account.state(seen_on)
    covers, credit = _moved(answer.legs if isinstance(answer, Booked) else ())
    return Trial(
        loan=loan,
        person=_person(tx, loan.borrower_id),
        value_on=value_on,
        why="" if isinstance(answer, Booked) else why_not(answer),
        before=before,
        after=after,
        covers=covers,
        credit=credit,
    )


def _moved(legs: Legs) -> tuple[Balances, Money]:
    """What a payment took off each part of the debt, and what it left as credit."""
    found, credit = [0] * len(Part), 0
    for leg in legs:
        if leg.line < len(Part):
            found[leg.line] -= leg.amount.fen
        elif leg.line is Line.CREDIT:
            credit -= leg.amount.fen
    return Balances.of_fen(found), Money(credit)


def _fits(
    tx: Reading, candidates: Sequence[Mapping[str, str]], payment: IncomingPayment, book: RuleBook
) -> list[Fit]:
    numbers = [str(one["loan_id"]) for one in candidates]
    loans = {loan.loan_id: loan for loan in tx.loans.find(loan_id=numbers)} if numbers else {}
    people = tx.people.masked_many(sorted({loan.borrower_id for loan in loans.values()}))
    promised: dict[str, set[Money]] = {}
    for one in tx.of(Promise).find(loan_id=numbers, state=PromiseState.OPEN) if numbers else ():
        promised.setdefault(one.loan_id, set()).update((one.amount, one.amount - one.paid))
    found = []
    for candidate in candidates:
        loan = loans.get(str(candidate["loan_id"]))
        if loan is None:
            continue
        state = _account(tx, loan.loan_id, book).state(max(payment.paid_on, loan.opened_on))
        amounts = {
            "owed": {state.owed.total},
            "due": {state.due.total},
            "promise": promised.get(loan.loan_id, set()),
        }
        meets = tuple(name for name, wanted in amounts.items() if payment.amount in wanted)
        found.append(
            Fit(
                loan,
                str(candidate["why"]),
                people.get(loan.borrower_id),
                state.owed.total,
                state.due.total,
                meets,
            )
        )
    return found


def _account(tx: Reading, loan_id: str, book: RuleBook) -> Account:
    events = tx.events.of(loan_id)
    if not events:
        raise NoSuchRecord(kind="account", key=loan_id)
    books = books_of(tx, book)
    return Account(loan_id, books.present, events, books)


def _person(tx: Reading, borrower_id: str) -> MaskedPerson | None:
    try:
        return tx.people.masked(borrower_id)
    except NoSuchRecord:
        return None
