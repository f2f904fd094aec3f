"""A settled debt's account adds up, the bureau hears of what was reported wrongly, and records have an end."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ledger.conftest import TERMS, Desk, approval, balances, yuan

from postloan.kernel import Money
from postloan.ledger import Account, MoneyRules
from postloan.ledger import commands as c
from postloan.ledger.closing import bureau_report, corrections, keep_until, settlement, was_overdue
from postloan.ledger.closing_paper import Named, paper
from postloan.ledger.state import Status
from postloan.rules import load_book

BOOK = load_book()
RULES = MoneyRules.of(BOOK)


def overdue_desk() -> Desk:
    desk = Desk(Account("L1", RULES))
    owed = balances(principal=10_000, interest=300)
    desk.do(0, c.OpenAccount(TERMS, owed, overdue_since=date(2025, 1, 1), grade="special_mention"))
    return desk


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 600_000), st.sampled_from("pwc")), max_size=8),
    st.integers(0, 5_000),
)
def test_what_was_owed_equals_what_covered_it(steps, over):
    desk = overdue_desk()
    day = 0
    for wait, fen, what in steps:
        day += wait
        owed = desk.state(day).owed
        if not owed.total:
            break
        if what == "p":
            desk.do(day, c.Pay(Money(fen)))
        elif what == "c":
            desk.do(day, c.Charge(c.Part.COSTS, Money(fen), "court"))
        elif released := min(fen, owed.interest.fen):
            waiver = c.Waive(balances(interest=0), approval("waive", reference=f"A-{day}"))
            desk.do(day, c.Waive(type(owed)(interest=Money(released)), waiver.approval))
    day += 1
    left = desk.state(day).owed.total
    if left:
        desk.do(day, c.Pay(Money(left.fen + over)))
    state = desk.state(day)
    assert state.status is Status.CLOSED
    ended = settlement(desk.account.events, state)
    assert ended.owed_in_all == ended.covered
    assert sum(one.amount.fen for one in ended.payments) == ended.received.fen


def test_a_reversed_payment_is_no_part_of_the_account():
    desk = overdue_desk()
    desk.do(10, c.Pay(yuan(500)), key="bounced")
    desk.do(12, c.Reverse("bounced", "no funds"))
    desk.do(20, c.Pay(desk.state(20).owed.total))
    ended = settlement(desk.account.events, desk.state(20))
    assert [one.on for one in ended.payments] == [desk.day(20)]
    assert ended.owed_in_all == ended.covered


def test_month_ends_reported_before_a_late_payment_was_known_are_corrected():
    desk = overdue_desk()
    owed = desk.state(20).owed.total
    desk.do(20, c.Pay(owed), booked=70)
    ended = settlement(desk.account.events, desk.state(70))
    assert ended.settled_on == desk.day(20)
    found = list(corrections(desk.account.events, desk.day(70), RULES))
    assert [one.month_end for one in found] == [date(2025, 3, 31), date(2025, 4, 30)]
    assert [(one.then_overdue, one.now_overdue) for one in found] == [(89, 0), (119, 0)]
    assert all(one.now_due == Money(0) < one.then_due for one in found)
    report = bureau_report(desk.account.events, ended, RULES, BOOK, was_overdue=True)
    assert report.negative_until == date(2030, 3, 21)
    assert ("account_status", "settled") in report.changes


def test_on_time_payments_leave_nothing_to_correct():
    desk = overdue_desk()
    desk.do(60, c.Pay(desk.state(60).owed.total))
    assert not list(corrections(desk.account.events, desk.day(60), RULES))
    assert was_overdue(desk.account.events, RULES)


@pytest.mark.parametrize(
    ("product", "lender", "end"),
    [
        ("credit_card", "某银行", date(2028, 2, 28)),
        ("consumer", "某消费金融有限公司", date(2031, 2, 28)),
        ("consumer", "某银行", date(2031, 2, 28)),
    ],
)
def test_records_are_kept_as_long_as_the_kind_of_loan_asks(product, lender, end):
    assert keep_until(date(2026, 2, 28), product, lender, BOOK) == end
    assert keep_until(date(2000, 1, 1), product, lender, BOOK) is None


def test_the_certificate_names_what_was_waived_and_what_is_paid_back():
    desk = overdue_desk()
    desk.do(5, c.Waive(balances(interest=100), approval("waive")))
    desk.do(5, c.Pay(desk.state(5).owed.total + yuan(7)))
    named = Named("JQ-1", "某银行", "C-1", "张三", "")
    said = paper(settlement(desk.account.events, desk.state(5)), named, signed_on=desk.day(6))
    text = "".join(said["lines"])
    for word in ("张三", "减免的 100.00 元", "溢缴款 7.00 元", "2025年3月6日 结清"):
        assert word in text
    assert said["statement"][-1] == ["结清后余额", "0.00"]
