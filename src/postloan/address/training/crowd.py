"""Large crowds of constructed addresses from the divisions that postloan ships, and damaged copies of them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from postloan.address.divisions import regions
from postloan.address.gazetteer import townships_of
from postloan.address.training.damage import SAME, Bank
from postloan.address.training.drawing import Parts
from postloan.address.training.places import Chain
from postloan.address.training.synthesis import one_address


class Townships:
    """Chains from the province to the township, drawn by county; villages are not known."""

    def __init__(self, without: tuple[str, ...] = ()) -> None:
        self._counties = [
            region
            for code, region in regions().items()
            if region.current
            and region.level == "county"
            and not region.is_heading
            and code[:2] not in without
            and townships_of(code)
        ]

    def draw(self, random: Random) -> Chain:
        """One chain."""
        region = random.choice(self._counties)
        return Chain(
            province=regions()[region.code[:2] + "0000"].name,
            prefecture=region.prefecture,
            county=region.name,
            town=random.choice(list(townships_of(region.code))),
            zone=False,
            county_zone=False,
            villages=(),
        )


def crowd(size: int, seed: int, places: Townships) -> Iterator[Parts]:
    """Labelled addresses; the same seed gives the same ones."""
    random = Random(seed)
    made = 0
    while made < size:
        parts = [part for part in one_address(random, places.draw(random)) if part[0]]
        labels = {label for _, label in parts}
        if labels & {"road", "poi", "community"}:
            made += 1
            yield parts


def copies(addresses: list[Parts], seed: int) -> Iterator[tuple[int, str]]:
    """Number and another writing of each address that still names its place."""
    random, bank = Random(seed), Bank(addresses[:2000])
    kinds = list(SAME.values())
    for number, parts in enumerate(addresses):
        written = random.choice(kinds)(random, parts, bank) or parts
        yield number, "".join(text for text, _ in written)
