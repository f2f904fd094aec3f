from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from postloan.adapters import files_errors as wrong
from postloan.adapters.files import open_tape
from postloan.kernel import PostloanError
from postloan.tape.headers import MissingColumns, TwoColumnsForOneField


def loans(engine):
    return engine.rows("SELECT loan_id, principal, product, days_overdue FROM typed_loans ORDER BY row")


GOOD = [("L1", 100, "consumer", 400), ("L2", 200, "credit_card", 100)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_text_is_read_in_every_usual_encoding(engine, folder, take_in, tape, encoding):
    take_in(folder(loans__csv=tape.encode(encoding)))
    assert loans(engine) == GOOD


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_found(engine, folder, take_in, tape, delimiter):
    take_in(folder(贷款明细__txt=tape.replace(",", delimiter)))
    assert loans(engine) == GOOD


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_every_line_ending_is_read(engine, folder, take_in, tape, ending):
    take_in(folder(loans__csv=tape.replace("\n", ending).encode()))
    assert loans(engine) == GOOD


def test_a_title_above_and_totals_below_are_set_apart(engine, folder, take_in, tape):
    text = "某银行不良资产明细,,,,,\n" + tape + "合计,,300.00,4.00,,\n制表人：某某,,,,,\n"
    intake = take_in(folder(loans__csv=text))
    assert loans(engine) == GOOD
    assert dict(intake.control["loans"]) == {"principal": 300, "interest": 4}
    assert {"T004", "T005", "T009"} <= {finding.code for finding in intake.findings}


def test_ragged_rows_are_kept_apart_and_rows_keep_their_numbers(engine, folder, take_in, tape):
    intake = take_in(folder(loans__csv=tape.replace("L2,", "L9,B9\nL8,B8,1,2,3,4,5,6\n\nL2,")))
    assert engine.rows("SELECT row, loan_id FROM typed_loans ORDER BY row") == [(1, "L1"), (4, "L2")]
    assert engine.rows("SELECT table_name, row, cells, expected FROM ragged ORDER BY row") == [
        ("loans", 2, 2, 6), ("loans", 3, 8, 6)
    ]  # fmt: skip
    (found,) = [finding for finding in intake.findings if finding.code == "T001"]
    assert found.count == 2


def test_a_delimiter_at_the_end_of_every_line_does_no_harm(engine, folder, take_in, tape):
    head, *rows = tape.splitlines()
    take_in(folder(loans__csv="\n".join([head, *(row + "," for row in rows)])))
    assert loans(engine) == GOOD


def test_quoted_line_breaks_and_blank_rows_and_nul_bytes_are_survived(engine, folder, take_in, tape):
    text = (
        tape.replace("L1", '"L\x001"')
        .replace("个人消费贷款", '"个人\n消费贷款"')
        .replace("L2,", ",,,,,\nL2,")
    )
    intake = take_in(folder(loans__csv=text))
    assert engine.rows("SELECT row, loan_id FROM typed_loans ORDER BY row") == [(1, "L1"), (3, "L2")]
    assert {"T006", "T007"} <= {finding.code for finding in intake.findings}


def test_a_workbook_with_several_sheets_is_a_tape(engine, tmp_path, take_in):
    path = tmp_path / "资产包.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("明细")
        sheet.merge_range("A1:F1", "某银行资产包")
        for row, cells in enumerate([["借据号", "客户号", "未偿本金", "产品", "逾期起始日", "合同编号"],
                                     ["L1", "B1", 100.1, "信用卡", 45838, "622848001234567890"]], 1):  # fmt: skip
            sheet.write_row(row, 0, cells)
        book.add_worksheet("借款人").write_row(0, 0, ["客户号", "姓名"])
        book.add_worksheet("说明").write(0, 0, "读我")
    intake = take_in(path)
    (row,) = engine.rows("SELECT loan_id, principal, overdue_since, contract_no FROM typed_loans")
    assert (row[0], str(row[1]), str(row[2]), row[3]) == ("L1", "100.10", "2025-06-30", "622848001234567890")
    assert set(intake.tables) == {"loans", "borrowers"}
    assert "T011" in {finding.code for finding in intake.findings}


def test_parquet_is_read_where_it_lies_with_its_own_types(engine, tmp_path, take_in):
    path = tmp_path / "tape[1].parquet"
    table = pa.table(
        {"loan_id": [1, 2], "row": [7, 8], "borrower_id": ["a", "b"], "principal": [1.5, float("nan")],
         "product": ["consumer", "x"], "days_overdue": [90.0, 91.5], "written_off": [True, None]}
    )  # fmt: skip
    pq.write_table(table, path)
    intake = take_in(path)
    found = engine.rows(
        "SELECT row, loan_id, principal, product, days_overdue, written_off FROM typed_loans ORDER BY row"
    )
    assert [tuple(map(str, row)) for row in found] == [
        ("1", "1", "1.50", "consumer", "90", "True"), ("2", "2", "None", "None", "None", "None")
    ]  # fmt: skip
    bad = {field for (_, field), query in intake.unread.items() if [r[0] for r in engine.rows(query)] == [2]}
    assert bad == {"days_overdue", "principal", "product"}


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({}, wrong.NoLoans),
        ({"loans__csv": ""}, wrong.EmptyFile),
        ({"loans__csv": "\n  \n"}, wrong.EmptyFile),
        ({"loans__csv": "借据号,客户号,未偿本金,产品,逾期天数\n"}, wrong.EmptyTable),
        ({"loans__csv": "借据号,客户号,未偿本金,产品,逾期天数\n1\n2\n"}, wrong.EmptyTable),
        ({"loans__csv": b"a,b\n1,\xff\xff\x80\n"}, wrong.WrongEncoding),
        ({"loans__csv": b"\0\1\2" * 1000}, wrong.NotATable),
        ({"loans__csv": 'a,b\n1,"x\n2,y\n3,z\n'}, wrong.OpenQuote),
        ({"loans__xlsx": OLE + "EncryptedPackage".encode("utf-16-le")}, wrong.EncryptedWorkbook),
        ({"loans__xls": OLE}, wrong.OldWorkbook),
        ({"loans__xlsx": b"PK\x03\x04 broken"}, wrong.UnreadableWorkbook),
        ({"loans__xlsx": "not a workbook"}, wrong.NotATable),
        ({"loans__parquet": b"PAR1 broken PAR1"}, wrong.DamagedParquet),
        ({"loans__parquet": "text"}, wrong.DamagedParquet),
        ({"loans__csv": "a,b\n1,2\n", "贷款明细__csv": "a,b\n1,2\n"}, wrong.TwoFilesForOneTable),
        ({"borrowers__csv": "a,b\n1,2\n", "payments__csv": "a,b\n1,2\n"}, wrong.NoLoans),
        ({"loans__csv": "foo,bar\n1,2\n"}, MissingColumns),
        ({"loans__csv": "借据号,客户号,未偿本金,本金,产品,逾期天数\n1,2,3,4,5,6\n"}, TwoColumnsForOneField),
    ],
)  # fmt: skip
def test_bad_files_end_with_one_clear_line(folder, take_in, files, error):
    with pytest.raises(error) as caught:
        take_in(folder(**files))
    assert caught.value.exit_code == 2
    for lang in ("en", "zh"):
        assert "\n" not in caught.value.message(lang)


def test_a_missing_file_is_said_to_be_missing(engine, tmp_path):
    with pytest.raises(wrong.NoSource, match=r"nowhere\.csv does not exist"):
        open_tape(engine, tmp_path / "nowhere.csv")


def test_every_error_speaks_both_languages():
    for kind in vars(wrong).values():
        if isinstance(kind, type) and issubclass(kind, PostloanError) and kind is not PostloanError:
            assert kind.zh != PostloanError.zh
