"""A batch in mode ``divisions`` as Arrow columns: one walk a text, everything else on whole columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from postloan.address.columns import pieces_of
from postloan.address.gazetteer import folds
from postloan.address.heads import LEVELS, UNSURE, Node, forget, read_head
from postloan.address.parsing import DOUBTS, LONGEST, TOGETHER, legible, schema, trust_of
from postloan.address.tagger import LABELS, Spans
from postloan.address.tagger.labels import INDEX

_MARK_BITS = 15
_LABEL_AT: npt.NDArray[np.int64] = np.array([INDEX[level] for level in LEVELS])
_SURE: npt.NDArray[np.float32] = np.array([1 - unsure for unsure in UNSURE], np.float32)


def division_batch(given: Sequence[str | None], column: pa.Array | None = None) -> pa.RecordBatch:
    """One row a text; see ``parse`` for the columns. column: the texts as Arrow has them, to be used again."""
    texts, reasons, changed = _legible(given)
    forget()
    found = [read_head(text) for text in _folded(texts)]
    marks = np.array([head[0] for head in found], np.int64)
    spans = _spans(marks)
    n = len(texts)
    pieces = pieces_of(texts, spans)
    codes, paths, doubts = _places(head[1] for head in found)
    for row in np.flatnonzero(doubts).tolist():
        reasons.setdefault(row, DOUBTS[int(doubts[row])])
    for row in np.flatnonzero(marks == 0).tolist():
        reasons.setdefault(row, "no_place")
    if column is None or changed:
        missing = np.array([text is None for text in given], np.bool_)
        column = pa.array(texts, pa.string(), mask=missing if missing.any() else None)
    columns = [
        column, _elements(spans, pieces, n), *_by_label(spans, pieces, n), codes, paths,
        pa.array(_confidence(spans, reasons, n)), _reasons(reasons, n),
    ]  # fmt: skip
    return pa.RecordBatch.from_arrays(columns, schema=schema())


def _legible(given: Sequence[str | None]) -> tuple[list[str], dict[int, str], bool]:
    """The texts, the reasons for little trust by row, and whether a text had to be changed to be written."""
    texts = [text if isinstance(text, str) else legible(text)[0] for text in given]
    joined = "".join(texts)
    suspects = set(_rows_of_interest(texts, joined))
    if not joined.isprintable():
        suspects.update(row for row, text in enumerate(texts) if not text.isprintable())
    changed, reasons = False, {}
    for row in suspects:
        text, reason = legible(given[row])
        changed |= text != texts[row]
        texts[row] = text
        if reason:
            reasons[row] = reason
    return texts, reasons, changed


def _rows_of_interest(texts: Sequence[str], joined: str) -> list[int]:
    """Rows that are very long, without a Chinese character, or that may name two provinces."""
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths)
    city = codes == ord("市")
    municipal = np.zeros(len(codes), np.bool_)
    municipal[1:] = city[1:] & np.isin(codes[:-1], [ord(last) for last in "京津海庆"])
    han = ((codes >= 0x3400) & (codes <= 0x9FFF)) | ((codes >= 0x20000) & (codes <= 0x2FFFF))
    counts = []
    for chosen in (han, (codes == ord("省")) | (codes == ord("治")) | municipal):
        total = np.zeros(len(codes) + 1, np.int64)
        np.cumsum(chosen, out=total[1:])
        counts.append(total[ends] - total[ends - lengths])
    return np.flatnonzero((counts[0] == 0) | (counts[1] > 1) | (lengths > LONGEST)).tolist()


def _folded(texts: list[str]) -> list[str]:
    """The texts in simplified and half-width characters, one for one."""
    joined = "".join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
    foreign = np.flatnonzero(_foreign()[np.minimum(codes, len(_foreign()) - 1)])
    if not len(foreign):
        return texts
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    found = list(texts)
    for row in np.unique(np.searchsorted(ends, foreign, side="right")).tolist():
        found[row] = texts[row].translate(folds())
    return found


@cache
def _foreign() -> npt.NDArray[np.bool_]:
    """By code point whether a character is read as another one."""
    table = np.zeros(max(folds()) + 2, np.bool_)
    table[list(folds())] = True
    return table


def _spans(marks: npt.NDArray[np.int64]) -> Spans:
    """The marks of all rows, unpacked, in order of row and place."""
    every = np.stack([(marks >> shift) & 0x7FFF for shift in (45, 30, 15, 0)], axis=1).ravel()
    at = np.flatnonzero(every)
    mark = every[at]
    return Spans(
        row=at >> 2,
        start=(mark >> 7) & 63,
        end=(mark >> 1) & 63,
        label=_LABEL_AT[mark >> 13],
        confidence=_SURE[(mark & 1) | (mark >> 13 << 1)],
    )


def _elements(spans: Spans, pieces: pa.StringArray, n: int) -> pa.ListArray:
    offsets = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(spans.row, minlength=n), out=offsets[1:])
    kind = schema().field("elements").type
    element = pa.StructArray.from_arrays(
        [
            pa.array(LABELS).take(pa.array(spans.label)),
            pa.array(spans.start.astype(np.int32)),
            pa.array(spans.end.astype(np.int32)),
            pieces,
            pa.array(spans.confidence),
        ],
        fields=list(kind.value_type),
    )
    return pa.ListArray.from_arrays(pa.array(offsets), element).cast(kind)


def _by_label(spans: Spans, pieces: pa.StringArray, n: int) -> list[pa.Array]:
    nothing = pa.nulls(n, pa.string())
    found = dict.fromkeys(LABELS, nothing)
    for label in LEVELS:
        at = np.flatnonzero(spans.label == INDEX[label])
        index, absent = np.zeros(n, np.int64), np.ones(n, np.bool_)
        index[spans.row[at]] = at
        absent[spans.row[at]] = False
        found[label] = pieces.take(pa.array(index, mask=absent))
    return list(found.values())


def _places(nodes: Iterable[Node]) -> tuple[pa.Array, pa.Array, npt.NDArray[np.int64]]:
    """Code, path and the number of the reason of each row's place."""
    which: dict[Node, int] = {}
    row = np.array([which.setdefault(node, len(which)) for node in nodes], np.int64)
    places = [node.place for node in which]
    at = pa.array(row)
    doubts = np.array([DOUBTS.index(doubt) for _, _, doubt in places], np.int64)
    return (
        pa.array([code or None for code, _, _ in places], pa.string()).take(at),
        pa.array([path or None for _, path, _ in places], pa.string()).take(at),
        doubts[row] if len(row) else row,
    )


def _confidence(spans: Spans, reasons: dict[int, str], n: int) -> npt.NDArray[np.float32]:
    total = np.bincount(spans.row, np.log(np.maximum(spans.confidence, 1e-6)), minlength=n)
    whole = np.where(np.bincount(spans.row, minlength=n) > 0, np.exp(TOGETHER * total), 0.0)
    if reasons:
        whole[list(reasons)] *= [trust_of(reason) for reason in reasons.values()]
    return np.round(whole, 4).astype(np.float32)


def _reasons(reasons: dict[int, str], n: int) -> pa.Array:
    if not reasons:
        return pa.nulls(n, pa.string())
    known = tuple(dict.fromkeys(reasons.values()))
    number, absent = np.zeros(n, np.int64), np.ones(n, np.bool_)
    rows = list(reasons)
    number[rows] = [known.index(reason) for reason in reasons.values()]
    absent[rows] = False
    return pa.array(known, pa.string()).take(pa.array(number, mask=absent))
