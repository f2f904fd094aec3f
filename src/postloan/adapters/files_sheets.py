"""Workbooks: every visible sheet with something in it, as text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from postloan.adapters.files_errors import EncryptedWorkbook, OldWorkbook, UnreadableWorkbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of a compound file: an encrypted workbook, or one in the old format."""
ZIP = b"PK\x03\x04"


def refuse_ole(path: Path) -> None:
    """Tell why a compound file cannot be read.

    Raises:
        EncryptedWorkbook: it holds an encrypted package. OldWorkbook: otherwise.
    """
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            if "EncryptedPackage".encode("utf-16-le") in chunk:
                raise EncryptedWorkbook(path=path)
    raise OldWorkbook(path=path)


def sheets(path: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The visible sheets that have rows, each as text columns from its first used row on.

    Numbers keep their digits, dates become ISO text.

    Raises:
        UnreadableWorkbook: no workbook, or a damaged one.
    """
    import fastexcel  # only where a workbook is read: keeps the command line quick

    try:
        with zipfile.ZipFile(path) as archive:
            if not any(name.startswith("xl/") for name in archive.namelist()):
                raise UnreadableWorkbook(path=path, why="a zip archive, but no workbook in it")
        reader = fastexcel.read_excel(str(path))
        for name in reader.sheet_names:
            sheet = reader.load_sheet(name, header_row=None, dtypes="string", whitespace_as_null=True)
            if sheet.visible != "visible" or sheet.height == 0:
                continue
            yield name, sheet.to_arrow()
    except zipfile.BadZipFile as error:
        raise UnreadableWorkbook(path=path, why="the file is damaged or incomplete") from error
    except fastexcel.FastExcelError as error:
        raise UnreadableWorkbook(path=path, why=str(error).split("\n")[0]) from error
