"""One loan with everything that ever happened to it, running balances and classes, as known now or on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from postloan.kernel import Money
from postloan.ledger import Balances, State, replay, trace
from postloan.ledger.event_json import dump
from postloan.ledger.events import Graded
from postloan.ledger.parts import Legs, Part
from postloan.ledger.store import Reading, Records
from postloan.ledger.store_records import Loan
from postloan.rules import RuleBook, load_book
from postloan.workflows.rule_books import books_of


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of a loan as a line of its account.

    name: what happened. details: its facts as JSON. accrued: what ran since the line before. moved: what it did
    to what is owed, by part. owed, principal, carried: afterwards. grade: the class afterwards. reversed_by: seq of the
    reversal, 0 if it stands. approval: reference of what it rests on, "" if nothing.
    """

    seq: int
    value_on: date
    booked_on: date
    name: str
    key: str
    details: str
    accrued: Money
    moved: Balances
    owed: Money
    principal: Money
    carried: Money
    grade: str
    rule_book: str
    reversed_by: int
    approval: str


@dataclass(frozen=True, slots=True)
class GradeLine:
    """A class that was recorded. because: ids of the rules. rule_book: version of the rules that gave it."""

    on: date
    grade: str
    because: tuple[str, ...]
    rule_book: str


@dataclass(frozen=True, slots=True)
class LoanHistory:
    """A loan on a day, and how it came there.

    known_on: what was booked later is left out; None for everything. Every event is replayed under the rule book that
    it was booked under.
    """

    loan: Loan
    on: date
    known_on: date | None
    state: State
    lines: tuple[HistoryLine, ...]
    grades: tuple[GradeLine, ...]


def loan_history(
    records: Records, loan_id: str, *, on: date, known_on: date | None = None, book: RuleBook | None = None
) -> LoanHistory:
    """The account of a loan up to a day.

    Raises:
        NoSuchRecord: there is no such loan. NotInLedger: it was not opened by then. UnknownRuleBook: the rules that an
        event was booked under were not kept.
    """
    with records.reading() as tx:
        return _history(tx, loan_id, on, known_on, book or load_book())


def _history(tx: Reading, loan_id: str, on: date, known_on: date | None, book: RuleBook) -> LoanHistory:
    rules = books_of(tx, book)
    loan = tx.loans.get(loan_id)
    events = tx.events.of(loan_id)
    known = [event for event in events if known_on is None or event.booked_on <= known_on]
    state = replay(known, rules, until=on)
    lines, grades = [], []
    for step in trace(known, rules):
        event, after = step.event, step.state
        if event.value_on > on:
            break
        what = event.what
        lines.append(
            HistoryLine(
                seq=event.seq,
                value_on=event.value_on,
                booked_on=event.booked_on,
                name=event.name,
                key=event.key,
                details=dump(what),
                accrued=Money(sum(_owed_fen(step.accrued))),
                moved=Balances.of_fen(_owed_fen(step.legs)),
                owed=after.owed.total,
                principal=after.owed.principal,
                carried=after.booked.total,
                grade=after.grade,
                rule_book=event.rule_book,
                reversed_by=step.reversed_by,
                approval=getattr(getattr(what, "approval", None), "reference", ""),
            )
        )
        if isinstance(what, Graded) and not step.reversed_by:
            grades.append(GradeLine(event.value_on, what.grade, what.because, event.rule_book))
        elif after.grade and not grades:
            grades.append(GradeLine(event.value_on, after.grade, after.because, event.rule_book))
    return LoanHistory(loan, on, known_on, state, tuple(lines), tuple(grades))


def _owed_fen(legs: Legs) -> list[int]:
    """What legs do to the six parts of the claim, in fen."""
    found = [0] * len(Part)
    for leg in legs:
        if leg.line < len(Part):
            found[leg.line] += leg.amount.fen
    return found
