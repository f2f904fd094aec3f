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
_TELLING = "东西南北中上下左右前后内外新老旧大小0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ甲乙丙丁"
"""Characters by which neighbours are told apart: 人民东路 is not 人民西路, 二期 not 三期."""


@dataclass(frozen=True, slots=True)
class NameTable:
    """Different names, one row each; row 0 is no name.

    codes: the first characters (``WIDTH`` of names) as code points, 0 after the end. length: characters, no more than
    those. mark: a hash of the whole name, by which names of two tables may be compared.
    """

    codes: npt.NDArray[np.uint16]
    length: npt.NDArray[np.int8]
    mark: npt.NDArray[np.uint64]

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
        return NameTable(codes, length, np.fromiter(map(mark_of, names), np.uint64, len(names)))

    @staticmethod
    def joined(tables: Iterable[NameTable]) -> NameTable:
        """One table after the other, each with its own row 0; rows move by the lengths before."""
        every = list(tables)
        return NameTable(
            np.concatenate([t.codes for t in every]),
            np.concatenate([t.length for t in every]),
            np.concatenate([t.mark for t in every]),
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


@cache
def _likeness() -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    # sound of each character (0: not known), sorted pairs of like form, and which characters tell names apart
    with (files(__package__) / "similar.npz").open("rb") as file, np.load(file) as packed:
        sounds = np.zeros(0x10000, np.uint16)
        sounds[packed["codes"]] = packed["sounds"]
        shapes = packed["shapes"].astype(np.int64)
    telling = np.zeros(0x10000, np.bool_)
    telling[[ord(sign) for sign in _TELLING]] = True
    return sounds, np.sort(shapes[:, 0] << 16 | shapes[:, 1]), telling


def closeness(one: NameTable, i: Ints, other: NameTable, j: Ints) -> States:
    """How close the names in rows ``i`` of one table are to those in rows ``j`` of the other; symmetric."""
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
        found = _unequal(one, pairs // len(other), other, pairs % len(other))
        state[rest] = found[back]
    return state


def _unequal(one: NameTable, i: Ints, other: NameTable, j: Ints) -> States:
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
    _, _, telling = _likeness()
    one_sign = (left_x == 1) & (left_y == 1) & (short >= 2)
    alike = _alike(sx, sy)
    # the last character mostly says what kind of thing it is: 彭家冲 is not 彭家坳
    kind = (tail == 0) & ~alike
    close = alike & (tail > 0) | (short >= 5)
    state[one_sign] = np.where(kind, State.NEAR, np.where(close, State.CLOSE, State.SLIP))[one_sign]
    state[one_sign & (telling[sx] | telling[sy])] = State.SIBLING
    added = (left_x + left_y == 1) & (short >= 2)
    sign = np.where(left_x == 1, sx, sy)
    state[added] = np.where(
        telling[sign] & ~_doubled(x, y, left_x, head, lx, ly), State.SIBLING, State.CLOSE
    )[added]
    nx, ny = x[rows, np.minimum(head + 1, x.shape[1] - 1)], y[rows, np.minimum(head + 1, x.shape[1] - 1)]
    swapped = (left_x == 2) & (left_y == 2) & (sx == ny) & (sy == nx)
    state[swapped] = State.CLOSE
    return state


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
    sounds, shapes, _ = _likeness()
    wide_a, wide_b = a.astype(np.int64), b.astype(np.int64)
    pair = np.minimum(wide_a, wide_b) << 16 | np.maximum(wide_a, wide_b)
    at = np.minimum(np.searchsorted(shapes, pair), len(shapes) - 1)
    alike: npt.NDArray[np.bool_] = ((sounds[a] > 0) & (sounds[a] == sounds[b])) | (shapes[at] == pair)
    return alike


def _doubled(x: Any, y: Any, left_x: Ints, head: Ints, lx: Ints, ly: Ints) -> npt.NDArray[np.bool_]:
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
    sounds, shapes, _ = _likeness()
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
