"""Divisions by name: full names in force and earlier ones, short names, and the townships of a county."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from postloan.address.divisions import Level, Naming, namings

PEOPLES: Final = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|"
    "达斡尔|羌|仡佬|锡伯|裕固|各|撒拉|毛南|仫佬|鄂温克|鄂伦春|布朗|普米|怒|独龙|塔吉克|保安|门巴|珞巴"
)
"""The peoples (民族) in the names of autonomous divisions, for a regular expression."""
_TAIL_OF_PEOPLES = re.compile(f"((?:{PEOPLES})族?)+$")
_TAIL: Final[Mapping[Level, re.Pattern[str]]] = {
    "province": re.compile("(维吾尔|壮族|回族)?(自治区|特别行政区|省|市)$"),
    "prefecture": re.compile("(自治州|地区|市|盟)$"),
    "county": re.compile("(自治县|自治旗|新区|林区|特区|矿区|区|县|市|旗)$"),
    "township": re.compile("(街道办事处|街道办|街道|地区|民族乡|镇|乡|苏木)$"),
}
_ALIASES: Final = {
    "内蒙省": "150000", "内蒙古省": "150000", "广西省": "450000", "广西自治区": "450000",
    "西藏省": "540000", "宁夏省": "640000", "宁夏自治区": "640000", "宁夏回族": "640000", "新疆省": "650000",
    "新疆自治区": "650000", "新疆维吾尔族自治区": "650000", "香港特区": "810000", "澳门特区": "820000",
    "北京省": "110000", "上海省": "310000", "重庆省": "500000", "天津省": "120000",
}  # fmt: skip


def shortened(name: str, level: Level) -> str:
    """The name without the word for its level and, in autonomous divisions, without the peoples' names.

    The name itself where too little would be left.
    """
    short = _TAIL[level].sub("", name)
    if level != "province" and ("自治" in name or name.endswith("族乡")):
        short = _TAIL_OF_PEOPLES.sub("", short) or short
    return short if len(short) >= 2 else name


@cache
def by_full_name() -> Mapping[str, tuple[Naming, ...]]:
    """Divisions down to the county by a name they have or had, those in force first, then by code."""
    index: dict[str, list[Naming]] = {}
    for current in (True, False):  # in each, in order of code, as they stand
        for naming in namings():
            if naming.current is current:
                index.setdefault(naming.name, []).append(naming)
    return MappingProxyType({name: tuple(found) for name, found in index.items()})


@cache
def short_forms() -> tuple[tuple[tuple[str, bool], ...], ...]:
    """Of each of ``namings()`` the other forms of its name, each with whether it lacks the word for the level.

    An autonomous division is also written with a lesser word: 恩施州, 恩施自治州, 景宁县.
    """
    aliases: dict[str, list[tuple[str, bool]]] = {}
    for alias, code in _ALIASES.items():
        aliases.setdefault(code, []).append((alias, False))
    forms = []
    for naming in namings():
        short = shortened(naming.name, naming.level)
        found = [(short, True)] if short != naming.name else []
        if "自治" in naming.name and naming.level != "province":
            last = naming.name[-1]
            found += [(short + last, False), (f"{short}自治{last}", False)]
        forms.append((*found, *(aliases.get(naming.code, ()) if naming.current else ())))
    return tuple(forms)


@cache
def by_short_name() -> Mapping[str, tuple[Naming, ...]]:
    """The same by the other forms of their names."""
    index: dict[str, list[Naming]] = {}
    for current in (True, False):
        for naming, forms in zip(namings(), short_forms(), strict=True):
            if naming.current is current:
                for form, _ in forms:
                    index.setdefault(form, []).append(naming)
    return MappingProxyType({name: tuple(found) for name, found in index.items()})


@cache
def _lines() -> Mapping[str, str]:
    """What is known of each county's townships, still packed: present ones, a tab, earlier ones."""
    return {line[:6]: line[7:] for line in _packed().splitlines()}


@lru_cache(maxsize=1024)
def townships_of(county: str) -> Mapping[str, str]:
    """The townships of a county in force: full name to the code of nine digits."""
    present = _lines().get(county, "").partition("\t")[0]
    return MappingProxyType({entry[:-3]: county + entry[-3:] for entry in present.split(",") if entry})


@lru_cache(maxsize=1024)
def former_townships_of(county: str) -> frozenset[str]:
    """Full names of townships that a county, in force or not, had in earlier years and has no more."""
    past = _lines().get(county, "").partition("\t")[2]
    return frozenset(entry[:-3] for entry in past.split(",") if entry)


@lru_cache(maxsize=1024)
def short_townships_of(county: str) -> Mapping[str, str]:
    """Present townships by short name, where only one of the county has it."""
    found: dict[str, list[str]] = {}
    for name, code in townships_of(county).items():
        found.setdefault(shortened(name, "township"), []).append(code)
    return MappingProxyType({short: codes[0] for short, codes in found.items() if len(codes) == 1})


def township_name(code: str) -> str:
    """The full name of a township in force by its code of nine digits."""
    return next(name for name, own in townships_of(code[:6]).items() if own == code)


@lru_cache(maxsize=4096)
def townships_named(name: str, head: str, former: bool = False) -> tuple[str, ...]:
    """Codes of the townships with this full name whose code begins so ('' for the whole country).

    former: those of earlier years and not those in force.
    """
    packed, found, at = _packed(), [], 0
    while name and (at := packed.find(name, at)) >= 0:
        line, end = packed.rfind("\n", 0, at) + 1, at + len(name)
        whole = packed[at - 1] in "\t," and packed[end : end + 3].isdecimal()
        if whole and packed.count("\t", line, at) == 1 + former and packed.startswith(head, line):
            found.append(packed[line : line + 6] + packed[end : end + 3])
        at = end
    return tuple(found)


def townships_alike(name: str, head: str) -> tuple[str, ...]:
    """The same for townships in force that share the name but for the word for their kind: 九堡镇, 九堡街道."""
    stem = shortened(name, "township")
    forms = dict.fromkeys((name, *(stem + word for word in ("街道", "镇", "乡"))))
    return tuple(code for form in forms for code in townships_named(form, head))


@cache
def folds() -> Mapping[int, int]:
    """Characters that are read as another one in names, for ``str.translate``: simplified and half-width ones.

    What stands in the name of a division itself is left: 乾安县 is not 干安县, and 於潜镇 not 于潜镇.
    """
    from postloan.address.tagger.model import packaged_folds

    own = set(_packed()).union(*(naming.name for naming in namings()))
    return {code: plain for code, plain in packaged_folds().items() if chr(code) not in own}


@cache
def _packed() -> str:
    return gzip.decompress((files(__package__) / "townships.txt.gz").read_bytes()).decode("utf-8")


@lru_cache(maxsize=4096)
def counties_with_township(short: str) -> tuple[str, ...]:
    """Codes of the counties that have a township with this short name."""
    names = (short + tail for tail in ("街道", "镇", "乡"))
    return tuple(dict.fromkeys(code[:6] for name in names for code in townships_named(name, "")))


@cache
def _counties() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for naming in namings():
        if naming.current and naming.level == "county":
            found.setdefault(naming.code[:4], []).append(naming.code)
    return {head: tuple(codes) for head, codes in found.items()}


def counties_within(prefecture: str) -> tuple[str, ...]:
    """Codes of the counties in force whose code begins with these four digits."""
    return _counties().get(prefecture, ())
