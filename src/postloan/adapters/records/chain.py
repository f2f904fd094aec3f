"""The journal in the store: sealed at commit under one lock, read in order, checked without holding it in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.bulk import batches, insert_rows, streamed
from postloan.adapters.records.errors import translated
from postloan.adapters.records.events import Events
from postloan.adapters.records.tables import journal, journal_head
from postloan.kernel.journal import Break, Broken, Entry, Head, Note, Verdict, moment, seal, stamp, verify

SEALED = "ledger.sealed"
"""The entry that seals the events of a transaction."""
_COLUMNS = ("no", "at", "actor", "ground", "action", "subject", "reference", "details", "previous", "hash")
_ENTRY = [journal.c[name] for name in _COLUMNS]


class Journal:
    """The journal; fulfils ``ledger.store.JournalReading``."""

    def __init__(self, connection: sa.Connection, shown: str, events: Events) -> None:
        self._connection = connection
        self._shown = shown
        self._events = events

    def head(self) -> Head:
        """The end of the chain."""
        return self._head(lock=False)[0]

    def last_at(self) -> datetime | None:
        """When the last entry was made; None for an empty journal."""
        return self._head(lock=False)[1]

    def entries(self, *, after: int = 0, subject: str = "", limit: int | None = None) -> Iterator[Entry]:
        """Entries in order, streamed. subject: only those about it."""
        query = sa.select(*_ENTRY).where(journal.c.no > after).order_by(journal.c.no)
        if subject:
            query = query.where(journal.c.subject == subject)
        if limit is not None:
            query = query.limit(limit)
        with translated(self._shown):
            for row in streamed(self._connection, query):
                yield _entry(row)

    def latest(self, limit: int = 50, *, subject: str = "") -> list[Entry]:
        """The last entries, newest first."""
        query = sa.select(*_ENTRY).order_by(journal.c.no.desc()).limit(limit)
        if subject:
            query = query.where(journal.c.subject == subject)
        with translated(self._shown):
            return [_entry(row) for row in self._connection.execute(query)]

    def verify(self, *, known: Head | None = None, events: bool = True) -> Verdict:
        """Check the whole chain; with ``events`` also that the ledger's events are those that were sealed."""
        broken: list[Break] = []
        sealed = 0

        def checked() -> Iterator[Entry]:
            nonlocal sealed
            for entry in self.entries():
                if events and entry.action == SEALED:
                    covers = json.loads(entry.details)
                    if self._events.digest(covers["batch"]) != (covers["events"], covers["sha256"]):
                        broken.append(Break(entry.no, Broken.OTHER_EVENTS))
                    sealed += int(covers["events"])
                yield entry

        verdict = verify(checked(), known=known)
        kept = self.head()
        if kept != verdict.head:
            how = Broken.TRUNCATED if verdict.head.no < kept.no else Broken.OTHER_HEAD
            broken.append(Break(kept.no, how))
        if events and not broken and sealed != self._events.count():
            broken.append(Break(verdict.head.no, Broken.OTHER_EVENTS))
        return Verdict(verdict.entries, verdict.head, (*verdict.breaks, *broken)[:100])

    def append(self, notes: Sequence[Note], *, at: datetime, actor: str, ground: str) -> None:
        """Seal notes at the end of the chain. Everybody else who seals waits until this transaction ends."""
        head, last = self._head(lock=True)
        if last is not None:
            at = max(at, last)  # transactions overlap; the chain's times never go back
        for some in batches(notes):
            rows = []
            for note in some:
                entry = seal(note, at=at, actor=actor, ground=ground, after=head)
                head = Head(entry.no, entry.hash)
                rows.append(_row(entry))
            with translated(self._shown, "journal"):
                insert_rows(self._connection, "journal", _COLUMNS, rows)
        moved = sa.update(journal_head).values(no=head.no, hash=head.hash, at=stamp(at))
        with translated(self._shown, "journal_head"):
            self._connection.execute(moved)

    def _head(self, *, lock: bool) -> tuple[Head, datetime | None]:
        query = sa.select(journal_head.c.no, journal_head.c.hash, journal_head.c.at)
        with translated(self._shown):
            row = self._connection.execute(query.with_for_update() if lock else query).one()
        return Head(row.no, row.hash), moment(row.at) if row.at else None


def _row(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.no, stamp(entry.at), entry.actor, entry.ground, entry.action, entry.subject, entry.reference,
        entry.details, entry.previous, entry.hash,
    )  # fmt: skip


def _entry(row: Sequence[Any]) -> Entry:
    no, at, *texts = row
    return Entry(no, moment(at), *texts)
