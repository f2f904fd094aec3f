"""Place names of China as a packed table of hashes: which stretches of a text are a name, and of which level.

Ten categories: province, prefecture, county, township, village in full (浙江省), and the same five in short (浙江).
A name is kept as 42 bits of a hash (20 choose the bucket, 22 are compared) and a mask of its categories; the chance
that a stretch which is no name is taken for one is about one in ten million.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from postloan.address.tagger.tokens import Codes, Ints

CATEGORIES = 10
SHORTEST, LONGEST = 2, 8
_BUCKET_BITS, _REST_BITS = 20, 22
_FILTER_BITS = 22
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(29)
_HAN = 0x3400
Hashes = npt.NDArray[np.uint64]


def step(state: Hashes, codes: Hashes) -> Hashes:
    """The running hash with one more character each."""
    mixed: Hashes = (state ^ codes) * _FACTOR
    mixed ^= mixed >> _FOLD
    return mixed


def hash_names(names: list[str]) -> Hashes:
    """Hashes of names, which may differ in length."""
    found = np.zeros(len(names), np.uint64)
    lengths = np.array([len(name) for name in names])
    for length in np.unique(lengths):
        chosen = np.flatnonzero(lengths == length)
        text = "".join(names[i] for i in chosen).encode("utf-32-le")
        codes = np.frombuffer(text, np.uint32).reshape(-1, int(length)).astype(np.uint64)
        state = np.zeros(len(chosen), np.uint64)
        for place in range(int(length)):
            state = step(state, codes[:, place])
        found[chosen] = state
    return found


def pack(names: dict[str, int]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """Entries (rest of the hash and mask) in order of hash, and how many lie in each bucket."""
    kept = {name: mask for name, mask in names.items() if SHORTEST <= len(name) <= LONGEST}
    hashes = hash_names(list(kept))
    masks = np.fromiter(kept.values(), np.uint32, len(kept))
    order = np.argsort(hashes, kind="stable")
    hashes, masks = hashes[order], masks[order]
    bucket = (hashes >> np.uint64(64 - _BUCKET_BITS)).astype(np.int64)
    rest = (hashes >> np.uint64(64 - _BUCKET_BITS - _REST_BITS)) & np.uint64((1 << _REST_BITS) - 1)
    entries = (rest.astype(np.uint32) << np.uint32(CATEGORIES)) | masks
    return entries, np.bincount(bucket, minlength=1 << _BUCKET_BITS).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Matches:
    """Stretches of a batch that are names: first character, number of characters, mask of categories."""

    start: Ints
    length: Ints
    mask: npt.NDArray[np.uint32]


class Lexicon:
    """Names to look up in whole batches; see ``pack`` for what it is made from."""

    def __init__(self, entries: npt.NDArray[np.uint32], counts: npt.NDArray[np.uint8]) -> None:
        self._entries = np.append(entries, np.uint32(0))
        self._begin = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=self._begin[1:])
        self._deepest = int(counts.max(initial=0))
        extra = _FILTER_BITS - _BUCKET_BITS
        self._filter = np.zeros(1 << _FILTER_BITS, np.bool_)
        bucket = np.flatnonzero(counts)
        for depth in range(self._deepest):
            bucket = bucket[counts[bucket] > depth]
            entry = entries[self._begin[bucket] + depth]
            self._filter[(bucket << extra) | (entry >> np.uint32(32 - extra))] = True

    def match(self, codes: Codes) -> Matches:
        """All names of two to eight Chinese characters that occur, shorter ones first."""
        wide = codes.astype(np.uint64)
        han = codes >= _HAN
        at = np.flatnonzero(han)
        state = step(np.zeros(1, np.uint64), wide[at])
        starts, lengths, hashes = [], [], []
        for length in range(SHORTEST, LONGEST + 1):
            inside = at + (length - 1) < len(codes)
            at, state = at[inside], state[inside]
            inside = han[at + (length - 1)]
            at, state = at[inside], state[inside]
            state = step(state, wide[at + (length - 1)])
            hopeful = self._filter[(state >> np.uint64(64 - _FILTER_BITS)).view(np.int64)]
            where = at[hopeful]
            starts.append(where)
            lengths.append(np.full(len(where), length, np.int64))
            hashes.append(state[hopeful])
        mask = self._look_up(np.concatenate(hashes))
        found = np.flatnonzero(mask)
        return Matches(np.concatenate(starts)[found], np.concatenate(lengths)[found], mask[found])

    def _look_up(self, hashes: Hashes) -> npt.NDArray[np.uint32]:
        bucket = (hashes >> np.uint64(64 - _BUCKET_BITS)).view(np.int64)
        rest = (hashes >> np.uint64(64 - _BUCKET_BITS - _REST_BITS)) & np.uint64((1 << _REST_BITS) - 1)
        wanted = rest.astype(np.uint32)
        at, end = self._begin[bucket], self._begin[bucket + 1]
        mask = np.zeros(len(hashes), np.uint32)
        low = np.uint32((1 << CATEGORIES) - 1)
        for _ in range(self._deepest):
            entry = self._entries[np.minimum(at, len(self._entries) - 1)]
            same = (at < end) & ((entry >> np.uint32(CATEGORIES)) == wanted)
            mask = np.where(same, entry & low, mask)
            at = at + 1
            if not (at < end).any():
                break
        return mask


def position_flags(matches: Matches, size: int) -> npt.NDArray[np.uint32]:
    """Three bits a category and character: begins, lies inside, ends a longest match; 3 * category + 0, 1, 2."""
    categories = np.arange(CATEGORIES, dtype=np.uint32)
    category, chosen = np.nonzero((matches.mask >> categories[:, None]) & np.uint32(1))
    if not len(chosen):
        return np.zeros(size, np.uint32)
    # one row a category, with a place more than characters, so that a name may end at the last of them
    width = size + 1
    start = matches.start[chosen]
    farthest = np.full((CATEGORIES, width), -1, np.int32)
    farthest[category, start] = start + matches.length[chosen] - 1  # longer matches come later and win
    reach = np.maximum.accumulate(farthest, axis=1)
    grows = np.empty((CATEGORIES, width), np.bool_)
    grows[:, 0] = farthest[:, 0] >= 0
    np.greater(farthest[:, 1:], reach[:, :-1], out=grows[:, 1:])
    category, begins = np.nonzero(grows)
    ends = farthest[category, begins]
    depth = np.zeros((CATEGORIES, width), np.int8)  # of longest matches at most eight lie over one character
    np.add.at(depth, (category, begins + 1), 1)
    np.add.at(depth, (category, ends), -1)
    np.cumsum(depth, axis=1, dtype=np.int8, out=depth)
    bits = (depth > 0).view(np.uint8) << 1
    bits[category, begins] |= 1
    bits[category, ends] |= 4
    flags = np.zeros(size, np.uint32)
    for nth, of_category in enumerate(bits):
        flags |= of_category[:size].astype(np.uint32) << np.uint32(3 * nth)
    return flags
