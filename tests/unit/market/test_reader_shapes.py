"""The shapes that figures, dates, titles and breakdowns take in real notices, one by one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from postloan.market import read_notice, read_with_findings

TITLE = "甲消费金融有限公司关于2025年第1期个人不良贷款(个人消费贷款)转让项目 转让公告\n"


def read(body: str) -> dict[str, object]:
    return read_notice(TITLE + body, name="x").to_json()


@pytest.mark.parametrize(
    ("printed", "value", "tolerance", "reported"),
    [
        ("66,369,783.05", 66369783.05, 0, "66,369,783.05元"),
        ("66, 369,783.05", 66369783.05, 0, "66,369,783.05元"),
        ("66,3 69,783.0 5", 66369783.05, 0, "66,369,783.05元"),
        ("６６，３６９，７８３．０５元", 66369783.05, 0, "66,369,783.05元"),
        ("66,369,\n783.05", 66369783.05, 0, "66,369,783.05元"),
        ("5.81亿元", 581000000, 500000, "5.81亿元"),
        ("2.40亿元", 240000000, 500000, "2.40亿元"),
        ("1.031亿", 103100000, 50000, "1.031亿元"),
        ("5020万元", 50200000, 5000, "5020万元"),
        ("6,425.83 万元", 64258300, 50, "6,425.83万元"),
        ("1亿2000万元", 120000000, 5000, "1亿2000万元"),
        ("约1.3亿元", 130000000, 5000000, "约1.3亿元"),
        ("为人民币5.81亿元", 581000000, 500000, "5.81亿元"),
        ("约7800元", 7800, 0.5, "约7800元"),
        ("2830.8元", 2830.8, 0.05, "2830.8元"),
        ("近17.6万元", 176000, None, "近17.6万元"),
        ("超4亿元", 400000000, None, "超4亿元"),
        ("逾4.1亿元", 410000000, None, "逾4.1亿元"),
        ("4亿元以上", 400000000, None, "4亿元以上"),
        ("5.8亿元左右", 580000000, 5000000, "5.8亿元左右"),
        ("5.8亿余元", 580000000, 10000000, "5.8亿余元"),
    ],
)
def test_an_amount_keeps_its_printed_digits_and_their_tolerance(
    printed: str, value: float, tolerance: float | None, reported: str
) -> None:
    record = read(f"未偿本息总额: {printed}\n资产笔数: 5笔")
    assert (record["total"], record["tolerance"]["total"], record["as_reported"]["total"]) == (  # type: ignore[index]
        value, tolerance, reported,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "value", "tolerance"),
    [
        ("39432户", 39432, 0), ("33,631", 33631, 0), ("39 432户", 39432, 0), ("约48.71万户", 487100, 50),
        ("3.3万户余", 33000, 1000), ("3.3万余户", 33000, 1000), ("近10万户", 100000, None), ("300余户", 300, 100),
        ("共计254户", 254, 0), ("12万户", 120000, 5000),
    ],
)  # fmt: skip
def test_a_count_is_exact_in_full_and_rounded_in_ten_thousands(
    printed: str, value: int, tolerance: int | None
) -> None:
    record = read(f"借款人户数: {printed}\n未偿本息总额: 6亿元")
    assert record["borrowers"] == value
    assert record["tolerance"]["borrowers"] == tolerance  # type: ignore[index]


@pytest.mark.parametrize(
    ("label", "figure"), [("起始价(万元)", "181"), ("起拍价（单位：万元）", "181.00"), ("起始价", "181万元")]
)
def test_the_unit_in_the_label_counts(label: str, figure: str) -> None:
    assert read(f"{label}{figure}\n")["start_price"] == 1_810_000


@pytest.mark.parametrize("silent", ["—", "-", "/", "无", "不适用", "", "详见资产清单"])
def test_silence_stays_null(silent: str) -> None:
    record = read(f"未偿本金总额(元): {silent}\n未偿本息总额(元): 5.00\n")
    assert record["principal"] is None
    assert record["total"] == 5


@pytest.mark.parametrize(
    "printed",
    ["20240831", "2024年8月31日", "2024-08-31", "2024/8/31", "2024.08.31", "2024 年 8 月 31 日",
     "二〇二四年八月三十一日", "２０２４年８月３１日", "截至2024年8月31日"],
)  # fmt: skip
def test_a_day_is_read_in_every_shape(printed: str) -> None:
    assert read(f"交易基准日 {printed} 资产笔数(笔) 5")["cutoff_date"] == "2024-08-31"


@pytest.mark.parametrize("printed", ["20240931", "2024年13月1日", "待定", "2024"])
def test_no_such_day_is_not_guessed(printed: str) -> None:
    assert read(f"交易基准日: {printed}\n资产笔数: 5")["cutoff_date"] is None


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("2026年3月17日 17:00", "2026-03-17 17:00"), ("2026-03-1717:00", "2026-03-17 17:00"),
        ("2026年3月17日（星期二）17时", "2026-03-17 17:00"), ("2026年3月17日下午5点30分", "2026-03-17 17:30"),
        ("2026/3/17 9:05:00", "2026-03-17 09:05"), ("2026年3月17日", "2026-03-17"),
    ],
)  # fmt: skip
def test_a_deadline_has_its_time_if_printed(printed: str, moment: str) -> None:
    assert read(f"竞价报名截止时间：{printed}\n")["bid_deadline"] == moment


def test_a_span_of_bidding_gives_both_ends() -> None:
    record = read("自由竞价时间：2025年11月28日9:30-10:30\n延时周期（分钟）：5\n")
    assert record["free_bid_start"] == "2025-11-28 09:30"
    assert record["free_bid_end"] == "2025-11-28 10:30"
    assert record["extension_minutes"] == 5


@pytest.mark.parametrize(
    ("printed", "classes"),
    [
        ("损失 411 笔;次级 340 笔;可疑 5 笔", {"损失": 411, "次级": 340, "可疑": 5}),
        ("次级类340笔、损失类411笔", {"次级": 340, "损失": 411}),
        ("损失411次级340", {"损失": 411, "次级": 340}),
        ("411笔损失、340笔次级", {"损失": 411, "次级": 340}),
        ("损失:1,411笔,可 疑:5笔", {"损失": 1411, "可疑": 5}),
        ("全部损失", {"损失": "全部"}),
        ("均为损失类贷款", {"损失": "全部"}),
        ("损失(全部)", {"损失": "全部"}),
        ("损失 5户7笔,金额1.2亿元", {"损失": 7}),
        ("—", None),
        ("99%为次级", None),
    ],
)
def test_a_breakdown_counts_loans(printed: str, classes: object) -> None:
    assert read(f"资产笔数: 756\n五级分类情况: {printed}\n")["five_class"] == classes


@pytest.mark.parametrize(
    ("printed", "count"),
    [("已核销 0 笔", 0), ("785", 785), ("全部", "全部"), ("全部已核销", "全部"), ("已核销12笔;未核销538笔", 12),
     ("均未核销", 0), ("无", 0), ("—", None), ("未核销 538 笔", None)],
)  # fmt: skip
def test_write_offs_are_a_count_or_all(printed: str, count: object) -> None:
    assert read(f"资产笔数: 1000\n核销情况: {printed}\n担保情况: 全部信用")["written_off"] == count


@pytest.mark.parametrize(
    ("title", "seller", "period", "product", "kind"),
    [
        ("甲银行股份有限公司乙分行关于2025年第一期个人不良贷款（信用卡透支）转让项目不良贷款转让公告",
         "甲银行股份有限公司乙分行", "2025年第1期", "信用卡透支", "转让公告"),
        ("甲银行股份有限公司关于2025年度第012期个人不良贷款\n(个人经营类\n贷款)转让项目 转让公告(重新挂牌)",
         "甲银行股份有限公司", "2025年第12期", "个人经营类贷款", "转让公告(重新挂牌)"),
        ("甲银行股份有限公司2025年第3期个人不良贷款（个人消费贷款）转让项目招商公告",
         "甲银行股份有限公司", "2025年第3期", "个人消费贷款", "招商公告"),
        ("关于甲消费金融有限公司2025年第3期个人不良贷款(个人消费贷款)转让项目的转让公告",
         "甲消费金融有限公司", "2025年第3期", "个人消费贷款", "转让公告"),
        ("甲银行股份有限公司信用卡中心关于2025年第21期个人不良贷款（信用卡透支）转让项目债权转让公告(协议)",
         "甲银行股份有限公司信用卡中心", "2025年第21期", "信用卡透支", "债权转让公告(协议)"),
        ("甲银行关于2025-11-17郑州个人不良贷款(个人消费及经营性贷款)转让项目 转让公告",
         "甲银行", "2025-11-17郑州", "个人消费及经营性贷款", "转让公告"),
    ],
)  # fmt: skip
def test_titles_in_all_shapes(title: str, seller: str, period: str, product: str, kind: str) -> None:
    record = read_notice(f"{title}\n资产笔数(笔)756", name="x").to_json()
    assert (record["seller"], record["period"], record["product"], record["doc_kind"]) == (
        seller,
        period,
        product,
        kind,
    )


@pytest.mark.parametrize(
    ("seller", "kind"),
    [
        ("甲消费金融股份有限公司", "消费金融公司"), ("丁汽车金融(中国)有限公司", "汽车金融公司"),
        ("中国银行股份有限公司天津市分行", "国有大型商业银行"), ("中银消费金融有限公司", "消费金融公司"),
        ("上海浦东发展银行股份有限公司信用卡中心", "股份制商业银行"),
        ("戊农村商业银行股份有限公司", "农村中小银行机构"),
        ("宁波银行股份有限公司", "城市商业银行"), ("某国有行河北省分行", "国有大型商业银行"), ("丙丁公司", None),
    ],
)  # fmt: skip
def test_the_kind_of_seller_follows_from_its_name(seller: str, kind: str | None) -> None:
    record = read_notice(
        f"{seller}关于2025年第1期个人不良贷款转让项目 转让公告\n资产笔数: 5", name="x"
    ).to_json()
    assert record["seller_type"] == kind


def test_values_in_the_row_below_their_labels_go_to_the_right_keys() -> None:
    record = read(
        "自由竞价开始时间 自由竞价结束时间 延时周期(分钟) 起始价(元) 加价幅度(元)\n"
        "2025-05-28 09:30 2025-05-28 10:30 5 24,620,000.00 100,000.00\n"
    )
    assert record["free_bid_end"] == "2025-05-28 10:30"
    assert record["extension_minutes"] == 5
    assert record["start_price"] == 24_620_000
    assert record["increment"] == 100_000


def test_two_labels_above_two_values_are_not_guessed_at() -> None:
    record = read("单一借款人最高未偿本息余额(元)\n\n其他费用(元)\n\n85,593.00\n\n4,320,560.48\n")
    assert record["max_borrower"] is None
    assert record["other_fees"] == 85_593


def test_a_page_break_between_rows_and_its_number_do_no_harm() -> None:
    record = read("资产笔数(笔)756\n- 1 -\n\f未偿本息总额(元)5.00\n第 2 页 共 5 页\n借款人户数(户)431")
    assert (record["loans"], record["total"], record["borrowers"]) == (756, 5, 431)


def test_terms_in_sentences_are_read_and_conditions_are_not() -> None:
    record = read(
        "资产笔数(笔)756\n三、其他\n本次转让采用线上公开竞价方式。如仅有一家，可采用协议转让方式。无需缴纳保证金。"
        "应于成交后3个工作日内签订协议，协议签署后五个工作日内一次性付清价款。"
    )
    assert (record["sign_days"], record["pay_days"]) == ("3个工作日", "5个工作日")
    assert (record["bid_mode"], record["deposit"]) == ("线上公开竞价", 0)


def test_remarks_keep_their_words_and_give_no_facts() -> None:
    record = read("资产笔数: 5笔\n备注: 起始价两种报道:1.2亿元与1.25亿元;平均年龄39岁\n")
    assert record["remarks"] == "起始价两种报道:1.2亿元与1.25亿元;平均年龄39岁"
    assert record["start_price"] is None
    assert record["weighted_age"] is None


def test_the_head_lines_give_source_and_form() -> None:
    notice = read_notice(
        "# source: 某网 a.cn; 某报, 2025-07\n# form: as reported by the press\n资产笔数: 5", name="x"
    )
    assert notice.source == {"site": "某网 a.cn; 某报", "date": "2025-07"}
    assert notice.text_form == "press"


def test_a_table_is_known_by_its_shape_and_its_base_units_are_exact() -> None:
    notice = read_notice(
        TITLE + "一、不良贷款基本信息\n借款人加权平均年龄 42\n未偿本息总额(万元)15.5", name="x"
    )
    assert notice.text_form == "table"
    assert notice.tolerance == {"total": Decimal(500), "weighted_age": Decimal(0)}


def test_html_is_read_with_its_cells() -> None:
    record = read_notice(
        "<html><head><title>资产笔数: 9</title></head><body><h1>甲银行关于2025年第1期个人不良贷款转让项目转让公告</h1>"
        "<table><tr><td>资产笔数<br>(笔)</td><td>756</td></tr></table></body></html>",
        name="x",
    ).to_json()
    assert record["loans"] == 756
    assert record["seller"] == "甲银行"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("资产笔数: 756\n资产笔数: 750", "N007"),
        ("未偿本息总额(元): 1,23,456.7.8\n资产笔数: 5", "N008"),
        ("资产笔数(笔)\n756\n2\n", "N009"),
        ("未偿本金总额: 500元\n未偿利息总额: 500元\n未偿本息总额: 900元", "N001"),
    ],
)
def test_what_is_doubtful_is_told(body: str, code: str) -> None:
    _, findings = read_with_findings(TITLE + body, name="x")
    assert [finding.code for finding in findings] == [code]


def test_a_notice_in_full_sentences_is_read_too() -> None:
    text = Path(__file__).with_name("prose.txt").read_text(encoding="utf-8")
    notice, findings = read_with_findings(text, name="x")
    record = notice.to_json()
    assert findings == ()
    assert {key: record[key] for key in EXPECTED} == EXPECTED


EXPECTED = {
    "seller": "甲乙银行股份有限公司", "period": "2025年第1期", "product": "个人消费贷款", "doc_kind": "转让公告",
    "principal": 12345678.9, "interest": 2345678.1, "total": 14691357, "other_fees": 12000, "loans": 756,
    "borrowers": 431, "weighted_overdue_days": 833.66, "weighted_age": 41.94, "cutoff_date": "2025-06-30",
    "published": "2025-09-01", "bid_deadline": "2025-09-18 17:00", "bid_date": "2025-09-22",
    "free_bid_start": "2025-09-22 09:30", "free_bid_end": "2025-09-22 10:30", "extension_minutes": 3,
    "bid_mode": "多轮竞价", "start_price": 12345600, "increment": 100000, "deposit": 0, "written_off": "全部",
    "five_class": {"损失": 411, "可疑": 5, "次级": 340}, "guarantee": {"信用": "全部"},
    "litigation": {"未诉": 700, "已诉讼": 56}, "sign_days": "5个工作日", "pay_days": "3个工作日", "buyer": None,
}  # fmt: skip


def test_a_title_that_tells_nothing_is_noted() -> None:
    _, findings = read_with_findings("资产笔数: 5", name="x")
    assert {finding.found for finding in findings} == {"seller", "product", "period", "doc_kind"}
