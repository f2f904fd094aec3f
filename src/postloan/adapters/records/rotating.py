"""A new key for personal data: everything encrypted anew, a chunk at a time, and gone on with after a kill.

Each chunk is one transaction that also says how far it came. Until the last one the store opens for nobody else, so
that no value is ever read or written under the wrong key. A program that ran all the while notices at its next write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.bulk import is_postgres, quoted
from postloan.adapters.records.chain import Journal
from postloan.adapters.records.codec import BLIND, Codec
from postloan.adapters.records.connecting import MODE, Address, connect, read_address
from postloan.adapters.records.errors import NoStore, translated
from postloan.adapters.records.events import Events
from postloan.adapters.records.keys import (
    KEY,
    KEY_FILE,
    KeyMissing,
    Keys,
    NewKeyFileNeeded,
    WrongKey,
    load_keys,
    make_key,
    read_key,
)
from postloan.adapters.records.kinds import KINDS, Kind
from postloan.adapters.records.migrating import migrate, read_meta, version_of
from postloan.adapters.records.tables import TABLES, meta
from postloan.kernel.journal import Note

NEXT = "next_key_check"
"""What the store says of the key that it is being changed to; absent where it is not."""
_REACHED = "rekeyed_"
_WRITES: dict[str, Any] = {MODE: "write"}
CHUNK = 5_000
_SEALED = tuple(kind for kind in KINDS if kind.masks)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What changing the key came to. rows: encrypted anew by this call. again: the new key held already."""

    rows: int
    again: bool


def rotate_key(
    address: str,
    new_file: Path | None,
    *,
    actor: str,
    at: datetime,
    environ: Mapping[str, str],
    tell: Callable[[str, str], None],
    wait_s: float = 60.0,
    chunk: int = CHUNK,
) -> Rotated:
    """Encrypt all personal data of a store under a new key; started again after a kill, it goes on where it stopped.

    new_file: holds the new key; made if it is not there. None for a file beside a SQLite store, which then takes the
    place of the old one; the old one is kept as ``.old``, as copies of the database need it.

    Raises:
        KeyMissing, WrongKey, BadKey, KeyExposed: a key is not right. NoStore, StoreGone: it cannot be opened.
    """
    where = read_address(address)
    if where.file is not None and not where.file.is_file():
        raise NoStore(url=where.shown)
    path = new_file or _beside(where, environ)
    new = read_key(path) if path.exists() else make_key(path, tell)
    engine = connect(where, wait_s=wait_s)
    try:
        with translated(where.shown):
            done = _Rotation(where, engine, new, load_keys(where.key_file, environ)).run(actor, at, chunk)
    finally:
        engine.dispose()
    if new_file is None and where.key_file is not None:
        _put_in_place(path, where.key_file)
    return done


def hold_key(connection: sa.Connection, *, shared: bool) -> None:
    """Let nobody change the key before this transaction ends; not shared: wait for all who write under it.

    Needed on PostgreSQL alone; on SQLite only one writes at a time.
    """
    row = sa.select(meta.c.value).where(meta.c.name == "key_check")
    connection.execute(row.with_for_update(read=shared)).all()


def _beside(where: Address, environ: Mapping[str, str]) -> Path:
    if where.key_file is None or any(environ.get(name, "").strip() for name in (KEY, KEY_FILE)):
        raise NewKeyFileNeeded
    return where.key_file.with_name(where.key_file.name + ".next")


def _put_in_place(path: Path, key_file: Path) -> None:
    """Let the new key file take the place of the old one; a kill between the two steps is mended by the next call."""
    if key_file.exists():
        key_file.replace(key_file.with_name(key_file.name + ".old"))
    path.replace(key_file)


class _Rotation:
    """One change of key, from wherever it stands."""

    def __init__(self, where: Address, engine: sa.Engine, new: Keys, old: Keys | None) -> None:
        self.shown = where.shown
        self.engine = engine
        self.new = new
        self.old = old

    def run(self, actor: str, at: datetime, chunk: int) -> Rotated:
        """Begin or go on, chunk by chunk, and end."""
        with self._transaction() as connection:
            if version_of(connection, self.shown) is None:
                raise NoStore(url=self.shown)
            migrate(connection)
            hold_key(connection, shared=False)
            facts = read_meta(connection)
            store = facts["store_id"]
            if facts.get("key_check") == self.new.check(store):
                return Rotated(0, again=True)
            if self.old is None:
                raise KeyMissing
            if facts.get("key_check") != self.old.check(store):
                raise WrongKey(where=self.old.where)
            if facts.get(NEXT, self.new.check(store)) != self.new.check(store):
                raise WrongKey(where=self.new.where)
            if NEXT not in facts:
                _write(connection, NEXT, self.new.check(store))
                self._note(connection, Note("key.change_begun", subject=store), actor, at)
        rows = 0
        for kind in _SEALED:
            while count := self._chunk(kind, chunk):
                rows += count
        with self._transaction() as connection:
            _write(connection, "key_check", self.new.check(store))
            names = [NEXT, *(_REACHED + kind.table for kind in _SEALED)]
            connection.execute(sa.delete(meta).where(meta.c.name.in_(names)))
            self._note(connection, Note("key.changed", subject=store, details={"rows": rows}), actor, at)
        return Rotated(rows, again=False)

    def _chunk(self, kind: Kind, size: int) -> int:
        """Encrypt some rows anew; how many. Where it came to is written in the same transaction."""
        table = TABLES[kind.table]
        (key,) = kind.key
        with self._transaction() as connection:
            text = not is_postgres(connection)
            before = Codec(kind, lambda: _some(self.old), days_as_text=text)
            after = Codec(kind, lambda: self.new, days_as_text=text)
            reached = read_meta(connection).get(_REACHED + kind.table)
            query = sa.select(*(table.c[name] for name in before.columns)).order_by(table.c[key]).limit(size)
            if reached is not None:
                query = query.where(table.c[key] > (int(reached) if key == "number" else reached))
            rows = connection.execute(query).all()
            if not rows:
                return 0
            sealed = [
                name
                for name in before.columns
                if name in kind.masks or name.removesuffix(BLIND) in kind.blind
            ]
            places = [before.columns.index(name) for name in (*sealed, key)]
            renewed = []
            for row in rows:
                made = after.row(before.record(row, clear=True))
                renewed.append(tuple(made[place] for place in places))
            self._update(connection, kind.table, sealed, key, renewed)
            _write(connection, _REACHED + kind.table, str(renewed[-1][-1]))
            return len(rows)

    def _update(
        self, connection: sa.Connection, table: str, columns: Sequence[str], key: str, rows: list[tuple[Any, ...]]
    ) -> None:  # fmt: skip
        mark = "%s" if is_postgres(connection) else "?"
        sets = ", ".join(f"{name} = {mark}" for name in quoted(connection, columns))
        (keyed,) = quoted(connection, [key])
        connection.exec_driver_sql(f"UPDATE {table} SET {sets} WHERE {keyed} = {mark}", rows)

    def _note(self, connection: sa.Connection, note: Note, actor: str, at: datetime) -> None:
        events = Events(connection, self.shown, lambda _: None, lambda: "")
        Journal(connection, self.shown, events).append([note], at=at, actor=actor, ground="rotation of keys")

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with self.engine.connect().execution_options(**_WRITES) as connection, connection.begin():
            yield connection


def _write(connection: sa.Connection, name: str, value: str) -> None:
    connection.execute(sa.delete(meta).where(meta.c.name == name))
    connection.execute(sa.insert(meta), [{"name": name, "value": value}])


def _some(keys: Keys | None) -> Keys:
    if keys is None:
        raise KeyMissing
    return keys
