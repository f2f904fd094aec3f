from __future__ import annotations

from datetime import date
from importlib.resources import files
from json import loads
from random import Random

import numpy as np
import pytest

from postloan.address.comparing.weights import packaged_weights
from postloan.address.comparing.words import AT, ELEMENTS, N_STATES, State
from postloan.address.comparison import compare_pairs
from postloan.address.training.crowd import Townships, copies, crowd
from postloan.address.training.damage import DIFFERENT, SAME, Bank
from postloan.address.training.pairs import damaged_pairs
from postloan.address.training.weighing import fit

HOME = [
    ("浙江省", "prov"), ("杭州市", "city"), ("西湖区", "district"), ("古荡街道", "town"), ("文三路", "road"),
    ("12号", "roadno"), ("华星大厦", "poi"), ("3幢", "houseno"), ("2单元", "cellno"), ("501室", "roomno"),
    ("电联", "redundant"),
]  # fmt: skip
ROADLESS = [part for part in HOME if part[1] not in ("road", "roadno")]
BANK = Bank(
    [
        HOME,
        [
            ("四川省", "prov"),
            ("成都市", "city"),
            ("武侯区", "district"),
            ("人民南路", "road"),
            ("川信大厦", "poi"),
        ],
        [("西湖区", "district"), ("学院路", "road"), ("9号", "roadno")],
    ]
)


def text(parts):
    return "".join(part for part, _ in parts)


@pytest.mark.parametrize("kind", [*SAME, *DIFFERENT])
def test_each_kind_of_damage_changes_something_and_is_reproducible(kind):
    damage = {**SAME, **DIFFERENT}[kind]
    given = ROADLESS if kind == "other_compound" else HOME
    made = [[damage(Random(seed), given, BANK) for seed in range(60)] for _ in range(2)]
    assert made[0] == made[1]
    assert any(parts and text(parts) != text(given) for parts in made[0])


def test_harmless_damage_never_changes_a_digit_and_other_numbers_always_do():
    for seed in range(200):
        slipped = SAME["slip"](Random(seed), HOME, BANK)
        if slipped:
            assert [c for c in text(slipped) if c.isdigit()] == [c for c in text(HOME) if c.isdigit()]
        moved = DIFFERENT["other_room"](Random(seed), HOME, BANK)
        assert moved is None or ("501室", "roomno") not in moved


def test_pairs_are_reproducible_and_of_both_kinds():
    addresses = list(crowd(60, 5, Townships()))
    pairs = list(damaged_pairs(addresses, 3))
    assert pairs == list(damaged_pairs(addresses, 3))
    assert {pair.same for pair in pairs} == {True, False}
    assert all(pair.one != pair.other for pair in pairs)
    assert {pair.kind for pair in pairs} <= {*SAME, *DIFFERENT, "another_address"}


def test_constructed_addresses_are_told_apart_as_well_as_promised():
    pairs = list(damaged_pairs(list(crowd(500, 11, Townships(without=("33",)))), 12))
    said = compare_pairs([(pair.one, pair.other) for pair in pairs]).column("same").to_pylist()
    hits = sum(answer and pair.same for answer, pair in zip(said, pairs, strict=True))
    assert 2 * hits / (sum(said) + sum(pair.same for pair in pairs)) >= 0.97


def test_copies_name_the_address_that_they_are_of():
    addresses = list(crowd(30, 7, Townships()))
    made = list(copies(addresses, 1))
    assert [number for number, _ in made] == list(range(30))
    assert any(written != text(addresses[number]) for number, written in made)


def test_no_agreement_speaks_against_one_place_and_no_contradiction_for_it():
    table = packaged_weights().of
    for state in (State.SAME, State.CLOSE, State.PART):
        assert (table[:, state] >= 0).all()
    for state in (State.ONE, State.NEAR, State.SIBLING, State.DIFFERENT):
        assert (table[:, state] <= 0).all()
    assert (table[:, State.NONE] == 0).all()


def test_the_shipped_weights_say_when_and_on_what_they_were_fitted():
    about = loads((files("postloan.address.comparing") / "weights.json").read_text("utf-8"))["about"]
    assert date.fromisoformat(about["fitted_on"])
    assert about["from"]
    assert 0 < about["same"] < about["pairs"]


def test_the_fit_finds_the_odds_that_made_the_pairs():
    random = np.random.default_rng(1)
    states = np.zeros((6_000, len(ELEMENTS)), np.int8)
    states[:, AT["road"]] = np.where(random.random(len(states)) < 0.5, State.SAME, State.DIFFERENT)
    odds = np.where(states[:, AT["road"]] == State.SAME, 2.0, -1.5)
    weight, before = fit(states, random.random(len(states)) < 1 / (1 + np.exp(-odds)))
    assert weight.shape == (len(ELEMENTS), N_STATES)
    assert before + weight[AT["road"], State.SAME] == pytest.approx(2.0, abs=0.25)
    assert before + weight[AT["road"], State.DIFFERENT] == pytest.approx(-1.5, abs=0.25)
