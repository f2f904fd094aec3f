"""Parts of an address, and how they are drawn."""

from __future__ import annotations

from random import Random

Part = tuple[str, str]
"""A stretch of text and its label."""
Parts = list[Part]


def chance(random: Random, share: float) -> bool:
    """True in this share of draws."""
    return random.random() < share


def pick(random: Random, options: dict[str, float]) -> str:
    """One key by weight."""
    return random.choices(list(options), list(options.values()))[0]


def digits(random: Random, high: int = 2000) -> str:
    """A number, small ones more often."""
    return str(int(high ** random.random()) if chance(random, 0.7) else random.randint(1, high))
