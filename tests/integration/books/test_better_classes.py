"""Classes get better by the night once it has been earned: observation complete, or long enough paid after arrears."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from lender import DAY, NOON, TERMS, fill, opened

from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger import Account, MoneyRules, Terms
from postloan.ledger import commands as c
from postloan.ledger.store_people import Person
from postloan.ledger.store_records import GradeChange
from postloan.ledger.terms import months_after
from postloan.rules import load_book
from postloan.workflows.grading import grade_day

RULES = MoneyRules.of(load_book())
PLAN = Terms("consumer", Decimal("0.06"))
FIRST = date(2026, 4, 2)


def booked(store, loan_id, steps):
    """Book commands on a loan as they came: (day, command)."""
    with store.reading() as tx:
        loan, history = tx.loans.get(loan_id), tx.events.of(loan_id)
    account = Account(loan_id, RULES, history)
    new = []
    for number, (on, command) in enumerate(steps):
        if command is None:  # pay what is due
            command = c.Pay(account.state(on).due.total)
        answer = account.book(command, key=f"step {number} {on}", value_on=on, booked_on=on)
        new.append(answer.event)
    after = loan.after(account.state(), new[-1].seq)
    if after.observed_from or any(isinstance(command, c.Restructure) for _, command in steps):
        after = replace(after, observation_ends=after.observation_ends or months_after(FIRST, 12))
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        tx.events.append(new)
        tx.loans.change(after)
        tx.note(Note("test.booked"))


def months(count, *, skipped=()):
    for number in range(count):
        on = months_after(FIRST, number)
        yield on, c.FallDue(Money(10_000))
        if number not in skipped:
            yield on, None


RESTRUCTURED = (DAY, c.Restructure(PLAN, FIRST, 24, months_after(FIRST, 23)))


@pytest.fixture
def performing(store):
    since = DAY - timedelta(days=9)
    fill(store, [opened(1, grade="special_mention", principal=300_000, interest=0, overdue_since=since)])
    return store


def test_the_floor_of_a_restructured_loan_is_lifted_once_its_observation_is_complete(performing):
    booked(performing, "L1", [RESTRUCTURED, *months(13)])
    last = months_after(FIRST, 12)
    assert grade_day(performing, on=last, by="night", at=NOON).changed == (("special_mention", "normal", 1),)
    assert grade_day(performing, on=last, by="night", at=NOON).count == 0
    with performing.reading() as tx:
        loan = tx.loans.get("L1")
        (change,) = tx.of(GradeChange).find(loan_id="L1")
    assert (loan.grade, loan.observation_ends) == ("normal", None)
    assert (change.before, change.after, change.seq) == ("special_mention", "normal", loan.seq)


def test_a_missed_payment_puts_the_end_of_the_observation_off(performing):
    booked(performing, "L1", [RESTRUCTURED, *months(5, skipped={3})])
    last = months_after(FIRST, 12)
    with performing.reading() as tx:
        before = tx.loans.get("L1")
    assert before.observation_ends == last
    assert grade_day(performing, on=last, by="night", at=NOON).count == 0
    with performing.reading() as tx:
        after = tx.loans.get("L1")
    assert after.observation_ends == months_after(FIRST, 4 + 12)
    assert after.grade == "special_mention"
    assert grade_day(performing, on=last, by="night", at=NOON).count == 0


def cured(number, **facts):
    """A substandard loan of which a part is overdue."""
    loan, event = opened(number, principal=1_000_000, interest=0, terms=TERMS, **facts)
    what = replace(event.what, due_principal=Money(50_000), due_interest=Money(0))
    account = Account(loan.loan_id, RULES)
    event = replace(event, what=what)
    account = Account(loan.loan_id, RULES, [event])
    return loan.after(account.state(), 1), event


def paid_since(store, loan_id):
    """Arrears paid on the day, then seven instalments on time."""
    booked(store, loan_id, [(DAY, c.Pay(Money(50_000))), *months(7)])


RIPE = months_after(FIRST, 6)


def test_a_non_performing_loan_is_upgraded_six_months_after_its_arrears_were_paid(store):
    fill(store, [cured(1)])
    paid_since(store, "L1")
    assert grade_day(store, on=RIPE, by="night", at=NOON).changed == (("substandard", "normal", 1),)
    with store.reading() as tx:
        assert "CN-CLS-04" in tx.loans.get("L1").because
    assert grade_day(store, on=RIPE, by="night", at=NOON).count == 0


@pytest.fixture
def owes_two(store):
    one, two = cured(1), cured(2)
    fill(store, [one, (replace(two[0], borrower_id="B1"), two[1])])
    paid_since(store, "L1")
    return store


def test_another_impaired_asset_of_the_debtor_keeps_a_loan_down(owes_two):
    assert grade_day(owes_two, on=RIPE, by="night", at=NOON).changed == (("substandard", "doubtful", 1),)
    with owes_two.reading() as tx:
        assert (tx.loans.get("L1").grade, tx.loans.get("L2").grade) == ("substandard", "doubtful")


def test_two_loans_of_a_debtor_that_are_both_ripe_are_upgraded_together(owes_two):
    paid_since(owes_two, "L2")
    assert grade_day(owes_two, on=RIPE, by="night", at=NOON).changed == (("substandard", "normal", 2),)


def test_a_debtor_who_is_bankrupt_is_not_taken_to_be_able_to_go_on(store):
    fill(store, [cured(1)])
    paid_since(store, "L1")
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        tx.people.add_all([Person("B1", flags=("bankrupt",))])
        tx.note(Note("test.flagged"))
    assert grade_day(store, on=RIPE, by="night", at=NOON).count == 0


def test_two_changes_of_class_on_one_day_are_both_kept(store):
    fill(store, [opened(1, overdue_since=DAY - timedelta(days=100), grade="normal")])
    booked(store, "L1", [(DAY, c.Grade("special_mention", ("CN-CLS-01",)))])
    with store.reading() as tx:
        seq = tx.loans.get("L1").seq
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        tx.of(GradeChange).add(GradeChange("L1", DAY, "normal", "special_mention", Money(1), seq=seq))
        tx.note(Note("test.graded"))
    assert grade_day(store, on=DAY, by="night", at=NOON).changed == (("special_mention", "substandard", 1),)
    with store.reading() as tx:
        moves = [(one.before, one.after) for one in tx.of(GradeChange).find(order=("seq",), loan_id="L1")]
    assert moves == [("normal", "special_mention"), ("special_mention", "substandard")]
