"""What a notice (转让公告) publishes, as intervals, and the one set of figures that meets them all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from postloan.kernel import PostloanError, parse_day
from postloan.kernel.days import NotADay

ALL = "全部"
"""Stands for a count of all loans."""

TERMS: Mapping[str, tuple[str, str]] = {
    "principal": ("principal", "未偿本金总额"),
    "interest": ("interest", "未偿利息总额"),
    "total": ("total", "未偿本息总额"),
    "other_fees": ("other fees", "其他费用"),
    "max_borrower": ("largest borrower", "单一借款人最高未偿本息余额"),
    "avg_borrower": ("average per borrower", "借款人平均未偿本息余额"),
    "weighted_credit_limit": ("weighted average credit line", "借款人加权平均授信额度"),
    "loans": ("number of loans", "资产笔数"),
    "borrowers": ("number of borrowers", "借款人户数"),
    "weighted_overdue_days": ("weighted average days overdue", "加权平均逾期天数"),
    "weighted_age": ("weighted average age", "借款人加权平均年龄"),
    "five_class": ("classification", "五级分类情况"),
    "guarantee": ("security", "担保情况概述"),
    "litigation": ("litigation", "诉讼情况概述"),
    "written_off": ("written off", "核销情况"),
}


class Contradiction(PostloanError):
    """The notice contradicts itself: {first} ({first_value}) and {second} ({second_value}) cannot both hold.

    Correct one of the two, or give it a tolerance.
    """

    zh = "公告自相矛盾：{first_zh}（{first_value}）与{second_zh}（{second_value}）不能同时成立。请更正其一或给出容差。"


class NoDate(PostloanError):
    """The notice has no cut-off date and no other date to place it by.

    Give cutoff_date as 2025-06-30.
    """

    zh = "公告没有交易基准日，也没有其他日期可推定。请填写 cutoff_date，例如 2025-06-30。"


class NotAFact(PostloanError):
    """The notice's {term} is no usable figure: {found}.

    Give a number that is not negative, or null where it is unknown.
    """

    zh = "公告的{term_zh}不是可用的数值：{found}。请填写非负数，未知时填 null。"


def contradiction(first: str, second: str, notice: Mapping[str, Any]) -> Contradiction:
    """The error that names two facts with their values."""
    return Contradiction(
        first=TERMS[first][0],
        second=TERMS[second][0],
        first_zh=TERMS[first][1],
        second_zh=TERMS[second][1],
        first_value=notice.get(first),
        second_value=notice.get(second),
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """One published figure.

    value: as printed, in units (fen, loans, days). low, high: the least and greatest true value that prints
    so. rough: only a bound was reported; the value is wished for, not promised.
    """

    value: Fraction
    low: Fraction
    high: Fraction
    rough: bool = False

    @property
    def reach(self) -> Fraction:
        """How far the true value may lie from the printed one; never 0, so that it can divide."""
        return max(self.high - self.value, self.value - self.low, Fraction(1, 1000))

    def nearest(self, wanted: Fraction) -> Fraction:
        """The value inside the interval that lies nearest to the wanted one."""
        return min(max(wanted, self.low), self.high)


# Averages are printed to two decimals where no tolerance says otherwise; everything else is then exact. Half a
# unit downwards still prints so, half a unit upwards prints as the next figure.
_AVERAGES = frozenset(("avg_borrower", "weighted_credit_limit", "weighted_overdue_days", "weighted_age"))
_HALF = Fraction(1, 200)
_MONEY = frozenset(
    ("principal", "interest", "total", "other_fees", "max_borrower", "avg_borrower", "weighted_credit_limit")
)


def read_fact(notice: Mapping[str, Any], name: str) -> Fact | None:
    """A figure of the notice as an interval; None where it is unknown. Amounts come in fen.

    Raises:
        NotAFact: no number, or a negative one.
    """
    raw = notice.get(name)
    if raw is None:
        return None
    try:
        value = Fraction(Decimal(str(raw)))
    except (ArithmeticError, ValueError) as error:
        raise NotAFact(term=TERMS[name][0], term_zh=TERMS[name][1], found=raw) from error
    if value < 0 or isinstance(raw, bool):
        raise NotAFact(term=TERMS[name][0], term_zh=TERMS[name][1], found=raw)
    unit = 100 if name in _MONEY else 1
    tolerances = notice.get("tolerance") or {}
    if name in tolerances and tolerances[name] is None:
        return Fact(value * unit, value * unit / 2, value * unit * 2, rough=True)
    tolerance = Fraction(Decimal(str(tolerances.get(name) or 0)))
    down = up = tolerance
    if name in _AVERAGES:
        down, up = max(down, _HALF), max(up, _HALF - Fraction(1, 10**9))
    return Fact(value * unit, max(value - down, Fraction(0)) * unit, (value + up) * unit)


def read_counts(notice: Mapping[str, Any], name: str) -> dict[str, int | None]:
    """A breakdown of the loans by Chinese term; None stands for all loans.

    Raises:
        NotAFact: a count that is no whole number.
    """
    found: dict[str, int | None] = {}
    for term, count in (notice.get(name) or {}).items():
        if count == ALL:
            found[term] = None
        elif isinstance(count, int) and count >= 0:
            found[term] = count
        else:
            raise NotAFact(term=TERMS[name][0], term_zh=TERMS[name][1], found=count)
    return found


_DATES = re.compile(r"(20\d{2})-(\d{2})(?:-(\d{2}))?")


def cutoff_of(notice: Mapping[str, Any]) -> date:
    """The cut-off date (交易基准日); where unknown, a month's end some six weeks before the first known date.

    Raises:
        NoDate: no date at all.
        NotADay: the cut-off date is no date.
    """
    if given := notice.get("cutoff_date"):
        return parse_day(str(given))
    source = notice.get("source") or {}
    known = [notice.get(name) for name in ("published", "bid_deadline", "bid_date", "sold_date")]
    days = []
    for text in [*known, source.get("date"), notice.get("period")]:
        for year, month, day in _DATES.findall(str(text or "")):
            try:
                days.append(parse_day(f"{year}-{month}-{day or '01'}"))
            except NotADay:
                continue
    if not days:
        if year_only := re.search(r"(20\d{2})年", str(notice.get("period") or "")):
            return date(int(year_only.group(1)), 6, 30)
        raise NoDate
    return (min(days) - timedelta(days=45)).replace(day=1) - timedelta(days=1)
