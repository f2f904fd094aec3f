"""Writes a synthetic tape as a tape folder, its truth beside it, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from postloan.kernel import PostloanError
from postloan.synth.tape import Tables
from postloan.tape import tables as tape_tables
from postloan.tape.terms import terms

LABEL = "synthetic.json"
"""The file that says that a folder is synthetic; its texts are to be shown wherever the data is."""

PACKAGES = "packages.yaml"
"""The file that titles the tape's package like the notice that it discloses."""

Format = Literal["parquet", "csv", "xlsx"]
Headers = Literal["en", "zh"]
_SHEET_ROWS = 1_048_575


class NotOurs(PostloanError):
    """{path} holds files that are not a synthetic tape.

    Choose an empty or new folder with --out, so that nothing of yours is replaced.
    """

    zh = "{path} 中有不属于合成数据的文件。请用 --out 指定空文件夹或新文件夹，以免覆盖您的文件。"


class NoWorkbookWriter(PostloanError):
    """Writing .xlsx needs the package xlsxwriter, which is not installed.

    Install it with `pip install xlsxwriter`, or write --format csv or parquet.
    """

    zh = "写出 .xlsx 需要 xlsxwriter 包，当前未安装。请执行 `pip install xlsxwriter`，或改用 --format csv 或 parquet。"


class TooManyRows(PostloanError):
    """The table {table} has {rows} rows; a sheet of a workbook holds {most}.

    Write --format parquet or csv.
    """

    zh = "表 {table} 有 {rows} 行，超过工作表上限 {most} 行。请改用 --format parquet 或 csv。"


def truth_folder(folder: Path) -> Path:
    """Where the hidden truth of a tape folder lies: beside it, so that no pipeline meets it."""
    return folder.with_name(folder.name + "-truth")


def write_tape(
    made: Tables, folder: Path, *, format: Format = "parquet", headers: Headers = "en"  # noqa: A002
) -> list[Path]:  # fmt: skip
    """Write the tape to ``folder`` and the truth to ``FOLDER-truth``; answers the files.

    Either both folders are complete or what was there before is untouched. headers: ``zh`` writes headers and
    terms as Chinese sellers do.

    Raises:
        NotOurs: one of the folders holds something else.
        NoWorkbookWriter, TooManyRows: the workbook cannot be written.
    """
    truth = truth_folder(folder)
    written: list[Path] = []
    parts = {target: target.with_name(f".{target.name}.{os.getpid()}.tmp") for target in (folder, truth)}
    for target in parts:
        _must_be_ours(target)
    try:
        for target, part in parts.items():
            part.mkdir(parents=True)
            label = {**made.label, **({"truth": True} if target is truth else {})}
            text = json.dumps(label, ensure_ascii=False, indent=2) + "\n"
            (part / LABEL).write_text(text, encoding="utf-8")
            if target is folder:
                (part / PACKAGES).write_text(made.packages, encoding="utf-8")
        for name, table in made.tape.items():
            path = parts[folder] / f"{name}.{format}"
            _write(_in_chinese(name, table) if headers == "zh" else table, name, path, format)
            written.append(folder / path.name)
        for name, table in made.truth.items():
            pq.write_table(table, parts[truth] / f"{name}.parquet", compression="zstd", compression_level=1)
        for target, part in parts.items():
            if target.exists():
                target.rename(part.with_suffix(".old.tmp"))
            part.rename(target)
    finally:
        for part in parts.values():
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(part.with_suffix(".old.tmp"), ignore_errors=True)
    return written


def _must_be_ours(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotOurs(path=folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / LABEL).is_file():
        raise NotOurs(path=folder)


def _write(table: pa.Table, name: str, path: Path, form: Format) -> None:
    if form == "parquet":
        pq.write_table(table, path, compression="zstd", compression_level=1)
    elif form == "csv":
        # A byte-order mark tells spreadsheet programs that the Chinese is UTF-8.
        with path.open("wb") as file:
            file.write(b"\xef\xbb\xbf")
            pcsv.write_csv(table, file)
    else:
        _write_workbook(table, name, path)


def _write_workbook(table: pa.Table, name: str, path: Path) -> None:
    try:
        import xlsxwriter
    except ImportError as error:
        raise NoWorkbookWriter from error
    if table.num_rows > _SHEET_ROWS:
        raise TooManyRows(table=name, rows=table.num_rows, most=_SHEET_ROWS)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    try:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, table.column_names)
        row = 0
        for batch in table.to_batches(max_chunksize=10_000):
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                row += 1
                for place, value in enumerate(values):
                    if value is not None:
                        sheet.write(row, place, value)
    finally:
        book.close()


def _in_chinese(name: str, table: pa.Table) -> pa.Table:
    """The table with Chinese headers, and its terms in Chinese, as sellers write them."""
    known: Mapping[str, object] = tape_tables()[name].columns
    made: dict[str, pa.Array] = {}
    for header in table.column_names:
        values = table[header].combine_chunks()
        column = tape_tables()[name].columns[header] if header in known else None
        if column and column.kind == "term" and pa.types.is_string(values.type):
            words = terms()[column.enum]
            values = pc.replace_with_mask(
                values,
                pc.is_in(values, pa.array(list(words))),
                _translated(values, {code: term.zh for code, term in words.items()}),
            )
        elif column and column.kind == "flag" and pa.types.is_boolean(values.type):
            values = pc.if_else(values, "是", "否")
        made[column.zh if column else header] = values
    return pa.table(made)


def _translated(values: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """The words for those values that are codes, in order, without the others."""
    found = pc.index_in(values, pa.array(list(words)))
    return pa.array(list(words.values())).take(pc.drop_null(found))
