"""Cuts raw text into tokens without losing a character: runs of digits, runs of Latin letters, single characters.

A whole batch is one long array of code points with a separator after each text, so no Python loop runs per
character. Characters are folded one to one for reading (full width to half, traditional to simplified), which
leaves every offset as it is in the text given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.uint32]

SEPARATOR = 0x0A
_LIMIT = 0x30000  # no letter of use to an address lies above plane 2
_DIGIT, _LETTER, _OTHER, _BREAK = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch, one entry each, texts one after the other.

    codes: folded code points of the batch, with one separator after each text. text_start: where each text begins
    in ``codes``. row: number of the text. start, length: in ``codes``. first: whether the token opens its text.
    """

    codes: Codes
    text_start: Ints
    row: Ints
    start: Ints
    length: Ints
    first: npt.NDArray[np.bool_]


@cache
def _classes() -> npt.NDArray[np.uint8]:
    kinds = np.full(0x80, _OTHER, np.uint8)
    kinds[ord("0") : ord("9") + 1] = _DIGIT
    kinds[ord("A") : ord("Z") + 1] = _LETTER
    kinds[ord("a") : ord("z") + 1] = _LETTER
    kinds[SEPARATOR] = _BREAK
    return kinds


def fold_table(pairs: npt.NDArray[np.uint32]) -> Codes:
    """A table from code point to the code point it is read as; ``pairs`` holds from and to, one pair a row."""
    table = np.arange(_LIMIT, dtype=np.uint32)
    table[pairs[:, 0]] = pairs[:, 1]
    table[SEPARATOR] = table[ord("\r")] = ord(" ")  # a break inside a text is a blank
    return table


def tokenize(texts: Sequence[str], fold: Codes) -> Tokens:
    """Tokens of every text; a text without characters has none."""
    if not texts:
        none = np.zeros(0, np.int64)
        return Tokens(np.zeros(0, np.uint32), none, none, none, none, np.zeros(0, np.bool_))
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    raw = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass") + b"\n\0\0\0", np.uint32)
    text_start = np.zeros(len(texts), np.int64)
    np.cumsum(lengths[:-1] + 1, out=text_start[1:])
    codes = fold[np.minimum(raw, _LIMIT - 1)]
    codes[text_start + lengths] = SEPARATOR
    kinds = _classes()[np.minimum(codes, 0x7F)]
    kinds[codes > 0x7E] = _OTHER
    opens = np.empty(len(codes), np.bool_)
    opens[0] = True
    np.not_equal(kinds[1:], kinds[:-1], out=opens[1:])
    opens |= kinds == _OTHER
    opens |= kinds == _BREAK
    begins = np.flatnonzero(opens)
    ends = np.append(begins[1:], len(codes))
    real = kinds[begins] != _BREAK
    start = begins[real]
    row = np.repeat(np.arange(len(texts)), lengths + 1)[start]
    first = np.empty(len(start), np.bool_)
    if len(start):
        first[0] = True
        np.not_equal(row[1:], row[:-1], out=first[1:])
    return Tokens(codes, text_start, row, start, (ends[real] - start), first)
