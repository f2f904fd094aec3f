"""The words of ``words.yaml``, ready to be drawn from."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@cache
def _data() -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.safe_load((files(__package__) / "words.yaml").read_text("utf-8"))
    return loaded


@cache
def words(name: str) -> tuple[str, ...]:
    """All words of a list; those of a weighted list as often as their weight."""
    found = _data()[name]
    if isinstance(found, dict):
        return tuple(word for word, weight in found.items() for _ in range(weight))
    return tuple(str(found).split())


def draw(name: str, random: Random) -> str:
    """One word of a list, by weight."""
    return random.choice(words(name))


def person_name(random: Random) -> str:
    """A made-up name of two or three characters, sometimes with a form of address."""
    name = random.choice(words("surnames")[0])
    if random.random() < 0.2:
        return name + random.choice(("先生", "女士", "小姐", "总", "师傅", "某某", "某"))
    return name + "".join(random.choice(words("given")[0]) for _ in range(random.choice((1, 2, 2))))


_DIGITS = "零一二三四五六七八九"


def chinese_number(value: int) -> str:
    """二十三 for 23; digit by digit from a hundred on."""
    if value < 10:
        return _DIGITS[value]
    if value < 20:
        return "十" + (_DIGITS[value - 10] if value > 10 else "")
    if value < 100:
        return _DIGITS[value // 10] + "十" + (_DIGITS[value % 10] if value % 10 else "")
    return "".join(_DIGITS[int(digit)] for digit in str(value))
