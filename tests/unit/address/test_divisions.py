from __future__ import annotations

import pytest

from postloan.address import PROVINCES, divisions_table, known_codes, province_of, region_of, regions


@pytest.mark.parametrize(
    ("code", "name", "province", "prefecture", "current"),
    [
        ("110105", "朝阳区", "北京", "", True),
        ("510104", "锦江区", "四川", "成都市", True),
        ("110103", "崇文区", "北京", "", False),
        ("510202", "渝中区", "四川", "重庆市", False),
        ("330103", "下城区", "浙江", "杭州市", False),
        ("659012", "白杨市", "新疆", "", True),
        ("120110", "东丽区", "天津", "", True),
        ("830000", "台湾省", "台湾", "", True),
    ],
)
def test_a_code_in_force_or_abolished_names_its_place(code, name, province, prefecture, current):
    region = region_of(code)

    assert region is not None
    assert (region.name, region.province, region.prefecture, region.current) == (
        name, province, prefecture, current,
    )  # fmt: skip


def test_a_renamed_place_keeps_its_earlier_names():
    region = region_of("120110")

    assert region is not None
    assert region.names == ("东郊区", "东丽区")


@pytest.mark.parametrize("code", ["000000", "999999", "110188", "", "11010"])
def test_a_code_that_never_was_is_unknown(code):
    assert region_of(code) is None
    assert code not in known_codes()


def test_statistical_codes_of_development_zones_are_no_divisions():
    assert region_of("130171") is None


def test_a_province_is_known_even_where_the_county_is_not():
    assert province_of("110188") == "北京"
    assert province_of("99") is None


def test_every_code_has_six_digits_and_a_province():
    assert all(len(code) == 6 and code.isdigit() and code[:2] in PROVINCES for code in known_codes())


def test_about_2850_counties_are_in_force_in_34_provinces():
    current = [region for region in regions().values() if region.current and not region.is_heading]

    # Taiwan has two codes: its own and the one of residence permits
    assert len({region.province for region in current if region.level == "province"}) == 34
    assert 2830 <= sum(region.level == "county" for region in current) <= 2860


def test_the_table_holds_each_code_once():
    table = divisions_table()

    assert table.column_names == [
        "code", "name", "province", "prefecture", "current", "became", "longitude", "latitude",
    ]  # fmt: skip
    assert len(set(table["code"].to_pylist())) == table.num_rows == len(known_codes())
