"""How well divisions are found and completed: on labelled addresses, and on addresses drawn from the divisions.

Labelled addresses (of the development set) tell what people write. A level is right when the name found for it is the
name labelled, the word for the level left aside; a municipality may stand as province or prefecture, a city of county
rank as prefecture or county. Drawn addresses tell of all provinces: a township of a county in force, its levels left
out, shortened or called by an earlier name, and something below it that no dictionary knows.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from postloan.address.chain import lineage
from postloan.address.divisions import namings, regions
from postloan.address.evaluate import Gold
from postloan.address.gazetteer import by_full_name, by_short_name, shortened, townships_of

if TYPE_CHECKING:
    import pyarrow as pa

LEVELS = ("prov", "city", "district")
_TAIL = re.compile(
    "(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治[区州县旗]|地区|新区|街道办事处|街道|民族乡|[省市区县盟旗镇乡])$"
)


def bare(name: str) -> str:
    """A name without the word for its level; the name itself where less than two characters would be left."""
    short = _TAIL.sub("", name)
    return short if len(short) > 1 else name


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    right: int
    of: int

    @property
    def percent(self) -> float:
        """In per cent, 0 where there was nothing to be right about."""
        return 100 * self.right / self.of if self.of else 0.0


def on_labelled(addresses: Sequence[Gold], parsed: pa.Table) -> dict[str, Share]:
    """Shares for addresses as ``parse`` has read them.

    prov, city, district, town: of the addresses where the level is labelled, those where it is right. joint: of those
    with any of the first three, those with all of them right. completed: of those without province whose prefecture or
    county has a name of one province alone, those whose path begins with that province. guessed: of those with none of
    the three, those for which a division is told all the same.
    """
    counts: dict[str, list[int]] = {}
    for parts, row in zip(addresses, parsed.to_pylist(), strict=True):
        gold = {label: text for text, label in reversed(parts)}
        answers = {bare(row[level]) for level in LEVELS if row[level]}
        found = {level: bare(gold[level]) in answers for level in LEVELS if level in gold}
        verdicts = dict(found)
        if found:
            verdicts["joint"] = all(found.values())
        else:
            verdicts["guessed"] = bool(row["adcode"]) or bool(answers)
        if "town" in gold:
            verdicts["town"] = bare(gold["town"]) == bare(row["town"] or "")
        only = _only_province(gold)
        if only:
            verdicts["completed"] = (row["division_path"] or "").startswith(only)
        for measure, right in verdicts.items():
            count = counts.setdefault(measure, [0, 0])
            count[0] += right
            count[1] += 1
    return {measure: Share(*count) for measure, count in counts.items()}


def _only_province(gold: dict[str, str]) -> str:
    """The name of the one province in which the labelled names lie; '' where there are several, or it is labelled."""
    if "prov" in gold or not ("city" in gold or "district" in gold):
        return ""
    heads: set[str] | None = None
    for level in ("city", "district"):
        name = gold.get(level, "")
        fitting = by_full_name().get(name, ()) or by_short_name().get(name, ())
        provinces = {code[:2] for n in fitting for code in (n.became or (n.code,))}
        if provinces:
            heads = provinces if heads is None else heads & provinces
    return regions()[heads.pop() + "0000"].name if heads and len(heads) == 1 else ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn address. fits: the counties in force that its names leave open, one where they determine it.

    names_province: whether the text names it; damage: what was done to the names.
    """

    text: str
    county: str
    fits: frozenset[str]
    names_province: bool
    damage: str


_ROADS = ("建设路", "文化东路", "和平里", "幸福大道", "府前街", "新风巷", "东环一路", "学苑路")
_DAMAGES = (
    "none",
    "no province",
    "no prefecture",
    "no province or prefecture",
    "short",
    "earlier",
    "signs",
    "twice",
)


def drawn(size: int, seed: int) -> list[Drawn]:
    """Addresses of all provinces in turn, each with one damage in turn."""
    chance = random.Random(seed)
    by_province = _counties()
    provinces = sorted(by_province)
    return [
        _one(
            chance,
            chance.choice(by_province[provinces[turn % len(provinces)]]),
            _DAMAGES[turn % len(_DAMAGES)],
        )
        for turn in range(size)
    ]


@cache
def _counties() -> dict[str, list[str]]:
    """The counties in force that have townships, by the first two digits."""
    found: dict[str, list[str]] = {}
    for naming in namings():
        if naming.current and naming.level == "county" and townships_of(naming.code):
            found.setdefault(naming.code[:2], []).append(naming.code)
    return found


def _one(chance: random.Random, county: str, damage: str) -> Drawn:
    names = [regions()[code].name for code in lineage(county)]
    earlier = _earlier().get(county)
    if damage == "earlier":
        damage = "earlier" if earlier else "none"
        names[-1] = chance.choice(earlier) if earlier else names[-1]
    kept = list(names)
    if damage in ("no province", "no province or prefecture"):
        kept = kept[1:]
    if damage in ("no prefecture", "no province or prefecture") and len(names) == 3:
        kept.pop(-2)
    codes = dict(zip(names, lineage(county), strict=True))
    left = [shortened(name, regions()[codes[name]].level) if damage == "short" else name for name in kept]
    town = chance.choice(list(townships_of(county))) if chance.random() < 0.5 else ""
    tail = f"{chance.choice(_ROADS)}{chance.randint(1, 300)}号"
    sign = chance.choice("- /，") if damage == "signs" else ""
    head = sign.join([*left, town] if town else left)
    if damage == "twice":
        head = "".join(left) + head
    fits = frozenset(_fitting(kept, town) | {county})
    return Drawn(head + sign + tail, county, fits, kept[0] == names[0], damage)


@cache
def _earlier() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for naming in namings():
        past = not naming.current and naming.level == "county" and (naming.until or 9999) >= 1985
        if past and len(naming.became) == 1 and len(by_full_name()[naming.name]) == 1:
            found.setdefault(naming.became[0], []).append(naming.name)
    return {code: names for code, names in found.items() if regions()[code].level == "county"}


def _fitting(names: list[str], town: str) -> set[str]:
    """The counties in force that have this name, and lie in what else is named."""
    same = [n for n in by_full_name().get(names[-1], ()) if n.current and n.level == "county"]
    fits = {n.code for n in same if set(names) <= {regions()[c].name for c in lineage(n.code)}}
    return {code for code in fits if not town or town in townships_of(code)} or fits


def on_drawn(addresses: Sequence[Drawn], parsed: pa.Table) -> dict[str, Share]:
    """Shares for drawn addresses as ``parse`` has read them, by today's code.

    county: of those whose names determine it, those with the right county. completed: of those that do not name the
    province and determine it, those with the right one. picked: of those whose names leave several counties open, those
    for which one is told all the same. county and the damage: the first by damage.
    """
    counts: dict[str, list[int]] = {}

    def count(measure: str, right: bool) -> None:
        total = counts.setdefault(measure, [0, 0])
        total[0] += right
        total[1] += 1

    for one, row in zip(addresses, parsed.to_pylist(), strict=True):
        code = row["adcode"] or ""
        today = regions()[code].became if code in regions() else ()
        if len(one.fits) == 1:
            count("county", today == (one.county,))
            count(f"county, {one.damage}", today == (one.county,))
        else:
            count("picked", code[4:] not in ("", "00"))
        if not one.names_province and len({county[:2] for county in one.fits}) == 1:
            count("completed", code[:2] == one.county[:2])
    return {measure: Share(*total) for measure, total in counts.items()}
