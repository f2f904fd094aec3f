"""A register counts each project once and never mixes asking with sold prices."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.market import BadNotice, Notice
from postloan.outcomes import make_register, market_statistics, read_register, sheets, statistics_json
from postloan.outcomes.register_checks import price_over_total

SELLER = "测试消费金融有限公司"


def notice(id: str = "a", **facts: object) -> Notice:  # noqa: A002
    given_facts: dict[str, object] = {
        "seller": SELLER, "period": "2025年第1期", "doc_kind": "转让公告", "product": "个人消费贷款",
        "seller_type": "消费金融公司", "published": "2025-02-13",
    }  # fmt: skip
    return Notice(id=id, **(given_facts | facts))  # type: ignore[arg-type]


def yuan(millions: int | str) -> Decimal:
    return Decimal(millions) * 1_000_000


def codes(*notices: Notice) -> list[str]:
    return [finding.code for finding in market_statistics(make_register(notices)).findings]


def test_discount_is_price_over_total_and_recovery_price_over_principal() -> None:
    """The 2022 figures of the registration centre: 4.68 over 175.70 and over 57.18 (亿元)."""
    deal = notice(sold_price=yuan(468), total=yuan(17_570), principal=yuan(5_718), sold_date="2022-12-31")
    sold = market_statistics(make_register([deal])).sold
    assert sold.discount is not None
    assert sold.recovery is not None
    assert round(sold.discount.ratio, 4) == Decimal("0.0266")
    assert round(sold.recovery.ratio, 4) == Decimal("0.0818")


def test_taken_together_ratios_are_weighted_by_amount_not_averaged() -> None:
    small = notice("a", period="1", start_price=yuan(1), total=yuan(2))
    large = notice("b", period="2", start_price=yuan(1), total=yuan(98))
    ratio = market_statistics(make_register([small, large])).listed.start_discount
    assert ratio is not None
    assert (ratio.n, ratio.ratio, ratio.least, ratio.most) == (
        2,
        Decimal("0.02"),
        yuan(1) / yuan(98),
        Decimal("0.5"),
    )


def test_only_projects_with_both_figures_enter_a_ratio() -> None:
    priced = notice("a", period="1", start_price=yuan(5), total=yuan(100))
    unpriced = notice("b", period="2", total=yuan(900))
    bound = notice("c", period="3", start_price=yuan(9), total=yuan(10), tolerance={"total": None})
    listed = market_statistics(make_register([priced, unpriced, bound])).listed
    assert listed.total.n == 3
    assert listed.start_discount is not None
    assert (listed.start_discount.n, listed.start_discount.ratio) == (1, Decimal("0.05"))


def test_an_asking_price_is_never_a_sold_price() -> None:
    made = market_statistics(make_register([notice(start_price=yuan(5), total=yuan(100))]))
    assert made.sold.n == 0
    assert made.listed.discount is None
    assert all(band.sold is None for band in made.bands)


def test_a_relisted_project_counts_once_at_its_first_listing() -> None:
    first = notice("a", published="2025-03-11", total=yuan(400), start_price=yuan(20))
    again = notice(
        "b", published="2025-06-02", doc_kind="转让公告(重新挂牌)", total=yuan(400), start_price=yuan(15)
    )
    made = market_statistics(make_register([again, first]))
    assert (made.listed.n, made.relisted, made.listed.total.sum) == (1, 1, yuan(400))
    assert [group.key for group in made.listed_by["quarter"]] == ["2025Q1"]
    assert made.listed.start_discount is not None
    assert made.listed.start_discount.price == yuan(20)


def test_a_marketing_notice_is_no_listing_with_or_without_one() -> None:
    marketed = notice("a", doc_kind="招商公告", total=yuan(21_697))
    listed = notice("b", total=yuan(18_464))
    alone = notice("c", period="2025年第2期", doc_kind="招商公告", total=yuan(1))
    made = market_statistics(make_register([marketed, listed, alone]))
    assert (made.listed.n, made.listed.total.sum, made.marketed_only) == (1, yuan(18_464), 1)
    assert [finding.code for finding in made.findings] == ["M011"]


def test_a_users_own_deal_joins_the_listing_of_the_same_project() -> None:
    listed = notice("a", total=yuan(100), principal=yuan(60), start_price=yuan(5))
    deal = notice(
        "mine",
        doc_kind=None,
        published=None,
        sold_price=yuan(6),
        sold_date="2025-03-20",
        buyer="某资产管理公司",
    )
    made = market_statistics(make_register([listed, deal]))
    assert (made.listed.n, made.relisted) == (1, 0)
    assert made.sold.discount is not None
    assert made.sold.discount.ratio == Decimal("0.06")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"principal": yuan(3), "total": yuan(2)}, "M003"),
        ({"principal": yuan(2), "interest": yuan(2), "total": yuan(5)}, "M004"),
        ({"sold_price": yuan(4), "start_price": yuan(5)}, "M005"),
        ({"borrowers": 3, "loans": 2}, "M006"),
        ({"borrowers": 10, "avg_borrower": Decimal(100), "total": Decimal(2_000)}, "M008"),
        ({"loans": 5, "litigation": {"未诉": 4}}, "M009"),
        ({"total": yuan(1), "max_borrower": yuan(2)}, "M012"),
        ({"start_price": yuan(1), "total": yuan(10), "checks": {"start_over_total": Decimal("0.2")}}, "M013"),
        (
            {"start_price": yuan("50.2"), "total": yuan(581), "remarks": "about 0.9 cents on the dollar"},
            "M002",
        ),
        ({"start_price": yuan("50.2"), "total": yuan(581), "remarks": "约8.6折"}, "M002"),
        (
            {"checks": {"start_over_total": Decimal("0.073"), "start_over_principal": Decimal("0.048")}},
            "M001",
        ),
    ],
)
def test_each_contradiction_is_a_finding(facts: dict[str, object], code: str) -> None:
    assert codes(notice(**facts)) == [code]


def test_a_ratio_in_words_that_fits_the_figures_is_no_finding() -> None:
    assert codes(notice(start_price=yuan("50.2"), total=yuan(581), remarks="约0.86折，即8.6 cents")) == []


def test_a_price_far_from_packages_of_like_age_is_looked_at() -> None:
    usual = [
        notice(
            str(i),
            period=str(i),
            weighted_overdue_days=Decimal(380 + i),
            start_price=yuan(8),
            total=yuan(100),
        )
        for i in range(4)
    ]
    slip = notice(
        "x", period="x", weighted_overdue_days=Decimal(390), start_price=yuan("0.9"), total=yuan(100)
    )
    assert codes(*usual, slip) == ["M007"]


def test_the_same_project_listed_twice_with_other_totals_is_a_finding() -> None:
    assert codes(notice("a", total=yuan(10)), notice("b", total=yuan(11), published="2025-03-01")) == ["M010"]
    rounded = {"total": Decimal(500_000)}
    near = [notice(i, total=t, tolerance=rounded) for i, t in (("a", yuan(10)), ("b", yuan(11)))]
    assert codes(*near) == []


def test_text_beside_its_own_record_is_not_counted_twice() -> None:
    record = notice("001", total=yuan(10)).dumps()
    made = read_register([("001.txt", "未偿本息总额: 10亿元"), ("all.jsonl", record + "\n")])
    assert [n.total for n in made.notices] == [yuan(10)]


def test_a_file_without_a_notice_is_left_out_and_said_so() -> None:
    made = read_register([("shopping.txt", "milk, bread")])
    assert made.notices == ()
    assert [finding.code for finding in made.findings] == ["M015"]


def test_two_different_notices_with_one_id_are_said_so() -> None:
    lines = "\n".join(notice("1", total=yuan(i)).dumps() for i in (1, 2))
    assert [finding.code for finding in read_register([("all.jsonl", lines)]).findings] == ["M014"]


def test_a_json_file_that_is_no_notice_names_its_file_and_line() -> None:
    with pytest.raises(BadNotice, match=r"mine\.jsonl:2"):
        read_register([("mine.jsonl", notice().dumps() + '\n{"id": "b", "loans": "many"}\n')])


def test_every_finding_speaks_both_languages() -> None:
    made = market_statistics(make_register([notice(borrowers=3, loans=2)]))
    finding = made.findings[0]
    assert "3 borrowers on 2 loans" in finding.says("en")
    assert "3 户" in finding.says("zh")
    assert json.loads(json.dumps(statistics_json(made)))["findings"][0]["code"] == "M006"


amounts = st.integers(1, 10**12)


@given(
    st.lists(
        st.tuples(amounts, amounts, st.sampled_from(["国有大型商业银行", "消费金融公司", None])),
        min_size=1,
        max_size=12,
    )
)
def test_groups_add_up_to_the_whole_whatever_the_register(rows: list[tuple[int, int, str | None]]) -> None:
    notices = [
        notice(
            str(i), period=str(i), total=Decimal(t).scaleb(-2), loans=n, seller_type=s, start_price=Decimal(1)
        )
        for i, (t, n, s) in enumerate(rows)
    ]
    made = market_statistics(make_register(notices))
    for groups in made.listed_by.values():
        assert sum(g.n for g in groups) == made.listed.n == len(rows)
        assert sum(g.total.sum for g in groups) == made.listed.total.sum == sum(n.total or 0 for n in notices)
        assert sum(g.start_discount.price for g in groups if g.start_discount) == len(rows)
    ratio = made.listed.start_discount
    assert ratio is not None
    assert ratio.least <= ratio.ratio <= ratio.most


def test_tables_have_as_many_cells_as_heads_in_both_languages() -> None:
    made = market_statistics(
        make_register(
            [
                notice(
                    total=yuan(9), start_price=yuan(1), sold_price=yuan(1), weighted_overdue_days=Decimal(400)
                )
            ]
        )
    )
    for lang in ("en", "zh"):
        for sheet in sheets(made, lang):  # type: ignore[arg-type]
            assert {len(row) for row in sheet.rows} == {len(sheet.columns)}, sheet.title


def test_a_price_without_a_total_has_no_ratio() -> None:
    assert price_over_total(notice(start_price=yuan(1))) is None
