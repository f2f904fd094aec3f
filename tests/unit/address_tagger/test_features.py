from __future__ import annotations

import numpy as np

from postloan.address.tagger.features import PAIR_ROWS
from postloan.address.tagger.model import packaged_featuriser

REPEATS_EARLIER, REPEATS_LATER = 1 << 30, 1 << 31


def test_a_pair_that_comes_twice_is_marked_at_both_places():
    flags = packaged_featuriser()(["杭州市文三路杭州市"]).flags
    assert [bool(flag & REPEATS_LATER) for flag in flags] == [True] * 3 + [False] * 6
    assert [bool(flag & REPEATS_EARLIER) for flag in flags] == [False] * 6 + [True] * 3


def test_a_repeat_in_another_text_is_none():
    flags = packaged_featuriser()(["杭州市", "杭州市"]).flags
    assert not (flags & (REPEATS_EARLIER | REPEATS_LATER)).any()


def test_numbers_of_the_same_length_look_the_same():
    features = packaged_featuriser()(["12号", "98号"])
    assert features.ids[:2].tolist() == features.ids[2:].tolist()


def test_traditional_and_full_width_forms_look_like_the_usual_ones():
    usual, other = (packaged_featuriser()([text]) for text in ("广东路A12号", "廣東路Ａ１２號"))
    assert usual.ids.tolist() == other.ids.tolist()
    assert usual.flags.tolist() == other.flags.tolist()


def test_rows_of_the_tables_exist_for_every_feature():
    features = packaged_featuriser()(["浙江省杭州市😀\ud800 ａ1#·"])
    assert features.ids.max() < packaged_featuriser().n_ids
    assert np.concatenate([features.left, features.right]).max() < PAIR_ROWS
