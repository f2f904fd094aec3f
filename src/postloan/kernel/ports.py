"""What the core needs of the outside world, as protocols that adapters fulfil."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:  # half of the time that the first import of an address library of ours may take
    import pyarrow as pa

BatchFn: TypeAlias = "Callable[[pa.RecordBatch], pa.RecordBatch]"
"""Takes and returns one Arrow batch; must not depend on where batches are cut."""


class Engine(Protocol):
    """Tables and SQL: the portable subset of DuckDB's dialect (``scripts/lint_sql.py`` keeps the list).

    Every method may raise ``EngineFailed`` or ``DiskFull`` from the adapter, both ``PostloanError``.
    """

    def view(self, name: str, query: str) -> None:
        """Name a query; it is run whenever the name is read. Replaces what had the name."""

    def table(self, name: str, query: str) -> None:
        """Run a query once and keep its rows under the name. Replaces what had the name."""

    def register(self, name: str, table: pa.Table) -> None:
        """Make a small Arrow table readable under the name."""

    def parquet(self, name: str, path: Path) -> None:
        """Make a Parquet file readable under the name."""

    def columns(self, name: str) -> Mapping[str, str]:
        """The columns of a named table or view with their SQL types, in order."""

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """The rows of a small result."""

    def arrow(self, query: str) -> pa.Table:
        """A small result as an Arrow table."""

    def write(self, query: str, path: Path) -> int:
        """Write a result to a Parquet file, whole or not at all; returns the number of rows."""

    def map_batches(self, query: str, fn: BatchFn, schema: pa.Schema, path: Path) -> int:
        """Stream a result through a batch function into a Parquet file, whole or not at all."""

    def drop(self, name: str) -> None:
        """Forget a table or view; nothing happens where there is none."""
