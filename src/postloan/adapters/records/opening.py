"""The store: opened or made at an address, and asked for transactions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.bulk import end_streams, rows_written
from postloan.adapters.records.connecting import MODE, Address, connect, read_address
from postloan.adapters.records.errors import ClockWentBack, NoStore, StoreGone, translated
from postloan.adapters.records.filling import sweep
from postloan.adapters.records.keys import (
    KeyChanged,
    KeyChanging,
    KeyMissing,
    Keys,
    WrongKey,
    load_keys,
    make_key,
)
from postloan.adapters.records.migrating import HEAD, found_store, migrate, read_meta, version_of
from postloan.adapters.records.rotating import NEXT, hold_key
from postloan.adapters.records.tables import meta
from postloan.adapters.records.transactions import Transaction

_WAIT_S = 60.0
_TOLERANCE = timedelta(minutes=5)
"""How far a clock may lie behind the journal's last entry: machines differ a little."""


class Store:
    """A store; fulfils ``ledger.store.Records``. Safe to share between threads."""

    def __init__(self, address: Address, engine: sa.Engine, keys: Keys | None) -> None:
        """Use ``open_store`` to make one."""
        self._address = address
        self._engine = engine
        self._found_keys = keys
        self._inode = self._file_now()

    @property
    def shown(self) -> str:
        """Where the store is, for people."""
        return self._address.shown

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A consistent view; it waits for nobody and changes nothing."""
        with self._begun("read") as connection:
            yield Transaction(connection, self.shown, self._keys, writes=False)

    @contextmanager
    def writing(self, *, actor: str, ground: str, at: datetime) -> Iterator[Transaction]:
        """A transaction: committed at the end of the block, undone by any exception.

        Raises:
            ClockWentBack: ``at`` lies before the journal's last entry. StoreBusy: somebody else writes for too long.
            StoreFull, StoreGone: the database failed; nothing was changed.
        """
        if at.tzinfo is None or not actor.strip() or not ground.strip():
            raise ValueError("a transaction names its actor, its ground and a moment with a time zone")
        with self._begun("write") as connection:
            self._key_holds(connection)
            transaction = Transaction(connection, self.shown, self._keys, writes=True)
            last = transaction.journal.last_at()
            if last is not None and at < last - _TOLERANCE:
                raise ClockWentBack(at=_minute(at), last=_minute(last))
            rows_written(connection).clear()
            yield transaction
            transaction.seal(at=at, actor=actor, ground=ground)
            written = dict(rows_written(connection))
        sweep(self._engine, written)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _begun(self, mode: str) -> Iterator[sa.Connection]:
        self._still_there()
        with translated(self.shown):
            connection = self._engine.connect()
            try:
                connection = connection.execution_options(**{MODE: mode})
                begun = connection.begin()
                try:
                    yield connection
                    end_streams(connection)
                    self._still_there()
                    begun.commit()
                except BaseException:
                    with suppress(Exception):  # the connection may be lost; the database undoes it then
                        end_streams(connection)
                    with suppress(Exception):
                        begun.rollback()
                    raise
            finally:
                with suppress(Exception):
                    connection.close()

    def _keys(self) -> Keys:
        if self._found_keys is None:
            raise KeyMissing
        return self._found_keys

    def _key_holds(self, connection: sa.Connection) -> None:
        """Somebody may have changed the key since the store was opened."""
        if self._found_keys is None:
            return
        with translated(self.shown):
            hold_key(connection, shared=True)
            facts = read_meta(connection)
        if NEXT in facts or facts.get("key_check") != self._found_keys.check(facts["store_id"]):
            raise KeyChanged(url=self.shown)

    def _file_now(self) -> tuple[int, int] | None:
        """Which file stands at the address; SQLite itself would go on writing to one that was removed."""
        if self._address.file is None:
            return None
        try:
            found = self._address.file.stat()
        except OSError as error:
            raise StoreGone(url=self.shown, why=error.strerror or "the file is gone") from error
        return found.st_dev, found.st_ino

    def _still_there(self) -> None:
        if self._file_now() != self._inode:
            raise StoreGone(url=self.shown, why="another file stands in its place")


def open_store(
    address: str,
    *,
    create: bool = False,
    environ: Mapping[str, str] | None = None,
    tell: Callable[[str, str], None] | None = None,
    wait_s: float = _WAIT_S,
) -> Store:
    """The store at an address, brought up to this version's schema.

    address: a file, ``sqlite:///file`` or ``postgresql://…``. create: make it where there is none. environ: where the
    key is looked up. tell: called with (English, Chinese) when something must be known. wait_s: for another writer.

    Raises:
        NoStore, NotAStore, NewerStore, StoreGone, BadAddress, DriverMissing: it cannot be opened.
        KeyMissing, WrongKey, BadKey, KeyExposed: the key of personal data is not right.
    """
    where = read_address(address)
    if where.file is not None and not create and not where.file.is_file():
        raise NoStore(url=where.shown)
    if where.file is not None and create and not where.file.parent.is_dir():
        raise StoreGone(url=where.shown, why=f"the folder {where.file.parent} does not exist")
    engine = connect(where, wait_s=wait_s)
    try:
        keys = load_keys(where.key_file, os.environ if environ is None else environ)
        told = tell or (lambda en, zh: None)
        with translated(where.shown):
            keys = _brought_up(where, engine, keys, create=create, tell=told)
        return Store(where, engine, keys)
    except BaseException:
        engine.dispose()
        raise


def _brought_up(
    where: Address, engine: sa.Engine, keys: Keys | None, *, create: bool, tell: Callable[[str, str], None]
) -> Keys | None:
    """Check or make the schema and the key."""
    with engine.connect() as connection:
        found = version_of(connection, where.shown)
        if found == HEAD:
            return _checked(where, read_meta(connection), keys)
    if found is None and not create:
        raise NoStore(url=where.shown)
    with _writing(engine) as connection:
        found = version_of(connection, where.shown)  # somebody else may have been quicker
        if found != HEAD:
            migrate(connection)
        facts = read_meta(connection)
        if "store_id" in facts:
            return _checked(where, facts, keys)
        if keys is None:
            if where.key_file is None:
                raise KeyMissing
            keys = make_key(where.key_file, tell)
        number = found_store(connection)
        connection.execute(sa.insert(meta), [{"name": "key_check", "value": keys.check(number)}])
        return keys


@contextmanager
def _writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect().execution_options(**_write()) as connection, connection.begin():
        yield connection


def _write() -> dict[str, Any]:
    return {MODE: "write"}


def _checked(where: Address, facts: Mapping[str, str], keys: Keys | None) -> Keys | None:
    if NEXT in facts:
        raise KeyChanging(url=where.shown)
    if keys is not None and keys.check(facts["store_id"]) != facts.get("key_check"):
        raise WrongKey(where=keys.where)
    return keys


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
