"""Named queries kept in ``.sql`` files beside the topic that means them.

A file holds blocks::

    -- duplicate_loans --
    -- Loans that appear more than once in one tape.
    SELECT loan_id, COUNT(*) AS times FROM loans GROUP BY loan_id HAVING COUNT(*) > 1

``:name`` stands for a value that ``bind`` writes as a literal, so that the same text serves every engine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

_HEAD = re.compile(r"^-- ([a-z][a-z0-9_]*) --[ \t]*$", re.MULTILINE | re.IGNORECASE)
_HOLE = re.compile(r"'(?:[^']|'')*'|::|:([a-z_][a-z0-9_]*)")

Value = str | int | Decimal | date | bool | None | Sequence["Value"]


@dataclass(frozen=True, slots=True)
class Query:
    """One named query.

    name: its name, unique in the file. says: what it answers, in a sentence. text: SQL with ``:holes``.
    """

    name: str
    says: str
    text: str

    def bind(self, **values: Value) -> str:
        """The SQL with every hole filled by a literal.

        Raises:
            KeyError: a hole has no value, or a value no hole (a programming mistake).
        """
        used: set[str] = set()

        def fill(match: re.Match[str]) -> str:
            name = match.group(1)
            if name is None:
                return match.group(0)
            used.add(name)
            return literal(values[name])

        bound = _HOLE.sub(fill, self.text)
        if unused := values.keys() - used:
            raise KeyError(f"query {self.name} has no hole for {sorted(unused)}")
        return bound


def literal(value: Value) -> str:
    """A Python value as an SQL literal; a sequence becomes a parenthesised list."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | Decimal():
            return str(value)
        case datetime():
            return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S}'"
        case date():
            return f"DATE '{value.isoformat()}'"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case Sequence():
            return "(" + ", ".join(literal(item) for item in value) + ")"
    raise TypeError(f"no SQL literal for {type(value).__name__}")


def identifier(name: str) -> str:
    """A column or table name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def parse_queries(text: str) -> dict[str, Query]:
    """The queries of one file by name; comment lines straight under a head say what it answers."""
    heads = list(_HEAD.finditer(text))
    queries: dict[str, Query] = {}
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        block = text[head.end() : after.start() if after else len(text)].strip("\n")
        lines = block.split("\n")
        said = 0
        while said < len(lines) and lines[said].startswith("--"):
            said += 1
        says = " ".join(line.removeprefix("--").strip() for line in lines[:said])
        name = head.group(1)
        if name in queries:
            raise ValueError(f"two queries are called {name}")
        queries[name] = Query(name, says, "\n".join(lines[said:]).strip().rstrip(";"))
    return queries


@cache
def load_queries(package: str, file: str) -> Mapping[str, Query]:
    """The named queries of ``file`` in ``package``, for example ``("postloan.tape", "checks.sql")``."""
    return parse_queries((files(package) / file).read_text(encoding="utf-8"))
