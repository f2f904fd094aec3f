"""The numbers that the project promises, measured: seconds (wall and CPU), memory, and a limit in the same run.

Each job runs as its own process, as a user would start it; memory is the peak of that process. ``--only`` picks jobs
by name, ``--keep DIR`` keeps the tapes between runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
POSTLOAN = str(Path(sys.executable).parent / "postloan")
MILLIONS = 5_000_000
TENTH = 500_000


@dataclass(frozen=True)
class Measured:
    """What one process took: wall and CPU seconds, peak memory in MB, exit code."""

    wall: float
    cpu: float
    mb: float
    code: int


def measure(*command: str) -> Measured:
    """Run a command to its end and say what it took."""
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, "NO_COLOR": "1"})
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        code = os.waitstatus_to_exitcode(status)
        process.returncode = code
        if code not in (0, 1):
            said.seek(0)
            print(said.read().decode()[-2000:])
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, code)


def show(job: str, took: Measured, *, seconds: float | None = None, mb: float | None = None) -> None:
    """One line of the table; a promise is printed beside its measure."""
    promised = f"≤ {seconds:.0f} s" if seconds else ""
    promised += f", ≤ {mb / 1000:.1f} GB" if mb else ""
    within = (not seconds or took.wall <= seconds) and (not mb or took.mb <= mb) and took.code in (0, 1)
    verdict = ("within" if within else "OVER") if promised else ""
    print(
        f"{job:<58} {took.wall:7.1f} s wall {took.cpu:7.1f} s CPU {took.mb:7.0f} MB  {promised:<16} {verdict}",
        flush=True,
    )


def limit(path: Path) -> None:
    """How long the bare engine takes to read every value of a file once, as a bound from below."""
    asked = f"SELECT COUNT(*), BIT_XOR(HASH(t)) FROM '{path}' AS t"
    took = measure(
        sys.executable, "-c",
        f'import duckdb; db = duckdb.connect(); db.execute("{asked}").fetchall()',
    )  # fmt: skip
    show(f"  limit: DuckDB reads {path.parent.name}/{path.name} once", took)


def copies(tape: Path, out: Path, rows: int) -> Path:
    """A tape of ``rows`` loans made of numbered copies of another."""
    out.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    for name, keys in (("loans", ("loan_id", "borrower_id")), ("borrowers", ("borrower_id",))):
        source = f"'{tape / name}.parquet'"
        have = db.execute("SELECT COUNT(*) FROM " + f"'{tape / 'loans'}.parquet'").fetchone()
        times = -(-rows // (have[0] if have else 1))
        replaced = ", ".join(f"concat({key}, '-', n) AS {key}" for key in keys)
        identity = ", CAST(NULL AS VARCHAR) AS id_number" if name == "borrowers" else ""
        top = f"LIMIT {rows}" if name == "loans" else ""
        db.execute(
            f"COPY (SELECT t.* REPLACE ({replaced}{identity}) FROM range({times}) AS r(n), {source} AS t {top})"
            f" TO '{out / name}.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
    return out


def as_csv(tape: Path, out: Path) -> Path:
    """The same tape as CSV files."""
    out.mkdir(parents=True, exist_ok=True)
    for table in tape.glob("*.parquet"):
        duckdb.sql(f"COPY (SELECT * FROM '{table}') TO '{out / table.stem}.csv' (HEADER)")
    return out


def all_wrong(tape: Path, out: Path) -> Path:
    """The same tape with every row wrong in many ways."""
    out.mkdir(parents=True, exist_ok=True)
    duckdb.sql(
        f"COPY (SELECT t.* REPLACE (-principal AS principal, -interest AS interest, 'L1' AS loan_id,"
        f" originated_on + INTERVAL 40 YEAR AS originated_on, -5 AS days_overdue, 7.5 AS annual_rate)"
        f" FROM '{tape / 'loans'}.parquet' AS t) TO '{out / 'loans'}.parquet' (FORMAT parquet)"
    )
    shutil.copy(tape / "borrowers.parquet", out / "borrowers.parquet")
    return out


def jobs(folder: Path) -> Iterator[tuple[str, object]]:
    """Every job by name, in an order in which each finds its tape."""
    tape = folder / "nanyin"
    book = folder / "book"

    def run(source: Path, *more: str) -> Measured:
        return measure(
            POSTLOAN, "run", str(source), "--out", str(book), "--until", "package", "--quiet", *more
        )

    def synth() -> None:
        package = ROOT / "src/postloan/synth/packages/nanyin-faba-2025.json"
        if not tape.exists():
            show(
                "synth: the 468,252-loan package",
                measure(POSTLOAN, "synth", str(package), "--out", str(tape)),
            )

    def parquet() -> None:
        show("run: 468,252 loans from Parquet", run(tape), seconds=25, mb=2500)
        limit(tape / "loans.parquet")

    def csv() -> None:
        show("run: 468,252 loans from CSV", run(as_csv(tape, folder / "nanyin-csv")), seconds=40, mb=2500)

    def millions() -> None:
        tenth = run(copies(tape, folder / "tenth", TENTH))
        show("run: 500,000 loans from Parquet", tenth)
        whole = run(copies(tape, folder / "millions", MILLIONS))
        show("run: 5,000,000 loans from Parquet", whole, seconds=60, mb=6000)
        limit(folder / "millions/loans.parquet")
        print(f"  ten times the rows took {whole.wall / tenth.wall:.1f} times the seconds (promised ≤ 11)")

    def wrong() -> None:
        clean = run(copies(tape, folder / "tenth", TENTH))
        show("run: 500,000 loans, clean", clean)
        show(
            "run: 500,000 loans, every row wrong in many ways",
            run(all_wrong(folder / "tenth", folder / "wrong")),
        )

    def start() -> None:
        show("postloan --help", measure(POSTLOAN, "--help"), seconds=0.4)

    def notices() -> None:
        subprocess.run([sys.executable, str(ROOT / "scripts/bench_notices.py")], check=False)

    yield from {
        "help": start, "synth": synth, "parquet": parquet, "csv": csv, "wrong": wrong, "millions": millions,
        "notices": notices,
    }.items()  # fmt: skip


def main() -> None:
    """Run the jobs that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="postloan-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start; tapes are synthetic")
    try:
        for name, job in jobs(folder):
            if (not asked.only or name in asked.only) and callable(job):
                job()
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
