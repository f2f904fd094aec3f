from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.address.deliverability import (
    CONTRADICTIONS,
    GRADE_WORDS,
    LADDER_WORDS,
    MISSING,
    deliverable,
    deliverable_batch,
    grade_schema,
)
from postloan.address.parsing import batch_of, parse_one

PIECES = (
    "浙江省", "杭州市", "西湖区", "文三路", "156号", "3幢", "2单元", "501室", "3楼", "江苏省", "鼓楼区", "新田村",
    "六组", "某某有限公司", "信箱", "阳光小区", "😀", "\ud800", "\x00", " ", "13800000000", "Room 5",
)  # fmt: skip
ADDRESS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), st.text(max_size=30))


@pytest.mark.parametrize(
    ("text", "grade", "ladder", "missing"),
    [
        ("浙江省杭州市西湖区文三路12号华星小区3幢2单元501室", "A", "flat", ()),
        ("浙江省杭州市西湖区文三路12号华星小区3幢", "B", "flat", ("room",)),
        ("浙江省杭州市西湖区文三路12号", "B", "plate", ("room",)),
        ("浙江省杭州市西湖区文三路", "C", "plate", ("road_no",)),
        ("浙江省杭州市西湖区华星小区", "C", "flat", ("building", "room")),
        ("浙江省杭州市西湖区", "D", "area", ("site",)),
        ("文三路12号华星小区3幢2单元501室", "D", "flat", ("city",)),
        ("浙江省", "E", "none", ("city", "site")),
        ("", "E", "none", ("city", "site")),
        ("四川省仪陇县马鞍镇琳琅村3组45号", "A", "village", ()),
        ("四川省仪陇县马鞍镇琳琅村3组", "B", "village", ("house",)),
        ("四川省仪陇县马鞍镇琳琅村", "C", "village", ("group", "house")),
        ("四川省仪陇县马鞍镇", "D", "area", ("site",)),
        ("湖南省长沙市岳麓区麓山南路932号中南大学", "A", "office", ()),
        ("浙江省台州市温岭市松门镇合兴船厂", "B", "office", ("where",)),
        ("甘肃省兰州市城关区2号信箱", "A", "box", ()),
    ],
)
def test_each_kind_of_place_has_a_ladder_of_its_own(text, grade, ladder, missing):
    found = deliverable(text)
    assert (found.grade, found.ladder, found.missing) == (grade, ladder, missing), found


def test_the_question_asks_for_what_is_needed_most_in_both_languages():
    found = deliverable("浙江省杭州市西湖区文三路")
    assert (found.question_en, found.question_zh) == ("Which number on 文三路?", "请问是文三路多少号？")
    assert deliverable("文三路12号").question_zh == "请问在哪个市、哪个区（县）？"
    assert deliverable("浙江省杭州市西湖区文三路12号华星小区3幢2单元501室").question_en == ""


@pytest.mark.parametrize(
    ("text", "fault", "worst"),
    [
        ("浙江省杭州市西湖区文三路12号3楼501室", "floor", "B"),
        ("浙江省杭州市江苏省南京市中山路1号", "provinces", "D"),
        ("福州市南京市鼓楼区中山路12号", "provinces", "D"),
    ],
)
def test_what_contradicts_itself_is_named_and_asked_about(text, fault, worst):
    found = deliverable(text)
    assert fault in found.contradictions
    assert found.grade >= worst
    assert CONTRADICTIONS[fault][0] in found.words()
    assert found.question_zh


def test_a_floor_that_fits_its_room_is_no_contradiction():
    for text in ("文三路12号5楼501室", "文三路12号12层1203室", "文三路12号地下一层"):
        assert deliverable("浙江省杭州市西湖区" + text).contradictions == ()


def test_a_name_that_several_cities_have_leaves_the_city_open():
    assert deliverable("鼓楼区中山路12号").missing[0] == "city"
    assert "city" not in deliverable("福州市鼓楼区中山路12号").missing


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ADDRESS, min_size=1, max_size=6))
def test_no_text_is_refused_and_each_row_gets_its_own_answer(texts):
    batch = deliverable_batch(batch_of(texts, "fast", "default"))
    assert batch.schema == grade_schema()
    for text, row in zip(texts, batch.to_pylist(), strict=True):
        alone = deliverable(text, "fast")
        assert (row["grade"], row["ladder"], row["missing"], row["contradictions"], row["question_en"]) == (
            alone.grade, alone.ladder, list(alone.missing), list(alone.contradictions), alone.question_en,
        )  # fmt: skip
        assert alone.grade in GRADE_WORDS
        assert alone.ladder in LADDER_WORDS
        assert set(alone.missing) <= set(MISSING)
        assert alone.words("zh")
        assert bool(alone.question_en) == bool(alone.question_zh)
        assert alone.question_en or alone.grade == "A"


def test_what_was_parsed_before_is_judged_without_parsing_again():
    assert deliverable(parse_one("浙江省杭州市西湖区文三路")) == deliverable("浙江省杭州市西湖区文三路")
