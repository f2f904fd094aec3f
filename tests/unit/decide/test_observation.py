"""Observation lasts two periods and a year at least, a missed payment restarts it, and the way up is narrow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.decide import Answer
from postloan.decide.observation import NoDueDates, UpgradeFacts, may_upgrade, observation_ends
from postloan.kernel.days import months_later
from postloan.rules import NoRuleValue, load_book

ON = date(2025, 6, 30)
MONTHLY = [months_later(date(2025, 1, 31), n) for n in range(24)]


def test_monthly_repayments_are_observed_for_a_year():
    assert observation_ends(MONTHLY, [], load_book(), ON) == date(2026, 1, 31)


def test_yearly_repayments_are_observed_for_two_periods():
    yearly = [date(2025 + n, 3, 1) for n in range(4)]
    assert observation_ends(yearly, [], load_book(), ON) == date(2027, 3, 1)


def test_a_missed_payment_restarts_the_observation_at_the_next_one():
    assert observation_ends(MONTHLY, [MONTHLY[3], MONTHLY[1]], load_book(), ON) == months_later(
        MONTHLY[4], 12
    )


def test_too_few_repayment_dates_are_an_error_that_says_how_many_are_needed():
    with pytest.raises(NoDueDates, match="at least 3 repayment dates, but 2 are given"):
        observation_ends(MONTHLY[:2], [], load_book(), ON)


def test_before_the_order_there_is_no_observation():
    with pytest.raises(NoRuleValue, match="2023-07-01"):
        observation_ends(MONTHLY, [], load_book(), date(2023, 6, 30))


@given(st.integers(0, 10), st.integers(11, 12))
def test_missing_a_later_payment_never_shortens_the_observation(earlier, later):
    one = observation_ends(MONTHLY, [MONTHLY[earlier]], load_book(), ON)
    assert observation_ends(MONTHLY, [MONTHLY[earlier], MONTHLY[later]], load_book(), ON) >= one


CURED = UpgradeFacts(
    arrears_cleared=True, periods_paid=6, months_paid=6, able_to_continue=True, other_impaired_asset=False
)


def test_a_cured_loan_may_be_graded_up():
    assert may_upgrade(CURED, load_book(), ON).answer is Answer.ALLOW
    assert may_upgrade(replace(CURED, periods_paid=2), load_book(), ON).answer is Answer.ALLOW


@pytest.mark.parametrize(
    "change",
    [
        {"arrears_cleared": False},
        {"periods_paid": 1},
        {"months_paid": 5},
        {"able_to_continue": False},
        {"other_impaired_asset": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_condition_missing_keeps_the_loan_down(change):
    decision = may_upgrade(replace(CURED, **change), load_book(), ON)
    assert decision.answer is Answer.REFUSE
    assert decision.because == ("CN-CLS-04",)
