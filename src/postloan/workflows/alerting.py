"""Alerts of hidden non-performing loans, and findings of later stages put beside those of the tape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from postloan.kernel import Engine
from postloan.rules import RuleBook
from postloan.tape.found import FindingCount, Seen
from postloan.workflows.tools import Tools

ALERTS = "alerts"
"""The table of alerts, in the engine and in the book."""


def find_alerts(
    tools: Tools, book: RuleBook, *, on: date, cap: int, folder: Path | None
) -> tuple[list[FindingCount], list[Seen]]:
    """Look for signs of hidden non-performing loans; answers them as findings.

    folder: of the book, which then holds ``alerts``; None keeps them in the engine alone. Where the tape has no
    table that could show a sign, nothing is done and there is no such table.
    """
    from postloan.decide.hidden import alert_findings, alerts_query
    from postloan.tape import side_tables

    engine = tools.engine
    if not side_tables(engine):
        return [], []
    with tools.stage(ALERTS, "Looking for hidden non-performing loans…", "正在排查隐性不良……"):
        query = alerts_query(engine, book, on=on)
        if query is None:
            return [], []
        if folder is None:
            engine.table(ALERTS, query)
        else:
            engine.write(query, folder / f"{ALERTS}.parquet")
            engine.parquet(ALERTS, folder / f"{ALERTS}.parquet")
        engine.drop("alert_rows")
        return alert_findings(engine, cap=cap)


def keep_findings(
    engine: Engine, folder: Path | None, counts: Sequence[FindingCount], seen: Sequence[Seen]
) -> None:
    """Add the findings of later stages to those of the tape, in the engine and, where given, in the book."""
    from postloan.tape.found import counts_table, findings_table

    if counts:
        engine.register("later_findings", findings_table(seen, {}))
        engine.register("later_counts", counts_table(counts, seen))
        for table, later in (("findings", "later_findings"), ("finding_counts", "later_counts")):
            engine.table(table, f"SELECT * FROM {table} UNION ALL SELECT * FROM {later}")
    if folder is not None:
        for table in ("findings", "finding_counts"):
            engine.write(f"SELECT * FROM {table}", folder / f"{table}.parquet")
