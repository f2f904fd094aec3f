"""The names that can follow a division in an address: its prefectures, counties and townships, in full and short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from postloan.address.divisions import Naming, namings, regions
from postloan.address.gazetteer import (
    counties_with_township,
    counties_within,
    short_forms,
    shortened,
    townships_of,
)

OTHER_WORD: Final = {"市": "场政民", "区": "域间号", "省": "府立委", "县": "小"}
"""Characters after which a name in full may be the beginning of another word: 义乌市场, 西湖区域."""
PROV, CITY, DISTRICT, TOWN = range(4)
_RANK: Final = {"province": PROV, "prefecture": CITY, "county": DISTRICT}


class Entry:
    """One name that can follow.

    name, size: in full or short. label: 0 province to 3 township. weak: whether it is short, so that it may as well
    be the beginning of another name. codes: the divisions that it may be, in force or not, none of a township. city:
    whether it is a city's or a rural county's, whose short name is seldom part of another. unlike: see
    ``OTHER_WORD``. bits: label and weakness as a mark has them.
    """

    __slots__ = ("_common", "bits", "city", "codes", "label", "name", "size", "unlike", "weak")

    def __init__(self, name: str, label: int, weak: bool, codes: tuple[str, ...], city: bool) -> None:
        self.name, self.label, self.weak, self.codes, self.city = name, label, weak, codes, city
        self.size = len(name)
        self.bits = label << 13 | weak
        self.unlike = OTHER_WORD.get(name[-1], "")
        self._common: bool | None = None

    @property
    def common(self) -> bool:
        """Whether townships elsewhere have the name as well, so that it says little alone."""
        if self._common is None:
            heads = {code[:4] for code in self.codes}
            self._common = any(county[:4] not in heads for county in counties_with_township(self.name))
        return self._common


Named = tuple[str, int, bool, tuple[str, ...], bool]
Table = Mapping[str, tuple[Entry, ...]]
"""Entries by their first two characters, the longest first, of equals the higher level."""
EMPTY: Final[Table] = MappingProxyType({})


@lru_cache(maxsize=2048)
def table_of(label: int, codes: tuple[str, ...]) -> Table:
    """What can follow divisions of a level: below a county its townships, above it prefectures and counties."""
    return _table(_towns(codes) if label == DISTRICT else _divisions(label, codes))


@lru_cache(maxsize=512)
def nearby_towns(prefecture: str) -> tuple[frozenset[str], frozenset[str]]:
    """Short names of the townships of all counties whose code begins with these four digits, and their beginnings.

    Borders move, and many addresses leave the county out. A beginning is the first two characters.
    """
    every = (name for county in counties_within(prefecture) for name in townships_of(county))
    names = frozenset(short for name in every if (short := shortened(name, "township")) != name)
    return names, frozenset(name[:2] for name in names)


def _table(names: Iterable[Named]) -> Table:
    table: dict[str, list[Entry]] = {}
    for name, label, weak, codes, city in names:
        table.setdefault(name[:2], []).append(Entry(name, label, weak, codes, city))
    return {key: tuple(sorted(found, key=lambda e: (-e.size, e.label))) for key, found in table.items()}


def _towns(counties: Iterable[str]) -> Iterator[Named]:
    seen: dict[str, bool] = {}
    for county in counties:
        for name in townships_of(county):
            seen[name] = False
            seen.setdefault(shortened(name, "township"), True)
    return ((name, TOWN, weak, (), False) for name, weak in seen.items())


def _divisions(label: int, codes: tuple[str, ...]) -> Iterator[Named]:
    found: dict[tuple[str, int, bool], dict[str, None]] = {}
    cities: set[tuple[str, int, bool]] = set()
    shorts = _shorts(codes)
    for naming, forms in _below(label, codes):
        rank = _RANK[naming.level]
        if rank <= label and not (label == PROV and naming.name[-1] == "市"):
            continue
        if label == CITY and naming.name[-1] == "市" and not naming.current and naming.name[:-1] in shorts:
            continue  # a former 湖州市 of county rank in 湖州 is 湖州 itself
        for name, weak in forms:
            if not (weak and name in shorts):
                place = CITY if rank == PROV and name[-1] == "市" else rank
                key = name, place, weak
                found.setdefault(key, {}).update(dict.fromkeys((naming.code, *naming.became)))
                if naming.name[-1] in "市县":
                    cities.add(key)
    for (name, level, weak), inside in found.items():
        if not (weak and (name, level, False) in found):
            yield name, level, weak, tuple(inside), (name, level, weak) in cities


def _below(label: int, codes: tuple[str, ...]) -> Iterable[tuple[Naming, tuple[tuple[str, bool], ...]]]:
    if label < PROV:
        return _by_head()[""]
    digits = 2 if label == PROV or any(code[2:] == "0000" for code in codes) else 4
    return [
        item for head in dict.fromkeys(code[:digits] for code in codes) for item in _by_head().get(head, ())
    ]


@cache
def _by_head() -> dict[str, list[tuple[Naming, tuple[tuple[str, bool], ...]]]]:
    """All namings with their forms (name, whether weak) by the first two and four digits of where they lie or lay."""
    index: dict[str, list[tuple[Naming, tuple[tuple[str, bool], ...]]]] = {"": []}
    for naming, shorts in zip(namings(), short_forms(), strict=True):
        two = len(naming.name) == 2 and naming.level == "county" and naming.name[-1] != "县"
        forms = ((naming.name, two), *((name, weak) for name, weak in shorts if name != naming.name))
        item = (naming, forms)
        index[""].append(item)
        codes = (naming.code, *naming.became)
        for head in {code[:digits] for code in codes for digits in (2, 4)}:
            index.setdefault(head, []).append(item)
    return index


def _shorts(codes: Iterable[str]) -> frozenset[str]:
    """The short names of divisions."""
    found = (regions().get(code) for code in codes)
    return frozenset(shortened(name, region.level) for region in found if region for name in region.names)
