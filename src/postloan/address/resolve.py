"""From the names of divisions in an address to a chain of divisions (行政区划代码).

The names are those that the text gives. Where they fit several places, the chain stops at the level on which all of
them agree and names the rest; where they contradict each other, at the level on which they do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from postloan.address.chain import NOWHERE, Assumed, Assumption, Chain, lineage, path_of
from postloan.address.context import Context
from postloan.address.divisions import Level, Naming, level_of, regions
from postloan.address.gazetteer import (
    by_full_name,
    by_short_name,
    folds,
    former_townships_of,
    short_townships_of,
    shortened,
    township_name,
    townships_alike,
    townships_named,
    townships_of,
)

MANY = 12
"""So many places of one name are listed where they are ambiguous, no more."""


def resolve(
    province: str,
    city: str,
    district: str,
    town: str = "",
    *,
    context: Context | None = None,
    far: bool = False,
) -> Chain:
    """The chain that these names fix; '' stands for a name that the address does not give.

    province, city, district, town: names as the text has them, in full or short, of today or earlier. context: what
    else is known; it decides only among places that the names fit. far: whether a township alone may fix its county,
    where only one township of the country has that name.
    """
    if not (province or city or district or town):
        return NOWHERE
    return _resolved(province, city, district, town, context, far)


@lru_cache(maxsize=16384)
def _resolved(
    province: str, city: str, district: str, town: str, context: Context | None, far: bool
) -> Chain:
    names = _Names(*(_as_indexed(name) for name in (province, city, district)))
    found, reason = names.places()
    settled = _settle(found, context)
    chain = _said(names, settled, reason)
    if len(settled) < len(found) and chain.current:
        chain = _decided(chain)
    if town:
        chain = _with_township(chain, _folded(town), context, far)
    return chain


class _Names:
    """The names of an address and the places that they fit."""

    def __init__(self, province: str, city: str, district: str) -> None:
        self.province, self.city, self.district = province, city, district
        if not district and city and not _named(city, "prefecture") and not _named(city, "province"):
            self.city, self.district = "", city

    def places(self) -> tuple[list[Naming], str]:
        """The namings of the deepest level that fits, and a reason for little trust."""
        provinces, cities = _named(self.province, "province"), self._cities()
        heads = [group for group in (provinces, cities) if group]
        if self.district:
            every = _named(self.district, "county") or _named(self.district, "prefecture")
            every = every or self._beginning(cities)
            if fitting := [n for n in every if self._inside(n, cities)]:
                return _best(fitting), ""
            if every:
                return _common([*heads, every]), "contradictory" if heads else ""
        inside = [n for n in cities if self._inside(n, ())]
        if cities and not inside:
            return _common(heads), "contradictory"
        return _best(inside or provinces), ""

    def _beginning(self, cities: Sequence[Naming]) -> list[Naming]:
        """The county with whose name an unknown one begins (鹿城电区), where only one such county is meant."""
        for size in range(len(self.district) - 1, 1, -1):
            fitting = [
                n for n in _named(self.district[:size], "county") if n.current and self._inside(n, cities)
            ]
            if fitting:
                return fitting if len(fitting) == 1 else []
        return []

    def _cities(self) -> list[Naming]:
        levels: tuple[Level, ...] = ("prefecture", "province", "county")
        full = by_full_name().get(self.city, ())
        today = ([n for n in full if n.level == level] for level in levels if _in_force(full, level))
        alike = (_named(self.city, level) for level in levels)
        return next((found for group in (today, alike) for found in group if found), [])

    def _inside(self, naming: Naming, cities: Sequence[Naming]) -> bool:
        """Whether a division lies in the province and prefecture named, as it is or as it was."""
        codes = (naming.code, *naming.became)
        if self.province and not any(
            code[:2] == n.code[:2] for n in _named(self.province, "province") for code in codes
        ):
            return False
        return not cities or self.city == naming.name or any(_within(codes, city) for city in cities)


def _in_force(found: Iterable[Naming], level: Level) -> bool:
    return any(naming.current and naming.level == level for naming in found)


def _within(codes: Iterable[str], head: Naming) -> bool:
    heads = tuple(_significant(code) for code in (head.code, *head.became))
    return any(code.startswith(heads) for code in codes)


def _significant(code: str) -> str:
    return {"province": code[:2], "prefecture": code[:4]}.get(level_of(code), code)


def _common(groups: Sequence[list[Naming]]) -> list[Naming]:
    """All that contradict each other; what they agree on is found later."""
    return [naming for group in groups for naming in _best(group)]


@lru_cache(maxsize=16384)
def _named(name: str, level: Level) -> list[Naming]:
    """Divisions of a level with this name, in force or not; by the short name where none has it in full."""
    if not name:
        return []
    for index, form in (
        (by_full_name(), name), (by_short_name(), name), (by_short_name(), shortened(name, level)),
        (by_full_name(), shortened(name, level)),
    ):  # fmt: skip
        fitting = [n for n in index.get(form, ()) if n.level == level]
        if fitting:
            return fitting
    return []


def _best(fitting: list[Naming]) -> list[Naming]:
    """Those in force, else those that were there last: codes were also renumbered when a prefecture was."""
    years = [naming.until or 9999 for naming in fitting]
    last = [naming for naming, year in zip(fitting, years, strict=True) if year == max(years)]
    return [naming for naming in fitting if naming.current] or last


def _as_indexed(name: str) -> str:
    """A name that is not in the index, in simplified and half-width characters."""
    return name if not name or name in by_full_name() or name in by_short_name() else _folded(name)


def _folded(name: str) -> str:
    return name if name.isascii() else name.translate(folds())


def _decided(chain: Chain) -> Chain:
    """The chain, saying that only the context decided for it."""
    region = regions()[chain.current]
    return replace(chain, assumed=(*chain.assumed, Assumption("context", region.level, "", region.name)))


def _settle(found: list[Naming], context: Context | None) -> list[Naming]:
    """The one that the context decides for, where it decides; all of them otherwise."""
    if context is None or len({n.became for n in found}) < 2:
        return found
    chosen = context.choose(dict.fromkeys(code for n in found for code in n.became))
    return [n for n in found if chosen in n.became] if chosen else found


def _said(names: _Names, found: list[Naming], reason: str) -> Chain:
    """The chain of places that fit: one, or the division in which all of them lie."""
    if not found:
        return NOWHERE
    places = {(n.became or (n.code,)) for n in found}
    if len(places) == 1 and not reason:
        naming = found[0]
        now = naming.became[0] if len(naming.became) == 1 else ""
        return Chain(naming.code, path_of(naming.code), now, assumed=tuple(_assumed(names, naming, now)))
    codes = tuple(dict.fromkeys(code for n in found for code in (n.became or (n.code,))))
    listed = codes[:MANY] if len(codes) > 1 else ()
    for digits in (4, 2):
        heads = {code[:digits] for code in codes}
        head = regions().get(min(heads) + "0" * (6 - digits)) if len(heads) == 1 else None
        if head is not None and not head.is_heading and head.current:
            return Chain(head.code, path_of(head.code), head.code, ambiguous=listed, reason=reason)
    return Chain("", "", ambiguous=listed, reason=reason)


def _assumed(names: _Names, naming: Naming, now: str) -> Iterable[Assumption]:
    """What the names leave open that the chain of one naming says."""
    if not now:
        return
    by_level = {"province": names.province, "prefecture": names.city, "county": names.district}
    for code in dict.fromkeys((now[:2] + "0000", now[:4] + "00", now)):
        region = regions().get(code)
        if region is None or region.is_heading:
            continue
        said, taken = by_level[region.level], region.name
        if region.level == "province" and not said and names.city and not _named(names.city, "prefecture"):
            said = names.city if _named(names.city, "province") else ""
        if not said:
            yield Assumption("completed", region.level, "", taken)
        elif said == taken:
            continue
        elif any(code in n.became for n in by_short_name().get(said, ()) if n.current):
            yield Assumption("short", region.level, said, taken)
        elif said in region.names:
            yield Assumption("renamed", region.level, said, taken, _year_of(said, code))
        else:
            yield Assumption(
                "merged", region.level, said, taken, naming.changed if code == now else _year_of(said, code)
            )


def _year_of(name: str, code: str) -> int | None:
    return next((n.changed for n in by_full_name().get(name, ()) if code in n.became and not n.current), None)


def _with_township(chain: Chain, town: str, context: Context | None, far: bool) -> Chain:
    """The chain with the township, and with the county where only the township fixes it."""
    county = chain.current if chain.current and chain.current[4:] != "00" else ""
    if county:
        stem = shortened(town, "township")  # 良渚镇 is 良渚街道 today
        code = townships_of(county).get(town) or short_townships_of(county).get(stem, "")
        if code:
            return _at(chain, code, town)
    said = chain.adcode
    former = bool(said) and said[4:] != "00" and (said != county or town in former_townships_of(said))
    codes: tuple[str, ...] = ()
    if county and not former and not chain.reason:  # borders move: 余杭区乔司街道 lies in 临平区 today
        moved = () if shortened(town, "township") == town else _within_head(town, county[:4])
        return _at(chain, moved[0], town, "moved") if len(moved) == 1 else chain
    if former:
        codes = _within_head(town, said[:4])
    elif chain.ambiguous and not chain.reason:
        codes = tuple(c for c in townships_named(town, "") if c[:6] in chain.ambiguous)
    elif not county and chain.adcode:
        codes = _within_head(town, _significant(chain.adcode))
    elif not county and (far or context is not None) and not chain.reason:
        codes = _anywhere(town)
    if len(codes) > 1 and context is not None:
        chosen = context.choose(codes)
        if chosen:
            chain = _at(chain, chosen, town)
            decided = Assumption("context", "township", "", chain.township_name)
            return replace(chain, assumed=(*chain.assumed, decided))
    if len(codes) == 1 and (chain.adcode or far or chain.ambiguous):
        return _at(chain, codes[0], town)
    return chain if chain.ambiguous or not codes else _ambiguous(chain, codes)


def _within_head(town: str, head: str) -> tuple[str, ...]:
    """Townships of this name in a prefecture or province, else those whose kind alone has changed (镇, 街道)."""
    return townships_named(town, head) or townships_alike(town, head)


def _anywhere(town: str) -> tuple[str, ...]:
    """Townships of the country that may be meant: names change by the word for their kind, and some are given up."""
    if shortened(town, "township") == town:
        return ()
    gone = tuple(code for code in townships_named(town, "", former=True))
    return tuple(dict.fromkeys((*townships_alike(town, ""), *gone)))


def _ambiguous(chain: Chain, codes: tuple[str, ...]) -> Chain:
    counties = tuple(dict.fromkeys(code[:6] for code in codes))
    return Chain(chain.adcode, chain.path, chain.current, assumed=chain.assumed, ambiguous=counties[:MANY])


def _at(chain: Chain, code: str, town: str, kind: Assumed = "merged") -> Chain:
    """The chain down to a township in force; its county is completed or, where it was divided, corrected."""
    county, name = code[:6], township_name(code)
    assumed = list(chain.assumed)
    if name != town:
        assumed.append(Assumption("short" if name.startswith(town) else "renamed", "township", town, name))
    adcode, path = chain.adcode, chain.path
    if chain.current != county:
        if adcode and adcode[4:] != "00":  # the county was divided: the township says where it lies today
            assumed = [a for a in assumed if a.level != "county"]
            was = regions()[adcode].name
            year = next((n.changed for n in by_full_name().get(was, ()) if n.code == adcode), None)
            assumed.append(Assumption(kind, "county", was, regions()[county].name, year))
        else:
            known = lineage(chain.current)
            assumed += [
                Assumption("completed", regions()[c].level, "", regions()[c].name)
                for c in lineage(county)
                if c not in known
            ]
            adcode, path = county, path_of(county)
    return Chain(adcode, path, county, code, name, tuple(assumed))
