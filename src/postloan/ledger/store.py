"""The port to the store: what the night, the morning, approvals and the web ask of it. No I/O here.

    with records.writing(actor="li.na", ground="night of 2026-03-02", at=now) as tx:
        loan = tx.loans.get("L-1")
        booked = Account("L-1", rules, tx.events.of("L-1")).book(command, key=key, value_on=day, booked_on=day)
        tx.events.append([booked.event])
        tx.loans.change(loan.after(state, booked.event.seq))
        tx.note(Note("payments.posted", subject="L-1", details={"amount": 12_300}))

A writing transaction is all or nothing: it is committed at the end of the block, and undone by any exception. One that
changed something without a note is refused: nothing happens that the journal does not know. Notes are sealed at commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from postloan.kernel import Money, Personal, PostloanError
from postloan.kernel.journal import Entry, Head, Note, Verdict
from postloan.ledger.events import Event
from postloan.ledger.store_people import Contact, Person
from postloan.ledger.store_records import Loan

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class NoSuchRecord(PostloanError):
    """There is no {kind} '{key}' in the store.

    Check the number, and that you work on the right database.
    """

    zh = "库中没有 {kind}“{key}”。请核对编号以及所用数据库。"


class AlreadyThere(PostloanError):
    """A {kind} with the same {key} is in the store already; nothing was changed.

    What comes twice counts once; look at what is there.
    """

    zh = "库中已有相同 {key} 的 {kind}，未作任何改动。重复提交只计一次，请查看已有记录。"


class ChangedMeanwhile(PostloanError):
    """The {kind} '{key}' was changed by somebody else meanwhile; nothing was changed.

    Read it again and repeat what you wanted to do.
    """

    zh = "{kind}“{key}”已被他人修改，本次未作任何改动。请重新读取后再操作。"


@dataclass(frozen=True, slots=True)
class Between:
    """A condition: from first to last, both included; None leaves an end open."""

    first: Any = None
    last: Any = None


@dataclass(frozen=True, slots=True)
class Tally:
    """One row of a tally.

    key: values of the fields counted by, in order. count: rows. sums: of the fields summed, in order, as money.
    """

    key: tuple[Any, ...]
    count: int
    sums: tuple[Money, ...]


class Readable(Protocol[R_co]):
    """One kind of record, to be read. Conditions (``where``) name fields; all must hold.

    A condition is a value, a list, tuple or set of values (one of them; may be hundreds of thousands), ``Between``, or
    None (the field is empty). Fields inside balances are written with an underscore: ``owed_principal``.
    """

    def get(self, *key: Any) -> R_co:
        """The record with a key; raises ``NoSuchRecord``."""

    def look(self, *key: Any) -> R_co | None:
        """The record with a key; None if there is none."""

    def find(
        self, *, order: Sequence[str] = (), limit: int | None = None, offset: int = 0, **where: Any
    ) -> Iterator[R_co]:
        """The records that meet the conditions, streamed. order: fields; ``-field`` for descending."""

    def count(self, **where: Any) -> int:
        """How many records meet the conditions."""

    def tally(self, *, by: Sequence[str], sums: Sequence[str] = (), **where: Any) -> list[Tally]:
        """Count and sum the records that meet the conditions by fields, ordered by them."""


class Writable(Readable[R], Protocol[R]):
    """One kind of record, to be read and written inside a transaction."""

    def add(self, record: R) -> R:
        """Add a record; returns it with its number. Raises ``AlreadyThere``."""

    def add_all(self, records: Iterable[R]) -> int:
        """Add many in batches; returns how many. Raises ``AlreadyThere``."""

    def change(self, record: R) -> R:
        """Write a record that was read in the version it has; returns it in the next version.

        Personal fields are left as they are. Raises ``ChangedMeanwhile``, ``NoSuchRecord``.
        """

    def change_all(self, records: Iterable[R], *, only: Sequence[str] = ()) -> int:
        """Write many that were read in the version they have; raises ``ChangedMeanwhile`` if any was changed.

        only: the fields in which they differ from what was read; all if empty.
        """

    def forget(self, **where: Any) -> int:
        """Remove the records that meet the conditions; returns how many. Only what comes and goes: sessions."""


class EventsReading(Protocol):
    """The ledger's events, append-only."""

    def of(self, loan_id: str) -> list[Event]:
        """The history of one loan, in the order of booking; [] if there is none."""

    def of_many(self, loan_ids: Sequence[str]) -> Iterator[tuple[str, list[Event]]]:
        """The histories of many loans, streamed in the order of loan ids; loans without events are left out."""

    def all(self) -> Iterator[tuple[str, list[Event]]]:
        """All histories, streamed in the order of loan ids."""

    def booked(self, loan_id: str, key: str) -> Event | None:
        """The event with an idempotency key; None if there is none."""

    def count(self) -> int:
        """How many events the store holds."""


class EventsWriting(EventsReading, Protocol):
    """The ledger's events, to be appended to."""

    def append(self, events: Iterable[Event]) -> int:
        """Append events; returns how many.

        Raises ``AlreadyThere`` for a key or sequence that the loan has already.
        """


@dataclass(frozen=True, slots=True)
class MaskedPerson:
    """A person as shown to people: every personal field masked. contacts: (kind, masked value, role)."""

    borrower_id: str
    name: str
    id_number: str
    flags: tuple[str, ...]
    erased_on: date | None
    contacts: tuple[tuple[str, str, str], ...] = ()


class PeopleReading(Protocol):
    """People: looked up by blind indexes, shown masked."""

    def masked(self, borrower_id: str) -> MaskedPerson:
        """A person with contacts, masked; raises ``NoSuchRecord``."""

    def masked_many(self, borrower_ids: Sequence[str]) -> dict[str, MaskedPerson]:
        """Many people, masked, without contacts."""

    def named(self, name: Personal[str]) -> tuple[str, ...]:
        """Numbers of the people with exactly this name."""

    def with_id_number(self, number: Personal[str]) -> tuple[str, ...]:
        """Numbers of the people with this identity number (blanks and letter case do not matter)."""

    def with_contact(self, value: Personal[str]) -> tuple[str, ...]:
        """Numbers of the people with this telephone, e-mail or account."""

    def index_of_names(self, names: Iterable[Personal[str]]) -> dict[Personal[str], tuple[str, ...]]:
        """``named`` for many names at once."""


class PeopleWriting(PeopleReading, Protocol):
    """People, to be added, revealed, exported and erased; every clear view is journalled."""

    def add_all(self, people: Iterable[Person], contacts: Iterable[Contact] = ()) -> int:
        """Add people and their contacts in batches; raises ``AlreadyThere``."""

    def correct(self, person: Person) -> Person:
        """Write a person anew, personal fields included; raises ``ChangedMeanwhile``."""

    def reveal(self, borrower_id: str, *, purpose: str) -> Person:
        """A person in clear; the purpose goes into the journal."""

    def reveal_contacts(self, borrower_id: str, *, purpose: str) -> list[Contact]:
        """A person's contacts in clear; the purpose goes into the journal."""

    def export(self, borrower_id: str, *, purpose: str) -> Mapping[str, Any]:
        """All that the store holds about a person, in clear, as JSON values; journalled."""

    def erase(self, borrower_id: str, *, on: date, reason: str) -> int:
        """Blank a person's personal fields for good, payments included; returns how many. Figures stay."""


class JournalReading(Protocol):
    """The journal, append-only and chained."""

    def head(self) -> Head:
        """The end of the chain."""

    def entries(self, *, after: int = 0, subject: str = "", limit: int | None = None) -> Iterator[Entry]:
        """Entries in order, streamed. subject: only those about it."""

    def latest(self, limit: int = 50, *, subject: str = "") -> list[Entry]:
        """The last entries, newest first."""

    def verify(self, *, known: Head | None = None, events: bool = True) -> Verdict:
        """Check the whole chain; with ``events`` also that the ledger's events are those that were sealed."""


class Reading(Protocol):
    """One consistent view of the store."""

    @property
    def loans(self) -> Readable[Loan]:
        """Loans by loan_id."""

    @property
    def events(self) -> EventsReading:
        """The ledger's events."""

    @property
    def journal(self) -> JournalReading:
        """The journal."""

    @property
    def people(self) -> PeopleReading:
        """People."""

    def of(self, kind: type[R]) -> Readable[R]:
        """Any other kind of record: ``tx.of(Suspense).find(state="waiting")``."""


class Writing(Reading, Protocol):
    """One transaction."""

    @property
    def loans(self) -> Writable[Loan]:
        """Loans by loan_id."""

    @property
    def events(self) -> EventsWriting:
        """The ledger's events."""

    @property
    def people(self) -> PeopleWriting:
        """People."""

    def of(self, kind: type[R]) -> Writable[R]:
        """Any other kind of record of ``store_records`` and ``store_people``."""

    def filling(self, *kinds: type[Any]) -> AbstractContextManager[None]:
        """A block in which many records of these kinds are added, such as a whole tape; ``Event`` for events.

        The same as without it, but sooner: where a kind has no record yet, its indexes are made at the end. Nothing of
        these kinds is looked up inside, and an exception undoes the transaction.
        """

    def note(self, note: Note) -> None:
        """Say what is done; sealed into the journal when the transaction is committed."""

    def reveal(self, record: R, *, purpose: str) -> R:
        """A record (an incoming payment) with its personal fields in clear; the purpose goes into the journal."""


class Records(Protocol):
    """The store. Safe to share between threads; each transaction belongs to one."""

    def reading(self) -> AbstractContextManager[Reading]:
        """A consistent view; it waits for nobody."""

    def writing(self, *, actor: str, ground: str, at: datetime) -> AbstractContextManager[Writing]:
        """A transaction.

        actor: user, or the program's name for work nobody clicked. ground: why they may, with the number of a
        permit, file or approval. at: now, with its time zone; never far before the journal's last entry.
        """

    def close(self) -> None:
        """Let go of the database."""
