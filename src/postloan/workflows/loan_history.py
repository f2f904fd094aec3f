"""One loan with everything that ever happened to it, running balances and classes, as known now or on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from postloan.kernel import Money
from postloan.ledger import Balances, State, replay, trace
from postloan.ledger.event_json import dump
from postloan.ledger.events import Graded, Happening
from postloan.ledger.parts import Legs, Part
from postloan.ledger.replaying import Step
from postloan.ledger.store import Reading, Records
from postloan.ledger.store_records import Loan
from postloan.rules import RuleBook, load_book
from postloan.workflows.rule_books import books_of


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of a loan as a line of its account.

    name: what happened. details: its facts as JSON. accrued: what ran since the line before. moved: what it did
    to what is owed, by part. owed: afterwards, by part in ``parts``; carried: in the books. grade: the class
    afterwards. reversed_by: seq of the reversal, 0 if it stands. approval: reference of what it rests on, "" if
    nothing. asked: the amount that the event itself names, reversed or not; None if it names none. facts: what says
    more than its figures, by name.
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
    parts: Balances
    carried: Money
    grade: str
    rule_book: str
    reversed_by: int
    approval: str
    asked: Money | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GradeLine:
    """A class that was recorded.

    before: the one that it followed, "" if none. because: ids of the rules. rule_book: their version.
    """

    on: date
    before: str
    grade: str
    because: tuple[str, ...]
    rule_book: str


@dataclass(frozen=True, slots=True)
class LoanHistory:
    """A loan on a day, and how it came there.

    known_on: what was booked later is left out; None for everything. Every event is replayed under the rule book that
    it was booked under. later: events of later days.
    """

    loan: Loan
    on: date
    known_on: date | None
    state: State
    lines: tuple[HistoryLine, ...]
    grades: tuple[GradeLine, ...]
    later: int


def loan_history(
    records: Records, loan_id: str, *, on: date, known_on: date | None = None, book: RuleBook | None = None
) -> LoanHistory:
    """The account of a loan up to a day.

    Raises:
        NoSuchRecord: there is no such loan. NotInLedger: it was not opened by then. UnknownRuleBook: the rules that an
        event was booked under were not kept.
    """
    with records.reading() as tx:
        return history_of(tx, loan_id, on=on, known_on=known_on, book=book or load_book())


def history_of(
    tx: Reading, loan_id: str, *, on: date, known_on: date | None = None, book: RuleBook
) -> LoanHistory:
    """The account of a loan up to a day, within a view of the store; raises as ``loan_history``."""
    rules = books_of(tx, book)
    loan = tx.loans.get(loan_id)
    events = tx.events.of(loan_id)
    known = [event for event in events if known_on is None or event.booked_on <= known_on]
    state = replay(known, rules, until=on)
    steps = [step for step in trace(known, rules) if step.event.value_on <= on]
    lines = tuple(_line(step) for step in steps)
    return LoanHistory(loan, on, known_on, state, lines, tuple(_grades(steps)), len(known) - len(lines))


def _line(step: Step) -> HistoryLine:
    event, after, what = step.event, step.state, step.event.what
    return HistoryLine(
        seq=event.seq,
        value_on=event.value_on,
        booked_on=event.booked_on,
        name=event.name,
        key=event.key,
        details=dump(what),
        accrued=Money(sum(_owed_fen(step.accrued))),
        moved=Balances.of_fen(_owed_fen(step.legs)),
        owed=after.owed.total,
        parts=after.owed,
        carried=after.booked.total,
        grade=after.grade,
        rule_book=event.rule_book,
        reversed_by=step.reversed_by,
        approval=getattr(getattr(what, "approval", None), "reference", ""),
        asked=getattr(what, "amount", None),
        facts=tuple(_facts(what)),
    )


def _facts(what: Happening) -> Iterator[tuple[str, str]]:
    """What says more than an event's figures; never a name of a person."""
    for field in ("means", "ground", "until", "buyer", "new_loan_id", "reason", "grade"):
        if value := getattr(what, field, None):
            yield field, str(value)
    if because := getattr(what, "because", ()):
        yield "because", ", ".join(because)


def _grades(steps: Iterable[Step]) -> Iterator[GradeLine]:
    """Every class that was recorded and stands; the first one may come with the opening."""
    before = ""
    for step in steps:
        event, after = step.event, step.state
        if isinstance(event.what, Graded) and not step.reversed_by:
            grade, because = event.what.grade, event.what.because
        elif after.grade and not before:
            grade, because = after.grade, after.because
        else:
            continue
        yield GradeLine(event.value_on, before, grade, because, event.rule_book)
        before = grade


def _owed_fen(legs: Legs) -> list[int]:
    """What legs do to the six parts of the claim, in fen."""
    found = [0] * len(Part)
    for leg in legs:
        if leg.line < len(Part):
            found[leg.line] += leg.amount.fen
    return found
