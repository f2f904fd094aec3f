"""How fast a book is opened and a night posted: wall and processor seconds, memory, on SQLite or PostgreSQL.

Usage: ``python scripts/bench_night.py [--loans N] [--payments N] [--db URL] [--json]``. The tape is synthetic;
payments name their loan by number (7 of 10), contract, a number in the remark, or payer and amount; one in a hundred
has a fault.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from postloan.bootstrap import posting_tools, records, tools
from postloan.synth import synthesize, write_tape
from postloan.workflows.opening import OpeningOptions, open_book
from postloan.workflows.posting import post_files
from postloan.workflows.posting_parts import PostingOptions
from postloan.workflows.run import RunOptions, Stage, run_tape

NIGHT = date(2026, 7, 1)
AT = datetime(2026, 7, 1, 18, tzinfo=UTC)
HEADERS = ("交易日期", "交易流水号", "交易金额", "付款人", "摘要", "借据号", "合同号")
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """A result, the seconds it took, and the seconds of processor time in them, children included."""
    begun, used = time.perf_counter(), _used()
    return work(), time.perf_counter() - begun, _used() - used


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


def measure(loans: int, wanted: int, db: str, folder: Path) -> dict[str, object]:
    """Make a tape, open its book, post a night, post it again; what was measured, by name."""
    notice = {
        "id": "bench", "seller": "合成贷款机构", "product": "个人消费贷款", "loans": loans,
        "borrowers": loans * 7 // 10, "total": loans * 10_000.0, "cutoff_date": "2026-06-30", "published": "2026-07-20",
    }  # fmt: skip
    tape, book = folder / "tape", folder / "book"
    made = synthesize(notice, seed=1)
    write_tape(made, tape)
    names = {row["borrower_id"]: row["name"] for row in made.tape["borrowers"].to_pylist()}
    payments(made.tape["loans"], names, wanted, folder / "night.parquet")
    with tools() as ours:
        run_tape(RunOptions(tape, book, NIGHT, until=Stage.GRADE), ours)
    address = db or str(folder / "bench.db")
    with tools() as ours, records(address, create=True) as store:
        options = OpeningOptions(book, NIGHT, AT, "bench", people=tape)
        opened, opening, opening_cpu = timed(lambda: open_book(options, ours, store))
    night = PostingOptions(NIGHT, AT, "bench", control_count=wanted)
    with posting_tools() as ours_too, records(address) as store:
        (done,), posting, posting_cpu = timed(
            lambda: post_files([folder / "night.parquet"], night, ours_too, store)
        )
        (again,), twice, _ = timed(lambda: post_files([folder / "night.parquet"], night, ours_too, store))
        with store.reading() as tx:
            verdict, checking, _ = timed(lambda: tx.journal.verify())
    return {
        "store": "PostgreSQL" if address.startswith("postgres") else "SQLite",
        "loans opened": opened.opened,
        "people": opened.people,
        "ways to reach them": opened.contacts,
        "seconds to open": round(opening, 1),
        "processor seconds to open": round(opening_cpu, 1),
        "payments": done.rows,
        "posted": done.tally.posted.rows,
        "in suspense": done.tally.all_suspended.rows,
        "seconds to post": round(posting, 1),
        "processor seconds to post": round(posting_cpu, 1),
        "posted again changes nothing": again.again,
        "seconds to see that": round(twice, 1),
        "journal holds": verdict.whole,
        "seconds to verify it with all events": round(checking, 1),
        "MiB at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> int:
    """Measure and print; 1 if the journal does not hold."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--loans", type=int, default=468_252)
    ask.add_argument("--payments", type=int, default=200_000)
    ask.add_argument("--db", default="")
    ask.add_argument("--json", action="store_true")
    wanted = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-night-") as folder:
        facts = measure(wanted.loans, wanted.payments, wanted.db, Path(folder))
    if wanted.json:
        print(json.dumps(facts, indent=1))
    else:
        for name, value in facts.items():
            print(f"{name:40} {value:>12,}" if type(value) is int else f"{name:40} {value!s:>12}")
    return 0 if facts["journal holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
