"""One field of a typed table: from the source's cell to its value, as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from postloan.kernel.sql import identifier
from postloan.tape import cleaning
from postloan.tape.columns import Column


@dataclass(frozen=True, slots=True)
class Cell:
    """How one field of a typed table is read.

    column: the field. sql: of the source's cell. kind: what that yields (``expression.kind_of``).
    native: its SQL type, '' for text and expressions. factor: of the header's unit. order: of text dates.
    said: what a mapping or a header says, for people. assumed: whether a mapping gives one value for all.
    """

    column: Column
    sql: str
    kind: str
    native: str = ""
    factor: Decimal = Decimal(1)
    order: str = "YMD"
    said: str = ""
    assumed: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the cell must be read from text."""
        return self.kind in ("cell", "text", "null") or not _suits(self.kind, self.column.kind)

    @property
    def cleaned(self) -> str:
        """SQL of the cell as shown to people, over the raw table."""
        if self.kind in ("cell", "text", "null"):
            return cleaning.cleaned(
                f"CAST({self.sql} AS VARCHAR)" if self.kind == "null" else self.sql, self.column
            )
        if self.is_text:
            shown = f"CAST({self.sql} AS VARCHAR)"
            if self.kind == "number":
                shown = f"REGEXP_REPLACE({shown}, '[.]0+$', '')"
            return cleaning.cleaned(shown, self.column)
        return self.sql

    def typed(self, text: str) -> str:
        """SQL of the value, given that of the cleaned cell."""
        kind, exact = self.column.kind, self.native == self.column.sql_type
        if self.is_text:
            return cleaning.typed(text, self.column, factor=self.factor, order=self.order)
        if exact and self.factor == 1:
            return text
        if kind == "whole":
            return cleaning.whole(text)
        if self.factor != 1:
            text = f"TRY_CAST({text} AS {cleaning.NUMBER_TYPE}) * CAST({self.factor:f} AS DECIMAL(12,3))"
        value = f"TRY_CAST({text} AS {self.column.sql_type})"
        if self.kind != "number":
            return value
        # DuckDB 2.0 takes a TRY_CAST of a column without NULLs for never NULL; the CASE tells it better.
        limit = Decimal(10) ** (16 if kind == "money" else 3)
        return f"CASE WHEN ABS({text}) < {limit:f} THEN {value} END"

    @property
    def unread(self) -> str | None:
        """SQL of whether the cleaned cell is filled but has no value; None where it always has."""
        if self.column.kind == "text" or self.kind == "null":
            return None
        text = identifier(self.column.name)
        if not self.is_text and self.native == self.column.sql_type:
            return None
        if self.is_text:
            return cleaning.misread(text, self.column, self.typed(text))
        return f"{text} IS NOT NULL AND {self.typed(text)} IS NULL"

    @property
    def shown(self) -> str:
        """SQL of a bad cell as people may see it: personal ones, and what looks like such, masked."""
        value = f"CAST({identifier(self.column.name)} AS VARCHAR)"
        masked = f"CONCAT(SUBSTR({value}, 1, 1), '●●●')"
        if self.column.personal:
            return masked
        personal = f"REGEXP_MATCHES({value}, '[1-9][0-9]{{16}}[0-9xX]|(^|[^0-9])1[3-9][0-9]{{9}}($|[^0-9])')"
        return f"CASE WHEN {personal} THEN {masked} ELSE SUBSTR({value}, 1, 60) END"


def _suits(kind: str, wanted: str) -> bool:
    """Whether a native value can become a field without going through text."""
    return {"number": ("money", "whole", "rate"), "day": ("day",), "flag": ("flag",)}.get(kind, ()).count(
        wanted
    ) > 0
