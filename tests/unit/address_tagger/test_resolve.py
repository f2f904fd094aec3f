from __future__ import annotations

from postloan.address.heads import leading_divisions
from postloan.address.resolve import resolve


def test_a_county_is_found_by_its_name_in_its_city():
    assert resolve("", "福州市", "鼓楼区").path == "福建省/福州市/鼓楼区"
    assert resolve("江苏", "南京", "鼓楼").adcode == "320106"


def test_a_name_that_fits_several_places_is_left_open():
    assert resolve("", "", "鼓楼区").adcode == ""
    assert resolve("江苏省", "", "鼓楼区").adcode == "320000"


def test_an_abolished_county_still_has_its_code():
    assert resolve("浙江省", "杭州市", "江干区").adcode == "330104"


def test_a_county_level_city_may_stand_in_the_place_of_the_prefecture():
    assert resolve("浙江省", "义乌市", "").path == "浙江省/金华市/义乌市"


def test_a_municipality_is_a_province_and_a_city_in_one():
    assert resolve("", "上海市", "").adcode == "310000"


def test_divisions_at_the_head_end_where_a_road_begins():
    assert [mark[:3] for mark in leading_divisions("杭州文三路")] == [("city", 0, 2)]
    assert leading_divisions("北京路12号") == []


def test_traditional_characters_name_the_same_place():
    assert resolve("廣東省", "深圳市", "南山區").adcode == "440305"


def test_a_prefecture_is_not_mixed_up_with_a_county_that_once_had_its_name():
    assert resolve("黑龙江省", "佳木斯市", "").adcode == "230800"


def test_of_abolished_codes_the_last_one_counts():
    assert resolve("广西", "百色市", "田阳县").adcode == "451021"
