from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernel.days import NotADay, Quarter, age_on, days_overdue, parse_day

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(days)
def test_every_way_of_writing_a_day_reads_as_the_same_day(day):
    forms = [day.isoformat(), f"{day:%Y%m%d}", f"{day:%Y/%m/%d}", f"{day.year}.{day.month}.{day.day}"]
    forms.append(f" {day.year}年{day.month}月{day.day}日 ")
    assert {parse_day(form) for form in forms} == {day}


@pytest.mark.parametrize("text", ["", "2025-02-30", "2025-13-01", "20251301", "30/06/2025", "yesterday"])
def test_what_is_no_day_is_refused_with_a_hint(text):
    with pytest.raises(NotADay, match="Write it as"):
        parse_day(text)


@given(days, st.integers(0, 20_000))
def test_days_overdue_count_from_the_first_overdue_day(day, count):
    since = date.fromordinal(max(day.toordinal() - count, 1))
    assert days_overdue(since, day) == day.toordinal() - since.toordinal()


@given(days, days)
def test_age_grows_by_one_on_the_birthday_and_never_between(born, day):
    if born > day:
        return
    age = age_on(born, day)
    assert 0 <= age <= day.year - born.year
    assert age == day.year - born.year or (day.month, day.day) < (born.month, born.day)


def test_a_leap_day_birthday_is_completed_on_the_first_of_march():
    assert age_on(date(2000, 2, 29), date(2021, 2, 28)) == 20
    assert age_on(date(2000, 2, 29), date(2021, 3, 1)) == 21


@given(days)
def test_a_quarter_holds_its_own_day(day):
    quarter = Quarter.of(day)
    assert quarter.year == day.year
    assert 3 * quarter.number - 2 <= day.month <= 3 * quarter.number
    assert str(quarter) == f"{day.year}Q{quarter.number}"
