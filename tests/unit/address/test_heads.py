from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.address import parse, parse_one
from postloan.address.heads import leading_divisions


def names(text: str) -> list[tuple[str, str]]:
    return [(label, text[start:end]) for label, start, end, _ in leading_divisions(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("浙江省杭州市西湖区文新街道文三路12号", "浙江省 杭州市 西湖区 文新街道"),
        ("浙江 杭州 余杭 良渚街道", "浙江 杭州 余杭 良渚街道"),
        ("浙江-宁波-镇海区-车站路", "浙江 宁波 镇海区"),
        ("浙江省宁波镇海区车站路", "浙江省 宁波 镇海区"),
        ("廣東省深圳市南山區科技路", "廣東省 深圳市 南山區"),
        ("上海市上海市闵行区浦江镇", "上海市 闵行区 浦江镇"),
        ("上海市浦东新区", "上海市 浦东新区"),
        ("浙江省温州市浙江省温州市瑞安市塘下镇", "浙江省 温州市 瑞安市 塘下镇"),
        ("中国浙江省绍兴市null浙江绍兴市柯桥区", "浙江 绍兴市 柯桥区"),
        ("浙江省杭州市西湖区浙江省人民医院", "浙江省 杭州市 西湖区"),
        ("东山街道秦皇岛市北戴河区黑石路", "秦皇岛市 北戴河区"),
        ("广西省贺州市平桂县望高镇", "广西省 贺州市 平桂县 望高镇"),
        ("绍兴市绍兴县柯桥区", "绍兴市 柯桥区"),
        ("邮寄地址：浙江省杭州市萧山区宁围镇", "浙江省 杭州市 萧山区 宁围镇"),
        ("巴音郭楞州库尔勒市", "巴音郭楞州 库尔勒市"),
        ("杭州古墩路12号", "杭州"),
    ],
)
def test_the_divisions_at_the_head_are_found_as_people_write_them(text, found):
    assert " ".join(name for _, name in names(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "温州路12号",
        "杭州大厦3楼",
        "浙江大学紫金港校区",
        "中山北路8号",
        "朝阳路1号",
        "宁波高新区聚贤路",
        "延安西路",
        "新华书店",
        "人民路1号",
        "金华里2号",
    ],
)
def test_a_road_or_building_named_after_a_place_is_no_division(text):
    assert names(text) == []


def test_a_batch_says_the_same_as_one_address_alone():
    texts = [
        "浙江省杭州市西湖区文新街道文三路12号",
        "",
        "  ",
        "abc",
        "鼓楼区中山路",
        "浙江省江苏省南京市",
        "杭州市",
        "x\x00杭州市",
        "廣東省深圳市",
    ]
    table = parse([*texts, None], "divisions").to_pylist()

    assert table[-1]["text"] is None
    assert table[-1]["reason"] == "missing"
    for text, row in zip(texts, table, strict=False):
        alone = parse_one(text, "divisions")
        assert row["text"] == text
        assert [e["text"] for e in row["elements"]] == [e.text for e in alone.elements]
        assert (row["adcode"] or "", row["division_path"] or "") == (alone.adcode, alone.division_path)
        assert (row["reason"] or "") == alone.reason
        assert row["confidence"] == pytest.approx(alone.confidence, abs=1e-3)


def test_a_name_of_several_places_is_said_to_be_one():
    parsed = parse_one("鼓楼区中山路1号", "divisions")

    assert (parsed.adcode, parsed.reason) == ("", "ambiguous")


PIECES = st.sampled_from(
    [
        "浙江省",
        "浙江",
        "杭州市",
        "杭州",
        "西湖区",
        "江干区",
        "鼓楼区",
        "北京市",
        "新疆",
        "巴音郭楞",
        "文新街道",
        "镇",
        "街道",
        "县",
        "市辖区",
        "中国",
        "null",
        "-",
        " ",
        "　",
        "路",
        "12号",
        "大",
        "内蒙古",
        "自治区",
        "\x00",
        "😀",
        "廣東",
        "A",
        "１",
        "省",
        "市",
    ]
)


@settings(deadline=None)
@given(st.lists(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join), max_size=5))
def test_whatever_is_written_gives_elements_of_that_text_in_order(texts):
    rows = parse(texts, "divisions").to_pylist()

    assert len(rows) == len(texts)
    for row, text in zip(rows, texts, strict=True):
        ends = [0]
        for element in row["elements"]:
            assert row["text"][element["start"] : element["end"]] == element["text"] != ""
            assert element["start"] >= ends[-1]
            ends.append(element["end"])
        assert 0 <= row["confidence"] <= 1
        assert len(row["text"]) == len(text)
