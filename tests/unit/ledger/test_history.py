"""A history replays to any day, as known now or as known then, with the grade and the rules of that day."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.unit.ledger.conftest import OPENED, TERMS, balances, yuan

from postloan.ledger import Account, MoneyRules, Part, Terms, replay, trace
from postloan.ledger import commands as c
from postloan.ledger.money_rules import Dated
from postloan.ledger.parts import Line
from postloan.ledger.replaying import NotInLedger, UnknownRuleBook
from postloan.rules import load_book


def test_every_day_replays_to_what_was_answered_on_that_day(overdue):
    answers = {}
    plan = {
        3: c.Pay(yuan(50)),
        9: c.Grade("special_mention"),
        31: c.Grade("substandard"),
        40: c.Pay(yuan(500)),
    }
    for day in range(60):
        if day in plan:
            overdue.do(day, plan[day])
        answers[day] = overdue.state(day)
    for day, answer in answers.items():
        assert overdue.state(day) == answer
    assert [answers[day].grade for day in (8, 9, 30, 31)] == [
        "",
        "special_mention",
        "special_mention",
        "substandard",
    ]
    assert {answer.rule_book for answer in answers.values()} == {load_book().version}


def test_what_is_booked_late_changes_the_past_as_known_now_but_not_as_known_then(overdue):
    before = overdue.state(20)
    overdue.do(20, c.AccrueTo())
    overdue.do(10, c.Pay(yuan(1_000)), booked=25)
    assert overdue.state(20).owed.total < before.owed.total - yuan(1_000)
    then = overdue.account.state(overdue.day(20), known_on=overdue.day(24))
    assert then == before
    assert overdue.account.state(overdue.day(20), known_on=overdue.day(25)) == overdue.state(20)


def test_a_reversal_counts_as_if_the_event_had_never_been_but_only_once_known(overdue):
    clean = overdue.state(20)
    overdue.do(10, c.Pay(yuan(1_000)), key="paid")
    paid = overdue.state(20)
    overdue.do(15, c.Reverse("paid", "bounced"))
    assert overdue.state(20) == clean
    assert overdue.account.state(overdue.day(20), known_on=overdue.day(14)) == paid


def test_an_event_carries_the_grade_and_the_rule_book_it_was_booked_under(overdue):
    overdue.do(31, c.Grade("substandard", ("CN-CLS-01",)))
    paid = overdue.do(32, c.Pay(yuan(1)))
    assert (paid.event.grade, paid.event.rule_book) == ("substandard", load_book().version)
    assert overdue.state().because == ("CN-CLS-01",)
    assert overdue.state().graded_on == overdue.day(31)


def test_old_events_are_read_under_the_rules_of_their_day(rules):
    first = replace(rules, version="old", cap=Dated((0,), (100_000_000,)))
    account = Account("L1", first)
    terms = Terms("consumer", Decimal("0.24"))
    account.book(c.OpenAccount(terms, balances(principal=3_600)), key="a", value_on=OPENED, booked_on=OPENED)
    thirty, sixty = OPENED + timedelta(days=30), OPENED + timedelta(days=60)
    account = Account("L1", rules, account.events, {"old": first})
    account.book(c.AccrueTo(), key="b", value_on=thirty, booked_on=thirty)
    assert account.state(thirty).owed.interest == yuan(30), (
        "10 % until an event was booked under the new rules"
    )
    assert account.state(sixty).owed.interest == yuan(30) + yuan(72)
    assert account.state(OPENED).rule_book == "old"
    assert account.state(sixty).rule_book == rules.version
    assert replay(account.events, {"old": first, rules.version: rules}, until=sixty) == account.state(sixty)
    with pytest.raises(UnknownRuleBook, match="old"):
        replay(account.events, {rules.version: rules})


def test_a_loan_is_not_in_the_ledger_before_it_was_opened(overdue, blank):
    with pytest.raises(NotInLedger, match="L1"):
        overdue.state(-1)
    with pytest.raises(NotInLedger):
        blank().state()
    with pytest.raises(NotInLedger):
        overdue.account.state(known_on=overdue.day(-1))
    with pytest.raises(NotInLedger):
        replay([], overdue.account.rules)


def test_events_cannot_be_changed(overdue):
    with pytest.raises(FrozenInstanceError):
        overdue.account.events[0].key = "other"
    with pytest.raises(FrozenInstanceError):
        overdue.account.events[0].what.grade = "normal"
    assert isinstance(overdue.account.events, tuple)


def test_the_legs_of_a_history_add_up_to_the_state(overdue):
    overdue.do(5, c.Pay(yuan(400)))
    overdue.do(9, c.Charge(Part.COSTS, yuan(30), "court"))
    overdue.do(7, c.Pay(yuan(40)), booked=9)
    lines = [0] * len(Line)
    for step in trace(overdue.account.events, overdue.account.rules):
        for leg in (*step.accrued, *step.legs):
            lines[leg.line] += leg.amount.fen
        assert lines == list(step.state.lines)


def test_events_of_one_day_count_in_the_order_of_booking(overdue):
    overdue.do(5, c.Waive(balances(interest=300)))
    overdue.do(5, c.Pay(yuan(10)))
    assert overdue.state().owed.interest == yuan(0)
    assert overdue.account.events[-1].seq == 3


def test_the_class_is_recorded_only_when_it_changes(overdue):
    def grader(state):
        return c.Grade("substandard" if state.days_overdue > 90 else "special_mention", ("CN-CLS-01",))

    booked = []
    for day in range(40):
        on = overdue.day(day)
        if overdue.account.regrade(grader, key=f"grade {on}", on=on, booked_on=on):
            booked.append(day)
    assert booked == [0, 32]


def test_the_money_rules_follow_the_rule_book(rules):
    assert rules.version == load_book().version
    assert rules.order.at(date(2021, 1, 1).toordinal())[0] is Part.COSTS
    assert rules.order.at(date(2009, 5, 12).toordinal()) is None
    assert rules.card_order.at(date(2020, 1, 1).toordinal())[0] is Part.PRINCIPAL
    assert rules.cap.at(date(2017, 8, 3).toordinal()) is None
    assert rules.cap.at(date(2017, 8, 4).toordinal()) == 240_000_000
    assert rules.multiple.at(OPENED.toordinal()) == (Decimal("1.3"), Decimal("1.5"))
    assert rules.plan_months.at(OPENED.toordinal()) == 60
    assert MoneyRules.of(load_book()) == rules


def test_a_refinanced_part_or_a_changed_contract_shows_in_the_state(performing):
    performing.do(5, c.Refinance("L9", yuan(2_000)))
    performing.do(6, c.ChangeTerms(TERMS))
    state = performing.state()
    assert state.refinanced_by == "L9"
    assert state.terms == TERMS
    assert state.line(Line.CASH) == yuan(0)
