from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from postloan.address.tagger.tokens import fold_table, tokenize

FOLD = fold_table(np.array([[0xFF11, ord("1")], [ord("號"), ord("号")]], np.uint32))
TEXT = st.text(st.one_of(st.characters(), st.sampled_from("0123abAB省市路号１號\n\t 　")), max_size=40)


def pieces(texts: list[str]) -> list[list[str]]:
    tokens = tokenize(texts, FOLD)
    found: list[list[str]] = [[] for _ in texts]
    for row, start, length in zip(tokens.row, tokens.start, tokens.length, strict=True):
        at = int(start - tokens.text_start[row])
        found[row].append(texts[row][at : at + int(length)])
    return found


def test_runs_of_digits_and_of_letters_are_one_token_and_all_else_is_one_each():
    assert pieces(["文三路12号A座ab3"]) == [["文", "三", "路", "12", "号", "A", "座", "ab", "3"]]


def test_full_width_digits_join_the_run_and_keep_their_offsets():
    assert pieces(["1１1號"]) == [["1１1", "號"]]


def test_a_text_without_characters_has_no_tokens():
    assert pieces(["", "路", ""]) == [[], ["路"], []]


@given(st.lists(TEXT, max_size=6))
def test_tokens_cover_every_text_without_gap_or_overlap(texts):
    assert ["".join(tokens) for tokens in pieces(texts)] == texts


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_tokens_of_a_text_do_not_depend_on_its_neighbours(texts):
    assert pieces(texts) == [pieces([text])[0] for text in texts]
