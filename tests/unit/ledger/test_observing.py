"""An observation period counts consecutive periods paid on time, ends once complete, and restarts on a miss."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.unit.ledger.conftest import balances, yuan

from postloan.ledger import Terms
from postloan.ledger import commands as c

PLAN = c.Restructure(Terms("consumer", Decimal("0.06")), date(2025, 4, 1), 24, date(2027, 3, 1))


def pay_month(desk, day):
    desk.do(day, c.FallDue(yuan(100)))
    desk.do(day, c.Pay(desk.state().due.total))


def test_an_instalment_counts_once_it_is_paid(performing):
    performing.do(1, PLAN)
    pay_month(performing, 31)
    performing.do(61, c.FallDue(yuan(100)))
    assert performing.state().observation.periods == 1
    performing.do(61, c.Pay(performing.state().due.total))
    assert performing.state().observation.periods == 2


def test_observation_takes_a_year_even_when_many_periods_were_paid(performing):
    performing.do(1, PLAN)
    for day in range(31, 31 + 7 * 50, 7):
        pay_month(performing, day)
    assert performing.refused(395, c.Grade("normal")) == ("observation_open",)
    performing.do(396, c.Grade("normal"))  # 1 April 2026


def test_observation_takes_two_periods_even_when_the_year_is_over(performing):
    performing.do(1, PLAN)
    pay_month(performing, 31)
    assert performing.refused(500, c.Grade("normal")) == ("observation_open",)
    pay_month(performing, 500)
    performing.do(500, c.Grade("normal"))


def test_a_payment_missed_after_a_complete_observation_does_not_open_it_again(performing):
    performing.do(1, PLAN)
    for month in range(13):
        pay_month(performing, 31 + 30 * month)
    performing.do(421, c.FallDue(yuan(100)))
    performing.do(440, c.Pay(performing.state(440).due.total))
    state = performing.state()
    assert state.observation is None
    performing.do(440, c.Grade("normal"))
    performing.do(441, PLAN_LATER)
    assert performing.state().observation.again is False


PLAN_LATER = c.Restructure(Terms("consumer", Decimal("0.06")), date(2026, 8, 1), 12, date(2027, 7, 1))


def test_an_upgrade_waits_for_six_months_after_the_arrears_were_cleared(blank):
    desk = blank()
    start = c.OpenAccount(
        Terms("consumer", Decimal("0.06")), balances(principal=12_000), overdue_since=date(2024, 11, 1),
        due_principal=yuan(500), grade="substandard",
    )  # fmt: skip
    desk.do(0, start)
    desk.do(0, c.Pay(yuan(500)))
    assert desk.state().cleared_on == desk.day(0)
    for day in (30, 60, 90, 120, 150):
        pay_month(desk, day)
    assert desk.refused(183, c.Grade("special_mention")) == ("arrears_open",)
    desk.do(184, c.Grade("special_mention"))  # 1 September 2025


def test_getting_worse_is_always_recorded(performing):
    performing.do(1, PLAN)
    performing.do(2, c.Grade("loss"))
    performing.do(3, c.Grade("substandard"))
    assert performing.state().grade == "substandard"


def test_a_loan_restructured_before_it_was_taken_over_is_observed_until_somebody_knows_better(blank):
    desk = blank()
    desk.do(
        0,
        c.OpenAccount(
            Terms("consumer", Decimal("0.06")),
            balances(principal=100),
            grade="special_mention",
            restructured=1,
        ),
    )
    assert desk.state().observation.first_on is None
    assert desk.refused(900, c.Grade("normal")) == ("observation_open",)
