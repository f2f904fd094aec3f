"""``postloan ledger show``: balances by part, running history, classes with their rule book."""

from __future__ import annotations

from datetime import timedelta

from postloan.rules import load_book


def booked(postloan, lender):
    """Waive 100 yuan of interest on L1, through an approval."""
    number = postloan(
        "approve", "request", "waive", "L1", "--interest", "100", "--reason", "x", "--db", lender,
        "--by", "olga", "--json",
    ).json()["number"]  # fmt: skip
    postloan("approve", "grant", number, "--authority", "§ 4", "--reason", "x", "--db", lender, "--by", "ann")
    assert postloan("approve", "do", number, "--db", lender, "--by", "olga").code == 0


def test_a_loan_is_shown_with_running_balances_and_its_approval(postloan, lender):
    booked(postloan, lender)
    said = postloan("ledger", "show", "L1", "--db", lender)
    assert said.code == 0
    for word in (
        "account opened",
        "waived [AP-",
        "Memorandum",
        "substandard",
        load_book().version,
        "overdue since",
    ):
        assert word in said.out, word
    assert "分户" not in said.out
    assert "本金" in postloan("ledger", "show", "L1", "--db", lender, "--lang", "zh").out


def test_the_lines_of_a_history_lead_from_one_balance_to_the_next(postloan, lender, today):
    booked(postloan, lender)
    plain = postloan("ledger", "show", "L1", "--db", lender, "--json").json()
    first, second = plain["lines"]
    moved = sum(float(fen) for fen in second["moved"].values())
    assert round(float(first["owed"]) + float(second["accrued"]) + moved, 2) == float(second["owed"])
    assert plain["grades"][0]["rule_book"] == load_book().version
    assert plain["state"]["memorandum"]["interest"] != "0.00"
    before = postloan(
        "ledger", "show", "L1", "--db", lender, "--on", today - timedelta(days=5), "--json"
    ).json()
    assert len(before["lines"]) == 1
    unknown = postloan(
        "ledger", "show", "L1", "--db", lender, "--known", today - timedelta(days=5), "--json"
    ).json()
    assert len(unknown["lines"]) == 1
    assert unknown["state"]["owed"]["interest"] > plain["state"]["owed"]["interest"]


def test_a_loan_that_is_not_there_or_not_yet_is_one_clear_line(postloan, lender, today):
    gone = postloan("ledger", "show", "L9", "--db", lender)
    assert (gone.code, len(gone.lines)) == (2, 1)
    assert "L9" in gone.err
    early = postloan("ledger", "show", "L1", "--db", lender, "--on", today - timedelta(days=90))
    assert (early.code, len(early.lines)) == (2, 1)
    assert "not in the ledger" in early.err
