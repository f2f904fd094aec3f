"""One spelling for each part of an address: numbers in digits with one word for their kind, names without signs.

三号楼, 3#楼, ３栋 and 03座 are 3幢; 二单元 is 2单元; 负一楼 is 负1层; 501房 is 501室; 建设4路 is 建设四路.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from postloan.address.comparing.numbers import folded, in_digits
from postloan.address.gazetteer import folds

_NUMBER = r"\d+[A-Z]?|[A-Z]\d*|[甲乙丙丁]\d*|\d+[甲乙丙丁]"
_SERIES = rf"(?:{_NUMBER})(?:[-~/](?:{_NUMBER}))*"
_BUILDING = re.compile(rf"第?({_SERIES})(?:号楼|号栋|号幢|#楼|#|楼|栋|幢|座)?")
_ENTRANCE = re.compile(rf"第?({_SERIES})(单元|号门|门|梯|#)?")
_FLOOR = re.compile(r"(负|地下第?|-|B)?第?(\d+)(?:楼|层|F|FLOOR|/F)?")
_ROOM = re.compile(rf"第?({_SERIES})(?:号房间?|号室|房间|室|房|号|#)?")
_GATE = re.compile(rf"({_SERIES})(?:号|#)?")
_ROAD_DIGITS = re.compile(r"(?<=[\u4e00-\u9fff])(?<![国省县乡])(\d{1,2})(?=(?:大?[路街道巷]))")
_HIGHWAY = re.compile("[国省县]道")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_BLANKS = re.compile(r"\s+")
_CHINESE_DIGITS = "零一二三四五六七八九"


def _stripped(number: str) -> str:
    """A number or series without leading zeros, its parts joined by hyphens."""
    return "-".join(part.lstrip("0") or "0" for part in re.split("[-~/]", number))


def _building(text: str) -> str:
    found = _BUILDING.fullmatch(text)
    return f"{_stripped(found[1])}幢" if found else text


def _entrance(text: str) -> str:
    found = _ENTRANCE.fullmatch(text)
    if not found:
        return text
    return _stripped(found[1]) + (found[2] if found[2] in ("号门", "门", "梯") else "单元")


def _floor(text: str) -> str:
    if text in ("首层", "首楼", "底层", "底楼", "1F"):
        return "1层"
    found = _FLOOR.fullmatch(text)
    return f"{'负' if found[1] else ''}{_stripped(found[2])}层" if found else text


def _room(text: str) -> str:
    found = _ROOM.fullmatch(text)
    return f"{_stripped(found[1])}室" if found else text


def _gate(text: str) -> str:
    found = _GATE.fullmatch(text)
    return f"{_stripped(found[1])}号" if found else text


_NUMBERS: dict[str, Callable[[str], str]] = {
    "roadno": _gate, "subroadno": _gate, "houseno": _building, "cellno": _entrance, "floorno": _floor,
    "roomno": _room,
}  # fmt: skip


def _in_chinese(number: str) -> str:
    value = int(number)
    tens, ones = divmod(value, 10)
    if value < 10:
        return _CHINESE_DIGITS[value]
    return ("" if tens == 1 else _CHINESE_DIGITS[tens]) + "十" + (_CHINESE_DIGITS[ones] if ones else "")


@lru_cache(maxsize=1 << 16)
def spelled(label: str, text: str) -> str:
    """A part of an address in its one spelling; label: one of the 21."""
    if label in _NUMBERS:
        plain = in_digits(_BLANKS.sub("", folded(text)))
        return _NUMBERS[label](_EDGES.sub("", plain if label == "houseno" else plain.replace("#", "号")))
    plain = _EDGES.sub("", _BLANKS.sub("", unfolded_case(text)))
    if label in ("road", "subroad") and not _HIGHWAY.search(plain):
        plain = _ROAD_DIGITS.sub(lambda found: _in_chinese(found[1]), plain)
    return plain


def unfolded_case(text: str) -> str:
    """Half-width simplified characters, capitals and small letters as they are."""
    return text.translate(folds())


def implied(floor: str, room: str) -> bool:
    """Whether a room's number says its floor: 3层 in 301室, 12层 in 1203室."""
    level, number = re.fullmatch(r"(\d+)层", floor), re.fullmatch(r"(\d{3,4})[A-Z]?室", room)
    return bool(level and number and number[1][:-2] == level[1])
