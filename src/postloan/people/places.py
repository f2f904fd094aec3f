"""Address records become places (地点): the records of one person that name the same one stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from postloan.people.evidence import Flags, Floats, Ints, starts_of
from postloan.people.marks import APART, SAME, Mark, compound_of, marks, street_of, together

MANY = 40
"""Different texts of one person above which only plain equality is looked at, so that nothing grows as a square."""
_SITE = 2
"""The level of a comparison from which two texts may name one place: compound, village or road."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Places made of texts of persons.

    place: of each row asked about. text: number of the different text of each row. mark: of each different text;
    every: the texts, in order.
    unsure: pairs that had to be read.
    """

    place: Ints
    text: Ints
    mark: list[Mark]
    every: list[str]
    unsure: int


def grouped(person: Ints, texts: Sequence[str], people: int) -> Grouped:
    """The places that rows of (person, text) name, as numbers from 0 in the order of persons.

    Most pairs are settled by cheap marks, the rest by ``address.compare``. Rows may come in any order; the answer does
    not depend on it.
    """
    every = sorted(set(texts))
    known = {value: at for at, value in enumerate(every)}
    text = np.array([known[value] for value in texts], dtype=np.int64)
    mark = marks(every)
    pairs, at = np.unique(person * max(len(every), 1) + text, return_inverse=True)
    owner, said = pairs // max(len(every), 1), pairs % max(len(every), 1)
    start = starts_of(owner, people)
    head = list(range(len(pairs)))
    unsure: list[tuple[int, int]] = []
    several = np.flatnonzero(np.diff(start) > 1)
    for who in several.tolist():
        low, high = int(start[who]), int(start[who + 1])
        mine = [mark[k] for k in said[low:high].tolist()]
        unsure += _joined(head, low, mine)
    if unsure:
        _read(head, unsure, said, every, mark, start[owner], start[owner + 1])
    root = np.array([_root(head, k) for k in range(len(head))], dtype=np.int64)
    _, place = np.unique(root, return_inverse=True)
    return Grouped(place[at].astype(np.int64), text, mark, every, len(unsure))


def _root(head: list[int], at: int) -> int:
    while head[at] != at:
        at = head[at]
    return at


def _joined(head: list[int], low: int, mine: list[Mark]) -> list[tuple[int, int]]:
    """Join what is plainly the same; answers the pairs that have to be read."""
    if len(mine) > MANY:
        seen: dict[tuple[object, ...], int] = {}
        for k, said in enumerate(mine):
            first = seen.setdefault(
                (said.numbers, said.names) if said.numbers else (said.tail, said.county), k
            )
            head[low + k] = low + first
        return []
    open_pairs: list[tuple[int, int]] = []
    for a, b in combinations(range(len(mine)), 2):
        found = together(mine[a], mine[b])
        if found == SAME:
            x, y = _root(head, low + a), _root(head, low + b)
            head[max(x, y)] = min(x, y)
        elif found != APART:
            open_pairs.append((low + a, low + b))
    return [(a, b) for a, b in open_pairs if _root(head, a) != _root(head, b)]


def _read(
    head: list[int],
    unsure: list[tuple[int, int]],
    said: Ints,
    every: list[str],
    mark: list[Mark],
    low: Ints,
    high: Ints,
) -> None:
    """Read the pairs that marks left open and join those that name one place, the surest first.

    low, high: where the texts of the owner of each text begin and end.
    """
    level, likely = _compared([(every[said[a]], every[said[b]]) for a, b in unsure])
    fits = (level >= _SITE) & (likely >= 0.5)
    against = {pair for pair, fit in zip(unsure, fits.tolist(), strict=True) if not fit}
    for k in np.argsort(-likely, kind="stable").tolist():
        if not fits[k]:
            continue
        a, b = (_root(head, at) for at in unsure[k])
        mine = range(int(low[a]), int(high[a]))
        one, other = ([at for at in mine if _root(head, at) == root] for root in (a, b))
        if a != b and not _contradicted(one, other, said, mark, against):
            head[max(a, b)] = min(a, b)


def _contradicted(
    one: list[int], other: list[int], said: Ints, mark: list[Mark], against: set[tuple[int, int]]
) -> bool:
    """Whether some text of one group plainly names another place than some text of the other."""
    return any(
        (min(x, y), max(x, y)) in against or together(mark[said[x]], mark[said[y]]) == APART
        for x in one
        for y in other
    )


def _compared(pairs: list[tuple[str, str]]) -> tuple[Ints, Floats]:
    """Level and probability of pairs of texts."""
    from postloan.address.comparing.signatures import signatures
    from postloan.address.comparison import compare_rows

    known: dict[str, int] = {}
    one, other = (
        np.array([known.setdefault(pair[side], len(known)) for pair in pairs], dtype=np.int64)
        for side in (0, 1)
    )
    read = signatures(list(known), "fast")
    found = compare_rows(read, one, read, other)
    return found.level.astype(np.int64), found.probability


def shared(person: Ints, mark: Sequence[Mark], best: Ints) -> tuple[Ints, Ints, Ints]:
    """Groups of places that lie together: (borrowers with the same place, number of its compound, of its street).

    person: owner of each place. best: the most complete text of each place.
    """
    said = [mark[k] for k in best.tolist()]
    # equal keys have equal hashes; that two of a million others do is less likely than a slip in this line
    whole = _numbers([hash((m.county, m.names, m.numbers)) if m.names and m.numbers else 0 for m in said])
    compounds, streets = [compound_of(m) for m in said], [street_of(m) for m in said]
    compound = _numbers(
        [hash((m.county, c)) if c and m.county % 100 else 0 for m, c in zip(said, compounds, strict=True)]
    )
    street = _numbers(
        [
            hash((m.county, s)) if len(s) > 1 and m.county % 100 else 0
            for m, s in zip(said, streets, strict=True)
        ]
    )
    people = int(person.max(initial=0)) + 1
    pairs = np.unique(whole * people + person)
    times = np.bincount(pairs // people, minlength=int(whole.max(initial=0)) + 1)
    return np.where(whole > 0, times[whole], 1), compound, street


def _numbers(keys: list[int]) -> Ints:
    """Small numbers from 1 for equal keys; 0 stays 0."""
    known, at = np.unique(np.array([0, *keys], dtype=np.int64), return_inverse=True)
    made: Ints = at[1:].astype(np.int64) + 1
    zero = int(np.searchsorted(known, 0))
    return np.where(at[1:] == zero, 0, made)


def most_complete(place: Ints, text: Ints, mark: Sequence[Mark]) -> Ints:
    """For each place the text that says most: graded best, then the longest, then the first."""
    score = np.array([m.grade * 1_000 + min(len(m.tail) + 3 * len(m.path), 400) for m in mark])[text]
    order = np.lexsort((text, -score, place))
    _, first = np.unique(place[order], return_index=True)
    return text[order][first]


def near_identity(county: Ints, of_id: Ints) -> Ints:
    """How far places agree with the region of identity numbers.

    3 county, 2 prefecture, 1 province, 0 elsewhere, -1 unknown.
    """
    known: Flags = (county > 0) & (of_id > 0)
    made = np.zeros(len(county), dtype=np.int64)
    for level, unit in ((1, 10_000), (2, 100), (3, 1)):
        made = np.where(county // unit == of_id // unit, level, made)
    return np.where(known, made, -1)
