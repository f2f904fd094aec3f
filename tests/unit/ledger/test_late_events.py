"""A late event leaves later ones what there is: amounts count for what is left, and never pass zero or the cap."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.ledger.conftest import approval, balances, yuan

from postloan.kernel import Money
from postloan.ledger import Part, Terms
from postloan.ledger import commands as c
from postloan.ledger.parts import Line


def test_a_waiver_counts_for_what_a_late_payment_leaves(overdue):
    overdue.do(10, c.Waive(balances(interest=300)))
    late = overdue.do(5, c.Pay(yuan(200)), booked=11)
    state = overdue.state()
    assert state.owed.interest == yuan(0)
    assert state.line(Line.RELEASED) == yuan(100)
    assert {leg.line: leg.amount for leg in late.corrections}[Line.RELEASED] == yuan(-200)


def test_a_fee_counts_for_the_room_that_a_late_prepayment_leaves(blank):
    desk = blank()
    desk.do(0, c.OpenAccount(Terms("consumer", Decimal("0.12")), balances(principal=10_000)))
    desk.do(30, c.Charge(Part.FEES, yuan(100), "service"))
    assert desk.state().owed.fees == yuan(100)
    desk.do(0, c.Pay(yuan(4_000), prepay=True), booked=31)
    assert desk.state().owed.fees == yuan(60)
    assert desk.state().fee_room == yuan(0)


def test_a_refinancing_counts_for_what_a_late_payment_leaves(overdue):
    overdue.do(10, c.Refinance("L2", overdue.state(10).owed.total))
    overdue.do(10, c.AccrueTo())
    overdue.do(5, c.Pay(yuan(1_000)), booked=11)
    state = overdue.state()
    assert state.owed.total == yuan(0)
    assert state.credit == yuan(0)
    assert state.line(Line.REPLACED) < yuan(10_000)


def test_a_claim_bought_back_never_has_more_principal_than_a_late_payment_left_it(overdue):
    overdue.do(10, c.Sell("AMC", yuan(900), approval("sell")))
    overdue.do(20, c.BuyBack(yuan(900), balances(principal=10_000), approval("buy_back", reference="B")))
    overdue.do(5, c.Pay(yuan("1330.90")), booked=21)
    state = overdue.state()
    assert state.owed.principal == yuan(9_000)
    assert state.due.principal == yuan(9_000)


def test_an_instalment_is_never_more_than_the_principal_a_late_payment_left(performing):
    performing.do(30, c.FallDue(yuan(12_000)))
    performing.do(1, c.Pay(yuan("2004.80"), prepay=True), booked=31)
    assert performing.state().due.principal == performing.state().owed.principal == yuan(10_000)


def test_costs_advanced_after_a_write_off_are_a_loss_that_may_be_recovered(overdue):
    overdue.do(0, c.WriteOff(approval("write_off")))
    overdue.do(1, c.Charge(Part.COSTS, yuan(80), "enforcement fee"))
    state = overdue.state()
    assert state.lost == state.line(Line.LOSS) == yuan(10_380)
    assert state.line(Line.CASH) == yuan(-80)
    assert state.booked.total == yuan(0)
    overdue.do(1, c.Pay(yuan(80)))
    assert overdue.state().recovered == yuan(80)
    assert overdue.state().owed.costs == yuan(0)


def test_a_late_sale_below_the_carrying_amount_moves_the_loss_to_its_day(overdue):
    overdue.do(40, c.ChargeOff())
    overdue.do(40, c.Reverse(overdue.account.events[-1].key, "sold instead"))
    overdue.do(20, c.Sell("AMC", yuan(900), approval("sell")), booked=41)
    state = overdue.state()
    sold = overdue.state(20)
    assert (
        sold.line(Line.LOSS)
        == state.line(Line.LOSS)
        == overdue.state(19).booked.total + Money(618) - yuan(900)
    )
    assert overdue.posted() == list(state.lines)
