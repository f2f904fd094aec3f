from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from postloan.securitisation import pricing
from postloan.securitisation.schedule import days_of, year_fraction

START = date(2023, 1, 1)
HALVES = [(date(2023, 6, 30), 0, 5_000), (date(2023, 12, 31), 0, 5_000)]


def test_the_average_life_of_two_halves_is_three_quarters_of_a_year() -> None:
    life = pricing.average_life(HALVES, START)
    assert life == pytest.approx(272 / 365)
    assert life * 12 == pytest.approx(9.06, abs=0.13)


def test_a_hundred_grows_to_a_hundred_and_eight_in_a_year_at_eight_per_cent() -> None:
    assert pricing.present_value([(date(2024, 1, 1), 0, 10_800)], START, 0.08) == pytest.approx(10_000)
    assert pricing.present_value([(date(2023, 7, 2), 0, 10_389)], START, 0.08) == pytest.approx(10_000, abs=3)


def test_the_yield_of_a_price_gives_the_price_back() -> None:
    flows = [(date(2023, 6, 30), 150, 4_000), (date(2024, 6, 30), 120, 6_000)]
    found = pricing.yield_of(flows, START, 9_900)
    assert found is not None
    assert pricing.price(flows, START, found, 10_000) == pytest.approx(99.0)


def test_nothing_back_has_no_yield_and_no_life() -> None:
    assert pricing.yield_of([(date(2023, 6, 30), 0, 0)], START, 100) is None
    assert pricing.average_life([], START) is None
    assert pricing.duration([], START, 0.05) is None


def test_duration_of_one_payment_is_its_time() -> None:
    found = pricing.duration([(date(2023, 10, 1), 0, 100)], START, 0.05, modified=False)
    assert found == pytest.approx(273 / 365)


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [
        ("act/365", Fraction(366, 365)), ("act/360", Fraction(366, 360)), ("30/360", Fraction(1)),
        ("nl/365", Fraction(1)), ("act/act", Fraction(1)),
    ],
)  # fmt: skip
def test_a_leap_year_by_every_day_count(day_count: str, expected: Fraction) -> None:
    assert year_fraction(date(2024, 1, 1), date(2025, 1, 1), day_count) == expected


def test_month_ends_and_the_thirty_first_of_short_months() -> None:
    assert days_of("month-end", date(2024, 1, 31), date(2024, 3, 31)) == [
        date(2024, 2, 29),
        date(2024, 3, 31),
    ]
    assert days_of("day 31", date(2024, 2, 1), date(2024, 2, 29)) == [date(2024, 2, 29)]
    assert days_of("every 3 months from 2024-01-31", date(2024, 1, 31), date(2024, 7, 31)) == [
        date(2024, 4, 30), date(2024, 7, 31)]  # fmt: skip
