"""From the tables of a tape to evidence: what passes the door, made into places, with letters and surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from postloan.kernel import Engine, load_queries
from postloan.people.evidence import (
    OUTCOMES,
    SOURCES,
    UNKNOWN_DAY,
    Evidence,
    Ints,
    Letters,
    Records,
    Spots,
    numbered,
)
from postloan.people.marks import Mark, is_office
from postloan.people.places import Grouped, grouped, most_complete, near_identity, shared

if TYPE_CHECKING:
    import pyarrow as pa

EPOCH = date(1970, 1, 1)
_LATER = timedelta(days=730)
"""How long after the cut-off day letters and records may bear a day that is believed."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Evidence with what shows it to people.

    borrower: the number of each person. evidence: see ``Evidence``. row: the row of ``addresses`` of each record,
    from 0. document: of each record. standard: of each place, its address in standard form. text: of each place, the
    most complete line as written. letter: number of each letter. on: the day on which all of it is looked at.
    letters_elsewhere: letters to addresses that are not on file. unread: pairs of texts that had to be read.
    """

    borrower: Sequence[str]
    evidence: Evidence
    row: Ints
    document: Sequence[str | None]
    standard: Sequence[str]
    text: Sequence[str]
    letter: Sequence[str]
    on: date
    letters_elsewhere: int
    read: int


def gather(engine: Engine, on: date | None = None) -> Gathered:
    """What the tape's ``addresses_whole``, ``letters_whole``, ``loans_whole`` and ``borrowers_whole`` hold.

    on: the day on which it is looked at; None for the last day of which the tape knows anything.
    """
    queries = load_queries("postloan.people", "door.sql")
    engine.table("addresses_given", queries["addresses_given"].text)
    engine.view("addresses_at_the_door", queries["addresses_at_the_door"].text)
    kept = engine.arrow(queries["kept_addresses"].text)
    sent = engine.arrow(queries["letters_sent"].text)
    debtors = engine.arrow(queries["debtors"].text)
    day = on or _last_day(engine, queries["last_day"].text)
    return _gathered(kept, sent, debtors, day)


def _last_day(engine: Engine, query: str) -> date:
    cutoff, *others = engine.rows(query)[0]
    known = [day for day in others if day is not None]
    if cutoff is None:
        latest: date = max(known, default=EPOCH)
        return latest + timedelta(days=1)
    near = [day for day in known if day <= cutoff + _LATER]
    last: date = max([cutoff, *near])
    return last + timedelta(days=1)


def _days(column: Any, on: date) -> Ints:
    """Days since 1970; ``UNKNOWN_DAY`` where none is given or it is not yet."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = np.asarray(pc.fill_null(pc.cast(pc.cast(column, pa.date32()), pa.int32()), UNKNOWN_DAY))
    made = values.astype(np.int64)
    made[made > (on - EPOCH).days] = UNKNOWN_DAY
    return made


def _gathered(kept: pa.Table, sent: pa.Table, debtors: pa.Table, on: date) -> Gathered:
    owners, letter_owners = kept["borrower_id"].to_pylist(), sent["borrower_id"].to_pylist()
    borrower = sorted({*debtors["borrower_id"].to_pylist(), *owners, *letter_owners})
    number = {name: at for at, name in enumerate(borrower)}
    person = np.array([number[name] for name in owners], dtype=np.int64)
    envelopes = [text or "" for text in sent["address_text"].to_pylist()]
    writing = np.array([number[name] for name in letter_owners], dtype=np.int64)
    texts = [*kept["text"].to_pylist(), *envelopes]
    groups = grouped(np.concatenate([person, writing]), texts, len(borrower))
    count = len(person)
    # places with a record; those that only an envelope names are none
    used, place = np.unique(groups.place[:count], return_inverse=True)
    at = np.searchsorted(used, groups.place[count:]).clip(max=max(len(used) - 1, 0))
    hit = (used[at] == groups.place[count:]) if len(used) else np.zeros(len(writing), dtype=np.bool_)
    hit &= np.array([bool(text.strip()) for text in envelopes], dtype=np.bool_)
    best = most_complete(place, groups.text[:count], groups.mark)
    order = np.lexsort((np.arange(count), place, person))
    source = {name: k for k, name in enumerate(SOURCES)}
    records = Records(
        person[order], place[order].astype(np.int64),
        np.array([source[name] for name in kept["source"].to_pylist()], dtype=np.int64)[order],
        _days(kept["given_on"], on)[order], np.asarray(kept["agreed"]).astype(np.bool_)[order],
    )  # fmt: skip
    owner = np.zeros(len(used), dtype=np.int64)
    owner[place] = person
    letters, letter_order = _letters(sent, writing, np.where(hit, at, -1), on)
    spots = _spots(owner, best, groups, debtors, number)
    rows, documents = np.asarray(kept["row"]).astype(np.int64), kept["document_id"].to_pylist()
    names = sent["letter_id"].to_pylist()
    return Gathered(
        borrower, Evidence(len(borrower), records, spots, letters), rows[order],
        [documents[k] for k in order.tolist()], [_standard(groups.mark[k]) for k in best.tolist()],
        [groups.every[k] for k in best.tolist()], [names[k] or "" for k in letter_order.tolist()], on,
        int((~hit).sum()), groups.unsure,
    )  # fmt: skip


def _letters(sent: pa.Table, person: Ints, place: Ints, on: date) -> tuple[Letters, Ints]:
    outcome = {name: k for k, name in enumerate(OUTCOMES)}
    chance = np.array(
        [float(value) if value else np.nan for value in sent["chance"].to_pylist()], dtype=np.float64
    )
    drawn = np.isfinite(chance) & (chance > 0)
    weight = np.ones(len(person))
    if drawn.any():
        # a letter drawn with a small chance stands for many; capped, so that none decides alone
        inverse = 1 / chance[drawn]
        weight[drawn] = np.clip(inverse / inverse.mean(), 0.2, 5)
    made = Letters(
        person, place.astype(np.int64), _days(sent["sent_on"], on), _days(sent["outcome_on"], on),
        np.array([outcome.get(name, -1) for name in sent["outcome"].to_pylist()], dtype=np.int64), weight,
    )  # fmt: skip
    order = np.lexsort((made.outcome, made.place, made.sent, made.person))
    order = order[made.sent[order] != UNKNOWN_DAY]
    return made.at(order), order


def _spots(owner: Ints, best: Ints, groups: Grouped, debtors: pa.Table, number: dict[str, int]) -> Spots:
    said = [groups.mark[k] for k in best.tolist()]
    county = np.array([m.county for m in said], dtype=np.int64)
    region, keeper = np.zeros(len(number), dtype=np.int64), np.zeros(len(number), dtype=np.int64)
    who = np.array([number[name] for name in debtors["borrower_id"].to_pylist()], dtype=np.int64)
    region[who] = [_region(text) for text in debtors["id_number"].to_pylist()]
    keeper[who] = numbered(text or "" for text in debtors["keeper"].to_pylist())
    times, compound, street = shared(owner, groups.mark, best)
    return Spots(
        owner, np.where(county % 100 > 0, county, 0), county // 100, compound, street, times,
        near_identity(county, region[owner]), np.array([m.grade for m in said]),
        np.array([is_office(groups.every[k]) for k in best.tolist()], dtype=np.bool_), keeper[owner],
    )  # fmt: skip


def _region(id_number: str | None) -> int:
    """The six digits at the head of an identity number, also of one whose rest is masked; 0 where there are none."""
    head = (id_number or "").strip()[:6]
    return int(head) if len(head) == 6 and head.isdigit() and head[0] != "0" else 0


def _standard(mark: Mark) -> str:
    """Division in full, then the rest without blanks."""
    return mark.path + mark.tail
