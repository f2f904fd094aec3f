"""Faults of the kinds that real files have, planted in a synthetic tape and written down one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from postloan.kernel import Severity, load_kinds
from postloan.synth.fault_kinds import BORROWER_KINDS, LOAN_KINDS, Kind
from postloan.synth.tape import Tables

Flags = NDArray[np.bool_]

FAULTS = pa.schema(
    [
        ("table_name", pa.string()),
        ("row", pa.int64()),
        ("loan_id", pa.string()),
        ("borrower_id", pa.string()),
        ("kind", pa.string()),
        ("field", pa.string()),
        ("code", pa.string()),
        ("severity", pa.string()),
    ]
)
"""One planted fault a row: where it stands (data row from 1), what it is, which finding it must raise."""


@dataclass
class _Draft:
    """A table on its way: changes by column and row (from 0), and rows to append."""

    table: pa.Table
    changes: dict[str, dict[int, str | None]] = field(default_factory=dict)
    appended: list[dict[str, str | None]] = field(default_factory=list)

    def finished(self) -> pa.Table:
        """The table as texts, changed and lengthened."""
        made = {}
        for name in self.table.column_names:
            column = pc.cast(self.table[name], pa.string()).combine_chunks()
            if isinstance(column, pa.ChunkedArray):
                column = column.chunk(0)
            if mine := self.changes.get(name):
                rows = sorted(mine)
                mask = np.zeros(len(column), dtype=np.bool_)
                mask[rows] = True
                column = pc.replace_with_mask(
                    column, pa.array(mask), pa.array([mine[row] for row in rows], pa.string())
                )
            more = pa.array([row[name] for row in self.appended], pa.string())
            made[name] = pa.concat_arrays([column, more])
        return pa.table(made)


def plant_faults(made: Tables, *, seed: int, count: int = 50) -> Tables:
    """The tape with faults planted, each on a borrower of its own, and ``truth['faults']`` saying where.

    Loans and borrowers become tables of texts, for a fault can be a word in an amount. Every kind occurs before
    one occurs twice. A package of fewer borrowers than faults gets as many as it has room for.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0xFA]))
    loans, borrowers = _Draft(made.tape["loans"]), _Draft(made.tape["borrowers"])
    owner = np.asarray(
        pc.index_in(
            loans.table["borrower_id"], borrowers.table["borrower_id"].combine_chunks()
        ).combine_chunks()
    ).astype(np.int64)
    free = np.ones(borrowers.table.num_rows, dtype=np.bool_)
    planted: list[dict[str, object]] = []
    kinds = [*LOAN_KINDS, *BORROWER_KINDS]
    while len(planted) < count:
        before = len(planted)
        for kind in kinds:
            if len(planted) < count:
                draft, mine = (loans, free[owner]) if kind.table == "loans" else (borrowers, free)
                at = _pick(kind, draft.table, owner, mine, rng)
                if at is not None:
                    free[owner[at] if kind.table == "loans" else at] = False
                    planted.append(_plant(kind, draft, at, rng))
        if len(planted) == before:
            break
    tape = {**made.tape, "loans": loans.finished(), "borrowers": borrowers.finished()}
    faults = pa.Table.from_pylist(planted, schema=FAULTS)
    label = {**made.label, "faults": faults.num_rows}
    return replace(made, tape=tape, truth={**made.truth, "faults": faults}, label=label)


def _pick(kind: Kind, table: pa.Table, owner: Any, free: Flags, rng: np.random.Generator) -> int | None:
    """A row that the fault can stand on and whose borrower has none yet; None where there is no such row."""
    possible = np.flatnonzero(free & kind.fits(table, owner))
    return int(rng.choice(possible)) if possible.size else None


def _plant(kind: Kind, draft: _Draft, at: int, rng: np.random.Generator) -> dict[str, object]:
    row: Mapping[str, Any] = draft.table.slice(at, 1).to_pylist()[0]
    changes = kind.change(row, rng)
    where = at
    if kind.appends:
        where = draft.table.num_rows + len(draft.appended)
        texts = {name: pc.cast(draft.table[name].slice(at, 1), pa.string())[0].as_py() for name in row}
        draft.appended.append({**texts, **changes})
    else:
        for name, text in changes.items():
            draft.changes.setdefault(name, {})[at] = text
    return {
        "table_name": kind.table,
        "row": where + 1,
        "loan_id": row.get("loan_id"),
        "borrower_id": changes.get("borrower_id", row["borrower_id"]) if kind.appends else row["borrower_id"],
        "kind": kind.name,
        "field": kind.field,
        "code": kind.code,
        "severity": load_kinds("postloan.tape")[kind.code].severity.value,
    }


def check_codes() -> None:
    """Make sure that every kind expects a finding that the tape declares and that keeps the row apart.

    Raises:
        KeyError, ValueError: it does not (a programming mistake).
    """
    known = load_kinds("postloan.tape")
    for kind in (*LOAN_KINDS, *BORROWER_KINDS):
        if known[kind.code].severity is not Severity.ERROR:
            raise ValueError(f"{kind.name}: {kind.code} is {known[kind.code].severity}")
