"""Names that a grammar of addresses draws: estates, buildings, parks, companies, shops, offices, hamlets, people."""

from __future__ import annotations

from random import Random

from postloan.address.training.drawing import Part, Parts, chance, pick
from postloan.address.training.places import Chain, short_city, short_county, short_town, short_village
from postloan.address.training.words import draw, person_name


def compound_name(random: Random, chain: Chain | None = None) -> str:
    """A housing estate."""
    stem = draw("compound_stems", random)
    if chain and chance(random, 0.3):
        stem = short_town(chain.town)[:3]
    if chance(random, 0.12):
        stem += draw("compound_stems", random)
    return stem + draw("compound_types", random)


def building_name(random: Random, chain: Chain) -> str:
    """An office building, mall or market."""
    stem = draw("compound_stems" if chance(random, 0.5) else "brands", random)
    near = random.random()
    if near < 0.12:
        stem = short_city(chain.prefecture or chain.province) + stem
    elif near < 0.2:
        stem = short_town(chain.town)
    elif near < 0.25:
        stem = draw("banks", random)
    return stem + draw("building_types" if chance(random, 0.8) else "market_types", random)


def park_name(random: Random, chain: Chain) -> str:
    """An industrial or science park."""
    stem = random.choice(
        (
            short_town(chain.town),
            short_county(chain.county),
            draw("brands", random),
            draw("compound_stems", random),
            "",
        )
    )
    if chain.villages and chance(random, 0.2):
        stem = short_village(random.choice(chain.villages))
    return stem + draw("park_types", random)


def company_name(random: Random, chain: Chain) -> str:
    """A company, in full or in short."""
    place = random.choice(
        ("", "", short_city(chain.prefecture or chain.province), short_county(chain.county), chain.prefecture)
    )
    brand = brand_name(random, chain)
    if chance(random, 0.2):
        return (
            place
            + brand
            + random.choice(
                ("科技", "电子", "服饰", "机械", "物流", "食品", "集团", "工贸", "实业", "电商", "贸易", "厂")
            )
        )
    if chance(random, 0.08):
        return place + draw("companies_old", random)
    return place + brand + draw("industries", random) + draw("company_tails", random)


def brand_name(random: Random, chain: Chain) -> str:
    """A made-up brand: from the list, or two or three characters from anywhere."""
    way = random.random()
    if way < 0.35:
        return draw("brands", random)
    if way < 0.6 or not chain.villages:
        return random.choice(draw("brands", random)) + random.choice(draw("compound_stems", random))
    signs = "".join(
        short_village(name) for name in random.sample(chain.villages, min(3, len(chain.villages)))
    )
    return "".join(random.choice(signs) for _ in range(random.choice((2, 2, 3, 4))))


def shop_name(random: Random) -> str:
    """A shop."""
    if chance(random, 0.1):
        return draw("shops", random)
    return draw("brands", random) + draw("shops", random)


def institution_name(random: Random, chain: Chain) -> str:
    """A school, hospital, office or bank."""
    place = random.choice(
        (
            "",
            "",
            short_city(chain.prefecture or chain.province),
            chain.county,
            chain.town,
            short_county(chain.county),
        )
    )
    if chance(random, 0.3):
        bank = draw("banks", random)
        return bank + (short_county(chain.county) + draw("bank_tails", random) if chance(random, 0.6) else "")
    return place + draw("institutions", random)


def venue(random: Random, chain: Chain) -> str:
    """Any named place."""
    kind = pick(
        random, {"compound": 34, "building": 24, "park": 12, "company": 14, "institution": 9, "shop": 7}
    )
    match kind:
        case "compound":
            return compound_name(random, chain)
        case "building":
            return building_name(random, chain)
        case "park":
            return park_name(random, chain)
        case "company":
            return company_name(random, chain)
        case "institution":
            return institution_name(random, chain)
    return shop_name(random)


def hamlet(random: Random) -> str:
    """A natural village (自然村)."""
    stem = draw("hamlet_stems", random)
    return stem + ("" if len(stem) > 1 and chance(random, 0.3) else draw("hamlets", random))


def tail_word(random: Random, chain: Chain, parts: Parts) -> Part:
    """What is at the very place: a shop, a company, a department or a person.

    It is the place itself where no other is named, lies inside the place that is named last, or, after a floor or a
    room, is whom one finds there.
    """
    kind = random.random()
    text = (
        shop_name(random)
        if kind < 0.4
        else company_name(random, chain)
        if kind < 0.65
        else draw("people_places", random)
    )
    labels = [label for _, label in parts]
    if kind > 0.9:
        return (person_name(random), "person")
    if "poi" not in labels:
        return (text, "poi")
    if labels[-1] in ("poi", "assist"):
        return (text, "subpoi" if chance(random, 0.7) else "person")
    return (text, "person")
