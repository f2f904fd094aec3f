from __future__ import annotations

import json

import pytest
from night_book import NIGHT, bank_file, make_book

DAY = NIGHT.isoformat()


def row(loan_id, amount, reference, **more):
    return {"交易日期": DAY, "交易流水号": reference, "交易金额": amount, "借据号": loan_id, **more}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_book(tmp_path_factory.mktemp("cli-night"))


def test_a_book_is_opened_and_a_night_posted_reversed_and_assigned_from_the_command_line(
    made, postloan, tmp_path, monkeypatch
):
    monkeypatch.setenv("POSTLOAN_DB", str(tmp_path / "books.db"))
    tape, book = made
    first = postloan("open", book, "--people", tape, "--on", "2026-06-30", "--by", "li", "--json")
    assert first.code == 0, first.err
    assert json.loads(first.out)["opened"] == 300
    again = postloan("open", book, "--people", tape, "--on", "2026-06-30", "--lang", "zh")
    assert "新建账户 0 个，已在账 300 个" in again.out
    path = bank_file(
        tmp_path / "bank.csv", row("L00000001", "1,000.00", "R1"), row("L00000002", "50", "R2"), row("", "8.80", "R3"),
        total="1058.80",
    )  # fmt: skip
    wrong = postloan("post", path, "--on", DAY, "--control-total", "1058.81", "--lang", "zh")
    assert wrong.code == 2
    assert "整份文件未入账" in wrong.err
    done = postloan(
        "post", path, "--on", DAY, "--control-total", "1,058.80", "--control-count", "3", "--json"
    )
    (file,) = json.loads(done.out)["files"]
    assert (file["posted"], file["suspended"]["no_hint"]) == (
        {"rows": 2, "amount": 1050}, {"rows": 1, "amount": 8.8},
    )  # fmt: skip
    assert "此前已入账" in postloan("post", path, "--on", DAY, "--lang", "zh").out
    waiting = postloan("post", "--suspense", "--json").json()
    assert [one["reason"] for one in waiting] == ["no_hint"]
    assigned = postloan("post", "--assign", waiting[0]["number"], "L00000003", "--on", "2026-07-02")
    assert "8.80 booked on L00000003" in assigned.out
    assert "50.00" in postloan("post", "--reverse", "R2", "--on", "2026-07-02", "--lang", "zh").out
    assert "nothing waits" in postloan("post", "--suspense").out.lower()
    assert postloan("journal", "verify", "--db", tmp_path / "books.db").code == 0


def test_posting_says_in_one_line_what_cannot_be_done(made, postloan, tmp_path):
    db = ("--db", tmp_path / "none.db")
    for arguments in (("post",), ("post", "x.csv", "--reverse", "R1"), ("post", tmp_path / "x.csv")):
        said = postloan(*arguments, *db)
        assert said.code == 2
        assert len(said.lines) == 1
    missing = postloan("open", tmp_path, *db)
    assert (missing.code, len(missing.lines)) == (2, 1)
