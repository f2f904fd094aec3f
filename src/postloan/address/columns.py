"""Spans of a batch as Arrow columns, built from offsets without a Python object a span."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from postloan.address.chain import NOWHERE
from postloan.address.parsing import TOGETHER, lacks_place, schema, trust_of
from postloan.address.resolve import resolve
from postloan.address.tagger import LABELS, Spans
from postloan.address.tagger.labels import INDEX, N_LABELS

Ints: TypeAlias = npt.NDArray[np.int64]


def record_batch(texts: list[str], missing: list[bool], reasons: list[str], spans: Spans) -> pa.RecordBatch:
    """One row a text; see ``parse`` for the columns. ``texts`` have no lone surrogates."""
    n = len(texts)
    pieces = pieces_of(texts, spans)
    counts = np.bincount(spans.row, minlength=n)
    confidence: npt.NDArray[np.float64] = np.around(spans.confidence, 4).astype(np.float64)
    element = pa.StructArray.from_arrays(
        [
            pa.array(LABELS).take(pa.array(spans.label)),
            pa.array(spans.start.astype(np.int32)),
            pa.array(spans.end.astype(np.int32)),
            pieces,
            pa.array(confidence.astype(np.float32)),
        ],
        fields=list(schema().field("elements").type.value_type),
    )
    offsets = np.zeros(n + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    elements = pa.ListArray.from_arrays(pa.array(offsets), element)
    by_label = _by_label(spans, pieces, n)
    codes, paths, doubts = _places(by_label)
    reasons = [reason or doubt for reason, doubt in zip(reasons, doubts, strict=True)]
    reasons = _with_no_place(reasons, spans, n)
    columns = [
        pa.array(texts, pa.string(), mask=np.array(missing, np.bool_)),
        elements.cast(schema().field("elements").type),
        *(by_label[label] for label in LABELS),
        codes,
        paths,
        pa.array(_whole(confidence, spans.row, reasons, n)),
        pa.array([reason or None for reason in reasons], pa.string()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema())


def pieces_of(texts: list[str], spans: Spans) -> pa.StringArray:
    """The text of every span, cut from the joined bytes by offsets."""
    joined = "".join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
    width = 1 + (codes >= 0x80).astype(np.int32) + (codes >= 0x800) + (codes >= 0x10000)
    at_byte = np.zeros(len(codes) + 1, np.int32)
    np.cumsum(width, out=at_byte[1:])
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    base = np.cumsum(lengths) - lengths
    begin, end = at_byte[base[spans.row] + spans.start], at_byte[base[spans.row] + spans.end]
    # alternate pieces: the gap before each span (mostly empty), then the span
    edges = np.empty(2 * len(begin) + 1, np.int32)
    edges[0] = 0
    edges[1::2], edges[2::2] = begin, end
    whole = pa.StringArray.from_buffers(
        2 * len(begin), pa.py_buffer(edges), pa.py_buffer(joined.encode("utf-8"))
    )
    return whole.take(pa.array(np.arange(1, 2 * len(begin), 2)))


def _by_label(spans: Spans, pieces: pa.StringArray, n: int) -> dict[str, pa.StringArray]:
    """The first span of each label in each text."""
    found: dict[str, pa.StringArray] = {}
    order = np.argsort(spans.label, kind="stable")
    bounds = np.searchsorted(spans.label[order], np.arange(N_LABELS + 1))
    for label, place in INDEX.items():
        at = order[bounds[place] : bounds[place + 1]]
        if not len(at):
            found[label] = pa.nulls(n, pa.string())
            continue
        row = spans.row[at]
        first = np.empty(len(at), np.bool_)
        first[0] = True
        np.not_equal(row[1:], row[:-1], out=first[1:])
        index, absent = np.zeros(n, np.int64), np.ones(n, np.bool_)
        index[row[first]] = at[first]
        absent[row[first]] = False
        found[label] = pieces.take(pa.array(index, mask=absent))
    return found


def _places(by_label: dict[str, pa.StringArray]) -> tuple[pa.StringArray, pa.StringArray, list[str]]:
    """Code and path of each row's division, and a reason for little trust in them."""
    levels = (by_label[label].to_pylist() for label in ("prov", "city", "district", "town"))
    named = list(zip(*levels, strict=True))
    known = {(None, None, None, None): NOWHERE}
    for names in set(named) - known.keys():
        province, city, district, town = (name or "" for name in names)
        known[names] = resolve(province, city, district, town)
    places = [known[names] for names in named]
    return (
        pa.array([place.adcode or None for place in places], pa.string()),
        pa.array([place.path or None for place in places], pa.string()),
        [place.doubt for place in places],
    )


def _with_no_place(reasons: list[str], spans: Spans, n: int) -> list[str]:
    """The reasons, and that no place was found where there is none and no other reason."""
    says_where = np.array([not lacks_place([label]) for label in LABELS])
    placed = np.zeros(n, np.bool_)
    placed[spans.row[says_where[spans.label]]] = True
    return [reason or ("" if placed[row] else "no_place") for row, reason in enumerate(reasons)]


def _whole(
    confidence: npt.NDArray[np.float64], row: Ints, reasons: list[str], n: int
) -> npt.NDArray[np.float32]:
    """From the product of the elements' confidences, lowered for a reason; 0 where there is no element."""
    total = np.bincount(row, np.log(np.maximum(confidence, 1e-6)), minlength=n)
    some = np.bincount(row, minlength=n) > 0
    trust = np.array([trust_of(reason) if reason else 1.0 for reason in reasons])
    whole: npt.NDArray[np.float32] = np.round(
        np.where(some, np.exp(TOGETHER * total), 0.0) * trust, 4
    ).astype(np.float32)
    return whole
