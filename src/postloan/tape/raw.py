"""A tape as the seller wrote it: files opened, nothing interpreted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from postloan.kernel import Finding


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of the source, readable in the engine.

    table: ours, for example ``loans``. view: its name in the engine, ``raw_loans``; its columns are ``row``
    (1-based data row) and those of ``headers``. file: where it comes from, as shown to people. sha256: of
    the whole file. format: csv, xlsx or parquet. encoding: of a text file, '' otherwise. rows: data rows
    that the view holds. headers: column in the view → header as written. types: column → SQL type.
    rejected: rows with too few or too many cells, kept in the view ``ragged``. control: the seller's total
    row, column → text. findings: what was seen while opening.
    """

    table: str
    view: str
    file: str
    sha256: str
    format: str
    encoding: str
    rows: int
    headers: Mapping[str, str]
    types: Mapping[str, str]
    rejected: int = 0
    control: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class RawTape:
    """All tables of a source by our names.

    The engine also holds ``ragged(table_name, row, cells, expected, text)``: the rows that no table could
    take. Their text is personal data.

    source: path as the user gave it. findings: what concerns the source as a whole.
    """

    source: str
    tables: Mapping[str, RawTable]
    findings: tuple[Finding, ...] = ()

    @property
    def hashes(self) -> Mapping[str, str]:
        """SHA-256 of every file by its name."""
        return {table.file: table.sha256 for table in self.tables.values()}
