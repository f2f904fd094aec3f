"""One transaction on the store: its records, its events, its notes, and how it ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from postloan.adapters.records.bulk import is_postgres
from postloan.adapters.records.chain import SEALED, Journal
from postloan.adapters.records.codec import Codec
from postloan.adapters.records.events import Events
from postloan.adapters.records.filling import filled_at_once
from postloan.adapters.records.keys import Keys
from postloan.adapters.records.kinds import BY_RECORD
from postloan.adapters.records.people import People
from postloan.adapters.records.shelf import Shelf
from postloan.adapters.records.tables import TABLES, events
from postloan.kernel import Fault
from postloan.kernel.journal import Note
from postloan.ledger.events import Event
from postloan.ledger.store_records import Loan

R = TypeVar("R")


class Transaction:
    """What is read and written together; fulfils ``ledger.store.Reading`` and ``Writing``."""

    def __init__(
        self, connection: sa.Connection, shown: str, keys: Callable[[], Keys], *, writes: bool
    ) -> None:
        """Work on a connection whose transaction has begun."""
        self._connection = connection
        self._shown = shown
        self._keys = keys
        self._writes = writes
        self._notes: list[Note] = []
        self._changed = False
        self._appended = ""
        self._filling = False
        self._shelves: dict[type[Any], Shelf[Any]] = {}
        self.loans: Shelf[Loan] = self.of(Loan)
        self.events = Events(connection, shown, self._touch, self._batch)
        self.journal = Journal(connection, shown, self.events)
        self.people = People(connection, shown, keys, self.of, self._view)

    def of(self, kind: type[R]) -> Shelf[R]:
        """The records of a kind."""
        if kind not in self._shelves:
            days_as_text = not is_postgres(self._connection)
            codec = Codec(BY_RECORD[kind], self._keys, days_as_text=days_as_text)
            self._shelves[kind] = Shelf(codec, self._connection, self._shown, self._touch)
        return self._shelves[kind]

    @contextmanager
    def filling(self, *kinds: type[Any]) -> Iterator[None]:
        """Many records of these kinds are added: indexes of tables that are empty are made at the end of the block."""
        self._touch(False)
        self._filling = True
        tables = [events if kind is Event else TABLES[BY_RECORD[kind].table] for kind in kinds]
        with filled_at_once(self._connection, tables, self._shown):
            yield
        self._filling = False

    def note(self, note: Note) -> None:
        """Say what is done; sealed into the journal when the transaction is committed."""
        self._touch(False)
        self._notes.append(note)

    def reveal(self, record: R, *, purpose: str) -> R:
        """A record with its personal fields in clear; the purpose goes into the journal."""
        if not purpose.strip():
            raise ValueError("personal data is revealed only for a stated purpose")
        kind = BY_RECORD[type(record)]
        key = tuple(getattr(record, name) for name in kind.key)
        self.note(
            Note(f"{kind.table}.revealed", subject=":".join(map(str, key)), details={"purpose": purpose})
        )
        return self.of(type(record)).in_clear(*key)

    def seal(self, *, at: datetime, actor: str, ground: str) -> None:
        """Write the notes into the journal, with the digest of the events appended; the last thing before commit."""
        if self._filling:
            raise Fault(what="tables were filled, but not to the end")
        if self._changed and not self._notes:
            raise Fault(what="records were changed without a note for the journal")
        notes = list(self._notes)
        if self._appended:
            count, digest = self.events.sealed(self._appended)
            if count:
                details = {"batch": self._appended, "events": count, "sha256": digest}
                notes.append(Note(SEALED, details=details))
        if notes:
            self.journal.append(notes, at=at, actor=actor, ground=ground)

    def _view(self, note: Note) -> None:
        self.note(note)

    def _touch(self, needs_note: bool) -> None:
        if not self._writes:
            raise TypeError("this transaction only reads; ask for records.writing(…)")
        self._changed = self._changed or needs_note

    def _batch(self) -> str:
        if not self._appended:
            self._appended = secrets.token_hex(8)
        return self._appended
