"""The tables and columns of a tape, as data: what the seller hands in and what we call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

SQL_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "text": "VARCHAR",
        "money": "DECIMAL(18,2)",
        "day": "DATE",
        "whole": "INTEGER",
        "rate": "DECIMAL(9,6)",
        "flag": "BOOLEAN",
        "term": "VARCHAR",
        "terms": "VARCHAR",
    }
)
"""The SQL type of each kind of column."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a tape's table.

    name: ours. kind: text, money, day, whole, rate, flag, term or terms. enum: the closed list of a term,
    '' otherwise. required: a tape without it is refused. personal: masked wherever shown.
    en, zh: what people call it. says: what it means.
    """

    name: str
    kind: str
    enum: str
    required: bool
    personal: bool
    en: str
    zh: str
    says: str

    @property
    def sql_type(self) -> str:
        """The SQL type of the typed column."""
        return SQL_TYPES[self.kind]

    def label(self, lang: str = "en") -> str:
        """What people call it, in English or Chinese."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a tape.

    name: ours, for example ``loans``. key: the column that names a row to people. required: no tape
    without it. columns: by name, in order. one_of: groups of which at least one column must be there.
    """

    name: str
    en: str
    zh: str
    key: str
    required: bool
    columns: Mapping[str, Column]
    one_of: tuple[tuple[str, ...], ...]

    def label(self, lang: str = "en") -> str:
        """What people call it, in English or Chinese."""
        return self.zh if lang == "zh" else self.en


def _column(name: str, entry: dict[str, object]) -> Column:
    kind, _, enum = str(entry["kind"]).partition(":")
    return Column(
        name=name,
        kind=kind,
        enum=enum,
        required=bool(entry.get("required", False)),
        personal=bool(entry.get("personal", False)),
        en=str(entry["en"]),
        zh=str(entry["zh"]),
        says=str(entry["says"]),
    )


@cache
def tables() -> Mapping[str, Table]:
    """Every table of a tape by name, loans first."""
    raw = yaml.safe_load((files("postloan.tape") / "columns.yaml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            name: Table(
                name=name,
                en=entry["en"],
                zh=entry["zh"],
                key=entry["key"],
                required=bool(entry.get("required", False)),
                columns=MappingProxyType(
                    {column: _column(column, given) for column, given in entry["columns"].items()}
                ),
                one_of=tuple(tuple(group) for group in entry.get("one_of", ())),
            )
            for name, entry in raw.items()
        }
    )
