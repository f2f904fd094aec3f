"""What was agreed: rates, day count, order of allocation. Rates are exact; time is counted without rounding."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from postloan.kernel import PostloanError
from postloan.ledger.parts import Part

PER_ONE = 10**9
"""A rate is held as whole billionths a year: six decimals of a rate times three of a multiple."""
YEAR = 26_280
"""Parts of a year that divide both by 360 and by 365, so that a remainder survives a change of convention."""
UNIT = PER_ONE * YEAR
"""Parts of a fen in which accrual is summed up; only whole fen are booked and the remainder is carried."""


class BadRate(PostloanError):
    """'{rate}' is not a rate that can be held exactly.

    Write at most six decimals (0.24 for 24 %), and at most three for a multiple; not below zero.
    """

    zh = "“{rate}”不是可以精确表示的利率。利率最多六位小数（0.24 表示 24%），倍数最多三位小数，且不得为负。"


class BadOrder(PostloanError):
    """The order of allocation {order} does not name all six parts of a debt once each.

    Name principal, interest, penalty, compound, fees and costs in the order agreed.
    """

    zh = "抵充顺序 {order} 未将六个组成部分各列一次。请按约定次序列出本金、利息、罚息、复利、费用、实现债权的费用。"


class DayCount(StrEnum):
    """How days become a part of a year (计息天数). All three give the same in one stretch as day by day."""

    ACT_360 = "act/360"  # 实际天数/360，银行贷款常用
    ACT_365 = "act/365"  # 实际天数/365，信用卡日万分之五即年 18.25 %
    THIRTY_360 = "30e/360"  # 每月按 30 天

    def position(self, day: int) -> int:
        """Where a day (its ordinal) stands on the line of days of this convention."""
        return thirty_position(day) if self is DayCount.THIRTY_360 else day

    @property
    def weight(self) -> int:
        """Parts of a year (of ``YEAR``) in one day."""
        return 72 if self is DayCount.ACT_365 else 73


def thirty_position(day: int) -> int:
    """Where a day (its ordinal) stands if every month has thirty; the 31st stands with the 30th."""
    on = date.fromordinal(day)
    return 360 * on.year + 30 * on.month + min(on.day, 30)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract says.

    product: as on the tape (consumer, credit_card, …). annual_rate: contract rate (合同利率), 0.24 = 24 %.
    penalty_multiple: the rate on overdue principal (罚息利率) as a multiple of the contract rate; None where the
    contract rate simply runs on. compounds: whether interest that fell due and was not paid bears interest (复利).
    order: the contract's own order of allocation; None for the law's. cap: the contract's own limit on the total
    cost a year, where stricter than the law's.
    """

    product: str
    annual_rate: Decimal
    penalty_multiple: Decimal | None = None
    compounds: bool = False
    day_count: DayCount = DayCount.ACT_360
    order: tuple[Part, ...] | None = None
    cap: Decimal | None = None

    def __post_init__(self) -> None:
        held(self.annual_rate, 6)
        if self.penalty_multiple is not None:
            held(self.penalty_multiple, 3)
        if self.cap is not None:
            held(self.cap, 6)
        if self.order is not None and sorted(self.order) != list(Part):
            raise BadOrder(order=[part.code for part in self.order])


def held(rate: Decimal, decimals: int) -> int:
    """A rate as a whole number of its smallest decimal.

    Raises:
        BadRate: it has more decimals, is negative or no number.
    """
    scaled = rate.scaleb(decimals) if rate.is_finite() else Decimal(-1)
    if scaled < 0 or scaled != int(scaled):
        raise BadRate(rate=rate)
    return int(scaled)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
