"""Provisions, ratios, and what moving loans does; whatever leaves and whatever stays add up to the fen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernel import Money
from postloan.ledger.judging import GRADES
from postloan.ledger.provision_words import ACTS, CAUTIONS, said_of_book, said_of_effect
from postloan.ledger.provisions import (
    Act,
    Basis,
    Book,
    Caution,
    Holding,
    NotInBook,
    Plan,
    Rates,
    due_exactly,
    due_range,
    effect,
    measure,
    quarter_end,
)
from postloan.rules import NoRuleValue, load_book

ON = date(2026, 3, 2)
RATES = Rates.of(load_book(), ON)
yuan = Money.yuan

HOLDINGS = st.builds(
    Holding, st.sampled_from(GRADES), st.integers(1, 1_000), st.integers(0, 10**12).map(Money)
)
BOOKS = st.lists(HOLDINGS, min_size=1, max_size=8).map(Book.of)
BASES = st.sampled_from(list(Basis))


def book(*, other="1000000", held=None, **carried):
    holdings = [Holding(grade, 10, yuan(amount)) for grade, amount in carried.items()]
    return Book.of(holdings, other=yuan(other), held=None if held is None else yuan(held))


def test_each_class_is_provided_for_at_its_rate():
    found = measure(book(other="0", **dict.fromkeys(GRADES, 10_000)), RATES)
    assert [str(found.by_grade[grade]) for grade in GRADES] == [
        "100.00",
        "200.00",
        "2,500.00",
        "5,000.00",
        "10,000.00",
    ]
    assert found.due == yuan(17_800)
    assert found.npl_ratio == Fraction(3, 5)


def test_substandard_and_doubtful_may_depart_by_a_fifth():
    whole = book(other="0", substandard=10_000, doubtful=10_000, loss=10_000)
    assert due_range(whole, RATES) == (yuan(16_000), yuan(19_000))


def test_what_must_be_held_is_the_largest_of_three():
    by_coverage = measure(book(other="0", substandard=100), RATES)
    assert (by_coverage.due, by_coverage.wanted) == (yuan(25), yuan(150))
    by_loans = measure(book(substandard=100), RATES)
    assert by_loans.wanted == yuan("25002.50"), "2.5 % of all loans"
    assert (by_loans.held, by_loans.short) == (by_loans.wanted, Money(0))
    short = measure(book(substandard=100, held="20000"), RATES)
    assert short.short == yuan("5002.50")


def test_a_sale_at_the_amount_carried_less_provisions_costs_nothing():
    before = book(loss=100_000, held="200000")
    done = effect(before, Plan(Act.SELL, (Holding("loss", 10, yuan(100_000)),), yuan(1)), RATES)
    assert done.used == yuan(100_000)
    assert done.result == yuan(1)
    assert done.after.npl == Money(0)
    assert done.after.coverage is None
    assert done.after.npl_ratio == 0


def test_a_sale_below_what_keeping_brings_is_marked_as_dressing():
    before = book(substandard=100_000)
    cheap = effect(before, Plan(Act.SELL, before.holdings[:1], yuan(5_000)), RATES)
    assert cheap.worth == yuan(50_000)
    assert cheap.warnings == (Caution.BELOW_VALUE,)
    assert cheap.dresses
    fair = effect(before, Plan(Act.SELL, before.holdings[:1], yuan(50_000)), RATES)
    assert not fair.dresses


def test_a_write_off_is_borne_by_provisions_and_leaves_the_claim():
    before = book(substandard=100_000)
    done = effect(before, Plan(Act.WRITE_OFF, before.holdings[:1]), RATES)
    assert (done.used, done.result) == (yuan(25_000), -yuan(75_000))
    assert done.warnings == (Caution.CLAIM_STAYS,)
    assert not done.dresses


def test_a_restructuring_that_only_keeps_up_the_class_is_marked_as_dressing():
    before = book(substandard=100_000, special_mention=1_000)
    plan = Plan(Act.RESTRUCTURE, (Holding("substandard", 10, yuan(100_000)),), becomes="special_mention")
    done = effect(before, plan, RATES)
    assert done.after.npl == Money(0)
    assert done.after.loans == before.all_loans
    assert done.dresses
    stays = effect(before, replace(plan, becomes="", waived=yuan(10_000)), RATES)
    assert stays.after.npl == yuan(90_000)
    assert (stays.used, stays.result) == (yuan(10_000), Money(0)), "provisions bear what is waived"
    assert not stays.warnings


def test_keeping_changes_nothing():
    before = book(substandard=100_000, held="1000")
    done = effect(before, Plan(Act.KEEP, before.holdings), RATES)
    assert (done.before, done.profit, done.capital, done.warnings) == (done.after, Money(0), Money(0), ())


def test_where_less_is_held_than_due_a_set_bears_its_share_only():
    before = book(other="0", loss=100_000, held="50000")
    done = effect(before, Plan(Act.WRITE_OFF, (Holding("loss", 5, yuan(50_000)),)), RATES)
    assert (done.used, done.result) == (yuan(25_000), -yuan(25_000))


def test_more_than_the_book_holds_is_not_moved():
    with pytest.raises(NotInBook, match=r"100\.01"):
        effect(book(loss=100), Plan(Act.SELL, (Holding("loss", 1, yuan("100.01")),)), RATES)


def test_before_the_first_rule_nothing_is_guessed():
    with pytest.raises(NoRuleValue):
        Rates.of(load_book(), date(2000, 1, 1))


@pytest.mark.parametrize(
    ("day", "end"),
    [("2026-01-01", "2026-03-31"), ("2026-06-30", "2026-06-30"), ("2026-10-01", "2026-12-31")],
)
def test_a_quarter_ends_on_its_last_day(day, end):
    assert quarter_end(date.fromisoformat(day)) == date.fromisoformat(end)


@given(BOOKS, BASES, st.integers(0, 10**12))
def test_provisions_by_class_add_up_to_what_is_due(book, basis, other):
    found = measure(replace(book, other=Money(other)), RATES, basis)
    assert sum(one.fen for one in found.by_grade.values()) == found.due.fen
    assert found.wanted >= found.due


@given(BOOKS, BASES, st.data())
def test_what_leaves_and_what_stays_are_the_whole(book, basis, data):
    shares = [data.draw(st.integers(0, one.carried.fen)) for one in book.holdings]
    moved = tuple(
        Holding(one.grade, min(one.loans, 1), Money(fen))
        for one, fen in zip(book.holdings, shares, strict=True)
    )
    rest = book.without(moved)
    assert rest.all_loans + Book.of(moved).all_loans == book.all_loans
    both = due_exactly(rest, RATES, basis) + due_exactly(Book.of(moved), RATES, basis)
    assert both == due_exactly(book, RATES, basis)
    assert {one.grade: one for one in rest.with_more(moved).holdings} == {
        one.grade: one for one in book.holdings
    }


@given(BOOKS, st.integers(0, 10**12), st.integers(0, 10**12), st.data())
def test_every_fen_of_a_sale_is_accounted_for(book, price, held, data):
    book = replace(book, held=Money(held))
    grade = data.draw(st.sampled_from([one.grade for one in book.holdings]))
    moved = tuple(one for one in book.holdings if one.grade == grade)
    done = effect(book, Plan(Act.SELL, moved, Money(price)), RATES)
    assert done.carried == done.cash + done.used - done.result
    assert done.before.held == done.after.held + done.used
    assert done.before.loans == done.after.loans + done.carried
    assert done.profit == done.result - done.set_aside
    assert Money(0) <= done.used <= done.carried


@given(BOOKS, st.integers(0, 10**10), st.integers(1, 10**10))
def test_a_higher_price_never_earns_less(book, price, more):
    low = effect(book, Plan(Act.SELL, book.holdings[:1], Money(price)), RATES)
    high = effect(book, Plan(Act.SELL, book.holdings[:1], Money(price + more)), RATES)
    assert high.profit - low.profit == Money(more)
    assert not (high.dresses and not low.dresses)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_effect_is_explained_in_words(act, lang):
    before = book(substandard=100_000, special_mention=10)
    done = effect(before, Plan(act, before.holdings[-1:], yuan(5_000)), RATES)
    words = " ".join(said_of_effect(done, lang))
    assert "100,000.00" in words
    assert "{" not in words
    assert ("Coverage" if lang == "en" else "拨备覆盖率") in words
    assert "150.00 %" in " ".join(said_of_book(done.before, RATES, lang))
    assert ACTS[act][lang]
    assert {one for texts in CAUTIONS.values() for one in texts} == {"en", "zh"}
