"""From the names of divisions in an address to a code and a path (行政区划代码).

Reads only the names that the address itself gives. Where they fit several places, the answer stops at the level on
which all of them agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from postloan.address.divisions import Region, regions

_TAIL = {
    "province": re.compile("(维吾尔|壮族|回族)?(自治区|特别行政区|省|市)$"),
    "prefecture": re.compile("(自治州|地区|市|盟)$"),
    "county": re.compile("(自治县|自治旗|新区|林区|特区|区|县|市|旗)$"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A division: six-digit code and the names from the province down, with / between; both '' where unknown."""

    adcode: str
    path: str


NOWHERE = Place("", "")


def shortened(name: str, level: str) -> str:
    """The name without the word for its level; the name itself where too little would be left."""
    short = _TAIL[level].sub("", name)
    return short if len(short) >= 2 else name


@cache
def _by_name() -> dict[str, list[Region]]:
    """Divisions by full and short name, those in force first."""
    index: dict[str, list[Region]] = {}
    for region in sorted(regions().values(), key=lambda r: (not r.current, r.code)):
        if region.is_heading:
            continue
        for name in dict.fromkeys(form for n in region.names for form in (n, shortened(n, region.level))):
            index.setdefault(name, []).append(region)
    return index


@lru_cache(maxsize=65536)
def resolve(province: str, city: str, district: str) -> Place:
    """The place that these names fix; '' stands for a name that the address does not give."""
    found: list[Region] = []
    province, city, district = (_as_indexed(name) for name in (province, city, district))
    for name, level in ((district, "county"), (city, "prefecture"), (city, "province"), (city, "county")):
        found = [region for region in _named(name, level) if _inside(region, province, city)]
        if found:
            break
    if not found:
        found = _named(province, "province")
    return _agreed(found)


def _named(name: str, level: str) -> list[Region]:
    if not name:
        return []
    candidates = _by_name().get(name) or _by_name().get(shortened(name, level), [])
    fitting = [r for r in candidates if r.level == level]
    exact = [r for r in fitting if name in r.names] or fitting
    return [r for r in exact if r.current] or _latest(exact)


def _latest(past: list[Region]) -> list[Region]:
    """Of abolished divisions those that were there last: codes were also renumbered when a prefecture was."""
    years = [region.until or 0 for region in past]
    return [region for region, year in zip(past, years, strict=True) if year == max(years)]


def _as_indexed(name: str) -> str:
    """A name that is not in the index, in simplified and half-width characters."""
    if not name or name in _by_name():
        return name
    from postloan.address.tagger.model import packaged_folds

    return name.translate(packaged_folds())


def _inside(region: Region, province: str, city: str) -> bool:
    if province and shortened(province, "province") != region.province:
        return False
    if not city or region.level != "county" or city in region.names:
        return True
    short = shortened(city, "prefecture")
    return region.prefecture.startswith(short) or (not region.prefecture and region.province == short)


def _agreed(found: list[Region]) -> Place:
    codes = {region.code for region in found}
    if len(codes) == 1:
        return place_of(found[0])
    for digits in (4, 2):
        heads = {region.code[:digits] for region in found}
        head = regions().get(heads.pop() + "0" * (6 - digits)) if len(heads) == 1 else None
        if head is not None and not head.is_heading:
            return place_of(head)
    return NOWHERE


def place_of(region: Region) -> Place:
    """Code and path of a division."""
    names: Iterable[str] = (
        regions()[code].name
        for code in dict.fromkeys((region.code[:2] + "0000", region.code[:4] + "00", region.code))
        if code in regions() and not regions()[code].is_heading
    )
    return Place(region.code, "/".join(names))


_SIGN = re.compile(r"[-_/,， 　]")
_ROAD_FOLLOWS = re.compile("[东西南北中一二三四五六七八九十]?[路街道巷弄大]")


def leading_divisions(text: str) -> list[tuple[str, int, int]]:
    """Province, prefecture and county at the head of a text, by dictionary alone: label, start, end."""
    found: list[tuple[str, int, int]] = []
    at, order = 2 if text.startswith("中国") else 0, 0
    levels = ("province", "prefecture", "county")
    while at < len(text) and order < 3:
        if found and _SIGN.match(text, at):
            at += 1
            continue
        step = _longest(text, at, levels[order:])
        if step is None:
            break
        level, end, full = step
        if not full and _ROAD_FOLLOWS.match(text, end):
            break
        label = {"province": "prov", "prefecture": "city", "county": "district"}[level]
        found.append((label, at, end))
        at, order = end, levels.index(level) + 1
    return found


def _longest(text: str, at: int, levels: tuple[str, ...]) -> tuple[str, int, bool] | None:
    index = _by_name()
    for size in range(min(11, len(text) - at), 1, -1):
        name = text[at : at + size]
        for region in index.get(name, ()):
            if region.level in levels:
                municipality = region.level == "province" and name.endswith("市")
                return ("prefecture" if municipality else region.level), at + size, name in region.names
    return None
