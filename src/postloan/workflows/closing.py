"""Closing a debt well: account and certificate, what the bureau is told, retention begun, contact ended for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from postloan.decide.approvals import day_of
from postloan.kernel import PostloanError
from postloan.kernel.journal import Note
from postloan.ledger import State, replay
from postloan.ledger.closing import (
    BureauReport,
    Settlement,
    bureau_report,
    keep_until,
    owed_again_report,
    settlement,
    was_overdue,
)
from postloan.ledger.closing_paper import Named, paper
from postloan.ledger.events import Event
from postloan.ledger.state import Status
from postloan.ledger.store import Between, NoSuchRecord, Readable, Reading, Records, Writing
from postloan.ledger.store_records import Closing, Hold, Instalment, Loan, Plan, Promise, PromiseState
from postloan.rules import RuleBook, load_book
from postloan.workflows.rule_books import books_of

R = TypeVar("R")
CLOSED = "closed"
"""The kind of hold that ends contact for good."""


class NotSettled(PostloanError):
    """The loan {loan} is not settled: {owed} yuan are owed.

    Close it once nothing is owed any more.
    """

    zh = "贷款 {loan} 尚未结清，债权余额 {owed} 元。余额为零后方可办理结清。"


class NotOurs(PostloanError):
    """The loan {loan} was sold to {owner}.

    Whoever owns the claim closes it.
    """

    zh = "贷款 {loan} 已转让给 {owner}。应由债权受让人办理结清。"


class StillSettled(PostloanError):
    """The loan {loan} is settled: nothing is owed on it.

    Only a debt on which something is owed again is opened again.
    """

    zh = "贷款 {loan} 已结清，债权余额为零。仅在重新产生欠款时方可恢复。"


class NotClosed(PostloanError):
    """The loan {loan} has not been closed.

    Close it first: postloan close loan {loan}
    """

    zh = "贷款 {loan} 尚未办理结清。请先执行：postloan close loan {loan}"


@dataclass(frozen=True, slots=True)
class ClosedDebt:
    """A debt that ended well.

    closing: its record, with the certificate's number and the end of retention. statement: its account. bureau: what
    the credit bureau must be told. masked: the certificate with name and number masked. again: it was closed before;
    nothing was changed.
    """

    closing: Closing
    statement: Settlement
    bureau: BureauReport
    masked: Mapping[str, object]
    again: bool = False


def close_debt(
    records: Records, loan_id: str, *, by: str, at: datetime, book: RuleBook | None = None
) -> ClosedDebt:
    """Close a settled debt; one that is closed already is only looked up again.

    Contact ends for good, promises and plans are released, the clock of data retention starts.

    Raises:
        NotSettled: something is owed. NotOurs: the claim was sold. NoSuchRecord: there is no such loan.
    """
    book = book or load_book()
    with records.reading() as tx:
        found = tx.of(Closing).look(loan_id)
        if found is not None:
            before = _looked_up(tx, found, book)
            if before.statement.settled_on == found.closed_on:
                return before
    with records.writing(actor=by, ground="CN-REC-02", at=at) as tx:
        loan, events, state = _taken(tx, loan_id, day_of(at), book)
        _settled(loan, state)
        ended = settlement(events, state)
        kept = keep_until(ended.settled_on, loan.product, loan.lender, book)
        number = f"JQ-{ended.settled_on:%Y%m%d}-{loan_id}"
        made = Closing(loan_id, loan.borrower_id, ended.settled_on, certificate=number, keep_until=kept)
        if (earlier := tx.of(Closing).look(loan_id)) is None:
            closing = tx.of(Closing).add(made)
        else:  # it was open again meanwhile
            closing = tx.of(Closing).change(replace(made, version=earlier.version))
        released = _release(tx, loan_id, day_of(at))
        _end_contact(tx, loan, ended.settled_on, by)
        details = {
            "settled_on": ended.settled_on, "keep_until": kept, "certificate": number, "released": released,
            "waived": ended.released, "credit": ended.credit,
        }  # fmt: skip
        tx.note(Note("debt.closed", subject=loan_id, details=details))
        return _told(tx, loan, events, state, closing, book)


def certificate(
    records: Records, loan_id: str, *, by: str, at: datetime, book: RuleBook | None = None
) -> Mapping[str, object]:
    """The certificate of a closed debt with the debtor's name in clear, for paper; the view is journalled.

    Raises:
        NotClosed: it has not been closed. NotSettled: something is owed again. NoSuchRecord: there is no such loan.
    """
    book = book or load_book()
    with records.writing(actor=by, ground="结清证明 · certificate of settlement", at=at) as tx:
        loan, events, state = _taken(tx, loan_id, day_of(at), book)
        closing = tx.of(Closing).look(loan_id)
        if closing is None:
            raise NotClosed(loan=loan_id)
        _settled(loan, state)
        name = number = ""
        try:
            person = tx.people.reveal(loan.borrower_id, purpose="certificate of settlement")
        except NoSuchRecord:
            tx.note(Note("certificate.made", subject=loan_id))
        else:
            name = person.name.reveal("certificate of settlement")
            number = person.id_number.reveal("certificate of settlement")
        named = Named(closing.certificate, loan.lender, loan.contract_no, name, number)
        return paper(settlement(events, state), named, signed_on=day_of(at))


def reopen_debt(records: Records, loan_id: str, *, by: str, at: datetime) -> int:
    """Let contact be lawful again on a debt that was closed and is owed again, as a payment bounced; holds released.

    Raises:
        NotClosed: it was not closed. StillSettled: nothing is owed on it. NoSuchRecord: there is no such loan.
    """
    with records.writing(actor=by, ground="a payment was reversed", at=at) as tx:
        loan = tx.loans.get(loan_id)
        if tx.of(Closing).look(loan_id) is None:
            raise NotClosed(loan=loan_id)
        if loan.status is Status.CLOSED:
            raise StillSettled(loan=loan_id)
        shelf = tx.of(Hold)
        held = [
            hold
            for hold in shelf.find(borrower_id=loan.borrower_id, released_on=None)
            if (hold.kind, hold.loan_id) == (CLOSED, loan_id)
        ]
        ended: dict[str, Any] = {"released_on": day_of(at), "released_by": by, "release_reason": "owed again"}
        shelf.change_all(replace(hold, **ended) for hold in held)
        tx.note(Note("debt.reopened", subject=loan_id, details={"holds": len(held)}))
        return len(held)


def owed_again(tx: Reading) -> list[str]:
    """Closed debts on which something is owed again: their certificates no longer hold."""
    closed = [one.loan_id for one in tx.of(Closing).find()]
    found = tx.loans.find(loan_id=closed) if closed else iter(())
    return sorted(loan.loan_id for loan in found if loan.status is not Status.CLOSED)


def bureau_list(records: Records, *, book: RuleBook | None = None) -> list[BureauReport]:
    """What the credit bureau has not been told yet, of all closed debts: ended, or reported so and owed again."""
    book = book or load_book()
    with records.reading() as tx:
        waiting = list(tx.of(Closing).find(order=("closed_on", "loan_id"), bureau_reported_on=None))
        again = owed_again(tx)
        ended = [_looked_up(tx, one, book).bureau for one in waiting if one.loan_id not in set(again)]
        wrong = tx.of(Closing).find(
            order=("closed_on", "loan_id"), loan_id=again, bureau_reported_on=Between(None, None)
        )
        return [*ended, *(_put_right(tx, one, book) for one in wrong)]


def _put_right(tx: Reading, closing: Closing, book: RuleBook) -> BureauReport:
    events = tx.events.of(closing.loan_id)
    rules = books_of(tx, book)
    last = max(max(event.value_on, event.booked_on) for event in events)
    return owed_again_report(events, closing.closed_on, replay(events, rules, until=last), rules)


def reported(records: Records, loan_ids: list[str], *, by: str, at: datetime) -> int:
    """Note that the credit bureau was told; returns how many. A debt owed again no longer counts as reported then."""
    with records.writing(actor=by, ground="CN-CRD-01", at=at) as tx:
        shelf = tx.of(Closing)
        again = set(owed_again(tx)) & set(loan_ids)
        wrong = list(shelf.find(loan_id=sorted(again), bureau_reported_on=Between(None, None)))
        shelf.change_all(replace(one, bureau_reported_on=None) for one in wrong)
        for one in wrong:
            tx.note(Note("bureau.corrected", subject=one.loan_id))
        ended = [loan_id for loan_id in loan_ids if loan_id not in again]
        waiting = list(shelf.find(loan_id=ended, bureau_reported_on=None))
        shelf.change_all(replace(one, bureau_reported_on=day_of(at)) for one in waiting)
        for one in waiting:
            tx.note(Note("bureau.told", subject=one.loan_id))
        return len(waiting) + len(wrong)


def settled_and_open(tx: Reading) -> list[str]:
    """Loans on which nothing is owed and that were not closed yet."""
    settled = {loan.loan_id for loan in tx.loans.find(status=Status.CLOSED)}
    return sorted(settled - {one.loan_id for one in tx.of(Closing).find()})


def _taken(tx: Reading, loan_id: str, on: date, book: RuleBook) -> tuple[Loan, list[Event], State]:
    loan = tx.loans.get(loan_id)
    events = tx.events.of(loan_id)
    rules = books_of(tx, book)
    last = max(event.value_on for event in events)
    return loan, events, replay(events, rules, until=max(on, last))


def _settled(loan: Loan, state: State) -> None:
    if state.owner:
        raise NotOurs(loan=loan.loan_id, owner=state.owner)
    if state.status is not Status.CLOSED:
        raise NotSettled(loan=loan.loan_id, owed=state.owed.total)


def _release(tx: Writing, loan_id: str, on: date) -> int:
    """Release what was still promised on the loan."""
    promises, plans, parts = tx.of(Promise), tx.of(Plan), tx.of(Instalment)
    ended: dict[str, Any] = {"state": PromiseState.RELEASED, "ended_on": on}
    count = promises.change_all(replace(one, **ended) for one in list(_open(promises, loan_id)))
    count += plans.change_all(replace(one, **ended) for one in list(_open(plans, loan_id)))
    return count + parts.change_all(
        replace(one, state=PromiseState.RELEASED) for one in list(_open(parts, loan_id))
    )


def _open(shelf: Readable[R], loan_id: str) -> Iterator[R]:
    return shelf.find(loan_id=loan_id, state=[PromiseState.OPEN, PromiseState.MISSED])


def _end_contact(tx: Writing, loan: Loan, since: date, by: str) -> None:
    """No contact about this debt ever again."""
    shelf = tx.of(Hold)
    placed = shelf.find(borrower_id=loan.borrower_id, released_on=None)
    if not any((hold.kind, hold.loan_id) == (CLOSED, loan.loan_id) for hold in placed):
        shelf.add(
            Hold(loan.borrower_id, CLOSED, since, loan_id=loan.loan_id, reason="HS-FRZ-06", placed_by=by)
        )


def _looked_up(tx: Reading, closing: Closing, book: RuleBook) -> ClosedDebt:
    loan, events, state = _taken(tx, closing.loan_id, closing.closed_on, book)
    _settled(loan, state)
    return replace(_told(tx, loan, events, state, closing, book), again=True)


def _told(
    tx: Reading, loan: Loan, events: list[Event], state: State, closing: Closing, book: RuleBook
) -> ClosedDebt:
    rules = books_of(tx, book)
    ended = settlement(events, state)
    bureau = bureau_report(events, ended, rules, book, was_overdue=was_overdue(events, rules))
    named = Named(closing.certificate, loan.lender, loan.contract_no, *_who(tx, loan.borrower_id))
    return ClosedDebt(closing, ended, bureau, paper(ended, named, signed_on=ended.settled_on))


def _who(tx: Reading, borrower_id: str) -> tuple[str, str]:
    """Name and identity number, masked; both '' where the person was erased or never given: the paper leaves room."""
    try:
        person = tx.people.masked(borrower_id)
    except NoSuchRecord:
        return "", ""
    return person.name, person.id_number
