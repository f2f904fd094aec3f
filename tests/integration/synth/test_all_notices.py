"""Every published notice that is at hand can be re-materialised; the tape is summed up in SQL, by DuckDB."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from postloan.adapters.tables import DuckDBEngine
from postloan.synth import synthesize
from postloan.synth.targets import targets_of
from postloan.tape.terms import words

DATA = Path(os.environ.get("POSTLOAN_DATA") or Path(__file__).parents[4] / "shared" / "data")
NOTICES = DATA / "announcements" / "announcements.jsonl"
BIG = 120_000
ALSO_BIG = ("011",)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not NOTICES.is_file(), reason="the public notices are not at hand (POSTLOAN_DATA)"),
]

SUMS = """
WITH owners AS (
    SELECT borrower_id, YEAR(DATE '{cutoff}') - YEAR(born_on)
        - CASE WHEN MONTH(DATE '{cutoff}') * 100 + DAY(DATE '{cutoff}') < MONTH(born_on) * 100 + DAY(born_on)
            THEN 1 ELSE 0 END AS age
    FROM borrowers
), owed AS (
    SELECT l.*, o.age, CAST((l.principal + l.interest) * 100 AS HUGEINT) AS fen FROM loans AS l JOIN owners AS o USING (borrower_id)
), each AS (SELECT borrower_id, SUM(fen) AS fen FROM owed GROUP BY borrower_id)
SELECT SUM(principal), SUM(interest), SUM(principal + interest), SUM(fees), COUNT(*), COUNT(DISTINCT borrower_id),
    (SELECT MAX(fen) FROM each) / 100, SUM(principal + interest) / COUNT(DISTINCT borrower_id),
    SUM(days_overdue * fen) / SUM(fen), SUM(age * fen) / SUM(fen),
    SUM(CAST(credit_line * 100 AS HUGEINT) * fen) / SUM(fen) / 100,
    SUM(CASE WHEN written_off THEN 1 ELSE 0 END), MIN(principal)
FROM owed
"""  # noqa: E501
NAMES = (
    "principal", "interest", "total", "other_fees", "loans", "borrowers", "max_borrower", "avg_borrower",
    "weighted_overdue_days", "weighted_age", "weighted_credit_limit", "written_off",
)  # fmt: skip
AVERAGES = ("avg_borrower", "weighted_overdue_days", "weighted_age", "weighted_credit_limit")


def notices() -> list[Any]:
    if not NOTICES.is_file():
        return [pytest.param({}, id="none")]
    every = [json.loads(line) for line in NOTICES.read_text(encoding="utf-8").splitlines()]
    few = [n for n in every if targets_of(n).loans <= BIG or n["id"] in ALSO_BIG]
    return [pytest.param(notice, id=notice["id"]) for notice in few]


def test_all_notices_have_figures_that_agree():
    for line in NOTICES.read_text(encoding="utf-8").splitlines():
        assert targets_of(json.loads(line)).total > 0


@pytest.mark.parametrize("notice", notices())
def test_a_published_notice_comes_out(notice):
    made = synthesize(notice, seed=2)
    with DuckDBEngine() as engine:
        for name in ("loans", "borrowers"):
            engine.register(name, made.tape[name])
        cutoff = made.tape["loans"]["cutoff_on"][0].as_py().isoformat()
        found = dict(zip((*NAMES, "least"), engine.rows(SUMS.format(cutoff=cutoff))[0], strict=True))
        counts = {
            column: dict(engine.rows(f"SELECT {column}, COUNT(*) FROM loans GROUP BY {column}"))
            for column in ("grade", "guarantee", "litigation")
        }
    for name in NAMES:
        if notice[name] is not None:
            wanted = found["loans"] if notice[name] == "全部" else notice[name]
            tolerance = notice["tolerance"].get(name, 0)
            if tolerance is not None:  # else only a bound was reported
                tolerance = max(tolerance, 0.005) if name in AVERAGES else tolerance
                assert abs(float(found[name]) - wanted) <= tolerance + 1e-6, name
    breakdowns = (
        ("five_class", "grade", "grades"),
        ("guarantee",) * 2 + ("guarantees",),
        ("litigation",) * 3,
    )
    for name, column, enum in breakdowns:
        for term, count in (notice[name] or {}).items():
            wanted = found["loans"] if count == "全部" else count
            assert counts[column][words(enum)[term]] == wanted, (name, term)
    assert notice["cutoff_date"] in (None, cutoff)
    assert found["least"] > 0
