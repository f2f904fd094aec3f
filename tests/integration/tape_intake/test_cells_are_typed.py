from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.adapters.tables import DuckDBEngine
from postloan.kernel import Money, parse_day
from postloan.tape import cleaning, parse_mapping, propose_mapping, tables
from postloan.tape.mapping import BadMapping

LOANS = tables()["loans"].columns
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(engine, texts, field, order="YMD"):
    column = LOANS[field] if field in LOANS else tables()["borrowers"].columns[field]
    engine.register("cells", pa.table({"n": range(len(texts)), "x": pa.array(texts, pa.string())}))
    engine.view("clean_cells", f"SELECT n, {cleaning.cleaned('x', column)} AS c FROM cells")
    found = engine.rows(f"SELECT {cleaning.typed('c', column, order=order)} FROM clean_cells ORDER BY n")
    return [row[0] for row in found]


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(memory_mb=500, threads=1) as engine:
        yield engine


@QUICK
@given(
    st.lists(st.integers(-(10**15), 10**15), min_size=1),
    st.sampled_from(["{}", " {} ", "¥{}", "{}元", "人民币 {}"]),
)
def test_amounts_are_read_as_money_reads_them(engine, fens, form):
    amounts = [Money(fen) for fen in fens]
    texts = [form.format(str(amount)) for amount in amounts]
    assert read(engine, texts, "principal") == [amount.as_yuan for amount in amounts]


@QUICK
@given(st.lists(st.dates(date(1900, 1, 1), date(2099, 12, 31)), min_size=1))
def test_days_are_read_as_the_kernel_reads_them(engine, days):
    for form in (
        "{0:%Y-%m-%d}",
        "{0:%Y/%m/%d}",
        "{0.year}/{0.month}/{0.day}",
        "{0:%Y.%m.%d}",
        "{0:%Y%m%d}",
        "{0.year}年{0.month}月{0.day}日",
    ):
        texts = [form.format(day) for day in days]
        assert read(engine, texts, "overdue_since") == [parse_day(text) for text in texts]


@QUICK
@given(st.lists(st.text(max_size=12), min_size=1))
def test_no_text_at_all_makes_reading_fail(engine, texts):
    texts = [text.replace("\0", "") for text in texts]
    for field in (
        "principal",
        "overdue_since",
        "days_overdue",
        "annual_rate",
        "grade",
        "written_off",
        "flags",
    ):
        assert len(read(engine, texts, field, order="MDY")) == len(texts)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("principal", "１，２３４.５ 元", Decimal("1234.50")), ("principal", "(1,234.50)", Decimal("-1234.50")),
        ("principal", "12.5万元", 125000), ("principal", "1.2E5", 120000), ("principal", "1,5", None),
        ("principal", "abc", None), ("principal", "-", None), ("principal", "N/A", None),
        ("annual_rate", "24%", Decimal("0.24")), ("annual_rate", "0.24", Decimal("0.24")),
        ("annual_rate", "5‰", Decimal("0.005")), ("days_overdue", "30天", 30), ("days_overdue", "30.5", None),
        ("overdue_since", "45838", date(2025, 6, 30)), ("overdue_since", "2025-02-30", None),
        ("overdue_since", "2025-06-30 00:00:00", date(2025, 6, 30)), ("overdue_since", "0000-00-00", None),
        ("grade", "次 级", "substandard"), ("grade", "损失类（五级）", "loss"), ("grade", "5", "loss"),
        ("litigation", "none", "none"), ("litigation", "执 行中", "enforcing"), ("written_off", "已核销", True),
        ("written_off", "N", False), ("flags", "死亡、投诉", "deceased complaint"), ("flags", "无", None),
    ],
)  # fmt: skip
def test_cells_as_sellers_write_them(engine, field, text, value):
    assert read(engine, [text], field) == [value]


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("6/30/2025", "MDY", date(2025, 6, 30)),
        ("24-Jun-91", "DMY", date(1991, 6, 24)),
        ("1/2/05", "DMY", date(2005, 2, 1)),
    ],
)
def test_foreign_dates_are_read_where_the_mapping_tells_their_order(engine, text, order, day):
    assert read(engine, [text], "overdue_since", order) == [day]
    assert read(engine, [text], "overdue_since") == [None]


def test_excel_serials_run_from_the_day_that_excel_thinks(engine):
    days = [date(2000, 1, 1) + timedelta(n) for n in range(0, 12_000, 997)]
    assert read(engine, [str((day - date(1899, 12, 30)).days) for day in days], "overdue_since") == days


def test_what_cannot_be_read_is_shown_and_personal_data_is_masked(take_in, engine_of, folder, tape):
    intake = take_in(folder(loans__csv=tape.replace("100.00", "很多").replace("400", "13812345678901"),
                            borrowers__csv="客户号,姓名,出生日期\nB1,张三,某年\n"))  # fmt: skip
    found = {key: engine_of.rows(query) for key, query in intake.unread.items()}
    assert {key: rows for key, rows in found.items() if rows} == {
        ("borrowers", "born_on"): [(1, "某●●●")],
        ("loans", "days_overdue"): [(1, "13812345678901")],
        ("loans", "principal"): [(1, "很多")],
    }
    fields = list(tables()["loans"].columns)
    bits = (1 << fields.index("days_overdue")) + (1 << fields.index("principal"))
    assert engine_of.rows("SELECT unread FROM typed_loans WHERE unread <> 0") == [(bits,)]
    assert set(intake.tables) == {"loans", "borrowers"}


@pytest.fixture
def engine_of(request):
    return request.getfixturevalue("engine")


def test_amounts_in_ten_thousands_are_multiplied_with_a_finding(take_in, engine, folder, tape):
    intake = take_in(folder(loans__csv=tape.replace("未偿本金", "未偿本金（万元）")))
    assert engine.rows("SELECT SUM(principal) FROM typed_loans") == [(3_000_000,)]
    assert "T008" in {finding.code for finding in intake.findings}


def test_a_loans_file_that_describes_people_gives_borrowers_once_each(take_in, engine, folder):
    text = "借据号,客户号,未偿本金,产品,逾期天数,姓名,性别\n1,B,1,信用卡,9,张三,男\n2,B,1,信用卡,9,张三,男\n"
    intake = take_in(folder(loans__csv=text))
    assert engine.rows("SELECT borrower_id, name, sex FROM typed_borrowers") == [("B", "张三", "male")]
    assert {"T002", "T012"} <= {finding.code for finding in intake.findings}


def test_a_mapping_wins_over_the_headers(take_in, engine, folder, tape):
    mapping = parse_mapping(
        "cutoff_on: 2025-06-30\nloans:\n  principal: =未偿本金 * 2 + 1\n"
        "  product: {from: 产品, values: {个人消费贷款: auto}}\n"
        '  interest: ~\n  overdue_since: =add_days(day("2025-06-30"), 0 - 逾期天数)\n  only: =逾期天数 > 200\n'
    )
    intake = take_in(folder(loans__csv=tape), mapping)
    (row,) = engine.rows("SELECT principal, product, interest, cutoff_on, overdue_since FROM typed_loans")
    assert row == (201, "auto", None, date(2025, 6, 30), date(2024, 5, 26))
    assert {"T002", "T013", "T014"} <= {finding.code for finding in intake.findings}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("loans:\n  principal: NOPE", "no column 'NOPE'"),
        ("loans:\n  principal: =NOPE + 1", "no column 'NOPE'"),
        ("loans:\n  only: =未偿本金 + 1", "must be a condition"),
        ("borrowers:\n  from: payments\n  borrower_id: x", "no table 'payments'"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_says_so(take_in, folder, tape, text, says):
    with pytest.raises(BadMapping, match=says.replace("+", r"\+")):
        take_in(folder(loans__csv=tape), parse_mapping(text))


def test_the_draft_of_a_mapping_can_be_used_as_it_is(take_in, engine, folder, tape):
    from postloan.adapters.files import open_tape

    source = folder(
        loans__csv=tape.replace("产品", "产品,备注栏").replace("贷款,", "贷款,x,").replace("透支,", "透支,y,")
    )
    draft = propose_mapping(open_tape(engine, source))
    assert "备注栏" in draft
    take_in(source, parse_mapping(draft))
    assert engine.rows("SELECT COUNT(*), SUM(principal) FROM typed_loans") == [(2, 300)]
