"""The morning: what came in, what waits, what crosses a line soon, what changed and why.

Everything is found through indexes and tallies of the store; no loan is replayed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from postloan.kernel import Money
from postloan.ledger.migration import Move, Roll, rank, roll_rates, rolls_by_vintage
from postloan.ledger.parts import ZERO, Part
from postloan.ledger.state import Status
from postloan.ledger.store import Between, Readable, Reading, Records, Tally
from postloan.ledger.store_records import (
    ApprovalRequest,
    FileState,
    GradeChange,
    IncomingPayment,
    Instalment,
    Loan,
    PaymentFile,
    PaymentState,
    Promise,
    PromiseState,
    RequestState,
    Suspense,
    SuspenseState,
)
from postloan.rules import RuleBook, load_book
from postloan.workflows.as_json import as_json
from postloan.workflows.morning_parts import (
    Approvals,
    CameIn,
    Crossing,
    DayCount,
    Ending,
    GradeMove,
    LoanLine,
    Migration,
    Missed,
    Morning,
    Promised,
    Regraded,
    Standing,
    Waiting,
)

LISTED = 20
_LINES = (
    ("CN-CLS-01.substandard_after_days", "substandard"),
    ("CN-CLS-01.doubtful_after_days", "doubtful"),
    ("CN-CLS-01.loss_after_days", "loss"),
)
_ON_BOOKS = frozenset({Status.OPEN, Status.CHARGED_OFF})
_CLAIMED = _ON_BOOKS | {Status.WRITTEN_OFF}
_OWED = tuple(f"owed_{part.code}" for part in Part)
_SOON = timedelta(days=3)


def morning(
    records: Records, *, on: date, days: int = 30, listed: int = LISTED, book: RuleBook | None = None
) -> Morning:
    """The morning of a day.

    days: how far to look ahead, and how far back moves between classes are counted. listed: most entries in a list.
    book: the rules; the packaged ones if None. Loans are as last booked, so a day in the past shows what is known now.
    """
    with records.reading() as tx:
        return morning_of(tx, on=on, days=days, listed=listed, book=book or load_book())


def morning_of(tx: Reading, *, on: date, days: int, listed: int, book: RuleBook) -> Morning:
    """The morning of a day, within a reading that is open already."""
    ahead = Between(on, on + timedelta(days=days))
    counted = _counted(tx)
    return Morning(
        on=on,
        days=days,
        listed=listed,
        came_in=_came_in(tx, on),
        suspense=_suspense(tx, listed),
        crossings=tuple(_crossings(tx, on, days, listed, book)),
        limitation=_ending(tx, "limitation_on", ahead, listed, _CLAIMED),
        unlimited=_unlimited(tx),
        promises=_promises(tx, on, days, listed),
        missed=_missed(tx, on, listed),
        observations=_ending(tx, "observation_ends", ahead, listed, _ON_BOOKS),
        approvals=_approvals(tx, on, listed),
        regraded=_regraded(tx, on),
        portfolio=_portfolio(counted),
        migration=_migration(tx, on, days, counted),
    )


def morning_json(found: Morning) -> dict[str, Any]:
    """A morning as plain JSON, shares of moves included."""
    plain: dict[str, Any] = as_json(found)
    for name in ("rolls", "vintages"):
        rolls: tuple[Roll, ...] = getattr(found.migration, name)
        plain["migration"][name] = [
            {**as_json(roll.move), "stood": roll.stood, "rate": as_json(roll.rate)} for roll in rolls
        ]
    return plain


def vintage_of(originated_on: date | None) -> str:
    """The month of origination as 2023-05; "" if it is not known."""
    return f"{originated_on:%Y-%m}" if originated_on else ""


def _came_in(tx: Reading, on: date) -> CameIn:
    files = tx.of(PaymentFile)
    last = next(files.find(order=("-booked_on",), limit=1, booked_on=Between(None, on)), None)
    night = last.booked_on if last else None
    found = list(files.find(booked_on=night)) if night else []
    taken = [file for file in found if file.state is FileState.TAKEN]
    undone: list[Tally] = []
    for state in (PaymentState.RETURNED, PaymentState.REVERSED):
        if night:
            undone += tx.of(IncomingPayment).tally(
                by=("state",), sums=("amount",), booked_on=night, state=state
            )
    return CameIn(
        on=night,
        files=len(taken),
        refused=len(found) - len(taken),
        rows=sum(file.rows for file in taken),
        amount=_sum(file.amount for file in taken),
        posted_rows=sum(file.posted_rows for file in taken),
        posted_amount=_sum(file.posted_amount for file in taken),
        suspended_rows=sum(file.suspended_rows for file in taken),
        suspended_amount=_sum(file.suspended_amount for file in taken),
        undone=sum(row.count for row in undone),
        undone_amount=_sum(row.sums[0] for row in undone),
        refused_rows=sum(file.rows - file.posted_rows - file.suspended_rows for file in taken),
        refused_amount=_sum(file.amount - file.posted_amount - file.suspended_amount for file in taken),
    )


def _suspense(tx: Reading, listed: int) -> Waiting:
    shelf, waiting = tx.of(Suspense), SuspenseState.WAITING
    rows = shelf.tally(by=("state",), sums=("amount",), state=waiting)
    first = tuple(shelf.find(order=("since", "number"), limit=listed, state=waiting))
    if not rows:
        return Waiting(0, ZERO, None, ())
    oldest = next(shelf.find(order=("since",), limit=1, state=waiting))
    return Waiting(rows[0].count, rows[0].sums[0], oldest.since, first)


def _crossings(tx: Reading, on: date, days: int, listed: int, book: RuleBook) -> Iterator[Crossing]:
    for key, grade in _LINES:
        if not book.holds(key, on=on):
            continue
        rule = book.value(key, on=on)
        wait = timedelta(days=rule.whole + 1)
        window = Between(on - wait, on + timedelta(days=days) - wait)
        by_day: dict[date, tuple[int, Money]] = {}
        worsens = 0
        for row in tx.loans.tally(
            by=("overdue_since", "status", "grade"), sums=("owed_principal",), overdue_since=window
        ):
            since, status, stands = row.key
            if status not in _ON_BOOKS:
                continue
            loans, principal = by_day.get(since + wait, (0, ZERO))
            by_day[since + wait] = (loans + row.count, principal + row.sums[0])
            worsens += row.count if rank(stands) < rank(grade) else 0
        order = ("overdue_since", "-owed_principal", "loan_id")
        first = _first(tx.loans, order, listed, _ON_BOOKS, overdue_since=window)
        yield Crossing(
            day=rule.whole + 1,
            to=grade,
            rule=rule.rule,
            loans=sum(loans for loans, _ in by_day.values()),
            principal=_sum(principal for _, principal in by_day.values()),
            worsens=worsens,
            by_day=tuple(DayCount(day, *found) for day, found in sorted(by_day.items())),
            first=tuple(LoanLine.of(loan, loan.overdue_since + wait) for loan in first if loan.overdue_since),
        )


def _ending(tx: Reading, field: str, ahead: Between, listed: int, statuses: frozenset[Status]) -> Ending:
    where: dict[str, Any] = {field: ahead}
    rows = [row for row in tx.loans.tally(by=("status",), sums=_OWED, **where) if row.key[0] in statuses]
    first = _first(tx.loans, (field, "loan_id"), listed, statuses, **where)
    return Ending(
        sum(row.count for row in rows),
        _sum(amount for row in rows for amount in row.sums),
        tuple(LoanLine.of(loan, getattr(loan, field)) for loan in first),
    )


def _unlimited(tx: Reading) -> int:
    if not tx.loans.count(limitation_on=None):
        return 0
    rows = tx.loans.tally(by=("status",), limitation_on=None)
    return sum(row.count for row in rows if row.key[0] in _CLAIMED)


def _promises(tx: Reading, on: date, days: int, listed: int) -> Promised:
    shelf, due = tx.of(Promise), Between(None, on)
    lately = Between(on - timedelta(days=days), on - timedelta(days=1))
    rows = shelf.tally(by=("due_on",), sums=("amount", "paid"), state=PromiseState.OPEN, due_on=due)
    today = [row for row in rows if row.key[0] == on]
    late = [row for row in rows if row.key[0] < on]
    late += shelf.tally(by=("state",), sums=("amount", "paid"), state=PromiseState.BROKEN, due_on=lately)
    first = [
        *shelf.find(order=("due_on", "number"), limit=listed, state=PromiseState.OPEN, due_on=due),
        *shelf.find(order=("-due_on", "number"), limit=listed, state=PromiseState.BROKEN, due_on=lately),
    ]
    return Promised(
        sum(row.count for row in today),
        _open(today),
        sum(row.count for row in late),
        _open(late),
        tuple(first[:listed]),
    )


def _missed(tx: Reading, on: date, listed: int) -> Missed:
    shelf, past = tx.of(Instalment), Between(None, on - timedelta(days=1))
    unpaid = [PromiseState.OPEN, PromiseState.MISSED]
    rows = shelf.tally(by=("state",), sums=("amount", "paid"), state=unpaid, due_on=past)
    first = shelf.find(order=("due_on", "plan"), limit=listed, state=unpaid, due_on=past)
    return Missed(sum(row.count for row in rows), _open(rows), tuple(first))


def _approvals(tx: Reading, on: date, listed: int) -> Approvals:
    shelf, waiting = tx.of(ApprovalRequest), RequestState.WAITING
    first = shelf.find(order=("until", "number"), limit=listed, state=waiting, until=Between(on, None))
    return Approvals(
        shelf.count(state=waiting, until=Between(on, None)),
        shelf.count(state=waiting, until=Between(on, on + _SOON)),
        tuple(first),
    )


def _regraded(tx: Reading, on: date) -> Regraded:
    shelf = tx.of(GradeChange)
    last = next(shelf.find(order=("-on",), limit=1, on=Between(None, on)), None)
    if last is None:
        return Regraded(None, ())
    rows = shelf.tally(by=("before", "after", "because"), sums=("principal",), on=last.on)
    moves = [
        GradeMove(before, after, because, row.count, row.sums[0], rank(after) > rank(before))
        for row in rows
        for before, after, because in [row.key]
    ]
    moves.sort(key=lambda move: (not move.worse, rank(move.before), rank(move.after), move.because))
    return Regraded(last.on, tuple(moves))


def _counted(tx: Reading) -> list[Tally]:
    """All loans by month of origination, class and status: one walk along an index, for portfolio and migration."""
    sums = ("owed_principal", "booked_principal")
    return tx.loans.tally(by=("originated_on", "grade", "status"), sums=sums)


def _portfolio(counted: Sequence[Tally]) -> tuple[Standing, ...]:
    merged: dict[tuple[str, str], list[int]] = {}
    for row in counted:
        _, grade, status = row.key
        found = merged.setdefault((str(status), grade), [0, 0, 0])
        for place, more in enumerate((row.count, row.sums[0].fen, row.sums[1].fen)):
            found[place] += more
    standing = [
        Standing(status, grade, loans, Money(owed), Money(booked))
        for (status, grade), (loans, owed, booked) in merged.items()
    ]
    return tuple(sorted(standing, key=lambda line: (line.status, rank(line.grade))))


def _migration(tx: Reading, on: date, days: int, counted: Sequence[Tally]) -> Migration:
    since = on - timedelta(days=days)
    moves = _moves(tx, Between(since + timedelta(days=1), on))
    vintages: Counter[tuple[str, str]] = Counter()
    for row in counted:
        originated_on, grade, status = row.key
        if status in _ON_BOOKS:
            vintages[vintage_of(originated_on), grade] += row.count
    for move in _moves(tx, Between(on + timedelta(days=1), None)):  # taken back: they came after the day
        vintages[move.vintage, move.after] -= move.loans
        vintages[move.vintage, move.before] += move.loans
    now: Counter[str] = Counter()
    for (_, grade), loans in vintages.items():
        now[grade] += loans
    return Migration(since, on, roll_rates(now, moves), rolls_by_vintage(vintages, moves))


def _moves(tx: Reading, period: Between) -> list[Move]:
    rows = tx.of(GradeChange).tally(by=("before", "after", "vintage"), sums=("principal",), on=period)
    return [Move(row.key[0], row.key[1], row.count, row.sums[0], row.key[2]) for row in rows]


def _first(
    shelf: Readable[Loan], order: Sequence[str], listed: int, statuses: Container[Status], **where: Any
) -> list[Loan]:
    """The first loans of some statuses, read a page at a time."""
    found: list[Loan] = []
    offset = 0
    while len(found) < listed:
        page = list(shelf.find(order=order, limit=2 * listed, offset=offset, **where))
        found += [loan for loan in page if loan.status in statuses]
        offset += len(page)
        if len(page) < 2 * listed:
            break
    return found[:listed]


def _open(rows: Iterable[Tally]) -> Money:
    """What is promised and not paid yet, of tallies that sum amount and paid."""
    return _sum(row.sums[0] - row.sums[1] for row in rows)


def _sum(amounts: Iterable[Money]) -> Money:
    return Money(sum(amount.fen for amount in amounts))
