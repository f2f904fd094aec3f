"""People's places in the order in which letters should try them, as tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from postloan.kernel import Lang
from postloan.people.evidence import OUTCOMES, SOURCES, UNKNOWN_DAY, Ints
from postloan.people.gathering import EPOCH, Gathered
from postloan.people.next_letter import Plan, Policy, plan
from postloan.people.reach import Chances, Weights, chances
from postloan.people.situations import NAMES, Situation, situation
from postloan.people.training import Model
from postloan.tape.terms import terms

if TYPE_CHECKING:
    import pyarrow as pa

_AT_A_TIME = 40_000
"""People whose places are worked on at a time; bounds memory."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Places of people with their chances; candidates ordered by person, the best first.

    first: where each person's places begin; one more at the end. place: of each candidate. seen: chances.
    """

    first: Ints
    place: Ints
    seen: Chances


def rank(gathered: Gathered, model: Model) -> Ranked:
    """The places of everybody, the likeliest first. Equal chances keep the order of the places."""
    evidence, day = gathered.evidence, (gathered.on - EPOCH).days
    parts: list[tuple[Ints, Ints, Chances]] = []
    for begin in range(0, max(evidence.people, 1), _AT_A_TIME):
        person = np.arange(begin, min(begin + _AT_A_TIME, evidence.people))
        asked = situation(evidence, person, np.full(len(person), day), model.pooled)
        seen = chances(model.weights, asked)
        order = np.lexsort((asked.place, -seen.arrives, asked.moment))
        sorted_seen = Chances(*(getattr(seen, name)[order] for name in Chances.__slots__))
        parts.append((np.diff(asked.first), asked.place[order], sorted_seen))
    count = np.concatenate([p[0] for p in parts])
    every = Chances(*(np.concatenate([getattr(p[2], name) for p in parts]) for name in Chances.__slots__))
    first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return Ranked(first, np.concatenate([p[1] for p in parts]), every)


def places_table(gathered: Gathered, ranked: Ranked, weights: Weights, lang: Lang = "en") -> pa.Table:
    """One row a place: borrower_id, place_id, rank, address_standard, arrives, source_best, evidence, rows.

    rows: numbers of the rows of ``addresses`` that it is made of, from 0. lives: chance that the borrower lives there.
    """
    import pyarrow as pa

    records, owner = gathered.evidence.records, gathered.evidence.spots.person
    by_place = np.argsort(records.place, kind="stable")
    start = np.searchsorted(records.place[by_place], np.arange(len(owner) + 1))
    count = np.diff(start)[ranked.place]
    which = np.repeat(np.arange(len(ranked.place)), count)
    offset = np.concatenate([[0], np.cumsum(count)])
    taken = by_place[np.arange(len(which)) - offset[:-1][which] + start[ranked.place][which]]
    person = owner[ranked.place]
    ids = place_ids(gathered)
    borrower = np.array(gathered.borrower, dtype=object)[person]
    at = np.arange(len(person)) - ranked.first[person]
    best = _best_source(gathered, weights)
    said = evidence_texts(gathered, lang)
    rows = pa.ListArray.from_arrays(pa.array(offset, pa.int32()), pa.array(gathered.row[taken], pa.int64()))
    order = ranked.place.tolist()
    return pa.table(
        {
            "borrower_id": pa.array(borrower, pa.string()),
            "place_id": pa.array([ids[k] for k in order], pa.string()),
            "rank": pa.array(at + 1, pa.int32()),
            "address_standard": pa.array([gathered.standard[k] for k in order], pa.string()),
            "arrives": pa.array(np.round(ranked.seen.arrives, 4)),
            "lives": pa.array(np.round(ranked.seen.lives, 4)),
            "source_best": pa.array(SOURCES, pa.string()).take(pa.array(best[ranked.place])),
            "evidence": pa.array([said[k] for k in order], pa.string()),
            "rows": rows,
        }
    )


def people_table(
    gathered: Gathered, ranked: Ranked, policy: Policy, lang: Lang = "en"
) -> tuple[pa.Table, Plan]:
    """One row a person: places, the next letter, chances and cost of the letters planned, and what is missing."""
    import pyarrow as pa

    ids, made = place_ids(gathered), plan(ranked.seen, ranked.first, policy)
    count = np.diff(ranked.first)
    sent = made.order[:, 0]
    best = np.zeros(len(count))
    best[count > 0] = ranked.seen.arrives[ranked.first[:-1][count > 0]]
    return pa.table(
        {
            "borrower_id": pa.array(list(gathered.borrower), pa.string()),
            "places": pa.array(count, pa.int32()),
            "arrives": pa.array(np.round(best, 4)),
            "next_place": pa.array([ids[ranked.place[k]] if k >= 0 else None for k in sent.tolist()], pa.string()),
            "next_arrives": pa.array(np.round(made.chance[:, 0], 4)),
            "letters": pa.array((made.order >= 0).sum(axis=1), pa.int32()),
            "reached": pa.array(np.round(made.reached, 4)),
            "cost": pa.array(np.round(made.cost, 2)),
            "drawn": pa.array(made.drawn),
            "chance": pa.array(np.round(made.probability, 6)),
            "missing": pa.array(_missing(count, best, policy, lang), pa.string()),
        }
    ), made  # fmt: skip


_MISSING = {
    "none": (
        "no usable address: ask the borrower on a recorded call, look in the contract, or seek a court inquiry order",
        "无可用地址：请在录音电话中询问本人、查阅合同，或申请调查令",
    ),
    "weak": (
        "no place is likely: ask the borrower for a new address on a recorded call or the self-service page",
        "现有地址均不太可能送到：请通过录音电话或自助页面请本人更新地址",
    ),
}


def _missing(count: Ints, best: np.ndarray, policy: Policy, lang: Lang) -> list[str]:
    at = 1 if lang == "zh" else 0
    worth = max(policy.least, policy.cost / max(policy.worth, 1e-9))
    return [
        _MISSING["none"][at] if not n else _MISSING["weak"][at] if p < worth else ""
        for n, p in zip(count.tolist(), best.tolist(), strict=True)
    ]


def place_ids(gathered: Gathered) -> list[str]:
    """A name for each place that stays the same whatever the order of the rows: the borrower's and a digest."""
    made: list[str] = []
    seen: dict[str, int] = {}
    for who, text in zip(gathered.evidence.spots.person.tolist(), gathered.standard, strict=True):
        digest = hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
        name = f"{gathered.borrower[who]}-{digest}"
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return made


def _best_source(gathered: Gathered, weights: Weights) -> Ints:
    """The source of each place that speaks most for it."""
    records, day = gathered.evidence.records, (gathered.on - EPOCH).days
    at = NAMES.index(f"from_{SOURCES[0]}")
    aged = NAMES.index(f"age_of_{SOURCES[0]}")
    kinds = len(SOURCES)
    years = np.where(records.day == UNKNOWN_DAY, 3.0, np.maximum(day - records.day, 0) / 365.25)
    score = weights.mean[at : at + kinds][records.source]
    score = score + weights.mean[aged : aged + kinds][records.source] * np.log1p(years)
    order = np.lexsort((records.source, -score, records.place))
    _, first = np.unique(records.place[order], return_index=True)
    made: Ints = records.source[order][first]
    return made


def evidence_texts(gathered: Gathered, lang: Lang = "en") -> list[str]:
    """What is on file of each place: sources with days, letters with outcomes."""
    at = "zh" if lang == "zh" else "en"
    sources = [getattr(terms()["sources"][name], at) for name in SOURCES]
    outcomes = [getattr(terms()["outcomes"][name], at) for name in OUTCOMES]
    agreed_word = "（约定送达）" if lang == "zh" else " (agreed for service)"
    comma = "；" if lang == "zh" else "; "
    days: dict[int, str] = {}

    def shown(day: int) -> str:
        if day not in days:
            days[day] = shown_day(day, lang)
        return days[day]

    parts: list[list[str]] = [[] for _ in gathered.standard]
    records, letters = gathered.evidence.records, gathered.evidence.letters
    columns = (records.place, records.source, records.day, records.agreed)
    for place, source, day, agreed in zip(*(c.tolist() for c in columns), strict=True):
        parts[place].append(f"{sources[source]} {shown(day)}{agreed_word if agreed else ''}")
    said = [comma.join(dict.fromkeys(part)) for part in parts]
    for k, text in _letter_texts(letters.place, letters.sent, letters.outcome, outcomes, shown, lang).items():
        said[k] += comma + text
    return said


def shown_day(day: int, lang: Lang) -> str:
    """A day since 1970 as people write it, or that nobody wrote it down."""
    if day == UNKNOWN_DAY:
        return "日期不详" if lang == "zh" else "no date"
    return (EPOCH + timedelta(days=day)).isoformat()


def _letter_texts(
    place: Ints, sent: Ints, outcome: Ints, words: Sequence[str], shown: Callable[[int], str], lang: Lang
) -> dict[int, str]:
    made: dict[int, list[str]] = {}
    for k, day, what in zip(place.tolist(), sent.tolist(), outcome.tolist(), strict=True):
        if k >= 0:
            word = words[what] if what >= 0 else ("在途" if lang == "zh" else "on its way")
            made.setdefault(k, []).append(f"{shown(day)} {word}")
    head, comma = ("函件：", "，") if lang == "zh" else ("letters: ", ", ")
    return {k: head + comma.join(texts) for k, texts in made.items()}


def situation_of(gathered: Gathered, model: Model, person: int) -> Situation:
    """One person's places today."""
    day = (gathered.on - EPOCH).days
    return situation(gathered.evidence, np.array([person]), np.array([day]), model.pooled)
