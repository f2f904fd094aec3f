"""DuckDB behind the ``Engine`` port: in process, bounded memory, spilling to a private folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from postloan.adapters.files_whole import DiskFull, whole
from postloan.kernel.errors import PostloanError
from postloan.kernel.ports import BatchFn
from postloan.kernel.sql import identifier, literal

BATCH_ROWS = 100_000
"""Rows handed to a batch function at a time; a few tens of megabytes of loans."""


class EngineFailed(PostloanError):
    """The table engine could not run a query: {why}.

    Please report it with the command you ran.
    """

    zh = "表引擎无法执行查询：{why}。请附上所用命令报告此问题。"
    exit_code = 3


class UnreadableTable(PostloanError):
    """{path} cannot be read as a table: {why}.

    Save it again from the program that made it, and check that it is complete.
    """

    zh = "{path} 无法作为表读取：{why}。请用生成它的程序重新保存，并确认文件完整。"


class DuckDBEngine:
    """One DuckDB database in a temporary folder that vanishes with it.

    memory_mb: most memory DuckDB may hold before it spills; default half of what the machine has, at most
    2,000. threads: default all cores.
    """

    def __init__(self, *, memory_mb: int | None = None, threads: int | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="postloan-"))
        limit = memory_mb or min(_machine_mb() // 2, 2_000)
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{limit}MB",
            "temp_directory": str(self._folder / "spill"),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads:
            config["threads"] = threads
        try:
            self._db = duckdb.connect(str(self._folder / "work.duckdb"), config=config)
            self._db.execute("SET enable_progress_bar = false")
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database and its files."""
        self._db.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def interrupt(self) -> None:
        """Stop the query that is running; it raises in the thread that runs it."""
        self._db.interrupt()

    def view(self, name: str, query: str) -> None:
        """See ``Engine.view``."""
        with self._guard():
            self._forget_other(name, keep="VIEW")
            self._db.execute(f"CREATE OR REPLACE VIEW {identifier(name)} AS {query}")

    def table(self, name: str, query: str) -> None:
        """See ``Engine.table``."""
        with self._guard():
            # A replaced view may be read by the very query that replaces it.
            fresh = identifier(f"{name} (new)")
            self._db.execute(f"CREATE OR REPLACE TABLE {fresh} AS {query}")
            self._forget_other(name, keep=None)
            self._db.execute(f"ALTER TABLE {fresh} RENAME TO {identifier(name)}")

    def register(self, name: str, table: pa.Table) -> None:
        """See ``Engine.register``."""
        with self._guard():
            self._forget_other(name, keep=None)
            handed_over = table  # noqa: F841  DuckDB finds it by its name in this frame
            self._db.execute(f"CREATE TABLE {identifier(name)} AS SELECT * FROM handed_over")

    def parquet(self, name: str, path: Path) -> None:
        """See ``Engine.parquet``.

        Raises:
            UnreadableTable: no Parquet file, or a damaged one.
        """
        with self._guard(path):
            self._forget_other(name, keep="VIEW")
            source = f"SELECT * FROM read_parquet({literal(str(path))})"
            self._db.execute(f"CREATE OR REPLACE VIEW {identifier(name)} AS {source}")

    def columns(self, name: str) -> Mapping[str, str]:
        """See ``Engine.columns``."""
        with self._guard():
            described = self._db.execute(f"DESCRIBE SELECT * FROM {identifier(name)}").fetchall()
        return {row[0]: row[1] for row in described}

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """See ``Engine.rows``."""
        with self._guard():
            found: list[tuple[Any, ...]] = self._db.execute(query).fetchall()
        return found

    def arrow(self, query: str) -> pa.Table:
        """See ``Engine.arrow``."""
        with self._guard():
            return self._db.sql(query).to_arrow_table()

    def write(self, query: str, path: Path) -> int:
        """See ``Engine.write``."""
        with self._guard(path), whole(path) as part:
            form = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
            done = self._db.execute(f"COPY ({query}) TO {literal(str(part))} ({form})").fetchone()
        return int(done[0]) if done else 0

    def map_batches(self, query: str, fn: BatchFn, schema: pa.Schema, path: Path) -> int:
        """See ``Engine.map_batches``."""
        count = 0
        with self._guard(path), whole(path) as part:
            reader = self._db.sql(query).to_arrow_reader(BATCH_ROWS)
            with pq.ParquetWriter(part, schema, compression="zstd") as writer:
                for batch in reader:
                    made = fn(batch)
                    count += made.num_rows
                    writer.write_batch(made)
        return count

    def drop(self, name: str) -> None:
        """See ``Engine.drop``."""
        with self._guard():
            self._forget_other(name, keep=None)

    def _forget_other(self, name: str, *, keep: str | None) -> None:
        found = self._db.execute(
            "SELECT table_type FROM information_schema.tables WHERE table_name = ?", [name]
        ).fetchone()
        kind = None if found is None else "VIEW" if found[0] == "VIEW" else "TABLE"
        if kind and kind != keep:
            self._db.execute(f"DROP {kind} {identifier(name)}")

    @contextmanager
    def _guard(self, path: Path | None = None) -> Iterator[None]:
        try:
            yield
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except (duckdb.Error, OSError) as error:
            why = str(error).split("\n")[0].strip()
            if "No space left" in why or "out of disk" in why.lower() or getattr(error, "errno", 0) == 28:
                raise DiskFull(path=path or self._folder) from error
            if path is not None and isinstance(error, duckdb.IOException | duckdb.InvalidInputException):
                raise UnreadableTable(path=path, why=why) from error
            raise EngineFailed(why=why) from error


def _machine_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
