"""One kind of record in the store, read and written inside a transaction; the same code for every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from postloan.adapters.records.bulk import batches, insert_rows, one_of, streamed, update_rows
from postloan.adapters.records.codec import Codec
from postloan.adapters.records.errors import translated
from postloan.adapters.records.tables import TABLES
from postloan.kernel import Money
from postloan.ledger.store import Between, ChangedMeanwhile, NoSuchRecord, Tally

R = TypeVar("R")
_LISTED = 10_000  # values of one condition asked for at once


class Shelf(Generic[R]):
    """The records of one kind; fulfils ``ledger.store.Readable`` and, in a writing transaction, ``Writable``."""

    def __init__(
        self, codec: Codec, connection: sa.Connection, shown: str, touch: Callable[[bool], None]
    ) -> None:
        """Look at one table.

        touch: told of every change, with whether it needs a note in the journal; refuses where only reading is allowed.
        """
        self._codec = codec
        self._connection = connection
        self._shown = shown
        self._touch = touch
        self._table = TABLES[codec.kind.table]
        self._columns = [self._table.c[name] for name in codec.columns]

    def get(self, *key: Any) -> R:
        """The record with a key; raises ``NoSuchRecord``."""
        found = self.look(*key)
        if found is None:
            raise NoSuchRecord(kind=self._codec.kind.record.__name__, key=", ".join(map(str, key)))
        return found

    def look(self, *key: Any) -> R | None:
        """The record with a key; None if there is none."""
        where = dict(zip(self._codec.kind.key, key, strict=True))
        return next(self.find(limit=1, **where), None)

    def find(
        self, *, order: Sequence[str] = (), limit: int | None = None, offset: int = 0, **where: Any
    ) -> Iterator[R]:
        """The records that meet the conditions, streamed."""
        yield from self._find(order, limit, offset, where, clear=False)

    def _find(
        self, order: Sequence[str], limit: int | None, offset: int, where: dict[str, Any], *, clear: bool
    ) -> Iterator[R]:
        parts = [where]
        for name, wanted in where.items():
            if isinstance(wanted, list | tuple | set | frozenset) and len(wanted) > _LISTED and not order:
                listed = sorted(wanted)
                chunks = [listed[at : at + _LISTED] for at in range(0, len(listed), _LISTED)]
                parts = [{**where, name: chunk} for chunk in chunks]
                break
        for part in parts:
            query = sa.select(*self._columns).where(*self._conditions(part))
            query = query.order_by(*(self._ordered(name) for name in order))
            if limit is not None:
                query = query.limit(limit)
            if offset:
                query = query.offset(offset)
            with translated(self._shown):
                whole = limit is None
                rows = streamed(self._connection, query) if whole else self._connection.execute(query)
                for row in rows:
                    yield self._codec.record(row, clear=clear)

    def in_clear(self, *key: Any) -> R:
        """The record with a key, personal fields in clear; only for ``reveal``, which journals it."""
        where = dict(zip(self._codec.kind.key, key, strict=True))
        found = next(self._find((), 1, 0, where, clear=True), None)
        if found is None:
            raise NoSuchRecord(kind=self._codec.kind.record.__name__, key=", ".join(map(str, key)))
        return found

    def all_in_clear(self, **where: Any) -> list[R]:
        """The records that meet the conditions, personal fields in clear; only for what journals it."""
        return list(self._find((), None, 0, where, clear=True))

    def count(self, **where: Any) -> int:
        """How many records meet the conditions."""
        query = sa.select(sa.func.count()).select_from(self._table).where(*self._conditions(where))
        with translated(self._shown):
            return int(self._connection.execute(query).scalar_one())

    def tally(self, *, by: Sequence[str], sums: Sequence[str] = (), **where: Any) -> list[Tally]:
        """Count and sum the records that meet the conditions by fields, ordered by them."""
        keys = [self._column(name) for name in by]
        totals = [sa.func.coalesce(sa.func.sum(self._column(name)), 0) for name in sums]
        query = sa.select(*keys, sa.func.count(), *totals).where(*self._conditions(where))
        query = query.select_from(self._table).group_by(*keys).order_by(*keys)
        with translated(self._shown):
            rows = self._connection.execute(query).all()
        width = len(by)
        read = self._codec.read
        return [
            Tally(
                tuple(read(name, value) for name, value in zip(by, row[:width], strict=True)),
                int(row[width]),
                tuple(Money(int(fen)) for fen in row[width + 1 :]),
            )
            for row in rows
        ]

    def add(self, record: R) -> R:
        """Add a record; returns it with its number. Raises ``AlreadyThere``."""
        self._touch(self._codec.kind.journalled)
        columns, row = self._codec.columns, self._codec.row(record)
        numbered = self._numbered(record)
        given = [
            (name, value) for name, value in zip(columns, row, strict=True) if numbered or name != "number"
        ]
        with translated(self._shown, self._codec.kind.table, ", ".join(map(str, self._codec.key(record)))):
            if numbered:
                insert_rows(self._connection, self._table.name, columns, [row])
                return record
            typed = {name: self._typed(name, value) for name, value in given}
            done = self._connection.execute(sa.insert(self._table).values(typed))
            (number,) = done.inserted_primary_key or (0,)
            return replace(record, number=number)  # type: ignore[type-var]

    def add_all(self, records: Iterable[R]) -> int:
        """Add many in batches; returns how many. Raises ``AlreadyThere``."""
        self._touch(self._codec.kind.journalled)
        count = 0
        for batch in batches(records):
            numbered = self._codec.rows([record for record in batch if self._numbered(record)])
            rest = self._codec.rows([record for record in batch if not self._numbered(record)])
            with translated(self._shown, self._codec.kind.table):
                if numbered:
                    insert_rows(self._connection, self._table.name, self._codec.columns, numbered)
                if rest:
                    at = self._codec.columns.index("number")
                    columns = self._codec.columns[:at] + self._codec.columns[at + 1 :]
                    rows = [row[:at] + row[at + 1 :] for row in rest]
                    insert_rows(self._connection, self._table.name, columns, rows)
            count += len(batch)
        return count

    def change(self, record: R) -> R:
        """Write a record that was read in the version it has; returns it in the next version."""
        self.change_all([record])
        version: int = record.version  # type: ignore[attr-defined]
        return replace(record, version=version + 1)  # type: ignore[type-var]

    def change_all(self, records: Iterable[R], *, only: Sequence[str] = ()) -> int:
        """Write many that were read in the version they have; raises ``ChangedMeanwhile`` if any was changed."""
        self._touch(self._codec.kind.journalled)
        kind = self._codec.kind
        wanted = {*only, *kind.key, "version"} if only else {field.name for field in self._codec.fields}
        wanted -= set(kind.fixed)
        taken = {
            column
            for field in self._codec.fields
            if field.name in wanted and not field.personal
            for column, _ in field.columns
        }
        kept = [at for at, name in enumerate(self._codec.columns) if name in taken]
        columns = [self._codec.columns[at] for at in kept]
        pick = itemgetter(*kept)
        count = 0
        for batch in batches(records):
            rows = list(map(pick, self._codec.rows(batch, seal=False)))
            with translated(self._shown, self._codec.kind.table):
                done = update_rows(self._connection, self._table.name, columns, self._codec.kind.key, rows)
            if done != len(batch):
                raise self._stale(batch)
            count += done
        return count

    def forget(self, **where: Any) -> int:
        """Remove the records that meet the conditions; only of a kind that the journal does not follow."""
        if self._codec.kind.journalled or not where:
            raise TypeError(f"{self._codec.kind.record.__name__} is kept")
        self._touch(False)
        with translated(self._shown):
            done = self._connection.execute(sa.delete(self._table).where(*self._conditions(where)))
        return int(done.rowcount)

    def overwrite(self, record: R) -> R:
        """Write a record with its personal fields, from the version it has."""
        self._touch(self._codec.kind.journalled)
        with translated(self._shown, self._codec.kind.table):
            done = update_rows(
                self._connection,
                self._table.name,
                self._codec.columns,
                self._codec.kind.key,
                [self._codec.row(record)],
            )
        if done != 1:
            raise self._stale([record])
        version: int = record.version  # type: ignore[attr-defined]
        return replace(record, version=version + 1)  # type: ignore[type-var]

    def _stale(self, batch: Sequence[R]) -> Exception:
        """Which of the records was changed meanwhile, or is not there."""
        for record in batch:
            key = self._codec.key(record)
            there = self.look(*key)
            shown = ", ".join(map(str, key))
            if there is None:
                return NoSuchRecord(kind=self._codec.kind.record.__name__, key=shown)
            if there.version != record.version + 1:  # type: ignore[attr-defined]
                return ChangedMeanwhile(kind=self._codec.kind.record.__name__, key=shown)
        shown = ", ".join(map(str, self._codec.key(batch[0])))
        return ChangedMeanwhile(kind=self._codec.kind.record.__name__, key=shown)

    def _numbered(self, record: R) -> bool:
        return self._codec.kind.key != ("number",) or record.number != 0  # type: ignore[attr-defined]

    def _typed(self, name: str, value: Any) -> Any:
        """A driver's value as SQLAlchemy wants it (days as days)."""
        if isinstance(self._table.c[name].type, sa.Date) and isinstance(value, str):
            from datetime import date

            return date.fromisoformat(value)
        return value

    def _column(self, name: str) -> sa.Column[Any]:
        try:
            return self._table.c[name]
        except KeyError:
            raise TypeError(f"{self._codec.kind.record.__name__} has no field {name}") from None

    def _ordered(self, name: str) -> sa.ColumnElement[Any]:
        column = self._column(name.removeprefix("-"))
        return column.desc() if name.startswith("-") else column.asc()

    def _conditions(self, where: dict[str, Any]) -> Iterator[sa.ColumnElement[bool]]:
        for name, wanted in where.items():
            column, written = self._column(name), self._codec.written
            match wanted:
                case None:
                    yield column.is_(None)
                case Between(first=first, last=last):
                    if first is not None:
                        yield column >= written(name, first)
                    if last is not None:
                        yield column <= written(name, last)
                    if first is None and last is None:
                        yield column.is_not(None)
                case list() | tuple() | set() | frozenset():
                    yield one_of(column, [written(name, value) for value in wanted], self._connection)
                case _:
                    yield column == written(name, wanted)
