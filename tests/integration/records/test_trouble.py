"""A database that is full, gone, busy, foreign or from the future: one clear word, and nothing changed."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from postgres_server import NoPostgres, Server
from record_samples import BY, KEY, NOTED, loan

from postloan.adapters.records import (
    NewerStore,
    NoStore,
    Store,
    StoreBusy,
    StoreFull,
    StoreGone,
    open_store,
)
from postloan.adapters.records.errors import BadAddress, NotAStore, StoreReadOnly, translated
from postloan.kernel import PostloanError
from postloan.ledger.store import AlreadyThere


def in_chinese(error: PostloanError) -> bool:
    return any("一" <= ch <= "鿿" for ch in error.message("zh"))


def test_there_is_no_store_until_one_is_made(tmp_path: Path):
    for _ in range(2):
        with pytest.raises(NoStore) as refused:
            open_store(str(tmp_path / "none.db"), environ=KEY)
    assert in_chinese(refused.value)
    assert not (tmp_path / "none.db").exists()


def test_an_empty_database_is_no_store(empty_address: str):
    if "://" not in empty_address:
        Path(empty_address).touch()
    with pytest.raises(NoStore):
        open_store(empty_address, environ=KEY)


@pytest.mark.parametrize("address", ["", "mysql://host/db", ":memory:", "sqlite:///"])
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(BadAddress):
        open_store(address, environ=KEY)


def test_a_database_of_others_is_left_alone(empty_address: str):
    if "://" in empty_address:
        import psycopg

        with psycopg.connect(empty_address, autocommit=True) as connection:
            connection.execute("CREATE TABLE theirs (x int)")
    else:
        with closing(sqlite3.connect(empty_address)) as connection:
            connection.execute("CREATE TABLE theirs (x int)")
    with pytest.raises(NotAStore):
        open_store(empty_address, create=True, environ=KEY)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and longer than the header of one" * 100)
    with pytest.raises(NotAStore):
        open_store(str(path), create=True, environ=KEY)
    assert path.read_text().startswith("not a database")


def test_a_store_of_a_later_version_is_left_alone(address: str, by_hand: Any):
    by_hand("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerStore, match="9999"):
        open_store(address, environ=KEY)


def test_a_full_disk_undoes_the_step(file_store: Store):
    address = file_store.shown
    with closing(sqlite3.connect(address)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]

    @sa.event.listens_for(file_store._engine, "checkout")
    def limit(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 20}").close()

    with pytest.raises(StoreFull) as refused, file_store.writing(**BY) as tx:
        tx.loans.add_all(loan(i) for i in range(5_000))
    assert in_chinese(refused.value)
    with file_store.writing(**BY) as tx:
        assert tx.loans.count() == 0
        tx.note(NOTED)


def test_what_the_server_says_is_said_in_our_words():
    psycopg = pytest.importorskip("psycopg")
    errors = psycopg.errors
    for raised, known in (
        (errors.DiskFull, StoreFull), (errors.AdminShutdown, StoreGone), (errors.LockNotAvailable, StoreBusy),
        (errors.DeadlockDetected, StoreBusy), (errors.InsufficientPrivilege, StoreReadOnly),
        (errors.InvalidPassword, StoreGone), (errors.UniqueViolation, AlreadyThere),
    ):  # fmt: skip
        with pytest.raises(known), translated("postgresql://host/books"):
            raise raised("as the server says it")


def test_a_file_that_vanished_is_not_written_to(file_store: Store):
    store, address = file_store, file_store.shown

    def vanish() -> None:
        with store.writing(**BY) as tx:
            tx.loans.add(loan())
            tx.note(NOTED)
            Path(address).rename(address + ".away")

    with pytest.raises(StoreGone) as refused:
        vanish()
    assert in_chinese(refused.value)
    with pytest.raises(StoreGone), store.reading():
        pass
    Path(address + ".away").rename(address)
    with store.reading() as tx:
        assert tx.loans.count() == 0


@pytest.fixture
def own_server() -> Iterator[Server]:
    try:
        server = Server(durable=True)
    except NoPostgres as why:
        if os.environ.get("POSTLOAN_TEST_POSTGRES") == "required":
            raise
        pytest.skip(str(why))
    yield server
    server.remove()


def test_a_server_that_goes_away_and_comes_back_has_all_or_nothing(own_server: Server):
    with closing(open_store(own_server.url(), create=True, environ=KEY)) as store:
        with store.writing(**BY) as tx:
            tx.loans.add(loan(1))
            tx.note(NOTED)

        def lose_the_server() -> None:
            with store.writing(**BY) as tx:
                tx.loans.add(loan(2))
                own_server.stop()
                tx.note(NOTED)

        with pytest.raises(StoreGone) as refused:
            lose_the_server()
        assert in_chinese(refused.value)
        assert "\n" not in refused.value.message()
        with pytest.raises(StoreGone), store.reading():
            pass
        own_server.start()
        with store.writing(**BY) as tx:
            assert [one.loan_id for one in tx.loans.find()] == ["L1"]
            tx.loans.add(loan(2))
            tx.note(NOTED)
        with store.reading() as tx:
            assert tx.journal.verify().whole


def test_a_server_that_is_not_there_is_named_without_its_password():
    pytest.importorskip("psycopg")
    with pytest.raises(StoreGone) as refused:
        open_store("postgresql://someone:secret@127.0.0.1:9/books", environ=KEY)
    assert "secret" not in refused.value.message()
    assert "127.0.0.1" in refused.value.message()


def test_a_writer_that_does_not_finish_keeps_others_waiting_only_so_long(file_store: Store):
    with closing(open_store(file_store.shown, environ=KEY, wait_s=0.2)) as other:
        with file_store.writing(**BY), pytest.raises(StoreBusy) as refused, other.writing(**BY):
            pass
        assert in_chinese(refused.value)


def test_the_seal_is_waited_for_only_so_long_on_a_server(postgres: Server, made_database: str):
    import psycopg

    address = postgres.url(template=made_database)
    with psycopg.connect(address) as holder, closing(open_store(address, environ=KEY, wait_s=0.2)) as store:
        holder.execute("SELECT 1 FROM journal_head FOR UPDATE")
        with pytest.raises(StoreBusy), store.writing(**BY) as tx:
            tx.note(NOTED)


def test_threads_share_a_store(store: Store):
    def write(number: int) -> None:
        for i in range(5):
            with store.writing(**BY) as tx:
                tx.loans.add(loan(number * 100 + i))
                tx.note(NOTED)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        assert tx.loans.count() == 20
        assert tx.journal.verify().entries == 20
