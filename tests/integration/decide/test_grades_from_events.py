"""What a tape's events tell of restructurings and refinancings counts in the grade, in SQL as in Python."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.decide import LoanFacts, classify, grade, grade_findings
from postloan.decide.observation import again_in_observation
from postloan.rules import load_book

BOOK = load_book()
CUTOFF = date(2025, 6, 30)
DAYS = st.dates(date(2022, 1, 1), date(2025, 8, 31))
OLD = {"days_overdue": 0, "overdue_since": None}


def event(number, kind, on, **more):
    return {"loan_id": f"L{number}", "kind": kind, "happened_on": on, **more}


def facts_of(row, events, dues):
    """What one loan's grade depends on, by plain Python."""
    mine = [e for e in events if e["happened_on"] is None or e["happened_on"] <= row["cutoff_on"]]
    changed = [e for e in mine if e["kind"] == "restructure" and e["loan_id"] == row["loan_id"]]
    dated = {e["happened_on"] for e in changed if e["happened_on"]}
    told = len(dated) + sum(1 for e in changed if e["happened_on"] is None)
    times = max(row["restructured_times"] or 0, told)
    due = [d["due_on"] for d in dues if d["loan_id"] == row["loan_id"]]
    on = max(row["cutoff_on"], date(2023, 7, 1))  # before that day no rule asks
    again = again_in_observation(dated, due, row["overdue_since"], BOOK, on)
    paid = {e["loan_id"] for e in mine if e["kind"] == "refinance"}
    paid |= {e.get("related_loan_id") for e in mine if e["kind"] == "refinance"}
    return LoanFacts(
        row["days_overdue"], times, again or (False if len(dated) >= times else None), row["loan_id"] in paid
    )


def check_agreement(engine, rows, events, dues):
    grade(engine, BOOK)
    found = engine.rows("SELECT loan_id, grade, because FROM grades ORDER BY row")
    want = [classify(facts_of(row, events, dues), BOOK, row["cutoff_on"]) for row in rows]
    assert [(g and str(g), because) for _, g, because in found] == [
        (one.grade and str(one.grade), " ".join(one.because)) for one in want
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    loans=st.lists(
        st.fixed_dictionaries(
            {
                "days_overdue": st.none() | st.integers(0, 400),
                "restructured_times": st.none() | st.integers(0, 3),
                "cutoff_on": st.sampled_from([CUTOFF, date(2024, 2, 29), date(2023, 6, 30)]),
                "overdue_since": st.none() | DAYS,
            }
        ),
        min_size=1,
        max_size=6,
    ),
    events=st.lists(
        st.builds(
            event,
            st.integers(1, 6),
            st.sampled_from(["restructure", "restructure", "refinance", "extension"]),
            st.none() | DAYS,
            related_loan_id=st.none() | st.sampled_from(["L1", "L2", "L9"]),
        ),
        max_size=25,
    ),
    dues=st.none()
    | st.lists(
        st.fixed_dictionaries({"loan_id": st.sampled_from([f"L{n}" for n in range(1, 7)]), "due_on": DAYS}),
        max_size=30,
    ),
)
def test_query_and_function_agree_on_any_events(engine, tape, loans, events, dues):
    sides = {"events": events} | ({} if dues is None else {"schedules": dues})
    check_agreement(engine, tape(loans, **sides), events, dues or [])


def test_each_fact_of_an_event_has_its_floor_and_its_reason(engine, tape):
    day = date(2024, 3, 31)
    events = [
        event(2, "restructure", day),
        event(3, "restructure", day),
        event(3, "restructure", day + timedelta(days=365)),
        event(4, "restructure", day),
        event(4, "restructure", day + timedelta(days=366)),
        event(5, "refinance", day, related_loan_id="L6"),
        event(7, "restructure", CUTOFF + timedelta(days=1)),
        event(8, "restructure", day),
    ]
    tape([OLD] * 7 + [{**OLD, "restructured_times": 2}], events=events)
    findings = grade(engine, BOOK)
    assert engine.rows("SELECT loan_id, grade, because FROM grades ORDER BY row") == [
        ("L1", "normal", "CN-CLS-01"),
        ("L2", "special_mention", "CN-CLS-02"),
        ("L3", "substandard", "CN-CLS-02"),
        ("L4", "special_mention", "CN-CLS-02"),
        ("L5", "special_mention", "CN-CLS-06"),
        ("L6", "special_mention", "CN-CLS-06"),
        ("L7", "normal", "CN-CLS-01"),
        ("L8", "substandard", "CN-CLS-02 HS-CLS-01"),
    ]
    assert [one.count for one in findings if one.code == "D007"] == [1]
    assert grade_findings(engine, BOOK) == findings


def test_the_schedule_moves_the_observation_and_a_missed_payment_begins_it_anew():
    first = date(2024, 1, 10)
    later = date(2025, 1, 20)
    assert not again_in_observation([first, later], [], None, BOOK, CUTOFF)
    assert again_in_observation([first, later], [date(2024, 2, 10)], None, BOOK, CUTOFF)
    assert again_in_observation([first, later], [], date(2024, 6, 1), BOOK, CUTOFF)
    halves = [date(2024, 7, 10), date(2025, 1, 10), date(2025, 7, 10)]
    assert again_in_observation([first, date(2025, 7, 10)], halves, None, BOOK, CUTOFF)
    assert not again_in_observation([first, date(2025, 7, 11)], halves, None, BOOK, CUTOFF)
