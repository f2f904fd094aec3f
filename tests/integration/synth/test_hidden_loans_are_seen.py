"""How many planted patterns are seen, and how often an innocent loan raises an alert, sign by sign."""

from __future__ import annotations

from datetime import date

import pytest

from postloan.adapters.files import open_tape
from postloan.adapters.tables import DuckDBEngine
from postloan.decide.hidden import SIGNS, alerts_query
from postloan.rules import load_book
from postloan.synth import package_notice, plant_evergreen, synthesize, write_tape
from postloan.tape.checks import check_tape
from postloan.tape.mapping import TapeMapping
from postloan.tape.typing import type_tables

PATTERNS = 70


@pytest.fixture(scope="module")
def clean():
    """A tenth of a published package."""
    notice = package_notice("ant-2025-1")
    return synthesize({**notice, "total": 58_100_000, "loans": 5_540, "borrowers": 3_943}, seed=3)


@pytest.fixture(scope="module")
def planted(clean):
    return plant_evergreen(clean, seed=11, count=PATTERNS)


@pytest.fixture(scope="module")
def measured(planted, tmp_path_factory):
    """The planted (sign, loan) pairs, hidden and look-alike, the alerts, and what the checks say of the tape."""
    folder = tmp_path_factory.mktemp("hidden") / "tape"
    write_tape(planted, folder)
    book = load_book()
    with DuckDBEngine() as engine:
        intake = type_tables(engine, open_tape(engine, folder), TapeMapping())
        checked = check_tape(engine, rules=book, also=intake.findings, unread=intake.unread)
        query = alerts_query(engine, book, on=date(2025, 6, 30))
        alerts = set(engine.rows(f"SELECT sign, loan_id FROM ({query}) AS a"))
    truth = planted.truth["evergreen"].to_pylist()
    pairs = {h: {(t["sign"], t["loan_id"]) for t in truth if t["hidden"] is h} for h in (True, False)}
    return pairs, alerts, checked


def test_every_sign_is_planted_on_borrowers_of_their_own(planted):
    truth = planted.truth["evergreen"].to_pylist()
    assert {(t["sign"], t["hidden"]) for t in truth} == {(s.name, h) for s in SIGNS for h in (True, False)}
    assert len({t["borrower_id"] for t in truth}) == len(truth)


def test_planting_disturbs_nothing_that_is_disclosed(clean, planted):
    for name in ("loans", "borrowers", "addresses", "contacts", "letters"):
        assert planted.tape[name].equals(clean.tape[name])


def test_the_same_seed_plants_the_same(clean, planted):
    again = plant_evergreen(clean, seed=11, count=PATTERNS)
    assert all(again.tape[name].equals(planted.tape[name]) for name in planted.tape)


def test_a_planted_tape_breaks_no_check(measured):
    assert [(count.code, count.field) for count in measured[2].counts] == []


@pytest.mark.parametrize("sign", [sign.name for sign in SIGNS])
def test_recall_is_whole_and_look_alikes_raise_no_alert(measured, sign):
    pairs, alerts, _ = measured
    hidden, alike = ({loan for s, loan in pairs[h] if s == sign} for h in (True, False))
    seen = {loan for s, loan in alerts if s == sign}
    assert hidden
    assert hidden <= seen, f"recall {len(hidden & seen)} of {len(hidden)}"
    assert not alike & seen, f"{len(alike & seen)} of {len(alike)} look-alikes"


@pytest.mark.parametrize(
    ("sign", "most"), [(sign.name, 0 if sign.name != "new_loan" else 10) for sign in SIGNS]
)
def test_few_of_the_other_loans_raise_an_alert(measured, sign, most):
    """Two loans of one person may well be a month apart and alike, so that one sign alone has alarms by chance."""
    pairs, alerts, _ = measured
    others = {loan for s, loan in alerts if s == sign} - {loan for s, loan in pairs[True] if s == sign}
    assert len(others) <= most, f"{len(others)} of 5,540 loans"
