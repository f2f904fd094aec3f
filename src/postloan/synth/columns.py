"""NumPy to Arrow without a Python loop: money, days, numbered texts and texts put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from postloan.synth.shares import Ints

MONEY = pa.decimal128(18, 2)


def decimals(scaled: Ints, kind: pa.DataType = MONEY, empty: NDArray[np.bool_] | None = None) -> pa.Array:
    """Whole numbers of the smallest unit (fen) as decimals; null where ``empty``."""
    words = np.empty((len(scaled), 2), dtype="<i8")
    words[:, 0] = scaled
    words[:, 1] = scaled >> 63  # the sign fills the upper half
    made = pa.Array.from_buffers(kind, len(scaled), [None, pa.py_buffer(words.tobytes())])
    return made if empty is None else without(made, empty)


def days(since_epoch: Ints, empty: NDArray[np.bool_] | None = None) -> pa.Array:
    """Days since 1970-01-01 as dates; null where ``empty``."""
    return pa.array(since_epoch.astype("datetime64[D]"), pa.date32(), mask=empty)


def without(values: pa.Array, empty: NDArray[np.bool_]) -> pa.Array:
    """The values with nulls where ``empty``."""
    return pc.if_else(pa.array(empty), pa.scalar(None, values.type), values)


def digits(numbers: Ints, width: int) -> NDArray[np.uint8]:
    """Numbers as rows of ASCII digits, with leading zeros."""
    made = np.empty((len(numbers), width), dtype=np.uint8)
    rest = numbers.copy()
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        made[:, place] = digit + ord("0")
    return made


def texts(rows: NDArray[np.uint8]) -> pa.Array:
    """Rows of ASCII characters, all of one width, as texts."""
    count, width = rows.shape
    offsets = np.arange(count + 1, dtype=np.int32) * width
    packed = np.ascontiguousarray(rows).tobytes()
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(packed)])


def numbered(prefix: str, numbers: Ints, width: int) -> pa.Array:
    """Keys such as L0000012."""
    head = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    return texts(np.hstack([np.broadcast_to(head, (len(numbers), len(head))), digits(numbers, width)]))


def picked(words: list[str], index: Ints) -> pa.Array:
    """The word that each index points to."""
    return pa.array(words, pa.string()).take(pa.array(index))


def joined(*parts: Any) -> pa.Array:
    """Texts put together row by row without anything between."""
    made = pc.binary_join_element_wise(*parts, "")
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def shown(numbers: Ints) -> pa.Array:
    """Numbers as texts without leading zeros."""
    return pc.cast(pa.array(numbers), pa.string())
