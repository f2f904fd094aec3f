"""The divisions at the head of a text, found by dictionary alone."""

from __future__ import annotations

import re

from postloan.address.gazetteer import by_full_name, by_short_name

_SIGN = re.compile(r"[-_/,， 　]")
_ROAD_FOLLOWS = re.compile("[东西南北中一二三四五六七八九十]?[路街道巷弄大]")


def leading_divisions(text: str) -> list[tuple[str, int, int]]:
    """Province, prefecture and county at the head of a text, by dictionary alone: label, start, end."""
    found: list[tuple[str, int, int]] = []
    at, order = 2 if text.startswith("中国") else 0, 0
    levels = ("province", "prefecture", "county")
    while at < len(text) and order < 3:
        if found and _SIGN.match(text, at):
            at += 1
            continue
        step = _longest(text, at, levels[order:])
        if step is None:
            break
        level, end, full = step
        if not full and _ROAD_FOLLOWS.match(text, end):
            break
        label = {"province": "prov", "prefecture": "city", "county": "district"}[level]
        found.append((label, at, end))
        at, order = end, levels.index(level) + 1
    return found


def _longest(text: str, at: int, levels: tuple[str, ...]) -> tuple[str, int, bool] | None:
    for size in range(min(11, len(text) - at), 1, -1):
        name = text[at : at + size]
        for index, full in ((by_full_name(), True), (by_short_name(), False)):
            for naming in index.get(name, ()):
                if naming.level in levels:
                    municipality = naming.level == "province" and name.endswith("市")
                    return ("prefecture" if municipality else naming.level), at + size, full
    return None
