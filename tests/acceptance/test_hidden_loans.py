"""Alerts of hidden non-performing loans from the command line: in the book, the report, the check, and once more."""

from __future__ import annotations

import duckdb
import pytest

from postloan.synth import plant_evergreen, synthesize, write_tape

ON = ("--on", "2026-07-20")


@pytest.fixture(scope="module")
def evergreen(tmp_path_factory, small_notice):
    """A synthetic tape of 300 loans with fourteen patterns, and the loans that hide something."""
    folder = tmp_path_factory.mktemp("tapes") / "evergreen"
    made = plant_evergreen(synthesize(small_notice, seed=7), seed=7, count=14)
    write_tape(made, folder)
    return folder, {(t["sign"], t["loan_id"]) for t in made.truth["evergreen"].to_pylist() if t["hidden"]}


def alerts(book):
    query = f"SELECT sign, loan_id FROM '{book}/alerts.parquet'"
    return set(duckdb.sql(query).fetchall())


def test_a_book_holds_the_alerts_and_its_report_shows_them_in_both_languages(postloan, evergreen, tmp_path):
    tape, hidden = evergreen
    for lang, said in (("en", "never a verdict"), ("zh", "并非结论")):
        out = tmp_path / lang
        assert postloan("run", tape, "--out", out, *ON, "--lang", lang, "--quiet").code == 0
        assert hidden <= alerts(out)
        page = (out / "report.html").read_text(encoding="utf-8")
        assert 'id="alerts"' in page
        assert said in page
        assert "HS-HID-01" in page or "D031" in page
    counted = duckdb.sql(
        f"SELECT code, rows FROM '{out}/finding_counts.parquet' WHERE code LIKE 'D03%'"
    ).fetchall()
    listed = duckdb.sql(f"SELECT code, COUNT(*) FROM '{out}/alerts.parquet' GROUP BY code").fetchall()
    assert sorted(counted) == sorted(listed)


def test_the_alerts_come_again_from_the_book_which_names_nobody(postloan, evergreen, tmp_path):
    tape, _ = evergreen
    first, again = tmp_path / "first", tmp_path / "again"
    postloan("run", tape, "--out", first, *ON, "--until", "grade", "--quiet")
    assert postloan("run", first, "--out", again, *ON, "--until", "grade", "--quiet").code == 0
    assert alerts(again) == alerts(first) != set()
    for table in ("payments", "events", "owned_assets"):
        columns = {
            row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{first}/{table}.parquet'").fetchall()
        }
        assert not columns & {"payer_name", "payer_account", "place", "note", "reference"}


def test_a_check_lists_the_alerts_and_they_are_no_errors(postloan, evergreen, tmp_path):
    tape, hidden = evergreen
    ran = postloan("tape", "check", tape, "--json", "--out", tmp_path / "checked")
    assert ran.code == 0
    codes = {count["code"]: count["severity"] for count in ran.json()["counts"]}
    assert {codes[code] for code in codes if code.startswith("D03")} == {"warning"}
    assert len([code for code in codes if code.startswith("D03")]) == 7
    assert hidden <= alerts(tmp_path / "checked")


def test_a_tape_of_loans_alone_has_no_alerts_and_no_section(postloan, small_tape, tmp_path):
    import shutil

    tape = tmp_path / "loans"
    shutil.copytree(small_tape, tape)
    for name in ("payments", "schedules", "events"):
        (tape / f"{name}.parquet").unlink(missing_ok=True)
    out = tmp_path / "book"
    assert postloan("run", tape, "--out", out, *ON, "--quiet").code == 0
    assert not (out / "alerts.parquet").exists()
    assert 'id="alerts"' not in (out / "report.html").read_text(encoding="utf-8")


def test_patterns_are_planted_on_request(postloan, small_notice, tmp_path):
    import json

    notice = tmp_path / "notice.json"
    notice.write_text(json.dumps({k: v for k, v in small_notice.items() if v is not None}), encoding="utf-8")
    ran = postloan("synth", notice, "--out", tmp_path / "tape", "--evergreen", "7", "--json")
    assert ran.code == 0, ran.err
    truth = duckdb.sql(
        f"SELECT COUNT(DISTINCT sign) FROM '{tmp_path}/tape-truth/evergreen.parquet'"
    ).fetchall()
    assert truth == [(7,)]
