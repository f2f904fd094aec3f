"""What a tape tells of its borrowers and stops contact: marks on the person and holds from the day of opening on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from postloan.ledger.marks import Mark, marks, of_flags
from postloan.ledger.store import Writing
from postloan.ledger.store_people import Person
from postloan.ledger.store_records import Hold


def flags_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A borrower's marks: those of the tape's borrowers, and those that its events ask for."""
    stated = row["flags"].split()
    told = [mark.flag for mark, _ in _told(row) if mark.flag not in stated]
    return (*stated, *told)


def _told(row: Mapping[str, Any]) -> Iterator[tuple[Mark, date]]:
    """What the tape's events tell of a borrower, and since when."""
    for mark in marks().values():
        for event in mark.events:
            if (since := row.get(f"{event}_on")) is not None:
                yield mark, since


def stop_contact(
    tx: Writing, rows: Sequence[Mapping[str, Any]], there: Mapping[str, Person], *, on: date, by: str
) -> int:
    """Mark the borrowers of some rows who are there already, and stop contact with whoever is marked; holds placed.

    rows: of ``book_people``. there: of these people, those who were in the store before. on: the day of opening.
    """
    wanted: dict[str, dict[Mark, date]] = {}
    for row in rows:
        since = dict(_told(row))
        found = {mark: since.get(mark, on) for mark in of_flags(flags_of(row))}
        if found:
            wanted[row["borrower_id"]] = found
    if not wanted:
        return 0
    known = {
        (hold.borrower_id, hold.kind) for hold in tx.of(Hold).find(borrower_id=sorted(wanted), loan_id="")
    }  # released ones too: what was decided since is not undone
    holds: list[Hold] = []
    changed: list[Person] = []
    for borrower_id, found in wanted.items():
        new = {mark: since for mark, since in found.items() if (borrower_id, mark.hold) not in known}
        holds += [mark.stop(borrower_id, since, by) for mark, since in new.items()]
        person = there.get(borrower_id)
        missing = [mark.flag for mark in new if person and mark.flag not in person.flags]
        if person and missing:
            changed.append(replace(person, flags=(*person.flags, *missing)))
    if changed:
        tx.of(Person).change_all(changed)
    return tx.of(Hold).add_all(holds) if holds else 0
