"""Labelled addresses as parts: read from a file, changed by swapping, turned into arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from postloan.address.tagger.features import Features, Featuriser
from postloan.address.tagger.labels import INDEX, N_LABELS
from postloan.address.training.drawing import Part, Parts, chance
from postloan.address.training.grammar import road_name, zone
from postloan.address.training.names import company_name, compound_name
from postloan.address.training.places import (
    Chain,
    Places,
    short_city,
    short_county,
    short_province,
    short_town,
    short_village,
)

_FIXED = frozenset({"redundant", "assist", "otherinfo", "country", "prov", "city", "district"})
_FULL = re.compile("(省|自治区|市|地区|自治州|盟|区|县|旗|街道|镇|乡|村|社区)$")


def read_parts(text: str) -> list[Parts]:
    """Addresses of a file with one token and one BIO tag a line and a blank line after each address."""
    addresses: list[Parts] = []
    current: Parts = []
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if current:
                addresses.append(current)
                current = []
            continue
        token, tag = line.rsplit(" ", 1)
        label = tag[2:].lower()
        if tag[0] == "B" or not current or current[-1][1] != label:
            current.append((token, label))
        else:
            current[-1] = (current[-1][0] + token, label)
    return addresses


class Swapper:
    """Changes labelled addresses: other entities of the same label, or the whole address into another province."""

    def __init__(self, addresses: Iterable[Parts], places: Places) -> None:
        self._places = places
        self._bank: dict[str, list[str]] = {}
        for parts in addresses:
            for text, label in parts:
                self._bank.setdefault(label, []).append(text)

    def shuffled(self, parts: Parts, random: Random, share: float = 0.15) -> Parts:
        """The same address with some of its parts from other addresses, at times without its first levels."""
        changed = [self._other(part, random) if chance(random, share) else part for part in parts]
        if chance(random, 0.1):
            changed = self._cut(changed, random)
        return changed

    def _other(self, part: Part, random: Random) -> Part:
        label = part[1]
        if label in _FIXED and not (label in ("prov", "city", "district") and chance(random, 0.5)):
            return part
        return (random.choice(self._bank[label]), label)

    def _cut(self, parts: Parts, random: Random) -> Parts:
        lead = 0
        while lead < len(parts) - 1 and parts[lead][1] in ("country", "prov", "city", "district"):
            lead += 1
        cut = random.randint(0, lead)
        rest = parts[cut:]
        while len(rest) > 1 and rest[0][1] == "redundant" and len(rest[0][0]) == 1:
            rest = rest[1:]
        return rest

    def moved(self, parts: Parts, random: Random) -> Parts:
        """The address as it could stand elsewhere in China: divisions, villages, roads and names replaced."""
        chain = self._places.draw(random)
        known: dict[str, str] = {}
        for text, label in parts:
            if label != "redundant":
                known.setdefault(text, self._elsewhere(text, label, chain, random))
        moved = [(known.get(text, text), label) for text, label in parts]
        return [part for part in moved if part[0]]

    def _elsewhere(self, text: str, label: str, chain: Chain, random: Random) -> str:
        full = bool(_FULL.search(text))
        match label:
            case "prov":
                return chain.province if full else short_province(chain.province)
            case "city":
                name = chain.prefecture or (chain.province if chain.municipality else "")
                return name if full else short_city(name)
            case "district":
                return chain.county if full else short_county(chain.county)
            case "town":
                return chain.town if full else short_town(chain.town)
            case "community" if chain.villages:
                name = random.choice(chain.villages)
                return name if full else short_village(name)
            case "devzone" if chance(random, 0.6):
                return zone(random, chain)[0][0]
            case "road" if chance(random, 0.6) and not re.search("[组社队]$", text):
                return road_name(random, chain)
            case "poi" if chance(random, 0.3):
                return _renamed(text, chain, random)
        return text


def _renamed(text: str, chain: Chain, random: Random) -> str:
    if text.endswith(("公司", "厂", "集团")):
        return company_name(random, chain)
    if text.endswith(("小区", "苑", "园", "城", "府", "公寓", "家园", "新村")):
        return compound_name(random, chain)
    return text


@dataclass(frozen=True, slots=True)
class Encoded:
    """Addresses as arrays for training: features, targets, and where each address begins (one more than there are).

    target: one tag a token (label, or label + 21 inside a span), or a distribution over the 42 tags (float16).
    """

    features: Features
    target: npt.NDArray[np.int64] | npt.NDArray[np.float16]
    bounds: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1


def texts_of(addresses: Sequence[Parts]) -> list[str]:
    """The raw texts."""
    return ["".join(text for text, _ in parts) for parts in addresses]


def bounds_of(features: Features, count: int) -> npt.NDArray[np.int64]:
    """Where the tokens of each text begin, and the end."""
    sizes = np.bincount(features.tokens.row, minlength=count)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def encode(addresses: Sequence[Parts], featuriser: Featuriser) -> Encoded:
    """Features and tags; a token has the label of the span that holds its first character."""
    features = featuriser(texts_of(addresses))
    tokens = features.tokens
    label = np.zeros(len(tokens.codes), np.int64)
    opens = np.zeros(len(tokens.codes) + 1, np.int64)
    for parts, begin in zip(addresses, tokens.text_start.tolist(), strict=True):
        at = begin
        for text, name in parts:
            label[at : at + len(text)] = INDEX[name]
            opens[at] = 1
            at += len(text)
    before = np.concatenate([[0], np.cumsum(opens)])
    begun = before[tokens.start + tokens.length] > before[tokens.start]
    # where a number runs from one span into the next, the rest of the latter opens it
    here = label[tokens.start]
    begun[1:] |= here[1:] != here[:-1]
    begun |= tokens.first
    tags = here + np.where(begun, 0, N_LABELS)
    return Encoded(features, tags, bounds_of(features, len(addresses)))


def gold_spans(parts: Parts) -> list[tuple[int, int, int]]:
    """Spans of an address: first character, end, label index."""
    spans, at = [], 0
    for text, name in parts:
        spans.append((at, at + len(text), INDEX[name]))
        at += len(text)
    return spans
