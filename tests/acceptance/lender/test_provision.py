"""``postloan provision``: the books in figures and words, and what a sale would do."""

from __future__ import annotations


def test_provisions_are_shown_by_class_and_by_expected_loss(postloan, lender):
    said = postloan("provision", "--db", lender, "--other-loans", "1,000,000")
    assert said.code == 0
    for word in (
        "substandard",
        "25.00 %",
        "NPL ratio",
        "Coverage 150.00 %",
        "At quarter end",
        "sell",
        "write off",
    ):
        assert word in said.out
    chinese = postloan("provision", "--db", lender, "--lang", "zh")
    assert "拨备覆盖率" in chinese.out


def test_a_sale_of_one_loan_is_explained_in_words(postloan, lender, tmp_path):
    chosen = tmp_path / "sale.csv"
    chosen.write_text("loan_id,note\nL1,x\n", encoding="utf-8")
    said = postloan(
        "provision", "--db", lender, "--sell", chosen, "--price", "600", "--other-loans", "1000000"
    )
    assert said.code == 0, said.err
    assert "1 loans carried at 10,000.00 yuan." in said.out
    assert "Sold for 600.00" in said.out
    assert "only dress the books" in said.out
    plain = postloan("provision", "--db", lender, "--sell", chosen, "--price", "600", "--json").json()
    done = plain["chosen"]
    assert done["carried"] == "10000.00"
    assert float(done["cash"]) + float(done["used"]) - float(done["result"]) == float(done["carried"])
    assert done["said"]["zh"]


def test_loans_that_are_not_open_and_acts_that_clash_are_refused_in_one_line(postloan, lender, tmp_path):
    chosen = tmp_path / "set.txt"
    chosen.write_text("L1\nL77\n", encoding="utf-8")
    wrong = postloan("provision", "--db", lender, "--sell", chosen)
    assert wrong.code == 2
    assert "L77" in wrong.err
    both = postloan("provision", "--db", lender, "--sell", chosen, "--write-off", chosen)
    assert both.code == 2
    assert "one at a time" in both.err
    for option, value in (("--risk-weight", "x"), ("--risk-weight", "-1"), ("--held", "x")):
        assert postloan("provision", "--db", lender, option, value).code == 2


def test_the_provisions_of_a_day_are_kept_once(postloan, lender):
    assert postloan("provision", "--db", lender, "--save", "--quiet").code == 0
    again = postloan("provision", "--db", lender, "--save", "--quiet")
    assert again.code == 2
    assert len(again.lines) == 1
    assert postloan("journal", "verify", "--db", lender).code == 0
