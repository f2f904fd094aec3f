"""The row checks of one table: one scan, exact counts, some rows to show, the rows to keep apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from postloan.kernel import FindingKind, Severity, load_kinds
from postloan.tape import masks
from postloan.tape.columns import tables
from postloan.tape.found import FindingCount, Seen
from postloan.tape.lookups import Lookups, one_row
from postloan.tape.masks import Check
from postloan.tape.quality import Tally

SYSTEMATIC_SHARE = 0.05
SYSTEMATIC_ROWS = 20
"""A contradiction on more than this share of the rows, and at least so many, is a convention of the seller."""

# These speak of empty cells; a cell that is filled is not made invalid by them.
MISSING = frozenset(
    {"T020", "T023", "T026", "T030", "T055", "T063", "T069", "T071", "T081", "T086", "T090", "T091", "T114"}
)

# A copy of a borrower's row takes nothing away from the row that it copies.
_HARMLESS = frozenset({"T022", "T026"})
_QUARANTINE = (Severity.ERROR, Severity.BLOCKING)


@dataclass(frozen=True, slots=True)
class TableFindings:
    """What the checks of one table found.

    counts: exact, by kind and field. seen: rows to show. tally: what the quality score counts.
    """

    counts: tuple[FindingCount, ...]
    seen: tuple[Seen, ...]
    tally: Tally


@cache
def _conventions() -> Mapping[str, str]:
    raw = yaml.safe_load((files("postloan.tape") / "findings.yaml").read_text(encoding="utf-8"))
    return {code: entry["systematic"] for code, entry in raw.items() if "systematic" in entry}


class RowChecks:
    """Runs the row checks of tables.

    cap: rows shown of each kind on each field. accepted: codes whose errors only warn.
    """

    def __init__(
        self, lookups: Lookups, *, cap: int, accepted: frozenset[str], unread: Mapping[tuple[str, str], str]
    ) -> None:
        self._lookups, self._engine = lookups, lookups.engine
        self._cap, self._accepted, self._unread = cap, accepted, unread
        self._kinds = load_kinds("postloan.tape")

    def run(self, table: str) -> TableFindings:
        """Check a table; ``<table>_bad`` holds the rows to keep apart of loans and borrowers."""
        checks = [check for check in masks.load_checks() if check.table == table]
        self._lookups.see(table)
        self._engine.table(f"{table}_faults", masks.mask_query(table, checks))
        rows = self._engine.rows(f"SELECT COUNT(*) FROM {table}_whole")[0][0]
        times, tally = self._count(table, checks, rows)
        failed = [check for check in checks if times[check.name]]
        habits = [check for check in failed if self._is_habit(check, times[check.name], rows)]
        slips = [check for check in failed if check not in habits]
        if table in ("loans", "borrowers"):
            self._keep_apart(table, checks, slips)
        counts = [self._count_of(check, times[check.name]) for check in slips]
        seen = self._show(table, checks, slips) if slips and self._cap else []
        for check in habits:
            kind, found = self._kinds[_conventions()[check.code]], str(times[check.name])
            what = f"{check.code} {check.field}"
            seen.append(Seen(kind, kind.severity, table, check.field, None, "", f"{int(found):,}", what))
            counts.append(FindingCount(kind, kind.severity, table, check.field, int(found), 1, False))
        more_counts, more_seen, unread = self._unreadable(table)
        tally = Tally(tally.table, tally.rows, tally.filled, _plus(tally.faulty, unread), tally.wrong)
        return TableFindings((*counts, *more_counts), (*seen, *more_seen), tally)

    def severity(self, kind: FindingKind) -> Severity:
        """How much a kind matters on this run."""
        softened = kind.code in self._accepted and kind.severity in _QUARANTINE
        return Severity.WARNING if softened else kind.severity

    def _is_habit(self, check: Check, times: int, rows: int) -> bool:
        many = times >= SYSTEMATIC_ROWS and times > rows * SYSTEMATIC_SHARE
        return many and check.code in _conventions()

    def _count(self, table: str, checks: Sequence[Check], rows: int) -> tuple[dict[str, int], Tally]:
        fields = list(dict.fromkeys(check.field for check in checks))
        faulty = [[check for check in checks if check.field == field] for field in fields]
        wrong = [[check for check in group if check.code not in MISSING] for group in faulty]
        groups = [*([check] for check in checks), *faulty, *wrong]
        numbers = self._engine.rows(masks.count_query(table, checks, groups))[0]
        by_field = numbers[len(checks) :]
        columns = ", ".join(f"COUNT({name}) AS {name}" for name in tables()[table].columns)
        tally = Tally(
            table=table,
            rows=rows,
            filled=one_row(self._engine, f"SELECT {columns} FROM {table}_whole"),
            faulty=dict(zip(fields, by_field, strict=False)),
            wrong=dict(zip(fields, by_field[len(fields) :], strict=True)),
        )
        return dict(zip((check.name for check in checks), numbers, strict=False)), tally

    def _count_of(self, check: Check, times: int) -> FindingCount:
        kind = self._kinds[check.code]
        severity = self.severity(kind)
        apart = severity in _QUARANTINE and check.table in ("loans", "borrowers")
        return FindingCount(kind, severity, check.table, check.field, times, min(self._cap, times), apart)

    def _keep_apart(self, table: str, checks: Sequence[Check], slips: Sequence[Check]) -> None:
        errors = [
            check
            for check in slips
            if self.severity(self._kinds[check.code]) in _QUARANTINE
            and (table == "loans" or check.code not in _HARMLESS)
        ]
        bad = f"SELECT row FROM {table}_faults WHERE {masks.fails(checks, errors)}"
        if "T024" not in self._accepted:
            columns = enumerate(tables()[table].columns)
            bits = sum(1 << place for place, field in columns if field in needed_fields(table))
            needed = f"SELECT row FROM unread_rows WHERE table_name = '{table}' AND (fields & {bits}) <> 0"
            bad = f"SELECT row FROM ({bad}) AS f UNION SELECT row FROM ({needed}) AS u"
        self._engine.table(f"{table}_bad", bad)

    def _show(self, table: str, checks: Sequence[Check], slips: Sequence[Check]) -> list[Seen]:
        """The first rows of each check. They are few: the checks look at them again under the same name."""
        self._engine.table(f"{table}_wanted", masks.wanted_query(table, checks, slips, self._cap))
        picked = f"SELECT * FROM {table}_seen WHERE row IN (SELECT row FROM {table}_wanted)"
        self._engine.table(f"{table}_picked", picked)
        self._engine.view(f"{table}_seen", f"SELECT * FROM {table}_picked")
        rows = self._engine.rows(masks.shown_query(slips, self._cap))
        self._lookups.see(table)
        self._engine.drop(f"{table}_picked")
        self._engine.drop(f"{table}_wanted")
        seen = []
        for place, row, key, found, expected in rows:
            check = slips[place]
            kind = self._kinds[check.code]
            seen.append(
                Seen(
                    kind, self.severity(kind), table, check.field, row, key or "", found or "", expected or ""
                )
            )
        return seen

    def _unreadable(self, table: str) -> tuple[list[FindingCount], list[Seen], dict[str, int]]:
        fields = list(tables()[table].columns)
        of_table = f"FROM unread_rows WHERE table_name = '{table}'"
        sums = ", ".join(
            f"COALESCE(SUM(CASE WHEN (fields & {1 << place}) <> 0 THEN 1 ELSE 0 END), 0) AS n_{place}"
            for place in range(len(fields))
        )
        times = dict(zip(fields, self._engine.rows(f"SELECT {sums} {of_table}")[0], strict=True))
        unread = {field: int(count) for field, count in times.items() if count}
        counts: list[FindingCount] = []
        seen: list[Seen] = []
        for field, count in unread.items():
            kind = self._kinds["T024" if field in needed_fields(table) else "T025"]
            severity = self.severity(kind)
            apart = severity in _QUARANTINE and table in ("loans", "borrowers")
            shown = self._unread_cells(
                table, field, f"{of_table} AND (fields & {1 << fields.index(field)}) <> 0"
            )
            counts.append(FindingCount(kind, severity, table, field, count, len(shown), apart))
            wanted = tables()[table].columns[field].kind
            seen.extend(
                Seen(kind, severity, table, field, row, "", found or "", wanted) for row, found in shown
            )
        return counts, seen, unread

    def _unread_cells(self, table: str, field: str, of_rows: str) -> Sequence[tuple[int, str]]:
        """The first unreadable cells of a field; the intake has masked personal ones."""
        rows = ", ".join(
            str(row) for (row,) in self._engine.rows(f"SELECT row {of_rows} ORDER BY row LIMIT {self._cap}")
        )
        if not rows or (table, field) not in self._unread:
            return []
        cells = self._unread[(table, field)]
        return self._engine.rows(
            f"SELECT row, found FROM ({cells}) AS cells WHERE row IN ({rows}) ORDER BY row"
        )


def needed_fields(table: str) -> frozenset[str]:
    """The fields of a table whose words must be readable: the required ones, the debt's age and its grade."""
    columns = tables()[table].columns.values()
    more = (
        {"interest", "stated_total", "overdue_since", "days_overdue", "cutoff_on", "grade"}
        if table == "loans"
        else set()
    )
    return frozenset({column.name for column in columns if column.required} | more)


def _plus(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {
        key: left.get(key, 0) + right.get(key, 0) for key in (*left, *(k for k in right if k not in left))
    }
