"""Nights of payments are made for a synthetic tape, posted day by day, and come to what their plan says."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from night_book import NOTICE as SMALL
from night_book import make_book
from night_ties import hold_the_books_together

from postloan.bootstrap import records
from postloan.kernel import Money

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_book(tmp_path_factory.mktemp("month"))


def test_nights_come_to_what_their_plan_says_and_the_books_tie_every_morning(made, postloan, tmp_path):
    tape, book = made
    db = ("--db", tmp_path / "month.db")
    assert postloan("open", book, "--people", tape, *db, "--on", "2026-06-30").code == 0
    nights = tmp_path / "nights"
    said = postloan(
        "synth", "nights", tape, "--out", nights, "--days", 6, "--each", 10, "--seed", 3, "--json"
    ).json()
    assert said["first"] == "2026-07-01"
    plan = json.loads((nights / "plan.json").read_text(encoding="utf-8"))
    assert plan == said["files"]
    assert {one["refused"] for one in plan} == {"", "control", "repeated"}
    for one in plan:
        day = date.fromisoformat(one["night"])
        ran = postloan("post", nights / one["file"], "--on", day, *db, "--json")
        if one["refused"]:
            assert (ran.code, len(ran.lines)) == (2, 1)
            continue
        (file,) = ran.json()["files"]
        came_to = {why: both["amount"] for why, both in {**file["suspended"], **file["refused"]}.items()}
        came_to |= {name: file[name]["amount"] for name in ("posted", "reversed") if file[name]["rows"]}
        assert {why: Decimal(str(amount)) for why, amount in came_to.items()} == {
            why: Decimal(amount) for why, amount in one["expected"].items()
        }
        shown = postloan("day", "--on", day + timedelta(days=1), *db, "--json").json()
        assert shown["came_in"]["on"] == one["night"]
        with records(str(tmp_path / "month.db")) as store:
            hold_the_books_together(store, Money.yuan(str(SMALL["total"])))
    assert postloan("journal", "verify", *db).code == 0


def test_nobody_invents_payments_of_real_people(made, postloan, tmp_path):
    real = tmp_path / "real"
    real.mkdir()
    for path in made[0].iterdir():
        if path.name != "synthetic.json":
            (real / path.name).write_bytes(path.read_bytes())
    said = postloan("synth", "nights", real, "--out", tmp_path / "nights", "--lang", "zh")
    assert (said.code, len(said.lines)) == (2, 1)
    assert "不是合成数据" in said.err
    assert not (tmp_path / "nights").exists()


def test_a_notice_alone_still_makes_a_tape(postloan, tmp_path):
    notice = tmp_path / "notice.json"
    notice.write_text(json.dumps(SMALL, ensure_ascii=False), encoding="utf-8")
    assert postloan("synth", notice, "--out", tmp_path / "one", "--quiet").code == 0
    assert postloan("synth", "tape", notice, "--out", tmp_path / "two", "--quiet").code == 0
    assert (tmp_path / "one" / "loans.parquet").read_bytes() == (
        tmp_path / "two" / "loans.parquet"
    ).read_bytes()


def test_the_commands_of_the_how_to_exist_with_their_options(postloan):
    page = (ROOT / "docs/how-to/a-month-of-nights.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\n(.*?)```", page, re.DOTALL)
    assert block
    for line in re.findall(r"postloan ([^|&;>\n]+)", block[1]):
        words = line.split()
        nouns = words[:2] if words[0] in ("synth", "journal") else words[:1]
        shown = postloan(*nouns, "--help").out
        for option in (word for word in words if word.startswith("--")):
            assert option in shown, (line, option)
