import copy
import logging
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernel.personal import DOTS, Personal, mask_address, mask_name, mask_number, mask_text

texts = st.text(alphabet="张王李赵abcdef0123456789", min_size=8, max_size=40)


@given(texts)
def test_a_personal_value_never_shows_in_repr_format_or_logs(text):
    hidden = Personal(text)
    shown = [
        repr(hidden),
        str(hidden),
        f"{hidden}",
        f"{hidden:>5}",
        f"{hidden} {hidden!r}",
        str([hidden]),
    ]
    record = logging.LogRecord("x", 10, "p", 1, "reached %s", (hidden,), None)
    shown.append(record.getMessage())
    assert not any(text in line for line in shown)
    assert repr(hidden) == DOTS


def test_a_personal_value_is_revealed_only_for_a_stated_purpose():
    hidden = Personal("13800000000")
    assert hidden.reveal("print the letter") == "13800000000"
    with pytest.raises(ValueError, match="stated purpose"):
        hidden.reveal("  ")


def test_a_personal_value_stays_masked_through_a_change_and_compares_by_value():
    assert Personal("a").map(str.upper) == Personal("A")
    assert repr(Personal("a").map(str.upper)) == DOTS
    assert hash(Personal("a")) == hash(Personal("a"))


def test_a_personal_value_is_not_pickled_by_accident():
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Personal("a"))
    with pytest.raises(TypeError):
        copy.deepcopy(Personal("a"))


@given(st.text(alphabet="0123456789X", min_size=1, max_size=20))
def test_a_masked_number_keeps_its_length_and_hides_its_middle(number):
    masked = mask_number(number)
    assert len(masked) == len(number)
    assert masked.count("●") >= min(len(number), 3)


def test_masks_show_as_much_as_a_clerk_needs():
    assert mask_name("张三丰") == "张●●"
    assert mask_name("") == ""
    assert mask_number("13812345678") == "138●●●●●●78"
    assert mask_address("浙江省杭州市西湖区某路1号") == "浙江省杭州市●●●"


def test_a_short_address_shows_nothing_and_least_of_all_its_end():
    for short in ("某村三组", "科技园一号", "某镇某村二组1号"):
        assert mask_address(short) == mask_text(short) == DOTS
    assert mask_address("") == mask_text("") == ""


def test_a_way_to_reach_somebody_is_masked_by_what_it_is():
    assert mask_text("13812345678") == "138●●●●●●78"
    assert mask_text("li.na@example.com") == f"l{DOTS}@{DOTS}"
    assert mask_text("浙江省杭州市西湖区某路1号") == f"浙江省杭州市{DOTS}"
