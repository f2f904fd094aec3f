"""The door of the address records: what is turned away and why, as findings with counts (conduct: lawful sources)."""

from __future__ import annotations

from dataclasses import dataclass

from postloan.kernel import Engine, Finding, load_kinds, load_queries
from postloan.people.gathering import Gathered

_CODES = {
    "empty": "P001", "nobody": "P002", "no_provenance": "P003", "never_lawful": "P004", "no_consent": "P005",
    "of_a_relative": "P006", "workplace": "P007", "contested": "P008",
}  # fmt: skip
CROWD = 50
"""Borrowers at one place from which it is worth asking whose address it is."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Rows that were turned away: why, from which source, how many, and the first of them (from 1)."""

    reason: str
    source: str
    rows: int
    first_row: int


def refused(engine: Engine) -> tuple[Refused, ...]:
    """What was turned away at the door; ``gather`` has run before."""
    query = load_queries("postloan.people", "door.sql")["refused_counts"].text
    return tuple(Refused(*row) for row in engine.rows(query))


def door_findings(gathered: Gathered, away: tuple[Refused, ...]) -> list[Finding]:
    """What a person should know of the address records, worst first."""
    import numpy as np

    kinds = load_kinds("postloan.people")
    found: list[Finding] = []
    for reason, code in _CODES.items():
        mine = [line for line in away if line.reason == reason]
        if mine:
            rows, first = sum(line.rows for line in mine), min(line.first_row for line in mine)
            found.append(Finding(kinds[code], "addresses", first, found=f"{rows:,}", count=rows))
    shared = gathered.evidence.spots.shared
    crowded = np.unique(gathered.evidence.spots.person[shared >= CROWD])
    if len(crowded):
        most = f"{int(shared.max()):,}"
        found.append(
            Finding(kinds["P009"], "addresses", found=f"{len(crowded):,}", expected=most, count=len(crowded))
        )
    without = gathered.evidence.people - len(np.unique(gathered.evidence.records.person))
    for code, table, count in (
        ("P010", "addresses", without),
        ("P011", "letters", gathered.letters_elsewhere),
    ):
        if count:
            found.append(Finding(kinds[code], table, found=f"{count:,}", count=count))
    return found
