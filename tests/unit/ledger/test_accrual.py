"""Accrual runs by exact rates and day counts, rounds once, and never passes the cap on the total cost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ledger.conftest import balances, yuan

from postloan.kernel import Money
from postloan.ledger import DayCount, Part, Terms
from postloan.ledger import commands as c
from postloan.ledger.terms import BadOrder, BadRate, months_after


def opened(blank, terms, *, interest="0", principal="10000", **facts):
    desk = blank()
    desk.do(0, c.OpenAccount(terms, balances(principal=principal, interest=interest), **facts))
    return desk


@pytest.mark.parametrize(
    ("count", "days", "fen"),
    [
        (DayCount.ACT_360, 31, Fraction(1_000_000 * 12 * 31, 100 * 360)),
        (DayCount.ACT_365, 31, Fraction(1_000_000 * 12 * 31, 100 * 365)),
        (DayCount.THIRTY_360, 31, Fraction(1_000_000 * 12 * 30, 100 * 360)),  # 1 March to 1 April
        (DayCount.THIRTY_360, 306, Fraction(1_000_000 * 12 * 300, 100 * 360)),  # to 1 January
    ],
)
def test_interest_is_principal_times_rate_times_days_by_the_convention(blank, count, days, fen):
    desk = opened(blank, Terms("consumer", Decimal("0.12"), day_count=count))
    assert desk.state(days).owed.interest == Money(int(fen))


def test_by_thirty_days_a_month_the_31st_adds_nothing_and_the_end_of_february_adds_three(blank):
    desk = blank()
    terms = Terms("consumer", Decimal("0.36"), day_count=DayCount.THIRTY_360, cap=Decimal("0.36"))
    start, day = c.OpenAccount(terms, balances(principal=1_000)), date(2017, 1, 31)
    desk.account.book(start, key="open", value_on=day, booked_on=day)
    interest = [
        desk.account.state(date(2017, *on)).owed.interest
        for on in ((2, 1), (2, 28), (3, 1), (3, 30), (3, 31))
    ]
    assert interest == [yuan(1), yuan(28), yuan(31), yuan(60), yuan(60)]


def test_a_card_at_five_ten_thousandths_a_day_is_exact(blank):
    desk = opened(blank, Terms("credit_card", Decimal("0.1825"), day_count=DayCount.ACT_365))
    assert desk.state(1).owed.interest == yuan(5)
    assert desk.state(97).owed.interest == yuan(485)


def test_a_fraction_of_a_fen_is_carried_and_not_claimed(blank):
    desk = opened(blank, Terms("consumer", Decimal("0.01")), principal="1.00")
    assert [desk.state(day).owed.interest.fen for day in (359, 360, 719, 720)] == [0, 1, 1, 2]


def test_overdue_principal_bears_penalty_instead_of_interest(blank):
    terms = Terms("consumer", Decimal("0.12"), Decimal("1.5"))
    desk = opened(blank, terms, overdue_since=date(2025, 2, 1), due_principal=yuan(4_000))
    owed = desk.state(30).owed
    assert owed.interest == yuan(60)  # 6,000 at 12 % for 30 days
    assert owed.penalty == yuan(60)  # 4,000 at 18 % for 30 days


def test_without_a_penalty_the_contract_rate_runs_on(blank):
    desk = opened(blank, Terms("consumer", Decimal("0.12")), overdue_since=date(2025, 2, 1))
    assert desk.state(30).owed == balances(principal=10_000, interest=100)


def test_compound_interest_runs_on_interest_that_fell_due_and_was_not_paid(blank):
    terms = Terms("consumer", Decimal("0.12"), Decimal("1.5"), compounds=True)
    desk = opened(blank, terms, interest="600", overdue_since=date(2025, 2, 1), due_principal=yuan(0))
    assert desk.state(30).owed.compound == yuan(6), "600 at the contract rate while no principal is due"
    desk.do(30, c.FallDue(yuan(10_000)))
    before = desk.state(30).owed.compound
    gained = desk.state(60).owed.compound - before
    assert gained == Money(int(Fraction(70_000 * 18 * 30, 100 * 360))), "700 at the penalty rate after that"


def test_interest_not_yet_due_bears_nothing(blank):
    terms = Terms("consumer", Decimal("0.12"), Decimal("1.5"), compounds=True)
    assert opened(blank, terms).state(300).owed.compound == Money(0)


def test_the_cap_cuts_compound_interest_first_then_penalty_then_interest(blank):
    since = date(2025, 2, 1)
    mild = Terms("consumer", Decimal("0.18"), Decimal("1.3"), compounds=True)
    owed = opened(blank, mild, interest="900", overdue_since=since).state(30).owed
    assert owed.penalty == yuan(195)  # 23.4 %
    assert owed.compound == yuan(5)  # the 0.6 % that is left, not the 17.55 that would have run
    harsh = Terms("consumer", Decimal("0.20"), Decimal("1.5"), compounds=True)
    owed = opened(blank, harsh, interest="900", overdue_since=since).state(30).owed
    assert (owed.penalty, owed.compound) == (yuan(200), yuan(0))


def test_the_cap_leaves_penalty_what_interest_does_not_use(blank):
    terms = Terms("consumer", Decimal("0.24"), Decimal("1.5"), compounds=True)
    since = date(2025, 2, 1)
    owed = opened(blank, terms, interest="900", overdue_since=since, due_principal=yuan(5_000)).state(30).owed
    assert (owed.interest, owed.penalty, owed.compound) == (yuan(1_000), yuan(100), yuan(0))
    steep = Terms("consumer", Decimal("0.36"), Decimal("1.5"), compounds=True)
    owed = opened(blank, steep, interest="900", overdue_since=since, due_principal=yuan(1)).state(30).owed
    assert (owed.interest, owed.penalty, owed.compound) == (yuan(1_100), yuan(0), yuan(0))


def test_there_was_no_cap_before_its_first_day(rules, blank):
    desk = blank()
    desk.account.book(
        c.OpenAccount(Terms("consumer", Decimal("0.36")), balances(principal=10_000)),
        key="open", value_on=date(2017, 7, 5), booked_on=date(2017, 7, 5),
    )  # fmt: skip
    assert desk.account.state(date(2017, 8, 4)).owed.interest == yuan(300)
    assert desk.account.state(date(2017, 9, 3)).owed.interest == yuan(500)
    assert desk.account.state(date(2017, 8, 3)).fee_room is None


def test_a_contract_with_a_lower_cap_keeps_it(blank):
    terms = Terms("consumer", Decimal("0.24"), cap=Decimal("0.18"))
    assert opened(blank, terms).state(30).owed.interest == yuan(150)


def test_fees_fit_into_what_the_cap_leaves_and_costs_of_enforcement_do_not_count(blank):
    desk = opened(blank, Terms("consumer", Decimal("0.12")))
    assert desk.state(30).fee_room == yuan(100)
    assert desk.refused(30, c.Charge(Part.FEES, yuan("100.01"), "service")) == ("above_cap",)
    desk.do(30, c.Charge(Part.FEES, yuan(100), "service"))
    assert desk.state().fee_room == yuan(0)
    desk.do(30, c.Charge(Part.COSTS, yuan(500), "court fee"))
    assert desk.state().owed.costs == yuan(500)


def test_a_reset_rate_holds_from_its_value_date_even_when_booked_late(blank):
    desk = opened(blank, Terms("consumer", Decimal("0.12")))
    desk.do(60, c.AccrueTo())
    assert desk.state().owed.interest == yuan(200)
    booked = desk.do(30, c.ChangeTerms(Terms("consumer", Decimal("0.06"))), booked=60)
    assert desk.state(60).owed.interest == yuan(150)
    assert sum(leg.amount.fen for leg in booked.corrections) == 0


@pytest.mark.parametrize("rate", ["0.1234567", "-0.01", "NaN", "Infinity"])
def test_a_rate_that_cannot_be_held_exactly_is_refused(rate):
    with pytest.raises(BadRate, match="six decimals"):
        Terms("consumer", Decimal(rate))


def test_an_order_that_forgets_a_part_is_refused():
    with pytest.raises(BadOrder, match="all six parts"):
        Terms("consumer", Decimal(0), order=(Part.PRINCIPAL, Part.INTEREST))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 600))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day, months):
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
