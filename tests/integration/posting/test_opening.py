from __future__ import annotations

import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from night_book import CUTOFF, at, open_in

from postloan.bootstrap import records, tools
from postloan.kernel import Money, Personal
from postloan.ledger.store_people import Contact
from postloan.workflows.book import BookDamaged
from postloan.workflows.opening import BookContradicts, BookRefused, OpeningOptions, open_book


def changed_book(place, work):
    """A copy of the book whose loans table went through ``work``."""
    book = place.folder / "changed"
    shutil.copytree(place.book, book, dirs_exist_ok=True)
    table = work(pq.read_table(place.book / "loans.parquet"))
    pq.write_table(table, book / "loans.parquet")
    return book


def with_principal(table, amount):
    first = pa.array([number == 0 for number in range(table.num_rows)])
    column = table["principal"]
    at_place = table.column_names.index("principal")
    return table.set_column(at_place, "principal", pc.if_else(first, pa.scalar(amount, column.type), column))


def open_without_people(db, book):
    with tools() as ours, records(db, create=True) as store:
        return open_book(OpeningOptions(book, CUTOFF, at(CUTOFF), "tester"), ours, store)


def test_a_book_is_opened_with_every_balance_and_every_person_encrypted(anywhere, store):
    with store.reading() as tx:
        owed = sum(loan.owed.total.fen for loan in tx.loans.find())
        assert (tx.loans.count(), tx.events.count(), Money(owed)) == (300, 300, Money.yuan("9876543.21"))
        borrower, name = next(iter(anywhere.people().items()))
        assert borrower in tx.people.named(Personal(name))
        assert name not in tx.people.masked(borrower).name
        assert tx.of(Contact).count() > 300
        assert tx.journal.verify().whole


def test_the_same_book_twice_changes_nothing(anywhere):
    with records(anywhere.db) as store, store.reading() as tx:
        before = tx.journal.head()
    again = open_in(anywhere.db, anywhere.tape, anywhere.book)
    assert (again.opened, again.there, again.people, again.contacts) == (0, 300, 0, 0)
    with records(anywhere.db) as store, store.reading() as tx:
        assert tx.journal.head() == before


def test_a_second_book_adds_its_loans_and_nothing_else(place):
    def renamed(table):
        at_place = table.column_names.index("loan_id")
        return table.set_column(
            at_place, "loan_id", pc.binary_join_element_wise(table["loan_id"], "S", "-")
        ).slice(0, 40)

    second = open_without_people(place.db, changed_book(place, renamed))
    assert (second.opened, second.there) == (40, 0)
    with records(place.db) as store, store.reading() as tx:
        assert tx.loans.count() == 340


def test_a_book_that_says_something_else_is_refused_whole(place):
    from decimal import Decimal

    book = changed_book(place, lambda table: with_principal(table, Decimal("1.00")))
    with pytest.raises(BookContradicts, match="L00000001"):
        open_without_people(place.db, book)
    with records(place.db) as store, store.reading() as tx:
        assert tx.events.count() == 300


def test_a_balance_that_the_ledger_cannot_hold_is_refused_with_the_reason(place):
    from decimal import Decimal

    book = changed_book(place, lambda table: with_principal(table, Decimal("-1.00")))
    with pytest.raises(BookRefused, match="below zero"):
        open_without_people(str(place.folder / "new.db"), book)


def test_names_can_be_added_later_from_the_tape(place):
    db = str(place.folder / "later.db")
    bare = open_without_people(db, place.book)
    assert (bare.opened, bare.contacts) == (300, 0)
    named = open_in(db, place.tape, place.book)
    assert (named.opened, named.there) == (0, 300)
    assert named.contacts > 300
    borrower, name = next(iter(place.people().items()))
    with records(db) as store, store.reading() as tx:
        assert borrower in tx.people.named(Personal(name))


def test_a_folder_that_is_no_book_is_refused(place):
    with pytest.raises(BookDamaged):
        open_without_people(place.db, place.folder)


def test_loans_in_quarantine_get_no_account(place):
    def quarantined(table):
        at_place = table.column_names.index("quarantined")
        return table.set_column(
            at_place, "quarantined", pa.array([number < 10 for number in range(table.num_rows)])
        )

    opened = open_without_people(str(place.folder / "q.db"), changed_book(place, quarantined))
    assert (opened.opened, opened.quarantined) == (290, 10)
