from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernel.money import BadWeights, Money, NotMoney, round_to, total

fen = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


@given(fen, weights)
def test_shares_add_up_to_the_whole(amount, parts):
    assert total(Money(amount).share(parts)) == Money(amount)


@given(fen, weights)
def test_each_share_is_within_one_fen_of_its_exact_part(amount, parts):
    for share, weight in zip(Money(amount).share(parts), parts, strict=True):
        assert abs(share.fen - Fraction(amount) * weight / sum(parts)) < 1


@given(fen, st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_a_part_without_weight_gets_nothing(amount, parts):
    assert Money(amount).share([*parts, 0])[-1] == Money(0)


@given(fen)
def test_an_amount_written_in_yuan_reads_back_as_the_same_amount(amount):
    money = Money(amount)
    assert Money.yuan(str(money)) == money
    assert Money.yuan(money.as_yuan) == money


@given(fen, fen, fen)
def test_adding_and_taking_away_loses_no_fen(a, b, c):
    assert (Money(a) + Money(b)) - Money(b) == Money(a)
    assert Money(a) + (Money(b) + Money(c)) == (Money(a) + Money(b)) + Money(c)


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1e5", "1,2O0.50", "约5000", "NaN", "--3"])
def test_text_that_is_no_whole_number_of_fen_is_refused_with_a_hint(text):
    with pytest.raises(NotMoney, match=r"at most two decimals"):
        Money.yuan(text)


@pytest.mark.parametrize(("bad", "why"), [([], "nothing"), ([0, 0], "zeros"), ([1, -1], "negative")])
def test_weights_that_cannot_share_are_refused(bad, why):
    with pytest.raises(BadWeights, match="none negative"):
        Money(100).share(bad)


def test_a_half_fen_goes_to_the_even_neighbour_or_up_as_asked():
    assert Money(1).times(Decimal("2.5")) == Money(2)
    assert Money(1).times(Decimal("2.5"), half="up") == Money(3)
    assert Money(-1).times(Decimal("2.5"), half="up") == Money(-3)


@given(st.fractions(min_value=0, max_value=10**9), st.integers(0, 4))
def test_a_printed_ratio_is_within_half_of_its_last_digit(ratio, places):
    assert abs(Fraction(round_to(ratio, places)) - ratio) <= Fraction(1, 2 * 10**places)


def test_published_averages_round_halves_up():
    assert round_to(Fraction(383865, 1000), 2) == Decimal("383.87")
    assert round_to(Decimal("383.865"), 2) == Decimal("383.87")


def test_money_shows_with_groups_and_two_decimals():
    assert str(Money(58100000000)) == "581,000,000.00"
