"""Files of addresses: one a line, or the column ``text`` of a Parquet file; parsed or normalised ones go to Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from postloan.adapters.files_whole import whole
from postloan.address.context import Context
from postloan.address.normalising import form_schema, normalise_table
from postloan.address.parsing import Mode, Weights, batch_of, checked, schema
from postloan.kernel import PostloanError

_ROWS, _MANY = 2048, 8192  # addresses held in memory at a time, the more where the tagger is not asked


class NoAddresses(PostloanError):
    """{path} holds no addresses to read: {why}.

    Give a UTF-8 text file with one address a line, or a Parquet file with a column named text.
    """

    zh = (
        "{path} 中没有可读的地址：{why}。请提供每行一个地址的 UTF-8 文本文件，或含有 text 列的 Parquet 文件。"
    )


def parse_file(source: Path, target: Path, mode: Mode, weights: Weights) -> int:
    """Parse every address of a file into a Parquet file, whole or not at all; returns how many there were.

    Raises:
        NoAddresses: the source is not there, or no such file. CannotWrite, DiskFull: see ``files_whole``.
    """
    checked(mode, weights)
    rows = 0
    with whole(target) as part, pq.ParquetWriter(part, schema(), compression="zstd") as writer:
        for texts in address_batches(source, _MANY if mode == "divisions" else _ROWS):
            writer.write_batch(batch_of(texts, mode, weights))
            rows += len(texts)
    return rows


def normalise_file(source: Path, target: Path, mode: Mode, weights: Weights, region: str = "") -> int:
    """Put every address of a file into standard form, whole or not at all; returns how many there were.

    region: code of a division that decides among places of one name, '' for none.

    Raises:
        NoAddresses: the source is not there, or no such file. CannotWrite, DiskFull: see ``files_whole``.
    """
    checked(mode, weights)
    context = Context.of(region=region) if region else None
    rows = 0
    with whole(target) as part, pq.ParquetWriter(part, form_schema(), compression="zstd") as writer:
        for texts in address_batches(source):
            writer.write_table(normalise_table(texts, context, mode, weights))
            rows += len(texts)
    return rows


def address_batches(source: Path, rows: int = _ROWS) -> Iterator[list[str | None]]:
    """The texts of a file, ``rows`` at a time; None stands for a missing one.

    Raises:
        NoAddresses: the source is not there, or no such file.
    """
    if source.suffix.lower() in (".parquet", ".pq"):
        yield from _column(source, rows)
        return
    try:
        with source.open(encoding="utf-8-sig", newline="\n") as lines:
            while batch := [line.rstrip("\r\n") for line in islice(lines, rows)]:
                yield list(batch)
    except UnicodeDecodeError as error:
        raise NoAddresses(path=source, why="it is not UTF-8") from error
    except OSError as error:
        raise NoAddresses(path=source, why=error.strerror or "it cannot be opened") from error


def _column(source: Path, rows: int) -> Iterator[list[str | None]]:
    try:
        with pq.ParquetFile(source) as file:
            found = file.schema_arrow
            if "text" not in found.names:
                raise NoAddresses(path=source, why="it has no column named text")
            kind = found.field("text").type
            if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
                raise NoAddresses(path=source, why=f"its column text is {kind}, not text")
            for batch in file.iter_batches(batch_size=rows, columns=["text"]):
                yield batch.column(0).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise NoAddresses(path=source, why=str(error).splitlines()[0]) from error
