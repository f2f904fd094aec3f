"""Compare addresses (地址比对): same unit, building, compound or road, area, or different, and how likely one place.

Two questions are answered. ``level``: down to what do the two agree? ``probability``: do they name one place, as far
as both say? 3幢501室 and 3幢502室 agree down to the building, but are not one place; 3幢 and 3幢501室 agree down to
the building and do not contradict each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from postloan.address.comparing.words import (
    AT,
    CONTRADICTED,
    ELEMENT_WORDS,
    ELEMENTS,
    NAMES,
    NUMBERS,
    STATE_WORDS,
    State,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from postloan.address.comparing.names import Ints, States
    from postloan.address.comparing.signatures import Signatures
    from postloan.address.parsing import Mode, Parsed, Weights

Level: TypeAlias = Literal["different", "area", "site", "building", "unit"]
LEVELS: tuple[Level, ...] = ("different", "area", "site", "building", "unit")
"""Down to what two addresses agree, the widest first; site: compound, village or road."""
LEVEL_WORDS = {
    "different": ("different", "不同地点"), "area": ("same area", "同一区域"),
    "site": ("same compound or road", "同一小区或道路"), "building": ("same building", "同一楼栋"),
    "unit": ("same unit", "同一户"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """How two addresses stand to each other in one element.

    element: one of ``comparing.words.ELEMENTS``. state: the name of a ``State`` in small letters. one, other: what
    each says, '' where nothing. weight: what it adds to the log odds (natural) that the two are one place.
    """

    element: str
    state: str
    one: str
    other: str
    weight: float

    def words(self, lang: str = "en") -> str:
        """The evidence in words: ``room different: 501室, 502室``."""
        at = 1 if lang == "zh" else 0
        said = (
            ELEMENT_WORDS[self.element][at] + ("" if at else " ") + STATE_WORDS[State[self.state.upper()]][at]
        )
        texts = [text for text in dict.fromkeys((self.one, self.other)) if text]
        return said + ("：" if at else ": ") + ("、" if at else ", ").join(texts) if texts else said


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two addresses have in common.

    level: down to what they agree. probability: how likely they name one place, as far as both say, 0 to 1.
    evidence: what speaks for it and against it, the strongest first.
    """

    level: Level
    probability: float
    evidence: tuple[Evidence, ...]

    @property
    def same(self) -> bool:
        """Whether they more likely name one place than two."""
        return self.probability >= 0.5

    @property
    def deciding(self) -> tuple[Evidence, ...]:
        """What decides, at most four: the strongest contradictions of two places, the finest agreements of one."""
        found = [e for e in self.evidence if _decides(State[e.state.upper()], self.same)]
        single = [e for e in found if e.element not in _WHOLE]
        if self.same:
            single.sort(key=lambda e: -AT[e.element])
        return tuple((single or found)[:4])

    def words(self, lang: str = "en") -> str:
        """The answer in a sentence."""
        at = 1 if lang == "zh" else 0
        level, likely = LEVEL_WORDS[self.level][at], f"{100 * self.probability:.0f}"
        reasons = ("；" if at else "; ").join(e.words(lang) for e in self.deciding)
        if at:
            return f"{level}，为同一地点的可能性 {likely}%" + (f"：{reasons}" if reasons else "")
        return f"{level}, one place with {likely} % probability" + (f": {reasons}" if reasons else "")


@dataclass(frozen=True, slots=True)
class Compared:
    """Many pairs, compared; one entry a pair.

    level: place in ``LEVELS``. probability: as in ``Comparison``. states: a column for each of ``ELEMENTS``.
    """

    level: npt.NDArray[np.int8]
    probability: npt.NDArray[np.float64]
    states: States

    def at(self, rows: Ints) -> Compared:
        """Some of the pairs."""
        return Compared(self.level[rows], self.probability[rows], self.states[rows])

    @property
    def area_open(self) -> npt.NDArray[np.bool_]:
        """Whether one alone says in which county it lies, and no town shows that the other lies there too."""
        shown = [AT["zone"], AT["town"]]
        agree = (self.states[:, shown] >= State.SAME) & (self.states[:, shown] <= State.PART)
        found: npt.NDArray[np.bool_] = (self.states[:, AT["county"]] == State.ONE) & ~agree.any(1)
        return found

    def deciding(self) -> list[str]:
        """For each pair what decides, as codes: ``room:different`` or ``road:same place:close``."""
        return _deciding(self.states, self.probability)


def compare(
    one: str | Parsed, other: str | Parsed, mode: Mode = "accurate", weights: Weights = "default"
) -> Comparison:
    """Two addresses, as texts or parsed.

    mode, weights: how texts are read, as in ``parse``.

    Raises:
        InputError: the mode or the weights are unknown, or something is no text.
    """
    from postloan.address.comparing.signatures import rows, signatures_of
    from postloan.address.comparing.weights import packaged_weights
    from postloan.address.parsing import parse_one

    read = [parse_one(given, mode, weights) if isinstance(given, str) else given for given in (one, other)]
    both = signatures_of(read)
    found = compare_rows(both, rows(0), both, rows(1))
    states, weight = found.states[0].tolist(), packaged_weights().of
    evidence = [
        Evidence(
            name,
            State(states[at]).name.lower(),
            _said(read[0], name),
            _said(read[1], name),
            round(float(weight[at, states[at]]), 2),
        )
        for name, at in AT.items()
        if states[at] != State.NONE and name not in _INWARD
    ]
    evidence.sort(key=lambda e: -abs(e.weight))
    return Comparison(LEVELS[int(found.level[0])], round(float(found.probability[0]), 4), tuple(evidence))


def compare_pairs(
    pairs: Sequence[tuple[str | None, str | None]], mode: Mode = "fast", weights: Weights = "default"
) -> pa.Table:
    """Many pairs of texts: columns ``level``, ``probability``, ``same`` and ``deciding``; one row a pair.

    Raises:
        InputError: as ``compare``.
    """
    import numpy as np
    import pyarrow as pa

    from postloan.address.comparing.signatures import signatures

    one = signatures([pair[0] for pair in pairs], mode, weights)
    other = signatures([pair[1] for pair in pairs], mode, weights)
    at = np.arange(len(pairs))
    found = compare_rows(one, at, other, at)
    return pa.table(
        {
            "level": pa.array(LEVELS).take(pa.array(found.level.astype(np.int32))),
            "probability": pa.array(found.probability),
            "same": pa.array(found.probability >= 0.5),
            "deciding": pa.array(found.deciding(), pa.string()),
        }
    )


def compare_rows(one: Signatures, i: Ints, other: Signatures, j: Ints) -> Compared:
    """The addresses in rows ``i`` of some signatures with those in rows ``j`` of others (or the same ones).

    For all pairs among the addresses of a person: ``signatures(texts)`` once, then two arrays of row numbers.
    """
    import numpy as np

    from postloan.address.comparing.levels import levels_of
    from postloan.address.comparing.states import pair_states
    from postloan.address.comparing.weights import packaged_weights

    states = pair_states(one, i, other, j)
    probability = packaged_weights().probability(states)
    empty = (states[:, AT["ground"] :] == State.DIFFERENT).all(1)
    return Compared(levels_of(states), np.where(empty, 0.0, probability), states)


def _said(parsed: Parsed, name: str) -> str:
    return " ".join(e.text for e in parsed.elements if e.label in _LABELS_OF.get(name, ()))


_WHOLE = ("numbers", "wording")  # of several elements together
_INWARD = ("ground", "figures")  # they only weigh what the others show
_LABELS_OF = {
    "province": ("prov",), "prefecture": ("city",), "county": ("district",), "zone": ("devzone",), "town": ("town",),
    "community": ("community",), "road": ("road",), "lane": ("subroad",), "place": ("poi",), "inside": ("subpoi",),
    "road_no": ("roadno",), "lane_no": ("subroadno",), "building": ("houseno",), "entrance": ("cellno",),
    "floor": ("floorno",), "room": ("roomno",),
}  # fmt: skip


def _decides(state: State, same: bool) -> bool:
    return State.SAME <= state <= State.PART if same else state in CONTRADICTED or state == State.SLIP


def _deciding(states: States, probability: npt.NDArray[np.float64]) -> list[str]:
    import numpy as np

    shown = [AT[name] for name in (*ELEMENTS[:3], *NAMES, *NUMBERS)]
    same = probability >= 0.5
    keys, back = np.unique(np.column_stack([states[:, shown], same]), axis=0, return_inverse=True)
    words = [_codes(bytes(key[:-1].tolist()), bool(key[-1])) for key in keys]
    return [words[at] for at in back.ravel().tolist()]


@lru_cache(maxsize=65536)
def _codes(states: bytes, same: bool) -> str:
    names = (*ELEMENTS[:3], *NAMES, *NUMBERS)
    return " ".join(
        f"{name}:{State(state).name.lower()}"
        for name, state in zip(names, states, strict=True)
        if state and _decides(State(state), same)
    )
