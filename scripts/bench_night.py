"""How fast a tape is opened, a night posted and the morning shown, on SQLite or PostgreSQL, against what was promised.

Usage: ``python scripts/bench_night.py [--loans N] [--payments N] [--work FOLDER] [--db URL | --postgres]``. The tape is
synthetic; payments name their loan by number (7 of 10), contract, a number in the remark, or payer and amount; one in a
hundred has a fault. With ``--work`` tape, book and payment file are kept there for the next time; ``--postgres`` starts
a server of its own that writes as durably as one in production. Exit code 1 if a limit is passed (they are for a
machine of two cores that does nothing else) or the journal does not hold.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from postloan.bootstrap import posting_tools, records, tools
from postloan.rules import load_book
from postloan.synth import synthesize, write_tape
from postloan.workflows.morning import morning
from postloan.workflows.opening import OpeningOptions, open_book
from postloan.workflows.posting import post_files
from postloan.workflows.posting_parts import PostingOptions
from postloan.workflows.run import RunOptions, Stage, run_tape

ROOT = Path(__file__).resolve().parent.parent
NIGHT = date(2026, 7, 1)
AT = datetime(2026, 7, 1, 18, tzinfo=UTC)
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
LIMITS = {"open": (90, 120), "post": (60, 90), "morning": (1, 1)}
"""Seconds promised on SQLite and on PostgreSQL."""
T = TypeVar("T")


class Stopwatch:
    """Runs jobs and prints what each took; ``late`` names those that passed their limit."""

    def __init__(self, *, served: bool) -> None:
        self._served = served
        self.late: list[str] = []

    def run(self, says: str, work: Callable[[], T], limit: str = "") -> T:
        """The result of a job. limit: its name in ``LIMITS``; "" for none."""
        begun, used = time.perf_counter(), _used()
        result = work()
        wall, cpu = time.perf_counter() - begun, _used() - used
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        verdict = ""
        if limit:
            most = LIMITS[limit][self._served]
            verdict = f"≤ {most} s {'pass' if wall <= most else 'FAIL'}"
            if wall > most:
                self.late.append(says)
        print(f"{says:<46} {wall:7.1f} s wall {cpu:7.1f} s CPU {peak:6,} MiB peak  {verdict}", flush=True)
        return result


def _used() -> float:
    times = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in times)


def payments(loans: pa.Table, names: dict[str, str], wanted: int, path: Path) -> None:
    """A night's file in Parquet: the columns of a bank statement."""
    dice = random.Random(20260701)
    rows = loans.select(
        ["loan_id", "borrower_id", "contract_no", "principal", "interest", "fees"]
    ).to_pylist()
    chosen = [rows[place % len(rows)] for place in dice.sample(range(max(wanted, len(rows))), wanted)]
    columns: dict[str, list[object]] = {
        name: [] for name in ("交易日期", "交易流水号", "交易金额", "付款人", "摘要", "借据号", "合同号")
    }
    for number, loan in enumerate(chosen):
        hint = dice.choices(("loan", "contract", "remark", "payer", "fault"), (70, 15, 10, 4, 1))[0]
        parts = (loan[name] for name in ("principal", "interest", "fees"))
        owed = sum(part for part in parts if part is not None)
        values = (
            NIGHT, f"R{number:09d}", owed if hint == "payer" else round(owed / 1000, 2) + 1,
            names.get(loan["borrower_id"], ""), f"还款 {loan['loan_id']}" if hint == "remark" else "还款",
            loan["loan_id"] if hint == "loan" else "L-none" if hint == "fault" else None,
            loan["contract_no"] if hint == "contract" else None,
        )  # fmt: skip
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    pq.write_table(pa.table(columns), path)


def make(loans: int, wanted: int, folder: Path) -> None:
    """A tape, its book and a night of payments."""
    notice = {
        "id": "bench", "seller": "合成贷款机构", "product": "个人消费贷款", "loans": loans,
        "borrowers": loans * 7 // 10, "total": loans * 10_000.0, "cutoff_date": "2026-06-30", "published": "2026-07-20",
    }  # fmt: skip
    made = synthesize(notice, seed=1)
    write_tape(made, folder / "tape")
    with tools() as ours:
        run_tape(RunOptions(folder / "tape", folder / "book", NIGHT, until=Stage.GRADE), ours)
    names = {row["borrower_id"]: row["name"] for row in made.tape["borrowers"].to_pylist()}
    payments(made.tape["loans"], names, wanted, folder / f"night-{wanted}.parquet")


def measure(watch: Stopwatch, work: Path, address: str, wanted: int) -> bool:
    """Open, post, post again, show the morning, verify; whether everything came to what it should."""
    file = work / f"night-{wanted}.parquet"
    with tools() as ours, records(address, create=True) as store:
        options = OpeningOptions(work / "book", NIGHT, AT, "bench", people=work / "tape")
        opened = watch.run("open the tape", lambda: open_book(options, ours, store), "open")
        book = load_book()
        watch.run("morning after the opening", lambda: morning(store, on=NIGHT, book=book), "morning")
    print(f"  {opened.opened:,} loans, {opened.people:,} people, {opened.contacts:,} ways to reach them")
    night = PostingOptions(NIGHT, AT, "bench", control_count=wanted)
    with posting_tools() as ours_too, records(address) as store:
        (done,) = watch.run("post the night", lambda: post_files([file], night, ours_too, store), "post")
        (again,) = watch.run("post it again", lambda: post_files([file], night, ours_too, store))
    print(f"  {done.tally.posted.rows:,} posted, {done.tally.all_suspended.rows:,} in suspense")
    with records(address) as store:
        shown = watch.run("morning after the night", lambda: morning(store, on=NIGHT, book=book), "morning")
        watch.run("morning, once more", lambda: morning(store, on=NIGHT, book=book), "morning")
        with store.reading() as tx:
            verdict = watch.run("verify the journal with all events", tx.journal.verify)
    counted = sum(line.loans for line in shown.portfolio)
    return verdict.whole and again.again and done.rows == wanted and counted == opened.opened


def main() -> int:
    """Measure and print; 1 if a limit is passed or something does not hold."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--loans", type=int, default=468_252)
    ask.add_argument("--payments", type=int, default=200_000)
    ask.add_argument("--work", type=Path)
    ask.add_argument("--db", default="")
    ask.add_argument("--postgres", action="store_true")
    asked = ask.parse_args()
    os.environ.setdefault("POSTLOAN_KEY", KEY)
    server: Any = None
    with tempfile.TemporaryDirectory(prefix="bench-night-") as folder:
        address = asked.db or f"{folder}/bench.db"
        if asked.postgres:
            sys.path.insert(0, str(ROOT / "tests" / "support"))
            server = importlib.import_module("postgres_server").Server(durable=True)
            address = server.url()
        served = address.startswith("postgres")
        print(f"{'PostgreSQL' if served else 'SQLite'}: {asked.loans:,} loans, {asked.payments:,} payments")
        watch = Stopwatch(served=served)
        work = (asked.work or Path(folder)) / f"loans-{asked.loans}"
        try:
            if not (work / f"night-{asked.payments}.parquet").exists():
                work.mkdir(parents=True, exist_ok=True)
                watch.run(
                    "make a tape, its book and the payments", lambda: make(asked.loans, asked.payments, work)
                )
            holds = measure(watch, work, address, asked.payments)
        finally:
            if server:
                server.remove()
    print("; ".join(f"FAIL: {says}" for says in watch.late) or "pass: every limit", end="")
    print("" if holds else "; FAIL: the figures or the journal do not hold")
    return 0 if holds and not watch.late else 1


if __name__ == "__main__":
    sys.exit(main())
