"""House, building, entrance, floor and room numbers in one form, so that 三号楼, 3#, 03栋 and ３幢 are one number."""

from __future__ import annotations

import re
from functools import cache, lru_cache

_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
_FORMAL = str.maketrans("壹贰叁肆柒捌玖", "一二三四七八九")
_FORMAL_TOO = str.maketrans("伍陆拾佰", "五六十百")  # characters of names as well
_CHINESE = re.compile("[〇零一二两三四五六七八九十百]+")
_SIGNS = re.compile(r"[\W_]+")
_PLACED = re.compile("(?:(.)?百)?零?(?:(.)?十)?(.)?")
_ORDINAL = "甲乙丙丁戊己庚辛"
_FLOOR_BELOW = re.compile(r"^(?:负|地下第?|-|B)(\d+)")
_UNITS = re.compile("号楼|号院|单元|自编|号|楼|栋|幢|座|室|房间?|层|铺|弄|巷|院|#|第")
_WORD = re.compile(rf"\d+|[A-Z]+|[{_ORDINAL}]|[\u3400-\u9fff]+")
_RUN = re.compile("[0-9]+|[A-Z]+")
_TELEPHONE = 7  # digits from which a number is none of a house
_KINDS = (
    ("building", re.compile("(号楼|[栋幢座])$")),
    ("entrance", re.compile("(单元|门)$")),
    ("floor", re.compile("[层F]$")),
    ("room", re.compile("[室房]$")),
)


def in_digits(text: str) -> str:
    """Chinese numerals in a text as digits: 二十三 is 23, 一〇一 is 101, 第三 is 第3."""
    return _CHINESE.sub(lambda found: _value(found.group()), text.translate(_FORMAL))


def _value(numeral: str) -> str:
    if "十" not in numeral and "百" not in numeral:
        return "".join(_DIGITS[sign] for sign in numeral)
    found = _PLACED.fullmatch(numeral)
    if not found:
        return "".join(_DIGITS.get(sign, sign) for sign in numeral)
    hundreds, tens, ones = found.groups()
    total = 0
    for sign, present, unit in ((hundreds, "百" in numeral, 100), (tens, "十" in numeral, 10)):
        total += unit * int(_DIGITS.get(sign or "一", "1")) if present else 0
    return str(total + int(_DIGITS.get(ones or "零", "0")))


@cache
def _folds() -> dict[int, int]:
    from postloan.address.tagger.model import packaged_folds

    return packaged_folds()


@cache
def _folded_signs() -> frozenset[str]:
    return frozenset(map(chr, _folds()))


def folded(text: str) -> str:
    """A text in half-width, simplified, capital characters."""
    if _folded_signs().isdisjoint(text):  # most; translating takes five times as long as looking
        return text.upper()
    return text.translate(_folds()).upper()


@lru_cache(maxsize=1 << 16)
def canonical_name(text: str) -> str:
    """A name without blanks and signs, in half-width simplified capitals, its numerals as digits."""
    return in_digits(_SIGNS.sub("", folded(text)))


def canonical(text: str, *, floor: bool = False) -> tuple[str, ...]:
    """The number in a part of an address: its digits, letters and marks in order, () where there is none.

    The words for the kind of number are left out; 甲12号, 12号甲 and 12甲号 are one number. floor: whether a sign
    before the number puts it below the ground.
    """
    plain = in_digits(folded(text).replace(" ", "").translate(_FORMAL_TOO))
    below = _FLOOR_BELOW.match(plain) if floor else None
    if below:
        return ("-" + below.group(1),)
    words = [word.lstrip("0") or "0" for word in _WORD.findall(_UNITS.sub("-", plain))]
    if words and words[0] in _ORDINAL:
        words = words[1:] + words[:1]
    return tuple(words)


def figures(text: str) -> tuple[str, ...]:
    """All runs of digits and of letters in a whole address, in order; telephone numbers and the like left out."""
    plain = in_digits(folded(text).translate(_FORMAL_TOO))
    return tuple(run.lstrip("0") or "0" for run in _RUN.findall(plain) if len(run) < _TELEPHONE)


def kind_named(text: str) -> str:
    """What the text itself says its number is: ``building``, ``entrance``, ``floor``, ``room``, or ''."""
    plain = text.strip()
    return next((kind for kind, tail in _KINDS if tail.search(plain)), "")
