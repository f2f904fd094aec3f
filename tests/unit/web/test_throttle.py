"""Whoever guesses passwords waits longer and longer, whoever errs now and then does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postloan.web.throttle import FREE, Throttle, penalty

START = datetime(2026, 3, 2, tzinfo=UTC)


@given(st.sampled_from(sorted(FREE)), st.integers(0, 60))
def test_the_wait_never_shrinks_and_never_passes_a_quarter_of_an_hour(kind: str, wrong: int) -> None:
    assert penalty(kind, wrong) <= penalty(kind, wrong + 1) <= timedelta(minutes=15)
    assert (penalty(kind, wrong) == timedelta(0)) is (wrong < FREE[kind])


@given(st.lists(st.integers(0, 600), max_size=40))
def test_waiting_it_out_always_lets_one_more_attempt_pass(gaps: list[int]) -> None:
    throttle, now = Throttle(), START
    for gap in gaps:
        now += timedelta(seconds=gap)
        throttle.wrong("name", "li.na", now)
    wait = throttle.wait("name", "li.na", now)
    assert throttle.wait("name", "li.na", now + wait) == timedelta(0)


def test_an_hour_of_quiet_and_a_right_password_both_clear_it() -> None:
    throttle = Throttle()
    for _ in range(9):
        throttle.wrong("name", "li.na", START)
    assert throttle.wait("name", "li.na", START) > timedelta(0)
    assert throttle.wait("name", "zhang.san", START) == timedelta(0)
    assert throttle.wait("name", "li.na", START + timedelta(minutes=61)) == timedelta(0)
    throttle.right("name", "li.na")
    assert throttle.wait("name", "li.na", START) == timedelta(0)


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    throttle = Throttle()
    for number in range(25_000):
        throttle.wrong("name", str(number), START + timedelta(milliseconds=number))
    assert len(throttle._counts) <= 10_000
