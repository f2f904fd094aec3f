"""How good a tape is: a score from 0 to 1 for every field and for the tape.

A field's score is the share of its rows that are filled with a value on which nothing was found. The tape's
score is the mean over the fields that it has, weighted by what the field decides, times the share of loans
that are not in quarantine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from postloan.tape.columns import tables

if TYPE_CHECKING:
    import pyarrow as pa

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        "loan_id": 5, "borrower_id": 5, "principal": 5, "interest": 5, "product": 3, "overdue_since": 5,
        "days_overdue": 5, "cutoff_on": 3, "grade": 3, "originated_on": 2, "litigation": 2, "guarantee": 2,
        "id_number": 3, "name": 2, "born_on": 2,
    }
)  # fmt: skip
"""What a field decides: 5 without it no total and no price, 3 it stands in the notice, 2 it moves the price or
the claim; every other field weighs 1."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of one table.

    rows: of the table. filled: cells with a value, by field. faulty: rows with a finding on the field. wrong:
    those of them whose cell is filled.
    """

    table: str
    rows: int
    filled: Mapping[str, int]
    faulty: Mapping[str, int]
    wrong: Mapping[str, int]

    def valid(self, field: str) -> int:
        """Cells that are filled and without a finding."""
        return max(0, self.filled.get(field, 0) - self.wrong.get(field, 0))

    def score(self, field: str) -> float:
        """The share of rows whose cell is filled and without a finding."""
        return self.valid(field) / self.rows if self.rows else 0.0


def tape_score(tallies: Sequence[Tally], *, loans: int, quarantined: int) -> float:
    """The score of the whole tape; fields that the seller does not give and need not give do not count."""
    weighted = weights = 0.0
    for tally in tallies:
        for name, column in tables()[tally.table].columns.items():
            if column.required or tally.filled.get(name, 0):
                weight = WEIGHTS.get(name, 1)
                weighted += weight * tally.score(name)
                weights += weight
    usable = (loans - quarantined) / loans if loans else 0.0
    return weighted / weights * usable if weights else 0.0


def quality_table(tallies: Sequence[Tally], score: float) -> pa.Table:
    """The table ``field_quality``; the row without table and field is the tape's."""
    import pyarrow as pa

    rows: list[tuple[str, str, int, int, int, int, float]] = [("", "", 0, 0, 0, 0, score)]
    for tally in tallies:
        if tally.table == "loans":
            rows[0] = ("", "", tally.rows, 0, 0, 0, score)
        rows.extend(
            (
                tally.table, name, tally.rows, tally.filled.get(name, 0), tally.valid(name),
                tally.faulty.get(name, 0), tally.score(name),
            )
            for name in tables()[tally.table].columns
        )  # fmt: skip
    names = ("table_name", "field", "rows", "filled", "valid", "faulty", "score")
    types = (pa.string(), pa.string(), pa.int64(), pa.int64(), pa.int64(), pa.int64(), pa.float64())
    columns = list(zip(*rows, strict=True))
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})
