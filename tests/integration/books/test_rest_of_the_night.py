"""After its files a night keeps the books: instalments fall due, promises break, classes change; twice is once."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from books_killed import keep
from lender import DAY, NOON, fill, opened
from record_samples import KEY

from postloan.adapters.records import open_store
from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger.proposals import propose_restructuring
from postloan.ledger.store_people import Session
from postloan.ledger.store_records import (
    ApprovalRequest,
    Figure,
    Hold,
    Instalment,
    Loan,
    Plan,
    Promise,
    PromiseState,
    RequestState,
)
from postloan.ledger.terms import months_after
from postloan.workflows import approving
from postloan.workflows.carrying_out import Done, carry_out
from postloan.workflows.morning import morning
from postloan.workflows.night import keep_books

FIRST = date(2026, 4, 2)


def night(store, on):
    return keep_books(store, on=on, by="night", at=datetime(on.year, on.month, on.day, 18, tzinfo=UTC))


def journal(store):
    with store.reading() as tx:
        return [entry.action for entry in tx.journal.entries()]


def restructured(store, number=1, instalments=12):
    """New terms for a loan, approved and carried out on the day."""
    with store.reading() as tx:
        loan = tx.loans.get(f"L{number}")
    proposal = propose_restructuring(
        loan.terms, first_due_on=FIRST, instalments=instalments, matures_on=months_after(FIRST, instalments - 1),
        owed=Money(2_000_000),
    )  # fmt: skip
    wish = approving.Wish.on_loan(loan.loan_id, proposal, "hardship")
    asked = approving.request(store, wish, by="olga", at=NOON)
    approving.grant(store, asked.number, by="bo", at=NOON, authority="§ 4", reason="can pay")
    done = carry_out(store, asked.number, by="olga", at=NOON)
    assert isinstance(done, Done), done
    return done


def found(store, kind, **where):
    with store.reading() as tx:
        return list(tx.of(kind).find(**where))


def loan(store, loan_id="L1") -> Loan:
    with store.reading() as tx:
        return tx.loans.get(loan_id)


@pytest.fixture
def planned(store):
    fill(store, [opened(1, grade="substandard", interest=0)])
    restructured(store)
    return store


def test_a_restructuring_writes_its_plan_down_and_contact_rests_while_it_is_kept(planned):
    (plan,) = found(planned, Plan)
    instalments = found(planned, Instalment, order=("row",))
    assert [one.due_on for one in instalments] == [months_after(FIRST, row) for row in range(12)]
    assert plan.amount == Money(sum(one.amount.fen for one in instalments))
    assert plan.amount > Money(1_000_000)  # the principal, and interest on what is left of it
    assert instalments[0].amount > instalments[-1].amount
    assert [(one.kind, one.reason) for one in found(planned, Hold)] == [("plan", "CN-FRZ-01")]


def test_an_instalment_falls_due_on_its_day_for_what_the_plan_says(planned):
    assert night(planned, FIRST - timedelta(days=1)).fallen == 0
    assert night(planned, FIRST).fallen == 1
    assert loan(planned).due.total == found(planned, Instalment, row=1)[0].amount
    assert night(planned, FIRST).fallen == 0
    assert loan(planned).due.total == found(planned, Instalment, row=1)[0].amount


def test_nights_that_were_left_out_are_made_up_for(planned):
    assert night(planned, months_after(FIRST, 2)).fallen == 3
    assert night(planned, months_after(FIRST, 3)).fallen == 1
    assert loan(planned).overdue_since == FIRST


def test_a_plan_that_began_before_the_last_night_is_made_up_for(store):
    fill(store, [opened(n, grade="substandard", interest=0) for n in (1, 2)])
    restructured(store, 2)
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        tx.of(Figure).add(
            Figure(FIRST, "night", "fell_due")
        )  # a night that came before the plan of the other loan
        tx.note(Note("test.night"))
    with store.reading() as tx:
        (plan,) = tx.of(Plan).find()
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        tx.of(Plan).change(replace(plan, agreed_on=FIRST + timedelta(days=1)))
        tx.note(Note("test.agreed"))
    assert night(store, FIRST + timedelta(days=1)).fallen == 1
    assert loan(store, "L2").due.principal > Money(0)
    assert night(store, FIRST + timedelta(days=2)).fallen == 0


def test_an_instalment_without_its_money_is_missed_after_the_days_of_grace(planned):
    night(planned, FIRST)
    assert night(planned, FIRST + timedelta(days=1)).missed == 0
    done = night(planned, FIRST + timedelta(days=2))
    assert (done.missed, done.unpaid) == (1, found(planned, Instalment, row=1)[0].amount)
    assert [one.release_reason for one in found(planned, Hold)] == ["instalment missed"]
    seen = morning(planned, on=FIRST + timedelta(days=3))
    assert (seen.missed.instalments, seen.missed.first[0].state) == (1, PromiseState.MISSED)
    assert found(planned, Plan)[0].state is PromiseState.OPEN


def test_a_second_restructuring_ends_the_plan_of_the_first(planned):
    restructured(planned, instalments=6)
    assert [plan.state for plan in found(planned, Plan, order=("number",))] == ["released", "open"]
    assert {one.state for one in found(planned, Instalment, plan=1)} == {PromiseState.RELEASED}


def test_a_promise_whose_day_passed_without_money_is_broken_and_the_morning_says_so(store):
    promises = [
        Promise(
            "L1", "B1", DAY, DAY - timedelta(days=days), Money(10_000), paid=Money(4_000 if days == 2 else 0)
        )
        for days in range(4)
    ]
    fill(store, [opened(1)], promises)
    done = night(store, DAY)
    assert (done.broken, done.unpaid) == (2, Money(16_000))
    states = [one.state for one in found(store, Promise, order=("-due_on",))]
    assert states == ["open", "open", "broken", "broken"]
    seen = morning(store, on=DAY).promises
    assert (seen.today, seen.late, seen.late_amount) == (1, 3, Money(26_000))
    assert [one.state for one in seen.first] == ["open", "open", "broken", "broken"]


def test_the_night_grades_lets_requests_lapse_and_forgets_sessions(store):
    asked = ApprovalRequest("waive", "L1", "olga", NOON, DAY - timedelta(days=1), Money(1))
    fill(store, [opened(1, overdue_since=DAY - timedelta(days=91), grade="special_mention")], [asked])
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        tx.of(Session).add(Session("s", "olga", "c", NOON - timedelta(9), NOON - timedelta(8), NOON))
    done = night(store, DAY)
    assert (done.graded.changed, done.expired, done.signed_out) == (
        (("special_mention", "substandard", 1),),
        1,
        1,
    )
    assert found(store, ApprovalRequest)[0].state is RequestState.EXPIRED
    assert found(store, Session) == []


def test_a_night_that_is_run_twice_changes_nothing_the_second_time(planned):
    with planned.writing(actor="test", ground="set-up", at=NOON) as tx:
        tx.of(Promise).add(Promise("L1", "B1", DAY, FIRST - timedelta(days=5), Money(1)))
        tx.note(Note("test.promised"))
    first = night(planned, FIRST + timedelta(days=2))
    assert (first.fallen, first.broken, first.missed) == (1, 1, 1)
    before, written = journal(planned), loan(planned)
    again = night(planned, FIRST + timedelta(days=2))
    assert (again.fallen, again.broken, again.missed, again.graded.count, again.expired) == (0, 0, 0, 0, 0)
    assert (journal(planned), loan(planned)) == (before, written)


def test_a_night_that_is_killed_at_any_moment_is_simply_run_again(made, tmp_path):
    import shutil

    db = str(tmp_path / "books.db")
    shutil.copy(made, db)
    store = open_store(db, environ=KEY, wait_s=10)
    loans = [
        opened(n, overdue_since=DAY - timedelta(days=91), grade="special_mention") for n in range(1, 400)
    ]
    fill(
        store,
        loans,
        [Promise(f"L{n}", f"B{n}", DAY, DAY - timedelta(days=9), Money(1)) for n in range(1, 400)],
    )
    store.close()
    context = multiprocessing.get_context("spawn")
    for wait in (0.0, 0.02, 0.05, 0.1, 0.2):
        here, there = context.Pipe()
        process = context.Process(target=keep, args=(db, DAY, there))
        process.start()
        there.close()
        assert here.poll(30)
        assert here.recv() == "begun"
        time.sleep(wait)
        process.kill()
        process.join(30)
    store = open_store(db, environ=KEY, wait_s=10)
    try:
        night(store, DAY)
        with store.reading() as tx:
            assert tx.journal.verify().whole
            assert tx.of(Promise).count(state=PromiseState.BROKEN) == 399
            assert tx.loans.count(grade="substandard") == 399
            assert tx.events.count() == 2 * 399
    finally:
        store.close()
