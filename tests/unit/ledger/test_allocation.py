"""A payment covers the debt in the order of law, contract or agreement, and what is not needed stays the debtor's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ledger.conftest import OPENED, balances, yuan

from postloan.kernel import Money
from postloan.ledger import Account, Balances, Part, Terms
from postloan.ledger import commands as c
from postloan.ledger.allocation import Debt, between_debts
from postloan.ledger.parts import Line
from postloan.ledger.state import Status

FREE = Decimal(0)


def owing(blank, *, product="consumer", days=30, order=None, **parts):
    desk = blank()
    since = date.fromordinal(OPENED.toordinal() - days)
    desk.do(0, c.OpenAccount(Terms(product, FREE, order=order), balances(**parts), overdue_since=since))
    return desk


def test_absent_agreement_a_payment_covers_costs_then_interest_then_principal(blank):
    desk = owing(blank, principal=500, interest=30, costs=10)
    desk.do(0, c.Pay(yuan(100)))
    assert desk.state().owed == balances(principal=440)


def test_within_interest_come_fees_then_interest_then_penalty_then_compound_interest(blank):
    desk = owing(blank, principal=9, interest=9, penalty=9, compound=9, fees=9, costs=9)
    left = []
    for _ in range(6):
        desk.do(0, c.Pay(yuan(9)))
        left.append([part.code for part, amount in desk.state().owed if amount])
    assert left[0] == ["principal", "interest", "penalty", "compound", "fees"]
    assert left[1] == ["principal", "interest", "penalty", "compound"]
    assert left[2] == ["principal", "penalty", "compound"]
    assert left[3] == ["principal", "compound"]
    assert left[4] == ["principal"]
    assert desk.state().status is Status.CLOSED


@pytest.mark.parametrize(("days", "principal_left"), [(90, 430), (91, 400), (400, 400)])
def test_on_a_card_overdue_from_day_91_principal_comes_first(blank, days, principal_left):
    desk = owing(blank, product="credit_card", days=days, principal=500, interest=30)
    desk.do(0, c.Pay(yuan(100)))
    assert desk.state().owed.principal == yuan(principal_left)


def test_the_contracts_own_order_goes_before_the_laws(blank):
    order = (Part.PRINCIPAL, Part.PENALTY, Part.INTEREST, Part.COMPOUND, Part.FEES, Part.COSTS)
    desk = owing(blank, order=order, principal=50, interest=30, costs=10)
    desk.do(0, c.Pay(yuan(60)))
    assert desk.state().owed == balances(interest=20, costs=10)


def test_the_card_rule_goes_before_the_contracts_own_order(blank):
    order = (Part.COSTS, Part.FEES, Part.COMPOUND, Part.PENALTY, Part.INTEREST, Part.PRINCIPAL)
    desk = owing(blank, product="credit_card", days=91, order=order, principal=50, interest=30)
    desk.do(0, c.Pay(yuan(60)))
    assert desk.state().owed == balances(interest=20)


def test_what_payer_and_lender_agreed_comes_first_and_the_rest_in_order(blank):
    desk = owing(blank, principal=500, interest=30, penalty=20, costs=10)
    desk.do(0, c.Pay(yuan(515), designation=(Part.PRINCIPAL,)))
    assert desk.state().owed == balances(interest=25, penalty=20)
    assert desk.refused(0, c.Pay(yuan(1), designation=(Part.COSTS, Part.COSTS))) == ("part_repeated",)


def test_nothing_is_guessed_about_the_order_before_the_first_rule(blank):
    desk = blank()
    long_ago = date(2008, 1, 1)
    start = c.OpenAccount(Terms("consumer", FREE), balances(principal=100), overdue_since=long_ago)
    desk.account.book(start, key="open", value_on=long_ago, booked_on=long_ago)
    answer = desk.account.book(c.Pay(yuan(1)), key="pay", value_on=long_ago, booked_on=long_ago)
    assert answer.codes == ("no_order",)


def test_the_same_order_held_before_the_civil_code(blank):
    desk = blank()
    day = date(2015, 6, 1)
    start = c.OpenAccount(Terms("consumer", FREE), balances(principal=50, interest=5), overdue_since=day)
    desk.account.book(start, key="open", value_on=day, booked_on=day)
    desk.account.book(c.Pay(yuan(10)), key="pay", value_on=day, booked_on=day)
    assert desk.account.state().owed == balances(principal=45)


def test_overpayment_is_kept_as_credit_and_covers_what_falls_due_next(performing):
    performing.do(10, c.Pay(yuan(700)))
    assert performing.state().credit == yuan(700)
    assert performing.state().owed.principal == yuan(12_000)
    performing.do(30, c.FallDue(yuan(500)))
    state = performing.state()
    assert state.due.total == yuan(0)
    assert state.owed.principal == yuan(11_500)
    assert state.credit == yuan(200) - yuan(144)  # 12,000 at 14.4 % for 30 days
    performing.do(31, c.RefundCredit(state.credit))
    assert performing.state().credit == yuan(0)
    assert performing.refused(31, c.RefundCredit(yuan(1))) == ("above_credit",)


def test_prepayment_covers_principal_that_is_not_due(performing):
    performing.do(0, c.Pay(yuan(2_000), prepay=True))
    assert performing.state().owed.principal == yuan(10_000)
    assert performing.state().credit == yuan(0)


def test_days_overdue_count_from_the_oldest_due_day_that_is_unpaid(blank):
    desk = blank()
    desk.do(0, c.OpenAccount(Terms("consumer", FREE), balances(principal=900)))
    desk.do(10, c.FallDue(yuan(100)))
    desk.do(40, c.FallDue(yuan(100)))
    assert desk.state(50).days_overdue == 40
    desk.do(50, c.Pay(yuan(100)))
    assert desk.state().days_overdue == 10
    desk.do(50, c.Pay(yuan("99.99")))
    assert desk.state().days_overdue == 10
    desk.do(50, c.Pay(yuan("0.01")))
    assert desk.state().overdue_since is None


amounts = st.integers(0, 100_000)


@given(st.lists(amounts, min_size=6, max_size=6), st.integers(1, 700_000), st.permutations(list(Part)))
def test_allocation_sums_to_the_payment(rules, owed, paid, order):
    account = Account("L1", rules)
    terms = Terms("consumer", FREE, order=tuple(order))
    start = c.OpenAccount(terms, Balances.of_fen(owed), overdue_since=OPENED)
    account.book(start, key="open", value_on=OPENED, booked_on=OPENED)
    if not sum(owed):
        return
    account.book(c.Pay(Money(paid)), key="pay", value_on=OPENED, booked_on=OPENED)
    state = account.state()
    covered = [before - after for before, after in zip(owed, state.owed.fen, strict=True)]
    assert sum(covered) + state.credit.fen == paid == state.line(Line.RECEIVED).fen
    for earlier, later in pairwise(order):
        assert not covered[later] or not state.owed.fen[earlier], "nothing is covered before its turn"


def test_between_debts_the_debtors_choice_comes_first_then_the_order_of_the_law():
    on = date(2025, 6, 1)
    debts = [
        Debt("not due", yuan(10), date(2025, 7, 1)),
        Debt("secured", yuan(10), date(2025, 1, 1), secured=1),
        Debt("cheap", yuan(10), date(2025, 1, 1), burden=5),
        Debt("dear", yuan(10), date(2025, 2, 1), burden=9),
        Debt("chosen", yuan(10), date(2025, 8, 1)),
    ]
    spread = between_debts(yuan(35), debts, on=on, chosen=["chosen"])
    assert spread == {
        "chosen": yuan(10), "dear": yuan(10), "cheap": yuan(10), "secured": yuan(5), "not due": yuan(0), "": yuan(0),
    }  # fmt: skip


@given(
    st.lists(st.tuples(amounts, st.integers(0, 2), st.integers(0, 1)), max_size=6), st.integers(0, 300_000)
)
def test_a_payment_over_several_debts_is_spread_to_the_fen(facts, paid):
    debts = [Debt(str(i), Money(owed), OPENED, tier, burden) for i, (owed, tier, burden) in enumerate(facts)]
    spread = between_debts(Money(paid), debts, on=OPENED)
    assert sum(share.fen for share in spread.values()) == paid
    assert all(spread.get(debt.loan_id, Money(0)) <= debt.owed for debt in debts)
