"""Plans (分期还款方案): written down when a restructuring is booked, falling due night by night, missed, ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from postloan.kernel import Money
from postloan.ledger import Account
from postloan.ledger import commands as c
from postloan.ledger.answers import Booked
from postloan.ledger.events import Event, Restructured
from postloan.ledger.instalments import falling_due, instalments_ahead, key_of_due
from postloan.ledger.money_rules import KeptBooks
from postloan.ledger.store import Between, Reading, Writing
from postloan.ledger.store_records import Hold, Instalment, Loan, Plan, Promise, PromiseState
from postloan.rules import RuleBook
from postloan.workflows.rule_books import books_of

PLAN = "plan"
"""The kind of hold on contact while a plan is kept."""
_PAGE = 5_000
_GRACE = "HS-PROM-01.grace_days"
_UNPAID = (PromiseState.OPEN, PromiseState.MISSED)
_STANDING = (PromiseState.OPEN, PromiseState.KEPT, PromiseState.MISSED)


def agree(
    tx: Writing, account: Account, plan: c.Restructure, books: KeptBooks, *, loan: Loan, on: date, by: str
) -> Plan:
    """Write down the plan of a restructuring that was just booked; an earlier plan of the loan ends with it."""
    end(tx, loan.loan_id, on, by=by, reason="restructured again")
    ahead = instalments_ahead(account, plan, books)
    whole = Money(sum(one.amount.fen for one in ahead))
    reference = plan.approval.reference if plan.approval else ""
    made = tx.of(Plan).add(Plan(loan.loan_id, loan.borrower_id, on, whole, reference=reference))
    tx.of(Instalment).add_all(
        Instalment(made.number, one.row, loan.loan_id, one.due_on, one.amount) for one in ahead
    )
    tx.of(Hold).add(Hold(loan.borrower_id, PLAN, on, loan_id=loan.loan_id, reason="CN-FRZ-01", placed_by=by))
    return made


def end(tx: Writing, loan_id: str, on: date, *, by: str, reason: str) -> None:
    """Release what is still open of the plans of a loan, and the stop on contact that came with them."""
    plans = list(tx.of(Plan).find(loan_id=loan_id, state=PromiseState.OPEN))
    if not plans:
        return
    tx.of(Plan).change_all(replace(one, state=PromiseState.RELEASED, ended_on=on) for one in plans)
    unpaid = list(tx.of(Instalment).find(loan_id=loan_id, state=list(_UNPAID)))
    tx.of(Instalment).change_all(replace(one, state=PromiseState.RELEASED) for one in unpaid)
    release(tx, {(plan.borrower_id, plan.loan_id) for plan in plans}, on, by=by, reason=reason)


def release(tx: Writing, whom: set[tuple[str, str]], on: date, *, by: str, reason: str) -> int:
    """End the stops on contact that hold while a plan is kept. whom: (borrower, loan)."""
    held = [
        hold
        for hold in tx.of(Hold).find(borrower_id=sorted({one for one, _ in whom}), released_on=None)
        if hold.kind == PLAN and (hold.borrower_id, hold.loan_id) in whom
    ]
    return tx.of(Hold).change_all(
        replace(hold, released_on=on, released_by=by, release_reason=reason) for hold in held
    )


def agreed_since(tx: Reading, since: date | None) -> list[int]:
    """Numbers of the open plans that were agreed since a night; none where there was none yet."""
    if since is None:
        return []
    rows = tx.of(Plan).tally(by=("number",), state=PromiseState.OPEN, agreed_on=Between(since, None))
    return [row.key[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Fallen:
    """What fell due in a night. refused: instalments that the ledger did not let fall due."""

    instalments: int
    refused: int


def fall_due(tx: Writing, book: RuleBook, *, since: date | None, on: date) -> Fallen:
    """Let the instalments of restructured loans fall due whose day has come; one that fell due before is left alone.

    since: the last night; None for none. Plans agreed since then may begin before it.
    """
    first = since + timedelta(days=1) if since else None
    ours: dict[tuple[int, int], Instalment] = {}
    for one in tx.of(Instalment).find(due_on=Between(first, on), state=list(_STANDING)):
        ours[one.plan, one.row] = one
    for plan in agreed_since(tx, since):
        for one in tx.of(Instalment).find(plan=plan, due_on=Between(None, on), state=list(_STANDING)):
            ours[one.plan, one.row] = one
    found: dict[str, list[Instalment]] = defaultdict(list)
    for one in ours.values():
        found[one.loan_id].append(one)
    numbers = {one.plan for due in found.values() for one in due}
    references = {plan.number: plan.reference for plan in tx.of(Plan).find(number=sorted(numbers))}
    books = books_of(tx, book)
    fallen = refused = 0
    loan_ids = sorted(found)
    for start in range(0, len(loan_ids), _PAGE):
        page = loan_ids[start : start + _PAGE]
        loans = {loan.loan_id: loan for loan in tx.loans.find(loan_id=page)}
        events: list[Event] = []
        changed: list[Loan] = []
        for loan_id, history in tx.events.of_many(page):
            account = Account(loan_id, books.present, history, books)
            new = list(_booked(account, found[loan_id], references, on))
            events += [event for event in new if event is not None]
            refused += new.count(None)
            if any(new):
                changed.append(loans[loan_id].after(account.state(), len(account.events)))
        if events:
            tx.events.append(events)
            tx.loans.change_all(changed)
        fallen += len(events)
    return Fallen(fallen, refused)


def _booked(
    account: Account, due: Iterable[Instalment], references: dict[int, str], on: date
) -> Iterable[Event | None]:
    """The events of instalments that fall due now; None for one that the ledger refuses."""
    plans = {
        event.what.approval.reference: event.what
        for event in account.events
        if isinstance(event.what, Restructured) and event.what.approval
    }
    for one in sorted(due, key=lambda one: (one.due_on, one.row)):
        reference = references.get(one.plan, "")
        plan = plans.get(reference)
        if plan is None:  # agreed without new terms: nothing falls due by it
            continue
        command = falling_due(account.state(max(one.due_on, account.state().day)), plan, one.row)
        key = key_of_due(reference, one.row)
        if any(event.key == key for event in account.events):
            continue
        booked_on = max(on, account.events[-1].booked_on)
        answer = account.book(command, key=key, value_on=one.due_on, booked_on=booked_on)
        yield answer.event if isinstance(answer, Booked) else None


@dataclass(frozen=True, slots=True)
class Unkept:
    """What became of promises whose day had passed. amount: what had been promised and did not come."""

    promises: int
    instalments: int
    amount: Money


def last_day(book: RuleBook, on: date) -> date:
    """The latest day whose promises are broken by now if no money came."""
    grace = book.value(_GRACE, on=on).whole if book.holds(_GRACE, on=on) else 0
    return on - timedelta(days=grace + 1)


def unkept(tx: Reading, book: RuleBook, on: date) -> bool:
    """Whether any promise or instalment is to be called broken or missed."""
    past = Between(None, last_day(book, on))
    return any(tx.of(kind).count(state=PromiseState.OPEN, due_on=past) for kind in (Promise, Instalment))


def break_promises(tx: Writing, book: RuleBook, *, on: date, by: str) -> Unkept:
    """Call promises broken and instalments missed whose day, and the days of grace, passed without the money.

    A missed instalment goes on taking money, oldest first; contact is no longer stopped for the plan's sake.
    """
    past = Between(None, last_day(book, on))
    promises = list(tx.of(Promise).find(state=PromiseState.OPEN, due_on=past))
    tx.of(Promise).change_all(replace(one, state=PromiseState.BROKEN, ended_on=on) for one in promises)
    missed = list(tx.of(Instalment).find(state=PromiseState.OPEN, due_on=past))
    tx.of(Instalment).change_all(replace(one, state=PromiseState.MISSED) for one in missed)
    if missed:
        loan_ids = sorted({one.loan_id for one in missed})
        rows = tx.loans.tally(by=("borrower_id", "loan_id"), loan_id=loan_ids)
        whom = {(str(row.key[0]), str(row.key[1])) for row in rows}
        release(tx, whom, on, by=by, reason="instalment missed")
    amount = sum((one.amount - one.paid).fen for one in promises)
    amount += sum((one.amount - one.paid).fen for one in missed)
    return Unkept(len(promises), len(missed), Money(amount))
