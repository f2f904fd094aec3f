"""The class of the day (五级分类) of every loan that crossed a line overnight, whether or not anything came in.

Worse: days overdue beyond what the class allows. Better: an observation period that is complete (CN-CLS-03), and
non-performing loans that have been paid long enough (CN-CLS-04). Loans are found by indexes; only they are replayed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from postloan.kernel.journal import Note
from postloan.ledger import Account
from postloan.ledger import commands as c
from postloan.ledger.answers import Booked
from postloan.ledger.events import Event
from postloan.ledger.judging import GRADES
from postloan.ledger.migration import rank
from postloan.ledger.money_rules import KeptBooks
from postloan.ledger.regrading import regrader, upgrader
from postloan.ledger.running import NON_PERFORMING
from postloan.ledger.state import State, Status
from postloan.ledger.store import Between, Reading, Records, Writing
from postloan.ledger.store_people import Person
from postloan.ledger.store_records import GradeChange, Loan
from postloan.ledger.terms import months_after
from postloan.rules import RuleBook, load_book
from postloan.workflows.morning import vintage_of
from postloan.workflows.rule_books import books_of, keep_rules

_PAGE = 5_000
_ON_BOOKS = (Status.OPEN, Status.CHARGED_OFF)
_IMPAIRED = (*_ON_BOOKS, Status.WRITTEN_OFF)
_LINES = ("special_mention", "substandard", "doubtful", "loss")
_UNABLE = "HS-CLS-02.unable_flags"


@dataclass(frozen=True, slots=True)
class DayGraded:
    """What grading a day came to.

    looked: loans that may have crossed a line. changed: of these, by class before and after. refused: those whose
    ledger refused the class, for instance because something was booked on a later day.
    """

    on: date
    looked: int
    changed: tuple[tuple[str, str, int], ...]
    refused: tuple[str, ...]

    @property
    def count(self) -> int:
        """Loans whose class changed."""
        return sum(loans for _, _, loans in self.changed)

    @property
    def better(self) -> int:
        """Of these, loans whose class is better now."""
        return sum(loans for before, after, loans in self.changed if rank(after) < rank(before))


def grade_day(
    records: Records, *, on: date, by: str, at: datetime, book: RuleBook | None = None
) -> DayGraded:
    """Record the class of every loan that has crossed a line by a day; the same day twice changes nothing."""
    book = book or load_book()
    with records.reading() as tx:
        numbers = sorted({*_crossed(tx, book, on), *_observed(tx, on), *_cured(tx)})
    if not numbers:
        return DayGraded(on, 0, (), ())
    with records.writing(actor=by, ground=f"classes of {on}", at=at) as tx:
        work = _Work(tx, book, on)
        work.find_ripe()
        for start in range(0, len(numbers), _PAGE):
            work.page(numbers[start : start + _PAGE])
        changed = tuple((before, after, loans) for (before, after), loans in sorted(work.moved.items()))
        done = DayGraded(on, len(numbers), changed, tuple(work.refused))
        if done.count or work.put_off:
            details = {
                "looked": done.looked, "changed": done.count, "refused": len(done.refused),
                "observed_on": work.put_off, "rule_book": book.version,
            }  # fmt: skip
            tx.note(Note("loans.graded", subject=on.isoformat(), details=details))
            keep_rules(tx, book, on)
        return done


def _crossed(tx: Reading, book: RuleBook, on: date) -> Iterator[str]:
    """Loans whose class is better than their days overdue allow."""
    for line in _LINES:
        key = f"CN-CLS-01.{line}_after_days"
        if not book.holds(key, on=on):
            continue
        last = on - timedelta(days=book.value(key, on=on).whole + 1)
        better = ["", *GRADES[: rank(line)]]
        for row in tx.loans.tally(
            by=("loan_id",), overdue_since=Between(None, last), grade=better, status=list(_ON_BOOKS)
        ):
            yield row.key[0]


def _observed(tx: Reading, on: date) -> Iterator[str]:
    """Loans whose observation period may be complete."""
    for row in tx.loans.tally(by=("loan_id",), observation_ends=Between(None, on), status=list(_ON_BOOKS)):
        yield row.key[0]


def _cured(tx: Reading) -> Iterator[str]:
    """Non-performing loans on which nothing is overdue."""
    for row in tx.loans.tally(
        by=("loan_id",), overdue_since=None, status=list(_ON_BOOKS), grade=sorted(NON_PERFORMING)
    ):
        yield row.key[0]


class _Work:
    """Grading within one transaction."""

    def __init__(self, tx: Writing, book: RuleBook, on: date) -> None:
        self.tx = tx
        self.book = book
        self.on = on
        self.books: KeptBooks = books_of(tx, book)
        self.regrade = regrader(book)
        self.upgrade = upgrader(book)
        self.upgrades: Mapping[str, c.Grade] = {}
        self.moved: Counter[tuple[str, str]] = Counter()
        self.refused: list[str] = []
        self.put_off = 0

    def find_ripe(self) -> None:
        """Which non-performing loans may perform again: they, their debtor, and all else that the debtor owes here."""
        cured = sorted(_cured(self.tx))
        if not cured:
            return
        ripe: dict[str, c.Grade] = {}
        for loan_id, history in self.tx.events.of_many(cured):
            if self._later(history):
                continue
            account = Account(loan_id, self.books.present, history, self.books)
            if grade := self.upgrade(account.state(self.on)):
                ripe[loan_id] = grade
        owners = {
            row.key[0]: row.key[1]
            for row in self.tx.loans.tally(by=("loan_id", "borrower_id"), loan_id=list(ripe))
        }
        kept_down = self._unable(set(owners.values())) | self._others_impaired(owners)
        self.upgrades = {
            loan_id: grade for loan_id, grade in ripe.items() if owners[loan_id] not in kept_down
        }

    def _unable(self, borrowers: set[str]) -> set[str]:
        """Those who are marked in a way that speaks against their being able to go on paying (HS-CLS-02)."""
        if not borrowers or not self.book.holds(_UNABLE, on=self.on):
            return set()
        signs = set(self.book.value(_UNABLE, on=self.on).terms)
        rows = self.tx.of(Person).tally(by=("borrower_id", "flags"), borrower_id=sorted(borrowers))
        return {row.key[0] for row in rows if signs & set(row.key[1])}

    def _others_impaired(self, owners: Mapping[str, str]) -> set[str]:
        """Those who owe another impaired asset here; one that is to perform again today as well is none."""
        if not owners:
            return set()
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.tx.loans.tally(
            by=("borrower_id", "loan_id"), borrower_id=sorted(set(owners.values())),
            grade=sorted(NON_PERFORMING), status=list(_IMPAIRED),
        ):  # fmt: skip
            found[row.key[0]].add(row.key[1])
        return {borrower for borrower, loans in found.items() if not loans <= owners.keys()}

    def page(self, numbers: list[str]) -> None:
        """Grade some loans."""
        loans = {loan.loan_id: loan for loan in self.tx.loans.find(loan_id=numbers)}
        events: list[Event] = []
        changed: list[Loan] = []
        moves: list[GradeChange] = []
        for loan_id, history in self.tx.events.of_many(list(loans)):
            before = loans[loan_id]
            if self._later(history):
                self.refused.append(loan_id)
                continue
            account = Account(loan_id, self.books.present, history, self.books)
            state = account.state(self.on)
            event = self._graded(before, account, state)
            if event is not None:
                after = before.after(account.state(), event.seq)
                events.append(event)
                changed.append(after)
                moves.append(self._move(before, after, event))
                self.moved[before.grade, after.grade] += 1
            elif (later := self._observed_on(before, state)) is not None:
                changed.append(later)
                self.put_off += 1
        if events:
            self.tx.events.append(events)
            self.tx.of(GradeChange).add_all(moves)
        if changed:
            self.tx.loans.change_all(changed)

    def _later(self, history: list[Event]) -> bool:
        """Whether something was booked after the day, so that its class cannot be recorded any more."""
        return history[-1].booked_on > self.on or max(event.value_on for event in history) > self.on

    def _graded(self, loan: Loan, account: Account, state: State) -> Event | None:
        grade = self.regrade(state) or self.upgrades.get(loan.loan_id)
        if grade is None:
            return None
        key = f"grade:{self.on}:{len(account.events) + 1}"
        answer = account.book(grade, key=key, value_on=self.on, booked_on=self.on)
        if not isinstance(answer, Booked):
            self.refused.append(loan.loan_id)
            return None
        return answer.event

    def _observed_on(self, loan: Loan, state: State) -> Loan | None:
        """The loan with a later end of its observation, where a missed payment or a missing period put it off."""
        if loan.observation_ends is None or loan.observation_ends > self.on:
            return None
        seen = state.observation
        if seen is None:
            return replace(loan, observed_from=None, observation_ends=None)
        months = _observed_months(self.book, self.on)
        earliest = months_after(seen.first_on or self.on, months)
        return replace(
            loan, observed_from=seen.first_on, observation_ends=max(earliest, self.on + timedelta(days=1))
        )

    def _move(self, before: Loan, after: Loan, event: Event) -> GradeChange:
        return GradeChange(
            before.loan_id, self.on, before.grade, after.grade, after.owed.principal, after.because,
            vintage_of(before.originated_on), self.book.version, event.seq,
        )  # fmt: skip


def _observed_months(book: RuleBook, on: date) -> int:
    """The shortest observation period in months; periods are a month apart."""
    keys = ("CN-CLS-03.observation_periods", "CN-CLS-03.observation_months")
    return max((book.value(key, on=on).whole for key in keys if book.holds(key, on=on)), default=0)
