from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.address.comparing.names import NameTable, closeness, likenesses
from postloan.address.comparing.numbers import canonical, canonical_name, figures, in_digits
from postloan.address.comparing.words import ELEMENT_WORDS, ELEMENTS, STATE_WORDS, State


@pytest.mark.parametrize(
    ("numeral", "digits"),
    [
        ("三", "3"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("二十三", "23"),
        ("一百零五", "105"),
        ("一〇一", "101"),
        ("两", "2"),
    ],
)
def test_chinese_numerals_are_digits(numeral, digits):
    assert in_digits(numeral) == digits


@pytest.mark.parametrize("text", ["3号楼", "三号楼", "3#", "03栋", "３幢", "3座", "叁号楼", "3"])
def test_a_building_has_one_number_however_it_is_written(text):
    assert canonical(text) == ("3",)


def test_letters_and_marks_belong_to_a_number():
    assert canonical("A座") == ("A",)
    assert canonical("甲12号") == canonical("12号甲") == canonical("12甲号") == ("12", "甲")
    assert canonical("12-3号") == ("12", "3")
    assert canonical("负一层", floor=True) == canonical("B1层", floor=True) == ("-1",)
    assert canonical("东单元") == ("东",)
    assert canonical("号") == ()


def test_all_digits_of_an_address_are_seen_but_telephone_numbers():
    assert figures("文三路12号A座5０1室13800001111") == ("3", "12", "A", "501")


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [
        ("解放路", "解放路", State.SAME),
        ("解放路", "解方路", State.CLOSE),  # sounds alike
        ("华星大厦", "华兴大厦", State.CLOSE),
        ("华星大厦", "华星厦", State.PART),
        ("阳光花园", "阳花园", State.CLOSE),
        ("阳光花园", "阳光光花园", State.CLOSE),
        ("阳光花园", "阳花光园", State.CLOSE),
        ("解放路", "解国路", State.SLIP),
        ("人民东路", "人民西路", State.SIBLING),
        ("文一路", "文三路", State.SIBLING),
        ("光明二期", "光明三期", State.SIBLING),
        ("阳光A区", "阳光B区", State.SIBLING),
        ("人民路", "人民东路", State.PART),
        ("华星大厦", "杭州华星大厦", State.PART),
        ("彭家冲", "彭家坳", State.NEAR),
        ("解放路", "学院路", State.DIFFERENT),
        ("", "解放路", State.ONE),
        ("", "", State.NONE),
    ],
)
def test_names_are_close_or_not(one, other, state):
    names = sorted({"", canonical_name(one), canonical_name(other)})
    table = NameTable.of(names)
    i, j = (np.array([names.index(canonical_name(name))]) for name in (one, other))
    assert closeness(table, i, table, j)[0] == state
    assert closeness(table, j, table, i)[0] == state


NAME = st.text(st.sampled_from("人民东西路街一二三阳光花园小区大厦AB"), min_size=1, max_size=20).map(
    canonical_name
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(NAME, NAME), min_size=1, max_size=5))
def test_a_pair_of_names_among_many_is_as_close_as_alone_and_the_same_both_ways(pairs):
    names = list(dict.fromkeys(["", *(name for pair in pairs for name in pair)]))
    table = NameTable.of(names)
    i, j = (np.array([names.index(pair[side]) for pair in pairs]) for side in (0, 1))
    together = closeness(table, i, table, j)
    assert together.tolist() == closeness(table, j, table, i).tolist()
    for at, (one, other) in enumerate(pairs):
        alone = NameTable.of(["", one]), NameTable.of(["", other])
        assert closeness(alone[0], np.array([1]), alone[1], np.array([1]))[0] == together[at]
        if one == other:
            assert together[at] == State.SAME


def test_every_element_and_state_has_words_in_both_languages():
    assert set(ELEMENT_WORDS) == set(ELEMENTS)
    assert set(STATE_WORDS) == set(State)
    assert all(english and chinese for english, chinese in (*ELEMENT_WORDS.values(), *STATE_WORDS.values()))


def test_characters_that_sound_or_look_alike_are_known():
    assert "方" in likenesses()["放"]
    assert "陕" in likenesses()["郏"]
