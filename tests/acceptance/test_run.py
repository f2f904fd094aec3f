import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

COUNTED = ("loans", "borrowers", "five_class", "litigation", "guarantee", "written_off")
PRINTED = (
    "total",
    "weighted_overdue_days",
    "weighted_age",
    "max_borrower",
    "cutoff_date",
    "seller",
    "product",
)


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_tape_becomes_a_book_whose_notice_says_what_the_tape_was_made_to_disclose(
    postloan, small_tape, small_notice, tmp_path
):
    out = tmp_path / "book"
    ran = postloan("run", small_tape, "--out", out, "--on", "2026-07-20", "--json")
    assert ran.code == 0, ran.err
    assert ran.err == ""
    (folder,) = (out / "packages").iterdir()
    notice = read(folder / "notice.json")
    for key in COUNTED + PRINTED:
        assert notice[key] == small_notice[key], key
    assert list(notice) == list(small_notice)
    assert {path.name for path in folder.iterdir()} == {
        "notice.json", "notice.html", "notice.pdf", "loans.parquet",
    }  # fmt: skip
    assert (folder / "notice.pdf").read_bytes().startswith(b"%PDF")
    tables = {path.stem for path in out.glob("*.parquet")}
    assert tables == {
        "loans", "borrowers", "findings", "finding_counts", "field_quality", "grades", "eligibility", "alerts",
        "payments", "schedules", "events", "owned_assets",
    }  # fmt: skip
    book = read(out / "book.json")
    assert book["synthetic"] is True
    assert len(book["rule_book"]) >= 16
    assert {source["table"] for source in book["sources"]} >= {"loans", "borrowers"}
    assert ran.json()["packages"][folder.name]["total"] == small_notice["total"]


def test_the_book_holds_no_personal_data(postloan, small_tape, tmp_path):
    out = tmp_path / "book"
    postloan("run", small_tape, "--out", out, "--on", "2026-07-20", "--quiet")
    people = duckdb.sql(f"SELECT name, id_number FROM '{small_tape}/borrowers.parquet'").fetchall()
    report = (out / "report.html").read_text(encoding="utf-8")
    for table in out.glob("**/*.parquet"):
        columns = {row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{table}'").fetchall()}
        assert not columns & {"name", "id_number", "born_on", "value", "text", "employer"}
    for name, number in people:
        assert number not in report
        assert f">{name}<" not in report


def test_every_stage_can_be_run_again_from_the_book(postloan, small_tape, tmp_path):
    first, again = tmp_path / "first", tmp_path / "again"
    assert postloan("run", small_tape, "--out", first, "--on", "2026-07-20", "--until", "tape").code == 0
    assert not (first / "grades.parquet").exists()
    assert postloan("run", first, "--out", again, "--on", "2026-07-20", "--quiet").code == 0
    whole = tmp_path / "whole"
    postloan("run", small_tape, "--out", whole, "--on", "2026-07-20", "--quiet")
    (one,) = (again / "packages").iterdir()
    (other,) = (whole / "packages").iterdir()
    assert read(one / "notice.json") == read(other / "notice.json")


def test_a_selection_makes_the_packages_that_it_names(postloan, small_tape, tmp_path):
    packages = tmp_path / "packages.yaml"
    packages.write_text(
        "packages:\n"
        "  - {name: loss, period: 2026年第2期, template: old, select: {grades: [loss]}}\n"
        "  - {name: rest, select: {grades: [substandard, doubtful], max_share_per_borrower: 0.5}}\n",
        encoding="utf-8",
    )
    out = tmp_path / "book"
    ran = postloan("run", small_tape, "--out", out, "--packages", packages, "--on", "2026-07-20", "--quiet")
    assert ran.code == 0
    assert read(out / "packages/loss/notice.json")["five_class"] == {"损失": 250}
    assert read(out / "packages/rest/notice.json")["five_class"] == {"次级": 20, "可疑": 30}
    assert "核销情况" in (out / "packages/loss/notice.html").read_text(encoding="utf-8")


def test_after_the_pilots_end_nothing_may_be_sold_and_the_book_says_why(postloan, small_tape, tmp_path):
    out = tmp_path / "book"
    ran = postloan("run", small_tape, "--out", out, "--on", "2027-01-04")
    assert ran.code == 1
    assert "CN-TRF-03" in (out / "report.html").read_text(encoding="utf-8")
    answers = duckdb.sql(f"SELECT DISTINCT answer FROM '{out}/eligibility.parquet'").fetchall()
    assert answers == [("refuse",)]
    assert not list((out / "packages").glob("*/notice.json"))
    assert "K005" in ran.out


def test_the_report_is_one_page_without_another_host_in_both_languages(postloan, small_tape, tmp_path):
    for lang, word in (("en", "Eligibility"), ("zh", "可转让")):
        out = tmp_path / lang
        assert postloan("run", small_tape, "--out", out, "--on", "2026-07-20", "--lang", lang).code == 0
        page = (out / "report.html").read_text(encoding="utf-8")
        assert word in page
        assert "<script src=" not in page
        assert not re.search(r'(src|href)="(https?:)?//', page)


def test_a_run_replaces_its_own_book_and_no_other_folder(postloan, small_tape, tmp_path):
    out = tmp_path / "book"
    for _ in range(2):
        assert postloan("run", small_tape, "--out", out, "--on", "2026-07-20", "--quiet").code == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    ran = postloan("run", small_tape, "--out", tmp_path / "mine")
    assert ran.code == 2
    assert "no run of postloan made" in ran.err
    assert (tmp_path / "mine/letter.txt").read_text() == "dear"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "mine"]


def test_a_run_that_fails_leaves_the_old_book_as_it_was(postloan, small_tape, tmp_path):
    out = tmp_path / "book"
    postloan("run", small_tape, "--out", out, "--on", "2026-07-20", "--quiet")
    before = (out / "report.html").read_bytes()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "loans.csv").write_text("what,ever\n1,2\n")
    ran = postloan("run", broken, "--out", out)
    assert ran.code == 2
    assert len(ran.lines) == 1
    assert (out / "report.html").read_bytes() == before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_run_leaves_nothing_half_written(small_tape, tmp_path, how):
    tape = tmp_path / "tape"
    shutil.copytree(small_tape, tape)
    out = tmp_path / "book"
    command = [str(Path(sys.executable).parent / "postloan"), "run", str(tape), "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "POSTLOAN_LANG": "en"})
    waited = 0.0
    while not list(tmp_path.glob(".book.*")) and process.poll() is None and waited < 30:
        time.sleep(0.01)
        waited += 0.01
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert not out.exists() or (out / "report.html").exists()
    if how is signal.SIGINT and process.returncode != 0:
        assert process.returncode == 130
        assert said.decode().strip() == "Stopped. Nothing half-written was left."
        assert [path.name for path in tmp_path.iterdir()] == ["tape"]
