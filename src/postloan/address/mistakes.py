"""Where a tagger is wrong: the worst addresses beside their gold, and which kinds of mistake are how common."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from postloan.address.evaluate import Gold

Span = tuple[int, int, str]
"""Start, end and label within one address."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One address that was labelled wrongly. text: as given. gold, found: its parts. wrong: spans that differ."""

    text: str
    gold: tuple[tuple[str, str], ...]
    found: tuple[tuple[str, str], ...]
    wrong: int


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What went wrong in a file.

    worst: addresses with the most spans that differ, the worst first. kinds: what was wrong and how often, the most
    common first: ``poi > subpoi`` the right ends under another label, ``poi = road + poi`` cut into these,
    ``road + poi = poi`` these taken for one, ``poi ~`` other ends.
    """

    worst: tuple[Mistake, ...]
    kinds: tuple[tuple[str, int], ...]


def mistakes(
    addresses: Sequence[Gold], found: Iterable[tuple[int, int, int, str]], most: int = 20
) -> Mistakes:
    """The mistakes in spans (address, start, end, label) that were found in addresses with gold parts."""
    by_row: defaultdict[int, set[Span]] = defaultdict(set)
    for row, start, end, label in found:
        by_row[row].add((start, end, label))
    kinds: Counter[str] = Counter()
    wrong: list[Mistake] = []
    for row, parts in enumerate(addresses):
        gold, got = _spans(parts), by_row[row]
        if differing := len(gold ^ got):
            kinds.update(_kinds(gold, got))
            text = "".join(part for part, _ in parts)
            named = tuple((text[start:end], label) for start, end, label in sorted(got))
            wrong.append(Mistake(text, tuple(parts), named, differing))
    wrong.sort(key=lambda one: (-one.wrong, one.text))
    return Mistakes(tuple(wrong[:most]), tuple(kinds.most_common()))


def _spans(parts: Gold) -> set[Span]:
    spans, at = set(), 0
    for text, label in parts:
        spans.add((at, at + len(text), label))
        at += len(text)
    return spans


def _kinds(gold: set[Span], got: set[Span]) -> Iterable[str]:
    """The kind of each stretch of characters whose spans differ, between two places where both have an edge."""
    edges = {edge for start, end, _ in gold for edge in (start, end)}
    shared = sorted(edges & {edge for start, end, _ in got for edge in (start, end)})
    for start, end in itertools.pairwise(shared):
        wanted = [label for a, b, label in sorted(gold) if start <= a and b <= end]
        had = [label for a, b, label in sorted(got) if start <= a and b <= end]
        if len(wanted) == len(had) == 1:
            if wanted != had:
                yield f"{wanted[0]} > {had[0]}"
        elif len(wanted) == 1 or len(had) == 1:
            yield f"{' + '.join(wanted)} = {' + '.join(had)}"
        else:
            yield f"{' + '.join(wanted)} ~"
