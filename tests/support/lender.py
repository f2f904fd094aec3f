"""A small lender for tests of work on the store: colleagues with roles, and loans opened in the ledger."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from record_samples import KEY

from postloan.adapters.records import Store, open_store
from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger import Account, Balances, Booked, MoneyRules, Terms
from postloan.ledger import commands as c
from postloan.ledger.limitation import limitation_ends
from postloan.ledger.store_people import User
from postloan.ledger.store_records import Loan
from postloan.rules import load_book

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # noon in China
TERMS = Terms("consumer", Decimal("0.144"), Decimal("1.5"))
COLLEAGUES = (
    User("olga", "Olga", ("officer",)),
    User("ann", "Ann", ("approver",)),
    User("bo", "Bo", ("approver", "senior_approver")),
    User("cho", "Cho", ("committee",)),
    User("gone", "Gone", ("committee",), active=False),
    User("vic", "Vic", ("viewer",)),
)


def make_store(path: Path) -> Path:
    """An empty store."""
    open_store(str(path), create=True, environ=KEY).close()
    return path


@contextmanager
def copied(made: Path, path: Path):
    """A copy of a store, open."""
    shutil.copy(made, path)
    store = open_store(str(path), environ=KEY, wait_s=10)
    try:
        yield store
    finally:
        store.close()


def opened(number: int, *, principal: int = 1_000_000, interest: int = 30_000, **facts: object):
    """A loan and its first event. principal, interest: fen; facts: of the loan or of its opening."""
    book = load_book()
    loan_id = f"L{number}"
    overdue = facts.pop("overdue_since", date(2025, 12, 1))
    on = facts.pop("on", DAY)
    terms = facts.pop("terms", TERMS)
    owed = Balances(Money(principal), Money(interest))
    command = c.OpenAccount(
        terms, owed, overdue_since=overdue, grade=str(facts.pop("grade", "substandard")),
        matures_on=facts.pop("matures_on", None),
    )  # fmt: skip
    account = Account(loan_id, MoneyRules.of(book))
    answer = account.book(command, key="opening", value_on=on, booked_on=on)
    assert isinstance(answer, Booked), answer
    ends = limitation_ends(book, matures_on=command.matures_on, overdue_since=overdue)
    loan = Loan(
        loan_id, f"B{number}", terms.product, terms, on, on, owed,
        limitation_on=ends, contract_no=f"C-{number}", **facts,
    )  # fmt: skip
    return loan.after(account.state(), 1), answer.event


def fill(
    store: Store,
    loans: Iterable[tuple[Loan, object]] = (),
    more: Iterable[object] = (),
    *,
    at: datetime = NOON,
) -> None:
    """Put colleagues, loans and further records into a store."""
    loans = list(loans)
    with store.writing(actor="test", ground="set-up", at=at) as tx:
        for user in COLLEAGUES:
            tx.of(User).add(user)
        tx.loans.add_all(loan for loan, _ in loans)
        tx.events.append(event for _, event in loans)
        for record in more:
            tx.of(type(record)).add(record)
        tx.note(Note("test.filled", details={"loans": len(loans)}))
