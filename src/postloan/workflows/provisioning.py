"""Provisions of the books, what moving a set of loans would do, and which loans to move before the quarter closes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from postloan.kernel import Money, PostloanError
from postloan.kernel.journal import Note
from postloan.ledger.migration import rank
from postloan.ledger.parts import ZERO, Part
from postloan.ledger.provisions import (
    Act,
    Basis,
    Book,
    Effect,
    Holding,
    Measured,
    Plan,
    Rates,
    effect,
    measure,
    quarter_end,
)
from postloan.ledger.running import NON_PERFORMING
from postloan.ledger.state import Status
from postloan.ledger.store import Reading, Records
from postloan.ledger.store_records import Loan, Provision
from postloan.rules import RuleBook, load_book

_ON_BOOKS = frozenset({Status.OPEN, Status.CHARGED_OFF})
_BOOKED = tuple(f"booked_{part.code}" for part in Part)
_LINES = ("special_mention", "substandard", "doubtful", "loss")


class NotToBeMoved(PostloanError):
    """{count} of the loans to be moved are not open in the store: {shown}.

    Take out those that are closed, sold or written off, and those whose number is wrong.
    """

    zh = "拟处置贷款中有 {count} 笔在库中并非未结清：{shown}。请剔除已结清、已转让、已核销及编号有误者。"


@dataclass(frozen=True, slots=True)
class Lender:
    """What the store cannot know. other: performing loans outside it. held: provisions held; None for as many as due.

    weight: risk weight; None for the house rule's.
    """

    other: Money = ZERO
    held: Money | None = None
    weight: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that could be done with one group of loans before the quarter closes.

    now, then: their class today and at quarter end. npl_moved: non-performing loans that it takes off the books.
    cost_per_npl: what a yuan of these costs in profit; None where it moves none.
    """

    now: str
    then: str
    loans: int
    carried: Money
    effect: Effect
    npl_moved: Money
    cost_per_npl: Fraction | None


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Provisions of a day and of the end of its quarter.

    today, closing: the book by class on the day, and at quarter end if nothing comes in. by_grade, by_loss: measured on
    the two bases. options: cheapest first, those that only dress the books last. chosen: what was asked about.
    """

    on: date
    quarter_ends: date
    rates: Rates
    today: Book
    closing: Book
    by_grade: Measured
    by_loss: Measured
    closing_by_grade: Measured
    closing_by_loss: Measured
    options: tuple[Option, ...]
    chosen: Effect | None = None
    chosen_closing: Effect | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A set of loans and what to do with it. price, cost: of a sale in all; price None for the assumed one."""

    act: Act
    loan_ids: tuple[str, ...]
    price: Money | None = None
    cost: Money = ZERO
    waived: Money = ZERO
    becomes: str = ""


def provisioned(
    records: Records,
    *,
    on: date,
    lender: Lender | None = None,
    chosen: Chosen | None = None,
    book: RuleBook | None = None,
) -> Provisioned:
    """Provisions on a day and at quarter end, and what could be moved before it.

    Loans are as last booked. chosen: a set to work out in particular.

    Raises:
        NotToBeMoved: a chosen loan is not open. NoRuleValue: no rules of provisioning hold on the day.
    """
    book, lender = book or load_book(), lender or Lender()
    rates = _rates(book, on, lender)
    closes = quarter_end(on)
    with records.reading() as tx:
        groups = _groups(tx, book, on, closes)
        moved = _moved(tx, chosen) if chosen else []
    today = _book((Holding(now, n, fen) for (now, _), (n, fen) in groups.items()), lender)
    closing = _book((Holding(then, n, fen) for (_, then), (n, fen) in groups.items()), lender)
    if lender.held is None:  # what is held today is what stands against the quarter's end
        closing = Book(closing.holdings, closing.other, measure(today, rates).held)
    found = {day: _plan(chosen, moved, book, on, day, rates) for day in (on, closes) if chosen is not None}
    return Provisioned(
        on=on,
        quarter_ends=closes,
        rates=rates,
        today=today,
        closing=closing,
        by_grade=measure(today, rates),
        by_loss=measure(today, rates, Basis.EXPECTED_LOSS),
        closing_by_grade=measure(closing, rates),
        closing_by_loss=measure(closing, rates, Basis.EXPECTED_LOSS),
        options=tuple(_options(groups, closing, rates, book, on)),
        chosen=effect(today, found[on], rates) if found else None,
        chosen_closing=effect(closing, found[closes], rates) if found else None,
    )


def keep_provisions(records: Records, found: Provisioned, *, by: str, at: datetime) -> int:
    """Write the provisions of a day into the store; returns how many rows. The same day is written once.

    Raises:
        AlreadyThere: that day has been written.
    """
    rows = []
    for basis, measured in ((Basis.GRADE, found.by_grade), (Basis.EXPECTED_LOSS, found.by_loss)):
        counted = {one.grade: one for one in found.today.holdings}
        for grade, amount in measured.by_grade.items():
            held = counted.get(grade, Holding(grade, 0, found.today.other))
            rows.append(
                Provision(
                    found.on,
                    basis.value,
                    "all",
                    grade,
                    held.loans,
                    held.carried,
                    amount,
                    found.rates.rule_book,
                )
            )
    with records.writing(actor=by, ground="CN-PRV-01", at=at) as tx:
        tx.of(Provision).add_all(rows)
        details = {"rows": len(rows), "due": found.by_grade.due, "expected": found.by_loss.due}
        tx.note(Note("provisions.kept", subject=found.on.isoformat(), details=details))
    return len(rows)


def grade_by(book: RuleBook, grade: str, overdue_since: date | None, on: date) -> str:
    """The class that a loan has by a day if nothing comes in: never better than today's."""
    if overdue_since is None:
        return grade
    days = (on - overdue_since).days
    for line in reversed(_LINES):
        key = f"CN-CLS-01.{line}_after_days"
        if book.holds(key, on=on) and days > book.value(key, on=on).whole:
            return line if rank(line) > rank(grade) else grade
    return grade


Groups = dict[tuple[str, str], tuple[int, Money]]


def _groups(tx: Reading, book: RuleBook, on: date, closes: date) -> Groups:
    """Open loans by class today and at quarter end."""
    found: Groups = {}
    for row in tx.loans.tally(by=("overdue_since", "status", "grade"), sums=_BOOKED):
        since, status, grade = row.key
        if status not in _ON_BOOKS:
            continue
        now = grade_by(book, grade or "normal", since, on)
        key = (now, grade_by(book, now, since, closes))
        loans, carried = found.get(key, (0, ZERO))
        found[key] = (loans + row.count, Money(carried.fen + sum(one.fen for one in row.sums)))
    return found


def _moved(tx: Reading, chosen: Chosen) -> list[Loan]:
    wanted = list(dict.fromkeys(chosen.loan_ids))
    found = {loan.loan_id: loan for loan in tx.loans.find(loan_id=wanted)}
    wrong = [one for one in wanted if one not in found or found[one].status not in _ON_BOOKS]
    if wrong or not wanted:
        shown = ", ".join(wrong[:10]) + (" …" if len(wrong) > 10 else "")
        raise NotToBeMoved(count=len(wrong), shown=shown or "—")
    return list(found.values())


def _plan(chosen: Chosen, moved: Sequence[Loan], book: RuleBook, on: date, day: date, rates: Rates) -> Plan:
    holdings = []
    for loan in moved:
        now = grade_by(book, loan.grade or "normal", loan.overdue_since, on)
        holdings.append(Holding(grade_by(book, now, loan.overdue_since, day), 1, loan.booked.total))
    merged = Book.of(holdings).holdings
    price = chosen.price
    if price is None and chosen.act is Act.SELL:
        price = _assumed(merged, book, on)
    return Plan(chosen.act, merged, price or ZERO, chosen.cost, chosen.waived, chosen.becomes)


def _options(groups: Groups, closing: Book, rates: Rates, book: RuleBook, on: date) -> list[Option]:
    """What could be done with each group that will be non-performing; what only dresses the books comes last."""
    found = []
    for (now, then), (loans, carried) in groups.items():
        if then not in NON_PERFORMING or not carried:
            continue
        moved = (Holding(then, loans, carried),)
        plans = [Plan(Act.SELL, moved, _assumed(moved, book, on)), Plan(Act.WRITE_OFF, moved)]
        if now not in NON_PERFORMING:  # a loan that performs still may be restructured and kept up
            plans.append(Plan(Act.RESTRUCTURE, moved, becomes="special_mention"))
        for plan in plans:
            done = effect(closing, plan, rates)
            npl = done.before.npl - done.after.npl
            per = Fraction(-done.profit.fen, npl.fen) if npl.fen > 0 else None
            found.append(Option(now, then, loans, carried, done, npl, per))
    found.sort(key=_by_cost)
    return found


def _by_cost(one: Option) -> tuple[object, ...]:
    return one.effect.dresses, one.cost_per_npl is None, one.cost_per_npl or 0, one.now, one.then


def _assumed(moved: Sequence[Holding], book: RuleBook, on: date) -> Money:
    """The price that is assumed where none is given (HS-PRV-03)."""
    carried = Money(sum(one.carried.fen for one in moved))
    key = "HS-PRV-03.sale_price"
    return carried.times(book.value(key, on=on).decimal) if book.holds(key, on=on) else ZERO


def _book(holdings: Iterable[Holding], lender: Lender) -> Book:
    return Book.of(holdings, other=lender.other, held=lender.held)


def _rates(book: RuleBook, on: date, lender: Lender) -> Rates:
    rates = Rates.of(book, on)
    return rates if lender.weight is None else replace(rates, risk_weight=lender.weight)
