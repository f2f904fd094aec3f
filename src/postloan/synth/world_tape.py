"""A world as a tape folder: loans, borrowers, addresses in many wordings, letters; and beside it the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa

from postloan.address import region_of, regions
from postloan.people.evidence import OUTCOMES, SOURCES, UNKNOWN_DAY, Evidence, Ints
from postloan.synth import columns as col
from postloan.synth.people import id_numbers, phones
from postloan.synth.words import words
from postloan.synth.worlds import TODAY, Truth, World, live

_UNITS = (
    ("栋", "单元", "室"),
    ("幢", "单元", "室"),
    ("号楼", "单元", "号"),
    ("#", "单元", "室"),
    ("座", "单元", "户"),
)
_FULL = str.maketrans("0123456789", "０１２３４５６７８９")
_SPOKEN = str.maketrans("123456789", "一二三四五六七八九")


@dataclass(frozen=True, slots=True)
class WorldTape:
    """A tape of a world.

    tape: loans, borrowers, addresses, letters. truth: ``places``, one row an address row: whether the borrower
    lives there today, the chance that a letter sent there today arrives, and the number of the true place.
    """

    tape: dict[str, pa.Table]
    truth: dict[str, pa.Table]


def world_tape(world: World, *, seed: int, damage: float = 0.15, refused: float = 0.03) -> WorldTape:
    """A world written down.

    damage: share of lines with slips (characters, digits, levels lost). refused: rows besides, from sources that may
    not be used, as a share of all.
    """
    rng = np.random.default_rng(seed)
    evidence, truth = live(replace(world, split=0.0), rng)
    records, letters = evidence.records, evidence.letters
    lines = _Lines(evidence, damage, rng)
    text = [lines.written(place) for place in records.place.tolist()]
    shuffled = rng.permutation(len(text))
    of_place: dict[int, str] = {}
    for row, place in enumerate(records.place.tolist()):
        of_place.setdefault(place, text[row])
    addresses = pa.table(
        {
            "borrower_id": col.numbered("B", records.person[shuffled] + 1, 7),
            "text": pa.array([text[k] for k in shuffled.tolist()], pa.string()),
            "source": col.picked(list(SOURCES), records.source[shuffled]),
            "given_on": col.days(records.day[shuffled].clip(min=0), records.day[shuffled] == UNKNOWN_DAY),
            "document_id": col.numbered("D", np.arange(len(text)), 8),
            "agreed_for_service": pa.array(records.agreed[shuffled]),
            "consent_id": pa.array(
                [f"C{k}" if SOURCES[s] == "consented_vendor" else None
                 for k, s in enumerate(records.source[shuffled].tolist())], pa.string()
            ),
        }
    )  # fmt: skip
    where = records.place[shuffled]
    answers = pa.table(
        {
            "row": pa.array(np.arange(len(text))), "borrower_id": addresses["borrower_id"],
            "place": pa.array(where), "lives": pa.array(truth.lives[where]),
            "arrives": pa.array(truth.arrives[where]),
        }
    )  # fmt: skip
    addresses = _with_refused(addresses, lines, evidence, int(refused * len(text)), rng)
    sent = pa.table(
        {
            "letter_id": col.numbered("M", np.arange(1, len(letters.person) + 1), 8),
            "borrower_id": col.numbered("B", letters.person + 1, 7),
            "sent_on": col.days(letters.sent),
            "address_text": pa.array([of_place[k] for k in letters.place.tolist()], pa.string()),
            "outcome": col.picked(list(OUTCOMES), letters.outcome),
            "outcome_on": col.days(letters.known),
        }
    )
    tape = {**_people(evidence, truth, rng), "addresses": addresses, "letters": sent}
    return WorldTape({name: table for name, table in tape.items() if table.num_rows}, {"places": answers})


def _people(evidence: Evidence, truth: Truth, rng: np.random.Generator) -> dict[str, pa.Table]:
    """Loans, about four to a person at most, and borrowers with identity numbers from where they are registered."""
    count = evidence.people
    code = np.full(count, 110101, dtype=np.int64)
    hukou = truth.local == 0
    code[evidence.spots.person[hukou]] = county_codes()[evidence.spots.county[hukou]]
    born = TODAY - rng.integers(20 * 365, 60 * 365, count)
    owner = np.repeat(np.arange(count), rng.integers(1, 5, count))
    borrower = col.numbered("B", np.arange(1, count + 1), 7)
    borrowers = pa.table(
        {
            "borrower_id": borrower,
            "id_number": id_numbers(code, born, rng.random(count) < 0.6, rng),
            "born_on": col.days(born),
        }
    )
    loans = pa.table(
        {
            "loan_id": col.numbered("L", np.arange(1, len(owner) + 1), 8),
            "borrower_id": col.numbered("B", owner + 1, 7),
            "principal": col.decimals(rng.integers(10_000, 5_000_000, len(owner))),
            "product": pa.array(["consumer"] * len(owner)),
            "overdue_since": col.days(TODAY - rng.integers(100, 900, len(owner))),
            "cutoff_on": col.days(np.full(len(owner), TODAY)),
            "lender": pa.array(["测试消费金融有限公司"] * len(owner)),
        }
    )
    return {"loans": loans, "borrowers": borrowers}


@cache
def county_codes() -> Ints:
    """Real counties for a world's: eight to a prefecture, four prefectures to a province."""
    found: dict[str, dict[str, list[int]]] = {}
    for region in regions().values():
        if region.level == "county" and region.current and not region.is_heading and region.prefecture:
            found.setdefault(region.code[:2], {}).setdefault(region.code[:4], []).append(int(region.code))
    made: list[int] = []
    for prefectures in found.values():
        fit = [codes[:8] for codes in prefectures.values() if len(codes) >= 8][:4]
        if len(fit) == 4:
            made += [code for codes in fit for code in codes]
    return np.array(made[: 41 * 8], dtype=np.int64)


class _Lines:
    """Writes the addresses of a world's places, each time a little differently."""

    def __init__(self, evidence: Evidence, damage: float, rng: np.random.Generator) -> None:
        spots = evidence.spots
        count = len(spots.person)
        self._county, self._compound = spots.county.tolist(), spots.compound.tolist()
        self._grade, self._office = spots.grade.tolist(), spots.office.tolist()
        self._building = rng.integers(1, 40, count).tolist()
        self._entrance = rng.integers(1, 5, count).tolist()
        self._room = (rng.integers(1, 33, count) * 100 + rng.integers(1, 9, count)).tolist()
        self._rng, self._damage = rng, damage
        self._pool: list[float] = []

    def _draw(self) -> float:
        if not self._pool:
            self._pool = self._rng.random(100_000).tolist()
        return self._pool.pop()

    def written(self, place: int) -> str:
        """One writing of a place."""
        draw = self._draw
        text = _head_of(self._county[place], draw()) + self._tail(place)
        if self._grade[place] < 0.6:
            text = text[: max(6, int(len(text) * (0.35 + self._grade[place])))]
        if draw() < self._damage:
            text = self._damaged(text)
        if self._office[place]:
            text += "(单位)"
        return text

    def _tail(self, place: int) -> str:
        draw, compound = self._draw, self._compound[place]
        building, entrance, room = self._building[place], self._entrance[place], self._room[place]
        street = compound // 8
        if street % 7 == 0:
            towns, villages = words("towns"), words("villages")
            town, village = towns[street % len(towns)], villages[compound % len(villages)]
            short = draw() < 0.1
            return f"{'' if short else town}{village}{building % 12 + 1}组{room}号"
        roads, estates = words("roads"), words("estates")
        road, estate = roads[street % len(roads)], estates[compound % len(estates)]
        number = compound % 8 * 40 + street % 37 + 1
        kind = draw()
        if kind < 0.12:
            return f"{road}{number}号{estate}{building}-{entrance}-{room}"
        if kind < 0.2:
            return f"{estate}{building}栋{entrance}单元{room}室"
        if kind < 0.26:
            return f"{road}{number}号{building}栋{entrance}单元{room}室"
        a, b, c = _UNITS[int(draw() * len(_UNITS))]
        return f"{road}{number}号{estate}{building}{a}{entrance}{b}{room}{c}"

    def _damaged(self, text: str) -> str:
        draw = self._draw
        kind = draw()
        if kind < 0.25:
            return text.translate(_FULL)
        if kind < 0.35:
            return text.replace("单元", "单元 ").replace("号", "号,", 1)
        if kind < 0.5:
            at = text.find("单元")
            return text[: at - 1] + text[at - 1 : at].translate(_SPOKEN) + text[at:] if at > 1 else text
        if kind < 0.7:
            at = 6 + int(draw() * max(len(text) - 8, 1))
            return text[:at] + text[at + 1 :]
        if kind < 0.85:
            return f"{text}{phones(1, self._rng)[0].as_py()}"
        return text.replace("号楼", "栋").replace("花园", "花圆").replace("小区", "")


@cache
def _names(county: int) -> tuple[str, str, str, str]:
    found = region_of(f"{int(county_codes()[county]):06d}")
    assert found is not None
    top = region_of(found.code[:2] + "0000")
    return top.name if top else found.province, found.province, found.prefecture, found.name


def _head_of(county: int, kind: float) -> str:
    full, short, prefecture, name = _names(county)
    if kind < 0.55:
        return full + prefecture + name
    if kind < 0.75:
        return prefecture + name
    if kind < 0.82:
        return name
    if kind < 0.9:
        return short + prefecture.removesuffix("市") + name
    return full + prefecture + full + prefecture + name if kind < 0.93 else prefecture + name + name


def _with_refused(
    table: pa.Table, lines: _Lines, evidence: Evidence, count: int, rng: np.random.Generator
) -> pa.Table:
    """The table with rows at its end that may not be used."""
    if not count:
        return table
    person = rng.integers(0, evidence.people, count)
    place = rng.integers(0, len(evidence.spots.person), count)
    kinds = ("phone_book", "location_trace", "courier", "relative", "consented_vendor", "")
    kind = rng.integers(0, len(kinds), count)
    more = pa.table(
        {
            "borrower_id": col.numbered("B", person + 1, 7),
            "text": pa.array([lines.written(k) for k in place.tolist()], pa.string()),
            "source": pa.array([kinds[k] or None for k in kind.tolist()], pa.string()),
            "given_on": col.days(TODAY - rng.integers(1, 900, count)),
            "document_id": pa.array([None] * count, pa.string()),
            "agreed_for_service": pa.array(np.zeros(count, dtype=np.bool_)),
            "consent_id": pa.array([None] * count, pa.string()),
        },
        schema=table.schema,
    )
    return pa.concat_tables([table, more])
