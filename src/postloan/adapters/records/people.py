"""People in the store: looked up by blind indexes, shown masked, revealed only with a purpose, erased for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.bulk import one_of
from postloan.adapters.records.errors import translated
from postloan.adapters.records.keys import Keys
from postloan.adapters.records.shelf import Shelf
from postloan.adapters.records.tables import TABLES
from postloan.kernel import Money, Personal
from postloan.kernel.journal import Note
from postloan.ledger import store_records as r
from postloan.ledger.store import MaskedPerson
from postloan.ledger.store_people import Contact, Person

_PEOPLE, _CONTACTS, _PAYMENTS = TABLES["people"], TABLES["contacts"], TABLES["incoming_payments"]
_SHOWN = "to be shown masked"
_ABOUT = (r.Loan, r.Promise, r.Plan, r.Hold, r.Closing)
"""Records that name a borrower, for the export of what is held about a person."""


class People:
    """People; fulfils ``ledger.store.PeopleReading`` and ``PeopleWriting``."""

    def __init__(
        self,
        connection: sa.Connection,
        shown: str,
        keys: Callable[[], Keys],
        shelf: Callable[[type[Any]], Shelf[Any]],
        note: Callable[[Note], None],
    ) -> None:
        """Look at people.

        shelf: gives the records of a kind. note: takes what must stand in the journal.
        """
        self._connection = connection
        self._shown = shown
        self._keys = keys
        self._shelf = shelf
        self._note = note

    def masked(self, borrower_id: str) -> MaskedPerson:
        """A person with contacts, masked; raises ``NoSuchRecord``."""
        person = _masked(self._shelf(Person).get(borrower_id))
        contacts = self._shelf(Contact).find(borrower_id=borrower_id, order=("number",))
        return replace(person, contacts=tuple((c.kind, c.value.reveal(_SHOWN), c.role) for c in contacts))

    def masked_many(self, borrower_ids: Sequence[str]) -> dict[str, MaskedPerson]:
        """Many people, masked, without contacts."""
        found = self._shelf(Person).find(borrower_id=list(borrower_ids))
        return {person.borrower_id: _masked(person) for person in found}

    def named(self, name: Personal[str]) -> tuple[str, ...]:
        """Numbers of the people with exactly this name."""
        return self._blindly(_PEOPLE, "name", name, "name")

    def with_id_number(self, number: Personal[str]) -> tuple[str, ...]:
        """Numbers of the people with this identity number."""
        return self._blindly(_PEOPLE, "id_number", number, "id_number")

    def with_contact(self, value: Personal[str]) -> tuple[str, ...]:
        """Numbers of the people with this telephone, e-mail or account."""
        return self._blindly(_CONTACTS, "value", value, "contact")

    def index_of_names(self, names: Iterable[Personal[str]]) -> dict[Personal[str], tuple[str, ...]]:
        """``named`` for many names at once."""
        blind = {name: self._keys().blind(name, "name") for name in names}
        wanted = sorted({value for value in blind.values() if value is not None})
        found: dict[bytes, list[str]] = {}
        column = _PEOPLE.c.name_blind
        for at in range(0, len(wanted), 500):
            query = sa.select(column, _PEOPLE.c.borrower_id).where(column.in_(wanted[at : at + 500]))
            with translated(self._shown):
                for value, borrower_id in self._connection.execute(query.order_by(_PEOPLE.c.borrower_id)):
                    found.setdefault(bytes(value), []).append(borrower_id)
        return {name: tuple(found.get(value, ())) if value else () for name, value in blind.items()}

    def _blindly(self, table: sa.Table, field: str, value: Personal[str], index: str) -> tuple[str, ...]:
        blind = self._keys().blind(value, index)
        if blind is None:
            return ()
        query = sa.select(table.c.borrower_id).where(table.c[field + "_blind"] == blind).distinct()
        with translated(self._shown):
            return tuple(self._connection.execute(query.order_by(table.c.borrower_id)).scalars())

    def add_all(self, people: Iterable[Person], contacts: Iterable[Contact] = ()) -> int:
        """Add people and their contacts in batches; returns how many people. Raises ``AlreadyThere``."""
        count = self._shelf(Person).add_all(people)
        self._shelf(Contact).add_all(contacts)
        return count

    def correct(self, person: Person) -> Person:
        """Write a person anew, personal fields included; raises ``ChangedMeanwhile``."""
        written: Person = self._shelf(Person).overwrite(person)
        return written

    def reveal(self, borrower_id: str, *, purpose: str) -> Person:
        """A person in clear; the purpose goes into the journal."""
        person: Person = self._shelf(Person).in_clear(borrower_id)
        self._viewed("person.revealed", borrower_id, purpose)
        return person

    def reveal_contacts(self, borrower_id: str, *, purpose: str) -> list[Contact]:
        """A person's contacts in clear; the purpose goes into the journal."""
        found: list[Contact] = self._shelf(Contact).all_in_clear(borrower_id=borrower_id)
        self._viewed("contacts.revealed", borrower_id, purpose)
        return found

    def export(self, borrower_id: str, *, purpose: str) -> Mapping[str, Any]:
        """All that the store holds about a person, in clear, as JSON values; journalled."""
        person = self._shelf(Person).in_clear(borrower_id)
        held: dict[str, Any] = {"person": _plain(person)}
        held["contacts"] = [_plain(one) for one in self._shelf(Contact).all_in_clear(borrower_id=borrower_id)]
        for kind in _ABOUT:
            found = self._shelf(kind).find(borrower_id=borrower_id)
            held[_HELD[kind]] = [_plain(one) for one in found]
        loans = [loan["loan_id"] for loan in held["loans"]]
        payments = self._shelf(r.IncomingPayment).all_in_clear(loan_id=loans)
        held["incoming_payments"] = [_plain(one) for one in payments]
        self._viewed("person.exported", borrower_id, purpose)
        return held

    def erase(self, borrower_id: str, *, on: date, reason: str) -> int:
        """Blank a person's personal fields for good, payments included; returns how many. Figures stay."""
        person: Person = self._shelf(Person).get(borrower_id)
        loans = [loan.loan_id for loan in self._shelf(r.Loan).find(borrower_id=borrower_id)]
        waiting = self._unassigned(borrower_id, set(loans))
        blanked = self._blank(_PEOPLE, _PEOPLE.c.borrower_id == borrower_id)
        blanked += self._blank(_CONTACTS, _CONTACTS.c.borrower_id == borrower_id)
        blanked += self._blank(_PAYMENTS, one_of(_PAYMENTS.c.loan_id, loans, self._connection))
        blanked += self._blank(_PAYMENTS, one_of(_PAYMENTS.c.number, waiting, self._connection))
        self._shelf(Person).change(replace(person, erased_on=on, flags=()))
        details = {"reason": reason, "fields": blanked}
        self._note(Note("person.erased", subject=borrower_id, details=details))
        return blanked

    def _unassigned(self, borrower_id: str, loans: set[str]) -> list[int]:
        """Payments on no loan that are this person's.

        They came from their account, in their name where nobody shares it, or may be for their loans and nobody else's.
        """
        free = sa.select(_PAYMENTS.c.number).where(_PAYMENTS.c.loan_id == "")
        own = sa.select(_CONTACTS.c.value_blind).where(_CONTACTS.c.borrower_id == borrower_id)
        name = sa.select(_PEOPLE.c.name_blind).where(_PEOPLE.c.borrower_id == borrower_id)
        others = sa.select(_PEOPLE.c.name_blind).where(
            _PEOPLE.c.borrower_id != borrower_id, _PEOPLE.c.name_blind.is_not(None)
        )
        by_account = free.where(_PAYMENTS.c.account_blind.in_(own))
        by_name = free.where(_PAYMENTS.c.payer_blind.in_(name), _PAYMENTS.c.payer_blind.not_in(others))
        with translated(self._shown):
            found = {row[0] for query in (by_account, by_name) for row in self._connection.execute(query)}
        for held in self._shelf(r.Suspense).find(state=r.SuspenseState.WAITING):
            candidates = {one.get("loan_id") for one in held.candidates}
            if candidates and candidates <= loans:
                found.add(held.payment)
        return sorted(found)

    def _blank(self, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
        """Empty the encrypted columns of some rows; returns how many values there were."""
        sealed = [column for column in table.c if isinstance(column.type, sa.LargeBinary)]
        plain = [column for column in sealed if not column.name.endswith("_blind")]
        held = sum((sa.func.count(column) for column in plain), sa.literal(0))
        with translated(self._shown):
            count = int(
                self._connection.execute(sa.select(held).select_from(table).where(where)).scalar_one()
            )
            empty = {column.name: None for column in sealed}
            self._connection.execute(sa.update(table).where(where).values(empty))
        return count

    def _viewed(self, action: str, borrower_id: str, purpose: str) -> None:
        if not purpose.strip():
            raise ValueError("personal data is revealed only for a stated purpose")
        self._note(Note(action, subject=borrower_id, details={"purpose": purpose}))


_HELD = {
    r.Loan: "loans", r.Promise: "promises", r.Plan: "plans", r.Hold: "holds", r.Closing: "closings",
}  # fmt: skip


def _masked(person: Person) -> MaskedPerson:
    return MaskedPerson(
        person.borrower_id,
        person.name.reveal(_SHOWN),
        person.id_number.reveal(_SHOWN),
        person.flags,
        person.erased_on,
    )


def _plain(record: Any) -> dict[str, Any]:
    """A record as JSON values, personal fields in clear: for the person's own export."""
    return {name: _value(getattr(record, name)) for name in record.__dataclass_fields__}


def _value(value: Any) -> Any:
    match value:
        case Personal():
            return value.reveal("export of a person's own data")
        case Money():
            return str(value.as_yuan)
        case None | bool() | int() | str():
            return value
        case tuple() | list():
            return [_value(one) for one in value]
        case Mapping():
            return {key: _value(one) for key, one in value.items()}
        case date():
            return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return {name: _value(getattr(value, name)) for name in value.__dataclass_fields__}
    return str(value)
