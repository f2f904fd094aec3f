"""Cases that a lawyer can read and add to: cases.yaml holds them as sentences."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from postloan.decide import Grade, LoanFacts, Sale, SaleFacts, classify, may_sell
from postloan.rules import load_book


class _Cases(yaml.SafeLoader):
    """``on`` is a word, not a flag."""


_Cases.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if first not in "oO" or not tag.endswith("bool")]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
CASES = yaml.load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"), Loader=_Cases)


def grade_of(name: str | None) -> Grade | None:
    return Grade(name) if name else None


@pytest.mark.parametrize("case", CASES["grades"], ids=lambda case: case["case"])
def test_grade(case):
    facts = LoanFacts(
        days_overdue=case["days_overdue"],
        restructured_times=case.get("restructured_times", 0),
        again_in_observation=case.get("again_in_observation"),
        refinanced=case.get("refinanced", False),
    )
    decision = classify(facts, load_book(), case["on"])
    assert (decision.grade, list(decision.because)) == (grade_of(case["grade"]), case["because"])
    assert decision.rule_book == load_book().version
    assert {value.rule for value in decision.used} >= set(case["because"])


@pytest.mark.parametrize("case", CASES["transfers"], ids=lambda case: case["case"])
def test_transfer(case):
    facts = SaleFacts(
        product=case.get("product", "consumer"),
        guarantee=case.get("guarantee", "credit"),
        grade=grade_of(case.get("grade", "loss")),
        seller_grade=grade_of(case.get("seller_grade", "loss")),
        written_off=case.get("written_off", False),
        flags=frozenset(case.get("flags", ())),
        quarantined=case.get("quarantined", False),
    )
    sale = Sale(
        seller_type=case.get("seller_type", "consumer_finance"),
        seller_region=case.get("seller_region"),
        buyer_type=case.get("buyer_type", "amc"),
        on=case["on"],
    )
    decision = may_sell(facts, sale, load_book())
    assert decision.answer == case["answer"]
    if "because" in case:
        assert list(decision.because) == case["because"]
    assert decision.because
    assert decision.rule_book == load_book().version


def test_the_allowing_decision_names_every_rule_that_was_passed():
    decision = may_sell(
        SaleFacts("consumer", "credit", Grade.LOSS, written_off=True),
        Sale("consumer_finance", None, "amc", date(2025, 6, 30)),
        load_book(),
    )
    assert decision.because == (
        *("CN-TRF-01", "CN-TRF-02", "CN-TRF-03", "CN-TRF-04", "CN-TRF-05", "CN-TRF-06", "CN-TRF-07"),
        *("CN-TRF-08", "CN-CLS-07"),
    )


def test_banks_of_exactly_the_eleven_named_regions_may_sell():
    named = {"北京", "河北", "内蒙古", "辽宁", "黑龙江", "上海", "江苏", "浙江", "河南", "广东", "甘肃"}
    others = {
        "天津",
        "山西",
        "吉林",
        "安徽",
        "福建",
        "江西",
        "山东",
        "湖北",
        "湖南",
        "广西",
        "海南",
        "重庆",
        "四川",
        "云南",
        "陕西",
        "新疆",
    }
    facts = SaleFacts("consumer", "credit", Grade.LOSS)
    allowed = {
        region
        for region in named | others
        if may_sell(facts, Sale("city_bank", region, "amc", date(2025, 6, 30)), load_book()).answer == "allow"
    }
    assert allowed == named
