"""Worlds (合成世界) in which it is known where people live: lives, what got onto file of them, and letters.

A world is a set of habits: how often people move, how reliable each source is, to whom letters went. The reach model
learns its prior from many worlds drawn at random and is measured on others; both know the hidden truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from postloan.people.evidence import (
    ARRIVALS,
    OUTCOMES,
    SOURCES,
    UNKNOWN_DAY,
    Evidence,
    Flags,
    Floats,
    Ints,
    Letters,
    Records,
    Spots,
)

YEAR = 365.25
TODAY = 20_454
"""The day on which a world is looked at, in days since 1970."""
_HOMES = 9
_HUKOU, _WORK, _WRONG = 0, _HOMES + 1, _HOMES + 2
_LOCAL = _WRONG + len(SOURCES)
_AT = {name: place for place, name in enumerate(SOURCES)}

_RELIABLE: Mapping[str, float] = {
    "contract_service": 0.8, "id_card": 0.95, "application_home": 0.82, "application_work": 0.9,
    "self_reported": 0.9, "other_product": 0.82, "public_record": 0.6, "court": 0.75, "consented_vendor": 0.8,
}  # fmt: skip
_EXISTS: Mapping[str, float] = {
    "contract_service": 0.9, "id_card": 0.85, "application_home": 0.7, "application_work": 0.4,
    "self_reported": 0.35, "other_product": 0.35, "public_record": 0.06, "court": 0.08, "consented_vendor": 0.08,
}  # fmt: skip
_HOME_ARRIVED = (0.7, 0.22, 0.08)
_GONE_ARRIVED = (0.08, 0.85, 0.07)
# proxy, unclaimed, unclear, lost, unknown, moved
_HOME_FAILED = (0.22, 0.40, 0.15, 0.11, 0.07, 0.05)
_GONE_FAILED = (0.05, 0.22, 0.12, 0.03, 0.30, 0.28)


@dataclass(frozen=True, slots=True)
class World:
    """The habits of a world; shares are 0 to 1.

    moves: moves a year of a person, on average; they differ. old: years of the oldest loans. hukou_home: lived at the
    registered address when it was printed on the card. back: share of moves that lead back there. family: share of
    people whose family lives there still; family_signs: how often it signs. stray: letters that arrive anywhere else.
    reliable, exists: by source. copied: contract addresses that repeat the one of the application. undated: records
    without a day. arrives: letters that arrive where the person lives. lettered: people with letters; letters: most
    of them; policy: ``file``, ``newest`` or ``random``; again: chance that the next one goes to the same address.
    compounds: spread of the log odds between compounds; regions: between counties. split: records not recognised as
    the same place. swapped: two sources whose names are exchanged. local: share of lives in one prefecture.
    """

    people: int = 4_000
    moves: float = 0.18
    old: float = 6.0
    hukou_home: float = 0.5
    back: float = 0.15
    family: float = 0.35
    family_signs: float = 0.5
    stray: float = 0.03
    reliable: Mapping[str, float] = field(default_factory=lambda: dict(_RELIABLE))
    exists: Mapping[str, float] = field(default_factory=lambda: dict(_EXISTS))
    copied: float = 0.5
    undated: float = 0.05
    arrives: float = 0.88
    lettered: float = 0.4
    letters: int = 2
    policy: str = "file"
    again: float = 0.5
    compounds: float = 0.4
    regions: float = 0.2
    split: float = 0.02
    swapped: tuple[str, str] | None = None


def any_world(rng: np.random.Generator, people: int = 4_000) -> World:
    """A world drawn at random from wide ranges around the published rates."""
    reliable = {
        name: float(np.clip(rng.beta(9 * share, 9 * (1 - share)), 0.15, 0.99))
        for name, share in _RELIABLE.items()
    }
    exists = {
        name: float(np.clip(share * np.exp(0.5 * rng.standard_normal()), 0.02, 0.97))
        for name, share in _EXISTS.items()
    }
    swapped = None
    if rng.random() < 0.1:
        swapped = tuple(rng.choice(["self_reported", "other_product", "application_home"], 2, replace=False))
    return World(
        people=people,
        moves=float(np.exp(rng.uniform(np.log(0.07), np.log(0.6)))),
        old=float(rng.uniform(3, 9)),
        hukou_home=float(rng.uniform(0.2, 0.8)),
        back=float(rng.uniform(0, 0.35)),
        family=float(rng.uniform(0, 0.6)),
        family_signs=float(rng.uniform(0.1, 0.8)),
        stray=float(np.exp(rng.uniform(np.log(0.005), np.log(0.08)))),
        reliable=reliable,
        exists=exists,
        copied=float(rng.uniform(0, 0.95)),
        undated=float(rng.choice([0, 0.03, 0.1, 0.4, 1.0], p=[0.3, 0.3, 0.25, 0.1, 0.05])),
        arrives=float(rng.uniform(0.7, 0.97)),
        lettered=float(rng.uniform(0.1, 0.7)),
        letters=int(rng.integers(1, 5)),
        policy=str(rng.choice(["file", "file", "newest", "random"])),
        again=float(rng.uniform(0, 0.9)),
        compounds=float(rng.uniform(0, 1.2)),
        regions=float(rng.uniform(0, 0.5)),
        split=float(rng.uniform(0, 0.06)),
        swapped=(str(swapped[0]), str(swapped[1])) if swapped else None,
    )


@dataclass(frozen=True, slots=True)
class Truth:
    """What nobody in the world knows.

    lives: whether the person lives at each place today. arrives: the chance that a letter sent there today arrives.
    local: each place's number among the person's: 0 the registered address, then homes in order.
    lives_on_file: whether any of a person's places is where the person lives.
    """

    lives: Flags
    arrives: Floats
    local: Ints
    lives_on_file: Flags


@dataclass(frozen=True, slots=True)
class _Lives:
    """Homes of each person: ``moved`` the days of moving, ``home`` the local place from each of them on."""

    moved: Ints
    home: Ints
    start: Ints
    family: Flags

    def at(self, person: Ints, day: Ints) -> Ints:
        """Where persons live on days."""
        made: Ints = self.home[person, (self.moved[person] <= day[:, None]).sum(axis=1)]
        return made


def live(world: World, rng: np.random.Generator) -> tuple[Evidence, Truth]:
    """A world's people, what is on file of them, the letters sent so far, and the truth."""
    count = world.people
    lives = _lives(world, rng)
    person, source, day, local = _records(world, lives, rng)
    agreed = np.where(source == _AT["contract_service"], rng.random(len(source)) < 0.75, False)
    office = source == _AT["application_work"]
    keep = ~office | (rng.random(len(source)) < 0.08)
    person, source, day, local, agreed, office = (
        values[keep] for values in (person, source, day, local, agreed | office, office)
    )
    # A record that is not recognised as the same place makes a place of its own.
    apart = rng.random(len(person)) < world.split
    key = person * 1024 + local * 16 + np.where(apart, source + 1, 0)
    order = np.argsort(key, kind="stable")
    person, source, day, local, agreed, key = (
        values[order] for values in (person, source, day, local, agreed, key)
    )
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    if world.swapped:
        a, b = (_AT[name] for name in world.swapped)
        source = np.where(source == a, b, np.where(source == b, a, source))
    owner, where = person[first], local[first]
    spots, effect = _spots(world, owner, where, rng)
    now = np.full(len(owner), TODAY, dtype=np.int64)
    lives_now = lives.at(owner, now) == where
    arrives = _arrival(world, lives, owner, where, now, effect)
    shown = np.where(rng.random(len(day)) < world.undated, UNKNOWN_DAY, day)
    records = Records(person, place.astype(np.int64), source, shown, agreed)
    letters = _letters(world, lives, records, day, where, owner, effect, rng)
    on_file = np.zeros(count, dtype=np.bool_)
    on_file[owner[lives_now]] = True
    return Evidence(count, records, spots, letters), Truth(lives_now, arrives, where, on_file)


def probes(evidence: Evidence, truth: Truth, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """One letter to a place of every person drawn at random, sent today: (place, outcome)."""
    owner = evidence.spots.person
    begin = np.searchsorted(owner, np.arange(evidence.people))
    count = np.searchsorted(owner, np.arange(evidence.people), side="right") - begin
    place = begin + np.floor(rng.random(evidence.people) * count).astype(np.int64)
    arrived = rng.random(evidence.people) < truth.arrives[place]
    return place, _outcome(truth.lives[place], arrived, rng)


def _lives(world: World, rng: np.random.Generator) -> _Lives:
    count = world.people
    start = TODAY - np.floor(rng.uniform(0.8, world.old, count) * YEAR).astype(np.int64)
    begin = start - int(4 * YEAR)
    rate = world.moves * rng.gamma(2.0, 0.5, count)
    moves = np.minimum(rng.poisson(rate * (TODAY - begin) / YEAR), _HOMES - 1)
    when = np.sort(rng.random((count, _HOMES - 1)), axis=1)
    # only as many moves as drawn, spread over the whole time
    when = np.where(np.arange(_HOMES - 1) < moves[:, None], rng.random((count, _HOMES - 1)), 2.0)
    when = np.sort(when, axis=1)
    moved = np.where(when <= 1, begin[:, None] + when * (TODAY - begin)[:, None], TODAY + 10**6).astype(
        np.int64
    )
    home = np.arange(1, _HOMES + 1)[None, :].repeat(count, axis=0)
    home[:, 0] = np.where(rng.random(count) < world.hukou_home, _HUKOU, 1)
    home[:, 1:] = np.where(rng.random((count, _HOMES - 1)) < world.back, _HUKOU, home[:, 1:])
    return _Lives(moved, home, start, rng.random(count) < world.family)


def _records(world: World, lives: _Lives, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """Person, source, day and local place of every record."""
    count, every = world.people, []
    taken = lives.start - rng.integers(0, 15, count)
    at_application = _told(world, lives, "application_home", taken, rng)
    for name, number in _AT.items():
        rounds = 2 if name in ("self_reported", "other_product") else 1
        for turn in range(rounds):
            chance = world.exists[name] * (0.35 if turn else 1.0)
            has = np.flatnonzero(rng.random(count) < chance)
            day = _given(name, lives, taken, rng)
            told = _told(world, lives, name, day, rng)
            if name == "contract_service":
                told = np.where(rng.random(count) < world.copied, at_application, told)
            if name == "application_home":
                told = at_application
            every.append((has, np.full(len(has), number), day[has], told[has]))
    nobody = np.ones(count, dtype=np.bool_)
    for owners, kinds, _, _ in every:
        nobody[owners[kinds != _AT["application_work"]]] = False
    rest = np.flatnonzero(nobody)
    every.append((rest, np.full(len(rest), _AT["application_home"]), taken[rest], at_application[rest]))
    person, source, day, local = (
        np.concatenate(values).astype(np.int64) for values in zip(*every, strict=True)
    )
    return person, source, day, local


def _given(name: str, lives: _Lives, taken: Ints, rng: np.random.Generator) -> Ints:
    """The day on which each person's record of a source was given."""
    count = len(taken)
    share = rng.random(count)
    if name in ("self_reported", "consented_vendor", "public_record"):
        return taken + np.floor(share * (TODAY - taken)).astype(np.int64)
    if name == "court":
        return taken + np.floor(np.sqrt(share) * (TODAY - taken)).astype(np.int64)
    if name == "other_product":
        early = taken - int(3 * YEAR)
        return early + np.floor(share * (TODAY - early)).astype(np.int64)
    return taken


def _told(world: World, lives: _Lives, name: str, day: Ints, rng: np.random.Generator) -> Ints:
    """The local place that each person's record of a source names."""
    count, person = len(day), np.arange(len(day))
    if name == "id_card":
        right = np.full(count, _HUKOU)
    elif name == "application_work":
        right = np.full(count, _WORK)
    else:
        right = lives.at(person, day)
    before = lives.at(person, day - rng.integers(200, 2_400, count))
    kind = rng.random(count)
    wrong = np.where(kind < 0.3, _HUKOU, np.where(kind < 0.75, before, _WRONG + _AT[name]))
    made: Ints = np.where(rng.random(count) < world.reliable[name], right, wrong)
    return made


def _spots(world: World, owner: Ints, where: Ints, rng: np.random.Generator) -> tuple[Spots, Floats]:
    """The surroundings of each place and how much they help or hinder letters (log odds)."""
    count, people = len(owner), world.people
    prefecture_of = rng.integers(1, 40, people)
    work = rng.integers(1, 40, people)
    here = np.where(where == _HUKOU, prefecture_of[owner], work[owner])
    stray = rng.random(count) < 0.12
    prefecture = np.where(stray, rng.integers(1, 40, count), here)
    county_at_home = rng.integers(0, 8, people)
    county = prefecture * 8 + np.where(
        rng.random(count) < 0.4, county_at_home[owner], rng.integers(0, 8, count)
    )
    county_of_id = prefecture_of * 8 + county_at_home
    county = np.where((where == _HUKOU) & (rng.random(count) < 0.9), county_of_id[owner], county)
    prefecture = county // 8
    # compounds of very different sizes
    compound = county * 1_000 + np.floor(1_000 * rng.random(count) ** 3).astype(np.int64)
    near = np.where(
        county == county_of_id[owner], 3, np.where(prefecture == prefecture_of[owner], 2,
        np.where(prefecture // 4 == prefecture_of[owner] // 4, 1, 0)),
    )  # fmt: skip
    broken = rng.random(count) < 0.06
    grade = np.where(broken, rng.uniform(0.1, 0.5, count), rng.uniform(0.7, 1.0, count))
    by_compound = world.compounds * rng.standard_normal(int(compound.max(initial=0)) + 1)
    by_county = world.regions * rng.standard_normal(int(county.max(initial=0)) + 1)
    effect = by_compound[compound] + by_county[county] - np.where(broken, 1.5, 0)
    spots = Spots(
        owner, county, prefecture, compound + 1, compound // 8 + 1, np.ones(count, dtype=np.int64), near, grade,
        where == _WORK, np.ones(count, dtype=np.int64),
    )  # fmt: skip
    return spots, effect


def _arrival(world: World, lives: _Lives, owner: Ints, where: Ints, day: Ints, effect: Floats) -> Floats:
    """The chance that a letter to a place on a day arrives."""
    home = 1 / (1 + np.exp(-(np.log(world.arrives / (1 - world.arrives)) + effect)))
    family = (where == _HUKOU) & lives.family[owner]
    gone = np.where(family, world.family_signs, world.stray)
    made: Floats = np.where(lives.at(owner, day) == where, home, gone)
    return made


def _outcome(home: Flags, arrived: Flags, rng: np.random.Generator) -> Ints:
    draw, made = rng.random(len(home)), np.zeros(len(home), dtype=np.int64)
    for here, hit, shares, offset in (
        (True, True, _HOME_ARRIVED, 0), (False, True, _GONE_ARRIVED, 0),
        (True, False, _HOME_FAILED, ARRIVALS), (False, False, _GONE_FAILED, ARRIVALS),
    ):  # fmt: skip
        mine = (home == here) & (arrived == hit)
        edges = np.cumsum(shares) / np.sum(shares)
        made[mine] = np.searchsorted(edges, draw[mine], side="right").clip(max=len(shares) - 1) + offset
    return np.minimum(made, len(OUTCOMES) - 1)


def _letters(
    world: World, lives: _Lives, records: Records, day: Ints, where: Ints, owner: Ints, effect: Floats,
    rng: np.random.Generator,
) -> Letters:  # fmt: skip
    """Letters as the lender's habit sent them, and what became of them. ``day``: when records were really given."""
    chosen = np.flatnonzero(rng.random(world.people) < world.lettered)
    rounds = rng.integers(1, world.letters + 1, len(chosen))
    first_day = np.maximum(lives.start[chosen] + 200, TODAY - int(3 * YEAR))
    sent = first_day + np.floor(rng.random(len(chosen)) * np.maximum(TODAY - 40 - first_day, 1)).astype(
        np.int64
    )
    before = np.full(len(chosen), -1)
    every: list[tuple[Ints, Ints, Ints, Ints]] = []
    for turn in range(world.letters):
        go = (rounds > turn) & (sent < TODAY - 25)
        person, on = chosen[go], sent[go]
        place = _picked(world, records, day, person, on, rng)
        same = (before[go] >= 0) & (rng.random(len(person)) < world.again)
        place = np.where(same, before[go], place)
        some = place >= 0
        person, on, place = person[some], on[some], place[some]
        at_home = lives.at(person, on) == where[place]
        hit = rng.random(len(person)) < _arrival(world, lives, owner[place], where[place], on, effect[place])
        every.append((person, place, on, _outcome(at_home, hit, rng)))
        now = before[go]
        now[some] = place
        before[go] = now
        sent = sent + rng.integers(30, 200, len(sent))
    person, place, on, outcome = (
        np.concatenate(values).astype(np.int64) for values in zip(*every, strict=True)
    )
    order = np.lexsort((on, person))
    known = on + rng.integers(2, 25, len(on))
    return Letters(person[order], place[order], on[order], known[order], outcome[order], np.ones(len(on)))


def _picked(
    world: World, records: Records, day: Ints, person: Ints, on: Ints, rng: np.random.Generator
) -> Ints:
    """The place to which the lender's habit sends each letter; -1 where nothing is known yet."""
    begin = np.searchsorted(records.person, person)
    count = np.searchsorted(records.person, person, side="right") - begin
    which = np.repeat(np.arange(len(person)), count)
    row = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(begin, count)
    ready = day[row] <= on[which]
    score = rng.random(len(row))
    if world.policy == "newest":
        score = day[row].astype(np.float64)
    elif world.policy == "file":
        rank = {"contract_service": 3.0, "application_home": 2.0, "id_card": 1.0}
        score = score + np.array([rank.get(name, 0.0) for name in SOURCES])[records.source[row]]
    score = np.where(ready, score, -np.inf)
    order = np.lexsort((score, which))
    last = np.cumsum(count) - 1
    made = np.full(len(person), -1, dtype=np.int64)
    some = count > 0
    best = order[last[some]]
    made[some] = np.where(np.isfinite(score[best]), records.place[row[best]], -1)
    return made
