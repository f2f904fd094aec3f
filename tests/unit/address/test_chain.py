from __future__ import annotations

import pytest

from postloan.address.chain import Assumption
from postloan.address.context import Context
from postloan.address.divisions import namings, region_of, regions
from postloan.address.gazetteer import townships_of
from postloan.address.resolve import resolve


@pytest.mark.parametrize(
    ("names", "adcode", "current", "township"),
    [
        (("浙江省", "杭州市", "西湖区", "文新街道"), "330106", "330106", "330106006"),
        (("", "义乌市", "", ""), "330782", "330782", ""),
        (("上海", "", "浦东", ""), "310115", "310115", ""),
        (("北京市", "北京市", "朝阳区", "三里屯街道"), "110105", "110105", "110105004"),
        (("", "恩施州", "利川市", ""), "422802", "422802", ""),
        (("內蒙古", "", "賽罕區", ""), "150105", "150105", ""),
        (("浙江省", "", "", ""), "330000", "330000", ""),
        (("", "杭州市", "余杭区", "良渚镇"), "330110", "330110", "330110013"),
        (("", "杭州市", "余杭区", "乔司镇"), "330110", "330113", "330113005"),
        (("", "", "没有这个区", ""), "", "", ""),
    ],
)
def test_names_fix_the_deepest_division_on_which_they_agree(names, adcode, current, township):
    chain = resolve(*names)

    assert (chain.adcode, chain.current, chain.township, chain.reason) == (adcode, current, township, "")


@pytest.mark.parametrize(
    ("names", "adcode", "current", "assumed"),
    [
        (("", "杭州市", "江干区", "采荷街道"), "330104", "330102", ("merged", "county", "江干区", "上城区", 2021)),
        (("", "杭州市", "江干区", "下沙街道"), "330104", "330114", ("merged", "county", "江干区", "钱塘区", 2021)),
        (("", "杭州市", "余杭区", "乔司街道"), "330110", "330113", ("moved", "county", "余杭区", "临平区", None)),
        (("湖北省", "襄樊市", "", ""), "420600", "420600", ("renamed", "prefecture", "襄樊市", "襄阳市", 2010)),
        (("", "", "余杭市", ""), "330184", "330110", ("merged", "county", "余杭市", "余杭区", 2001)),
        (("四川省", "重庆市", "渝中区", ""), "510202", "500103", ("merged", "province", "四川省", "重庆市", None)),
        (("广东省", "惠阳地区", "陆丰县", ""), "442530", "441581", ("merged", "county", "陆丰县", "陆丰市", 1988)),
    ],
)  # fmt: skip
def test_an_earlier_name_leads_to_what_it_became_and_says_when(names, adcode, current, assumed):
    chain = resolve(*names)

    assert (chain.adcode, chain.current) == (adcode, current)
    assert Assumption(*assumed) in chain.assumed


def test_one_of_several_places_is_never_picked():
    chain = resolve("", "", "鼓楼区")

    assert chain.adcode == ""
    assert chain.ambiguous == ("320106", "320302", "350102", "410204")


def test_a_province_keeps_the_choice_inside_it():
    chain = resolve("江苏省", "", "鼓楼区")

    assert (chain.adcode, chain.ambiguous) == ("320000", ("320106", "320302"))


def test_a_township_decides_between_counties_of_one_name():
    assert resolve("", "", "鼓楼区", "湖南路街道").township == "320106003"


@pytest.mark.parametrize(
    ("context", "adcode"),
    [
        (Context.of(telephone="0371-22222222"), "410204"),
        (Context.of(identity="350102199001011234"), "350102"),
        (Context.of(others=[resolve("", "徐州市", "云龙区")]), "320302"),
        (Context.of(telephone="13800001111", identity="what is this"), ""),
        (Context.of(identity="320582"), ""),  # two of the four lie in Jiangsu
    ],
)
def test_context_decides_only_where_it_singles_out_one(context, adcode):
    chain = resolve("", "", "鼓楼区", context=context)

    assert chain.adcode == adcode
    assert bool(chain.ambiguous) == (not adcode)


@pytest.mark.parametrize(
    "names", [("浙江省", "南京市", "鼓楼区"), ("浙江省", "杭州市", "义乌市"), ("浙江", "江苏", "")]
)
def test_names_that_contradict_each_other_are_said_to(names):
    chain = resolve(*names)

    assert chain.reason == "contradictory"
    assert len(chain.ambiguous) > 1


def test_a_township_alone_fixes_its_county_only_when_asked_to():
    assert resolve("", "", "", "雁荡镇").adcode == ""
    assert resolve("", "", "", "雁荡镇", far=True).adcode == "330382"


def test_a_township_whose_name_others_have_or_had_with_another_word_fixes_nothing():
    chain = resolve(
        "", "", "", "九堡镇", far=True
    )  # a town in Jiangxi, and what 九堡街道 in Hangzhou was called

    assert chain.adcode == ""
    assert len(chain.ambiguous) > 1


def test_a_prefecture_whose_code_ends_in_zero_keeps_its_townships_to_itself():
    assert resolve("", "台州市", "", "紧水滩镇").current == "331000"  # a town of 丽水, the next code


def test_what_an_abolished_division_became_is_in_force():
    for naming in namings():
        for code in naming.became:
            assert regions()[code].current, naming


def test_nine_in_ten_abolished_names_lead_to_a_division_in_force():
    past = [naming for naming in namings() if not naming.current]

    assert len(past) > 4_000
    assert sum(bool(naming.became) for naming in past) / len(past) > 0.9


def test_nineteen_in_twenty_counties_have_coordinates_inside_china():
    counties = [r for r in regions().values() if r.current and r.level == "county" and not r.is_heading]
    placed = [r for r in counties if r.longitude is not None and r.latitude is not None]

    assert len(placed) / len(counties) > 0.94
    assert all(73 < (r.longitude or 0) < 136 and 3 < (r.latitude or 0) < 54 for r in placed)


def test_townships_lie_in_their_county():
    towns = townships_of("330106")

    assert towns["文新街道"] == "330106006"
    assert region_of("330106") is not None
    assert all(code.startswith("330106") for code in towns.values())
