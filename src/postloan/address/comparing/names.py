"""Names of roads, villages and compounds as arrays, and how close two of them are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.words import State

Ints: TypeAlias = npt.NDArray[np.int64]
States: TypeAlias = npt.NDArray[np.int8]

WIDTH = 16
"""Characters of a name that are looked at."""
_FIGURES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TELLING = _FIGURES + "东西南北中上下左右前后内外新老旧大小甲乙丙丁"
"""Characters by which neighbours are told apart: 人民东路 is not 人民西路, 二期 not 三期."""
_KINDS = "路街巷弄道里坊村庄屯寨湾坪冲坳沟坝塘岭堡营集店园苑城区厦楼场院府庭居阁轩邸馆校厂铺站桥镇组社队"
"""Last characters that say what kind of thing it is: 彭家冲 is not 彭家坳."""
_KNOWN, _RARE = (
    3,
    50,
)  # a name in three addresses is one that there is, unless another is fifty times as common
_LONG = 5
"""Characters from which one wrong one is a slip, whatever it is."""


@dataclass(frozen=True, slots=True)
class NameTable:
    """Different names, one row each; row 0 is no name.

    codes: the first characters (``WIDTH`` of names) as code points, 0 after the end. length: characters, no more than
    those. mark: a hash of the whole name, by which names of two tables may be compared. times: in how many addresses
    it stands, where that was counted, else 0.
    """

    codes: npt.NDArray[np.uint16]
    length: npt.NDArray[np.int8]
    mark: npt.NDArray[np.uint64]
    times: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.length)

    @staticmethod
    def of(names: Sequence[str], width: int = WIDTH) -> NameTable:
        """The table of names that are canonical and different; the first is ''."""
        codes = np.zeros((len(names), width), np.uint16)
        length = np.fromiter((min(len(name), width) for name in names), np.int8, len(names))
        padded = "".join(name[:width].ljust(width, "\0") for name in names)
        raw = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32).reshape(-1, width)
        np.minimum(raw, 0xFFFF, out=codes, casting="unsafe")
        marks = np.fromiter(map(mark_of, names), np.uint64, len(names))
        return NameTable(codes, length, marks, np.zeros(len(names), np.int32))

    @staticmethod
    def joined(tables: Iterable[NameTable]) -> NameTable:
        """One table after the other, each with its own row 0; rows move by the lengths before."""
        every = list(tables)
        return NameTable(
            np.concatenate([t.codes for t in every]),
            np.concatenate([t.length for t in every]),
            np.concatenate([t.mark for t in every]),
            np.concatenate([t.times for t in every]),
        )


@lru_cache(maxsize=1 << 16)
def mark_of(name: str) -> int:
    """A hash of 64 bits that is the same on every machine and in every run; 0 for ''."""
    if not name:
        return 0
    from hashlib import blake2b

    return (
        int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") | 1
    )


@dataclass(frozen=True, slots=True)
class _Likeness:
    """What is known of characters by code point: sound (0: not known), sorted pairs of like form, and three sets."""

    sounds: npt.NDArray[np.uint16]
    shapes: npt.NDArray[np.int64]
    telling: npt.NDArray[np.bool_]
    figures: npt.NDArray[np.bool_]
    kinds: npt.NDArray[np.bool_]


@cache
def _likeness() -> _Likeness:
    with (files(__package__) / "similar.npz").open("rb") as file, np.load(file) as packed:
        sounds = np.zeros(0x10000, np.uint16)
        sounds[packed["codes"]] = packed["sounds"]
        shapes = packed["shapes"].astype(np.int64)
    sets = []
    for signs in (_TELLING, _FIGURES, _KINDS):
        member = np.zeros(0x10000, np.bool_)
        member[[ord(sign) for sign in signs]] = True
        sets.append(member)
    return _Likeness(sounds, np.sort(shapes[:, 0] << 16 | shapes[:, 1]), *sets)


def closeness(one: NameTable, i: Ints, other: NameTable, j: Ints, long: int = _LONG) -> States:
    """How close the names in rows ``i`` of one table are to those in rows ``j`` of the other; symmetric.

    long: characters from which a name with one wrong character, whatever it is, is the same but for a slip.
    """
    state = np.full(len(i), State.DIFFERENT, np.int8)
    has_i, has_j = i > 0, j > 0
    state[~has_i & ~has_j] = State.NONE
    state[has_i ^ has_j] = State.ONE
    both = has_i & has_j
    same = both & (one.mark[i] == other.mark[j])
    state[same] = State.SAME
    rest = np.flatnonzero(both & ~same)
    if len(rest):
        pairs, back = np.unique(i[rest] * np.int64(len(other)) + j[rest], return_inverse=True)
        found = _unequal(one, pairs // len(other), other, pairs % len(other), long)
        state[rest] = found[back]
    return state


def _unequal(one: NameTable, i: Ints, other: NameTable, j: Ints, long: int) -> States:
    x, y = one.codes[i], other.codes[j]
    lx, ly = one.length[i].astype(np.int64), other.length[j].astype(np.int64)
    short = np.minimum(lx, ly)
    head = _run(x == y, short)
    tail = _run(_from_end(x, lx) == _from_end(y, ly), short)
    tail = np.minimum(tail, short - head)
    left_x, left_y = lx - head - tail, ly - head - tail  # what differs in the middle
    state = np.full(len(i), State.DIFFERENT, np.int8)
    share = _shared(x, y, lx, ly)
    state[share >= 0.5] = State.NEAR
    state[(left_x == 0) | (left_y == 0)] = State.PART
    state[_inside(x, y, lx, ly)] = State.PART
    rows = np.arange(len(i))
    sx, sy = x[rows, np.minimum(head, x.shape[1] - 1)], y[rows, np.minimum(head, x.shape[1] - 1)]
    signs = _likeness()
    one_sign = (left_x == 1) & (left_y == 1) & (short >= 2)
    state[one_sign] = np.where(_alike(sx, sy) | (short >= long), State.CLOSE, State.SLIP)[one_sign]
    state[one_sign & (tail == 0) & signs.kinds[sx] & signs.kinds[sy]] = State.NEAR
    state[one_sign & signs.telling[sx] & signs.telling[sy]] = State.SIBLING
    added = (left_x + left_y == 1) & (short >= 2)
    sign = np.where(left_x == 1, sx, sy)
    # a direction is often left out, a number is not
    state[added] = np.where(signs.telling[sign], State.PART, State.CLOSE)[added]
    doubled = _doubled(x, y, left_x, head)
    state[added & signs.figures[sign] & ~doubled] = State.SIBLING
    state[added & doubled] = State.CLOSE
    nx, ny = x[rows, np.minimum(head + 1, x.shape[1] - 1)], y[rows, np.minimum(head + 1, x.shape[1] - 1)]
    swapped = (left_x == 2) & (left_y == 2) & (sx == ny) & (sy == nx)
    state[swapped] = State.CLOSE
    return state


def both_known(one: NameTable, i: Ints, other: NameTable, j: Ints) -> npt.NDArray[np.bool_]:
    """Whether both names are seen so often that neither is a slip for the other; never where none were counted."""
    a, b = one.times[i], other.times[j]
    rarer, commoner = np.minimum(a, b), np.maximum(a, b)
    known: npt.NDArray[np.bool_] = (rarer >= _KNOWN) & (rarer * _RARE >= commoner)
    return known


def _run(equal: npt.NDArray[np.bool_], most: Ints) -> Ints:
    """Length of the run of equal characters at the front, at most ``most``."""
    length: Ints = np.minimum(np.cumprod(equal, axis=1, dtype=np.int8).sum(1, dtype=np.int64), most)
    return length


def _from_end(codes: npt.NDArray[np.uint16], length: Ints) -> npt.NDArray[np.uint16]:
    """The same names written backwards."""
    at = length[:, None] - 1 - np.arange(codes.shape[1])
    found: npt.NDArray[np.uint16] = np.where(at >= 0, np.take_along_axis(codes, np.maximum(at, 0), 1), 0)
    return found


def _alike(a: npt.NDArray[np.uint16], b: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
    """Whether two characters sound or look alike."""
    sounds, shapes = _likeness().sounds, _likeness().shapes
    wide_a, wide_b = a.astype(np.int64), b.astype(np.int64)
    pair = np.minimum(wide_a, wide_b) << 16 | np.maximum(wide_a, wide_b)
    at = np.minimum(np.searchsorted(shapes, pair), len(shapes) - 1)
    alike: npt.NDArray[np.bool_] = ((sounds[a] > 0) & (sounds[a] == sounds[b])) | (shapes[at] == pair)
    return alike


def _doubled(x: Any, y: Any, left_x: Ints, head: Ints) -> npt.NDArray[np.bool_]:
    """Whether the character too many repeats the one before it."""
    rows = np.arange(len(head))
    at, before = np.minimum(head, x.shape[1] - 1), np.maximum(head - 1, 0)
    more = np.where(left_x == 1, x[rows, at], y[rows, at])
    prior = np.where(left_x == 1, x[rows, before], y[rows, before])
    doubled: npt.NDArray[np.bool_] = (head > 0) & (more == prior)
    return doubled


def _inside(x: Any, y: Any, lx: Ints, ly: Ints) -> npt.NDArray[np.bool_]:
    """Whether the shorter name, of two characters or more, stands whole in the longer one."""
    swap = (lx > ly)[:, None]
    short, long = np.where(swap, y, x), np.where(swap, x, y)
    size, room = np.minimum(lx, ly), np.maximum(lx, ly)
    found = np.zeros(len(lx), np.bool_)
    width = x.shape[1]
    place = np.arange(width)
    wanted = place < size[:, None]
    for shift in range(width - 1):
        fits = shift + size <= room
        if not fits.any():
            break
        moved = np.zeros_like(long)
        moved[:, : width - shift] = long[:, shift:]
        found |= fits & ((moved == short) | ~wanted).all(1)
    return found & (size >= 2)


def _shared(x: Any, y: Any, lx: Ints, ly: Ints) -> npt.NDArray[np.float64]:
    """Share of the pairs of neighbouring characters that both names have (Dice)."""
    width = x.shape[1]

    def pairs(codes: Any, length: Ints) -> Any:
        made = codes[:, :-1].astype(np.uint32) << 16 | codes[:, 1:]
        made[np.arange(width - 1) >= (length - 1)[:, None]] = 0
        return made

    px, py = pairs(x, lx), pairs(y, ly)
    hits = np.zeros(len(lx), np.int64)
    for k in range(width - 1):
        hits += (px[:, k] > 0) & (py == px[:, k : k + 1]).any(1)
    back = np.zeros(len(lx), np.int64)
    for k in range(width - 1):
        back += (py[:, k] > 0) & (px == py[:, k : k + 1]).any(1)
    share: npt.NDArray[np.float64] = (hits + back) / np.maximum(lx + ly - 2, 1)
    return share


def tells_apart(sign: str) -> bool:
    """Whether neighbours are told apart by this character: a digit, a letter, a direction."""
    return sign in _TELLING


@cache
def likenesses() -> dict[str, str]:
    """For each character in everyday use those that sound or look like it."""
    sounds, shapes = _likeness().sounds, _likeness().shapes
    found: dict[str, set[str]] = {}
    groups: dict[int, list[str]] = {}
    for code in np.flatnonzero(sounds).tolist():
        groups.setdefault(int(sounds[code]), []).append(chr(code))
    for group in groups.values():
        for sign in group:
            found.setdefault(sign, set()).update(group)
    for pair in shapes.tolist():
        a, b = chr(pair >> 16), chr(pair & 0xFFFF)
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return {sign: "".join(sorted(likes - {sign})) for sign, likes in found.items()}
