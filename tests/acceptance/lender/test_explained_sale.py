"""The page that explains a sale is worked out, and says what ``postloan provision`` says of the same sale."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from night_book import NOTICE

from postloan.bootstrap import records

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("explain_sale", ROOT / "scripts/explain_sale.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_says_what_the_command_says_of_the_same_sale(script, postloan, tmp_path):
    notice = tmp_path / "notice.json"
    notice.write_text(json.dumps(NOTICE, ensure_ascii=False), encoding="utf-8")
    made = script.page(notice)
    db, on = script.opened(notice, tmp_path)
    package = tmp_path / "package.csv"
    with records(db) as store:
        package.write_text("\n".join(("loan_id", *script.package(store, "loss"))), encoding="utf-8")
    asked = (
        "--sell",
        package,
        "--other-loans",
        str(script.PERFORMING.as_yuan),
        "--on",
        on,
        "--db",
        db,
        "--json",
    )
    chosen = postloan("provision", *asked).json()["chosen"]
    for line in chosen["said"]["en"]:
        assert f"- {line}\n" in made
    assert "".join(chosen["said"]["zh"]) in made
    assert made.count("## ") == 8
    assert "{" not in made
