from __future__ import annotations

from decimal import Decimal

import pytest

from postloan.tape.columns import tables
from postloan.tape.header_row import find_header, guess_table, is_total, unique_names
from postloan.tape.headers import (
    MissingColumns,
    TwoColumnsForOneField,
    plain_header,
    recognise,
    require,
    synonyms,
    table_of_name,
)
from postloan.tape.terms import plain, terms, words

LOANS = tables()["loans"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("借据号", "loan_id"), ("贷款账号", "loan_id"), ("客户 号", "borrower_id"), ("剩余本金", "principal"),
        ("未偿本金(元)", "principal"), ("未偿本金余额", "principal"), ("欠息", "interest"),
        ("逾期起始日", "overdue_since"),
        ("ＤＰＤ", "days_overdue"), ("Days Past Due", "days_overdue"), ("五级分类", "grade"), ("LOAN_ID", "loan_id"),
        ("年利率（%）", "annual_rate"), ("末次还款日期", "last_paid_on"),
    ],
)  # fmt: skip
def test_what_sellers_write_above_a_column_is_known(header, field):
    assert recognise([header], LOANS).matched[field].header == header


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("本金余额（万元）", 10_000),
        ("本金余额(单位：万元)", 10_000),
        ("本金余额_万元", 10_000),
        ("本金余额（元）", 1),
    ],
)
def test_a_unit_in_the_header_multiplies_the_amounts(header, factor):
    assert recognise([header], LOANS).matched["principal"].factor == factor


def test_a_percent_sign_in_the_header_of_a_rate_divides_by_a_hundred():
    assert recognise(["年利率(%)"], LOANS).matched["annual_rate"].factor == Decimal("0.01")


def test_normalising_a_header_twice_changes_nothing():
    for table in tables():
        for word in synonyms(table):
            assert plain_header(word)[0] == word


def test_no_header_means_two_fields_of_one_table():
    from postloan.tape.headers import _declared

    for name, table in tables().items():
        meant: dict[str, str] = {}
        for field, column in table.columns.items():
            for word in (field, column.en, column.zh, *_declared()[name]["columns"].get(field, [])):
                assert meant.setdefault(plain_header(word)[0], field) == field, (name, word)


def test_no_word_means_two_terms_of_one_list():
    for enum, listed in terms().items():
        for code, term in listed.items():
            for word in (code, term.zh, term.en, *term.also):
                assert words(enum)[plain(word)] == code, (enum, word)


def test_two_columns_for_one_field_are_refused_in_one_line():
    found = recognise(["借据号", "客户号", "产品", "逾期天数", "本金", "剩余本金"], LOANS)
    with pytest.raises(TwoColumnsForOneField, match=r"'本金', '剩余本金' both mean 'principal'"):
        require(found, "loans.csv")


def test_a_missing_column_is_refused_with_the_nearest_unknown_header():
    found = recognise(["借据号", "客户号", "产品", "逾期天数", "未尝本金"], LOANS)
    with pytest.raises(
        MissingColumns, match=r"principal \(未偿本金\).*Perhaps '未尝本金' → principal"
    ) as error:
        require(found, "loans.csv")
    assert "\n" not in str(error.value)
    assert "未尝本金" in error.value.message("zh")


def test_one_of_overdue_date_and_days_is_enough():
    headers = ["借据号", "客户号", "本金", "产品"]
    assert recognise(headers, LOANS).missing == ("overdue_since or days_overdue",)
    assert recognise([*headers, "逾期天数"], LOANS).missing == ()


@pytest.mark.parametrize(
    ("name", "table"),
    [("贷款明细2025", "loans"), ("借款人地址", "addresses"), ("borrowers", "borrowers"), ("还款流水", "payments"),
     ("readme", None)],
)  # fmt: skip
def test_a_file_name_tells_its_table(name, table):
    assert table_of_name(name) == table


def test_headers_below_a_title_are_found():
    sample = [
        ["某银行不良资产明细"],
        ["制表日期 2025-06-30", ""],
        ["借据号", "客户号", "本金"],
        ["L1", "B1", "100"],
    ]
    found = find_header(sample)
    assert (found.records, found.lines, found.headers) == (3, 1, ("借据号", "客户号", "本金"))


def test_headers_in_two_lines_with_merged_cells_are_read_together():
    sample = [
        ["借据号", "客户号", "未偿", "", "逾期", ""],
        ["", "", "本金", "利息", "天数", "起始日"],
        ["L1", "B1", "1", "2", "3", ""],
    ]
    found = find_header(sample)
    assert found.lines == 2
    matched = recognise(found.headers, LOANS).matched
    assert {"loan_id", "borrower_id", "principal", "interest", "days_overdue", "overdue_since"} <= set(
        matched
    )


def test_a_mapping_tells_where_unknown_headers_stand():
    sample = [["report", "of", "today"], ["X1", "X2", "X3"], ["1", "2", "3"]]
    assert find_header(sample, {"X1", "X2"}.__contains__).records == 2


def test_a_total_row_is_known_by_its_first_words():
    assert is_total(["", "合 计：", "1"])
    assert is_total(["Total", "5"])
    assert not is_total(["L1", "B1", "100"])


def test_repeated_and_missing_headers_get_names_of_their_own():
    assert unique_names(["a", "A", "", "row"]) == ["a", "A (2)", "column 3", "row (2)"]


def test_a_sheet_is_known_by_its_headers():
    assert guess_table(["借据号", "还款日期", "还款金额"]) == "payments"
    assert guess_table(["foo", "bar"]) is None
