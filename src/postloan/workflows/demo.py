"""The demonstration: a published package re-materialised, run, and compared with what was planted in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from postloan.kernel import Lang
from postloan.synth import package_notice, plant_faults, synthesize, truth_folder, write_tape
from postloan.workflows.run import RunOptions, RunResult, run_tape
from postloan.workflows.tools import Tools


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a demonstration came to.

    tape: the synthetic tape. seller, period: of the notice it discloses. planted: faults planted. found: those
    whose finding stands on their row. quarantined: those whose row, or whose borrower's loans, are kept apart.
    """

    result: RunResult
    tape: Path
    seller: str
    period: str
    planted: int = 0
    found: int = 0
    quarantined: int = 0


def run_demo(
    package: str, out: Path, tools: Tools, *, seed: int = 1, with_faults: bool = False, lang: Lang = "en"
) -> DemoResult:
    """Make the tape of a published package beside ``out``, run everything on it, and leave the book at ``out``.

    package: a name of ``postloan.synth.package_names``. The decisions are made for the day of publication.
    """
    notice = package_notice(package)
    tape = out.with_name(f"{out.name}-tape")
    tape.parent.mkdir(parents=True, exist_ok=True)
    with tools.stage("synth", "Making a synthetic tape…", "正在生成合成数据……"):
        made = synthesize(notice, seed=seed)
        if with_faults:
            made = plant_faults(made, seed=seed)
        write_tape(made, tape, format="csv" if with_faults else "parquet")
    on = date.fromisoformat(str(notice.get("published") or notice["source"]["date"])[:10])
    result = run_tape(RunOptions(source=tape, out=out, on=on, lang=lang), tools)
    planted = found = quarantined = 0
    if with_faults:
        planted, found, quarantined = _compared(tools, out, truth_folder(tape) / "faults.parquet")
    return DemoResult(
        result, tape, str(notice["seller"] or ""), str(notice["period"] or ""), planted, found, quarantined
    )


def _compared(tools: Tools, out: Path, truth: Path) -> tuple[int, int, int]:
    """Planted faults, those found on their row, and those kept apart. Only the demonstration may read the truth."""
    engine = tools.engine
    engine.parquet("planted", truth)
    for table in ("findings", "loans"):
        engine.parquet(f"book_{table}", out / f"{table}.parquet")
    found = (
        "EXISTS (SELECT 1 FROM book_findings AS f WHERE f.code = p.code AND f.table_name = p.table_name"
        " AND f.row = p.row)"
    )
    apart = (
        "CASE WHEN p.table_name = 'loans' THEN EXISTS (SELECT 1 FROM book_loans AS l WHERE l.row = p.row"
        " AND l.quarantined) ELSE NOT EXISTS (SELECT 1 FROM book_loans AS l WHERE l.borrower_id = p.borrower_id"
        " AND NOT l.quarantined) END"
    )
    counts = engine.rows(
        f"SELECT COUNT(*), COUNT(*) FILTER (WHERE {found}), COUNT(*) FILTER (WHERE {apart}) FROM planted AS p"
    )[0]
    return int(counts[0]), int(counts[1]), int(counts[2])
