"""Keep every named query within the SQL that DuckDB and Spark both understand and answer alike.

Reads the ``.sql`` files under ``src/postloan``; each query must be one SELECT, use only the functions listed here,
and survive the translation to Spark. ``python scripts/lint_sql.py [FILE…]``; exit 1 where something is not allowed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlglot import exp, parse, transpile
from sqlglot.errors import ErrorLevel, SqlglotError

from postloan.kernel.sql import Query, parse_queries

ROOT = Path(__file__).resolve().parents[1]

HOLE = re.compile(r"'(?:[^']|'')*'|::|:([a-z_][a-z0-9_]*)")
AFTER_IN = re.compile(r"\bIN\s+$", re.IGNORECASE)

# Names as DuckDB writes them. Each was seen to give the same answer on both engines, or is plain SQL:92.
FUNCTIONS = frozenset(
    """
    ABS ARG_MAX ARG_MIN AVG BIT_OR CAST CEIL COALESCE CONCAT CONCAT_WS COUNT DATE_DIFF DAY DENSE_RANK FIRST_VALUE
    FLOOR GREATEST LAG LAST_VALUE LEAD LEAST LENGTH LN LOG10 LOWER LPAD MAX MIN MONTH NTILE NULLIF POWER QUARTER RANK
    REGEXP_EXTRACT REGEXP_MATCHES REGEXP_REPLACE REPLACE ROUND ROW_NUMBER SQRT STRING_AGG SUBSTR SUM TRIM TRY_CAST
    UPPER YEAR
    """.split()  # noqa: SIM905  a list of quoted words reads worse
)

# sqlglot's own names for some of them.
ALSO = {
    "ARGMAX": "ARG_MAX", "ARGMIN": "ARG_MIN", "BITWISE_OR_AGG": "BIT_OR",
    "DATEDIFF": "DATE_DIFF", "GROUPCONCAT": "STRING_AGG",
    "LOG": "LOG10", "PAD": "LPAD", "POW": "POWER", "REGEXPLIKE": "REGEXP_MATCHES", "REGEXP_LIKE": "REGEXP_MATCHES",
    "SUBSTRING": "SUBSTR", "TRYCAST": "TRY_CAST", "GROUP_CONCAT": "STRING_AGG", "ROWNUMBER": "ROW_NUMBER",
    "DENSERANK": "DENSE_RANK",
}  # fmt: skip

# Operators that sqlglot counts among the functions.
OPERATORS = (exp.And, exp.Or, exp.Xor, exp.Case, exp.If)

FORBIDDEN = {
    exp.Pivot: "PIVOT",
    exp.Struct: "a struct",
    exp.Array: "a list",
    exp.Bracket: "an element of a list",
    exp.Lambda: "a lambda",
    exp.Unnest: "UNNEST",
    exp.Lateral: "LATERAL",
    exp.TableSample: "a sample",
    exp.Rand: "a random number",
    exp.CurrentDate: "today's date",
    exp.CurrentTimestamp: "the time of day",
    exp.Placeholder: "a hole that was not filled",
}


def faults_of(query: Query) -> Iterator[str]:
    """What is not allowed in a query, in words."""
    found: list[Any]
    text = _filled(query.text)
    try:
        found = [statement for statement in parse(text, read="duckdb") if statement is not None]
    except SqlglotError as error:
        yield f"cannot be parsed: {str(error).splitlines()[0]}"
        return
    if len(found) != 1:
        yield f"holds {len(found)} statements instead of one"
        return
    if not isinstance(found[0], exp.Select | exp.SetOperation):
        yield f"is {found[0].key.upper()}, not SELECT"
        return
    for node in found[0].walk():
        yield from _faults_of_node(node)
    try:
        transpile(text, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        yield f"has no form in Spark: {str(error).splitlines()[0]}"


def _faults_of_node(node: Any) -> Iterator[str]:
    for kind, name in FORBIDDEN.items():
        if isinstance(node, kind):
            yield f"uses {name}"
    if isinstance(node, exp.Func) and not isinstance(node, OPERATORS):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_names()[0]
        if ALSO.get(name.upper(), name.upper()) not in FUNCTIONS:
            yield f"calls {name.upper()}, which is not on the list of common functions"


def _filled(text: str) -> str:
    """The query with a literal in every hole; a list where IN stands before it."""

    def literal(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group(0)
        return "('x')" if AFTER_IN.search(text[: match.start()]) else "NULL"

    return HOLE.sub(literal, text)


def faults_in(path: Path) -> Iterator[str]:
    """What is not allowed in a file, with the file and the query."""
    for query in parse_queries(path.read_text(encoding="utf-8")).values():
        for fault in dict.fromkeys(faults_of(query)):
            yield f"{path.name}: {query.name} {fault}"


def main(arguments: list[str]) -> int:
    """Print every fault; 1 where there is one."""
    paths = [Path(argument) for argument in arguments] or sorted((ROOT / "src" / "postloan").rglob("*.sql"))
    faults = [fault for path in paths for fault in faults_in(path)]
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{len(paths)} SQL files: every query is within the common subset")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
