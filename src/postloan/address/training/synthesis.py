"""Whole constructed addresses: a chain of divisions, a body, numbers inside, and what people add at the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from postloan.address.training.drawing import Parts, chance, digits, pick
from postloan.address.training.grammar import divisions, elsewhere, road, road_name, township, zone
from postloan.address.training.names import hamlet, institution_name, park_name, shop_name, tail_word, venue
from postloan.address.training.places import Chain, Places, short_village
from postloan.address.training.words import chinese_number, draw, person_name

_FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def synthesise(places: Places, seed: int) -> Iterator[Parts]:
    """Endless labelled addresses from all provinces; the same seed gives the same ones."""
    random = Random(seed)
    while True:
        parts = [part for part in one_address(random, places.draw(random), places.draw(random)) if part[0]]
        if parts and not any(_run_together(a[0], b[0]) for a, b in pairwise(parts)):
            yield parts


def _run_together(before: str, after: str) -> bool:
    """Whether two parts side by side could not be told apart: 12 and 305, or A and B."""
    one, two = before[-1], after[0]
    return (
        one.isascii()
        and two.isascii()
        and ((one.isdigit() and two.isdigit()) or (one.isalpha() and two.isalpha()))
    )


def one_address(random: Random, chain: Chain, other: Chain | None = None) -> Parts:
    """One labelled address in this chain; ``other`` is a place that it may name by mistake."""
    parts = divisions(random, chain)
    if parts and other is not None and chance(random, 0.012):
        parts = elsewhere(random, other) + parts
    body = pick(random, {"road": 34, "road_poi": 22, "poi": 19, "village": 14, "zone": 6, "bare": 5})
    match body:
        case "road":
            parts += road(random, chain) + (units(random) if chance(random, 0.3) else [])
        case "road_poi":
            parts += road(random, chain) + poi_with_units(random, chain)
        case "poi":
            parts += poi_with_units(random, chain)
            if chance(random, 0.1):
                parts += road(random, chain)
        case "village":
            parts += village(random, chain)
        case "zone":
            parts += zone(random, chain) if chance(random, 0.7) else [(park_name(random, chain), "poi")]
            parts += road(random, chain)
            if chance(random, 0.4):
                parts += poi_with_units(random, chain)
        case _:
            if not parts:
                parts = township(random, chain)
            if chance(random, 0.3):
                parts.append((institution_name(random, chain), "poi"))
    return finished(random, parts, chain)


def village(random: Random, chain: Chain) -> Parts:
    """A village or neighbourhood and what lies in it."""
    if not chain.villages:
        return [(hamlet(random), "poi")]
    name = random.choice(chain.villages)
    parts: Parts = [(short_village(name) if chance(random, 0.2) else name, "community")]
    kind = pick(random, {"group": 30, "hamlet": 18, "no": 14, "road": 16, "poi": 16, "none": 10, "team": 5})
    match kind:
        case "group":
            number = random.randint(1, 30)
            parts.append(((str(number) if chance(random, 0.6) else chinese_number(number)) + "组", "road"))
        case "team":
            number = random.randint(1, 15)
            parts.append(
                (
                    (str(number) if chance(random, 0.6) else chinese_number(number)) + random.choice("社队"),
                    "poi",
                )
            )
        case "hamlet":
            parts.append((hamlet(random), "poi"))
        case "road":
            parts += road(random, chain)
        case "poi":
            parts += poi_with_units(random, chain)
    if kind in ("group", "no", "hamlet", "team") and chance(random, 0.55):
        text = (
            digits(random, 400)
            + (f"-{digits(random, 20)}" if chance(random, 0.06) else "")
            + ("号" if chance(random, 0.9) else "")
        )
        parts.append((text, "roadno"))
    return parts


def poi_with_units(random: Random, chain: Chain) -> Parts:
    """A named place, perhaps a place inside it, and the numbers down to the room."""
    parts: Parts = [(venue(random, chain), "poi")]
    name = parts[0][0]
    if chance(random, 0.12) and name.endswith(("市场", "城", "广场", "街")):
        return [*parts, (f"{digits(random)}号", "roomno")]
    if chance(random, 0.12) and name.endswith(("小区", "苑", "园", "村", "区")):
        return [*parts, (f"{digits(random, 600)}号", "houseno")]
    if chance(random, 0.03):
        parts.append(("、" if chance(random, 0.2) else "_", "redundant"))
    if chance(random, 0.2):
        inside = draw("subplaces", random)
        if inside[-1] == "区" and chance(random, 0.25):
            parts = [(name + inside, "poi")]  # a quarter whose number belongs to its name
        else:
            parts.append((inside, "subpoi"))
    elif chance(random, 0.05):
        parts.append((shop_name(random), "subpoi"))
    if chance(random, 0.6):
        parts += units(random)
    return parts


def units(random: Random) -> Parts:
    """Building, entrance, floor and room, in one of the usual ways."""
    way = pick(random, {"words": 50, "dashes": 22, "house": 10, "floor": 12, "room": 12})
    match way:
        case "dashes":
            return _dashes(random)
        case "house":
            return [_house(random)]
        case "floor":
            parts: Parts = [_house(random)] if chance(random, 0.3) else []
            parts.append(_floor(random))
            if chance(random, 0.35):
                parts.append(_room(random))
            return parts
        case "room":
            return [_room(random)]
    parts = [_house(random)]
    if chance(random, 0.5):
        number = random.randint(1, 12)
        word = random.choice(("单元", "单元", "单元", "单元", "门", "单元门"))
        parts.append(((str(number) if chance(random, 0.8) else chinese_number(number)) + word, "cellno"))
    if chance(random, 0.15):
        parts.append(_floor(random))
    if chance(random, 0.85):
        parts.append(_room(random))
    return parts


def _dashes(random: Random) -> Parts:
    sign = random.choice("-------—一_－")
    if chance(random, 0.06):
        numbers = (
            digits(random, 60),
            str(random.randint(1, 12)),
            digits(random, 40),
            str(random.randint(101, 4500)),
        )
        labels = ("houseno", "cellno", "floorno", "roomno")
        four = [
            part for n, name in zip(numbers, labels, strict=True) for part in ((sign, "redundant"), (n, name))
        ]
        return four[1:]
    house = random.choice(
        (
            digits(random, 200),
            random.choice("ABCDEFGH"),
            f"{random.choice('ABCDEFGH')}{random.randint(1, 30)}",
        )
    )
    room = random.choice(
        (str(random.randint(101, 4500)), f"{random.choice('ABCD')}{random.randint(101, 999)}")
    )
    room += random.choice(("", "", "", "室"))
    if chance(random, 0.6):
        cell = str(random.randint(1, 20))
        return [
            (house, "houseno"),
            (sign, "redundant"),
            (cell, "cellno"),
            (sign, "redundant"),
            (room, "roomno"),
        ]
    return [(house, "houseno"), (sign, "redundant"), (room, "roomno")]


def _house(random: Random) -> tuple[str, str]:
    number = int(digits(random, 200))
    form = draw("house_forms", random)
    letter = random.choice("ABCDEFGHabc")
    return (form.format(n=number, c=chinese_number(number % 30 + 1), l=letter), "houseno")


def _floor(random: Random) -> tuple[str, str]:
    number = int(digits(random, 40))
    form = draw("floor_forms", random)
    text = form.format(
        n=number, m=number + 1, b=number % 3 + 1, c=chinese_number(number), d="一二三"[number % 3]
    )
    return (text, "floorno")


def _room(random: Random) -> tuple[str, str]:
    number = random.choice((random.randint(101, 4500), random.randint(1, 40) * 100 + random.randint(1, 30)))
    small, letter = random.randint(1, 400), random.choice("ABCDEF")
    form = draw("room_forms", random)
    return (form.format(n=number, m=number + 1, s=small, t=small % 50, d=small % 10, l=letter), "roomno")


def finished(random: Random, parts: Parts, chain: Chain) -> Parts:
    """What people add: positions, brackets, who is there, telephone numbers, remarks, blanks, wide forms."""
    if chance(random, 0.06):
        parts.append((draw("assists", random), "assist"))
        if chance(random, 0.5):
            parts.append(
                (venue(random, chain), "subpoi" if any(label == "poi" for _, label in parts) else "poi")
            )
    if chance(random, 0.12):
        parts += bracket(random, chain, parts)
    if chance(random, 0.11):
        parts.append(tail_word(random, chain, parts))
    if chance(random, 0.05):
        parts.append((random.choice(("电联", "电联", "电联", draw("remarks", random))), "redundant"))
    if chance(random, 0.03):
        parts += recipient(random)
    if chance(random, 0.02):
        parts = _blanks(random, parts)
    if chance(random, 0.02):
        parts = [(text.translate(_FULL_WIDTH), label) for text, label in parts]
    return parts


def bracket(random: Random, chain: Chain, parts: Parts) -> Parts:
    """Something in brackets: a place near by, a crossing, or a remark of the register."""
    opening, closing = random.choice(
        (("(", ")"), ("(", ")"), ("（", "）"), ("（", "）"), ("【", "】"), ("[", "]"))
    )
    has_poi = any(label == "poi" for _, label in parts)
    kind = pick(random, {"poi": 45, "remark": 30, "crossing": 8, "old": 8, "units": 12})
    inner: Parts
    match kind:
        case "poi":
            inner = [(venue(random, chain), "subpoi" if has_poi else "poi")]
            if chance(random, 0.15):
                inner.append((draw("assists", random), "assist"))
        case "remark":
            inner = [(draw("remarks", random), "redundant")]
        case "crossing":
            inner = [
                (road_name(random, chain), "road"),
                ("与", "assist"),
                (road_name(random, chain), "subroad"),
            ]
            inner.append((draw("crossings", random), "assist"))
        case "old":
            inner = [("原" + draw("companies_old", random), "subpoi" if has_poi else "poi")]
            if chance(random, 0.5):
                inner.append((random.choice(("内", "院内")), "assist"))
        case _:
            inner = units(random)
    return [(opening, "redundant"), *inner, (closing, "redundant")]


def recipient(random: Random) -> Parts:
    """A name and a telephone number stuck to the address."""
    phone = random.choice(
        (
            f"1{random.randint(30, 99)}{random.randint(0, 99999999):08d}",
            f"0{random.randint(10, 999)}-{random.randint(2000000, 89999999)}",
        )
    )
    parts: Parts = [(person_name(random), "person"), (phone, "redundant")]
    if chance(random, 0.3):
        parts.reverse()
    if chance(random, 0.3):
        parts.append(("收", "redundant"))
    if chance(random, 0.3):
        parts.insert(0, (random.choice(" ，,"), "redundant"))
    return parts[: random.choice((1, 2, 3, 4))]


def _blanks(random: Random, parts: Parts) -> Parts:
    out: Parts = []
    for place, part in enumerate(parts):
        if place and chance(random, 0.4):
            out.append((" ", "redundant"))
        out.append(part)
    return out
