"""Money that goes back (冲正、退回), and money in suspense that a person assigns (认领)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from postloan.kernel import Lang, Money
from postloan.kernel.journal import Note
from postloan.ledger import Booked, commands
from postloan.ledger.matching import says, tokens
from postloan.ledger.parts import ZERO
from postloan.ledger.payment_file import Incoming
from postloan.ledger.store import NoSuchRecord, Records, Writing
from postloan.ledger.store_records import (
    Hold,
    IncomingPayment,
    PaymentFile,
    PaymentState,
    Suspense,
    SuspenseState,
)
from postloan.rules import RuleBook, load_book
from postloan.workflows.posting_night import PAID, Desk, Night, key_of
from postloan.workflows.posting_parts import (
    NoSuchPayment,
    NotAssigned,
    NotReturned,
    NotReversible,
    PostingOptions,
    Tally,
)
from postloan.workflows.posting_promises import take_back

_WRONG_LOAN = "wrong_loan"


@dataclass(frozen=True, slots=True)
class Undone:
    """A payment that was taken back. loan_id: "" where it had waited in suspense. owed: on the loan afterwards."""

    reference: str
    loan_id: str
    amount: Money
    owed: Money


@dataclass(frozen=True, slots=True)
class Assigned:
    """Money in suspense that was booked on a loan. owed: on the loan afterwards."""

    number: int
    loan_id: str
    amount: Money
    owed: Money


def post_back(night: Night, lines: list[Incoming]) -> None:
    """The rows of a file by which money went back: each takes back the payment it names, or is refused with a word."""
    for line in sorted(lines, key=lambda line: line.row):
        if not night.is_new(line):
            night.refuse(line, "duplicate")
            continue
        payment, why = _named(night.tx, line)
        if payment is None:
            night.refuse(line, why)
        elif payment.amount + line.amount != ZERO:
            night.refuse(line, "reversal_differs")
        elif why := undo(night.desk, payment):
            night.refuse(line, why)
        else:
            night.tally.reversed = night.tally.reversed.plus(line.amount)
            key = f"reverse:{payment.event_key}" if payment.event_key else ""
            night.tx.of(IncomingPayment).add(
                night.record(line, PaymentState.REVERSED, payment.loan_id, "reversal", key)
            )


def _named(tx: Writing, line: Incoming) -> tuple[IncomingPayment | None, str]:
    """The payment that a row takes back: the one it names, or the only one its remark names."""
    if line.reverses:
        return _by_reference(tx, line.reverses), "unknown_payment"
    found = [one for one in (_by_reference(tx, word) for word in tokens(line)) if one is not None]
    return (found[0], "") if len(found) == 1 else (None, "negative")


def _by_reference(tx: Writing, reference: str) -> IncomingPayment | None:
    return next(iter(list(tx.of(IncomingPayment).find(reference=reference, limit=1))), None)


def undo(desk: Desk, payment: IncomingPayment, reason: str = "bounced") -> str:
    """Take a payment back: from its loan, or out of suspense; "" or the code why not."""
    tx = desk.tx
    if payment.state is PaymentState.SUSPENDED:
        waiting = next(iter(list(tx.of(Suspense).find(payment=payment.number))))
        tx.of(Suspense).change(
            replace(waiting, state=SuspenseState.RETURNED, resolved_by=desk.actor, resolved_on=desk.on)
        )
        tx.of(IncomingPayment).change(replace(payment, state=PaymentState.RETURNED))
        return ""
    if payment.state is not PaymentState.POSTED:
        return "reversed_before"
    touched = desk.take_up([tx.loans.get(payment.loan_id)])[payment.loan_id]
    command = commands.Reverse(payment.event_key, reason)
    key = f"reverse:{payment.event_key}"
    answer = touched.account.book(command, key=key, value_on=desk.on, booked_on=desk.on)
    if not isinstance(answer, Booked):
        return "others_rest_on_it" if "others_rest_on_it" in answer.codes else "not_bookable"
    touched.new.append(answer.event)
    desk.put_back([touched])
    tx.of(IncomingPayment).change(replace(payment, state=PaymentState.REVERSED))
    take_back(tx, payment.loan_id, payment.amount)
    _unfreeze(desk, payment, reason)
    return ""


def _unfreeze(desk: Desk, payment: IncomingPayment, reason: str) -> None:
    """Whoever's payment bounced is no longer left in peace for having paid, unless another payment stands."""
    tx = desk.tx
    night = payment.booked_on
    if tx.of(IncomingPayment).count(loan_id=payment.loan_id, booked_on=night, state=PaymentState.POSTED):
        return
    borrower = tx.loans.get(payment.loan_id).borrower_id
    holds = [
        hold
        for hold in tx.of(Hold).find(borrower_id=borrower, released_on=None)
        if (hold.kind, hold.loan_id, hold.since) == (PAID, payment.loan_id, night)
    ]
    if holds:
        tx.of(Hold).change_all(
            [
                replace(hold, released_on=desk.on, released_by=desk.actor, release_reason=reason)
                for hold in holds
            ]
        )


def reverse_payment(reference: str, options: PostingOptions, records: Records) -> Undone:
    """Take back one payment by its bank reference (冲正), with everything that it did.

    Raises:
        NoSuchPayment: no payment has it. NotReversible: it was taken back before, or later events rest on it.
    """
    book = load_book()
    with records.writing(actor=options.actor, ground=f"reversal of {reference}", at=options.at) as tx:
        payment = _by_reference(tx, reference)
        if payment is None:
            raise NoSuchPayment(reference=reference)
        why = undo(_desk(tx, book, options), payment)
        if why:
            raise NotReversible(reference=reference, why=says(why, options.lang))
        owed = tx.loans.get(payment.loan_id).owed.total if payment.loan_id else ZERO
        details = {"amount": payment.amount, "owed": owed, "file": payment.file, "row": payment.row}
        tx.note(
            Note("payment.reversed", subject=payment.loan_id or f"payment {payment.number}", details=details)
        )
        return Undone(reference, payment.loan_id, payment.amount, owed)


def assign_suspense(
    number: int,
    loan_id: str,
    options: PostingOptions,
    records: Records,
    *,
    value_on: date | None = None,
    reason: str = "",
) -> Assigned:
    """Book money that waits in suspense on the loan that a person says it is for (认领).

    value_on: from which day it counts, where the day it came in cannot be (before the loan was opened). reason: why it
    is for that loan, for the journal.

    Raises:
        NotAssigned: it waits no more, or the ledger does not take it. NoSuchRecord: no such suspense or loan.
    """
    with records.writing(actor=options.actor, ground=f"suspense {number}", at=options.at) as tx:
        waiting = tx.of(Suspense).get(number)
        if waiting.state is not SuspenseState.WAITING:
            raise NotAssigned(number=number, loan=loan_id, why=_ended(waiting, options.lang))
        payment = tx.of(IncomingPayment).get(waiting.payment)
        desk = _desk(tx, load_book(), options)
        touched = desk.take_up([tx.loans.get(loan_id)]).get(loan_id)
        if touched is None:
            raise NoSuchRecord(kind="account", key=loan_id)
        key = _unused(tx, loan_id, key_of(payment.file, payment))
        why = desk.pay(touched, payment.amount, key, value_on or min(payment.paid_on, options.on))
        if why:
            raise NotAssigned(number=number, loan=loan_id, why=says(why, options.lang))
        desk.put_back([touched])
        tx.of(Suspense).change(
            replace(
                waiting, state=SuspenseState.RESOLVED, loan_id=loan_id, resolved_by=options.actor,
                resolved_on=options.on,
            )
        )  # fmt: skip
        tx.of(IncomingPayment).change(
            replace(
                payment, state=PaymentState.POSTED, loan_id=loan_id, matched_by="hand", event_key=key,
                booked_on=options.on,
            )
        )  # fmt: skip
        _move_totals(tx, payment, 1)
        owed = tx.loans.get(loan_id).owed.total
        details = {"suspense": number, "amount": payment.amount, "owed": owed, "reason": reason}
        tx.note(Note("suspense.assigned", subject=loan_id, details=details))
        return Assigned(number, loan_id, payment.amount, owed)


def _unused(tx: Writing, loan_id: str, key: str) -> str:
    """A key under which nothing is booked on a loan yet: a payment taken off it may come back to it."""
    times, found = 1, key
    while tx.events.booked(loan_id, found) is not None:
        times += 1
        found = f"{key}#{times}"
    return found


def _move_totals(tx: Writing, payment: IncomingPayment, rows: int) -> None:
    """Count in its file's totals that a payment left suspense and is posted (1), or went back there (-1)."""
    file = tx.of(PaymentFile).get(payment.file)
    moved = payment.amount.times(rows)
    tx.of(PaymentFile).change(
        replace(
            file, posted_rows=file.posted_rows + rows, posted_amount=file.posted_amount + moved,
            suspended_rows=file.suspended_rows - rows, suspended_amount=file.suspended_amount - moved,
        )
    )  # fmt: skip


def return_suspense(number: int, options: PostingOptions, records: Records, *, reason: str) -> Money:
    """Note that money in suspense goes back to whoever paid it (退回); returns how much. The bank sends it.

    Raises:
        NotReturned: it waits no more. NoSuchRecord: there is no such suspense.
    """
    with records.writing(actor=options.actor, ground=f"suspense {number}", at=options.at) as tx:
        waiting = tx.of(Suspense).get(number)
        if waiting.state is not SuspenseState.WAITING:
            raise NotReturned(number=number, why=_ended(waiting, options.lang))
        undo(_desk(tx, load_book(), options), tx.of(IncomingPayment).get(waiting.payment))
        details = {"amount": waiting.amount, "payment": waiting.payment, "reason": reason}
        tx.note(Note("suspense.returned", subject=f"suspense {number}", details=details))
        return waiting.amount


def back_to_suspense(
    loan_id: str, event_key: str, options: PostingOptions, records: Records, *, reason: str
) -> int:
    """Take a payment off a loan that it was not for, so that it waits in suspense again; returns its number there.

    Raises:
        NoSuchPayment: the loan has no such payment. NotReversible: later events rest on it, or it was taken back.
    """
    with records.writing(actor=options.actor, ground="payment on a wrong loan", at=options.at) as tx:
        payment = next(iter(list(tx.of(IncomingPayment).find(loan_id=loan_id, event_key=event_key))), None)
        if payment is None:
            raise NoSuchPayment(reference=event_key)
        why = undo(_desk(tx, load_book(), options), payment, "wrong_loan")
        if why:
            raise NotReversible(reference=payment.reference or event_key, why=says(why, options.lang))
        taken = tx.of(IncomingPayment).get(payment.number)
        tx.of(IncomingPayment).change(
            replace(taken, state=PaymentState.SUSPENDED, loan_id="", matched_by="", event_key="")
        )
        _move_totals(tx, payment, -1)
        waits = _waits_again(tx, payment, options.on)
        details = {"suspense": waits, "amount": payment.amount, "reason": reason}
        tx.note(Note("suspense.taken_back", subject=loan_id, details=details))
        return waits


def _waits_again(tx: Writing, payment: IncomingPayment, on: date) -> int:
    """The number in suspense of a payment that was taken off a loan."""
    before = next(iter(list(tx.of(Suspense).find(payment=payment.number))), None)
    if before is None:
        return tx.of(Suspense).add(Suspense(payment.number, on, payment.amount, _WRONG_LOAN)).number
    tx.of(Suspense).change(
        replace(
            before, since=on, reason=_WRONG_LOAN, state=SuspenseState.WAITING, loan_id="", resolved_by="",
            resolved_on=None,
        )
    )  # fmt: skip
    return before.number


def _desk(tx: Writing, book: RuleBook, options: PostingOptions) -> Desk:
    return Desk(tx, book, options.on, options.actor, Tally())


def _ended(waiting: Suspense, lang: Lang) -> str:
    if lang == "zh":
        return f"该款项已于 {waiting.resolved_on} 处理"
    return f"it was dealt with on {waiting.resolved_on}"
