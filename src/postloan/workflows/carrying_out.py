"""Carrying out what was approved: exactly that, once, in time, by one transaction on the loan and its approval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from postloan.decide.approvals import Denied, Why, day_of
from postloan.kernel.journal import Note
from postloan.ledger import Account, Refused
from postloan.ledger import commands as c
from postloan.ledger.answers import Booked
from postloan.ledger.proposals import ON_LOANS, command_of
from postloan.ledger.store import Records, Writing
from postloan.ledger.store_records import ApprovalRequest, Hold, Loan
from postloan.ledger.terms import months_after
from postloan.rules import RuleBook, load_book
from postloan.workflows.approving import mark_used, note_denial, usable
from postloan.workflows.plans import agree, end
from postloan.workflows.rule_books import books_of, keep_rules


@dataclass(frozen=True, slots=True)
class Done:
    """An approved act was booked. request: now used. booked: what the ledger answered. loan: as it stands now."""

    request: ApprovalRequest
    booked: Booked
    loan: Loan


def carry_out(
    records: Records,
    number: int,
    *,
    by: str,
    at: datetime,
    value_on: date | None = None,
    book: RuleBook | None = None,
) -> Done | Denied | Refused:
    """Book what a request asked for and a checker approved, with the facts that were approved and no others.

    value_on: the day from which it counts; today if None.

    Raises:
        NoSuchRecord: there is no such request or loan.
    """
    book = book or load_book()
    today = day_of(at)
    with records.writing(actor=by, ground=f"approval request {number}", at=at) as tx:
        found = tx.of(ApprovalRequest).get(number)
        denied = usable(found, today)
        if found.action not in ON_LOANS:
            denied = Denied((Why("not_on_a_loan", {"action": found.action}),))
        if denied:
            note_denial(tx, "approval.use_denied", found.subject, denied, number=number)
            return denied
        loan = tx.loans.get(found.subject)
        books = books_of(tx, book)
        account = Account(loan.loan_id, books.present, tx.events.of(loan.loan_id), books)
        command = command_of(found.action, found.facts, approval_of(found))
        key = f"approval {found.reference}"
        answer = account.book(command, key=key, value_on=value_on or today, booked_on=today)
        if isinstance(answer, Refused):
            details = {"number": number, "codes": list(answer.codes)}
            tx.note(Note("ledger.refused", loan.loan_id, found.reference, details))
            return answer
        keep_rules(tx, book, today)
        tx.events.append([answer.event])
        changed = _after(loan.after(account.state(), answer.event.seq), command, book, today)
        changed = tx.loans.change(changed)
        if isinstance(command, c.Restructure):
            agree(tx, account, command, books, loan=changed, on=today, by=by)
        if isinstance(command, c.Sell):
            end(tx, loan.loan_id, today, by=by, reason="sold")
            _stop_contact(tx, loan, today, by)
        used = mark_used(tx, found, f"{loan.loan_id}/{key}")
        details = {"event": answer.event.name, "seq": answer.event.seq, "amount": found.amount}
        tx.note(Note("ledger.booked", loan.loan_id, found.reference, details))
        return Done(used, answer, changed)


def approval_of(found: ApprovalRequest) -> c.Approval:
    """The approval that a decided request gives, as the ledger wants it."""
    decided = day_of(found.decided_at) if found.decided_at else found.until
    return c.Approval(
        reference=found.reference,
        authority=found.authority,
        action=found.action,
        loan_id=found.subject,
        asked_by=found.asked_by,
        approved_by=found.decided_by,
        approved_on=decided,
        until=found.until,
        up_to=found.amount,
    )


def _after(loan: Loan, command: c.Command, book: RuleBook, on: date) -> Loan:
    """What the record of a loan says beyond its state: when an observation period may end at the earliest."""
    if not isinstance(command, c.Restructure):
        return loan
    keys = ("CN-CLS-03.observation_periods", "CN-CLS-03.observation_months")
    if not all(book.holds(key, on=on) for key in keys):
        return loan
    longest = max(book.value(key, on=on).whole for key in keys)  # periods are a month apart
    return replace(
        loan,
        observation_ends=months_after(command.first_due_on, longest),
        matures_on=command.matures_on,
    )


def _stop_contact(tx: Writing, loan: Loan, on: date, by: str) -> None:
    """A sold claim is no longer ours to ask for."""
    tx.of(Hold).add(
        Hold(loan.borrower_id, "sold", on, loan_id=loan.loan_id, reason="HS-FRZ-06", placed_by=by)
    )
