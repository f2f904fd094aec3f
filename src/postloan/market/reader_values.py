"""Figures as notices print them: 66,369,783.05元, 约5.54万笔, 超4亿元, 3.3万户余, 383.87天, with stray blanks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_LEAD = re.compile(r"[\s:|(]*(?:(?:约?为|是|达到|共计|合计|总计|共|达|人民币|RMB|¥)[\s:|]*)*", re.IGNORECASE)
_BEFORE = re.compile(
    r"(大约|约|将近|接近|近|超过|超出|超|突破|逾|不足|不到|不超过|不低于|至少|至多)\s*(?:人民币)?\s*"
)
_AFTER_UNIT = re.compile(r"\s*(余(?!额)|多(?!轮)|左右|以上|以下|以内|上下)")
_DIGITS = re.compile(r"\d(?:[\d,.\s]*\d)?")
_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_APPROXIMATE = frozenset({"约", "大约", "左右", "上下"})
_AND_MORE = frozenset({"余", "多"})
SILENT = re.compile(r"[\s:|]*(?:[-—–/]+|无|不适用|暂无|未披露|N/?A)(?=[\s|;。,]|$)", re.IGNORECASE)
"""A cell that says nothing: —, 无, /."""

_SCALES = {
    "百亿": 10**10, "十亿": 10**9, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3, "": 1,
}  # fmt: skip
_SCALE = "|".join(sorted(filter(None, _SCALES), key=len, reverse=True))
_UNITS = {
    "元": ("元", "圆"),
    "笔": ("笔", "个", "件", "项", "条"),
    "户": ("户", "人", "名", "位", "个"),
    "天": ("天", "日", "年"),
    "岁": ("周岁", "岁", "年"),
    "分钟": ("分钟", "分", "min"),
}
_OTHER_MEASURES = ("%", "折", "成", "倍", "期")
_COUNTED = ("元", "圆", "笔", "户", "人", "天", "日", "岁", "年", "月", "分")
_TEN_THOUSANDS = re.compile(r"\s*(\d{1,4}(?:\.\d+)?)\s*万\s*(元)?")
_DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was read.

    value: in its base unit. printed: with qualifier and unit, without blanks. tolerance: greatest difference
    that the printed digits allow; None where only a bound stands there. end: where reading stopped.
    leftover: digits that follow and could belong to it.
    """

    value: Decimal
    printed: str
    tolerance: Decimal | None
    end: int
    leftover: bool = False


def figure(text: str, *, unit: str, label_unit: str | None = None, loose: bool = True) -> Figure | None:
    """The figure at the beginning of a text, or None where none stands there.

    unit: what it counts (元, 笔, 户, 天, 岁, 分钟). label_unit: the unit in the label's brackets (万元).
    loose: blanks inside the number may be bridged; off where several figures stand in a row.
    """
    begin = _LEAD.match(text).end()  # type: ignore[union-attr]
    before = _BEFORE.match(text, begin)
    start = before.end() if before else begin
    run = _DIGITS.match(text, start)
    if run is None:
        return None
    names = "|".join(sorted((re.escape(n) for n in _UNITS[unit]), key=len, reverse=True))
    with_unit = re.compile(
        rf"\s*(?:(余|多)(?![额轮])\s*)?({_SCALE})?\s*(?:(余|多)(?![额轮])\s*)?({names})?", re.IGNORECASE
    )
    number, end, leftover = _number(text, run.start(), run.end(), with_unit, loose=loose)
    if number is None:
        return None
    unit_match = with_unit.match(text, end)
    more, scale, later, name = unit_match.groups() if unit_match else (None, None, None, None)
    tail = unit_match.end() if unit_match and any(unit_match.groups()) else end
    if text[tail : tail + 1] in _OTHER_MEASURES or (
        text[tail : tail + 1] in _COUNTED and not name and unit != "元"
    ):
        return None
    if re.fullmatch(r"\d{1,2}", number) and re.match(r"[.、)](?!\d)", text[end:]):
        return None  # the number of a list's item
    after = _AFTER_UNIT.match(text, tail)
    tail = after.end() if after else tail
    words = {word for word in (before and before.group(1), more, later, after and after.group(1)) if word}
    printed = re.sub(r"\s", "", (before.group(1) if before else "") + text[start:tail])
    extra, second = Decimal(0), _TEN_THOUSANDS.match(text, tail) if scale == "亿" and not name else None
    if second:  # 1亿2000万元
        extra = Decimal(number.replace(",", "")) * _SCALES["亿"]
        number, scale, name, tail = second.group(1), "万", second.group(2), second.end()
        printed += re.sub(r"\s", "", second.group())
    if not (scale or name) and label_unit:
        scale, name = _split_unit(label_unit)
        printed += label_unit
    elif not name:
        printed += unit
    scale, name = scale or "", name or ""
    value = Decimal(number.replace(",", "")) * _SCALES[scale] + extra
    step = _last_digit(number, trailing_zeros=bool(words & _AND_MORE)) * _SCALES[scale]
    if unit == "天" and name == "年":
        value, step = value * _DAYS_A_YEAR, step * _DAYS_A_YEAR
    plain = not words and not scale and name != "年"
    return Figure(
        _tidy(value), printed, _tolerance(number, step, words, unit, plain=plain), tail, leftover and loose
    )


def _number(
    text: str, start: int, end: int, unit: re.Pattern[str], *, loose: bool
) -> tuple[str | None, int, bool]:
    """The number that begins at ``start``, its stray blanks bridged; where it ends; digits left over."""
    pieces = list(re.finditer(r"[\d,.]+", text[start:end]))
    taken, stop = pieces[0].group(), start + pieces[0].end()
    for place, piece in enumerate(pieces[1:], 1):
        gap = text[stop : start + piece.start()]
        nxt = piece.group()
        rest = unit.match(text, start + piece.end())
        followed = bool(rest and (rest.group(2) or rest.group(4)) and place == len(pieces) - 1)
        alone = loose and "\n" not in gap and not text[end:].strip(" |\n\t") and place == len(pieces) - 1
        if not _belongs(taken, nxt, loose=loose) and not (loose and followed) and not alone:
            break
        taken, stop = taken + nxt, start + piece.end()
    while taken and taken[-1] in ",.":
        taken, stop = taken[:-1], stop - 1
    left = bool(re.match(r"[ \t]*\n?[ \t]*\d", text[stop:]))
    whole = _WHOLE.match(taken)
    if whole is None:
        return None, stop, left
    if whole.end() < len(taken):
        if taken[whole.end()] in ",." and re.fullmatch(r"\d+", whole.group()) is None:
            return whole.group(), stop - (len(taken) - whole.end()), True
        return None, stop, True
    return taken, stop, left


def _belongs(taken: str, nxt: str, *, loose: bool) -> bool:
    """Whether a number goes on after a blank: at a comma or point, or inside an unfinished group of three."""
    point = "." in taken
    if taken[-1] in ",." or nxt[0] in ",.":
        return not (point and "." in nxt and taken[-1] != ".")
    if not loose:
        return False
    lead = re.match(r"\d+", nxt)
    digits = len(lead.group()) if lead else 0
    if "," in taken and not point:
        return len(taken.rsplit(",", 1)[1]) + digits <= 3
    if point:
        return len(taken.rsplit(".", 1)[1]) == 1 and nxt.isdigit() and digits == 1
    return "," in nxt and len(taken) + digits <= 3


def _last_digit(number: str, *, trailing_zeros: bool) -> Decimal:
    whole, _, part = number.replace(",", "").partition(".")
    if part:
        return Decimal(1).scaleb(-len(part))
    zeros = len(whole) - len(whole.rstrip("0")) if trailing_zeros else 0
    return Decimal(1).scaleb(min(zeros, max(len(whole) - 1, 0)))


def _tolerance(number: str, step: Decimal, words: set[str], unit: str, *, plain: bool) -> Decimal | None:
    if words - _APPROXIMATE - _AND_MORE:
        return None
    if words & _AND_MORE:
        return _tidy(step)
    decimals = len(number.partition(".")[2])
    if plain and (decimals >= 2 or unit in ("笔", "户")):
        return Decimal(0)
    return _tidy(step / 2)


def _split_unit(label_unit: str) -> tuple[str, str]:
    match = re.fullmatch(rf"({_SCALE})?(.*)", label_unit)
    return (match.group(1) or "", match.group(2)) if match else ("", "")


def _tidy(value: Decimal) -> Decimal:
    """Without trailing zeros and without exponent."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


_CHINESE = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}


def small_number(text: str) -> int | None:
    """A whole number below a hundred in Arabic or Chinese digits: 12, 三, 十二, 二十一."""
    if text.isdigit():
        return int(text)
    tens, mark, ones = text.rpartition("十")
    if mark:
        if (tens and tens not in _CHINESE) or (ones and ones not in _CHINESE):
            return None
        return (_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0)
    return _CHINESE.get(text)
