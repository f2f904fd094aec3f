"""Why a place stands where it stands (解释): the reasons that weigh most, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from postloan.kernel import Lang, PostloanError
from postloan.kernel.personal import mask_address
from postloan.people.evidence import OUTCOMES, SOURCES, UNKNOWN_DAY, Floats
from postloan.people.gathering import EPOCH, Gathered
from postloan.people.next_letter import Policy, plan
from postloan.people.ranking import place_ids, shown_day, situation_of
from postloan.people.reach import Chances, chances
from postloan.people.situations import NAMES, Situation, situation
from postloan.people.training import Model
from postloan.tape.terms import terms

_MOST = 3
_LEAST = 0.15
"""Log odds below which a reason is not worth saying."""
_TYPICAL = 3_000


class NoSuchBorrower(PostloanError):
    """The tape has no borrower {borrower} with an address.

    Give a borrower number as it stands in the addresses table.
    """

    zh = "数据中没有借款人 {borrower} 的地址。请使用地址表中的借款人编号。"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its name, what it adds to the log odds compared with a typical place, and its words."""

    name: str
    weight: float
    says: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One place of a person: identifier, masked address, chances 0 to 1, reasons, the strongest first."""

    place_id: str
    address: str
    arrives: float
    lives: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One person's places in order, and what to do: a sentence."""

    borrower: str
    places: tuple[Explained, ...]
    advice: str


@cache
def _groups() -> Mapping[str, tuple[tuple[int, ...], Mapping[str, Mapping[str, str]]]]:
    import yaml

    raw = yaml.safe_load((files(__package__) / "explaining.yaml").read_text(encoding="utf-8"))
    made = {}
    for name, entry in raw.items():
        columns = tuple(
            at
            for at, feature in enumerate(NAMES)
            if any(feature == f or (f.endswith("_") and feature.startswith(f)) for f in entry["features"])
        )
        made[name] = (columns, entry)
    return made


def typical(gathered: Gathered, model: Model) -> Floats:
    """The features of a typical place of the tape: what each reason is held against."""
    day, people = (gathered.on - EPOCH).days, gathered.evidence.people
    some = np.unique(np.linspace(0, people - 1, min(people, _TYPICAL)).astype(np.int64))
    seen = situation(gathered.evidence, some, np.full(len(some), day), model.pooled)
    made: Floats = seen.lives.mean(axis=0, dtype=np.float64) if len(seen.place) else np.zeros(len(NAMES))
    return made


def explain(
    gathered: Gathered, model: Model, borrower: str, *, middle: Floats, policy: Policy, lang: Lang = "en"
) -> Explanation:
    """A person's places with the reasons for their order. middle: see ``typical``.

    Raises:
        NoSuchBorrower: the borrower has no address that may be used.
    """
    at = int(np.searchsorted(np.array(gathered.borrower, dtype=object), borrower))
    if at >= len(gathered.borrower) or gathered.borrower[at] != borrower:
        raise NoSuchBorrower(borrower=borrower)
    seen = situation_of(gathered, model, at)
    if not len(seen.place):
        raise NoSuchBorrower(borrower=borrower)
    found, ids = chances(model.weights, seen), place_ids(gathered)
    order = np.lexsort((seen.place, -found.arrives))
    places = tuple(
        Explained(
            ids[seen.place[k]], mask_address(gathered.standard[seen.place[k]]), float(found.arrives[k]),
            float(found.lives[k]), _reasons(gathered, model, seen, int(k), middle, _by_family(found, int(k)), lang),
        )
        for k in order.tolist()
    )  # fmt: skip
    letters = plan(found, seen.first, policy)
    return Explanation(borrower, places, _advice(letters.order[0], order, float(letters.reached[0]), lang))


def _advice(order: np.ndarray, ranked: np.ndarray, reached: float, lang: Lang) -> str:
    tried = [int(np.flatnonzero(ranked == k)[0]) + 1 for k in order.tolist() if k >= 0]
    if not tried:
        return (
            "现有地址均不值得寄函；请通过录音电话或自助页面请本人更新地址。"
            if lang == "zh"
            else "No letter is worth sending; ask the borrower for a new address on a recorded call or form."
        )
    if lang == "zh":
        then = "，退回后再寄".join(f"第 {k} 处" for k in tried)
        return f"先寄{then}；预计送达可能性 {reached:.0%}。"
    then = ", and only if that fails to ".join(f"place {k}" for k in tried)
    return f"Write to {then}; one of them is expected to arrive with {reached:.0%}."


def _reasons(
    gathered: Gathered, model: Model, seen: Situation, at: int, middle: Floats, family: bool, lang: Lang
) -> tuple[Reason, ...]:
    pull = model.weights.mean[: len(NAMES)] * (seen.lives[at] - middle)
    facts = _facts(gathered, int(seen.place[at]), lang)
    made: list[Reason] = []
    for name, (columns, words) in _groups().items():
        weight = float(pull[list(columns)].sum())
        if abs(weight) < _LEAST or not _worth_saying(name, weight, seen, at, facts):
            continue
        text = words["for" if weight > 0 else "against"][lang].format(**facts)
        made.append(Reason(name, round(weight, 2), text))
    made.sort(key=lambda reason: -abs(reason.weight))
    if family:
        made = [Reason("family", 0.0, _groups()["family"][1]["for"][lang]), *made]
    return tuple(made[:_MOST])


def _by_family(found: Chances, at: int) -> bool:
    """Whether most of the letters expected to arrive are not expected to find the person at home."""
    elsewhere = float((1 - found.lives[at]) * found.gone[at])
    return elsewhere > float(found.lives[at] * found.home[at]) and elsewhere > 0.1


def _worth_saying(name: str, weight: float, seen: Situation, at: int, facts: Mapping[str, str]) -> bool:
    """Whether what a reason speaks about is there at all."""
    several = seen.first[1] - seen.first[0] > 1
    young, fresh = (not seen.lives[at, NAMES.index(f"older_than_{edge}")] for edge in (2, 1))
    dated = not seen.lives[at, NAMES.index("undated")]
    alone = facts["records"] == "1"
    return not (
        (name == "letters" and not facts["letters"])
        or (name == "order" and not several)
        or (name == "agreement" and alone)
        or (name == "crowd" and facts["shared"] == "1")
        or (name == "age" and not (dated and (young if weight > 0 else not fresh)))
        or (name == "person" and weight > 0)
    )


def _facts(gathered: Gathered, place: int, lang: Lang) -> dict[str, str]:
    records, letters = gathered.evidence.records, gathered.evidence.letters
    mine = np.flatnonzero(records.place == place)
    days = records.day[mine][records.day[mine] != UNKNOWN_DAY]
    comma = "、" if lang == "zh" else ", "

    def word(kind: str, names: Sequence[str], at: int) -> str:
        return str(getattr(terms()[kind][names[at]], lang))

    sent = np.flatnonzero((letters.place == place) & (letters.outcome >= 0))
    return {
        "sources": comma.join(
            dict.fromkeys(word("sources", SOURCES, k) for k in records.source[mine].tolist())
        ),
        "newest": shown_day(int(days.max()), lang) if len(days) else shown_day(UNKNOWN_DAY, lang),
        "records": str(len(mine)),
        "letters": comma.join(
            f"{shown_day(int(letters.sent[k]), lang)} {word('outcomes', OUTCOMES, int(letters.outcome[k]))}"
            for k in sent.tolist()
        ),
        "shared": str(int(gathered.evidence.spots.shared[place])),
    }
