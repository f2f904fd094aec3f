"""A grammar of Chinese addresses: draws labelled parts, so that text and annotation are right by construction.

The parts follow the label scheme of ``labels.py``. A municipality is a ``city``; the number in a lane (弄) is a
``subroadno``; a villagers' group (组) is a ``road`` and a hamlet a ``poi``; brackets, dashes and repeated levels are
``redundant``; the first number of 3-2-501 is the building, the second the entrance, the last the room.
"""

from __future__ import annotations

import re
from random import Random

from postloan.address.training.drawing import Parts, chance, digits, pick
from postloan.address.training.names import compound_name
from postloan.address.training.places import (
    Chain,
    short_city,
    short_county,
    short_province,
    short_town,
    short_village,
)
from postloan.address.training.words import chinese_number, draw

_TAIL = re.compile("(省|市|区|县)$")
_NUMBER_KINDS: dict[str, float] = {
    "号": 74, "": 7, "-号": 5, "甲": 2, "附": 2, "之": 1, "中": 2, "、": 1, "院": 2, "split": 3, "自编": 1,
}  # fmt: skip


# ── divisions ────────────────────────────────────────────────────────────────────────────────────────────────────


def divisions(random: Random, chain: Chain) -> Parts:
    """Province to township, with some levels missing, shortened, separated or repeated."""
    shape = pick(random, {"pcd": 37, "cd": 18, "d": 15, "pd": 6, "pc": 2, "c": 3, "": 19})
    short = chance(random, 0.12)
    parts: Parts = []
    if "p" in shape:
        parts += _province(random, chain, short)
    if "c" in shape and chain.prefecture:
        parts.append(
            (short_city(chain.prefecture) if short or chance(random, 0.14) else chain.prefecture, "city")
        )
    elif "c" in shape and chain.municipality and not parts:
        parts.append((short_province(chain.province) if short else chain.province, "city"))
    if parts and chance(random, 0.012):
        parts.append((random.choice(("市辖区", "市辖区", "城区", "其它区", "其他区")), "redundant"))
    if "d" in shape and chain.county:
        county = short_county(chain.county) if chance(random, 0.3 if short else 0.07) else chain.county
        parts.append((chain.county, "devzone") if chain.county_zone else (county, "district"))
    if parts and chance(random, 0.05):
        parts = separated(random, parts)
    if parts and chance(random, 0.07):
        parts = _repeated(random, parts, chain)
    if chance(random, 0.5 if shape else 0.75):
        parts += township(random, chain)
    elif chance(random, 0.12):
        parts += zone(random, chain)
    if parts and "p" in shape and chance(random, 0.02):
        parts.insert(0, ("中国", "country"))
    return parts


def _province(random: Random, chain: Chain, short: bool) -> Parts:
    name = short_province(chain.province)
    if not chain.municipality:
        return [(name if short or chance(random, 0.1) else chain.province, "prov")]
    if chance(random, 0.2):
        return [(name, "redundant" if chance(random, 0.4) else "prov"), (chain.province, "city")]
    if chance(random, 0.1):
        return [(chain.province, "redundant"), (chain.province, "city")]
    return [(name if short or chance(random, 0.1) else chain.province, "city")]


def separated(random: Random, parts: Parts) -> Parts:
    """The same parts with a sign between them."""
    sign = random.choice("---_ /,，")
    out: Parts = []
    for place, part in enumerate(parts):
        if place:
            out.append((sign, "redundant"))
        out.append(part)
    if chance(random, 0.3):
        out.append((sign, "redundant"))
    return out


def _repeated(random: Random, parts: Parts, chain: Chain) -> Parts:
    """Levels named twice; annotators call the earlier ones redundant more often than the later ones."""
    again = [(text, "redundant") for text, _ in parts]
    way = random.random()
    if way < 0.35:
        return again + parts
    if way < 0.45:
        return again[: random.randint(1, len(again))] + parts
    if way < 0.52:
        return [(chain.town, "redundant"), *parts]
    if way < 0.62:
        return [(_TAIL.sub("", text), "redundant") for text, label in parts if label != "redundant"] + parts
    if way < 0.75:
        place = random.randrange(len(parts))
        text, label = parts[place]
        if label == "district":
            return [*parts, (text, "redundant")]
        return [*parts[:place], (_TAIL.sub("", text), "redundant"), *parts[place:]]
    return parts + again[random.randrange(len(again)) :]


def elsewhere(random: Random, chain: Chain) -> Parts:
    """The divisions of another place, which stand before the right ones by mistake."""
    names = (chain.province, chain.prefecture, chain.county)
    return [(name, "redundant") for name in names[: random.choice((1, 3, 3))] if name]


def township(random: Random, chain: Chain) -> Parts:
    """The township or, where it is one in truth, the development zone."""
    if chain.zone:
        return [(chain.town, "devzone")]
    return [(short_town(chain.town) if chance(random, 0.12) else chain.town, "town")]


def zone(random: Random, chain: Chain) -> Parts:
    """A development zone, named for a place, for a direction, or not at all."""
    near = (
        short_city(chain.prefecture or chain.province),
        short_county(chain.county),
        short_town(chain.town),
    )
    text = random.choice(("", "", *near, draw("zone_stems", random))) + draw("zone_kinds", random)
    if text.endswith(("工业园区", "工业园", "工业区")) and chance(random, 0.7):
        return [(text, "poi")]  # an industrial park of a town is a place; one of a county is a zone
    if chance(random, 0.12):
        return [
            (text, "devzone"),
            ("（" if chance(random, 0.5) else "(", "redundant"),
            (chain.county, "redundant"),
            (")", "redundant"),
        ]
    return [(text, "devzone")]


# ── roads ────────────────────────────────────────────────────────────────────────────────────────────────────────


def road_name(random: Random, chain: Chain) -> str:
    """A road: its stem from a list or from places near by, with a bearing or a number."""
    if chance(random, 0.03):
        kind = random.choice(("国道", "省道", "县道", "线"))
        return f"{random.choice('GSX ').strip()}{random.randint(101, 330)}{kind}"
    source = random.random()
    if source < 0.55:
        stem = draw("road_stems", random)
    elif source < 0.7:
        stem = short_town(chain.town)[:3]
    elif source < 0.75:
        stem = short_county(chain.county) or "中心"
    elif source < 0.8:
        stem = short_city(chain.prefecture or chain.province)
    elif source < 0.84:
        return _numbered_road(random)
    elif source < 0.92 and chain.villages:
        stem = short_village(random.choice(chain.villages))[:3]
    else:
        stem = "".join(random.choice(draw("compound_stems", random)) for _ in range(2))
    kind = draw("road_types", random)
    bearing = draw("road_bearings", random) if chance(random, 0.3) else ""
    if bearing and chance(random, 0.15) and kind in ("路", "街"):
        return stem + kind + bearing + random.choice(("路", "巷", "街"))
    return stem + bearing + kind


def _numbered_road(random: Random) -> str:
    number = chinese_number(random.randint(1, 15))
    stem = random.choice(("", draw("road_stems", random)))
    way = random.random()
    if way < 0.4:
        return f"{stem}第{number}{random.choice(('大街', '大道', '街', '路'))}"
    if way < 0.6:
        return f"{stem[:1]}{random.choice('东西南北')}{random.choice('二三四五六')}环{random.choice('东西南北中')}路"
    if way < 0.8:
        gate = random.choice("东西南北") + random.choice("直便安华定关") + "门"
        return gate + random.choice("内外") + random.choice(("大街", "街"))
    if way < 0.9:
        return stem + number + random.choice(("号路", "号大街", "条", "条胡同", "支路", "横路", "马路"))
    return stem + random.choice("外内正后前横老新") + random.choice(("大街", "街", "路"))


def road_number(random: Random) -> Parts:
    """The number on a road, with its usual attachments."""
    number = digits(random)
    kind = pick(
        random,
        {
            "号": 74,
            "": 7,
            "-号": 5,
            "甲": 2,
            "附": 2,
            "之": 1,
            "中": 2,
            "、": 1,
            "院": 2,
            "split": 3,
            "自编": 1,
        },
    )
    other = digits(random, 30)
    match kind:
        case "-号":
            return [(f"{number}-{other}号", "roadno")]
        case "甲":
            sign = random.choice("甲乙丙丁")
            return [
                (random.choice((f"{sign}{number}号", f"{number}号{sign}", f"{number}{sign}号")), "roadno")
            ]
        case "附":
            return [(f"{number}号", "roadno"), (f"附{other}号", "subroadno")]
        case "之":
            return [(f"{number}号之{chinese_number(int(digits(random, 12)))}", "roadno")]
        case "中":
            return [(f"{chinese_number(int(digits(random, 60)))}号", "roadno")]
        case "、":
            return [(f"{number}{random.choice('、-,')}{other}号", "roadno")]
        case "院":
            return [(f"{number}号院", "poi" if chance(random, 0.6) else "roadno")]
        case "split":
            return [(number, "roadno"), ("-", "redundant"), (other, "houseno")]
        case "自编":
            return [(f"{number}号", "roadno"), (f"自编{other}号", "subroadno")]
    return [(number + kind, "roadno")]


def road(random: Random, chain: Chain) -> Parts:
    """A road with its number, section, lane or crossing."""
    name = road_name(random, chain)
    parts: Parts = [(name, "road")]
    kind = pick(random, {"no": 70, "none": 10, "lane": 7, "section": 5, "crossing": 5, "alley": 3})
    match kind:
        case "no":
            parts += road_number(random)
        case "lane":
            lane, number = digits(random, 3000), digits(random, 200)
            word = random.choice("弄弄弄巷里")
            if chance(random, 0.6):
                parts += [(f"{lane}{word}", "subroad"), (f"{number}号", "subroadno")]
            else:
                parts += [(f"{lane}弄", "roadno"), (compound_name(random), "poi")]
        case "section":
            parts.append((draw("sections", random), "subroad"))
            if chance(random, 0.8):
                parts.append((f"{digits(random)}号", "subroadno"))
        case "crossing":
            sign = random.choice("与与与和")
            parts += [
                (sign, "assist"),
                (road_name(random, chain), "subroad"),
                (draw("crossings", random), "assist"),
            ]
        case "alley":
            alley = random.choice(
                (
                    f"{digits(random, 30)}巷",
                    road_name(random, chain)[:-1] + "巷",
                    chinese_number(random.randint(1, 20)) + "巷",
                )
            )
            parts += [(alley, "subroad"), (f"{digits(random, 200)}号", "subroadno")]
    return parts
