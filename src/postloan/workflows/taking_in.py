"""The tape stage: files opened, typed, mended as approved, checked, and written as the first tables of a book."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from postloan.kernel import Engine
from postloan.rules import RuleBook
from postloan.tape.checks import CAP, CheckedTape, check_tape
from postloan.tape.mapping import TapeMapping, parse_mapping
from postloan.tape.mending import Mended, apply_mending, proposals_from_yaml
from postloan.tape.raw import RawTape
from postloan.tape.sides import side_tables
from postloan.tape.typing import Intake, type_tables
from postloan.workflows.tools import Tools

LABEL = "synthetic.json"
"""The file that marks a folder as synthetic data."""
PACKAGES = "packages.yaml"
"""The packages file that is looked for beside a tape."""


@dataclass(frozen=True, slots=True)
class TapeOptions:
    """How a tape is read.

    mapping: text of a mapping file, '' for header synonyms alone; mapping_file: its name. encoding: of text
    files, None to find out. cutoff_on: taken where the tape states no cut-off date. cap: rows shown of each
    kind of finding on each field. accepted: codes of errors that only warn. mend: text of a file of approved
    mendings, '' for none; mend_file: its name.
    """

    mapping: str = ""
    mapping_file: str = "mapping.yaml"
    encoding: str | None = None
    cutoff_on: date | None = None
    cap: int = CAP
    accepted: frozenset[str] = frozenset()
    mend: str = ""
    mend_file: str = "mending.yaml"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A tape that has been read and checked; its tables are in the engine."""

    raw: RawTape
    intake: Intake
    checked: CheckedTape


def type_source(source: Path, options: TapeOptions, tools: Tools) -> Intake:
    """Read a source without checking it; the engine then holds ``typed_<table>``.

    Raises:
        PostloanError: the source or the mapping cannot be used.
    """
    return _typed(source, options, tools)[1]


def _typed(source: Path, options: TapeOptions, tools: Tools) -> tuple[RawTape, Intake]:
    mapping = parse_mapping(options.mapping, options.mapping_file) if options.mapping else TapeMapping()
    with tools.stage("open", "Opening the files…", "正在打开文件……"):
        known = mapping.knows if options.mapping else None
        raw = tools.open_tape(tools.engine, source, known=known, encoding=options.encoding)
        intake = type_tables(tools.engine, raw, mapping)
    return raw, intake


def check_source(
    source: Path, options: TapeOptions, tools: Tools, book: RuleBook, *, work: Path | None = None
) -> TakenIn:
    """Read and check a source; the engine then holds ``loans``, ``borrowers`` and the findings' tables.

    work: a folder for copies of what was read; it must stay until the tables are written.

    Raises:
        PostloanError: the source or the mapping cannot be used.
    """
    raw, intake = _typed(source, options, tools)
    mended = Mended({}, ())
    if options.mend:
        with tools.stage("mend", "Mending as approved…", "正在按批准修补……"):
            proposals = proposals_from_yaml(options.mend, path=options.mend_file)
            mended = apply_mending(
                tools.engine, proposals, cutoff_on=options.cutoff_on, rules=book, work=work
            )
    with tools.stage("check", "Checking every row…", "正在逐行检查……"):
        checked = check_tape(
            tools.engine,
            rules=book,
            cutoff_on=options.cutoff_on,
            cap=options.cap,
            accepted=options.accepted,
            also=(*intake.findings, *mended.findings),
            sources={name: table.file for name, table in raw.tables.items()},
            names=mended.names,
            control=intake.control,
            unread=intake.unread,
            work=work,
            kept=bool(options.mend),
        )
    return TakenIn(raw, intake, checked)


def take_in(
    source: Path, options: TapeOptions, tools: Tools, folder: Path, book: RuleBook,
    then: Callable[[], None] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Read and check a source and write the tape's tables of a book; answers what book.json says of it.

    then: called while all tables of the tape, with what is personal, can still be read.
    """
    with TemporaryDirectory(prefix=".typed-", dir=folder) as work:
        taken = check_source(source, options, tools, book, work=Path(work))
        with tools.stage("write", "Writing the tape…", "正在写出数据……"):
            write_tables(tools.engine, folder)
        if then is not None:
            then()
    label = read_label(source)
    packages = (source if source.is_dir() else source.parent) / PACKAGES
    return {
        "sources": [
            {
                "name": table.file, "sha256": table.sha256, "rows": table.rows, "table": name,
                "encoding": table.encoding,
            }
            for name, table in taken.raw.tables.items()
        ],
        "cutoff_on": taken.checked.cutoff_on.isoformat() if taken.checked.cutoff_on else None,
        "score": round(taken.checked.score, 6),
        "title": " ".join(str(label[key]) for key in ("seller", "period") if label.get(key)) or source.stem,
        "synthetic": bool(label.get("synthetic")),
        "seed": label.get("seed"),
        "tape_packages": packages.read_text(encoding="utf-8") if packages.is_file() else "",
    }  # fmt: skip


def write_tables(engine: Engine, folder: Path) -> None:
    """Write the tape's tables to Parquet and read them from there, so that nothing is computed twice."""
    for table in ("loans", "borrowers", *sorted(side_tables(engine))):
        engine.write(f"SELECT * FROM {table}", folder / f"{table}.parquet")
        engine.parquet(table, folder / f"{table}.parquet")
    for table in ("findings", "finding_counts", "field_quality"):
        engine.write(f"SELECT * FROM {table}", folder / f"{table}.parquet")


def read_label(source: Path) -> dict[str, Any]:
    """What ``synthetic.json`` beside a tape says; nothing where the tape is real."""
    path = (source if source.is_dir() else source.parent) / LABEL
    if not path.is_file():
        return {}
    label = json.loads(path.read_text(encoding="utf-8"))
    return label if isinstance(label, dict) else {}
