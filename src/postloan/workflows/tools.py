"""What a workflow needs of the outside world, chosen in ``postloan.bootstrap``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from postloan.kernel import Engine
from postloan.tape.raw import RawTape

if TYPE_CHECKING:  # loads NumPy
    from postloan.people.linking import PairFinder


class OpenTape(Protocol):
    """Makes the tables of a source readable as ``raw_<table>`` in the engine."""

    def __call__(
        self, engine: Engine, source: Path, *, known: Callable[[str], bool] | None, encoding: str | None
    ) -> RawTape:
        """Open a source; see ``adapters.files.open_tape``."""


class WritePdf(Protocol):
    """Sets a Typst document with its data into a PDF file, whole or not at all."""

    def __call__(self, source: str, data: Mapping[str, object], path: Path, *, on: date | None) -> None:
        """Write a document; see ``adapters.documents.pdf``."""


@dataclass
class Tools:
    """The ports of a run.

    clock: seconds that only grow, for timings. tell: called with (English, Chinese) when a stage begins.
    timings: seconds by stage so far. find_pairs: compares people's records; None where nothing does.
    """

    engine: Engine
    open_tape: OpenTape
    write_pdf: WritePdf
    clock: Callable[[], float]
    tell: Callable[[str, str], None] = lambda en, zh: None
    timings: dict[str, float] = field(default_factory=dict)
    find_pairs: PairFinder | None = None

    @contextmanager
    def stage(self, name: str, en: str, zh: str) -> Iterator[None]:
        """Tell that a stage begins and note how long it took."""
        self.tell(en, zh)
        begun = self.clock()
        yield
        self.timings[name] = round(self.timings.get(name, 0.0) + self.clock() - begun, 3)
