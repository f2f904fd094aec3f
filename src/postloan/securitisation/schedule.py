"""Days of a deal: date patterns (付款日规则), business days and day counts (计息基准)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from postloan.kernel import PostloanError
from postloan.kernel.days import months_later

Pattern = str | date | tuple["Pattern", ...]
"""A rule that names days (``"month-end"``, ``"day 26"``, ``"yearly 03-01"``), a single day, or a union of these."""
BusinessDays = Literal["none", "following", "modified-following", "preceding"]


class UnknownPattern(PostloanError):
    """'{text}' names no days.

    Write month-end, month-start, quarter-end, quarter-start, year-end, year-start, half-year-end, day 26,
    yearly 03-01, weekly 5 (Friday), every 3 months from 2025-01-26, a date, or a list of these.
    """

    zh = (
        "“{text}”不是日期规则。可写 month-end、month-start、quarter-end、quarter-start、year-end、year-start、"
        "half-year-end、day 26、yearly 03-01、weekly 5、every 3 months from 2025-01-26、一个日期或它们的列表。"
    )


class UnknownDayCount(PostloanError):
    """'{text}' is no day count.

    Write one of {known}.
    """

    zh = "“{text}”不是计息基准。可选：{known}。"


_DAY = re.compile(r"day (\d{1,2})")
_YEARLY = re.compile(r"yearly (\d{1,2})-(\d{1,2})")
_WEEKLY = re.compile(r"weekly ([1-7])")
_EVERY = re.compile(r"every (\d{1,3}) months from (\d{4}-\d{2}-\d{2})")
_MONTH_ENDS = {
    "month-end": range(1, 13),
    "quarter-end": (3, 6, 9, 12),
    "half-year-end": (6, 12),
    "year-end": (12,),
}
_MONTH_STARTS = {"month-start": range(1, 13), "quarter-start": (1, 4, 7, 10), "year-start": (1,)}


def days_of(pattern: Pattern, after: date, until: date, *, including: bool = False) -> list[date]:
    """The days of a pattern later than ``after`` (or on it, with ``including``) and not later than ``until``.

    Raises:
        UnknownPattern: the text names no days.
    """
    start = after if including else after + timedelta(days=1)
    return sorted({day for day in _days(pattern, start, until) if start <= day <= until})


def _days(pattern: Pattern, start: date, until: date) -> Iterator[date]:
    if isinstance(pattern, date):
        yield pattern
    elif isinstance(pattern, tuple):
        for part in pattern:
            yield from _days(part, start, until)
    elif match := _EVERY.fullmatch(pattern):
        step, first = int(match[1]), date.fromisoformat(match[2])
        months = 0
        while (day := months_later(first, months)) <= until:
            yield day
            months += max(step, 1)
    elif match := _WEEKLY.fullmatch(pattern):
        day = start + timedelta(days=(int(match[1]) - start.isoweekday()) % 7)
        while day <= until:
            yield day
            day += timedelta(days=7)
    else:
        yield from _monthly(pattern, start, until)


def _monthly(pattern: str, start: date, until: date) -> Iterator[date]:
    if pattern in _MONTH_ENDS:
        months, number = _MONTH_ENDS[pattern], 31
    elif pattern in _MONTH_STARTS:
        months, number = _MONTH_STARTS[pattern], 1
    elif match := _DAY.fullmatch(pattern):
        months, number = range(1, 13), int(match[1])
    elif match := _YEARLY.fullmatch(pattern):
        months, number = (int(match[1]),), int(match[2])
    else:
        raise UnknownPattern(text=pattern)
    for month in range(start.year * 12 + start.month - 1, until.year * 12 + until.month):
        year, index = divmod(month, 12)
        if index + 1 in months:
            yield date(year, index + 1, min(number, monthrange(year, index + 1)[1]))


def adjusted(day: date, rule: BusinessDays, is_workday: Callable[[date], bool]) -> date:
    """The day on which a payment falls that is due on ``day``.

    rule: none leaves it; following takes the next working day, modified-following the one before where the next
        lies in another month, preceding the one before. is_workday: the calendar.
    """
    if rule == "none" or is_workday(day):
        return day
    step = timedelta(days=-1 if rule == "preceding" else 1)
    moved = day
    while not is_workday(moved):
        moved += step
    if rule == "modified-following" and moved.month != day.month:
        return adjusted(day, "preceding", is_workday)
    return moved


def is_chinese_workday(day: date) -> bool:
    """Does China work on this day? Days of years not yet announced are judged by the week alone."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.isoweekday() < 6


DAY_COUNTS: Sequence[str] = ("act/365", "act/360", "act/act", "30/360", "30e/360", "act/365l", "nl/365")


def year_fraction(start: date, end: date, day_count: str) -> Fraction:
    """The part of a year between two days, exactly.

    Raises:
        UnknownDayCount: no such day count.
    """
    days = (end - start).days
    if day_count == "act/365":
        return Fraction(days, 365)
    if day_count == "act/360":
        return Fraction(days, 360)
    if day_count in ("30/360", "30e/360"):
        return Fraction(_days_30(start, end, european=day_count == "30e/360"), 360)
    if day_count == "act/365l":
        return Fraction(days, 366 if _leap(end.year) else 365)
    if day_count == "nl/365":
        leaps = sum(start < date(y, 2, 29) <= end for y in range(start.year, end.year + 1) if _leap(y))
        return Fraction(days - leaps, 365)
    if day_count == "act/act":
        return _act_act(start, end)
    raise UnknownDayCount(text=day_count, known=", ".join(DAY_COUNTS))


def _leap(year: int) -> bool:
    return monthrange(year, 2)[1] == 29


def _days_30(start: date, end: date, *, european: bool) -> int:
    first, last = start.day, end.day
    if first == 31:
        first = 30
    if last == 31 and (european or first == 30):
        last = 30
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def _act_act(start: date, end: date) -> Fraction:
    whole = Fraction(0)
    for year in range(start.year, end.year + 1):
        begin, stop = max(start, date(year, 1, 1)), min(end, date(year + 1, 1, 1))
        if stop > begin:
            whole += Fraction((stop - begin).days, 366 if _leap(year) else 365)
    return whole
