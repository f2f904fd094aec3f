"""Days and times as notices print them: 20240831, 2025年6月30日 17:00, 2025-06-30, 二〇二五年六月三十日."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from postloan.market.reader_values import small_number

_LEAD = re.compile(r"[\s:|(]*(?:(?:为|是|截至|截止至|截止到|截止|定于|暂定于|暂定|拟定于|预计为|于)[\s:|]*)*")
_FORMS = (
    re.compile(r"(20\d\d|19\d\d)\s*([-/.年])\s*(\d\s?\d?)\s*[-/.月]\s*(\d\s?\d|\d)\s*日?"),
    re.compile(r"((?:20|19)\s?\d\s?\d)()\s?([01]\s?\d)\s?([0-3]\s?\d)(?![\d,.]|\s?年)"),
)
_MONTH = re.compile(r"(20\d\d|19\d\d)\s*[-/.年]\s*(\d{1,2})\s*月?(?![-/.\d])")
_CHINESE = re.compile(
    r"([〇○零一二三四五六七八九]{4})\s*年\s*([一二三四五六七八九十]{1,2})\s*月\s*([一二三四五六七八九十]{1,3})\s*日"
)
_CLOCK = re.compile(
    r"[\s,|]*(?:\((?:星期|周)[一二三四五六日天]\))?\s*(?:北京时间)?\s*(上午|下午|中午|晚上?)?\s*"
    r"([01]?\s?\d|2\s?[0-4])\s*(?:[:时点]\s*([0-5]\s?\d)?)(?:\s*:\s*[0-5]\d|\s*分)?"
)
_TO = re.compile(r"\s*(?:至|到|-|~|—+|–)\s*")
_DIGIT = {"〇": "0", "○": "0", "零": "0", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6",
          "七": "7", "八": "8", "九": "9"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a month or a time that was read: its ISO text and where reading stopped."""

    iso: str
    end: int


def day(text: str) -> Moment | None:
    """The day at the beginning of a text."""
    return _day_at(text, _LEAD.match(text).end())  # type: ignore[union-attr]


def day_or_month(text: str) -> Moment | None:
    """The day at the beginning of a text, or the month (2025-05) where only that stands there."""
    if found := day(text):
        return found
    match = _MONTH.match(text, _LEAD.match(text).end())  # type: ignore[union-attr]
    if match and 1 <= int(match.group(2)) <= 12:
        return Moment(f"{match.group(1)}-{int(match.group(2)):02d}", match.end())
    return None


def moment(text: str) -> Moment | None:
    """The day and, if given, the time at the beginning of a text."""
    found = day(text)
    return _with_clock(text, found) if found else None


def span(text: str) -> tuple[Moment, Moment] | None:
    """Two times of which the second may lack its day: 2025年11月28日9:30-10:30."""
    first = moment(text)
    to = _TO.match(text, first.end) if first else None
    if first is None or to is None or " " not in first.iso:
        return None
    second = _day_at(text, to.end())
    second = _with_clock(text, second) if second else _with_clock(text, Moment(first.iso[:10], to.end()))
    return (first, second) if " " in second.iso else None


def _day_at(text: str, start: int) -> Moment | None:
    if match := _CHINESE.match(text, start):
        year = "".join(_DIGIT[char] for char in match.group(1))
        return _made(year, str(small_number(match.group(2))), str(small_number(match.group(3))), match.end())
    for form in _FORMS:
        if match := form.match(text, start):
            year, _, month, number = match.groups()
            if made := _made(year, month, number, match.end()):
                return made
    return None


def _made(year: str, month: str, number: str, end: int) -> Moment | None:
    try:
        parts = [int(re.sub(r"\s", "", part)) for part in (year, month, number)]
        return Moment(date(*parts).isoformat(), end)
    except ValueError:
        return None


def _with_clock(text: str, found: Moment) -> Moment:
    match = _CLOCK.match(text, found.end)
    if match is None:
        return found
    half, hour_text, minute_text = match.groups()
    hour = int(re.sub(r"\s", "", hour_text))
    minute = int(re.sub(r"\s", "", minute_text)) if minute_text else 0
    if half in ("下午", "晚", "晚上") and hour < 12:
        hour += 12
    if hour > 23:
        return found
    return Moment(f"{found.iso[:10]} {hour:02d}:{minute:02d}", match.end())
