"""The files of a tape: a folder or a single file becomes ``raw_<table>`` views in the engine."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from postloan.adapters.files_errors import (
    DamagedParquet,
    EmptyFile,
    EmptyTable,
    NoLoans,
    NoSource,
    NotATable,
    TwoFilesForOneTable,
    WrongEncoding,
)
from postloan.adapters.files_sheets import OLE, ZIP, refuse_ole, sheets
from postloan.adapters.files_spool import RAGGED, Ragged, Spooled, spool
from postloan.adapters.files_text import TextFile, look_at, records
from postloan.kernel import Engine, Finding, load_kinds
from postloan.kernel.sql import identifier, literal
from postloan.tape.columns import tables
from postloan.tape.header_row import HeaderRow, find_header, guess_table, unique_names
from postloan.tape.headers import table_of_name
from postloan.tape.mapping import TapeMapping, parse_mapping
from postloan.tape.raw import RawTable, RawTape

SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".parquet", ".pq", ".xlsx", ".xlsm", ".xls"})
"""Files of a folder that are looked at; everything else in it is left alone."""

Known = Callable[[str], bool]


def open_tape(
    engine: Engine,
    source: Path,
    *,
    known: Known | None = None,
    encoding: str | None = None,
    work: Path | None = None,
) -> RawTape:
    """Make the tables of a source readable as ``raw_<table>`` in the engine.

    source: a folder with ``loans.csv|xlsx|parquet``, ``borrowers.*`` and so on (names in English or
    Chinese; a lone file is the loans), or such a file. Text tables are copied once to Parquet under
    ``work`` (default: a temporary folder that goes with the engine); Parquet is read where it lies.
    known: says whether a header is known besides the synonyms, for example ``Mapping.names``.
    encoding: of text files, where it should not be found out.

    Raises:
        PostloanError: what is wrong with which file and how to mend it, see ``files_errors``.
    """
    if not source.exists():
        raise NoSource(path=source)
    if work is None:
        work = Path(tempfile.mkdtemp(prefix="postloan-tape-"))
        weakref.finalize(engine, shutil.rmtree, work, ignore_errors=True)
    opening = _Opening(engine, source, work, known, encoding)
    if source.is_dir():
        opening.folder()
    else:
        opening.file(source, None if _magic(source) == "xlsx" else "loans")
    return opening.done()


def open_table(
    engine: Engine, path: Path, table: str, *, known: Known | None = None, encoding: str | None = None
) -> RawTable:
    """Make a file that holds one table readable as ``raw_<table>`` in the engine; its ragged rows as ``ragged``.

    known: says whether a header is known besides those of a tape.

    Raises:
        NotATable: a workbook with several filled sheets. Others as ``open_tape``.
    """
    if not path.is_file():
        raise NoSource(path=path)
    work = Path(tempfile.mkdtemp(prefix="postloan-table-"))
    weakref.finalize(engine, shutil.rmtree, work, ignore_errors=True)
    opening = _Opening(engine, path, work, known, encoding)
    opening.file(path, table)
    if opening.aside or list(opening.tables) != [table]:
        raise NotATable(path=path, why="it has several filled sheets; give each as a file of its own")
    opening.keep_ragged()
    return opening.tables[table]


def open_mapping(path: Path) -> TapeMapping:
    """Read a user's mapping file.

    Raises:
        NoSource: there is none. BadMapping: what is wrong with it.
    """
    if not path.is_file():
        raise NoSource(path=path)
    try:
        return parse_mapping(path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        raise WrongEncoding(path=path, line=1, byte=f"0x{error.object[error.start]:02X}") from error


def _magic(path: Path) -> str:
    """What a file is by its first bytes, whatever its name says: parquet, xlsx, ole, text or empty."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        return "empty"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(ZIP):
        return "xlsx"
    return "ole" if head.startswith(OLE[:4]) else "text"


@dataclass
class _Opening:
    """One call of ``open_tape`` while it runs."""

    engine: Engine
    source: Path
    work: Path
    known: Known | None
    encoding: str | None
    tables: dict[str, RawTable] = field(default_factory=dict)
    aside: list[str] = field(default_factory=list)
    ragged: list[Path] = field(default_factory=list)

    def folder(self) -> None:
        """Open every file of a folder whose name tells a table."""
        found = sorted(
            path
            for path in self.source.iterdir()
            if path.is_file() and path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~$"))
        )
        if not found:
            raise NoLoans(path=self.source, found="-")
        named = {path: table_of_name(path.stem) for path in found}
        if len(found) == 1:
            named[found[0]] = None if _magic(found[0]) == "xlsx" else "loans"
        elif "loans" not in named.values():
            # Somebody must be the loans: the only nameless file, if there is just one.
            nameless = [path for path, table in named.items() if table is None]
            if len(nameless) == 1:
                named[nameless[0]] = "loans"
        first: dict[str, Path] = {}
        for path, table in named.items():
            if table and table in first:
                raise self._twice(table, first[table].name, path.name)
            if table:
                first[table] = path
        for path, table in named.items():
            if table is None and _magic(path) != "xlsx":
                self.aside.append(path.name)
            else:
                self.file(path, table)

    def file(self, path: Path, table: str | None) -> None:
        """Open one file as a table; of a workbook every sheet, where it has several."""
        kind = _magic(path)
        if kind == "empty":
            raise EmptyFile(path=path)
        if kind == "ole":
            refuse_ole(path)
        if kind == "xlsx":
            self._workbook(path, table)
        elif kind == "parquet":
            self._add(self._parquet(path, table or "loans"))
        elif path.suffix.lower() in {".parquet", ".pq"}:
            raise DamagedParquet(path=path, why="it does not begin as Parquet files do")
        elif path.suffix.lower() in {".xlsx", ".xlsm", ".xls"}:
            raise NotATable(path=path, why="it is called a workbook but is none")
        else:
            self._add(self._text(path, table or "loans"))

    def done(self) -> RawTape:
        """The tape, if it has loans."""
        loans = self.tables.get("loans")
        if loans is None:
            there = [table.file for table in self.tables.values()] + self.aside
            raise NoLoans(path=self.source, found=", ".join(there) or "-")
        if loans.rows == 0:
            why = f"{loans.rejected} rows have too few or too many cells" if loans.rejected else "none at all"
            raise EmptyTable(path=loans.file, why=why)
        self.keep_ragged()
        findings = []
        if self.aside:
            names = ", ".join(f"{name}.csv" for name in tables())
            findings.append(_finding("T011", found=", ".join(self.aside), expected=names))
        return RawTape(str(self.source), dict(self.tables), tuple(findings))

    def keep_ragged(self) -> None:
        """Name the view of the rows that no table could take."""
        parts = [f"SELECT * FROM read_parquet({literal(str(path))})" for path in self.ragged]
        if not parts:
            self.engine.register("ragged", RAGGED.empty_table())
        else:
            self.engine.view("ragged", " UNION ALL ".join(parts))

    def _add(self, table: RawTable) -> None:
        if table.table in self.tables:
            raise self._twice(table.table, self.tables[table.table].file, table.file)
        self.tables[table.table] = table

    def _twice(self, table: str, first: str, second: str) -> TwoFilesForOneTable:
        return TwoFilesForOneTable(
            path=self.source, first=first, second=second, table=table, table_zh=tables()[table].zh
        )

    def _parquet(self, path: Path, table: str) -> RawTable:
        try:
            file = pq.ParquetFile(path)
            rows, names = file.metadata.num_rows, file.schema_arrow.names
            file.close()
        except (pa.ArrowException, OSError) as error:
            raise DamagedParquet(path=path, why=str(error).split("\n")[0]) from error
        at = _without_wildcards(path, self.work / f"{table}.source.parquet")
        base, view = f"source_{table}", f"raw_{table}"
        self.engine.view(base, f"SELECT * FROM read_parquet({literal(str(at))}, file_row_number=true)")
        found = list(self.engine.columns(base).items())[: len(names)]
        shown = unique_names(names)
        columns = ", ".join(
            f"{identifier(column)} AS {identifier(name)}"
            for (column, _), name in zip(found, shown, strict=True)
        )
        self.engine.view(
            view, f'SELECT CAST(file_row_number + 1 AS BIGINT) AS "row", {columns} FROM {identifier(base)}'
        )
        types = {name: kind for (_, kind), name in zip(found, shown, strict=True)}
        findings = (_finding("T018", table, found=path.name),) if rows == 0 else ()
        headers = dict(zip(shown, names, strict=True))
        return RawTable(
            table, view, path.name, _sha256(path), "parquet", "", rows, headers, types, findings=findings
        )

    def _text(self, path: Path, table: str) -> RawTable:
        file = look_at(path, self.encoding)
        header = find_header(file.sample, self.known)
        names = self._names(header, file.sample)
        ragged = Ragged(table, self.work / f"{table}.ragged.parquet", header.records)
        batches = records(file, names, ragged)
        return self._spooled(
            table, path.name, file.sha256, "csv", file, header, names, batches, ragged, nuls=file.nuls > 0
        )

    def _workbook(self, path: Path, table: str | None) -> None:
        found = list(sheets(path))
        if not found:
            raise EmptyFile(path=path)
        sha = _sha256(path)
        for name, batch in found:
            sample = [list(record.values()) for record in batch.slice(0, 200).to_pylist()]
            header = find_header(sample, self.known)
            if len(found) == 1:
                meant: str | None = table or "loans"
            else:
                meant = table_of_name(name) or guess_table(header.headers)
                if meant is None and table is not None and table not in self.tables:
                    meant = table
            shown = path.name if len(found) == 1 else f"{path.name} [{name}]"
            if meant is None:
                self.aside.append(shown)
                continue
            names = self._names(header, sample)
            ragged = Ragged(meant, self.work / f"{meant}.ragged.parquet", header.records)
            self._add(
                self._spooled(
                    meant, shown, sha, "xlsx", None, header, names, iter([batch]), ragged, nuls=False
                )
            )

    @staticmethod
    def _names(header: HeaderRow, sample: Sequence[Sequence[str | None]]) -> list[str]:
        """Column names as wide as the data: lines often end with a delimiter that the headers lack."""
        data = [len(record) for record in sample[header.records :]]
        usual = max(set(data), key=data.count) if data else 0
        wider = max(usual, len(header.headers)) if data.count(usual) * 2 > len(data) else len(header.headers)
        return unique_names([*header.headers, *[""] * (wider - len(header.headers))])

    def _spooled(
        self,
        table: str,
        shown: str,
        sha: str,
        kind: str,
        file: TextFile | None,
        header: HeaderRow,
        names: Sequence[str],
        batches: Iterator[pa.RecordBatch],
        ragged: Ragged,
        *,
        nuls: bool,
    ) -> RawTable:
        path = self.work / f"{table}.parquet"
        done = spool(batches, names, path, skip=header.records, ragged=ragged, nuls=nuls)
        if (lost := ragged.close()) is not None:
            self.ragged.append(lost)
        view = f"raw_{table}"
        without = f' WHERE "row" NOT IN {literal(done.left_out)}' if done.left_out else ""
        self.engine.view(view, f"SELECT * FROM read_parquet({literal(str(path))}){without}")
        headers = dict(zip(names, [*header.headers, *[""] * len(names)], strict=False))
        return RawTable(
            table=table,
            view=view,
            file=shown,
            sha256=sha,
            format=kind,
            encoding=file.encoding if file else "",
            rows=done.rows,
            headers=headers,
            types=dict.fromkeys(names, "VARCHAR"),
            rejected=done.rejected,
            control=done.total,
            findings=tuple(self._seen(table, view, header, headers, done, ragged, file)),
        )

    def _seen(
        self,
        table: str,
        view: str,
        header: HeaderRow,
        headers: dict[str, str],
        done: Spooled,
        ragged: Ragged,
        file: TextFile | None,
    ) -> Iterator[Finding]:
        if done.rejected:
            shown = ", ".join(map(str, ragged.shown)) + (" …" if done.rejected > len(ragged.shown) else "")
            yield _finding("T001", table, f"{done.rejected:,}", f"row {shown}", count=done.rejected)
        if header.records > header.lines:
            yield _finding("T004", table, str(header.records))
        if header.lines == 2:
            yield _finding("T016", table, ", ".join(filter(None, header.headers)))
        if done.total:
            yield _finding("T005", table, ", ".join(done.total.values()))
        if done.footer:
            yield _finding("T009", table, str(done.footer), count=done.footer)
        if done.blank:
            yield _finding("T006", table, f"{done.blank:,}", count=done.blank)
        if file and file.nuls:
            yield _finding("T007", table, f"{file.nuls:,}", count=file.nuls)
        if file and file.encoding != "utf-8":
            yield _finding("T010", table, file.encoding.upper())
        if done.rows == 0:
            yield _finding("T018", table, table)
        nameless = [name for name, written in headers.items() if not written]
        if nameless and done.rows:
            counts = self.engine.rows(
                f"SELECT {', '.join(f'COUNT({identifier(name)})' for name in nameless)} FROM {identifier(view)}"
            )[0]
            if filled := [name for name, count in zip(nameless, counts, strict=True) if count]:
                yield _finding("T017", table, ", ".join(filled))


def _finding(code: str, table: str = "", found: str = "", expected: str = "", count: int = 1) -> Finding:
    kind = load_kinds("postloan.tape", "intake.yaml")[code]
    return Finding(kind, table=table, found=found, expected=expected, count=count)


def _without_wildcards(path: Path, link: Path) -> Path:
    """The file under a name without ``*?[``, which the engine would read as a pattern."""
    if not any(mark in str(path) for mark in "*?["):
        return path
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    return link


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
