"""The places of a person as they stood on a day, each with what speaks for and against it, as numbers.

A *moment* is a person on a day: the day a letter was sent, or today. Only what was known before that day counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from postloan.people.evidence import (
    ARRIVALS,
    OUTCOMES,
    PROXY,
    SOURCES,
    UNKNOWN_DAY,
    Evidence,
    Flags,
    Floats,
    Ints,
    expanded,
    starts_of,
)

_YEAR = 365.25
_FADE = 3.0
"""Years in which what a letter taught fades to a third."""
_ANSWER = 30
"""Days after which the outcome of a letter is taken as known where nobody says."""
_ID, _CONTRACT, _HOME = (SOURCES.index(name) for name in ("id_card", "contract_service", "application_home"))

_PAIRS = tuple(combinations(range(len(SOURCES)), 2))
_AGES = (0.25, 1.0, 2.0, 4.0, 7.0)

NAMES: tuple[str, ...] = (
    "known_at_all", *(f"from_{s}" for s in SOURCES), *(f"age_of_{s}" for s in SOURCES), "undated",
    *(f"older_than_{a:g}" for a in _AGES), "more_sources", "more_days", "copies", "newest", "newer_elsewhere",
    "oldest_of_several", "stay", "agreed", *(f"pair_{SOURCES[a]}_{SOURCES[b]}" for a, b in _PAIRS),
    *(f"letter_{o}" for o in OUTCOMES), "renewed_after_failure", "same_county_elsewhere",
    "same_prefecture_elsewhere", "id_county", "id_prefecture", "id_elsewhere", "id_card_in_id_county", "grade",
    "office", "shared", "many_places", "person_newest", "failures_of_person", "pooled_compound", "pooled_street",
    "pooled_county", "pooled_group",
)  # fmt: skip
"""The features of whether somebody lives at a place, one a column."""

AT_HOME: tuple[str, ...] = (
    "at_home", "grade", "office", "shared", "pooled_compound", "pooled_street", "pooled_county", "pooled_group",
    "letter_unclaimed", "letter_delivered_proxy",
)  # fmt: skip
"""The features of whether a letter arrives where the person lives."""

GONE: tuple[str, ...] = (
    "gone", "from_id_card", "from_application_home", "from_other", "id_county", "arrived_before", "office",
    "pooled_compound", "pooled_street", "pooled_county", "pooled_group",
)  # fmt: skip
"""The features of whether a letter arrives although the person does not live there (family does)."""

Matrix = npt.NDArray[np.float32]
POOLS = ("compound", "street", "county", "group")
"""What borrowers may share, smallest first."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The places of some moments.

    first: where each moment's candidates begin; one more at the end. moment, place: of each candidate, ordered by
    both. lives, home, gone: features as in ``NAMES``, ``AT_HOME``, ``GONE``.
    """

    first: Ints
    moment: Ints
    place: Ints
    lives: Matrix
    home: Matrix
    gone: Matrix


@dataclass(frozen=True, slots=True)
class _Known:
    """The records known at each moment, and the candidates that they make."""

    moment: Ints
    candidate: Ints
    source: Ints
    age: Floats
    dated: Flags
    bucket: Ints
    agreed: Flags
    first: Ints
    c_moment: Ints
    c_place: Ints


def situation(evidence: Evidence, person: Ints, day: Ints, pooled: Floats | None = None) -> Situation:
    """The places of persons as they stood on days.

    person, day: of each moment. pooled: for each place and each of ``POOLS`` how much better or worse letters
    arrive there than elsewhere (log odds, shrunken); nothing where None. Time and memory grow with the number of
    records of the persons asked for.
    """
    known = _known(evidence, person, day)
    count = len(known.c_moment)
    column = {name: at for at, name in enumerate(NAMES)}
    x = np.zeros((count, len(NAMES)), dtype=np.float32)
    oldest, newest = _by_records(known, x, column)
    _by_others(known, evidence, x, column, oldest, newest)
    _by_letters(known, evidence, person, day, x, column, newest)
    _by_place(known, evidence, x, column)
    if pooled is not None:
        at = column["pooled_compound"]
        x[:, at : at + len(POOLS)] = pooled[known.c_place]
    first = np.searchsorted(known.c_moment, np.arange(len(person) + 1)).astype(np.int64)
    return Situation(first, known.c_moment, known.c_place, x, _at_home(x, column), _gone(x, column))


def _known(evidence: Evidence, person: Ints, day: Ints) -> _Known:
    records, letters = evidence.records, evidence.letters
    start = starts_of(records.person, evidence.people)
    moment, row = expanded(start[person], start[person + 1] - start[person])
    # A place that a letter went to was known by then, whatever day its record bears.
    used = np.full(len(evidence.spots.person), np.iinfo(np.int64).max)
    sent = letters.place >= 0
    np.minimum.at(used, letters.place[sent], letters.sent[sent])
    then = day[moment]
    given, place = records.day[row], records.place[row]
    keep = (given <= then) | (used[place] <= then)
    # Where nothing was known in time everything counts: the days in the file are then not to be believed.
    some = np.bincount(moment[keep], minlength=len(person)) > 0
    keep |= ~some[moment]
    moment, row, given, place, then = moment[keep], row[keep], given[keep], place[keep], then[keep]
    change = np.ones(len(row), dtype=np.bool_)
    change[1:] = (moment[1:] != moment[:-1]) | (place[1:] != place[:-1])
    first = np.flatnonzero(change)
    dated = given != UNKNOWN_DAY
    age = np.where(dated, np.maximum(then - given, 0) / _YEAR, np.nan)
    return _Known(
        moment, np.cumsum(change) - 1, records.source[row], age, dated, np.where(dated, given // 90, 0),
        records.agreed[row], first, moment[first], place[first],
    )  # fmt: skip


def _filled(known: _Known) -> Floats:
    """Ages, with the middle of the person's other records (else three years) where there is none."""
    moments = int(known.moment[-1]) + 1 if len(known.moment) else 0
    total = np.bincount(known.moment[known.dated], known.age[known.dated], moments)
    number = np.bincount(known.moment[known.dated], minlength=moments)
    middle = np.where(number > 0, total / np.maximum(number, 1), 3.0)
    return np.where(known.dated, known.age, middle[known.moment])


def _by_records(known: _Known, x: Matrix, column: dict[str, int]) -> tuple[Floats, Floats]:
    """Sources, ages and how often a place was named; answers the oldest and newest age of each candidate."""
    count, kinds = len(x), len(SOURCES)
    age = _filled(known)
    cell = known.candidate * kinds + known.source
    cells = np.full(count * kinds, np.inf)
    np.minimum.at(cells, cell, age)
    latest = cells.reshape(count, kinds)
    has = np.isfinite(latest)
    at = column[f"from_{SOURCES[0]}"]
    x[:, 0] = 1
    x[:, at : at + kinds] = has
    at = column[f"age_of_{SOURCES[0]}"]
    x[:, at : at + kinds] = np.where(has, np.log1p(np.where(has, latest, 0)), 0)
    newest = np.minimum.reduceat(age, known.first) if count else age
    oldest = np.maximum.reduceat(age, known.first) if count else age
    some_date = np.maximum.reduceat(known.dated, known.first) if count else known.dated
    x[:, column["undated"]] = ~some_date
    for edge in _AGES:
        x[:, column[f"older_than_{edge:g}"]] = newest > edge
    sources = has.sum(axis=1)
    days = np.unique(known.candidate << 20 | known.bucket + (1 << 18))
    different = np.bincount(days >> 20, minlength=count)
    x[:, column["more_sources"]] = np.minimum(sources - 1, 4)
    x[:, column["more_days"]] = np.log(np.maximum(different, 1))
    x[:, column["copies"]] = (sources > 1) & (different == 1)
    x[:, column["stay"]] = np.log1p(oldest - newest)
    x[:, column["agreed"]] = np.maximum.reduceat(known.agreed, known.first) if count else known.agreed
    at = column[f"pair_{SOURCES[0]}_{SOURCES[1]}"]
    for place, (a, b) in enumerate(_PAIRS):
        x[:, at + place] = has[:, a] & has[:, b]
    return oldest, newest


def _by_others(
    known: _Known, evidence: Evidence, x: Matrix, column: dict[str, int], oldest: Floats, newest: Floats
) -> None:
    """What the person's other places say about each."""
    count, moment = len(x), known.c_moment
    if not count:
        return
    moments = int(moment[-1]) + 1
    places = np.bincount(moment, minlength=moments)
    youngest = np.full(moments, np.inf)
    np.minimum.at(youngest, moment, newest)
    eldest = np.zeros(moments)
    np.maximum.at(eldest, moment, newest)
    several = places[moment] > 1
    x[:, column["newest"]] = several & (newest <= youngest[moment] + 1 / 12)
    x[:, column["oldest_of_several"]] = several & (newest >= eldest[moment]) & (newest > youngest[moment])
    order = np.lexsort((newest, moment))
    rank = np.empty(count, dtype=np.int64)
    begin = np.cumsum(places) - places
    rank[order] = np.arange(count) - begin[moment[order]]
    x[:, column["newer_elsewhere"]] = np.where(newest > youngest[moment] + 0.25, np.log1p(rank), 0)
    x[:, column["many_places"]] = np.log(places[moment])
    x[:, column["person_newest"]] = np.log1p(youngest[moment])
    for name, level in (
        ("county", evidence.spots.county), ("prefecture", evidence.spots.prefecture),
    ):  # fmt: skip
        value = level[known.c_place]
        _, at, times = np.unique(moment * (1 << 21) + value, return_inverse=True, return_counts=True)
        x[:, column[f"same_{name}_elsewhere"]] = (value > 0) & (times[at] > 1)


def _by_letters(
    known: _Known,
    evidence: Evidence,
    person: Ints,
    day: Ints,
    x: Matrix,
    column: dict[str, int],
    newest: Floats,
) -> None:
    """What became of earlier letters to each place."""
    letters = evidence.letters
    start = starts_of(letters.person, evidence.people)
    moment, row = expanded(start[person], start[person + 1] - start[person])
    then = day[moment]
    seen = np.where(letters.known[row] == UNKNOWN_DAY, letters.sent[row] + _ANSWER, letters.known[row])
    past = (
        (letters.sent[row] < then) & (seen <= then) & (letters.outcome[row] >= 0) & (letters.place[row] >= 0)
    )
    moment, row, then = moment[past], row[past], then[past]
    outcome = letters.outcome[row]
    years = (then - letters.sent[row]) / _YEAR
    weight = np.exp(-years / _FADE)
    failed = np.bincount(moment, weight * (outcome > PROXY), minlength=len(person))
    x[:, column["failures_of_person"]] = np.minimum(failed, 4)[known.c_moment]
    key = known.c_moment * len(evidence.spots.person) + known.c_place
    wanted = moment * len(evidence.spots.person) + letters.place[row]
    at = np.searchsorted(key, wanted)
    here = (at < len(key)) & (key[np.minimum(at, max(len(key) - 1, 0))] == wanted) if len(key) else wanted < 0
    at, outcome, weight, years = at[here], outcome[here], weight[here], years[here]
    begin = column[f"letter_{OUTCOMES[0]}"]
    flat = np.bincount(at * len(OUTCOMES) + outcome, weight, minlength=len(x) * len(OUTCOMES))
    x[:, begin : begin + len(OUTCOMES)] = np.minimum(flat.reshape(len(x), len(OUTCOMES)), 2)
    last_failure = np.full(len(x), np.inf)
    bad = outcome > PROXY
    np.minimum.at(last_failure, at[bad], years[bad])
    x[:, column["renewed_after_failure"]] = np.isfinite(last_failure) & (newest < last_failure)


def _by_place(known: _Known, evidence: Evidence, x: Matrix, column: dict[str, int]) -> None:
    """The text and the region of each place."""
    spots, place = evidence.spots, known.c_place
    near = spots.near_id[place]
    x[:, column["id_county"]] = near == 3
    x[:, column["id_prefecture"]] = near == 2
    x[:, column["id_elsewhere"]] = near == 0
    x[:, column["id_card_in_id_county"]] = (near == 3) & (x[:, column["from_id_card"]] > 0)
    x[:, column["grade"]] = spots.grade[place] - 0.8
    x[:, column["office"]] = spots.office[place]
    x[:, column["shared"]] = np.log(np.maximum(spots.shared[place], 1))


def _at_home(x: Matrix, column: dict[str, int]) -> Matrix:
    made = np.ones((len(x), len(AT_HOME)), dtype=np.float32)
    for at, name in enumerate(AT_HOME[1:], start=1):
        made[:, at] = x[:, column[name]]
    return made


def _gone(x: Matrix, column: dict[str, int]) -> Matrix:
    made = np.ones((len(x), len(GONE)), dtype=np.float32)
    at = column[f"from_{SOURCES[0]}"]
    has = x[:, at : at + len(SOURCES)] > 0
    begin = column[f"letter_{OUTCOMES[0]}"]
    for place, name in enumerate(GONE[1:], start=1):
        if name == "from_other":
            made[:, place] = ~has[:, _ID] & ~has[:, _HOME] & ~has[:, _CONTRACT]
        elif name == "arrived_before":
            made[:, place] = x[:, begin : begin + ARRIVALS].sum(axis=1)
        else:
            made[:, place] = x[:, column[name]]
    return made
