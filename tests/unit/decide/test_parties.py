"""A seller's name usually gives its type away; what it does not give away stays unknown."""

from __future__ import annotations

from datetime import date

import pytest

from postloan.decide.parties import Party, guess_party, party_type, party_types, region_of
from postloan.decide.sale import Sale, sale_findings
from postloan.rules import load_book


@pytest.mark.parametrize(
    ("name", "kind", "region"),
    [
        ("重庆蚂蚁消费金融有限公司", "consumer_finance", "重庆"),
        ("中银消费金融有限公司", "consumer_finance", None),
        ("南银法巴消费金融有限公司", "consumer_finance", None),
        ("兴业消费金融股份公司", "consumer_finance", None),
        ("中国银行股份有限公司天津市分行", "state_bank", None),
        ("中国邮政储蓄银行股份有限公司", "state_bank", None),
        ("某国有行河北省分行", "state_bank", None),
        ("中国农业发展银行", "policy_bank", None),
        ("国家开发银行", "policy_bank", None),
        ("中国民生银行股份有限公司信用卡中心", "joint_stock_bank", None),
        ("上海浦东发展银行股份有限公司信用卡中心", "joint_stock_bank", "上海"),
        ("某股份制银行", "joint_stock_bank", None),
        ("大众汽车金融(中国)有限公司", "auto_finance", None),
        ("江苏灌南农村商业银行股份有限公司", "rural_bank", "江苏"),
        ("北京农商银行", "rural_bank", "北京"),
        ("江苏银行股份有限公司", "city_bank", "江苏"),
        ("南京银行股份有限公司", "city_bank", "江苏"),
        ("宁波银行", "city_bank", "浙江"),
        ("成都银行", "city_bank", "四川"),
        ("某城商行", "city_bank", None),
        ("深圳前海微众银行股份有限公司", "private_bank", "广东"),
        ("汇丰银行（中国）有限公司", "foreign_bank", None),
        ("中国信达资产管理股份有限公司", "amc", None),
        ("浙江省浙商资产管理股份有限公司", "local_amc", "浙江"),
        ("工银金融资产投资有限公司", "aic", None),
        ("国投泰康信托有限公司", "trust", None),
        ("光大金融租赁股份有限公司", "financial_leasing", None),
        ("某某科技有限公司", "unknown", None),
        ("", "unknown", None),
    ],
)
def test_a_name_gives_its_type_and_region_away(name, kind, region):
    assert guess_party(name) == Party(kind, region)


def test_a_type_is_known_by_code_and_by_its_term_in_both_languages():
    for code, kind in party_types().items():
        assert {party_type(code), party_type(kind.terms["en"]), party_type(kind.terms["zh"])} == {code}
    assert party_type("杂货店") == "unknown"


def test_every_type_that_a_rule_names_is_known():
    for rule in ("CN-TRF-01", "CN-TRF-02"):
        for parameter in load_book().rule(rule).parameters.values():
            if parameter.name == "regions":
                continue
            for dated in parameter.values:
                assert set(dated.value) <= set(party_types())


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("江苏省", "江苏"),
        ("北京市", "北京"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("火星", None),
    ],
)
def test_a_region_has_a_short_form(text, short):
    assert region_of(text) == short


def test_every_region_of_the_rules_is_a_known_region():
    for dated in load_book().rule("CN-TRF-01").parameters["regions"].values:
        assert [region_of(region) for region in dated.value] == list(dated.value)


def test_findings_of_a_sale_read_well_in_both_languages():
    sale = Sale("city_bank", "四川", "trust", date(2027, 1, 1))
    english = [finding.says("en") for finding in sale_findings(sale, load_book(), 7)]
    chinese = [finding.says("zh") for finding in sale_findings(sale, load_book(), 7)]
    assert english[0] == (
        "On 2027-01-01 nothing may be sold under the pilot, whose last day is 2026-12-31. Every loan is refused."
    )
    assert "city bank 城市商业银行 (四川)" in english[1]
    assert "trust company 信托公司" in chinese[2]
    assert len(english) == len(chinese) == 3
