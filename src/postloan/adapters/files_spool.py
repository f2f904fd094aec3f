"""A text table on its way into Parquet: rows numbered, blank rows and total rows set apart, nothing lost."""

from __future__ import annotations

import errno
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from postloan.adapters.files_whole import DiskFull
from postloan.tape.header_row import is_total

TAIL = 30
"""Rows at the end among which a total row is looked for."""

RAGGED = pa.schema(
    [
        ("table_name", pa.string()),
        ("row", pa.int64()),
        ("cells", pa.int32()),
        ("expected", pa.int32()),
        ("text", pa.string()),
    ]
)


@dataclass
class Spooled:
    """What was written.

    rows: rows that the view shows. blank: empty rows left out. rejected: ragged rows. total: the total row,
    column → text. left_out: numbers of the total row and of the footer below it. footer: how many of these
    are footer.
    """

    rows: int = 0
    blank: int = 0
    rejected: int = 0
    total: dict[str, str] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    footer: int = 0


class Ragged:
    """Rows with too few or too many cells, kept on disk so that a file of nothing else still fits.

    skip: records above the data, which do not count.
    """

    def __init__(self, table: str, path: Path, skip: int) -> None:
        self._table, self._path, self.skip = table, path, skip
        self._pending: list[tuple[str, int, int, int, str]] = []
        self._writer: pq.ParquetWriter | None = None
        self.numbers = array("q")
        self.shown: list[int] = []
        self.count = 0
        self.last = ""

    def take(self, number: int, cells: int, expected: int, text: str) -> None:
        """Note one row by its record number in the file."""
        self.numbers.append(number)
        if number <= self.skip:
            return
        self.count += 1
        self.last = text
        if len(self.shown) < 10:
            self.shown.append(number - self.skip)
        self._pending.append((self._table, number - self.skip, cells, expected, text))
        if len(self._pending) >= 10_000:
            self._flush()

    def close(self) -> Path | None:
        """Finish; the file, or None where there was nothing to write."""
        self._flush()
        if self._writer is None:
            return None
        self._writer.close()
        return self._path

    def _flush(self) -> None:
        if self._pending:
            self._writer = self._writer or pq.ParquetWriter(self._path, RAGGED)
            cells = zip(*self._pending, strict=True)
            columns = [pa.array(cell, kind.type) for cell, kind in zip(cells, RAGGED, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=RAGGED))
            self._pending.clear()


def numbered(start: int, count: int, skipped: Sequence[int], at: int) -> tuple[np.ndarray, int, int]:
    """The next record numbers, from ``start``, passing over those skipped; with the new start and place.

    skipped: ascending. at: place in it from which on they are not passed yet.
    """
    parts: list[np.ndarray] = []
    left, cursor = count, start
    while at < len(skipped) and skipped[at] < cursor + left:
        run = skipped[at] - cursor
        if run > 0:
            parts.append(np.arange(cursor, cursor + run, dtype=np.int64))
            left -= run
        cursor = skipped[at] + 1
        at += 1
    parts.append(np.arange(cursor, cursor + left, dtype=np.int64))
    return np.concatenate(parts), cursor + left, at


def spool(
    batches: Iterator[pa.RecordBatch],
    names: Sequence[str],
    path: Path,
    *,
    skip: int,
    ragged: Ragged,
    nuls: bool,
) -> Spooled:
    """Write batches of text columns to Parquet with a ``row`` column in front.

    skip: records at the top (title and headers) that are not data. nuls: whether NUL bytes must be removed.
    """
    schema = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in names)])
    done = Spooled()
    tail: pa.Table | None = None
    start, at = 1, 0
    with _room(path), pq.ParquetWriter(path, schema, compression="snappy") as writer:
        for batch in batches:
            numbers, start, at = numbered(start, batch.num_rows, ragged.numbers, at)
            columns = [pa.array(numbers - skip), *(_clean(column, nuls) for column in batch.columns)]
            made = pa.Table.from_arrays(columns, schema=schema)
            if numbers.size and numbers[0] <= skip:
                made = made.filter(pc.greater(made["row"], 0))
            blank = _blank(made)
            if blank is not None:
                kept = made.filter(pc.invert(blank))
                done.blank += made.num_rows - kept.num_rows
                made = kept
            writer.write_table(made)
            done.rows += made.num_rows
            tail = made if tail is None else pa.concat_tables([tail, made])
            tail = tail.slice(max(tail.num_rows - TAIL, 0)).combine_chunks()
    done.rejected = ragged.count
    if tail is not None and tail.num_rows:
        _set_totals_apart(tail, names, done)
    return done


def _clean(column: pa.Array, nuls: bool) -> pa.Array:
    if nuls:
        column = pc.replace_substring(column, "\x00", "")
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return column


def _blank(table: pa.Table) -> pa.ChunkedArray | None:
    """Which rows have no value at all; None where no row has."""
    blank: pa.ChunkedArray | None = None
    for column in table.columns[1:]:
        if column.null_count == 0:
            return None
        empty = pc.is_null(column)
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return None
    return blank


def _set_totals_apart(tail: pa.Table, names: Sequence[str], done: Spooled) -> None:
    """Find the total row among the last rows, and a footer below it that is too thin to be data."""
    rows = [tuple(record.values()) for record in tail.to_pylist()]
    totals = [place for place, record in enumerate(rows) if is_total(record[1:])]
    if not totals:
        return
    place = totals[-1]
    filled = [sum(cell is not None for cell in record[1:]) for record in rows]
    usual = max(filled[:place], default=len(names))
    below = range(place + 1, len(rows))
    if any(filled[i] * 2 > usual for i in below):
        below = range(0)
    done.total = {name: cell for name, cell in zip(names, rows[place][1:], strict=True) if cell}
    done.footer = len(below)
    done.left_out = [int(rows[i][0]) for i in (place, *below)]
    done.rows -= len(done.left_out)


@contextmanager
def _room(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(path=path) from error
        raise
