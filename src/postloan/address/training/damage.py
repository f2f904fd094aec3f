"""Damage to labelled addresses: what people write for the same place, and for a place near by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random

from postloan.address.comparing.names import likenesses, tells_apart
from postloan.address.comparing.numbers import in_digits
from postloan.address.divisions import Level, namings, regions
from postloan.address.gazetteer import shortened
from postloan.address.training.drawing import Parts, chance
from postloan.address.training.words import chinese_number

_HEAD = ("prov", "city", "district", "town")


class Bank:
    """What other addresses name, to put in the place of what an address names."""

    def __init__(self, addresses: Sequence[Parts]) -> None:
        self.roads: dict[str, list[str]] = {}
        self.compounds: list[str] = []
        self.heads: list[dict[str, str]] = []
        self.near: dict[tuple[str, str], list[Parts]] = {}
        for parts in addresses:
            named = {label: text for text, label in reversed(parts)}
            if "road" in named and not _DIGITS.search(named["road"]):
                self.roads.setdefault(named.get("district", ""), []).append(named["road"])
                self.roads.setdefault("", []).append(named["road"])
            if "poi" in named:
                self.compounds.append(named["poi"])
            if {"prov", "city", "district"} <= set(named):
                self.heads.append({label: named[label] for label in _HEAD if label in named})
            for key in _nearness(parts):
                self.near.setdefault(key, []).append(parts)


def _nearness(parts: Parts) -> list[tuple[str, str]]:
    return [
        (label, text) for text, label in parts if label in ("district", "town", "road", "community", "poi")
    ]


Damage = Callable[[Random, Parts, Bank], "Parts | None"]
"""Gives the damaged parts, or None where the address has nothing to damage in this way."""
_LEVEL: Mapping[str, Level] = {"prov": "province", "city": "prefecture", "district": "county"}
DIVISIONS = ("country", "prov", "city", "district", "devzone", "town")
_NUMBERS = ("roadno", "subroadno", "houseno", "cellno", "floorno", "roomno")
_NAMED = ("road", "poi", "community", "subroad")
_FINE = ("houseno", "cellno", "floorno", "roomno")
_OTHERS = ("redundant", "assist", "person", "otherinfo")
_DIGITS = re.compile(r"\d+")
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
_HOUSE_WORDS = ("号楼", "幢", "栋", "座", "#", "#楼", "号")
_ROOM_WORDS = ("室", "", "房", "号房", "号")


def _levels(random: Random, parts: Parts, labels: tuple[str, ...]) -> Parts | None:
    there = sorted({label for _, label in parts if label in labels})
    if not there:
        return None
    gone = set(random.sample(there, random.randint(1, len(there))))
    kept = [part for part in parts if part[1] not in gone or (part[1] == "redundant" and len(part[0]) == 1)]
    return kept if _says_where(kept) else None


def _says_where(parts: Parts) -> bool:
    return any(label in ("road", "poi", "community") for _, label in parts)


def drop_divisions(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Without some of province, prefecture, county, zone and town."""
    return _levels(random, parts, DIVISIONS)


def drop_remarks(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Without addressees, positions, repetitions."""
    return _levels(random, parts, (*_OTHERS, "subpoi"))


def drop_fine(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Without the finest numbers: coarser, not contradicted."""
    at = [place for place, (_, label) in enumerate(parts) if label in _FINE]
    if not at:
        return None
    cut = random.choice(at)
    kept = [part for place, part in enumerate(parts) if place < cut or part[1] not in _FINE]
    while kept and kept[-1] == ("-", "redundant"):
        kept.pop()
    return kept if _says_where(kept) else None


def drop_road_or_compound(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """The road alone, or the compound alone, where the address gives both."""
    labels = {label for _, label in parts}
    if (
        not {"road", "poi"} <= labels
        or not labels & {"city", "district", "town"}
        or "-" in (text for text, _ in parts)
    ):
        return None
    if chance(random, 0.5) and "roadno" in labels:
        return [part for part in parts if part[1] not in ("poi", "subpoi", "assist")]
    if not labels & {"houseno", "roomno"}:
        return None
    return [part for part in parts if part[1] not in ("road", "roadno", "subroad", "subroadno", "assist")]


@cache
def _old_names() -> Mapping[str, tuple[str, ...]]:
    """Names that the ground of a county of today had at other times."""
    found: dict[str, set[str]] = {}
    for naming in namings():
        if not naming.current and naming.level == "county" and len(naming.became) == 1:
            found.setdefault(regions()[naming.became[0]].name, set()).add(naming.name)
    return {name: tuple(sorted(old - {name})) for name, old in found.items() if old - {name}}


def old_division_names(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Names of another time, short names."""
    out: Parts = []
    for text, label in parts:
        if label == "district" and _old_names().get(text) and chance(random, 0.7):
            out.append((random.choice(_old_names()[text]), label))
        elif label in ("prov", "city", "district"):
            out.append((shortened(text, _LEVEL[label]) if chance(random, 0.6) else text, label))
        elif label == "town" and chance(random, 0.4):
            out.append((re.sub("(?<=..)(街道|镇|乡)$", "", text), label))
        else:
            out.append((text, label))
    return out if out != parts else None


def other_numerals(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """三号楼 for 3幢, 二单元 for 2单元, 501房 for 501室, full-width digits."""
    wide = chance(random, 0.2)
    out: Parts = []
    for place, (text, label) in enumerate(parts):
        after = parts[place + 1][0] if place + 1 < len(parts) else ""
        written = _written(random, text, label, joined=after[:1] == "-")
        out.append((written.translate(_WIDE) if wide and label in _NUMBERS else written, label))
    return out if out != parts else None


def _written(random: Random, text: str, label: str, *, joined: bool) -> str:
    number = _DIGITS.search(text)
    if not number or label not in _NUMBERS or joined:
        return text
    figure = number.group()
    if len(figure) < 3 and label != "roomno" and chance(random, 0.35):
        figure = chinese_number(int(figure)) if int(figure) else figure
    if label == "houseno" and re.fullmatch(r"\d+(号楼|幢|栋|座|#)", text):
        return figure + random.choice(_HOUSE_WORDS[:5] if text[-1] != "座" else ("座",))
    if label == "roomno" and re.fullmatch(r"\d+(室|房)?", text):
        return figure + random.choice(_ROOM_WORDS[:3] if text[-1] in "室房" else ("室", "房"))
    if label == "floorno" and re.fullmatch(r"\d+[楼层]", text):
        return figure + random.choice(("楼", "层"))
    return text[: number.start()] + figure + text[number.end() :]


def dashed(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """3-2-501 for 3幢2单元501室."""
    out: Parts = []
    for text, label in parts:
        plain = re.fullmatch(r"(\d+|[A-Z])(号楼|幢|栋|座|#|单元|室|房)?", text)
        if label in ("houseno", "cellno", "roomno") and plain and out and out[-1][1] in ("houseno", "cellno"):
            before = re.fullmatch(r"(\d+|[A-Z])(号楼|幢|栋|座|#|单元)?", out[-1][0])
            if before:
                out[-1] = (before.group(1), out[-1][1])
                out += [("-", "redundant"), (plain.group(1), label)]
                continue
        out.append((text, label))
    return out if out != parts else None


def slip(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """One wrong, missing, added or swapped character in the name of a road, village or compound."""
    at = [place for place, (text, label) in enumerate(parts) if label in _NAMED and len(text) >= 3]
    if not at:
        return None
    place = random.choice(at)
    text, label = parts[place]
    spot, way = random.randrange(len(text)), random.random()
    sign = text[spot]
    if in_digits(sign).isascii():  # another number is another place
        return None
    if way < 0.45:
        likes = likenesses().get(sign, "")
        new = text[:spot] + random.choice(likes or sign) + text[spot + 1 :]
    elif way < 0.7:
        other = random.choice(random.choice(bank.compounds))
        new = text[:spot] + other + text[spot + 1 :]
    elif way < 0.82:
        new = text[:spot] + text[spot + 1 :]
    elif way < 0.9:
        new = text[:spot] + random.choice((sign, random.choice(random.choice(bank.compounds)))) + text[spot:]
    else:
        new = text[:spot] + text[spot + 1 : spot + 2] + sign + text[spot + 2 :]
    written = new[spot : spot + 1]
    neighbour = len(new) == len(text) and tells_apart(sign) and tells_apart(written)
    if (
        new == text
        or neighbour
        or (written != sign and in_digits(written).isascii() and len(new) >= len(text))
    ):
        return None
    return [*parts[:place], (new, label), *parts[place + 1 :]]


def noise(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Blanks, signs between levels, levels named twice, a telephone number at the end."""
    way = random.random()
    if way < 0.35:
        sign = random.choice(" -_,， /")
        heads = [place for place, (_, label) in enumerate(parts) if label in DIVISIONS]
        if not heads:
            return None
        return [
            p for k, part in enumerate(parts) for p in ([part, (sign, "redundant")] if k in heads else [part])
        ]
    if way < 0.65:
        lead = [(text, "redundant") for text, label in parts if label in ("prov", "city", "district")]
        return [*lead, *parts] if lead else None
    if way < 0.85 and not parts[-1][0][-1:].isalnum():
        return [*parts, (f"1{random.randint(3000000000, 9999999999)}", "redundant")]
    return [p for part in parts for p in (part, *([(" ", "redundant")] if chance(random, 0.4) else []))]


def several(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Two or three of the others at once."""
    done, out = 0, parts
    for damage in random.sample(
        [drop_divisions, old_division_names, other_numerals, dashed, slip, noise, drop_remarks], 5
    ):
        changed = damage(random, out, bank)
        if changed:
            out, done = changed, done + 1
        if done == 3:
            break
    return out if done >= 2 else None


def _changed(random: Random, parts: Parts, labels: tuple[str, ...]) -> Parts | None:
    at = [place for place, (text, label) in enumerate(parts) if label in labels and _DIGITS.search(text)]
    if not at:
        return None
    place = random.choice(at)
    text, label = parts[place]
    number = random.choice(list(_DIGITS.finditer(text)))
    old = int(number.group())
    way = random.random()
    if way < 0.5:
        new = max(1, old + random.choice((-3, -2, -1, 1, 2, 3, 10)))
    elif way < 0.75 and old >= 10:
        digits = list(str(old))
        digits[random.randrange(len(digits))] = str(random.randint(1, 9))
        new = int("".join(digits))
    else:
        new = random.randint(1, max(20, 2 * old))
    if new == old:
        return None
    return [
        *parts[:place],
        (text[: number.start()] + str(new) + text[number.end() :], label),
        *parts[place + 1 :],
    ]


def other_road_number(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Another number on the road, or in the lane."""
    return _changed(random, parts, ("roadno", "subroadno"))


def other_building(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Another building of the compound."""
    return _changed(random, parts, ("houseno",))


def other_entrance(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Another entrance or floor of the building."""
    return _changed(random, parts, ("cellno", "floorno"))


def other_room(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Another room."""
    return _changed(random, parts, ("roomno",))


def other_road(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Another road of the same county and, where there is one, another compound; the numbers unchanged."""
    named = {label: text for text, label in reversed(parts)}
    if "road" not in named or _DIGITS.search(named["road"]):
        return None
    near = bank.roads.get(named.get("district", ""), []) if chance(random, 0.8) else []
    road = random.choice(near or bank.roads[""])
    if road in named["road"] or named["road"] in road:
        return None
    return _with_other_place(
        random, [(road if label == "road" else text, label) for text, label in parts], bank
    )


def other_compound(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Another compound where no road says which."""
    labels = {label for _, label in parts}
    return _with_other_place(random, parts, bank) if "poi" in labels and "road" not in labels else None


def _with_other_place(random: Random, parts: Parts, bank: Bank) -> Parts:
    place = random.choice(bank.compounds)
    out = [(place if label == "poi" else text, label) for text, label in parts if label != "subpoi"]
    return [part for k, part in enumerate(out) if part[1] != "poi" or part not in out[:k]]


_TELLS = ("road", "poi", "community", "roadno", "houseno", "roomno")


def near_by(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """Another address of the same county, town, road or place."""
    keys = [key for key in _nearness(parts) if len(bank.near.get(key, ())) > 1]
    if not keys:
        return None
    other = random.choice(bank.near[random.choice(keys)])
    mine, its = ({label: text for text, label in reversed(which)} for which in (parts, other))
    both = [(mine[label], its[label]) for label in _TELLS if label in mine and label in its]
    apart = any(a not in b and b not in a for a, b in both)
    # two addresses of a county that share nothing are hardly ever one place
    its_own = {its[label] for label in _TELLS if label in its}
    apart |= bool(its_own) and not its_own & {mine[label] for label in _TELLS if label in mine}
    return other if apart else None


_TURNED = {
    **dict(zip("东西南北前后上下左右内外新老", "西东北南后前下上右左外内老新", strict=True)),
    **dict(zip("一二三四五六七八九", "二三四五六七八九一", strict=True)),
}


def neighbour_name(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """人民西路 for 人民东路, 三区 for 二区: the neighbour whose name differs in a direction or a number."""
    at = [
        (place, spot)
        for place, (text, label) in enumerate(parts)
        if label in ("road", "poi", "subroad") and len(text) >= 2
        for spot, sign in enumerate(text)
        if sign in _TURNED and spot > 0
    ]
    if not at:
        return None
    place, spot = random.choice(at)
    text, label = parts[place]
    return [
        *parts[:place],
        (text[:spot] + _TURNED[text[spot]] + text[spot + 1 :], label),
        *parts[place + 1 :],
    ]


def other_county(random: Random, parts: Parts, bank: Bank) -> Parts | None:
    """The same road and numbers in another county."""
    named = {label: text for text, label in reversed(parts)}
    new = random.choice(bank.heads)
    if "district" not in named or new["district"][:2] == named["district"][:2]:
        return None
    moved = [(new.get(label, ""), label) if label in _HEAD else (text, label) for text, label in parts]
    return [part for part in moved if part[0] and part[1] not in ("devzone", "community", "redundant")]


SAME: Mapping[str, Damage] = {
    f.__name__: f
    for f in (drop_divisions, drop_remarks, drop_fine, drop_road_or_compound, old_division_names, other_numerals,
              dashed, slip, noise, several)
}  # fmt: skip
"""Damage after which it is still the same place, by kind."""
DIFFERENT: Mapping[str, Damage] = {
    f.__name__: f
    for f in (
        other_road_number,
        other_building,
        other_entrance,
        other_room,
        other_road,
        other_compound,
        neighbour_name,
        near_by,
        other_county,
    )
}
"""Damage after which it is another place, by kind."""
