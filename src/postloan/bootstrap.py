"""The only place where adapters are chosen."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postloan.workflows.tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa

    from postloan.adapters.records.rotating import Rotated
    from postloan.ledger.store import Records
    from postloan.people.linking import PairFinder
    from postloan.workflows.posting import PostingTools
    from postloan.workflows.run import RunResult


@contextmanager
def tools(*, tell: Callable[[str, str], None] | None = None, memory_mb: int | None = None) -> Iterator[Tools]:
    """The tools of one run: DuckDB in process, files of the machine, Typst for documents.

    tell: called with (English, Chinese) when a stage begins. memory_mb: most memory the table engine may hold.
    """
    from postloan.adapters.documents import pdf
    from postloan.adapters.files import open_tape
    from postloan.adapters.tables import DuckDBEngine

    with _few_collections(), DuckDBEngine(memory_mb=memory_mb) as engine:
        yield Tools(
            engine,
            open_tape,
            pdf,
            time.perf_counter,
            tell or (lambda en, zh: None),
            find_pairs=_pair_finder(),
        )


def _pair_finder() -> PairFinder | None:
    """Splink, where it is installed."""
    from importlib.util import find_spec

    if find_spec("splink") is None:
        return None

    def find(records: pa.Table) -> pa.Table:
        from postloan.adapters.linkage import find_pairs

        return find_pairs(records)

    return find


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let Python look for cycles seldom: records by the hundred thousand have none, and walking them takes a third."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def posting_tools(*, tell: Callable[[str, str], None] | None = None) -> Iterator[PostingTools]:
    """The tools of a night: DuckDB in process, files of the machine. tell: as in ``tools``."""
    from postloan.adapters.files import open_table
    from postloan.adapters.tables import DuckDBEngine
    from postloan.workflows.posting import PostingTools

    with _few_collections(), DuckDBEngine() as engine:
        yield PostingTools(engine, open_table, tell or (lambda en, zh: None))


@contextmanager
def records(
    address: str,
    *,
    create: bool = False,
    tell: Callable[[str, str], None] | None = None,
    wait_s: float = 60.0,
) -> Iterator[Records]:
    """The store at an address: a file, ``sqlite:///file`` or ``postgresql://…``.

    create: make it where there is none. tell: called with (English, Chinese) when something must be known.
    wait_s: longest wait for another writer, in seconds.

    Raises:
        PostloanError: it cannot be opened, or the key of personal data is not right.
    """
    from postloan.adapters.records import open_store

    store = open_store(address, create=create, tell=tell, wait_s=wait_s)
    try:
        yield store
    finally:
        store.close()


def rotate_key(
    address: str, new_file: Path | None, *, actor: str, at: datetime, tell: Callable[[str, str], None]
) -> Rotated:
    """Encrypt all personal data of a store under a new key; see ``adapters.records.rotating``."""
    import os

    from postloan.adapters.records.rotating import rotate_key as rotate

    return rotate(address, new_file, actor=actor, at=at, environ=os.environ, tell=tell)


def run(source: str | Path, out: str | Path, *, on: date, **options: Any) -> RunResult:
    """The main job from Python: check, grade, package and report a tape.

    source: tape folder or file, or a book. out: folder of the book. on: the day the decisions are made for.
    options: fields of ``postloan.workflows.run.RunOptions``.

    Raises:
        PostloanError: the input cannot be used; nothing is left half-written.
    """
    from postloan.workflows.run import RunOptions, run_tape

    with tools() as ours:
        return run_tape(RunOptions(Path(source), Path(out), on, **options), ours)
