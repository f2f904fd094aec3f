"""Two files of addresses joined: rows numbered, texts read by several processes, the rest in DuckDB."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from postloan.adapters.addresses import address_batches
from postloan.adapters.tables import DuckDBEngine
from postloan.address.comparing.signatures import Signatures, signatures
from postloan.address.matching import Matched, Options, Reader, match, read_here

_CHUNK = 8192  # texts that a process reads at a time
_WORTH_IT = 40_000  # texts from which a second process pays for its start
_MEMORY_MB = 1_200  # of DuckDB; the arrays of two million addresses take as much again


def match_files(
    one: Path, other: Path, target: Path, options: Options | None = None, processes: int | None = None
) -> Matched:
    """Join two files of addresses (one a line, or Parquet with a column text) into a Parquet file.

    Rows are counted from 1 in the order of the files. processes: that read texts; default one a core, at most eight.

    Raises:
        NoAddresses: a file is not there, or no such file. InputError: an option cannot be. CannotWrite, DiskFull:
        see ``files_whole``.
    """
    with tempfile.TemporaryDirectory(prefix="postloan-match-") as folder:
        scratch = Path(folder)
        rows = [
            _numbered(path, scratch / f"given_{side}.parquet") for path, side in ((one, "a"), (other, "b"))
        ]
        with DuckDBEngine(memory_mb=_MEMORY_MB) as engine, _reader(sum(rows), processes) as reader:
            for side in ("a", "b"):
                engine.parquet(f"given_{side}", scratch / f"given_{side}.parquet")
            return match(engine, target, scratch, options, reader)


def _numbered(source: Path, path: Path) -> int:
    """The addresses with their row numbers as a Parquet file; returns how many there are."""
    rows = 0
    schema = pa.schema([("row_no", pa.int64()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for texts in address_batches(source):
            numbers = pa.array(range(rows + 1, rows + len(texts) + 1), pa.int64())
            writer.write_batch(
                pa.RecordBatch.from_arrays([numbers, pa.array(texts, pa.string())], schema=schema)
            )
            rows += len(texts)
    return rows


@contextmanager
def _reader(rows: int, processes: int | None) -> Iterator[Reader]:
    count = processes or min(os.cpu_count() or 1, 8)
    if count < 2 or rows < _WORTH_IT:
        yield read_here
        return
    # a forked process could inherit the locks of DuckDB's threads
    pool = ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
    )

    def read(texts: Sequence[str]) -> Sequence[Signatures]:
        return list(pool.map(_read, (texts[at : at + _CHUNK] for at in range(0, len(texts), _CHUNK))))

    try:
        yield read
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """End this process when the one that started it is no more, were it killed."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _read(texts: Sequence[str]) -> Signatures:
    return signatures(texts, "fast")
