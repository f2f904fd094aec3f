"""What changed between two versions of a tape: rows added, removed, changed, and the amounts that moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from postloan.kernel import Engine, load_queries
from postloan.kernel.personal import mask_address, mask_name, mask_number
from postloan.tape.columns import Column, tables

SAMPLES = 5
"""Rows shown of each kind of change."""

COMPARED = ("loans", "borrowers")
"""Tables whose key names one row."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One row that changed: its key, its row in the new version, the value before and after (masked)."""

    key: str
    row: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """How one field changed on the rows that both versions have.

    rows: how many. moved: for amounts, by how much their sum changed on these rows. samples: the first rows.
    """

    field: str
    rows: int
    moved: Decimal | None
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class TableDiff:
    """What changed in one table.

    before, after: rows of either version. added, removed: rows that only one has; changed: rows of both with
    a different value. added_keys, removed_keys: the first of them. totals: control totals, before and after.
    """

    table: str
    before: int
    after: int
    added: int
    removed: int
    changed: int
    fields: tuple[FieldChange, ...]
    added_keys: tuple[str, ...]
    removed_keys: tuple[str, ...]
    totals: Mapping[str, tuple[Decimal | int, Decimal | int]]

    @property
    def same(self) -> bool:
        """Nothing changed."""
        return not (self.added or self.removed or self.changed)

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values; amounts in yuan."""
        return {
            "table": self.table,
            "before": self.before,
            "after": self.after,
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "added_keys": list(self.added_keys),
            "removed_keys": list(self.removed_keys),
            "totals": {
                name: {"before": a, "after": b, "moved": b - a} for name, (a, b) in self.totals.items()
            },
            "fields": [
                {
                    "field": change.field,
                    "rows": change.rows,
                    "moved": change.moved,
                    "samples": [
                        {"key": s.key, "row": s.row, "before": s.before, "after": s.after}
                        for s in change.samples
                    ],
                }
                for change in self.fields
            ],
        }


def diff_table(engine: Engine, table: str, old: str, new: str, *, samples: int = SAMPLES) -> TableDiff:
    """Compare two versions of a table.

    old, new: engine names of the typed tables, with ``row`` and any of our columns. Rows are paired by the
    table's key; several rows with one key in the order in which they stand. A row without key is never paired.
    """
    key, columns = tables()[table].key, tables()[table].columns
    for side, name in (("old_side", old), ("new_side", new)):
        engine.view(side, _side(engine, name, key, columns))
    queries = load_queries("postloan.tape", "diff.sql")
    before, after, removed, added = engine.rows(queries["sizes"].text)[0]
    fields = [column for name, column in columns.items() if name != key]
    counted = engine.rows(_changes_query(fields))[0]
    changed, moved = counted[: len(fields) + 1], counted[len(fields) + 1 :]
    amounts = dict(zip((column.name for column in fields if column.kind == "money"), moved, strict=True))
    changes = [
        FieldChange(column.name, int(rows), amounts.get(column.name), _samples(engine, column, samples))
        for column, rows in zip(fields, changed[1:], strict=True)
        if rows
    ]
    return TableDiff(
        table=table,
        before=int(before),
        after=int(after),
        added=int(added),
        removed=int(removed),
        changed=int(changed[0] or 0),
        fields=tuple(sorted(changes, key=lambda change: -change.rows)),
        added_keys=tuple(k or "" for _, k in engine.rows(queries["added_rows"].bind(cap=samples))),
        removed_keys=tuple(k or "" for _, k in engine.rows(queries["removed_rows"].bind(cap=samples))),
        totals=_totals(engine) if table == "loans" else {},
    )


def _side(engine: Engine, name: str, key: str, columns: Mapping[str, Column]) -> str:
    has = engine.columns(name)
    parts = [c if c in has else f"CAST(NULL AS {column.sql_type}) AS {c}" for c, column in columns.items()]
    nth = f"ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY row)"
    return f"SELECT row, {key} AS diff_key, {nth} AS nth, {', '.join(parts)} FROM {name}"


_PAIRED = "FROM old_side AS o JOIN new_side AS n ON n.diff_key = o.diff_key AND n.nth = o.nth"


def _differs(column: Column) -> str:
    return f"o.{column.name} IS DISTINCT FROM n.{column.name}"


def _changes_query(fields: list[Column]) -> str:
    """Rows changed at all, rows changed by field, then the amounts moved by field of money."""
    any_field = " OR ".join(_differs(column) for column in fields)
    parts = [f"COALESCE(SUM(CASE WHEN {any_field} THEN 1 ELSE 0 END), 0) AS n_any"]
    parts += [f"COALESCE(SUM(CASE WHEN {_differs(c)} THEN 1 ELSE 0 END), 0) AS n_{c.name}" for c in fields]
    parts += [
        f"CAST(COALESCE(SUM(n.{c.name}), 0) - COALESCE(SUM(o.{c.name}), 0) AS DECIMAL(38,2)) AS m_{c.name}"
        for c in fields
        if c.kind == "money"
    ]
    return f"SELECT {', '.join(parts)} {_PAIRED}"


def _samples(engine: Engine, column: Column, cap: int) -> tuple[Sample, ...]:
    value = f"CAST(o.{column.name} AS VARCHAR) AS before, CAST(n.{column.name} AS VARCHAR) AS after"
    query = f"SELECT n.diff_key, n.row, {value} {_PAIRED} WHERE {_differs(column)} ORDER BY n.row LIMIT {cap}"
    return tuple(
        Sample(key, row, shown(column, before), shown(column, after))
        for key, row, before, after in engine.rows(query)
    )


def shown(column: Column, value: str | None) -> str:
    """A value as people may see it: personal ones masked, nothing as nothing."""
    if value is None:
        return ""
    if column.kind == "money" and not column.personal:
        return f"{Decimal(value):,}"
    if not column.personal:
        return value
    if column.name == "name":
        return mask_name(value)
    if column.kind == "day":
        return f"{value[:4]}-●●-●●"
    return mask_number(value) if column.name in ("id_number", "value") else mask_address(value)


def _totals(engine: Engine) -> dict[str, tuple[Decimal | int, Decimal | int]]:
    queries = load_queries("postloan.tape", "diff.sql")
    old = engine.arrow(queries["old_totals"].text).to_pylist()[0]
    new = engine.arrow(queries["new_totals"].text).to_pylist()[0]
    return {name: (old[name], new[name]) for name in old}
