from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from postloan.cli import _run
from postloan.synth import package_notice

NOTICE = {
    "id": "t1", "seller": "示例消费金融有限公司", "product": "个人消费贷款", "period": "2025年第1期",
    "total": 250_000.5, "loans": 40, "borrowers": 30, "weighted_overdue_days": 400.5, "cutoff_date": "2025-06-30",
}  # fmt: skip


@pytest.fixture
def notice(tmp_path):
    path = tmp_path / "notice.json"
    path.write_text(json.dumps(NOTICE, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_notice_becomes_a_tape_that_is_called_synthetic(notice, tmp_path, capsys):
    assert _run(["synth", str(notice), "--out", str(tmp_path / "tape")]) == 0

    assert "SYNTHETIC" in capsys.readouterr().out
    assert pq.read_table(tmp_path / "tape" / "loans.parquet").num_rows == 40


def test_json_output_says_where_and_how_much(notice, tmp_path, capsys):
    assert _run(["synth", str(notice), "--out", str(tmp_path / "tape"), "--seed", "9", "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert (said["seed"], said["synthetic"], said["rows"]["loans"]) == (9, True, 40)


def test_chinese_is_spoken_where_it_is_asked_for(notice, tmp_path, capsys):
    assert _run(["synth", str(notice), "--out", str(tmp_path / "tape"), "--lang", "zh"]) == 0

    assert "合成数据" in capsys.readouterr().out


def test_a_contradictory_notice_ends_in_one_line_and_leaves_nothing(tmp_path, capsys):
    path = tmp_path / "notice.json"
    path.write_text(json.dumps({**NOTICE, "loans": 20}), encoding="utf-8")

    assert _run(["synth", str(path), "--out", str(tmp_path / "tape")]) == 2

    complaint = capsys.readouterr().err.strip()
    assert len(complaint.splitlines()) == 1
    assert "number of loans" in complaint
    assert "number of borrowers" in complaint
    assert [p.name for p in tmp_path.iterdir()] == ["notice.json"]


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"id": "x", "nonsense": 1}', "\xff\xfe"])
def test_what_is_no_notice_is_refused_in_one_line(tmp_path, capsys, text):
    path = tmp_path / "notice.json"
    if text is not None:
        path.write_bytes(text.encode("latin-1"))

    assert _run(["synth", str(path), "--out", str(tmp_path / "tape")]) == 2

    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "tape").exists()


def test_faults_are_planted_on_request(tmp_path):
    path = tmp_path / "notice.json"
    path.write_text(json.dumps(package_notice("ant-2025-1"), ensure_ascii=False), encoding="utf-8")

    assert _run(["synth", str(path), "--out", str(tmp_path / "tape"), "--faults", "--quiet"]) == 0

    assert (tmp_path / "tape" / "loans.csv").is_file()
    assert pq.read_table(tmp_path / "tape-truth" / "faults.parquet").num_rows == 50
