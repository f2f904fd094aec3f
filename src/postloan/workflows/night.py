"""The rest of a night: instalments fall due, promises break, classes are recorded, requests lapse, sessions end.

Each step is one transaction of its own and changes nothing when it is repeated, so that a night that was killed at any
moment is simply run again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger.parts import ZERO
from postloan.ledger.store import Between, Reading, Records
from postloan.ledger.store_people import Session
from postloan.ledger.store_records import Figure, Instalment
from postloan.rules import RuleBook, load_book
from postloan.workflows.approving import expire
from postloan.workflows.grading import DayGraded, grade_day
from postloan.workflows.plans import Fallen, Unkept, agreed_since, break_promises, fall_due, unkept
from postloan.workflows.rule_books import keep_rules

NIGHT = "night"
"""The kind of figure that says which nights have been."""
_DUE = "fell_due"


@dataclass(frozen=True, slots=True)
class NightKept:
    """What the rest of a night came to.

    fallen: instalments that fell due. broken: promises broken. missed: instalments of plans missed. unpaid: what did
    not come of these. graded: see ``grading``. expired: requests and approvals that lapsed. signed_out: sessions
    forgotten.
    """

    on: date
    fallen: int
    broken: int
    missed: int
    unpaid: Money
    graded: DayGraded
    expired: int
    signed_out: int


def keep_books(
    records: Records,
    *,
    on: date,
    by: str,
    at: datetime,
    book: RuleBook | None = None,
    tell: Callable[[str, str], None] = lambda en, zh: None,
) -> NightKept:
    """Do everything that a night does besides its payment files; repeated, it changes nothing.

    on: the night. at: now. tell: called with (English, Chinese) when a step begins.
    """
    book = book or load_book()
    tell("Instalments fall due…", "分期到期处理……")
    fallen = _fall_due(records, book, on=on, by=by, at=at)
    tell("Looking at promises…", "核对承诺……")
    broken = _break(records, book, on=on, by=by, at=at)
    tell("Grading…", "正在分类……")
    graded = grade_day(records, on=on, by=by, at=at, book=book)
    tell("Approvals and sessions…", "清理审批与会话……")
    expired = expire(records, by=by, at=at)
    gone = _sign_out(records, by=by, at=at)
    return NightKept(
        on, fallen.instalments, broken.promises, broken.instalments, broken.amount, graded, expired, gone
    )


def _last_night(tx: Reading, on: date) -> date | None:
    """The last night up to a day on which instalments fell due."""
    found = tx.of(Figure).find(order=("-on",), limit=1, kind=NIGHT, name=_DUE, on=Between(None, on))
    return next((one.on for one in found), None)


def _fall_due(records: Records, book: RuleBook, *, on: date, by: str, at: datetime) -> Fallen:
    with records.reading() as tx:
        last = _last_night(tx, on)
        wanted = tx.of(Instalment).count(due_on=Between(last, on)) or agreed_since(tx, last)
        if last == on or not wanted:
            return Fallen(0, 0)
    with records.writing(actor=by, ground=f"night of {on}", at=at) as tx:
        last = _last_night(tx, on)
        if last == on:
            return Fallen(0, 0)
        done = fall_due(tx, book, since=last, on=on)
        keep_rules(tx, book, on)
        tx.of(Figure).add(Figure(on, NIGHT, _DUE, done.instalments))
        details: dict[str, Any] = {"instalments": done.instalments, "refused": done.refused, "since": last}
        tx.note(Note("instalments.fell_due", subject=on.isoformat(), details=details))
        return done


def _break(records: Records, book: RuleBook, *, on: date, by: str, at: datetime) -> Unkept:
    with records.reading() as tx:
        if not unkept(tx, book, on):
            return Unkept(0, 0, ZERO)
    with records.writing(actor=by, ground="HS-PROM-01", at=at) as tx:
        done = break_promises(tx, book, on=on, by=by)
        details = {"promises": done.promises, "instalments": done.instalments, "amount": done.amount}
        tx.note(Note("promises.broken", subject=on.isoformat(), details=details))
        return done


def _sign_out(records: Records, *, by: str, at: datetime) -> int:
    """Forget the sessions that are over."""
    over = Between(None, at)
    with records.reading() as tx:
        if not tx.of(Session).count(until=over):
            return 0
    with records.writing(actor=by, ground="sessions that are over", at=at) as tx:
        return tx.of(Session).forget(until=over)
