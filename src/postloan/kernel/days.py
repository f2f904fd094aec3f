"""Calendar days: cut-off dates, day counts, quarters. The core is given the day; it never asks a clock."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from postloan.kernel.errors import PostloanError


class NotADay(PostloanError):
    """'{text}' is not a calendar day.

    Write it as 2025-06-30 or 20250630.
    """

    zh = "“{text}”不是日期。请写作 2025-06-30 或 20250630。"


_FORMS = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"),
    re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})"),
    re.compile(r"(\d{4})\.(\d{1,2})\.(\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"),
)


def parse_day(text: str) -> date:
    """The day written as 2025-06-30, 2025/6/30, 2025.6.30, 20250630 or 2025年6月30日.

    Raises:
        NotADay: none of these, or no such day.
    """
    for form in _FORMS:
        if match := form.fullmatch(text.strip()):
            year, month, day = (int(part) for part in match.groups())
            try:
                return date(year, month, day)
            except ValueError as error:
                raise NotADay(text=text) from error
    raise NotADay(text=text)


def days_overdue(overdue_since: date, cutoff_on: date) -> int:
    """Days overdue (逾期天数) on the cut-off date: the first overdue day counts as day 0.

    Negative where the loan became overdue only after the cut-off.
    """
    return (cutoff_on - overdue_since).days


def months_later(day: date, months: int) -> date:
    """The same day of the month some months later; the last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def age_on(born_on: date, day: date) -> int:
    """Completed years of age (周岁) on a day; a birthday on 29 February is completed on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter (季度).

    year: calendar year. number: 1 to 4.
    """

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter that a day falls in."""
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"
