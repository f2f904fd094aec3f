"""Addresses (地址) as a file holds them, with a file's errors, and the homes that nobody told the lender about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from postloan.address import regions
from postloan.synth import columns as col
from postloan.synth.people import People, counties
from postloan.synth.shares import Ints
from postloan.synth.words import words

Flags = NDArray[np.bool_]

# How often an address of each source exists for a borrower, and how often it is where the borrower lives now.
_SOURCES: tuple[tuple[str, float, float], ...] = (
    ("contract_service", 0.45, 0.34),
    ("id_card", 0.80, 0.20),
    ("application_home", 0.70, 0.33),
    ("application_work", 0.40, 0.0),
    ("self_reported", 0.16, 0.62),
    ("other_product", 0.18, 0.36),
    ("court", 0.04, 0.40),
)


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses table, the homes (hidden), and what letters need of them.

    owner: borrower of each address row. good: whether the borrower lives there now.
    """

    addresses: pa.Table
    homes: pa.Table
    owner: Ints
    good: Flags


@dataclass(frozen=True, slots=True)
class _Spots:
    """Places by their parts, each an index or a number: county, road, number, estate, building, unit, room, rural."""

    county: Ints
    road: Ints
    number: Ints
    estate: Ints
    building: Ints
    unit: Ints
    room: Ints
    rural: Ints

    def where(self, chosen: Flags, other: _Spots) -> _Spots:
        """These where chosen, the others elsewhere."""
        return _Spots(
            *(np.where(chosen, getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        )

    def at(self, index: Ints) -> _Spots:
        """The places at these positions."""
        return _Spots(*(getattr(self, f.name)[index] for f in fields(self)))


def places(who: People, first_loan: Ints, cutoff: int, rng: np.random.Generator) -> Places:
    """Addresses of every borrower, one to four on average two and a half, and where each really lives.

    first_loan: the day since 1970 of each borrower's first loan. cutoff: the cut-off day.
    """
    count = len(who.county)
    birthplace = _spots(who.county, rng, rural=0.55)
    home = _spots(_settled(who, rng), rng, rural=0.15)
    home = birthplace.where(rng.random(count) < 0.3, home)
    before = _spots(_settled(who, rng), rng, rural=0.15)
    owner, source = _rows(count, rng)
    names = [name for name, _, _ in _SOURCES]
    here = np.array([share for _, _, share in _SOURCES])[source]
    good = rng.random(len(owner)) < here
    is_card, is_work = source == names.index("id_card"), source == names.index("application_work")
    other = birthplace.at(owner).where(is_card, before.at(owner))
    spots = home.at(owner).where(good & ~is_card, other)
    # The card's address is good only for those who never left.
    stayed = (
        (home.county == birthplace.county) & (home.road == birthplace.road) & (home.room == birthplace.room)
    )
    good = np.where(is_card, stayed[owner], good) & ~is_work
    text = _written(spots, who, owner, is_work, rng)
    given = first_loan[owner] - rng.integers(0, 20, len(owner))
    later = source >= names.index("self_reported")
    given = np.where(
        later, given + np.floor(rng.random(len(owner)) * (cutoff - given)).astype(np.int64), given
    )
    table = pa.table(
        {
            "borrower_id": col.numbered("B", owner + 1, 7),
            "text": text,
            "source": col.picked(names, source),
            "given_on": col.days(given),
            "agreed_for_service": pa.array((source == 0) & (rng.random(len(owner)) < 0.75)),
        }
    )
    row = np.zeros(count, dtype=np.int64)
    row[owner[good][::-1]] = np.flatnonzero(good)[::-1] + 1  # the first good one
    homes = pa.table(
        {
            "borrower_id": who.table["borrower_id"],
            "person_id": who.persons["person_id"],
            "text": _standard(home, who.home),
            "county": col.texts(col.digits(counties(who.home).code[home.county], 6)),
            "address_row": pa.array(row, mask=row == 0),
        }
    )
    return Places(table, homes, owner, good)


def _spots(county: Ints, rng: np.random.Generator, *, rural: float) -> _Spots:
    count = len(county)
    return _Spots(
        county=county,
        road=rng.integers(0, len(words("roads")), count),
        number=rng.integers(1, 400, count),
        estate=rng.integers(0, len(words("estates")), count),
        building=rng.integers(1, 40, count),
        unit=rng.integers(1, 5, count),
        room=rng.integers(1, 33, count) * 100 + rng.integers(1, 9, count),
        rural=(rng.random(count) < rural).astype(np.int64),
    )


def _settled(who: People, rng: np.random.Generator) -> Ints:
    """Counties of living: most stay in their province's, a third move anywhere people move to."""
    there = counties(who.home)
    moved = np.searchsorted(np.cumsum(there.weight), rng.random(len(who.county))).clip(
        max=len(there.code) - 1
    )
    near = np.clip(who.county + rng.integers(-4, 5, len(who.county)), 0, len(there.code) - 1)
    return np.where(rng.random(len(who.county)) < 0.33, moved, near)


def _rows(count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Borrower and source of each address row; everyone has one at least."""
    has = rng.random((count, len(_SOURCES))) < np.array([share for _, share, _ in _SOURCES])
    has[~has.any(axis=1), 2] = True
    owner, source = np.nonzero(has)
    return owner.astype(np.int64), source.astype(np.int64)


@cache
def _levels(home: str) -> dict[str, pa.Array]:
    """Names of province, prefecture and county, in full, short and as they once were, by county index."""
    every = regions()
    mine = [every[f"{code:06d}"] for code in counties(home).code]
    province = [every[r.code[:2] + "0000"].name for r in mine]
    # A city under the central government stands for its own prefecture.
    prefecture = [
        r.prefecture or ("" if p.endswith("省") or "自治区" in p else p)
        for r, p in zip(mine, province, strict=True)
    ]
    made = {
        "province": province,
        "short_province": [r.province for r in mine],
        "prefecture": prefecture,
        "short_prefecture": [p.removesuffix("市") for p in prefecture],
        "county": [r.name for r in mine],
        "old_county": [r.names[0] for r in mine],
    }
    return {name: pa.array(words, pa.string()) for name, words in made.items()}


def _place(spots: _Spots) -> pa.Array:
    """From the road or village downwards."""
    town = _village(spots)
    estate = col.joined(
        col.picked(words("roads"), spots.road), col.shown(spots.number), "号",
        col.picked(words("estates"), spots.estate), col.shown(spots.building), "栋",
        col.shown(spots.unit), "单元", col.shown(spots.room), "室",
    )  # fmt: skip
    return pc.if_else(pa.array(spots.rural == 1), town, estate)


def _village(spots: _Spots) -> pa.Array:
    # A rural address from the town downwards.
    towns, villages = words("towns"), words("villages")
    return col.joined(
        col.picked(towns, spots.road % len(towns)), col.picked(villages, spots.estate % len(villages)),
        col.shown(spots.building % 12 + 1), "组", col.shown(spots.number), "号",
    )  # fmt: skip


def _standard(spots: _Spots, home: str) -> pa.Array:
    """The whole address in standard form."""
    level, index = _levels(home), pa.array(spots.county)
    province, prefecture = level["province"].take(index), level["prefecture"].take(index)
    return col.joined(
        province,
        pc.if_else(pc.equal(province, prefecture), "", prefecture),
        level["county"].take(index),
        _place(spots),
    )


# Ways of writing an address with their shares.
_FORMS: Mapping[str, float] = {
    "full": 0.44, "city": 0.16, "short": 0.07, "dashed": 0.08, "bare": 0.06,
    "renamed": 0.06, "doubled": 0.05, "repeated": 0.03, "stuck": 0.05,
}  # fmt: skip
_SLICE = 100_000
"""Addresses written at a time, so that memory does not grow with their number."""


def _written(
    spots: _Spots, who: People, owner: Ints, work: Flags, rng: np.random.Generator
) -> pa.ChunkedArray:
    """Addresses as clerks and customers write them: levels missing, repeated, renamed, shortened, things stuck on."""
    edges = np.cumsum(list(_FORMS.values()))
    choice = np.searchsorted(edges / edges[-1], rng.random(len(owner)), side="right").clip(
        max=len(_FORMS) - 1
    )
    cut = rng.random(len(owner)) < 0.02
    chunks = []
    for start in range(0, len(owner), _SLICE):
        rows = np.arange(start, min(start + _SLICE, len(owner)))
        forms = _forms(spots.at(rows), who, pa.array(owner[rows]))
        text = pc.choose(pa.array(choice[rows]), *(forms[name] for name in _FORMS))
        text = col.joined(text, pc.if_else(pa.array(work[rows]), "(单位)", ""))
        chunks.append(pc.if_else(pa.array(cut[rows]), pc.utf8_slice_codeunits(text, 0, 9), text))
    return pa.chunked_array(chunks, pa.string())


def _forms(spots: _Spots, who: People, owners: pa.Array) -> dict[str, pa.Array]:
    """Every way of writing some addresses."""
    index = pa.array(spots.county)
    level = {name: words_.take(index) for name, words_ in _levels(who.home).items()}
    full, place, county = _standard(spots, who.home), _place(spots), level["county"]
    province, prefecture = level["province"], level["prefecture"]
    return {
        "full": full,
        "city": col.joined(prefecture, county, place),
        "short": col.joined(level["short_province"], level["short_prefecture"], county, place),
        "dashed": col.joined(
            province, prefecture, county, col.picked(words("roads"), spots.road), col.shown(spots.number), "号",
            col.picked(words("estates"), spots.estate), col.shown(spots.building), "-", col.shown(spots.unit), "-",
            col.shown(spots.room),
        ),
        "bare": col.joined(county, place),
        "renamed": col.joined(province, prefecture, level["old_county"], place),
        "doubled": col.joined(province, prefecture, full),
        "repeated": col.joined(prefecture, county, county, place),
        "stuck": col.joined(full, who.name.take(owners), who.phone.take(owners)),
    }  # fmt: skip
