"""What is known of where people may be reached, as arrays: address records, places made of them, letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

UNKNOWN_DAY = -(1 << 30)
"""A day that nobody wrote down."""

SOURCES = (
    "contract_service", "id_card", "application_home", "application_work", "self_reported", "other_product",
    "public_record", "court", "consented_vendor",
)  # fmt: skip
"""Where a lawful address may come from, in the order of the columns of the features."""

OUTCOMES = (
    "delivered_self", "delivered_family", "refused", "delivered_proxy", "unclaimed", "returned_unclear", "lost",
    "returned_unknown", "returned_moved",
)  # fmt: skip
"""What may become of a letter (投递结果); the first three are arrivals (到达)."""
ARRIVALS = 3
"""How many of ``OUTCOMES``, from the first, count as arrived: the person, family living there, a refusal."""
PROXY = OUTCOMES.index("delivered_proxy")


@dataclass(frozen=True, slots=True)
class Records:
    """Address records in the order of person and place.

    person, place: numbers from 0; a place belongs to one person. source: index into ``SOURCES``. day: days since
    1970 on which it was given, ``UNKNOWN_DAY`` where nobody says. agreed: agreed for service.
    """

    person: Ints
    place: Ints
    source: Ints
    day: Ints
    agreed: Flags


@dataclass(frozen=True, slots=True)
class Spots:
    """What is known of each place besides its records.

    person: whose it is. county, prefecture: numbers of divisions, 0 where unknown. compound, street: numbers of
    groups of places that lie together, 0 where unknown. shared: borrowers with a record of the same place.
    near_id: how far it agrees with the region of the person's identity number: 3 county, 2 prefecture,
    1 province, 0 elsewhere, -1 unknown. grade: 0 to 1, how complete the text is. office: reads like a firm.
    group: number of the branch or lender that keeps the file, 0 where unknown.
    """

    person: Ints
    county: Ints
    prefecture: Ints
    compound: Ints
    street: Ints
    shared: Ints
    near_id: Ints
    grade: Floats
    office: Flags
    group: Ints


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters in the order of person and day.

    place: -1 where the address on the envelope is none of the person's places. sent: days since 1970. known: day
    on which the outcome is known. outcome: index into ``OUTCOMES``, -1 while it is not known. weight: how much
    the letter counts in learning (one over the probability with which it was drawn, at a fixed mean).
    """

    person: Ints
    place: Ints
    sent: Ints
    known: Ints
    outcome: Ints
    weight: Floats

    def at(self, chosen: Ints | Flags) -> Letters:
        """Some of the letters, in order."""
        return Letters(*(getattr(self, name)[chosen] for name in self.__slots__))

    @property
    def arrived(self) -> Flags:
        """Which arrived."""
        return (self.outcome >= 0) & (self.outcome < ARRIVALS)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the reach model looks at; arrays as described in their classes.

    people: number of persons.
    """

    people: int
    records: Records
    spots: Spots
    letters: Letters


def starts_of(person: Ints, people: int) -> Ints:
    """Where each person's rows begin in rows ordered by person; one more at the end."""
    return np.searchsorted(person, np.arange(people + 1)).astype(np.int64)


def expanded(start: Ints, count: Ints) -> tuple[Ints, Ints]:
    """For each i the rows start[i] … start[i] + count[i] - 1: (i repeated, rows)."""
    which = np.repeat(np.arange(len(count), dtype=np.int64), count)
    before = np.cumsum(count) - count
    return which, np.arange(len(which), dtype=np.int64) - before[which] + start[which]


def numbered(values: Iterable[str]) -> Ints:
    """Equal texts get equal numbers from 1; an empty text gets 0."""
    known: dict[str, int] = {"": 0}
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int64)
