"""The morning counts what is there, through indexes, and looks as far ahead as it is asked to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lender import DAY, NOON, copied, fill, make_store, opened

from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger.migration import Move, roll_rates
from postloan.ledger.state import Status
from postloan.ledger.store_records import (
    ApprovalRequest,
    FileState,
    GradeChange,
    IncomingPayment,
    Instalment,
    PaymentFile,
    PaymentState,
    Plan,
    Promise,
    PromiseState,
    Suspense,
)
from postloan.rules import load_book
from postloan.workflows.grading import grade_day
from postloan.workflows.morning import morning, morning_json


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("made") / "books.db")


@pytest.fixture
def store(made, tmp_path):
    with copied(made, tmp_path / "books.db") as opened_store:
        yield opened_store


def overdue(number, days, **facts):
    """A loan that is so many days overdue on the day."""
    grade = (
        "special_mention"
        if days <= 90
        else "substandard"
        if days <= 270
        else "doubtful"
        if days <= 360
        else "loss"
    )
    return opened(number, overdue_since=DAY - timedelta(days=days), **{"grade": grade, **facts})


def test_an_empty_store_has_an_empty_morning(store):
    seen = morning(store, on=DAY)
    assert (seen.came_in.on, seen.suspense.count, seen.regraded.on, seen.portfolio) == (None, 0, None, ())
    assert [crossing.loans for crossing in seen.crossings] == [0, 0, 0]
    assert morning_json(seen)["migration"]["rolls"] == []


def test_a_loan_crosses_a_line_on_the_day_its_class_gets_worse(store):
    loans = [
        overdue(1, 90), overdue(2, 61, principal=2_000_000), overdue(3, 60), overdue(4, 91), overdue(5, 92),
        overdue(6, 270), overdue(7, 360), overdue(8, 61, grade="loss"),
    ]  # fmt: skip
    sold = (replace(overdue(9, 90)[0], status=Status.SOLD), overdue(9, 90)[1])
    fill(store, [*loans, sold])
    first, second, third = morning(store, on=DAY).crossings
    assert (first.day, first.to, first.rule) == (91, "substandard", "CN-CLS-01")
    assert {line.loan_id: line.on for line in first.first} == {
        "L4": DAY,
        "L1": DAY + timedelta(days=1),
        "L2": DAY + timedelta(days=30),
        "L8": DAY + timedelta(days=30),
    }, "L3 crosses a day later, L5 yesterday, L9 is sold"
    assert [line.loan_id for line in first.first] == ["L4", "L1", "L2", "L8"], "by day, the larger first"
    assert (first.loans, first.worsens) == (4, 2)
    assert sum(day.loans for day in first.by_day) == first.loans
    assert [line.loan_id for line in second.first] == ["L6"]
    assert [line.loan_id for line in third.first] == ["L7"]


def test_limitation_and_observation_are_seen_before_they_end(store):
    late = opened(1, overdue_since=date(2023, 3, 20))
    later = opened(2, overdue_since=date(2023, 5, 20))
    seen_one = (replace(opened(3)[0], observation_ends=DAY + timedelta(days=30)), opened(3)[1])
    unknown = (replace(opened(4)[0], limitation_on=None), opened(4)[1])
    fill(store, [late, later, seen_one, unknown])
    seen = morning(store, on=DAY)
    assert [(line.loan_id, line.on) for line in seen.limitation.first] == [("L1", date(2026, 3, 20))]
    assert seen.limitation.owed == late[0].owed.total
    assert [line.loan_id for line in seen.observations.first] == ["L3"]
    assert seen.unlimited == 1
    assert morning(store, on=DAY, days=100).limitation.loans == 2


def test_what_came_in_waits_or_is_missed_is_counted_and_summed(store):
    file = PaymentFile(
        "f" * 64, "a.csv", NOON, DAY, 3, Money(600), posted_rows=2, posted_amount=Money(500),
        suspended_rows=1, suspended_amount=Money(100),
    )  # fmt: skip
    refused = replace(file, sha256="e" * 64, state=FileState.REFUSED)
    payments = [
        IncomingPayment("f" * 64, 1, DAY, Money(500), "R1", "L1", booked_on=DAY),
        IncomingPayment("f" * 64, 2, DAY, Money(100), "R2", booked_on=DAY, state=PaymentState.SUSPENDED),
        IncomingPayment("f" * 64, 3, DAY, Money(70), "R3", "L1", booked_on=DAY, state=PaymentState.REVERSED),
    ]
    more = [
        file, refused, *payments,
        Promise("L1", "B1", DAY, DAY, Money(100), paid=Money(40)),
        Promise("L1", "B1", DAY, DAY - timedelta(days=2), Money(9)),
        Promise("L1", "B1", DAY, DAY + timedelta(days=2), Money(9)),
        Promise("L1", "B1", DAY, DAY, Money(9), state=PromiseState.KEPT),
        Plan("L1", "B1", DAY, Money(300)),
        Instalment(1, 1, "L1", DAY - timedelta(days=1), Money(100), paid=Money(30)),
        Instalment(1, 2, "L1", DAY, Money(100)),
        ApprovalRequest("waive", "L1", "olga", NOON, DAY + timedelta(days=1), Money(1)),
        ApprovalRequest("waive", "L1", "olga", NOON, DAY - timedelta(days=1), Money(1)),
    ]  # fmt: skip
    fill(store, [opened(1)], more)
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        number = next(tx.of(IncomingPayment).find(state=PaymentState.SUSPENDED)).number
        tx.of(Suspense).add(Suspense(number, DAY - timedelta(days=3), Money(100), "no_match"))
        tx.note(Note("test.filled"))
    seen = morning(store, on=DAY + timedelta(days=0))
    came = seen.came_in
    assert (came.on, came.files, came.refused, came.rows, came.amount) == (DAY, 1, 1, 3, Money(600))
    assert (came.undone, came.undone_amount) == (1, Money(70))
    assert (seen.suspense.count, seen.suspense.amount, seen.suspense.oldest) == (
        1,
        Money(100),
        DAY - timedelta(days=3),
    )
    assert (seen.promises.today, seen.promises.today_amount) == (1, Money(60))
    assert (seen.promises.late, seen.promises.late_amount) == (1, Money(9))
    assert (seen.missed.instalments, seen.missed.amount) == (1, Money(70))
    assert (seen.approvals.waiting, seen.approvals.soon) == (1, 1)


def test_a_night_without_payments_still_grades_what_crossed_a_line_and_the_morning_says_why(store):
    crossed = overdue(1, 91, grade="special_mention", originated_on=date(2024, 5, 7))
    rolled = [crossed, overdue(2, 10), overdue(3, 271, grade="substandard")]
    fill(store, rolled)
    done = grade_day(store, on=DAY, by="night", at=NOON)
    assert done.changed == (("special_mention", "substandard", 1), ("substandard", "doubtful", 1))
    assert grade_day(store, on=DAY, by="night", at=NOON).count == 0, "twice changes nothing"
    seen = morning(store, on=DAY)
    assert seen.regraded.on == DAY
    assert {(m.before, m.after, m.because, m.loans, m.worse) for m in seen.regraded.moves} == {
        ("special_mention", "substandard", ("CN-CLS-01",), 1, True),
        ("substandard", "doubtful", ("CN-CLS-01",), 1, True),
    }
    with store.reading() as tx:
        assert tx.loans.get("L1").grade == "substandard"
        assert tx.events.of("L1")[-1].what.grade == "substandard"
        assert tx.journal.verify().whole
    rolls = {(r.move.before, r.move.after): r.rate for r in seen.migration.rolls}
    assert rolls == {
        ("special_mention", "substandard"): Fraction(1, 2),
        ("substandard", "doubtful"): Fraction(1, 1),
    }
    assert [(r.move.vintage, r.stood) for r in seen.migration.vintages] == [("", 1), ("2024-05", 1)]
    earlier = morning(store, on=DAY - timedelta(days=1))
    assert earlier.regraded.on is None
    assert earlier.migration.rolls == ()


def test_a_loan_booked_on_a_later_day_is_left_and_named(store):
    fill(store, [overdue(1, 91, grade="special_mention")])
    done = grade_day(store, on=DAY - timedelta(days=0), by="night", at=NOON)
    assert done.count == 1
    fill_later = overdue(2, 95, grade="special_mention", on=DAY + timedelta(days=5))
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        tx.loans.add(fill_later[0])
        tx.events.append([fill_later[1]])
        tx.note(Note("test.filled"))
    assert grade_day(store, on=DAY, by="night", at=NOON).refused == ("L2",)


MOVES = st.lists(
    st.builds(
        Move,
        st.sampled_from(["normal", "special_mention", "substandard"]),
        st.sampled_from(["special_mention", "substandard", "doubtful"]),
        st.integers(1, 50),
        st.integers(0, 10**9).map(Money),
    ),
    max_size=10,
)


@given(MOVES)
@settings(max_examples=50)
def test_moves_taken_back_give_the_loans_that_stood_there_before(moves):
    start = {"normal": 1_000, "special_mention": 1_000, "substandard": 1_000}
    now = dict(start)
    for move in moves:
        now[move.before] -= move.loans
        now[move.after] = now.get(move.after, 0) + move.loans
    for roll in roll_rates(now, moves):
        assert roll.stood == start[roll.move.before]


def test_a_past_morning_leaves_out_what_changed_later(store):
    fill(
        store,
        [overdue(1, 91)],
        [GradeChange("L1", DAY, "special_mention", "substandard", Money(1), ("CN-CLS-01",))],
    )
    assert [r.stood for r in morning(store, on=DAY, book=load_book()).migration.rolls] == [1]
    assert morning(store, on=DAY - timedelta(days=1)).regraded.moves == ()
