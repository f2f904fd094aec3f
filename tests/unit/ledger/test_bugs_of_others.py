"""Bugs that the trackers of other loan systems tell of, each as a test that they cannot happen here.

The references are to the public trackers of Apache Fineract, its user interfaces and Frappe Lending.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.ledger.conftest import OPENED, TERMS, Desk, approval, balances, yuan

from postloan.kernel import Money
from postloan.ledger import Account, Balances, Part, Terms, replay, trace
from postloan.ledger import commands as c
from postloan.ledger.judging import GRADES
from postloan.ledger.parts import Line
from postloan.ledger.state import Status


def grade_of(state):
    """A classifier of overdue days alone, as the rules for retail loans have it."""
    limits = ((360, "loss"), (270, "doubtful"), (90, "substandard"), (0, "special_mention"))
    found = next((grade for days, grade in limits if state.days_overdue > days), "normal")
    return c.Grade(found, ("CN-CLS-01",))


def test_recovery_is_capped_at_the_amount_that_was_written_off(overdue):
    """apache/fineract#1536, openMF/community-app#2225: recoveries could be booked beyond the written-off amount."""
    overdue.do(40, c.WriteOff(approval("write_off")))
    lost = overdue.state().lost
    overdue.do(40, c.Pay(lost + yuan(50)))
    state = overdue.state()
    assert state.recovered == lost
    assert state.line(Line.RECOVERY) == -lost
    assert state.credit == yuan(50)
    assert overdue.refused(41, c.Pay(yuan(1))) == ("closed",)


def test_interest_collected_beyond_the_written_off_amount_is_income_not_recovery(overdue):
    """apache/fineract#1536, #6301: successive recoveries exceeded the booked loss on term loans."""
    overdue.do(0, c.WriteOff(approval("write_off")))
    lost = overdue.state().lost
    owed = overdue.state(400).owed.total
    assert owed > lost
    for day in (100, 200, 300, 400):
        overdue.do(day, c.Pay(Money(owed.fen // 4)))
    state = overdue.state()
    assert state.recovered == lost
    assert -state.line(Line.INCOME) == state.line(Line.CASH) - lost - state.credit > Money(0)


def test_a_write_off_after_a_charge_off_does_not_book_the_loss_twice(overdue):
    """apache/fineract#6223: the write-off of a charged-off loan credited the same assets again."""
    overdue.do(10, c.ChargeOff("policy"))
    lost = overdue.state().line(Line.LOSS)
    written_off = overdue.do(50, c.WriteOff(approval("write_off")))
    assert written_off.legs == ()
    assert overdue.state().line(Line.LOSS) == lost == overdue.state().lost
    assert overdue.state().booked.total == Money(0)
    assert overdue.refused(51, c.WriteOff(approval("write_off", reference="A-2"))) == ("already_written_off",)


def test_a_charged_off_loan_can_be_seen_and_undone(overdue):
    """apache/fineract-backoffice-ui#194: a loan could not be charged off, and nothing showed that it had been."""
    before = overdue.state(20)
    overdue.do(10, c.ChargeOff("policy"), key="charge-off")
    assert overdue.state().status is Status.CHARGED_OFF
    overdue.do(20, c.Reverse("charge-off", "wrong loan"))
    assert overdue.state(20) == before
    assert overdue.state().status is Status.OPEN


def test_no_transaction_vanishes_from_the_history_after_write_off_and_recovery(overdue):
    """openMF/community-app#2223: write-offs and recoveries were not shown among the transactions."""
    overdue.do(5, c.Pay(yuan(200)), key="paid")
    overdue.do(10, c.WriteOff(approval("write_off")))
    overdue.do(20, c.Pay(yuan(100)))
    overdue.do(21, c.Pay(yuan(70)), key="bounced")
    overdue.do(22, c.Reverse("bounced", "no cover"))
    overdue.do(6, c.Pay(yuan(30)), booked=23)
    steps = list(trace(overdue.account.events, overdue.account.rules))
    assert [step.event.name for step in steps] == [
        "account_opened", "payment_received", "payment_received", "written_off", "payment_received",
        "payment_received", "reversed",
    ]  # fmt: skip
    assert [step.reversed_by for step in steps] == [0, 0, 0, 0, 0, 6, 0]
    assert steps[-1].state == overdue.state()


def test_income_stops_once_the_loan_is_non_performing_and_the_claim_goes_on_as_memorandum(overdue):
    """apache/fineract#105: interest went on being booked as income after the loan had become non-performing."""
    overdue.do(31, c.Grade("special_mention"))
    assert overdue.state().line(Line.INCOME) < Money(0)
    overdue.do(32, c.Grade("substandard", ("CN-CLS-01",)))
    state = overdue.state()
    assert state.line(Line.INCOME) == overdue.state(0).booked.interest, (
        "income of unpaid interest is taken back"
    )
    assert state.booked == balances(principal=10_000)
    later = overdue.state(100)
    assert later.line(Line.INCOME) == state.line(Line.INCOME)
    assert later.owed.penalty > state.owed.penalty
    assert later.memorandum.total == later.owed.total - yuan(10_000)


def test_interest_stops_once_the_loan_is_overpaid(performing):
    """apache/fineract#99: interest went on once a loan was overpaid."""
    performing.do(30, c.Pay(yuan(13_000), prepay=True))
    state = performing.state(300)
    assert state.status is Status.CLOSED
    assert state.credit == performing.state(30).credit > Money(0)
    assert state.owed.total == Money(0)


def test_interest_stops_while_accrual_is_frozen_and_nothing_is_made_up_for_later(overdue):
    """frappe/lending#545: interest went on accruing on a frozen loan."""
    overdue.do(10, c.StopAccrual("bankruptcy accepted"))
    frozen = overdue.state(10).owed
    assert overdue.state(100).owed == frozen
    overdue.do(100, c.ResumeAccrual("bankruptcy dismissed"))
    assert overdue.state(100).owed == frozen
    assert overdue.state(101).owed.total > frozen.total


def test_a_loan_is_not_closed_by_a_waiver_that_leaves_principal(overdue):
    """frappe/lending#293, #234: a waiver of interest closed loans whose principal was unpaid."""
    overdue.do(10, c.Pay(yuan(300)))
    owed = overdue.state().owed
    rest = Balances(interest=owed.interest, penalty=owed.penalty, compound=owed.compound)
    overdue.do(10, c.Waive(rest))
    state = overdue.state()
    assert state.owed == balances(principal=10_000)
    assert state.status is Status.OPEN
    assert state.overdue_since == date(2025, 1, 1)


def test_undoing_a_waiver_that_closed_a_loan_opens_it_again(overdue):
    """frappe/lending#542: a cancelled waiver left the loan closed."""
    overdue.do(0, c.Pay(yuan(10_000), designation=(Part.PRINCIPAL,)))
    overdue.do(1, c.Waive(balances(interest=300)), key="waiver")
    assert overdue.state().status is Status.CLOSED
    overdue.do(2, c.Reverse("waiver", "approved for another loan"))
    assert overdue.state().status is Status.OPEN
    assert overdue.state().owed == balances(interest=300)


def test_principal_is_never_waived_by_closing_a_loan_that_was_nearly_paid(overdue):
    """frappe/lending#597, #656: closing waived principal automatically."""
    overdue.do(0, c.Pay(yuan("10299.99")))
    assert overdue.state().owed == balances(principal="0.01")
    assert overdue.state().status is Status.OPEN
    assert "principal_needs_authority" in overdue.refused(1, c.Waive(balances(principal="0.01")))


@pytest.mark.parametrize("part", [part for part in Part if part is not Part.PRINCIPAL])
def test_recovery_of_every_part_goes_to_the_same_line(blank, part):
    """frappe/lending#309: recovered charges of a written-off loan were posted to another account than the rest."""
    desk = blank()
    owed = Balances(**{"principal": yuan(100), part.code: yuan(40)})
    desk.do(0, c.OpenAccount(Terms("consumer", Decimal(0)), owed, overdue_since=OPENED, booked=owed))
    desk.do(1, c.WriteOff(approval("write_off")))
    desk.do(2, c.Pay(yuan(140)))
    state = desk.state()
    assert (state.line(Line.RECOVERY), state.line(Line.INCOME)) == (yuan(-140), Money(0))


def test_after_a_back_dated_recovery_the_books_are_what_they_would_have_been_in_order(overdue, blank):
    """frappe/lending#541, #800, #807: re-posting after a back-dated recovery lost or doubled postings."""
    overdue.do(10, c.WriteOff(approval("write_off")))
    overdue.do(60, c.Pay(yuan(400)))
    late = overdue.do(30, c.Pay(yuan(700)), booked=61)
    assert late.corrections, "penalty on what had been paid is taken back"
    in_order = blank()
    in_order.do(
        0, c.OpenAccount(TERMS, balances(principal=10_000, interest=300), overdue_since=date(2025, 1, 1))
    )
    in_order.do(10, c.WriteOff(approval("write_off")))
    in_order.do(30, c.Pay(yuan(700)))
    in_order.do(60, c.Pay(yuan(400)))
    assert overdue.state(60) == in_order.state(60)
    assert overdue.posted() == in_order.posted()


def test_a_written_off_loan_stays_written_off_when_an_earlier_payment_is_undone(overdue):
    """frappe/lending#1365, #677: re-posting turned a written-off loan into a disbursed one."""
    overdue.do(5, c.Pay(yuan(100)), key="bounced")
    overdue.do(10, c.WriteOff(approval("write_off")))
    overdue.do(20, c.Pay(yuan(50)))
    overdue.do(21, c.Reverse("bounced", "no cover"))
    state = overdue.state()
    assert state.status is Status.WRITTEN_OFF
    assert state.recovered == yuan(50)
    overdue.do(22, c.Pay(yuan(10)))
    assert overdue.state().recovered == yuan(60)


def test_undoing_the_last_of_several_losses_leaves_the_earlier_one(overdue):
    """frappe/lending#1226: cancelling one write-off of several reset the status."""
    overdue.do(5, c.ChargeOff())
    overdue.do(9, c.WriteOff(approval("write_off")), key="write-off")
    overdue.do(10, c.Reverse("write-off", "not yet"))
    assert overdue.state().status is Status.CHARGED_OFF
    assert overdue.state().lost == overdue.state().line(Line.LOSS) > Money(0)


def test_every_loan_is_graded_by_its_own_arrears_on_every_day_without_a_job(blank):
    """frappe/lending#382, #481: later loans of a customer, or loans missed by the daily job, were not marked."""
    for days in (1, 90, 91, 271, 361):
        desk = blank(f"L{days}")
        since = date.fromordinal(OPENED.toordinal() - days)
        desk.do(0, c.OpenAccount(TERMS, balances(principal=100), overdue_since=since))
        desk.account.regrade(grade_of, key="grade", on=OPENED, booked_on=OPENED)
        assert desk.state().non_performing == (days > 90)
        assert desk.account.regrade(grade_of, key="again", on=OPENED, booked_on=OPENED) is None


def test_a_loan_leaves_the_non_performing_classes_once_it_has_earned_it_and_not_before(blank):
    """frappe/lending#502: customers were not unmarked; Deprecated-mifosx#1009: loans were classified wrongly."""
    desk = blank()
    owed = balances(principal=10_000)
    since = date(2024, 11, 1)
    start = c.OpenAccount(TERMS, owed, overdue_since=since, due_principal=yuan(1_000), grade="substandard")
    desk.do(0, start)
    desk.do(10, c.Pay(yuan(1_200)))
    assert desk.state().days_overdue == 0
    assert desk.refused(10, c.Grade("normal")) == ("arrears_open",)
    for month in range(1, 8):
        desk.do(10 + 30 * month, c.FallDue(yuan(100)))
        due = desk.state().due.total
        if due:
            desk.do(10 + 30 * month, c.Pay(due))
    assert desk.state().non_performing
    desk.do(230, c.Grade("normal", ("CN-CLS-04",)))
    assert not desk.state().non_performing


def test_a_restructured_loan_stays_in_its_class_through_the_observation_period(blank):
    """frappe/lending#1102, #1114: the watch period reset or was skipped after a restructuring."""
    desk = blank()
    desk.do(
        0, c.OpenAccount(TERMS, balances(principal=12_000), overdue_since=date(2024, 10, 1), grade="doubtful")
    )
    terms = Terms("consumer", Decimal("0.06"))
    desk.do(1, c.Restructure(terms, date(2025, 4, 1), 24, date(2027, 3, 1)))
    assert desk.state().days_overdue == 0
    assert desk.state().grade == "doubtful"
    for month in range(12):
        day = 31 + 30 * month
        desk.do(day, c.FallDue(yuan(500)))
        desk.do(day, c.Pay(desk.state().due.total))
        assert "observation_open" in desk.refused(day, c.Grade("special_mention"))
    assert desk.state().observation.periods == 12
    desk.do(400, c.Grade("special_mention", ("CN-CLS-03", "CN-CLS-04")))


def test_a_missed_payment_restarts_the_observation_period(blank):
    """frappe/lending#1102: the watch period starts again when a restructured loan is overdue by a day."""
    desk = blank()
    desk.do(
        0, c.OpenAccount(TERMS, balances(principal=12_000), overdue_since=date(2024, 10, 1), grade="doubtful")
    )
    desk.do(1, c.Restructure(Terms("consumer", Decimal("0.06")), date(2025, 4, 1), 24, date(2027, 3, 1)))
    desk.do(31, c.FallDue(yuan(500)))
    desk.do(31, c.Pay(desk.state().due.total))
    desk.do(61, c.FallDue(yuan(500)))
    desk.do(62, c.Pay(desk.state(62).due.total))
    assert desk.state().observation.first_on is None
    desk.do(91, c.FallDue(yuan(500)))
    assert desk.state().observation.first_on == desk.day(91)


def test_a_performing_loan_that_is_restructured_is_not_made_non_performing_by_it(performing):
    """frappe/lending#1102, #1114: restructuring a performing loan set the non-performing mark."""
    performing.do(
        5, c.Restructure(Terms("consumer", Decimal("0.06")), date(2025, 4, 1), 12, date(2026, 3, 1))
    )
    state = performing.state()
    assert not state.non_performing
    performing.do(6, c.Grade("special_mention", ("CN-CLS-02",)))
    assert performing.refused(7, c.Grade("normal")) == ("observation_open",)


def test_a_second_restructuring_inside_the_observation_period_is_told_apart(performing):
    """frappe/lending#1114: what happened inside the watch period was forgotten."""
    first = c.Restructure(Terms("consumer", Decimal("0.06")), date(2025, 4, 1), 12, date(2026, 3, 1))
    performing.do(5, first)
    assert performing.state().observation.again is False
    performing.do(9, first)
    assert performing.state().observation.again is True
    assert performing.state().restructured == 2


def test_a_sold_loan_is_transferred_whole_and_money_for_it_is_not_booked_here(overdue):
    """frappe/lending#1034 ("Loan Transfer is broken"), apache/fineract#3195: sold twice, or paid after the sale."""
    overdue.do(10, c.Sell("AMC One", yuan(900), approval("sell")))
    state = overdue.state()
    assert (state.status, state.owner, state.booked.total) == (Status.SOLD, "AMC One", Money(0))
    assert state.line(Line.CASH) == yuan(900)
    assert overdue.refused(11, c.Pay(yuan(50))) == ("sold",)
    assert overdue.refused(11, c.Sell("AMC Two", yuan(1), approval("sell", reference="A-2"))) == ("sold",)
    assert overdue.state(300).owed == state.owed, "the buyer's interest is not ours to count"


def test_loans_that_are_not_active_can_be_sold_too(overdue):
    """apache/fineract#3318: written-off and overpaid loans could not be transferred."""
    overdue.do(5, c.WriteOff(approval("write_off")))
    overdue.do(10, c.Sell("AMC One", yuan(900), approval("sell", reference="A-2")))
    state = overdue.state()
    assert state.recovered == yuan(900)
    assert state.line(Line.CASH) == yuan(900)


def test_a_sale_that_was_cancelled_leaves_no_trace_in_the_balances(overdue):
    """apache/fineract#3269, #3275: cancelling a sale found the wrong transfer."""
    before = overdue.state(30)
    overdue.do(10, c.Sell("AMC One", yuan(900), approval("sell")), key="sale")
    overdue.do(30, c.Reverse("sale", "the buyer withdrew"))
    assert overdue.state(30) == before
    assert [event.name for event in overdue.account.events][-2:] == ["sold", "reversed"]


def test_a_loan_bought_back_is_ours_again_and_remembers_who_owned_it(overdue):
    """apache/fineract#4932, #3207: the previous owner was lost."""
    overdue.do(10, c.Sell("AMC One", yuan(900), approval("sell")))
    assert overdue.refused(20, c.BuyBack(yuan(1), balances(principal=10_001), approval("buy_back", reference="B"))) == (
        "above_owed",
    )  # fmt: skip
    overdue.do(
        20, c.BuyBack(yuan(800), balances(principal=9_500, interest=350), approval("buy_back", reference="B"))
    )
    state = overdue.state()
    assert (state.status, state.owner) == (Status.OPEN, "")
    assert state.owed.total == yuan(9_850)
    assert state.booked.total == yuan(800)
    assert (
        state.line(Line.ELSEWHERE)
        == yuan(500) + overdue.state(10).owed.penalty + overdue.state(10).owed.compound
    )
    owners = [step.state.owner for step in trace(overdue.account.events, overdue.account.rules)]
    assert owners == ["", "AMC One", ""]
    assert overdue.refused(21, c.BuyBack(yuan(1), Balances(), approval("buy_back", reference="C"))) == (
        "not_sold",
    )


def test_a_written_off_loan_that_is_bought_back_is_carried_at_its_price_and_may_be_lost_again(overdue):
    """apache/fineract#3318: loans that were not active when sold came back in the wrong state."""
    overdue.do(5, c.WriteOff(approval("write_off")))
    overdue.do(10, c.Sell("AMC", yuan(900), approval("sell", reference="S")))
    overdue.do(20, c.BuyBack(yuan(800), balances(principal=10_000), approval("buy_back", reference="B")))
    assert overdue.state().status is Status.OPEN
    assert overdue.state().booked == balances(principal=800)
    lost = overdue.state().lost
    overdue.do(30, c.WriteOff(approval("write_off", reference="W-2")))
    assert overdue.state().lost == lost + overdue.state(29).booked.total + yuan(6)


def test_a_charge_is_owed_once_and_paid_waived_or_undone_like_every_other_part(overdue):
    """frappe/lending#1031: charges were left out when balances were worked out."""
    overdue.do(1, c.Charge(Part.COSTS, yuan(50), "court fee 77"), key="fee")
    assert overdue.state().owed.costs == yuan(50)
    assert overdue.ask(1, c.Charge(Part.COSTS, yuan(50), "court fee 77"), key="fee").again
    assert overdue.state().owed.costs == yuan(50)
    overdue.do(2, c.Pay(yuan(20)))
    assert overdue.state().owed.costs == yuan(30)
    overdue.do(3, c.Reverse("fee", "charged by mistake"))
    state = overdue.state()
    assert state.owed.costs == Money(0)
    assert state.owed.interest == yuan(280), "the payment covers interest instead"


def test_instalments_never_add_up_to_more_than_the_principal(performing):
    """PavelBastov/opencbs#828, #832, #883: schedules that did not add up."""
    for month in range(1, 4):
        performing.do(30 * month, c.FallDue(yuan(4_000)))
    assert performing.refused(100, c.FallDue(yuan("0.01"))) == ("above_owed",)
    assert performing.state().due.principal == yuan(12_000)


def test_a_refinanced_loan_brings_in_no_money_and_its_debt_goes_on(blank):
    """Refinancing shown as repayment hides a bad loan; the new loan carries exactly what the old one lost."""
    old, new = blank("OLD"), blank("NEW")
    old.do(0, c.OpenAccount(TERMS, balances(principal=5_000, interest=100), overdue_since=date(2025, 1, 1)))
    new.do(0, c.OpenAccount(TERMS, balances(principal=5_100), refinances="OLD"))
    old.do(0, c.Refinance("NEW", yuan(5_100)))
    assert old.state().status is Status.CLOSED
    assert old.state().line(Line.CASH) == Money(0)
    assert old.state().line(Line.REPLACED) == -new.state().line(Line.ADVANCED)
    assert old.state().line(Line.ROLLED) == -new.state().line(Line.FUNDED)
    assert (old.state().refinanced_by, new.state().refinances) == ("NEW", "OLD")


def test_the_same_history_read_from_a_store_in_any_order_is_the_same_loan(overdue):
    """openMF/community-app#2223 again, seen from the store: nothing depends on the order in which rows arrive."""
    overdue.do(5, c.Pay(yuan(200)))
    overdue.do(9, c.Grade("substandard"))
    overdue.do(3, c.Pay(yuan(30)), booked=10)
    backwards = list(reversed(overdue.account.events))
    assert replay(backwards, overdue.account.rules, until=overdue.day(9)) == overdue.state()
    assert isinstance(Account("L1", overdue.account.rules, backwards), Account)
    assert Desk(Account("L1", overdue.account.rules, backwards)).state() == overdue.state()
    assert set(GRADES) >= {overdue.state().grade}
