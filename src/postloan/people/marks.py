"""What a line of address says, read cheaply: division, tail, numbers. Enough for most pairs of a person's addresses.

A tape has hundreds of thousands of lines, and most pairs of one person are plainly the same or plainly different.
Only the rest are read by the tagger (``address.comparing``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from postloan.address import parse, region_of

_HEAD = re.compile(
    "(?:[\u4e00-\u9fff]{1,9}?(?:自治区|自治州|自治县|省|市|地区|盟|州|区|县|旗)){1,5}|[\u4e00-\u9fff]{2,12}"
)
_BLANK = re.compile(r"[\s,，.。;；、|/_·:：'\"“”‘’!！?？*]+")
_ASIDE = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]?")
_TELEPHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_WORDED = re.compile("([零〇一二三四五六七八九十百]+)(?=号楼|号院|号|栋|幢|座|单元|室|层|楼|组|队|弄)")
_NUMBER = re.compile(r"0*(\d+|[A-Z]+)")
_NO_NAME = re.compile(r"\d+|[A-Z]+|单元|门牌|号[楼院]?|[栋幢座室层楼组队弄巷#\-—~第]")
_BUILDING = re.compile(r"(?:\d+|[A-Z])(?:号楼|栋|幢|座|#|单元|-|—|室|组|队).*$")
_LAST_NUMBER = re.compile(r"\d+号?$")
_OFFICE = re.compile("公司|单位|工厂|集团|办公|写字楼|大厦|商场|门市|店铺|车间|科技园|工业园|厂区|宿舍")
_VALUES = dict(zip("零〇一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_READ_AT_ONCE = 50_000


class Mark(NamedTuple):
    """What one line says.

    county: code of the division that it names, 0 where none; it may end in 00 or 0000. path: its names joined. tail:
    the rest without blanks, asides and telephones, numbers as digits. numbers: all of it in order. names: the tail
    without numbers and words for units. grade: 0 to 1, how complete it is.
    """

    county: int
    path: str
    tail: str
    numbers: tuple[str, ...]
    names: str
    grade: float


@dataclass(frozen=True, slots=True)
class _Head:
    code: int
    path: str
    end: int


def marks(texts: Sequence[str]) -> list[Mark]:
    """What each text says; equal beginnings are looked up once."""
    plain = _plain(texts)
    beginnings = [_head(text) for text in plain]
    known = _divisions(list(dict.fromkeys(beginnings)))
    return [_mark(text, known[head]) for text, head in zip(plain, beginnings, strict=True)]


def _plain(texts: Sequence[str]) -> list[str]:
    """Normal forms of characters, for all texts in one pass."""
    joined = "\n".join(text.replace("\n", " ") for text in texts)
    return unicodedata.normalize("NFKC", joined).split("\n") if texts else []


def _head(text: str) -> str:
    found = _HEAD.match(text)
    return found.group() if found else text[:12]


def _divisions(heads: list[str]) -> dict[str, _Head]:
    """The division that each beginning names, and where it ends."""
    made: dict[str, _Head] = {}
    for begin in range(0, len(heads), _READ_AT_ONCE):
        part = heads[begin : begin + _READ_AT_ONCE]
        table = parse(part, "divisions")
        columns = (table[name].to_pylist() for name in ("elements", "adcode"))
        for head, elements, code in zip(part, *columns, strict=True):
            end = max((element["end"] for element in elements or ()), default=0)
            made[head] = _Head(int(code or 0), _path(code or ""), end)
    return made


def _path(code: str) -> str:
    """The names of a division and of what it lies in, in full."""
    found = region_of(code) if code else None
    if found is None:
        return ""
    top = region_of(code[:2] + "0000")
    parts = [top.name if top else found.province, found.prefecture, found.name]
    return "".join(dict.fromkeys(part for part in parts if part))


def _digits(found: re.Match[str]) -> str:
    """一百二十三 as 123."""
    total, unit = 0, 0
    for character in found.group(1):
        if character == "百":
            total, unit = total + (unit or 1) * 100, 0
        elif character == "十":
            total, unit = total + (unit or 1) * 10, 0
        else:
            unit = (
                unit * 10 + _VALUES[character] if unit and "十" not in found.group(1) else _VALUES[character]
            )
    return str(total + unit)


def _mark(text: str, head: _Head) -> Mark:
    rest = text[head.end :]
    if not rest.isalnum():
        rest = _BLANK.sub("", _ASIDE.sub("", rest))
    if len(rest) > 18:
        rest = _TELEPHONE.sub("", rest)
    rest = _WORDED.sub(_digits, rest).upper()
    numbers = tuple(_NUMBER.findall(rest))
    names = _NO_NAME.sub("", rest)
    grade = (
        0.25 * (head.code > 0) + 0.1 * (head.code % 100 > 0) + 0.3 * bool(names) + 0.2 * bool(numbers)
        + 0.15 * (len(numbers) > 1 or (bool(numbers) and len(numbers[-1]) > 2))
    )  # fmt: skip
    return Mark(head.code, head.path, rest, numbers, names, grade)


def compound_of(mark: Mark) -> str:
    """The beginning of the tail down to the compound: without building, entrance and room."""
    found = _BUILDING.sub("", mark.tail)
    return found if found != mark.tail else _LAST_NUMBER.sub("", found)


def street_of(mark: Mark) -> str:
    """The beginning of the tail down to the first number."""
    first = _NUMBER.search(mark.tail)
    return mark.tail[: first.start()] if first else mark.tail


def is_office(text: str) -> bool:
    """Whether a line reads like the address of a firm."""
    return bool(_OFFICE.search(text))


SAME, APART, UNSURE = 1, -1, 0


def together(one: Mark, other: Mark) -> int:
    """Whether two lines of one person plainly name one place (1), plainly two (-1), or have to be read (0)."""
    a, b = one.county, other.county
    compatible = a == b or not a or not b or _covers(a, b) or _covers(b, a)
    if one.tail == other.tail:
        return SAME if compatible and one.tail else UNSURE
    mine, theirs = one.numbers, other.numbers
    if mine and mine == theirs and compatible and (len(mine) > 1 or len(mine[0]) > 2):
        return SAME if one.names == other.names or _alike(one.names, other.names) else UNSURE
    if compatible and len(mine) > 1 and len(theirs) > 1 and mine[-1] == theirs[-1] and _within(one, other):
        return SAME
    if len(mine) > 1 and len(theirs) > 1 and not set(mine) & set(theirs):
        return APART
    if a and b and a // 10_000 != b // 10_000:
        return APART
    if not compatible and mine != theirs and not _alike(one.names, other.names):
        return APART
    if len(mine) > 1 and len(theirs) > 1 and mine[-1] != theirs[-1] and not _alike(one.names, other.names):
        return APART
    return UNSURE


def _within(one: Mark, other: Mark) -> bool:
    """Whether one line says, in order, a part of what the other says: the road or the compound is left out."""
    short, long = (one, other) if len(one.numbers) <= len(other.numbers) else (other, one)
    if len(short.names) < 2 or short.names not in long.names:
        return False
    rest = iter(long.numbers)
    return all(number in rest for number in short.numbers)


def _covers(wide: int, narrow: int) -> bool:
    return (wide % 10_000 == 0 and wide // 10_000 == narrow // 10_000) or (
        wide % 100 == 0 and wide // 100 == narrow // 100
    )


def _alike(one: str, other: str) -> bool:
    """Whether at least half of the pairs of characters of the shorter name stand in the longer."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) < 2:
        return bool(short) and short in long
    pairs = [short[at : at + 2] for at in range(len(short) - 1)]
    return 2 * sum(pair in long for pair in pairs) >= len(pairs)
