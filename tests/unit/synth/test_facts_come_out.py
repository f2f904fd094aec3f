from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.kernel.money import round_to
from postloan.synth import package_names, package_notice, synthesize
from postloan.tape.terms import words

EXACT = ("principal", "interest", "total", "other_fees", "max_borrower", "loans", "borrowers", "written_off")
ROUNDED = ("avg_borrower", "weighted_credit_limit", "weighted_overdue_days", "weighted_age")
BREAKDOWNS = {"five_class": "grades", "guarantee": "guarantees", "litigation": "litigation"}


def agree(notice: dict[str, Any], found: dict[str, Any]) -> None:
    for name in EXACT:
        if notice.get(name) is not None and not notice["tolerance"].get(name):
            wanted = found["loans"] if notice[name] == "全部" else notice[name]
            assert found[name] == Decimal(str(wanted)), name
    for name in ROUNDED:
        if notice.get(name) is not None and not notice["tolerance"].get(name):
            assert round_to(Fraction(found[name]), 2) == Decimal(str(notice[name])).quantize(
                Decimal("0.01")
            ), name
    for name, enum in BREAKDOWNS.items():
        for term, count in (notice.get(name) or {}).items():
            wanted = found["loans"] if count == "全部" else count
            assert found[name].get(words(enum)[term], 0) == wanted, (name, term)
    if notice.get("cutoff_date"):
        assert found["cutoff_date"] == {notice["cutoff_date"]}
    assert found["least_owed"] > 0
    assert found["least_principal"] > 0


@st.composite
def partitions(draw: st.DrawFn, whole: int, kinds: tuple[str, ...]) -> dict[str, int]:
    cuts = sorted(draw(st.lists(st.integers(0, whole), min_size=len(kinds) - 1, max_size=len(kinds) - 1)))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, whole], strict=True)]
    return {kind: part for kind, part in zip(kinds, parts, strict=True) if part}


@st.composite
def notices(draw: st.DrawFn) -> dict[str, Any]:
    """Notices whose facts agree with each other; any of them may be unknown."""
    borrowers = draw(st.integers(25, 80))
    loans = borrowers + draw(st.integers(0, 80))
    total = draw(st.integers(borrowers * 100_000, borrowers * 30_000_000))  # fen
    interest = draw(st.integers(0, total * 6 // 10))
    average = Fraction(total, borrowers)
    largest = int(average * draw(st.fractions(Fraction(3, 2), 8)))
    notice: dict[str, Any] = {
        "id": "drawn",
        "seller": draw(st.sampled_from(["示例消费金融有限公司", "示例银行股份有限公司广东省分行"])),
        "product": draw(
            st.sampled_from(["个人消费贷款", "信用卡透支", "个人经营类贷款", "个人消费及经营性贷款"])
        ),
        "principal": float(Decimal(total - interest) / 100),
        "interest": float(Decimal(interest) / 100),
        "total": float(Decimal(total) / 100),
        "other_fees": float(Decimal(draw(st.integers(0, 10**7))) / 100),
        "max_borrower": float(Decimal(min(largest, total // 2)) / 100),
        "avg_borrower": float((Decimal(total) / 100 / borrowers).quantize(Decimal("0.01"), ROUND_HALF_UP)),
        "weighted_credit_limit": float(draw(st.decimals(1_000, 300_000, places=2))),
        "loans": loans,
        "borrowers": borrowers,
        "weighted_overdue_days": float(draw(st.decimals(95, 3_000, places=2))),
        "weighted_age": float(draw(st.decimals(30, 52, places=2))),
        "five_class": draw(partitions(loans, ("损失", "可疑", "次级"))),
        "written_off": draw(st.one_of(st.just("全部"), st.integers(0, loans))),
        "guarantee": draw(st.one_of(st.just({"信用": "全部"}), partitions(loans, ("信用", "保证", "其他")))),
        "litigation": draw(partitions(loans, ("未诉", "诉讼中", "已判未执", "执行中", "终本执行"))),
        "cutoff_date": draw(st.dates(min_value=date(2021, 1, 1), max_value=date(2026, 6, 30))).isoformat(),
    }
    for name in draw(st.sets(st.sampled_from([n for n in notice if n not in ("id", "cutoff_date")]))):
        notice[name] = None
    return {**notice, "tolerance": {}}


@given(notice=notices(), seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_published_figure_comes_out_to_its_printed_digit(disclosure, notice, seed):
    agree(notice, disclosure(synthesize(notice, seed=seed)))


def test_one_borrower_owes_the_largest_balance_and_nobody_more(disclosure, small):
    found = disclosure(synthesize(small, seed=3))

    agree(small, found)
    assert found["at_max"] == 1


def test_the_first_packaged_notice_comes_out_with_all_its_printed_values(disclosure, ant):
    notice = {**package_notice("ant-2025-1"), "tolerance": {}}

    found = disclosure(ant)

    agree(notice, found)
    assert found["at_max"] == 1


def test_packaged_notices_name_their_source():
    assert package_names() == ("ant-2025-1", "nanyin-faba-2025")
    for name in package_names():
        assert package_notice(name)["source"]["site"]
        assert package_notice(name)["source"]["date"]


@pytest.mark.parametrize("seed", range(5))
def test_a_handful_of_loans_still_meets_two_decimals(disclosure, seed):
    notice = {
        "id": "few",
        "product": "个人经营类贷款",
        "period": "2025年第1期",
        "total": 812_345.67,
        "loans": 5,
        "borrowers": 4,
        "weighted_overdue_days": 412.37,
        "weighted_age": 43.21,
        "weighted_credit_limit": 250_000.01,
        "tolerance": {},
    }

    agree(notice, disclosure(synthesize(notice, seed=seed)))
