"""The checks of a tape: every row judged in one scan, findings counted exactly and shown in part.

Nothing is dropped and nothing mended: a row with an error waits in quarantine, marked in ``loans.quarantined``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from postloan.kernel import Engine, Finding, Severity, load_queries
from postloan.rules import RuleBook
from postloan.tape.columns import tables
from postloan.tape.facts import TapeFacts, gather
from postloan.tape.found import FindingCount, Seen, counts_table, findings_table, from_finding
from postloan.tape.habits import control_found, habits_found
from postloan.tape.lookups import Lookups, given_tables, keep_typed, mark_unread, whole_views
from postloan.tape.quality import Tally, quality_table, tape_score
from postloan.tape.rowchecks import RowChecks
from postloan.tape.sides import resolve_sides

CAP = 100
"""Rows shown of one kind of finding on one field."""

_OTHERS = tuple(name for name in tables() if name not in ("loans", "borrowers"))


@dataclass(frozen=True, slots=True)
class CheckedTape:
    """What the checks of one tape came to.

    facts: what the tape does as a whole. counts: every kind found, worst first. rows: loans on the tape.
    quarantined: loans kept apart. score: quality from 0 to 1. loans, borrowers: the queries of the resolved
    tables, to be written once; the views ``loans`` and ``borrowers`` run them. The engine also holds
    ``findings``, ``finding_counts``, ``field_quality``, and the side tables that the tape gives (``sides``).
    """

    facts: TapeFacts
    counts: tuple[FindingCount, ...]
    rows: int
    quarantined: int
    score: float
    loans: str
    borrowers: str

    @property
    def cutoff_on(self) -> date | None:
        """The tape's cut-off date (交易基准日), None where it has none or several."""
        return self.facts.cutoff_on

    @property
    def blocking(self) -> bool:
        """Nothing can be disclosed until something is mended."""
        return any(count.severity is Severity.BLOCKING for count in self.counts)

    @property
    def worst(self) -> Severity | None:
        """The gravest severity found; None where nothing was."""
        return min((count.severity for count in self.counts), key=_gravity, default=None)


def check_tape(
    engine: Engine,
    *,
    rules: RuleBook | None = None,
    cutoff_on: date | None = None,
    cap: int = CAP,
    accepted: Collection[str] = (),
    also: Sequence[Finding] = (),
    sources: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    control: Mapping[str, Mapping[str, Decimal]] | None = None,
    unread: Mapping[tuple[str, str], str] | None = None,
    work: Path | None = None,
    kept: bool = False,
) -> CheckedTape:
    """Check the typed tables of a tape and leave its resolved tables and its findings in the engine.

    rules: where the grades' days come from; None leaves the seller's grades unchecked. cutoff_on: taken where
    the tape states no cut-off date. cap: rows shown of each kind on each field. accepted: codes whose errors
    the user takes as they are, so that they only warn. also: findings of the intake, listed first. sources:
    the file of each table. names: engine names of tables, default ``typed_<table>`` where it exists. control:
    table → field → the seller's control total. unread: (table, field) → query of unreadable cells.
    work: a folder for copies of the typed tables, faster than copies in the engine; it must stay until the
    resolved tables are written. kept: the typed tables are cheap to read already.
    """
    given = given_tables(engine, names or {})
    if not kept:
        keep_typed(engine, given, work)
    mark_unread(engine, given)
    whole_views(engine, given)
    facts = gather(engine, cutoff_on=cutoff_on, rules=rules)
    lookups = Lookups(engine, facts, given)
    row_checks = RowChecks(lookups, cap=cap, accepted=frozenset(accepted), unread=unread or {})
    counts, seen = _of_intake(also)
    lookups.for_borrowers()
    about_tape = habits_found(facts, hidden_ids=lookups.hidden_ids())
    for count, about in [*about_tape, *control_found(engine, control or {}, given)]:
        counts.append(count)
        seen.append(about)
    tallies: list[Tally] = []
    for table in ("borrowers", "loans", *_OTHERS):
        if table not in given:
            continue
        if table == "loans":
            lookups.for_loans()
        elif table in _OTHERS:
            lookups.for_others(table)
        found = row_checks.run(table)
        counts.extend(found.counts)
        seen.extend(found.seen)
        tallies.append(found.tally)
    return _finished(engine, facts, given, counts, seen, tallies, sources or {})


def _of_intake(also: Sequence[Finding]) -> tuple[list[FindingCount], list[Seen]]:
    seen = [from_finding(finding) for finding in also]
    merged: dict[tuple[str, str, str], FindingCount] = {}
    for finding, about in zip(also, seen, strict=True):
        key = (about.kind.code, about.table, about.field)
        before = merged.get(key)
        merged[key] = FindingCount(
            about.kind,
            about.severity,
            about.table,
            about.field,
            finding.count + (before.rows if before else 0),
            1 + (before.shown if before else 0),
            quarantined=False,
        )
    return list(merged.values()), seen


def _finished(
    engine: Engine,
    facts: TapeFacts,
    given: Mapping[str, str],
    counts: list[FindingCount],
    seen: list[Seen],
    tallies: list[Tally],
    sources: Mapping[str, str],
) -> CheckedTape:
    queries = load_queries("postloan.tape", "resolve.sql")
    loans = queries["loans"].bind(tape_cutoff=facts.cutoff_on)
    borrowers = queries["borrowers" if "borrowers" in given else "borrowers_of_loans"].text
    engine.view("loans", loans)
    engine.view("borrowers", borrowers)
    resolve_sides(engine, given)
    rows = facts.habits["loans"]
    quarantined = int(
        engine.rows("SELECT COUNT(*) FROM loans_bad WHERE row IN (SELECT row FROM loans_whole)")[0][0]
    )
    score = tape_score(tallies, loans=rows, quarantined=quarantined)
    counts.sort(key=lambda count: (_gravity(count.severity), count.code, count.table, count.field))
    seen.sort(key=lambda s: (_gravity(s.severity), s.kind.code, s.table, s.field, s.row or 0))
    engine.register("findings", findings_table(seen, sources))
    engine.register("finding_counts", counts_table(counts, seen))
    engine.register("field_quality", quality_table(tallies, score))
    return CheckedTape(facts, tuple(counts), rows, quarantined, score, loans, borrowers)


def _gravity(severity: Severity) -> int:
    return list(Severity).index(severity)
