"""A grade never improves with more days overdue, more restructuring or more bad news."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from postloan.decide import LoanFacts, classify
from postloan.rules import load_book

ON = date(2025, 6, 30)
load_book()  # once, so that no example is timed with it
FACTS = st.builds(
    LoanFacts,
    days_overdue=st.integers(-10, 5_000),
    restructured_times=st.integers(0, 4),
    again_in_observation=st.sampled_from([None, True, False]),
    refinanced=st.booleans(),
)


def rank(facts: LoanFacts) -> int:
    grade = classify(facts, load_book(), ON).grade
    assert grade is not None
    return grade.rank


@given(FACTS, st.integers(1, 400))
def test_more_days_overdue_never_improve_the_grade(facts, more):
    assert rank(replace(facts, days_overdue=facts.days_overdue + more)) >= rank(facts)


@given(FACTS)
def test_more_restructuring_and_refinancing_never_improve_the_grade(facts):
    assert rank(replace(facts, restructured_times=facts.restructured_times + 1)) >= rank(facts)
    assert rank(replace(facts, refinanced=True)) >= rank(facts)
    assert rank(replace(facts, again_in_observation=True)) >= rank(replace(facts, again_in_observation=False))


@given(FACTS)
def test_unknown_dates_are_read_as_strictly_as_known_bad_ones(facts):
    assert rank(replace(facts, again_in_observation=None)) == rank(replace(facts, again_in_observation=True))


@given(FACTS, st.dates(date(2021, 1, 1), date(2030, 1, 1)))
def test_every_grade_has_a_reason_and_no_grade_has_none(facts, on):
    decision = classify(facts, load_book(), on)
    assert bool(decision.because) == (decision.grade is not None)
    assert bool(decision.grade) == (on >= date(2023, 7, 1))
    assert len(set(decision.because)) == len(decision.because)
