"""The reach model learns where letters arrive, and begins from a sensible belief."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.people.evidence import UNKNOWN_DAY
from postloan.people.keeping import Kept, NotAModel, from_bytes, to_bytes
from postloan.people.lessons import lessons_of
from postloan.people.next_letter import Policy, plan
from postloan.people.reach import Chances, chances, learn, prior
from postloan.people.situations import NAMES, situation
from postloan.people.training import train
from postloan.synth.worlds import TODAY, World, live

DAYS = np.full(3_000, TODAY)
EVERYBODY = np.arange(3_000)


@pytest.fixture(scope="module")
def world():
    return live(World(people=3_000, lettered=0.6), np.random.default_rng(4))


@pytest.fixture(scope="module")
def model(world):
    return train(world[0])


def first_attempt(evidence, truth, model):
    seen = situation(evidence, EVERYBODY, DAYS, model.pooled)
    likely = chances(model.weights, seen).arrives
    best = np.lexsort((-likely, seen.moment))[seen.first[:-1]]
    return truth.arrives[seen.place[best]].mean()


def test_chances_to_live_somewhere_add_up_to_no_more_than_one(world, model):
    seen = situation(world[0], EVERYBODY, DAYS, model.pooled)
    found = chances(model.weights, seen)
    total = np.bincount(seen.moment, found.lives)
    assert (total <= 1 + 1e-9).all()
    assert (found.arrives > 0).all()
    assert (found.arrives < 1).all()


def test_letters_make_the_first_attempt_better_than_the_address_on_file(world, model):
    evidence, truth = world
    learned = first_attempt(evidence, truth, model)
    seen = situation(evidence, EVERYBODY, DAYS)
    file = (
        seen.lives[:, NAMES.index("from_contract_service")] * 2
        + seen.lives[:, NAMES.index("from_application_home")]
    )
    habit = truth.arrives[seen.place[np.lexsort((-file, seen.moment))[seen.first[:-1]]]].mean()
    assert learned > habit + 0.05


def test_without_letters_the_prior_is_what_is_believed(world):
    evidence = replace(world[0], letters=world[0].letters.at(np.zeros(0, dtype=np.int64)))
    assert train(evidence).weights is prior()


def test_expected_and_true_chances_agree(world, model):
    evidence, truth = world
    seen = situation(evidence, EVERYBODY, DAYS, model.pooled)
    likely, true = chances(model.weights, seen).arrives, truth.arrives[seen.place]
    bin_of = np.minimum((likely * 10).astype(int), 9)
    off = sum(abs((likely - true)[bin_of == k].sum()) for k in range(10)) / len(likely)
    assert off < 0.04


def test_a_letter_that_came_back_makes_a_place_less_likely_and_the_others_more(world):
    evidence, _ = world
    letters = evidence.letters
    moved = np.flatnonzero(letters.outcome == 8)
    who, where = letters.person[moved[:50]], letters.place[moved[:50]]
    silent = replace(evidence, letters=letters.at(np.zeros(0, dtype=np.int64)))
    day = np.full(len(who), TODAY)
    with_letters, without = situation(evidence, who, day), situation(silent, who, day)
    a, b = chances(prior(), with_letters).lives, chances(prior(), without).lives
    own = with_letters.place == where[with_letters.moment]
    assert (a[own] < b[own]).all()


def test_learning_in_two_parts_comes_near_learning_at_once(world):
    evidence, _ = world
    every = np.arange(len(evidence.letters.person))
    at_once = learn(prior(), lessons_of(evidence, every))
    half = learn(prior(), lessons_of(evidence, every[::2]))
    both = learn(half, lessons_of(evidence, every[1::2]))
    seen = situation(evidence, EVERYBODY, DAYS)
    a, b = chances(at_once, seen).arrives, chances(both, seen).arrives
    assert both.letters == at_once.letters == len(every)
    assert np.abs(a - b).mean() < 0.02


def test_a_kept_model_is_the_same_when_read_again(model):
    from datetime import date

    kept = Kept(model.weights, date(2026, 1, 2))
    again = from_bytes(to_bytes(kept), "model.npz")
    assert again.through == kept.through
    assert np.array_equal(again.weights.mean, kept.weights.mean)
    with pytest.raises(NotAModel):
        from_bytes(b"no model", "model.npz")


def test_what_was_not_known_on_the_day_does_not_count(world):
    evidence, _ = world
    records = evidence.records
    later = replace(
        evidence, records=replace(records, day=np.where(records.day == UNKNOWN_DAY, TODAY, records.day))
    )
    early = situation(later, EVERYBODY, np.full(3_000, TODAY - 400))
    now = situation(later, EVERYBODY, DAYS)
    assert len(early.place) < len(now.place)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(0, 10_000), st.integers(1, 5))
def test_planned_letters_never_go_twice_to_one_place_and_chances_add_up(counts, seed, most):
    rng = np.random.default_rng(seed)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    owner = np.repeat(np.arange(len(counts)), counts)
    raw = rng.random(len(owner)) + 0.01
    lives = raw / (np.bincount(owner, raw, len(counts))[owner] * 1.2) if len(owner) else raw
    home, gone = np.full(len(owner), 0.9), np.full(len(owner), 0.05)
    seen = Chances(lives, lives * home + (1 - lives) * gone, home, gone)
    made = plan(seen, first, Policy(most=most, least=0.0, worth=1e9, explore=0.5, seed=seed))
    for person, row in enumerate(made.order):
        sent = row[row >= 0].tolist()
        assert len(set(sent)) == len(sent) == min(most, counts[person])
        assert all(first[person] <= at < first[person + 1] for at in sent)
    assert ((made.reached >= 0) & (made.reached <= 1)).all()
    assert ((made.probability > 0) == (np.array(counts) > 0)).all()
    # one letter more never reaches fewer
    less = plan(seen, first, Policy(most=1, least=0.0, worth=1e9))
    more = plan(seen, first, Policy(most=most, least=0.0, worth=1e9))
    assert (more.reached >= less.reached - 1e-12).all()


def test_no_letter_is_planned_where_it_costs_more_than_it_is_worth():
    seen = Chances(np.array([0.1]), np.array([0.1]), np.array([0.9]), np.array([0.01]))
    first = np.array([0, 1])
    assert plan(seen, first, Policy(cost=4, worth=30)).order[0, 0] == -1
    assert plan(seen, first, Policy(cost=4, worth=50)).order[0, 0] == 0
