"""Text tables: encoding, delimiter and headers found out, records streamed."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from postloan.adapters.files_errors import EmptyFile, NotATable, OpenQuote, WrongEncoding
from postloan.adapters.files_spool import Ragged

CHUNK = 1 << 20
BLOCK = 8 << 20
"""Bytes that are parsed at a time; a record may not be longer."""
SAMPLE = 1 << 18
"""Bytes at the beginning in which delimiter and headers are looked for."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class TextFile:
    """What is known of a text file before its records are read.

    encoding: a Python codec. sha256: of the bytes. nuls: NUL characters in it. odd_quotes: whether the
    number of quotation marks is odd. delimiter: between cells. sample: its first records, cell by cell,
    without empty lines.
    """

    path: Path
    encoding: str
    sha256: str
    nuls: int
    odd_quotes: bool
    delimiter: str
    sample: Sequence[Sequence[str]]


def look_at(path: Path, encoding: str | None = None) -> TextFile:
    """Find out how a text file is written, in one or two passes over its bytes.

    encoding: a codec that the user names; otherwise UTF-8, UTF-16 or GB18030 is recognised.

    Raises:
        EmptyFile: no bytes, or nothing but blanks. NotATable: not text. WrongEncoding: none of these.
    """
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile(path=path)
    with path.open("rb") as stream:
        head = stream.read(4096)
    named = (
        encoding or next((codec for bom, codec in _BOMS if head.startswith(bom)), None) or _bare_utf16(head)
    )
    sha, nuls, quotes = _count(path)
    found = named or ("utf-8" if _fault(path, "utf-8") is None else "gb18030")
    if (found != "utf-8" or named) and (fault := _fault(path, found)) is not None:
        raise WrongEncoding(path=path, line=fault[0], byte=f"0x{fault[1]:02X}")
    if found.startswith("utf-16"):
        nuls = 0
    if nuls * 10 > size:
        raise NotATable(path=path, why="it is full of NUL bytes")
    with path.open("rb") as stream:
        text = codecs.getincrementaldecoder(found)(errors="replace").decode(stream.read(SAMPLE))
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if not text.strip():
        raise EmptyFile(path=path)
    delimiter, sample = _delimiter(text, whole=size <= SAMPLE)
    return TextFile(path, found, sha, nuls, quotes % 2 == 1, delimiter, sample)


def records(file: TextFile, names: Sequence[str], ragged: Ragged) -> Iterator[pa.RecordBatch]:
    """The records as batches of text columns, title and headers among them; ragged ones go to ``ragged``.

    Raises:
        OpenQuote: a quotation mark swallows the rest of the file.
        NotATable: a record is longer than 8 MB.
    """

    def reject(row: pa_csv.InvalidRow) -> str:
        ragged.take(row.number, row.actual_columns, row.expected_columns, row.text)
        return "skip"

    # Numbers of ragged rows are only told when one thread reads; it is fast enough.
    read = pa_csv.ReadOptions(
        use_threads=False, block_size=BLOCK, column_names=list(names), encoding=_codec(file.encoding)
    )
    parse = pa_csv.ParseOptions(
        delimiter=file.delimiter, newlines_in_values=True, invalid_row_handler=reject, ignore_empty_lines=True
    )
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    last: pa.RecordBatch | None = None
    seen = 0
    try:
        for batch in pa_csv.open_csv(
            file.path, read_options=read, parse_options=parse, convert_options=convert
        ):
            seen += batch.num_rows
            last = batch if batch.num_rows else last
            yield batch
    except pa.ArrowInvalid as error:
        if file.odd_quotes:
            raise OpenQuote(path=file.path, row=seen + ragged.count + 1) from error
        raise NotATable(path=file.path, why=str(error).split("\n")[0]) from error
    if file.odd_quotes:
        _refuse_swallowed(file, last, ragged, seen)


def _refuse_swallowed(file: TextFile, last: pa.RecordBatch | None, ragged: Ragged, seen: int) -> None:
    cells = [column[-1].as_py() or "" for column in last.columns] if last is not None else []
    if any("\n" in cell and file.delimiter in cell for cell in cells) or "\n" in ragged.last:
        raise OpenQuote(path=file.path, row=seen + len(ragged.numbers) - ragged.skip)


def _codec(encoding: str) -> str:
    return "utf8" if encoding == "utf-8" else encoding


def _bare_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its delimiters and digits is NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd * 10 > half and even * 50 < half:
        return "utf-16-le"
    if even * 10 > half and odd * 50 < half:
        return "utf-16-be"
    return None


def _count(path: Path) -> tuple[str, int, int]:
    sha, nuls, quotes = hashlib.sha256(), 0, 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            sha.update(chunk)
            nuls += chunk.count(0)
            quotes += chunk.count(b'"')
    return sha.hexdigest(), nuls, quotes


def _fault(path: Path, encoding: str) -> tuple[int, int] | None:
    """The line and the byte at which the text stops being in an encoding; None where it never does."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = bytes(error.object[: error.start])
                return lines + before.count(b"\n"), error.object[error.start]
            if not chunk:
                return None
            lines += chunk.count(b"\n")


def _delimiter(text: str, *, whole: bool) -> tuple[str, list[list[str]]]:
    """The delimiter that cuts most lines into the same number of cells, and the records that it makes."""
    best: tuple[tuple[float, int], str, list[list[str]]] | None = None
    for delimiter in ",\t;|":
        made: list[list[str]] = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        with suppress(csv.Error):  # what was read before the fault still tells how well the delimiter cuts
            for record in reader:
                if record:
                    made.append(record)
                if len(made) == 200:
                    break
        if not whole and 1 < len(made) < 200:
            made.pop()  # cut off in the middle
        if not made:
            continue
        width, times = Counter(map(len, made)).most_common(1)[0]
        score = (times / len(made) if width > 1 else 0.0, width)
        if best is None or score > best[0]:
            best = (score, delimiter, made)
    return (best[1], best[2]) if best else (",", [[text]])
