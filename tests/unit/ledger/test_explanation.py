"""The page that explains the ledger shows numbers that the ledger gives."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "explain" / "ledger.md"


def test_the_example_in_the_explanation_is_what_the_ledger_does():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 10
    assert failed == 0
