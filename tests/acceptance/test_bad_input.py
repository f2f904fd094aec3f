"""Each ends with one clear line (what, where, how to mend), exit code 2, and nothing written."""

import pytest


def loans_csv(rows: str) -> str:
    return "借据号,客户号,未偿本金,未偿利息,产品,逾期天数,交易基准日\n" + rows


ROW = "L1,B1,1000.00,10.00,个人消费贷款,400,2026-06-30\n"

CASES = {
    "a missing folder": (None, "does not exist|no such|not there|cannot be found"),
    "an empty file": (b"", "empty"),
    "a table with headers and no row": (loans_csv("").encode(), "no row|empty|no data"),
    "a header nobody knows": ("什么,哪里\n1,2\n".encode(), "loan_id|借据号"),
    "two columns for one field": (
        ("借据号,贷款编号," + loans_csv("").partition(",")[2].rstrip("\n") + "\nL1," + ROW).encode(),
        "借据号|loan_id",
    ),
    "an undecodable file": (b"\xff\x00\xfe\x81\xff\xff\x00\x80\x81" * 40, "encoding|UTF-8|cannot be read"),
    "a damaged parquet file": (b"PAR1 and then nothing", "loans|read|damaged|complete"),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_input_ends_in_one_clear_line(case, postloan, tmp_path):
    content, words = CASES[case]
    tape = tmp_path / "tape"
    if content is not None:
        tape.mkdir()
        suffix = "parquet" if content.startswith(b"PAR1") else "csv"
        (tape / f"loans.{suffix}").write_bytes(content)
    out = tmp_path / "book"
    for lang in ("en", "zh"):
        ran = postloan("run", tape, "--out", out, "--lang", lang)
        assert ran.code == 2, ran.err
        assert len(ran.lines) == 1, ran.err
        assert ran.out == ""
        assert not out.exists()
        if lang == "en":
            import re

            assert re.search(words, ran.err, re.IGNORECASE), ran.err
        else:
            assert any("\u4e00" <= letter <= "\u9fff" for letter in ran.err)


def test_gb18030_is_read_and_text_in_an_amount_is_quarantined(postloan, tmp_path):
    tape = tmp_path / "loans.csv"
    rows = "".join(ROW.replace("L1,B1", f"L{n},B{n}") for n in range(2, 30))
    tape.write_bytes(
        loans_csv("L1,B1,约5000元左右,10.00,个人消费贷款,400,2026-06-30\n" + rows).encode("gb18030")
    )
    out = tmp_path / "book"
    ran = postloan("run", tape, "--out", out, "--on", "2026-07-20", "--seller-type", "消费金融公司", "--json")
    assert ran.code == 1, ran.err
    found = ran.json()
    assert (found["loans"], found["quarantined"]) == (29, 1)
    (notice,) = found["packages"].values()
    assert notice["loans"] == 28
    assert notice["principal"] == 28_000


def test_a_tape_of_no_eligible_loan_leaves_a_report_that_says_so(postloan, tmp_path):
    tape = tmp_path / "loans.csv"
    tape.write_text(loans_csv(ROW.replace(",400,", ",0,")), encoding="utf-8")
    out = tmp_path / "book"
    ran = postloan("run", tape, "--out", out, "--on", "2026-07-20", "--seller-type", "consumer_finance")
    assert ran.code == 1
    assert "K005" in ran.out
    assert (out / "report.html").exists()


def test_options_that_cannot_be_are_refused(postloan, small_tape, tmp_path):
    out = tmp_path / "book"
    for option, value in (("--on", "yesterday"), ("--mapping", tmp_path / "none.yaml"), ("--until", "moon")):
        ran = postloan("run", small_tape, "--out", out, option, value)
        assert ran.code == 2
        assert not out.exists()


def test_a_full_disk_is_named(postloan, small_tape, tmp_path, monkeypatch):
    from postloan.workflows import run

    def full(*_):
        raise OSError(28, "No space left on device", "report.html")

    monkeypatch.setattr(run, "write_json", full)
    ran = postloan("run", small_tape, "--out", tmp_path / "book", "--on", "2026-07-20")
    assert ran.code == 2
    assert "No space left on the disk" in ran.err
    assert not (tmp_path / "book").exists()
