"""A whole tape is added to empty tables without their indexes, which are there again at the end, whatever happens."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from record_samples import BY, NOTED, loan, opened

from postloan.adapters.records import BrokenReference, Store
from postloan.adapters.records.connecting import read_address
from postloan.kernel import Fault, Personal
from postloan.ledger.events import Event
from postloan.ledger.store_people import Contact, Person
from postloan.ledger.store_records import Loan

TABLES = ("loans", "events", "people", "contacts")


def schema(address: str) -> dict[str, Any]:
    engine = sa.create_engine(read_address(address).url)
    seen = sa.inspect(engine)
    found = {
        table: (
            sorted((str(one["name"]), tuple(one["column_names"])) for one in seen.get_indexes(table)),
            sorted(str(one["name"]) for one in seen.get_foreign_keys(table)),
        )
        for table in TABLES
    }
    engine.dispose()
    return found


def fill(store: Store, first: int, last: int) -> None:
    with store.writing(**BY) as tx:
        with tx.filling(Person, Contact, Loan, Event):
            tx.people.add_all(
                (Person(f"B{i}", Personal("测试")) for i in range(first, last)),
                [Contact(f"B{i}", "phone", Personal(f"1990000{i:04}")) for i in range(first, last)],
            )
            tx.loans.add_all(loan(i) for i in range(first, last))
            tx.events.append(opened(i) for i in range(first, last))
        tx.note(NOTED)


def test_after_a_tape_every_index_and_reference_is_there_again(store: Store, address: str):
    before = schema(address)
    fill(store, 1, 500)
    assert schema(address) == before
    with store.reading() as tx:
        assert tx.people.with_contact(Personal("19900000007")) == ("B7",)
        assert [one.loan_id for one in tx.loans.find(borrower_id="B1")] == ["L1"]
        assert tx.journal.verify().whole


def test_a_second_tape_is_added_beside_the_first(store: Store, address: str):
    before = schema(address)
    fill(store, 1, 300)
    fill(store, 300, 600)
    assert schema(address) == before
    with store.reading() as tx:
        assert (tx.loans.count(), tx.events.count()) == (599, 599)
        assert tx.journal.verify().whole


def give_up(store: Store, *, swallow: bool = False) -> None:
    with store.writing(**BY) as tx:
        try:
            with tx.filling(Loan, Event):
                tx.loans.add_all(loan(i) for i in range(1, 300))
                _ = 1 / 0
        except ZeroDivisionError:
            if not swallow:
                raise
        tx.note(NOTED)


def add_an_orphan(store: Store) -> None:
    with store.writing(**BY) as tx:
        with tx.filling(Event):
            tx.events.append([opened(1)])
        tx.note(NOTED)


def test_what_goes_wrong_leaves_neither_rows_nor_missing_indexes(store: Store, address: str):
    before = schema(address)
    with pytest.raises(ZeroDivisionError):
        give_up(store)
    assert schema(address) == before
    with store.reading() as tx:
        assert tx.loans.count() == 0


def test_an_event_without_its_loan_is_refused_while_filling_too(store: Store, address: str):
    before = schema(address)
    with pytest.raises(BrokenReference):
        add_an_orphan(store)
    assert schema(address) == before


def test_a_filling_that_was_given_up_cannot_be_committed(store: Store, address: str):
    before = schema(address)
    with pytest.raises(Fault):
        give_up(store, swallow=True)
    assert schema(address) == before


@pytest.mark.parametrize("order", [(1, 2, 3, 10), (10, 3, 2, 1), (2, 1, 10, 3)])
def test_events_are_sealed_alike_in_whatever_order_they_are_appended(store: Store, order: tuple[int, ...]):
    with store.writing(**BY) as tx:
        tx.loans.add_all(loan(i) for i in order)
        for i in order:
            tx.events.append([opened(i)])
        tx.note(NOTED)
    with store.reading() as tx:
        verdict = tx.journal.verify()
        assert verdict.whole
        sealed = next(one for one in tx.journal.entries() if one.action == "ledger.sealed")
        assert '"events":4' in sealed.details


def test_after_many_rows_the_database_knows_at_once_what_stands_where(
    store: Store, address: str, by_hand: Any
):
    if "://" not in address:
        pytest.skip("SQLite has nothing to sweep")
    with store.writing(**BY) as tx:
        tx.loans.add_all(loan(i) for i in range(20_000))
        tx.note(NOTED)
    # How many rows there are is -1 for a table that nobody has looked over yet.
    assert by_hand("SELECT reltuples::bigint FROM pg_class WHERE relname = 'loans'") == [(20_000,)]
