"""Pairs of addresses of which it is known whether they name one place, made by damaging labelled addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from postloan.address.training.damage import DIFFERENT, SAME, Bank, Damage
from postloan.address.training.drawing import Parts


@dataclass(frozen=True, slots=True)
class Pair:
    """Two addresses. same: whether they name one place. kind: the damage between them."""

    one: str
    other: str
    same: bool
    kind: str


def damaged_pairs(addresses: Sequence[Parts], seed: int) -> Iterator[Pair]:
    """For each address one pair of the same place and one of two, by kinds of damage in turn; reproducible.

    Half of the pairs of two places have harmless damage as well, and one in ten is another address altogether.
    """
    random, bank = Random(seed), Bank(addresses)
    for number, parts in enumerate(addresses):
        text = _text(parts)
        kind, other = _damaged(random, parts, bank, SAME, number)
        if other and other != text:
            yield _either_way(random, Pair(text, other, True, kind))
        if random.random() < 0.1:
            far = _text(random.choice(addresses))
            if far != text:
                yield Pair(text, far, False, "another_address")
            continue
        kind, other = _damaged(random, parts, bank, DIFFERENT, number, and_then=SAME)
        if other and other != text:
            yield _either_way(random, Pair(text, other, False, kind))


_HARMLESS = ("drop_divisions", "old_division_names", "other_numerals", "dashed", "noise", "drop_remarks")


def _damaged(
    random: Random,
    parts: Parts,
    bank: Bank,
    kinds: Mapping[str, Damage],
    number: int,
    and_then: Mapping[str, Damage] | None = None,
) -> tuple[str, str]:
    names = list(kinds)
    for turn in range(len(names)):
        name = names[(number + turn) % len(names)]
        changed = kinds[name](random, parts, bank)
        if changed and changed != parts:
            if and_then and random.random() < 0.5 and name != "other_county":  # which would no longer be told
                changed = and_then[random.choice(_HARMLESS)](random, changed, bank) or changed
            return name, _text(changed)
    return "", ""


def _either_way(random: Random, pair: Pair) -> Pair:
    return pair if random.random() < 0.5 else Pair(pair.other, pair.one, pair.same, pair.kind)


def _text(parts: Parts) -> str:
    return "".join(text for text, _ in parts)
