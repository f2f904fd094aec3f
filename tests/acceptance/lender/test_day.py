"""``postloan day``: the morning on the command line."""

from __future__ import annotations

from datetime import timedelta


def test_the_morning_says_what_crosses_which_line_and_when(postloan, lender, today):
    said = postloan("day", "--db", lender)
    assert said.code == 0
    for word in (
        "day 91: substandard",
        "day 271: doubtful",
        "day 361: loss",
        "CN-CLS-01",
        "CN-LIM-01",
        "CN-CLS-03",
    ):
        assert word in said.out
    on = today + timedelta(days=271 - 110 - 5)
    plain = postloan("day", "--db", lender, "--on", on, "--json").json()
    doubtful = plain["crossings"][1]
    assert (doubtful["day"], doubtful["loans"], doubtful["worsens"]) == (271, 2, 2)
    assert doubtful["first"][0]["loan_id"] == "L2", "the larger one first"
    assert doubtful["first"][0]["on"] == str(on + timedelta(days=5))


def test_the_morning_speaks_chinese(postloan, lender):
    said = postloan("day", "--db", lender, "--lang", "zh")
    assert "尚无入账" in said.out
    assert "逾期第 91 天：次级" in said.out


def test_without_a_store_the_morning_says_how_to_make_one(postloan, tmp_path):
    said = postloan("day", "--db", tmp_path / "none.db")
    assert said.code == 2
    assert "postloan open" in said.err
    assert len(said.lines) == 1
