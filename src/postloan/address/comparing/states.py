"""How pairs of addresses stand to each other, element by element."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.counties import share_ground
from postloan.address.comparing.names import Ints, States, both_known, closeness
from postloan.address.comparing.signatures import NAME_FIELDS, WORDING, Signatures
from postloan.address.comparing.words import AT, ELEMENTS, NAMES, NUMBERS, State

Flags = npt.NDArray[np.bool_]
_FIELD = {name: place for place, name in enumerate(NAME_FIELDS)}
# the better of two agreements, for places with several names
_RANK = np.array([0, 1, 8, 7, 6, 5, 4, 2, 3], np.int8)
_STATE_OF_RANK = np.argsort(_RANK).astype(np.int8)


def pair_states(one: Signatures, i: Ints, other: Signatures, j: Ints) -> States:
    """A row a pair and a column for each of ``ELEMENTS``; the same whichever side is called one."""
    states = np.zeros((len(i), len(ELEMENTS)), np.int8)
    _divisions(states, one, i, other, j)
    for name in ("zone", "town", "community", "road", "lane"):
        states[:, AT[name]] = _names(one, i, name, other, j, name)
    states[:, AT["place"]] = _places(one, i, other, j)
    states[:, AT["inside"]] = _names(one, i, "subpoi", other, j, "subpoi")
    _numbers(states, one, i, other, j)
    known = _no_slips(states, one, i, other, j)
    _wording(states, one, i, other, j)
    wording = states[:, AT["wording"]]
    wording[known & ((wording == State.CLOSE) | (wording == State.SLIP))] = State.DIFFERENT
    _ground(states)
    return states


def numbers_contradict(one: Signatures, i: Ints, other: Signatures, j: Ints) -> Flags:
    """Whether both give numbers that do not agree, however they are read: two places, whatever the names say."""
    found = _sequences(one.figures[i], other.figures[j]) >= State.NEAR
    at = np.flatnonzero(found)
    found[at] = _sequences(one.sequence[i[at]], other.sequence[j[at]]) >= State.NEAR
    return found


def _names(one: Signatures, i: Ints, field: str, other: Signatures, j: Ints, field_too: str) -> States:
    rows_i, rows_j = one.names[i, _FIELD[field]], other.names[j, _FIELD[field_too]]
    return closeness(one.table, rows_i.astype(np.int64), other.table, rows_j.astype(np.int64))


def _divisions(states: States, one: Signatures, i: Ints, other: Signatures, j: Ints) -> None:
    a, b = one.division[i], other.division[j]
    province = _codes(a // 10000, b // 10000)
    prefecture = _codes(a // 100 % 100, b // 100 % 100)
    prefecture[(prefecture == State.SAME) & (province == State.DIFFERENT)] = State.DIFFERENT
    unknown = (a // 100 % 100 == 0) | (b // 100 % 100 == 0)
    prefecture[unknown] = _names(one, i[unknown], "city", other, j[unknown], "city")
    settled = (a % 100 > 0) & (b % 100 > 0)
    county = _counties(one, i, other, j)
    # of what is no county in any year it cannot be said that it is another one
    county[(county == State.DIFFERENT) & ~(one.known[i] & other.known[j])] = State.NEAR
    ground = settled & (a != b) & share_ground(a, b)
    county[ground & (county != State.SAME)] = State.PART
    county[settled & (a == b)] = State.SAME
    # a division that moved to another prefecture is no contradiction, nor is a county of the same name that is named
    # alone: it was put where most would look for it; and what was inferred so contradicts less than what is said
    alone = one.alone[i] | other.alone[j]
    alike = ground | (alone & (county == State.SAME) & settled & (a != b))
    for column in (province, prefecture):
        column[alone & (column == State.DIFFERENT)] = State.NEAR
        column[alike] = State.ONE
    for name, column in (("province", province), ("prefecture", prefecture), ("county", county)):
        states[:, AT[name]] = column


def _no_slips(states: States, one: Signatures, i: Ints, other: Signatures, j: Ints) -> Flags:
    """Make two names of two that are a character apart and both well known; returns where there are such."""
    found = np.zeros(len(i), np.bool_)
    if not (one.table.times.any() and other.table.times.any()):
        return found
    for name, field in (("community", "community"), ("road", "road"), ("place", "poi")):
        column = states[:, AT[name]]
        at = np.flatnonzero((column == State.CLOSE) | (column == State.SLIP))
        rows_i, rows_j = one.names[i[at], _FIELD[field]], other.names[j[at], _FIELD[field]]
        known = at[both_known(one.table, rows_i.astype(np.int64), other.table, rows_j.astype(np.int64))]
        column[known] = State.DIFFERENT
        found[known] = True
    return found


def _wording(states: States, one: Signatures, i: Ints, other: Signatures, j: Ints) -> None:
    """All names together, looked at where they are not the same one by one and no number speaks against it."""
    a, b = one.wording[i].astype(np.int64), other.wording[j].astype(np.int64)
    mark_a, mark_b = one.wordings.mark[a], other.wordings.mark[b]
    same = _any_same(mark_a, mark_b)
    state = np.where(same, State.SAME, State.ONE).astype(np.int8)
    state[(a[:, 1] == 0) & (b[:, 1] == 0)] = State.NONE
    numbers = states[:, AT["numbers"]]
    look = np.flatnonzero(
        ~same & (state != State.NONE) & (numbers != State.NEAR) & (numbers != State.DIFFERENT)
    )
    best = np.maximum(
        *(
            _RANK[closeness(one.wordings, a[look, k], other.wordings, b[look, k], long=WORDING + 1)]
            for k in (0, 1)
        )
    )
    state[look] = _STATE_OF_RANK[best]
    states[:, AT["wording"]] = state
    # the same characters in the same order were only cut differently
    whole = (mark_a[:, 1] == mark_b[:, 1]) & (mark_a[:, 1] > 0)
    for name in NAMES:
        column = states[:, AT[name]]
        column[(whole if name in ("zone", "town") else same) & (column >= State.SLIP)] = State.PART


def _any_same(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> Flags:
    """Whether the names agree with or without those of the town on either side."""
    found: Flags = np.zeros(len(a), np.bool_)
    for k in (0, 1):
        for m in (0, 1):
            found |= (a[:, k] == b[:, m]) & (a[:, k] > 0)
    return found


def _counties(one: Signatures, i: Ints, other: Signatures, j: Ints) -> States:
    """The best agreement of the names that the texts give and those of today."""
    best = _RANK[_names(one, i, "county_today", other, j, "county_today")]
    for field, field_too in (("county", "county"), ("county", "county_today"), ("county_today", "county")):
        rank = _RANK[_names(one, i, field, other, j, field_too)]
        best = np.where(
            (rank >= _RANK[State.SLIP]) | (best < _RANK[State.DIFFERENT]), np.maximum(best, rank), best
        )
    found: States = _STATE_OF_RANK[best]
    return found


def _ground(states: States) -> None:
    """SAME where a name or number below the county agrees, ONE where only a division does, else DIFFERENT."""
    agree = (states >= State.SAME) & (states <= State.PART)
    found = np.where(agree[:, : AT["zone"]].any(1), State.ONE, State.DIFFERENT).astype(np.int8)
    found[agree[:, AT["zone"] :].any(1)] = State.SAME
    states[:, AT["ground"]] = found


def _codes(a: npt.NDArray[np.int32], b: npt.NDArray[np.int32]) -> States:
    state = np.where(a == b, State.SAME, State.DIFFERENT).astype(np.int8)
    state[(a == 0) ^ (b == 0)] = State.ONE
    state[(a == 0) & (b == 0)] = State.NONE
    return state


def _places(one: Signatures, i: Ints, other: Signatures, j: Ints) -> States:
    """The best agreement of the place; what lies in it, or a village, may stand for a place of its name."""
    best = _RANK[_names(one, i, "poi", other, j, "poi")]
    for field, field_too in (
        ("poi", "subpoi"),
        ("subpoi", "poi"),
        ("poi", "community"),
        ("community", "poi"),
    ):
        rank = _RANK[_names(one, i, field, other, j, field_too)]
        # names of two kinds speak only where they agree
        best = np.maximum(best, np.where(rank < _RANK[State.SLIP], 0, rank))
    found: States = _STATE_OF_RANK[best]
    return found


def _numbers(states: States, one: Signatures, i: Ints, other: Signatures, j: Ints) -> None:
    sequence = _sequences(one.sequence[i], other.sequence[j])
    figures = _sequences(one.figures[i], other.figures[j])
    # where all digits and letters agree, numbers that do not were only cut or called differently
    alike = (figures == State.SAME) | (figures == State.PART)
    sequence[alike & (sequence >= State.NEAR)] = State.PART
    states[:, AT["numbers"]], states[:, AT["figures"]] = sequence, figures
    for place, name in enumerate(NUMBERS):
        a, b = one.numbers[i, place], other.numbers[j, place]
        state = np.where(a == b, State.SAME, State.DIFFERENT).astype(np.int8)
        state[(a == 0) ^ (b == 0)] = State.ONE
        state[(a == 0) & (b == 0)] = State.NONE
        # where all numbers of one stand in the other in order, a role that differs was only read differently,
        # unless both texts say of what it is the number
        read = (sequence == State.SAME) | (sequence == State.PART)
        both_say = (one.named[i] & other.named[j] & (1 << place)) > 0
        state[(state == State.DIFFERENT) & read & ~both_say] = State.ONE
        states[:, AT[name]] = state


def _sequences(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> States:
    """SAME, PART (one within the other, in order), NEAR (some shared), DIFFERENT, ONE or NONE."""
    size_a, size_b = (a > 0).sum(1), (b > 0).sum(1)
    state = np.full(len(a), State.DIFFERENT, np.int8)
    shared = np.zeros(len(a), np.bool_)
    for k in range(a.shape[1]):
        shared |= ((b == a[:, k : k + 1]) & (b > 0)).any(1)
    state[shared] = State.NEAR
    inside = (_taken(a, b) == size_a) | (_taken(b, a) == size_b)
    state[inside] = State.PART
    state[(size_a == size_b) & inside] = State.SAME
    state[(size_a == 0) ^ (size_b == 0)] = State.ONE
    state[(size_a == 0) & (size_b == 0)] = State.NONE
    return state


def _taken(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> Ints:
    """How many of a's numbers are met, in order, when b is read through."""
    at = np.zeros(len(a), np.int64)
    rows = np.arange(len(a))
    for k in range(b.shape[1]):
        at += (at < a.shape[1]) & (b[:, k] > 0) & (a[rows, np.minimum(at, a.shape[1] - 1)] == b[:, k])
    return at
