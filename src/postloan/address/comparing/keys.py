"""Blocking keys (分块键): addresses that may be one place share at least one of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.signatures import NAME_FIELDS, Marks, Signatures

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_FIELD = {name: place for place, name in enumerate(NAME_FIELDS)}


def keys_of(given: Signatures) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows of addresses and keys, one entry a key; an address that says nothing has none.

    A key is a hash of what two addresses of one place mostly share: a name with its first or last number, all
    numbers with the county or town, all names with all numbers, and, against slips of the pen, the first or last
    characters of the names with the numbers. A common key makes a large block, so each comes with the county as well.
    """
    rows, keys = [], []
    for kind, parts in enumerate(_kinds(given)):
        there = np.ones(len(given), np.bool_)
        mixed = np.full(len(given), kind + 1, np.uint64)
        for part in parts:
            there &= part > 0
            mixed = _mix(mixed ^ part)
        at = np.flatnonzero(there)
        rows.append(at)
        keys.append(mixed[at].view(np.int64))
    return np.concatenate(rows), np.concatenate(keys)


def _kinds(given: Signatures) -> list[tuple[Marks, ...]]:
    road, poi, inside, town = (_mark(given, name) for name in ("road", "poi", "subpoi", "town"))
    village = _first(_mark(given, "community"), _mark(given, "lane"))
    area = area_marks(given)
    city = np.where(given.division // 100 % 100 > 0, given.division // 100, 0).astype(np.uint64)
    words = given.wordings.mark[given.wording[:, 0]]
    sequence = given.sequence
    size = (sequence > 0).sum(1)
    first, last = sequence[:, 0], sequence[np.arange(len(given)), np.maximum(size - 1, 0)]
    whole = np.zeros(len(given), np.uint64)
    for place in range(sequence.shape[1]):
        whole = _mix(whole ^ sequence[:, place])
    numbered = np.where(size > 0, whole, np.uint64(0))
    two, three = (np.where(size >= least, whole, np.uint64(0)) for least in (2, 3))
    head, tail = _ends(given)
    # what has no number is found by the ends of its names alone
    bare_head, bare_tail = (np.where(size == 0, end, np.uint64(0)) for end in (head, tail))
    return [
        (words, whole), (words, whole, area), (words, area),
        (road, first), (road, first, area), (road, last), (road, area),
        (poi, last), (poi, last, area), (poi, first, area), (poi, area), (inside, last), (poi, two),
        (village, last), (village, last, area), (village, first, area), (village, area),
        (numbered, area), (numbered, town), (two, head), (two, tail), (three,),
        (numbered, head), (numbered, tail), (numbered, head, area), (numbered, tail, area),
        (bare_head, area), (bare_tail, area), (bare_head, town), (bare_tail, town), (bare_head, city),
        (words, city), (words, town), (poi, town), (road, town), (village, town), (poi, city), (numbered, city),
    ]  # fmt: skip


def area_marks(given: Signatures) -> Marks:
    """A hash of the county, 0 where none is named."""
    return _first(_mark(given, "county_today"), _mark(given, "county"))


def _mark(given: Signatures, name: str) -> Marks:
    found: Marks = given.table.mark[given.names[:, _FIELD[name]]]
    return found


def _first(one: Marks, other: Marks) -> Marks:
    found: Marks = np.where(one > 0, one, other)
    return found


def _ends(given: Signatures) -> tuple[Marks, Marks]:
    """The first and the last two characters of the names run together, 0 where there are fewer than three."""
    row = given.wording[:, 0]
    codes, length = given.wordings.codes[row], given.wordings.length[row].astype(np.int64)
    rows = np.arange(len(given))
    enough = length >= 3
    head = codes[:, 0].astype(np.uint64) << np.uint64(16) | codes[:, 1]
    tail = codes[rows, np.maximum(length - 2, 0)].astype(np.uint64) << np.uint64(16) | codes[rows, length - 1]
    return np.where(enough, head, np.uint64(0)), np.where(enough, tail, np.uint64(0))


def _mix(value: Marks) -> Marks:
    """A hash of 64 bits without collisions of its own (the finaliser of splitmix64)."""
    value = value + _PRIME
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
