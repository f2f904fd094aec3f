"""Many checks in one scan: every row gets whole numbers whose bits say which checks it fails.

A row costs the same few bytes however much is wrong with it, so memory does not grow with the findings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from postloan.kernel import Query, load_queries

BITS = 62
"""Checks per whole number; a signed 64-bit number has room for 63."""

_SAYS = re.compile(r"(?P<code>T\d{3}) (?P<field>\w+): (?P<looks_for>.+)")
_FORM = re.compile(r"SELECT row, .+\nFROM (?P<table>\w+)_seen\nWHERE (?P<predicate>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Check:
    """One row check of ``checks.sql``.

    name: of the query. code: of its finding kind. table, field: what it speaks about. text: the query, which
    gives row, key, found, expected. predicate: true on the rows that fail.
    """

    name: str
    code: str
    table: str
    field: str
    text: str
    predicate: str


@cache
def load_checks() -> tuple[Check, ...]:
    """Every row check, in the order of the file."""
    return tuple(_check(query) for query in load_queries("postloan.tape", "checks.sql").values())


def _check(query: Query) -> Check:
    text = "\n".join(line for line in query.text.split("\n") if not line.startswith("--")).strip()
    says, form = _SAYS.fullmatch(query.says), _FORM.fullmatch(text)
    if says is None or form is None:
        raise ValueError(f"check {query.name} does not have the form that checks.sql describes")
    return Check(query.name, says["code"], form["table"], says["field"], text, form["predicate"])


def words_of(checks: Sequence[Check]) -> int:
    """How many whole numbers a row needs for these checks."""
    return -(-len(checks) // BITS)


def mask_query(table: str, checks: Sequence[Check]) -> str:
    """The scan: row and faults_0, faults_1, … of every row that fails a check."""
    words = []
    for word in range(words_of(checks)):
        part = checks[word * BITS : (word + 1) * BITS]
        bits = [
            f"CASE WHEN {check.predicate} THEN CAST({1 << bit} AS BIGINT) ELSE CAST(0 AS BIGINT) END"
            for bit, check in enumerate(part)
        ]
        words.append("\n    + ".join(bits) + f" AS faults_{word}")
    failed = " OR ".join(f"m.faults_{word} <> 0" for word in range(len(words)))
    return f"SELECT * FROM (SELECT row,\n    {',    '.join(words)}\nFROM {table}_seen) AS m WHERE {failed}"


def fails(checks: Sequence[Check], chosen: Sequence[Check]) -> str:
    """The condition, on a row of ``mask_query(checks)``, that it fails at least one of the chosen checks."""
    wanted = [0] * words_of(checks)
    for check in chosen:
        place = checks.index(check)
        wanted[place // BITS] |= 1 << (place % BITS)
    parts = [f"(faults_{word} & {bits}) <> 0" for word, bits in enumerate(wanted) if bits]
    return " OR ".join(parts) or "FALSE"


def count_query(table: str, checks: Sequence[Check], groups: Sequence[Sequence[Check]]) -> str:
    """How many rows fail each group of checks, as columns n_0, n_1 and so on."""
    sums = [
        f"COALESCE(SUM(CASE WHEN {fails(checks, group)} THEN 1 ELSE 0 END), 0) AS n_{i}"
        for i, group in enumerate(groups)
    ]
    return f"SELECT {', '.join(sums)} FROM {table}_faults"


def wanted_query(table: str, checks: Sequence[Check], failed: Sequence[Check], cap: int) -> str:
    """The rows to show: of each failed check the first ``cap`` by row number."""
    firsts = [
        f"SELECT row FROM (SELECT row FROM {table}_faults WHERE {fails(checks, [check])}"
        f" ORDER BY row LIMIT {cap}) AS w_{i}"
        for i, check in enumerate(failed)
    ]
    return f"SELECT DISTINCT row FROM ({' UNION ALL '.join(firsts)}) AS wanted"


def shown_query(failed: Sequence[Check], cap: int) -> str:
    """What to show of each failed check, from a ``<table>_seen`` that holds the wanted rows."""
    parts = [
        f"SELECT {i} AS place, row, key, found, expected FROM ("
        f"SELECT * FROM ({check.text}) AS c_{i} ORDER BY row LIMIT {cap}) AS s_{i}"
        for i, check in enumerate(failed)
    ]
    return f"SELECT place, row, key, found, expected FROM ({' UNION ALL '.join(parts)}) AS shown ORDER BY place, row"
