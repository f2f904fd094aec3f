from __future__ import annotations

import numpy as np

from postloan.address.tagger.lexicon import Lexicon, pack, position_flags
from postloan.address.tagger.model import packaged_featuriser

NAMES = {"浙江省": 1, "浙江": 2, "江省": 4, "杭州": 2, "九个字的地名太长不收": 1, "一": 1}


def matches(lexicon: Lexicon, text: str) -> set[tuple[str, int]]:
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    found = lexicon.match(codes)
    return {(text[s : s + n], int(m)) for s, n, m in zip(found.start, found.length, found.mask, strict=True)}


def test_every_name_of_two_to_eight_characters_is_found_wherever_it_stands():
    lexicon = Lexicon(*pack(NAMES))
    assert matches(lexicon, "在浙江省杭州市") == {("浙江省", 1), ("浙江", 2), ("江省", 4), ("杭州", 2)}


def test_a_name_does_not_reach_over_the_end_of_a_text():
    assert matches(Lexicon(*pack(NAMES)), "浙\n江") == set()


def test_flags_mark_the_longest_name_of_a_category_only():
    lexicon = Lexicon(*pack({"江干": 1, "江干区": 1, "干区": 1}))
    codes = np.frombuffer("江干区".encode("utf-32-le"), np.uint32)
    assert position_flags(lexicon.match(codes), 3).tolist() == [1, 2, 4]


def test_the_packaged_lexicon_knows_present_and_abolished_names_and_hardly_takes_noise_for_names():
    lexicon = packaged_featuriser().lexicon
    assert {name for name, _ in matches(lexicon, "杭州市江干区")} >= {"杭州市", "江干区"}
    signs = np.random.default_rng(1).integers(0x9000, 0x9F00, 20_000).astype(np.uint32)
    assert len(lexicon.match(signs).start) < 20
