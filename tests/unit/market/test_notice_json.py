"""A notice goes out as JSON with every key and comes back; what does not fit is refused in one clear line."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from postloan.market import KEYS, BadNotice, Notice, checks_of, completed, contradictions


def exact(**changes: object) -> Notice:
    values: dict[str, object] = {
        "id": "one", "seller": "甲消费金融有限公司", "principal": Decimal("900.50"), "interest": Decimal("99.50"),
        "total": Decimal("1000.00"), "loans": 3, "borrowers": 2,
    }  # fmt: skip
    return Notice(**{**values, **changes})  # type: ignore[arg-type]


def test_every_key_is_there_in_order_whatever_is_known() -> None:
    record = Notice(id="bare").to_json()
    assert tuple(record) == KEYS
    assert record["total"] is None
    assert record["as_reported"] == {}
    assert record["source"] == {"site": None, "date": None}


def test_whole_amounts_are_ints_and_others_floats_as_in_the_published_collection() -> None:
    record = exact(total=Decimal("581000000.00")).to_json()
    assert json.dumps([record["total"], record["principal"]]) == "[581000000, 900.5]"


def test_json_comes_back_exactly_even_where_binary_floats_could_not() -> None:
    notice = completed(exact(total=Decimal("66369783.05"), five_class={"损失": 3}))
    assert Notice.loads(notice.dumps()) == notice


def test_absent_keys_are_silent_and_a_float_record_is_read_too() -> None:
    notice = Notice.from_json({"id": "x", "total": 0.1, "written_off": "全部"})
    assert notice.total == Decimal("0.1")
    assert notice.written_off == "全部"
    assert notice.loans is None


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ([1], ["object"]),
        (None, ["object"]),
        ({"id": "x", "totl": 1}, ["'totl'", "'total'"]),
        ({"total": 1}, ["'id'"]),
        ({"id": ""}, ["'id'"]),
        ({"id": "x", "total": "5.81亿元"}, ["'total'", "66369783.05"]),
        ({"id": "x", "total": -1}, ["'total'", "nought"]),
        ({"id": "x", "total": 1.234}, ["'total'", "two decimals"]),
        ({"id": "x", "total": 1e30}, ["'total'"]),
        ({"id": "x", "total": float("nan")}, ["'total'"]),
        ({"id": "x", "total": True}, ["'total'"]),
        ({"id": "x", "loans": 1.5}, ["'loans'", "whole"]),
        ({"id": "x", "loans": "756"}, ["'loans'", "whole"]),
        ({"id": "x", "cutoff_date": "20250630"}, ["'cutoff_date'", "2025-06-30"]),
        ({"id": "x", "cutoff_date": "2025-02-30"}, ["'cutoff_date'"]),
        ({"id": "x", "bid_deadline": "2025-06-30 25:00"}, ["'bid_deadline'"]),
        ({"id": "x", "five_class": ["损失"]}, ["'five_class'"]),
        ({"id": "x", "five_class": {"损失": -1}}, ["'five_class'"]),
        ({"id": "x", "five_class": {}}, ["'five_class'", "null"]),
        ({"id": "x", "written_off": "many"}, ["'written_off'"]),
        ({"id": "x", "text_form": "pdf"}, ["'text_form'", "press"]),
        ({"id": "x", "tolerance": {"total": "0"}}, ["'tolerance'"]),
        ({"id": "x", "source": "paper"}, ["'source'"]),
        ({"id": "x", "seller": 5}, ["'seller'"]),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_its_key_and_the_remedy(
    record: object, words: list[str]
) -> None:
    with pytest.raises(BadNotice) as caught:
        Notice.from_json(record, where="my.json")
    for language in ("en", "zh"):
        message = caught.value.message(language)  # type: ignore[arg-type]
        assert message.startswith("my.json")
        assert "\n" not in message
    for word in words:
        assert word in caught.value.message("en")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"id": 1e999999999999}', "\x00"])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(BadNotice):
        Notice.loads(text)


def test_checks_are_only_those_that_the_figures_allow() -> None:
    assert checks_of(Notice(id="x")) == {}
    notice = exact(start_price=Decimal(100), five_class={"损失": 2, "可疑": 1}, guarantee={"信用": "全部"})
    assert checks_of(notice) == {
        "p_plus_i": True,
        "start_over_total": Decimal("0.100000"),
        "start_over_principal": Decimal("0.111049"),
        "five_class_sums_to_loans": True,
    }


def test_a_bound_is_no_figure_to_check() -> None:
    notice = exact(total=Decimal(5000), tolerance={"total": None})
    assert "p_plus_i" not in checks_of(notice)
    assert contradictions(notice) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": Decimal("1000.01")}, "N001"),
        ({"five_class": {"损失": 2}}, "N002"),
        ({"litigation": {"未诉": 4}}, "N003"),
        ({"guarantee": {"信用": 1}}, "N004"),
        ({"borrowers": 4}, "N005"),
        ({"avg_borrower": Decimal("400.00")}, "N006"),
        ({"max_borrower": Decimal("1000.01")}, "N011"),
        ({"written_off": 4}, "N012"),
        ({"avg_borrower": Decimal("500.00"), "max_borrower": Decimal("499.99")}, "N014"),
        ({"cutoff_date": "2025-06-30", "published": "2025-05"}, "N013"),
    ],
)
def test_each_contradiction_is_one_finding_in_both_languages(changes: dict[str, object], code: str) -> None:
    found = contradictions(exact(**changes))
    assert [finding.code for finding in found] == [code]
    for language in ("en", "zh"):
        assert "{" not in found[0].says(language) + found[0].mend(language)  # type: ignore[arg-type]


def test_rounded_figures_contradict_nothing_within_their_tolerance() -> None:
    rounded = exact(
        principal=Decimal(1_453_000_000), interest=Decimal(2_007_000_000), total=Decimal(3_461_000_000),
        tolerance=dict.fromkeys(("principal", "interest", "total"), Decimal(500_000)),
    )  # fmt: skip
    assert contradictions(rounded) == []
    assert checks_of(rounded)["p_plus_i"] is True
