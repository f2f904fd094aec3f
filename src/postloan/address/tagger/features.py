"""What the model sees of each token: the character, its two neighbours' pairs, its shape, place names, repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from postloan.address.tagger.lexicon import CATEGORIES, Lexicon, position_flags
from postloan.address.tagger.tokens import Codes, Ints, Tokens, fold_table, tokenize

PAIR_ROWS = 8192
N_SHAPES = 16
N_FLAGS = 3 * CATEGORIES + 2
UNKNOWN = 1
_ASCII_IDS = 160  # ids below stand for shapes of ASCII tokens; ids above for other characters
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_NUMERALS = "零〇一二三四五六七八九十百两"
_BEARINGS = "东西南北中甲乙丙丁"


@dataclass(frozen=True, slots=True)
class Features:
    """One entry a token: character id, hashed left and right pair, shape, 32 flags; and the tokens themselves."""

    tokens: Tokens
    ids: Ints
    left: Ints
    right: Ints
    shape: Ints
    flags: npt.NDArray[np.uint32]


@cache
def _han_shapes() -> npt.NDArray[np.uint8]:
    shapes = np.full(0x10000, 15, np.uint8)
    shapes[:0x80] = 14
    for sign in _NUMERALS:
        shapes[ord(sign)] = 10
    for sign in _BEARINGS:
        shapes[ord(sign)] = 11
    shapes[0x2000:0x2100] = 14
    shapes[0x3000:0x3007] = 14
    shapes[0x3008:0x3040] = 14
    shapes[0xFF00:0xFFF0] = 14
    return shapes


class Featuriser:
    """Turns texts into features.

    vocabulary: the known characters above ASCII, in ascending order. pairs: from and to of folded characters.
    """

    def __init__(self, lexicon: Lexicon, vocabulary: Codes, pairs: Codes) -> None:
        self.lexicon = lexicon
        self.fold = fold_table(pairs.reshape(-1, 2))
        self._ids = np.full(0x30000, UNKNOWN, np.int32)
        self._ids[:0x80] = 32 + np.arange(0x80)
        self._ids[vocabulary] = _ASCII_IDS + np.arange(len(vocabulary))
        self.n_ids = _ASCII_IDS + len(vocabulary)

    def __call__(self, texts: Sequence[str]) -> Features:
        """Features of every token of every text."""
        tokens = tokenize(texts, self.fold)
        head = tokens.codes[tokens.start]
        ids, shape = self._ids_and_shapes(tokens, head)
        left, right = _pairs(ids, tokens.first)
        flags = position_flags(self.lexicon.match(tokens.codes), len(tokens.codes))[tokens.start]
        flags |= _repeats(ids, tokens)
        return Features(tokens, ids, left, right, shape, flags)

    def _ids_and_shapes(self, tokens: Tokens, head: Codes) -> tuple[Ints, Ints]:
        ids = self._ids[np.minimum(head, 0x2FFFF)].astype(np.int64)
        shape = _han_shapes()[np.minimum(head, 0xFFFF)].astype(np.int64)
        digit = (head >= ord("0")) & (head <= ord("9"))
        upper = head & np.uint32(0xFFDF)
        letter = (upper >= ord("A")) & (upper <= ord("Z"))
        size = np.minimum(tokens.length, 5)
        shape = np.where(digit, size - 1, np.where(letter, 4 + np.minimum(size, 3), shape))
        # a number is known by its length, a longer word of letters too; a single letter keeps itself
        ids = np.where(digit, 1 + size, ids)
        ids = np.where(letter, np.where(size > 1, 7 + size, 32 + upper.astype(np.int64)), ids)
        return ids, shape


def _pairs(ids: Ints, first: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Hashes of (previous, this) and (this, next); at the ends of a text the neighbour is 0."""
    before = np.zeros(len(ids), np.int64)
    before[1:] = ids[:-1]
    before[first] = 0
    after = np.zeros(len(ids), np.int64)
    after[:-1] = ids[1:]
    if len(ids):
        after[:-1][first[1:]] = 0
    return _hashed(before, ids), _hashed(ids, after)


def _hashed(one: Ints, two: Ints) -> Ints:
    key = ((one << 20) | two).astype(np.uint64) * _FACTOR
    return (key >> np.uint64(64 - PAIR_ROWS.bit_length() + 1)).astype(np.int64)


def _repeats(ids: Ints, tokens: Tokens) -> npt.NDArray[np.uint32]:
    """Two flags: this token belongs to a pair that occurs earlier in the text, or later."""
    flags = np.zeros(len(ids), np.uint32)
    if len(ids) < 2:
        return flags
    paired = np.flatnonzero(~tokens.first[1:])
    head = tokens.codes[tokens.start]
    wide = (head[paired] >= 0x80) | (head[paired + 1] >= 0x80)
    paired = paired[wide]
    key = (tokens.row[paired] << 40) | (ids[paired] << 20) | ids[paired + 1]
    order = np.argsort(key, kind="stable")
    same = key[order[1:]] == key[order[:-1]]
    for bit, members in ((0, order[1:][same]), (1, order[:-1][same])):
        value = np.uint32(1 << (3 * CATEGORIES + bit))
        flags[paired[members]] |= value
        flags[paired[members] + 1] |= value
    return flags
