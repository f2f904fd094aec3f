from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.address import Context, normalise, normalise_each, normalise_table, parse_one

FORMS = {
    "浙江杭州西湖文三路12号华星大厦三号楼二单元501室 13800001111": "浙江省杭州市西湖区文三路12号华星大厦3幢2单元501室",
    "杭州市江干区下沙街道4号大街20号３＃楼2单元301室": "浙江省杭州市钱塘区下沙街道4号大街20号3幢2单元301室",
    "廣東省深圳市南山區科技路3棟三樓301房": "广东省深圳市南山区科技路3幢301室",
    "浙江省杭州市西湖区浙江省杭州市西湖区文三路十二号": "浙江省杭州市西湖区文三路12号",
    "宁波市江东区福明街道建设4路8号": "浙江省宁波市鄞州区福明街道建设四路8号",
    "雁荡镇响岭头村12号": "浙江省温州市乐清市雁荡镇响岭头村12号",
    "内蒙古呼和浩特市赛罕区大学东街": "内蒙古自治区呼和浩特市赛罕区大学东街",
    "恩施州利川市清江大道1号\x00😀": "湖北省恩施土家族苗族自治州利川市清江大道1号",
    "北京市朝阳区三里屯街道工体北路8号": "北京市朝阳区三里屯街道工体北路8号",
}


@pytest.mark.parametrize(("written", "form"), FORMS.items())
def test_addresses_written_in_many_ways_have_one_form(written, form):
    assert normalise(written).form == form


def test_a_merged_county_is_named_as_it_is_today_and_that_is_said():
    standard = normalise("杭州市江干区下沙街道4号大街")

    assert standard.adcode == "330114"
    assert [a.sentence() for a in standard.assumed if a.kind == "merged"] == [
        "county 江干区 is 钱塘区 today (2021)"
    ]
    assert [a.sentence("zh") for a in standard.assumed if a.kind == "merged"] == [
        "县级江干区现为钱塘区（2021年）"
    ]


def test_a_name_of_several_places_stays_as_it_is_until_context_decides():
    alone = normalise("鼓楼区中山路12号")
    decided = normalise("鼓楼区中山路12号", Context.of(telephone="025-88888888"))

    assert (alone.form, alone.reason) == ("鼓楼区中山路12号", "ambiguous")
    assert set(alone.ambiguous) == {"320106", "320302", "350102", "410204"}
    assert decided.form == "江苏省南京市鼓楼区中山路12号"
    assert decided.ambiguous == ()
    assert any(a.kind == "context" for a in decided.assumed)


def test_other_addresses_of_a_person_are_context():
    home = normalise("徐州市云龙区解放路1号")

    assert normalise("鼓楼区中山路12号", Context.of(others=[home])).adcode == "320302"


def test_names_that_contradict_each_other_are_all_kept():
    standard = normalise("浙江省南京市鼓楼区中山路")

    assert standard.form == "浙江省南京市鼓楼区中山路"
    assert standard.reason == "contradictory"
    assert standard.confidence < 0.6


def test_telephones_and_people_are_left_out_and_that_is_said():
    standard = normalise("浙江省杭州市西湖区文三路12号 0571-88888888 13800001111")

    assert standard.form == "浙江省杭州市西湖区文三路12号"
    assert "telephone" in standard.left_out


def test_a_parsed_address_has_the_form_of_its_text():
    text = "浙江杭州西湖文三路12号华星大厦三号楼二单元501室"

    assert normalise(parse_one(text)).form == normalise(text).form


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "missing"),
        ("", "empty"),
        (" 　", "empty"),
        ("abc", "no_chinese"),
        ("12345", "no_chinese"),
        ("x" * 10_000, "too_long"),
        ("浙江省" * 4_000, "too_long"),
        ("12 Main Street, Springfield", "no_chinese"),
        ("ул. Ленина 1", "no_chinese"),
        ("😀😀", "no_chinese"),
        ("\ud800", "no_chinese"),
        ("浙江省江苏省", "several_places"),
    ],
)
def test_what_is_no_address_has_little_trust_and_a_reason(text, reason):
    (standard,) = normalise_each([text])

    assert standard.reason == reason
    assert standard.confidence < 0.6


def test_the_table_has_a_row_a_text_in_order():
    texts = ["杭州市西湖区文三路1号", None, "鼓楼区", "\ud800杭州市"]
    table = normalise_table(texts, [None, None, Context.of(region="350000"), None])

    assert table.num_rows == 4
    assert table["adcode"].to_pylist() == ["330106", None, "350102", "330100"]
    assert table["text"].to_pylist()[1] is None


def test_no_texts_give_an_empty_table():
    assert normalise_table([]).num_rows == 0


PIECES = st.sampled_from(
    [
        "浙江省",
        "江苏省",
        "杭州市",
        "杭州",
        "西湖区",
        "江干区",
        "鼓楼区",
        "下沙街道",
        "龙港镇",
        "文三路",
        "建设4路",
        "三号楼",
        "3#",
        "2单元",
        "501",
        "室",
        "12号",
        "十二号",
        "-",
        " ",
        "　",
        "（",
        "）",
        "华星大厦",
        "张某某",
        "13800001111",
        "0571-88888888",
        "收货人",
        "与",
        "对面",
        "B座",
        "负一楼",
        "3F",
        "301室",
        "null",
        "中国",
        "\x00",
        "😀",
        "\ud800",
        "廣東",
        "１２",
        "幢",
        "村",
        "社区",
        "103号门",
        "10-2-301",
    ]
)
ADDRESSES = st.lists(PIECES | st.text(max_size=4), max_size=10).map("".join)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ADDRESSES, min_size=1, max_size=12),
    st.sampled_from([None, Context(("330100",)), Context(("320106",))]),
)
def test_a_form_put_into_form_again_stays_as_it_is(texts, context):
    once = normalise_each(texts, context, mode="fast")
    twice = normalise_each([standard.form for standard in once], context, mode="fast")

    assert [standard.form for standard in twice] == [standard.form for standard in once]
    for text, standard in zip(texts, once, strict=True):
        assert 0 <= standard.confidence <= 1
        assert len(standard.text) == len(text)


@settings(max_examples=25, deadline=None)
@given(st.lists(ADDRESSES, min_size=2, max_size=8))
def test_a_form_does_not_depend_on_the_rows_beside_it(texts):
    together = normalise_each(texts, mode="fast")

    assert [standard.form for standard in together] == [normalise(text, mode="fast").form for text in texts]
