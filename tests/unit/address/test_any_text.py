"""Whatever is written where an address should stand: never an exception, never the answer of another row."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.address import normalise_each, parse, parse_one

BAD = {
    "": "empty",
    " ": "empty",
    "\t\r\n　": "empty",
    "x": "no_chinese",
    "路": "",
    "\x00\x01": "no_chinese",
    "\ud800": "no_chinese",
    "浙江省\udfff杭州市": "unreadable",
    "😀🏠": "no_chinese",
    "123456789012": "no_chinese",
    "12 Main Street, Springfield": "no_chinese",
    "東京都千代田区丸の内1-1": None,
    "서울특별시 강남구": "no_chinese",
    "ул. Ленина, д. 1": "no_chinese",
    "浙江省江苏省": "several_places",
    "浙江省杭州市西湖区江苏省南京市": "several_places",
    "杭" * 10_000: "too_long",
    "浙江省杭州市" * 2_000: "too_long",
    "-" * 10_000: "too_long",
}


@pytest.mark.parametrize("mode", ["accurate", "fast", "divisions"])
def test_bad_input_has_its_reason_and_little_trust_in_every_mode(mode):
    table = parse(list(BAD), mode).to_pylist()

    for (text, reason), row in zip(BAD.items(), table, strict=True):
        assert len(row["text"]) == len(text)
        if reason is not None and text != "路":
            assert row["reason"] == reason, text[:20]
            assert row["confidence"] <= 0.7


TEXTS = st.lists(
    st.sampled_from(
        [
            *(bad[:40] for bad in BAD),
            "浙江省",
            "杭州市",
            "鼓楼区",
            "文三路",
            "12号",
            "3幢",
            "null",
            "中国",
            "（",
            "）",
        ]
    )
    | st.text(max_size=5),
    max_size=8,
).map("".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS | st.none(), max_size=8), st.sampled_from(["accurate", "fast", "divisions"]))
def test_a_row_never_has_the_answer_of_another(texts, mode):
    together = parse(texts, mode).to_pylist()

    for text, row in zip(texts, together, strict=True):
        if text is None:
            assert row["text"] is None
            continue
        alone = parse_one(text, mode)
        assert row["text"] == alone.text
        assert [e["text"] for e in row["elements"]] == [e.text for e in alone.elements]
        assert (row["adcode"] or "", row["division_path"] or "") == (alone.adcode, alone.division_path)
        assert (row["reason"] or "") == alone.reason


def test_every_bad_input_has_a_form_that_stays():
    forms = [standard.form for standard in normalise_each(list(BAD))]

    assert [standard.form for standard in normalise_each(forms)] == forms
