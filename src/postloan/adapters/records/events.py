"""The ledger's events in the store: appended, read, and sealed by a digest in the journal."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from operator import itemgetter, lt
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.bulk import batches, insert_rows, is_postgres, one_of, streamed
from postloan.adapters.records.codec import day_text
from postloan.adapters.records.errors import translated
from postloan.adapters.records.tables import events
from postloan.ledger.event_json import NAMES, SCHEMA, dump, load
from postloan.ledger.events import Event

_LISTED = 10_000
_COLUMNS = (
    "loan_id", "seq", "key", "value_on", "booked_on", "name", "schema", "body", "rule_book", "grade", "batch",
)  # fmt: skip
_SEALED = [events.c[name] for name in _COLUMNS[:-1]]


class Events:
    """The events of all loans; fulfils ``ledger.store.EventsReading`` and ``EventsWriting``."""

    def __init__(
        self, connection: sa.Connection, shown: str, touch: Callable[[bool], None], batch: Callable[[], str]
    ) -> None:
        """Look at the events.

        touch: told of every change. batch: gives the number of the transaction that events are sealed with.
        """
        self._connection = connection
        self._shown = shown
        self._touch = touch
        self._batch = batch
        self._digest = hashlib.sha256()
        self._appended = 0
        self._last: tuple[str, int] = ("", 0)
        self._in_order = True

    def of(self, loan_id: str) -> list[Event]:
        """The history of one loan, in the order of booking; [] if there is none."""
        query = sa.select(*_SEALED).where(events.c.loan_id == loan_id).order_by(events.c.seq)
        with translated(self._shown):
            return [_event(row) for row in self._connection.execute(query)]

    def of_many(self, loan_ids: Sequence[str]) -> Iterator[tuple[str, list[Event]]]:
        """The histories of many loans, streamed in the order of loan ids; loans without events are left out."""
        wanted = sorted(set(loan_ids))
        for at in range(0, len(wanted), _LISTED):
            yield from self._histories(one_of(events.c.loan_id, wanted[at : at + _LISTED], self._connection))

    def all(self) -> Iterator[tuple[str, list[Event]]]:
        """All histories, streamed in the order of loan ids."""
        yield from self._histories(sa.true())

    def _histories(self, condition: sa.ColumnElement[bool]) -> Iterator[tuple[str, list[Event]]]:
        query = sa.select(*_SEALED).where(condition).order_by(events.c.loan_id, events.c.seq)
        with translated(self._shown):
            rows = streamed(self._connection, query)
            for loan_id, history in itertools.groupby(rows, key=lambda row: str(row[0])):
                yield loan_id, [_event(row) for row in history]

    def booked(self, loan_id: str, key: str) -> Event | None:
        """The event with an idempotency key; None if there is none."""
        query = sa.select(*_SEALED).where(events.c.loan_id == loan_id, events.c.key == key)
        with translated(self._shown):
            row = self._connection.execute(query).first()
        return None if row is None else _event(row)

    def count(self) -> int:
        """How many events the store holds."""
        with translated(self._shown):
            return int(self._connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one())

    def append(self, new: Iterable[Event]) -> int:
        """Append events; returns how many. Raises ``AlreadyThere`` for a key or sequence that the loan has already."""
        self._touch(True)
        days: Callable[[date], Any] = _as_is if is_postgres(self._connection) else day_text
        batch = self._batch()
        count = 0
        for some in batches(new):
            rows = [
                (
                    one.loan_id, one.seq, one.key, days(one.value_on), days(one.booked_on),
                    NAMES[type(one.what)], SCHEMA, dump(one.what), one.rule_book, one.grade, batch,
                )
                for one in some
            ]  # fmt: skip
            with translated(self._shown, "events", "loan and idempotency key"):
                insert_rows(self._connection, "events", _COLUMNS, rows)
            self._count_in(rows)
            count += len(rows)
        return count

    def _count_in(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take rows into the digest of the batch while they are at hand, as long as they come in its order."""
        places = [self._last, *map(itemgetter(0, 1), rows)]
        self._in_order = self._in_order and all(map(lt, places, places[1:]))
        if self._in_order:
            self._digest.update("".join([_line(row[:-1]) + "\n" for row in rows]).encode())
        self._last = places[-1]
        self._appended += len(rows)

    def sealed(self, batch: str) -> tuple[int, str]:
        """``digest`` of what this transaction appended: known already where it came in order."""
        return (self._appended, self._digest.hexdigest()) if self._in_order else self.digest(batch)

    def digest(self, batch: str) -> tuple[int, str]:
        """How many events a transaction appended, and SHA-256 over them as they stand in the store."""
        query = sa.select(*_SEALED).where(events.c.batch == batch).order_by(events.c.loan_id, events.c.seq)
        digest = hashlib.sha256()
        count = 0
        with translated(self._shown):
            for row in streamed(self._connection, query):
                digest.update(_line(row).encode() + b"\n")
                count += 1
        return count, digest.hexdigest()


def _line(row: Sequence[Any]) -> str:
    """An event as the digest counts it; the same text as ``canonical`` would give."""
    loan_id, seq, key, value_on, booked_on, *rest = row
    return _JSON([loan_id, seq, key, _day(value_on), _day(booked_on), *rest])


def _day(day: date | str) -> str | None:
    return day if isinstance(day, str) else day_text(day)


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _as_is(day: date) -> Any:
    return day


def _event(row: Sequence[Any]) -> Event:
    loan_id, seq, key, value_on, booked_on, name, schema, body, rule_book, grade = row
    return Event(loan_id, seq, key, value_on, booked_on, load(name, body, schema), rule_book, grade)
