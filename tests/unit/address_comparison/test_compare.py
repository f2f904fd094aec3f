from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from postloan.address.comparison import LEVELS, compare, compare_pairs
from postloan.address.parsing import parse_one
from postloan.kernel import InputError

PIECES = (
    "浙江省", "杭州市", "余杭区", "五常大道", "156号", "3幢", "2单元", "501室", "广东省", "江西", "鼓楼区", "新田村",
    "六组", "（", ")", "收件人王小明", "13800000000", "９８７號", "ABC", " ", "\n", "\x00", "😀", "\ud800", "二十三",
    "阳光小区", "Room 5, No. 12 Wuchang Avenue", "3-2-501", "十百零", "负一层", "乾隆年间" * 8,
)  # fmt: skip
ADDRESS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), st.text(max_size=30))
HOME = "浙江省杭州市西湖区文三路12号华星大厦3幢2单元501室"


@pytest.mark.parametrize(
    "other",
    [
        "杭州文三路12号华星大厦3-2-501",
        "浙江省杭州市西湖区文三路12号华星大厦三号楼二单元501",
        "西湖区文三路１２号华星大厦3#2单元５０１室",
        "浙江省杭州市西湖区文叁路12号华星大厦3栋2单元501室",
        "浙江省杭州市西湖区文三路12号华兴大厦3幢2单元501室",
        "浙江省 杭州市 西湖区 文三路12号 华星大厦 3幢 2单元 501室",
    ],
)
def test_other_ways_of_writing_are_the_same_unit(other):
    found = compare(HOME, other)
    assert found.same, found.words()
    assert found.level == "unit", found.words()


@pytest.mark.parametrize(
    ("other", "level"),
    [
        ("浙江省杭州市西湖区文三路12号华星大厦3幢2单元502室", "building"),
        ("浙江省杭州市西湖区文三路12号华星大厦5幢2单元501室", "site"),
        ("浙江省杭州市西湖区文三路14号华星大厦3幢2单元501室", "site"),
        ("浙江省杭州市西湖区学院路12号", "area"),
        ("四川省成都市武侯区人民南路四段12号", "different"),
    ],
)
def test_another_number_or_road_is_another_place_that_may_lie_near(other, level):
    found = compare(HOME, other)
    assert not found.same, found.words()
    assert found.level == level, found.words()


@pytest.mark.parametrize(
    ("other", "level"),
    [
        ("浙江省杭州市西湖区文三路12号华星大厦3幢", "building"),
        ("浙江省杭州市西湖区文三路12号华星大厦", "site"),
    ],
)
def test_a_coarser_address_is_not_contradicted(other, level):
    found = compare(HOME, other)
    assert found.same, found.words()
    assert found.level == level


def test_what_decides_is_named_in_both_languages():
    found = compare(HOME, HOME.replace("501", "502"))
    assert "room different: 501室, 502室" in found.words()
    assert "室号不同：501室、502室" in found.words("zh")


def test_roads_that_differ_in_a_number_or_direction_are_two_roads():
    assert not compare("杭州市西湖区文一路12号", "杭州市西湖区文二路12号").same
    assert not compare("成都市武侯区人民东路12号", "成都市武侯区人民西路12号").same


@pytest.mark.parametrize("nothing", ["", "  ", "\x00", "😀"])
def test_what_says_nothing_is_the_same_as_nothing(nothing):
    for other in (nothing, HOME):
        found = compare(nothing, other)
        assert (found.level, found.same) == ("different", False)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ADDRESS, ADDRESS)
@example("", "")
@example("\ud800", "9" * 500)
def test_it_does_not_matter_which_address_comes_first(one, other):
    there, back = compare(one, other), compare(other, one)
    assert (there.level, there.probability) == (back.level, back.probability)
    assert {(e.element, e.state) for e in there.evidence} == {(e.element, e.state) for e in back.evidence}
    assert there.level in LEVELS
    assert 0 <= there.probability <= 1
    assert there.words()
    assert there.words("zh")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ADDRESS)
def test_an_address_is_the_place_that_it_is(text):
    found = compare(text, text)
    silent = {"redundant", "person", "assist", "otherinfo", "country"}
    says = [
        e for e in parse_one(text).elements if e.label not in silent and re.search("[\u4e00-\u9fff]", e.text)
    ]
    if says:
        assert found.same, found.words()
    assert all(e.state == "same" for e in found.evidence)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(ADDRESS, ADDRESS), min_size=1, max_size=6))
def test_a_pair_among_many_gets_the_answer_that_it_gets_alone(pairs):
    table = compare_pairs(pairs).to_pylist()
    for (one, other), row in zip(pairs, table, strict=True):
        alone = compare(one, other, "fast")
        assert row["level"] == alone.level
        assert row["probability"] == pytest.approx(alone.probability, abs=1e-4)


def test_missing_texts_are_allowed_in_a_column_and_other_things_are_not():
    assert compare_pairs([(None, HOME), (HOME, HOME)]).column("same").to_pylist() == [False, True]
    with pytest.raises(InputError):
        compare_pairs([(1, HOME)])  # type: ignore[list-item]
