from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from postloan.kernel import Query

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def lint():
    spec = importlib.util.spec_from_file_location("lint_sql", ROOT / "scripts" / "lint_sql.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["lint_sql"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["lint_sql"]


def test_every_named_query_stays_within_the_common_subset(lint, capsys):
    assert lint.main([]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("DELETE FROM loans", "DELETE"),
        ("CREATE TABLE x AS SELECT 1 AS a", "CREATE"),
        ("SELECT 1 AS a; SELECT 2 AS b", "2 statements"),
        ("SELECT quantile_cont(principal, 0.5) AS median FROM loans", "PERCENTILE"),
        ("SELECT hash(loan_id) AS h FROM loans", "HASH"),
        ("SELECT [1, 2] AS both FROM loans", "a list"),
        ("SELECT {'a': 1} AS s FROM loans", "a struct"),
        ("PIVOT loans ON grade USING COUNT(*)", "PIVOT"),
        ("SELECT current_date AS today", "today"),
        ("SELECT random() AS luck", "RAND"),
        ("SELECT a FROM (", "parsed"),
    ],
)
def test_what_engines_understand_differently_is_refused(lint, text, word):
    faults = " ".join(lint.faults_of(Query("tried", "", text)))
    assert word.lower() in faults.lower()


def test_holes_are_allowed_wherever_a_value_may_stand(lint):
    text = (
        "SELECT ROUND(total / CAST(:n AS DOUBLE), 2) AS a FROM loans WHERE grade IN :grades AND days > :days"
    )
    assert list(lint.faults_of(Query("tried", "", text))) == []
