"""A person's data on request or when its time is over: given out whole, or blanked for good (导出与删除个人信息)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from postloan.kernel import PostloanError
from postloan.ledger.state import Status
from postloan.ledger.store import NoSuchRecord, Reading, Records
from postloan.ledger.store_people import Person
from postloan.ledger.store_records import Closing
from postloan.workflows.marking import borrower_of


class StillOwed(PostloanError):
    """The data of {who} is still needed: something is owed on {loans}.

    Close the debts first; a claim that was sold does not stand in the way.
    """

    zh = "仍需使用 {who} 的个人信息：{loans} 尚未结清。请先办理结清；已转让的债权不影响删除。"


class StillKept(PostloanError):
    """The records of {who} must be kept until {until} (CN-REC-02).

    Erase them after that day.
    """

    zh = "{who} 的档案依规须保存至 {until}（CN-REC-02）。请在该日之后删除。"


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing came to. fields: values that were blanked. again: it had been done before."""

    borrower_id: str
    fields: int
    again: bool = False


def export(records: Records, who: str, *, by: str, at: datetime, purpose: str) -> Mapping[str, Any]:
    """All that the store holds about a person, in clear; the journal notes it.

    Raises:
        NoSuchRecord: nobody has this number.
    """
    with records.writing(actor=by, ground="request of the person (PIPL 45)", at=at) as tx:
        return tx.people.export(borrower_of(tx, who), purpose=purpose)


def erase(records: Records, who: str, *, on: date, by: str, at: datetime, reason: str) -> Erased:
    """Blank a person's personal data for good, in payments and money in suspense too; the ledger's figures stay.

    Raises:
        StillOwed, StillKept: it is needed, or must be kept. NoSuchRecord: nobody has this number.
    """
    with records.writing(actor=by, ground="erasure (PIPL 47)", at=at) as tx:
        borrower_id = borrower_of(tx, who)
        person = tx.of(Person).look(borrower_id)
        if person is None:
            raise NoSuchRecord(kind="Person", key=borrower_id)
        if person.erased_on is not None:
            return Erased(borrower_id, 0, again=True)
        _needed(tx, borrower_id, on)
        return Erased(borrower_id, tx.people.erase(borrower_id, on=on, reason=reason))


def _needed(tx: Reading, borrower_id: str, on: date) -> None:
    """Refuse what is owed or must be kept."""
    rows = tx.loans.tally(by=("loan_id", "status"), borrower_id=borrower_id)
    owed = [row.key[0] for row in rows if row.key[1] not in (Status.CLOSED, Status.SOLD)]
    if owed:
        raise StillOwed(who=borrower_id, loans=", ".join(owed))
    kept = [one.keep_until for one in tx.of(Closing).find(borrower_id=borrower_id) if one.keep_until]
    if kept and max(kept) >= on:
        raise StillKept(who=borrower_id, until=max(kept))
