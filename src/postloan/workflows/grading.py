"""The class of the day (五级分类) of every loan that crossed a line overnight, whether or not anything came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from postloan.kernel.journal import Note
from postloan.ledger import Account, MoneyRules
from postloan.ledger.answers import Booked
from postloan.ledger.events import Event
from postloan.ledger.judging import GRADES
from postloan.ledger.migration import rank
from postloan.ledger.money_rules import AnyVersion
from postloan.ledger.regrading import regrader
from postloan.ledger.state import Status
from postloan.ledger.store import Between, Reading, Records, Writing
from postloan.ledger.store_records import GradeChange, Loan
from postloan.rules import RuleBook, load_book
from postloan.workflows.morning import vintage_of

_PAGE = 5_000
_ON_BOOKS = frozenset({Status.OPEN, Status.CHARGED_OFF})
_LINES = ("special_mention", "substandard", "doubtful", "loss")


@dataclass(frozen=True, slots=True)
class DayGraded:
    """What grading a day came to.

    looked: loans that were overdue too long for their class. changed: of these, by class before and after. refused:
    those whose ledger refused the class, for instance because something was booked on a later day.
    """

    on: date
    looked: int
    changed: tuple[tuple[str, str, int], ...]
    refused: tuple[str, ...]

    @property
    def count(self) -> int:
        """Loans whose class changed."""
        return sum(loans for _, _, loans in self.changed)


def grade_day(
    records: Records, *, on: date, by: str, at: datetime, book: RuleBook | None = None
) -> DayGraded:
    """Record the class of every loan that has crossed a line by a day; the same day twice changes nothing.

    Loans are found by the index of overdue days; only they are replayed.
    """
    book = book or load_book()
    with records.reading() as tx:
        numbers = sorted(set(_crossed(tx, book, on)))
    if not numbers:
        return DayGraded(on, 0, (), ())
    with records.writing(actor=by, ground=f"classes of {on}", at=at) as tx:
        work = _Work(tx, book, on)
        for start in range(0, len(numbers), _PAGE):
            work.page(numbers[start : start + _PAGE])
        changed = tuple((before, after, loans) for (before, after), loans in sorted(work.moved.items()))
        done = DayGraded(on, len(numbers), changed, tuple(work.refused))
        details = {
            "looked": done.looked, "changed": done.count, "refused": len(done.refused), "rule_book": book.version,
        }  # fmt: skip
        tx.note(Note("loans.graded", subject=on.isoformat(), details=details))
        return done


def _crossed(tx: Reading, book: RuleBook, on: date) -> Iterator[str]:
    """Loans whose class is better than their days overdue allow."""
    for line in _LINES:
        key = f"CN-CLS-01.{line}_after_days"
        if not book.holds(key, on=on):
            continue
        last = on - timedelta(days=book.value(key, on=on).whole + 1)
        better = ["", *GRADES[: rank(line)]]
        for loan in tx.loans.find(overdue_since=Between(None, last), grade=better):
            if loan.status in _ON_BOOKS:
                yield loan.loan_id


class _Work:
    """Grading within one transaction."""

    def __init__(self, tx: Writing, book: RuleBook, on: date) -> None:
        self.tx = tx
        self.on = on
        self.rules = MoneyRules.of(book)
        self.regrade = regrader(book)
        self.moved: Counter[tuple[str, str]] = Counter()
        self.refused: list[str] = []

    def page(self, numbers: list[str]) -> None:
        """Grade some loans."""
        loans = {loan.loan_id: loan for loan in self.tx.loans.find(loan_id=numbers)}
        graded = {one.loan_id for one in self.tx.of(GradeChange).find(loan_id=numbers, on=self.on)}
        events: list[Event] = []
        changed: list[Loan] = []
        moves: list[GradeChange] = []
        for loan_id, history in self.tx.events.of_many(list(loans)):
            done = self._one(loans[loan_id], history)
            if done is None:
                continue
            event, after = done
            events.append(event)
            changed.append(after)
            self.moved[loans[loan_id].grade, after.grade] += 1
            if loan_id not in graded:
                moves.append(self._move(loans[loan_id], after))
        if events:
            self.tx.events.append(events)
            self.tx.loans.change_all(changed)
            self.tx.of(GradeChange).add_all(moves)

    def _one(self, loan: Loan, history: list[Event]) -> tuple[Event, Loan] | None:
        account = Account(loan.loan_id, self.rules, history, AnyVersion(self.rules))
        if history[-1].booked_on > self.on or max(event.value_on for event in history) > self.on:
            self.refused.append(loan.loan_id)
            return None
        grade = self.regrade(account.state(self.on))
        if grade is None:
            return None
        answer = account.book(grade, key=f"grade:{self.on}", value_on=self.on, booked_on=self.on)
        if not isinstance(answer, Booked):
            self.refused.append(loan.loan_id)
            return None
        if answer.again:
            return None
        return answer.event, loan.after(account.state(), answer.event.seq)

    def _move(self, before: Loan, after: Loan) -> GradeChange:
        return GradeChange(
            before.loan_id, self.on, before.grade, after.grade, after.owed.principal, after.because,
            vintage_of(before.originated_on), self.rules.version,
        )  # fmt: skip
