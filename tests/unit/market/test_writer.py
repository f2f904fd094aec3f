"""A written notice has the published layout, invents nothing, and is read back as the same facts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.market import Extra, Notice, completed, layout, read_with_findings, write_html
from postloan.market.writer_layout import UnknownTemplate

FULL = completed(
    Notice(
        id="n", seller="甲消费金融有限公司", seller_type="消费金融公司", product="个人消费贷款", period="2026年第2期",
        doc_kind="转让公告", text_form="table", principal=Decimal("66369783.05"), interest=Decimal("11006194.24"),
        total=Decimal("77375977.29"), other_fees=Decimal("228236.49"), max_borrower=Decimal("248600.00"),
        avg_borrower=Decimal("179526.63"), weighted_credit_limit=Decimal("302251.36"), start_price=Decimal("5020000"),
        increment=Decimal("10000"), deposit=Decimal("300000"), loans=1756, borrowers=431,
        weighted_overdue_days=Decimal("833.66"), weighted_age=Decimal("41.94"), cutoff_date="2025-06-30",
        published="2026-03-02", bid_deadline="2026-03-17 17:00", bid_date="2026-03-20",
        free_bid_start="2026-03-20 09:30", free_bid_end="2026-03-20 10:30", extension_minutes=5, bid_mode="多轮竞价",
        five_class={"损失": 1411, "次级": 340, "可疑": 5}, written_off=1411, guarantee={"信用": 1756},
        litigation={"终本执行": 1313, "未诉": 443}, sign_days="3个工作日", pay_days="5个工作日", remarks="蚂蚁借呗",
    )
)  # fmt: skip
ONLY_OLD = ("max_borrower", "avg_borrower", "weighted_credit_limit", "written_off", "start_price")


def without(notice: Notice, keys: tuple[str, ...]) -> Notice:
    bare = replace(notice, **dict.fromkeys(keys))  # type: ignore[arg-type]
    return completed(bare)


def test_the_old_template_carries_every_key_there_and_back() -> None:
    read, findings = read_with_findings(write_html(FULL, template="old"), name="n")
    assert read.to_json() == FULL.to_json()
    assert findings == ()


def test_the_new_template_leaves_out_what_the_page_of_2026_leaves_out() -> None:
    page = write_html(FULL, template="new")
    for words in ("最高未偿", "平均未偿", "授信额度", "核销", "起始价"):
        assert words not in page
    assert read_with_findings(page, name="n")[0].to_json() == without(FULL, ONLY_OLD).to_json()


def test_what_is_not_known_is_a_dash_in_the_table_and_nowhere_else() -> None:
    bare = Notice(id="n", seller="甲银行", total=Decimal("5.00"))
    page = layout(bare, template="old")
    sections = page["sections"]
    assert isinstance(sections, list)
    assert [section["head"] for section in sections] == ["一、不良贷款基本信息"]
    assert ["交易基准日", "—", "未偿本金总额(元)", "—"] in sections[0]["rows"]
    read = read_with_findings(write_html(bare), name="n")[0]
    assert [key for key, value in read.to_json().items() if value is not None] == [
        "id", "seller", "seller_type", "doc_kind", "text_form", "total", "as_reported", "tolerance", "source", "checks",
    ]  # fmt: skip


def test_a_rounded_figure_is_printed_as_it_was_reported_not_with_digits_nobody_knows() -> None:
    press = Notice(
        id="n",
        total=Decimal(581_000_000),
        as_reported={"total": "5.81亿元"},
        tolerance={"total": Decimal(500_000)},
    )
    page = write_html(press)
    assert "5.81亿元" in page
    assert "581,000,000" not in page


@pytest.mark.parametrize("template", ["old", "new"])
def test_synthetic_data_are_called_so_and_real_data_are_not(template: str) -> None:
    assert "合成数据" in write_html(FULL, template=template, synthetic=True)
    assert "合成数据" not in write_html(FULL, template=template)


def test_the_page_needs_no_other_file_and_escapes_what_it_prints() -> None:
    page = write_html(replace(FULL, remarks='<script src="x.js">'))
    assert "<script" not in page
    assert "http" not in page
    assert "url(" not in page
    assert "&lt;script" in page


def test_what_the_seller_adds_is_printed_and_disturbs_no_fact() -> None:
    extra = Extra(
        overdue_starts="最近一期本金或利息未足额偿还之日", fees_hold="诉讼费、律师费", sole_bidder="可转为协议转让",
        buyers=("已开户的金融资产管理公司、地方资产管理公司",), standard_agreement=True, settled_by_platform=False,
        contact=("联系人：出让方指定",),
    )  # fmt: skip
    page = write_html(FULL, template="old", extra=extra)
    for words in (
        "逾期起始点：最近一期",
        "包括诉讼费",
        "可转为协议转让",
        "采用标准协议文本：是",
        "联系人：出让方指定",
    ):
        assert words in page
    assert read_with_findings(page, name="n")[0].to_json() == FULL.to_json()


def test_the_start_of_overdue_is_left_unsaid_where_the_seller_did_not_say_it() -> None:
    assert "逾期起始点" not in write_html(FULL)


def test_a_template_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownTemplate, match="old"):
        write_html(FULL, template="2019")


def test_completing_an_exact_notice_fills_reports_tolerances_and_checks() -> None:
    assert FULL.as_reported["total"] == "77,375,977.29元"
    assert FULL.as_reported["loans"] == "1,756笔"
    assert set(FULL.tolerance.values()) == {Decimal(0)}
    assert FULL.checks["p_plus_i"] is True


amounts = st.none() | st.integers(0, 10**13).map(lambda fen: Decimal(fen).scaleb(-2))
counts = st.none() | st.integers(1, 10**6)


@settings(max_examples=80, deadline=None)
@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            ("principal", "interest", "other_fees", "max_borrower", "increment", "deposit"), amounts
        )
        | dict.fromkeys(("loans", "borrowers", "written_off", "extension_minutes"), counts)
        | {
            "total": amounts.filter(lambda amount: amount is not None),
            "weighted_overdue_days": st.none()
            | st.integers(0, 10**6).map(lambda days: Decimal(days).scaleb(-2)),
            "five_class": st.none() | st.just({"损失": "全部"}) | st.just({"次级": 3, "损失": 12345}),
            "litigation": st.none() | st.just({"执行中": 1, "终本执行": 2_000}) | st.just({"未诉": "全部"}),
            "cutoff_date": st.none() | st.dates().map(lambda day: day.replace(year=2024).isoformat()),
            "bid_mode": st.sampled_from([None, "多轮竞价", "一次性竞价"]),
            "sign_days": st.sampled_from([None, "3个工作日", "5日"]),
        }
    )
)
def test_any_notice_comes_back_from_its_page(values: dict[str, object]) -> None:
    if values["cutoff_date"] == "2024-02-29":
        values["cutoff_date"] = None
    notice = completed(
        Notice(id="n", seller="甲银行股份有限公司", seller_type="城市商业银行", product="信用卡透支",
               period="2026年第1期", doc_kind="转让公告", text_form="table", **values)  # type: ignore[arg-type]
    )  # fmt: skip
    read = read_with_findings(write_html(notice, template="old"), name="n")[0]
    assert read.to_json() == notice.to_json()
