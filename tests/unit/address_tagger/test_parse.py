from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.address.parsing import REASONS, parse, parse_batch, parse_one, schema
from postloan.address.tagger import LABELS
from postloan.kernel import InputError

MODES = ("accurate", "fast", "divisions")
PIECES = (
    "浙江省", "杭州市", "余杭区", "五常大道", "156号", "3幢", "2单元", "501室", "广东省", "江西", "鼓楼区", "新田村",
    "六组", "（", ")", "收件人王小明", "13800000000", "９８７號", "ABC", " ", "\n", "\x00", "😀", "\ud800", "二十三",
    "Room 5, No. 12 Wuchang Avenue",
)  # fmt: skip
ADDRESS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), st.text(max_size=30))


def test_an_address_comes_apart_into_its_elements_with_offsets_into_the_text_given():
    text = "四川省成都市武侯区人民南路四段１２號川信大厦3楼"
    found = parse_one(text)
    assert [(e.label, e.text) for e in found.elements[:4]] == [
        ("prov", "四川省"), ("city", "成都市"), ("district", "武侯区"), ("road", "人民南路"),
    ]  # fmt: skip
    assert all(text[e.start : e.end] == e.text for e in found.elements)
    assert (found.adcode, found.division_path) == ("510107", "四川省/成都市/武侯区")
    assert found.first("floorno") == "3楼"
    assert found.confidence > 0.3
    assert found.reason == ""


def test_traditional_characters_are_read_and_stay_as_they_are():
    assert parse_one("廣東省廣州市天河區體育東路138號").first("district") == "天河區"


def test_the_table_has_the_columns_of_the_contract():
    table = parse(["杭州市文三路1号", None])
    assert table.schema == schema()
    assert table.column_names == [
        "text", "elements", *LABELS, "adcode", "division_path", "confidence", "reason",
    ]  # fmt: skip
    assert table.column("text").to_pylist() == ["杭州市文三路1号", None]


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(ADDRESS, min_size=1, max_size=8))
def test_no_text_is_refused_and_no_row_gets_the_answer_of_another(mode, texts):
    rows = parse(texts, mode).to_pylist()
    assert len(rows) == len(texts)
    for text, row in zip(texts, rows, strict=True):
        alone = parse_one(text, mode)
        assert [(e["label"], e["start"], e["end"], e["text"]) for e in row["elements"]] == [
            (e.label, e.start, e.end, e.text) for e in alone.elements
        ]
        assert (row["adcode"] or "", row["division_path"] or "", row["reason"] or "") == (
            alone.adcode, alone.division_path, alone.reason,
        )  # fmt: skip
        assert row["confidence"] == pytest.approx(alone.confidence, abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(ADDRESS)
def test_elements_cover_the_text_from_left_to_right(text):
    found = parse_one(text)
    assert "".join(e.text for e in found.elements) == found.text
    assert all(0 <= e.confidence <= 1 for e in found.elements)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  　", "empty"),
        (None, "missing"),
        ("1234567", "no_chinese"),
        ("Rua das Flores 12, Lisboa", "no_chinese"),
        ("浙江省杭州市" * 2000, "too_long"),
        ("浙江省杭州市广东省深圳市南山区", "several_places"),
        ("浙江省杭州市\x07文三路1号", "unreadable"),
        ("浙江省杭州市\ud800文三路1号", "unreadable"),
        ("电联", "no_place"),
    ],
)
def test_what_cannot_be_trusted_says_why_and_has_a_low_confidence(text, reason):
    row = parse([text]).to_pylist()[0]
    assert row["reason"] == reason
    assert row["confidence"] <= 0.7
    assert all(REASONS[reason])


@pytest.mark.parametrize("text", ["路", "😀", "\x00", "\ud800", "0" * 10_000, "路" * 10_000])
@pytest.mark.parametrize("mode", MODES)
def test_odd_texts_are_answered(text, mode):
    assert parse([text, "杭州市"], mode).num_rows == 2


def test_nothing_in_is_an_empty_table():
    assert parse([]).num_rows == 0
    assert parse([]).schema == schema()


def test_an_arrow_batch_goes_in_and_out():
    batch = parse(["上海市静安区南京西路1号"]).select(["text"]).to_batches()[0]
    assert parse(batch.column(0), "fast").column("city").to_pylist() == ["上海市"]
    assert parse_batch(batch, "fast").column("city").to_pylist() == ["上海市"]


@pytest.mark.parametrize("wrong", [{"mode": "slow"}, {"weights": "mine"}])
def test_an_unknown_mode_or_weights_is_refused_in_words(wrong):
    with pytest.raises(InputError, match="Use one of"):
        parse(["杭州市"], **wrong)


def test_divisions_alone_are_read_at_the_head_and_not_guessed_from_roads():
    table = parse(["上海浦东新区张杨路1号", "南京路1号", "鼓楼区", "江西省 南昌市-东湖区"], "divisions")
    assert table.column("adcode").to_pylist() == ["310115", None, None, "360102"]
