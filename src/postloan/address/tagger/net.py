"""The convolutional network in numpy: one stream of tokens with gaps of zeros between texts, three products a layer.

Batch normalisation is folded into the tables and kernels when the weights are written. Tables of embeddings are
kept as eight-bit integers with one scale a row.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from postloan.address.tagger.decode import Floats
from postloan.address.tagger.features import N_FLAGS, Features
from postloan.address.tagger.tokens import Ints

_CHUNK = 1400  # tokens worked on at a time, so that the buffers stay in the cache
Arrays = Mapping[str, npt.NDArray[Any]]


def quantised(table: Floats) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    """A table as eight-bit integers and a scale a row."""
    scale = np.maximum(np.abs(table).max(1), 1e-6) / 127
    scale = scale.astype(np.float16).astype(np.float32)
    return np.clip(np.rint(table / scale[:, None]), -127, 127).astype(np.int8), scale.astype(np.float16)


def restored(arrays: Arrays, name: str) -> Floats:
    """A table as it was before ``quantised``, nearly."""
    scale = arrays[f"{name}_scale"].astype(np.float32)
    table: Floats = arrays[name].astype(np.float32) * scale[:, None]
    return table


class _Buffers(threading.local):
    """Working memory of a thread, by name."""

    def __init__(self) -> None:
        self._kept: dict[str, Floats] = {}

    def take(self, name: str, rows: int, width: int) -> Floats:
        kept = self._kept.get(name)
        if kept is None or len(kept) < rows or kept.shape[1] != width:
            kept = self._kept[name] = np.empty((rows + rows // 4, width), np.float32)
        return kept[:rows]


class Net:
    """Features to 42 scores a token."""

    def __init__(self, arrays: Arrays) -> None:
        self._tables = [restored(arrays, name) for name in ("char", "left", "right", "form")]
        self._flags = _byte_tables(arrays["flags"].astype(np.float32))
        self._steps = [int(step) for step in arrays["dilations"]]
        self._kernels = [arrays[f"kernel{i}"].astype(np.float32) for i in range(len(self._steps))]
        self._biases = [arrays[f"bias{i}"].astype(np.float32) for i in range(len(self._steps))]
        self._out = arrays["out"].astype(np.float32)
        self._out_bias = arrays["out_bias"].astype(np.float32)
        self._width = self._out.shape[0]
        self._gap = max(self._steps)
        self._buffers = _Buffers()

    def scores(self, features: Features) -> Floats:
        """[token, 42]; texts are kept whole within a chunk, so that no result depends on what stands beside it."""
        starts = np.flatnonzero(features.tokens.first)
        total = len(features.ids)
        out = np.empty((total, self._out.shape[1]), np.float32)
        begin = 0
        while begin < total:
            end = total
            if begin + _CHUNK < total:
                place = int(np.searchsorted(starts, begin + _CHUNK, side="right")) - 1
                end = int(starts[place])
                if end <= begin:
                    end = int(starts[place + 1]) if place + 1 < len(starts) else total
            self._chunk(features, begin, end, out[begin:end])
            begin = end
        return out

    def _chunk(self, f: Features, begin: int, end: int, out: Floats) -> None:
        take, n, gap, width = self._buffers.take, end - begin, self._gap, self._width
        x, y = take("x", n, width), take("y", n, width)
        self._embed(f, begin, end, x, y)
        nth = np.cumsum(f.tokens.first[begin:end])
        at: Ints = np.arange(n) + nth * gap
        size = n + (int(nth[-1]) + 1) * gap
        stream = take("stream", size, width)
        stream.fill(0.0)
        stream[at] = x
        inner = slice(gap, size - gap)
        blank = np.ones(size, np.bool_)
        blank[at] = False
        between = np.flatnonzero(blank)
        z, w = take("z", size - 2 * gap, width), take("w", size - 2 * gap, width)
        for step, kernel, bias in zip(self._steps, self._kernels, self._biases, strict=True):
            np.matmul(stream[inner], kernel[1], out=z)
            np.matmul(stream[gap - step : size - gap - step], kernel[0], out=w)
            z += w
            np.matmul(stream[gap + step : size - gap + step], kernel[2], out=w)
            z += w
            z += bias
            np.maximum(z, 0.0, out=z)
            stream[inner] += z
            stream[between] = 0.0
        np.take(stream, at, axis=0, out=x, mode="clip")
        np.matmul(x, self._out, out=out)
        out += self._out_bias

    def _embed(self, f: Features, begin: int, end: int, x: Floats, y: Floats) -> None:
        columns = (f.ids, f.left, f.right, f.shape)
        np.take(self._tables[0], columns[0][begin:end], axis=0, out=x, mode="clip")
        for table, column in zip(self._tables[1:], columns[1:], strict=True):
            np.take(table, column[begin:end], axis=0, out=y, mode="clip")
            np.add(x, y, out=x)
        flags = f.flags[begin:end]
        for place, table in enumerate(self._flags):
            byte = (flags >> np.uint32(8 * place)) & np.uint32(0xFF)
            np.take(table, byte, axis=0, out=y, mode="clip")
            np.add(x, y, out=x)
        np.maximum(x, 0.0, out=x)


def _byte_tables(flags: Floats) -> list[Floats]:
    """For each byte of the flags, the sum of the rows of its bits, for all 256 values."""
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    return [bits.astype(np.float32) @ flags[at : at + 8] for at in range(0, N_FLAGS, 8)]
