"""What becomes known of a debtor after the tape: the person is marked, contact stops, the journal says who knew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from postloan.kernel import Money, PostloanError
from postloan.kernel.journal import Note
from postloan.ledger.marks import Mark, marks
from postloan.ledger.parts import ZERO
from postloan.ledger.store import NoSuchRecord, Reading, Records, Writing
from postloan.ledger.store_people import Person
from postloan.ledger.store_records import Hold, Loan, Promise


class UnknownMark(PostloanError):
    """'{kind}' is nothing that postloan knows of a debtor.

    Give one of: {known}.
    """

    zh = "“{kind}”不是可识别的债务人情形。请从以下选择：{known}。"


class NotMarked(PostloanError):
    """Nothing of the kind '{kind}' is open on {who}.

    Look at what is with: postloan borrower show {who}
    """

    zh = "{who} 没有未了结的“{kind}”。可用 postloan borrower show {who} 查看。"


class NoReason(PostloanError):
    """A stop on contact ends only for a reason.

    Say with --reason what was decided, and in which document.
    """

    zh = "解除停止联系须有理由。请用 --reason 说明处理结论及依据文件。"


class BadPromise(PostloanError):
    """A promise of {amount} by {day} cannot be taken for {loan}: {why}.

    Give an amount above zero and at most what is owed, and a day that is not over.
    """

    zh = (
        "无法为 {loan} 记录承诺（{day} 前还 {amount} 元）：{why_zh}。"
        "请填写大于零且不超过债权余额的金额，以及尚未过去的日期。"
    )


@dataclass(frozen=True, slots=True)
class Marked:
    """What marking came to. flags: the person's marks now. new: the mark or the stop was not there before."""

    borrower_id: str
    flags: tuple[str, ...]
    new: bool


def kind_of(code: str) -> Mark:
    """The kind with a code.

    Raises:
        UnknownMark: there is none.
    """
    if code not in marks():
        raise UnknownMark(kind=code, known=", ".join(marks()))
    return marks()[code]


def borrower_of(tx: Reading, who: str) -> str:
    """The borrower with a number, or whose loan has it.

    Raises:
        NoSuchRecord: neither is in the store.
    """
    loan = tx.loans.look(who)
    if loan is not None:
        return loan.borrower_id
    if tx.of(Person).count(borrower_id=who) or tx.loans.count(borrower_id=who):
        return who
    raise NoSuchRecord(kind="borrower", key=who)


def mark(records: Records, who: str, code: str, *, on: date, by: str, at: datetime, reason: str) -> Marked:
    """Mark a debtor and stop contact; the same again changes nothing.

    who: number of the borrower, or of a loan. on: since when it is so. reason: how it is known.

    Raises:
        UnknownMark, NoReason, NoSuchRecord: nothing was changed.
    """
    kind = kind_of(code)
    if not reason.strip():
        raise NoReason
    with records.writing(actor=by, ground=kind.rule, at=at) as tx:
        borrower_id = borrower_of(tx, who)
        flags = set(_flags(tx, borrower_id))
        held = bool(list(_open(tx, borrower_id, kind)))
        new = kind.flag not in flags or not held
        if kind.flag not in flags:
            _write(tx, borrower_id, flags | {kind.flag})
        if not held:
            tx.of(Hold).add(kind.stop(borrower_id, on, by))
        if new:
            details = {"kind": code, "since": on, "reason": reason.strip()}
            tx.note(Note("borrower.marked", subject=borrower_id, details=details))
        return Marked(borrower_id, _flags(tx, borrower_id), new)


def clear(records: Records, who: str, code: str, *, on: date, by: str, at: datetime, reason: str) -> Marked:
    """Take a mark away again and let contact be lawful as far as it is concerned: decided, refuted, ended.

    Raises:
        NotMarked, UnknownMark, NoReason, NoSuchRecord: nothing was changed.
    """
    kind = kind_of(code)
    if not reason.strip():
        raise NoReason
    with records.writing(actor=by, ground=kind.rule, at=at) as tx:
        borrower_id = borrower_of(tx, who)
        flags = set(_flags(tx, borrower_id))
        held = list(_open(tx, borrower_id, kind))
        if kind.flag not in flags and not held:
            raise NotMarked(kind=code, who=who)
        if kind.flag in flags:
            _write(tx, borrower_id, flags - {kind.flag})
        tx.of(Hold).change_all(
            replace(one, released_on=on, released_by=by, release_reason=reason.strip()) for one in held
        )
        details = {"kind": code, "reason": reason.strip(), "holds": len(held)}
        tx.note(Note("borrower.cleared", subject=borrower_id, details=details))
        return Marked(borrower_id, _flags(tx, borrower_id), True)


def promise(
    records: Records, loan_id: str, amount: Money, due_on: date, *, on: date, by: str, at: datetime
) -> Promise:
    """Write down that a debtor promised to pay an amount by a day (承诺还款).

    Raises:
        BadPromise: it cannot be meant so. NoSuchRecord: there is no such loan.
    """
    with records.writing(actor=by, ground="promise of the debtor", at=at) as tx:
        loan = tx.loans.get(loan_id)
        why = _amiss(loan, amount, due_on, on)
        if why:
            shown = {"amount": amount, "day": due_on, "loan": loan_id, "why": why[0], "why_zh": why[1]}
            raise BadPromise(**shown)
        made = tx.of(Promise).add(Promise(loan_id, loan.borrower_id, on, due_on, amount))
        details = {"amount": amount, "due_on": due_on, "number": made.number}
        tx.note(Note("promise.made", subject=loan_id, details=details))
        return made


def _amiss(loan: Loan, amount: Money, due_on: date, on: date) -> tuple[str, str] | None:
    if amount <= ZERO:
        return "the amount is not above zero", "金额不大于零"
    if amount > loan.owed.total:
        return f"only {loan.owed.total} is owed", f"债权余额仅 {loan.owed.total} 元"
    if due_on < on:
        return "the day is over", "该日期已过"
    return None


def _flags(tx: Reading, borrower_id: str) -> tuple[str, ...]:
    """A person's marks, read without the key of personal data."""
    rows = tx.of(Person).tally(by=("flags",), borrower_id=borrower_id)
    return rows[0].key[0] if rows else ()


def _write(tx: Writing, borrower_id: str, flags: set[str]) -> None:
    """Write a person's marks; whoever has no record yet gets one without personal data."""
    person = tx.of(Person).look(borrower_id)
    ordered = tuple(sorted(flags))
    if person is None:
        tx.people.add_all([Person(borrower_id, flags=ordered)])
    else:
        tx.of(Person).change(replace(person, flags=ordered))


def _open(tx: Reading, borrower_id: str, kind: Mark) -> Iterator[Hold]:
    for hold in tx.of(Hold).find(borrower_id=borrower_id, released_on=None):
        if hold.kind == kind.hold and not hold.loan_id:
            yield hold
