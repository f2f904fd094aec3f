"""``postloan market stats``: a folder of notices in, statistics and what is wrong with them out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RECORDS = [
    {"id": "1", "seller": "测试银行", "seller_type": "股份制商业银行", "product": "信用卡透支", "period": "2025年第1期",
     "doc_kind": "转让公告", "published": "2025-02-13", "total": 100_000_000, "principal": 60_000_000,
     "start_price": 5_000_000, "weighted_overdue_days": 400, "loans": 10, "borrowers": 9},
    {"id": "2", "seller": "测试银行", "period": "2025年第1期", "sold_price": 6_000_000, "sold_date": "2025-03-20"},
    {"id": "3", "seller": "测试银行", "period": "2025年第2期", "doc_kind": "转让公告", "loans": 3, "borrowers": 5},
]  # fmt: skip


def postloan(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from postloan.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"POSTLOAN_LANG": "en", "PYTHONUTF8": "1", "COLUMNS": "160"},
    )


@pytest.fixture
def register(tmp_path: Path) -> Path:
    folder = tmp_path / "register"
    folder.mkdir()
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)
    (folder / "mine.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


def test_the_register_is_shown_in_sentences_and_tables(register: Path) -> None:
    done = postloan("market", "stats", str(register))
    assert done.returncode == 0, done.stderr
    assert "2 packages listed for ¥100.00 million" in done.stdout
    assert "6.00% (n=1)" in done.stdout
    assert "M006" in done.stdout
    assert done.stderr == ""


def test_json_is_one_value_and_nothing_else(register: Path) -> None:
    done = postloan("market", "stats", str(register), "--json")
    told = json.loads(done.stdout)
    assert told["listed"]["n"] == 2
    assert told["sold"]["discount"] == {
        "n": 1, "price": 6_000_000, "amount": 100_000_000, "ratio": 0.06, "least": 0.06, "median": 0.06, "most": 0.06,
    }  # fmt: skip
    assert [finding["code"] for finding in told["findings"]] == ["M006"]


def test_out_leaves_a_page_and_the_same_figures(register: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = postloan("market", "stats", str(register), "--out", str(out), "--json", "--lang", "zh")
    assert json.loads((out / "stats.json").read_text(encoding="utf-8")) == json.loads(done.stdout)
    page = (out / "stats.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert sorted(path.name for path in out.iterdir()) == ["stats.html", "stats.json"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "does not exist"),
        ("", "holds no notices"),
        ('{"id": "1", "loans": "many"}', "loans"),
        ("not json", "no JSON"),
    ],
)
def test_bad_input_ends_in_one_line_and_exit_2(tmp_path: Path, content: str | None, says: str) -> None:
    folder = tmp_path / "register"
    if content is not None:
        folder.mkdir()
        if content:
            (folder / "a.json").write_text(content, encoding="utf-8")
    done = postloan("market", "stats", str(folder))
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.real
def test_the_public_notices_hold_start_prices_and_no_sold_prices() -> None:
    root = Path(os.environ.get("POSTLOAN_DATA") or Path(__file__).parents[3] / "shared" / "data")
    folder = root / "announcements"
    if not folder.is_dir():
        pytest.skip(f"the notices are not at {folder}")
    told = json.loads(postloan("market", "stats", str(folder), "--json").stdout)
    assert told["notices"] == 65
    assert told["sold"]["discount"] is None
    assert told["listed"]["start_discount"]["n"] == 23
    assert {finding["code"] for finding in told["findings"]} == {"M009", "M011"}
