"""What a workflow needs of the outside world, chosen in ``postloan.bootstrap``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from postloan.kernel import Engine


@dataclass
class Tools:
    """The ports of a run.

    engine: tables and SQL. open_tape: registers a source's raw tables in the engine. write_pdf: a document's
    Typst source into a PDF file. clock: seconds that only grow, for timings. timings: seconds by stage so far.
    tell: called with (English, Chinese) when a stage begins.
    """

    engine: Engine
    open_tape: Callable[..., Any]
    write_pdf: Callable[..., None]
    clock: Callable[[], float]
    tell: Callable[[str, str], None] = lambda en, zh: None
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, en: str, zh: str) -> Iterator[None]:
        """Tell that a stage begins and note how long it took."""
        self.tell(en, zh)
        begun = self.clock()
        yield
        self.timings[name] = round(self.timings.get(name, 0.0) + self.clock() - begun, 3)
