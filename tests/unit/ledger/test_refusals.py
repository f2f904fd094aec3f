"""What may not be booked is refused with reasons, and then nothing has changed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest
from tests.unit.ledger.conftest import OPENED, TERMS, approval, balances, yuan

from postloan.kernel import Money
from postloan.ledger import Balances, Part, Refused, Terms
from postloan.ledger import commands as c
from postloan.ledger.answers import Reason, reason_codes
from postloan.ledger.parts import Line
from postloan.ledger.state import Status


def test_principal_is_waived_only_by_a_person_with_an_authority(overdue):
    waiver = balances(principal=100)
    assert overdue.refused(0, c.Waive(waiver)) == ("principal_needs_authority",)
    assert overdue.refused(0, c.Waive(waiver, approval("waive_principal", authority=" "))) == (
        "approval_unnamed",
    )
    overdue.do(0, c.Waive(waiver, approval("waive_principal", up_to=yuan(100))))
    assert overdue.state().owed.principal == yuan(9_900)
    assert overdue.state().line(Line.LOSS) == yuan(100)


def test_an_approval_to_waive_interest_does_not_release_principal(overdue):
    both = balances(principal=1, interest=1)
    assert overdue.refused(0, c.Waive(both, approval("waive"))) == ("approval_for_other",)
    assert overdue.refused(0, c.Waive(balances(interest=1), approval("waive_principal"))) == (
        "approval_for_other",
    )


def test_a_larger_debt_is_restructured_only_with_an_approval(blank):
    desk = blank()
    desk.do(0, c.OpenAccount(TERMS, balances(principal=50_001), overdue_since=date(2025, 1, 1)))
    plan = {"first_due_on": date(2025, 4, 1), "instalments": 12, "matures_on": date(2026, 3, 1)}
    assert desk.refused(0, c.Restructure(TERMS, **plan)) == ("restructure_above_limit",)
    desk.do(0, c.Restructure(TERMS, **plan, approval=approval("restructure")))


def test_interest_may_be_waived_without_an_approval_up_to_a_limit_in_all(blank):
    desk = blank()
    desk.do(0, c.OpenAccount(TERMS, balances(principal=10_000, interest=5_000), overdue_since=OPENED))
    desk.do(0, c.Waive(balances(interest=600)))
    assert desk.refused(0, c.Waive(balances(interest="400.01"))) == ("waiver_above_limit",)
    desk.do(0, c.Waive(balances(interest=400)))
    assert desk.refused(0, c.Waive(balances(interest="0.01"))) == ("waiver_above_limit",)
    desk.do(0, c.Waive(balances(interest=3_000), approval("waive")))


def test_waiving_what_was_never_taken_as_income_costs_nothing(blank):
    desk = blank()
    desk.do(0, c.OpenAccount(TERMS, balances(principal=100, interest=50), overdue_since=OPENED, grade="loss"))
    desk.do(0, c.Waive(balances(interest=50)))
    assert desk.state().line(Line.LOSS) == yuan(0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"approved_by": "maker"}, "approval_own"),
        ({"approved_by": " maker "}, "approval_own"),
        ({"reference": ""}, "approval_unnamed"),
        ({"loan_id": "L2"}, "approval_for_other"),
        ({"action": "sell"}, "approval_for_other"),
        ({"until": date(2025, 2, 28)}, "approval_expired"),
        ({"approved_on": date(2025, 3, 2)}, "approval_expired"),
        ({"up_to": yuan("10299.99")}, "approval_exceeded"),
    ],
)
def test_an_approval_carries_only_what_it_was_given_for(overdue, changes, code):
    assert overdue.refused(0, c.WriteOff(approval("write_off", **changes))) == (code,)


def test_an_approval_serves_once_until_what_it_served_is_undone(overdue):
    first = c.Waive(balances(interest=1), approval("waive"))
    overdue.do(0, first, key="first")
    assert overdue.refused(0, c.Waive(balances(interest=2), approval("waive"))) == ("approval_used",)
    overdue.do(0, c.Reverse("first", "wrong amount"))
    overdue.do(0, c.Waive(balances(interest=2), approval("waive")))


def test_the_same_key_twice_is_booked_once_and_another_command_under_it_is_refused(overdue):
    once = overdue.do(1, c.Pay(yuan(10)), key="receipt 1")
    again = overdue.do(1, c.Pay(yuan(10)), key="receipt 1")
    assert again.again
    assert again.event == once.event
    assert again.legs == ()
    assert overdue.refused(1, c.Pay(yuan(11)), key="receipt 1") == ("key_reused",)
    assert overdue.refused(2, c.Pay(yuan(10)), key="receipt 1") == ("key_reused",)
    assert overdue.refused(2, c.Pay(yuan(10)), key=" ") == ("no_key",)


def test_a_clock_that_goes_backwards_and_a_date_in_the_future_are_refused(overdue):
    overdue.do(10, c.Pay(yuan(10)))
    assert overdue.refused(9, c.Pay(yuan(10)), booked=9) == ("clock_went_back",)
    assert overdue.refused(12, c.Pay(yuan(10)), booked=11) == ("in_future",)
    assert overdue.refused(-1, c.Pay(yuan(10)), booked=11) == ("before_opening",)


def test_nothing_is_booked_on_a_loan_that_is_not_in_the_ledger(blank):
    desk = blank()
    assert desk.refused(0, c.Pay(yuan(1))) == ("not_open",)
    desk.do(0, c.OpenAccount(TERMS, balances(principal=1)))
    assert desk.refused(0, c.OpenAccount(TERMS, balances(principal=1)), key="again") == ("already_open",)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"owed": Balances(fees=Money(-1))}, "negative"),
        ({"booked": balances(principal=101)}, "carried_above_owed"),
        ({"booked": Balances(fees=Money(-1))}, "negative"),
        ({"due_principal": yuan(101)}, "due_above_owed"),
        ({"due_interest": Money(-1)}, "negative"),
        ({"written_off": Money(-1)}, "negative"),
        ({"overdue_since": date(2025, 3, 2)}, "overdue_in_future"),
        ({"grade": "bad"}, "unknown_grade"),
        ({"terms": Terms("consumer", Decimal("0.1"), Decimal("1.8"))}, "penalty_out_of_bounds"),
        ({"terms": Terms("consumer", Decimal("0.1"), Decimal("1.2"))}, "penalty_out_of_bounds"),
    ],
)
def test_an_opening_that_contradicts_itself_is_refused(blank, facts, code):
    facts = {"terms": TERMS, "owed": balances(principal=100), **facts}
    assert blank().refused(0, c.OpenAccount(**facts)) == (code,)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.Pay(Money(0)), "not_positive"),
        (c.Pay(Money(-5)), "not_positive"),
        (c.FallDue(Money(-1)), "negative"),
        (c.Charge(Part.PENALTY, yuan(1), "no"), "fee_not_cost"),
        (c.Charge(Part.COSTS, yuan(1), " "), "no_ground"),
        (c.Waive(Balances()), "nothing_named"),
        (c.Waive(balances(interest="300.01")), "above_owed"),
        (c.Extend(date(2026, 1, 1)), "overdue"),
        (c.Refinance("L1", yuan(1)), "same_loan"),
        (c.Refinance(" ", yuan(1)), "no_name"),
        (c.Refinance("L2", yuan(10_301)), "above_owed"),
        (c.ResumeAccrual("never stopped"), "not_stopped"),
        (c.StopAccrual(""), "no_ground"),
        (c.Grade("worst"), "unknown_grade"),
        (c.Reverse("no such key", "?"), "unknown_event"),
        (c.ChangeTerms(Terms("consumer", Decimal("0.1"), Decimal("2"))), "penalty_out_of_bounds"),
        (c.Restructure(TERMS, date(2025, 4, 1), 61, date(2030, 4, 1)), "plan_too_long"),
        (c.Restructure(TERMS, date(2025, 4, 1), 0, date(2025, 4, 1)), "no_instalments"),
        (c.Restructure(TERMS, date(2025, 3, 1), 5, date(2025, 9, 1)), "no_instalments"),
        (c.Sell("", yuan(1), approval("sell")), "no_name"),
        (c.Sell("AMC", yuan(-1), approval("sell")), "negative"),
        (c.BuyBack(yuan(1), Balances(), approval("buy_back")), "not_sold"),
    ],
)
def test_a_command_that_cannot_be_is_refused(overdue, command, code):
    assert code in overdue.refused(0, command)


def test_an_extension_only_moves_the_end_of_a_loan_that_is_not_overdue_and_only_onwards(performing):
    assert performing.refused(1, c.Extend(date(2026, 3, 1))) == ("not_later",)
    performing.do(1, c.Extend(date(2026, 9, 1)))
    assert (performing.state().matures_on, performing.state().extensions) == (date(2026, 9, 1), 1)


def test_a_claim_is_not_sold_while_the_debtors_money_is_held_for_it(performing):
    performing.do(1, c.Pay(yuan(10)))
    assert performing.refused(2, c.Sell("AMC", yuan(5), approval("sell"))) == ("credit_first",)


def test_stopping_twice_is_refused(overdue):
    overdue.do(1, c.StopAccrual("bankruptcy"))
    assert overdue.refused(2, c.StopAccrual("bankruptcy")) == ("already_stopped",)


def test_losses_are_booked_once(overdue):
    overdue.do(1, c.ChargeOff())
    assert overdue.refused(2, c.ChargeOff()) == ("already_charged_off",)


def test_a_write_off_never_closes_the_claim(overdue):
    overdue.do(1, c.WriteOff(approval("write_off")))
    state = overdue.state()
    assert state.status is Status.WRITTEN_OFF
    assert state.owed.principal == yuan(10_000)
    assert state.booked.total == yuan(0)
    assert overdue.state(40).owed.total > state.owed.total


def test_what_later_events_rest_on_is_not_pulled_away(overdue):
    overdue.do(5, c.Pay(yuan(20_000)), key="too much")
    overdue.do(6, c.RefundCredit(overdue.state().credit))
    answer = overdue.ask(7, c.Reverse("too much", "bounced"))
    assert isinstance(answer, Refused)
    assert answer.codes == ("others_rest_on_it",)
    assert "credit_refunded" in answer.reasons[0].says("en")
    assert "credit_refunded" in answer.reasons[0].says("zh")
    late_sale = c.Sell("AMC", yuan(5), approval("sell"))
    assert overdue.refused(2, late_sale, booked=8) == ("others_rest_on_it",)


def test_an_event_is_reversed_once_and_a_reversal_may_be_reversed(overdue):
    overdue.do(5, c.Pay(yuan(100)), key="paid")
    paid = overdue.state(9)
    overdue.do(6, c.Reverse("paid", "bounced"), key="undo")
    assert overdue.refused(7, c.Reverse("paid", "again")) == ("already_reversed",)
    overdue.do(8, c.Reverse("undo", "it had not bounced"))
    assert overdue.state(9) == paid


def test_an_opening_is_reversed_last(overdue):
    opening = overdue.account.events[0].key
    overdue.do(5, c.Pay(yuan(100)), key="paid")
    assert overdue.refused(6, c.Reverse(opening, "wrong loan")) == ("opening_stands",)
    overdue.do(6, c.Reverse("paid", "wrong loan"))
    overdue.do(6, c.Reverse(opening, "wrong loan"))
    assert overdue.posted() == [0] * 27
    overdue.do(6, c.OpenAccount(TERMS, balances(principal=5)))
    assert overdue.state().owed == balances(principal=5)


def test_a_restored_event_does_not_use_an_approval_or_a_limit_a_second_time(overdue):
    approved = c.Waive(balances(interest=100), approval("waive"))
    overdue.do(1, approved, key="first")
    overdue.do(2, c.Reverse("first", "wrong"), key="undo first")
    overdue.do(3, approved, key="second")
    assert overdue.refused(4, c.Reverse("undo first", "was right")) == ("approval_used",)
    overdue.do(5, c.Charge(Part.COSTS, yuan(2_000), "court"))
    small = balances(costs=600)
    overdue.do(6, c.Waive(small), key="free")
    overdue.do(7, c.Reverse("free", "wrong"), key="undo free")
    overdue.do(8, c.Waive(small))
    assert overdue.refused(9, c.Reverse("undo free", "was right")) == ("others_rest_on_it",)


def test_a_restored_opening_does_not_stand_beside_a_new_one(blank):
    desk = blank()
    desk.do(0, c.OpenAccount(TERMS, balances(principal=1)), key="opening")
    desk.do(0, c.Reverse("opening", "wrong"), key="undo")
    assert desk.refused(0, c.Pay(yuan(1))) == ("not_open",)
    desk.do(0, c.OpenAccount(TERMS, balances(principal=2)))
    assert desk.refused(0, c.Reverse("undo", "was right")) == ("others_rest_on_it",)


def test_no_fee_fits_under_the_cap_on_the_day_of_opening(blank):
    desk = blank()
    desk.do(0, c.OpenAccount(TERMS, balances(principal=100)))
    assert desk.refused(0, c.Charge(Part.FEES, Money(1), "service")) == ("above_cap",)


def test_credit_found_after_a_sale_is_still_paid_back(overdue):
    overdue.do(5, c.Sell("AMC", yuan(5), approval("sell")))
    overdue.do(4, c.Pay(yuan(20_000)), booked=6)
    credit = overdue.state().credit
    assert credit > yuan(0)
    overdue.do(6, c.RefundCredit(credit))
    assert overdue.state().credit == yuan(0)


def test_every_reason_has_words_in_both_languages_and_is_given_somewhere():
    package = files("postloan.ledger")
    source = "\n".join(
        entry.read_text(encoding="utf-8") for entry in package.iterdir() if entry.name.endswith(".py")
    )
    given = set(re.findall(r'because\(\s*"([a-z_]+)"', source))
    assert given == set(reason_codes())
    assert Reason("not_sold").says("zh") != Reason("not_sold").says("en")
    assert Reason("no_order").rule == "CN-MON-01"
