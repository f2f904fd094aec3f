"""The only place where adapters are chosen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from postloan.workflows.tools import Tools


@contextmanager
def tools(*, tell: Callable[[str, str], None] | None = None, memory_mb: int | None = None) -> Iterator[Tools]:
    """The tools of one run: DuckDB in process, files of the machine, Typst for documents.

    tell: called with (English, Chinese) when a stage begins. memory_mb: most memory the table engine may hold.
    """
    from postloan.adapters.documents import pdf
    from postloan.adapters.files import open_tape
    from postloan.adapters.tables import DuckDBEngine

    with DuckDBEngine(memory_mb=memory_mb) as engine:
        yield Tools(engine, open_tape, pdf, time.perf_counter, tell or (lambda en, zh: None))
