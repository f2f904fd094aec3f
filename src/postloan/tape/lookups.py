"""What the row checks look up: repeated keys, people without loans, shared identity numbers, divisions.

Each is a small table on an ordinary tape and holds at most a few bytes a row on the worst one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from postloan.address import PROVINCES, known_codes
from postloan.kernel import Engine, PostloanError, load_queries
from postloan.kernel.sql import literal
from postloan.tape.columns import tables
from postloan.tape.facts import FIRST_DAY, TapeFacts

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "addresses": ("known_borrowers",),
    "contacts": ("known_borrowers",),
    "letters": ("known_borrowers", "repeated_letters"),
    "payments": ("repeated_references",),
    "schedules": ("loan_terms", "schedule_sums", "repeated_instalments"),
    "events": ("loan_terms", "flagged_borrowers"),
    "collateral": ("loan_terms", "shared_ranks"),
    "owned_assets": ("loan_terms", "repeated_assets"),
}
"""The small tables that the rows of each table are held against."""


class Lookups:
    """The queries of ``facts.sql`` with the tape's facts filled in.

    given: the engine's name of every table that the tape has.
    """

    def __init__(self, engine: Engine, facts: TapeFacts, given: Mapping[str, str]) -> None:
        self.engine = engine
        self.given = given
        self._queries = load_queries("postloan.tape", "facts.sql")
        habits = dict(facts.habits)
        if "borrowers" in given:
            habits |= one_row(engine, self._queries["borrower_habits"].text)
        after = (*facts.grade_after, None, None, None)
        self._values: dict[str, Any] = {
            "tape_cutoff": facts.cutoff_on,
            "cutoff_given": facts.cutoff_stated,
            "borrowers_given": "borrowers" in given,
            "grades_given": habits["graded"] > 0,
            "names_given": habits.get("named", 0) > 0,
            "ages_given": habits.get("ages", 0) > 0,
            "first_day": FIRST_DAY,
            "last_day": facts.last_day,
            "absurd": facts.absurd,
            "folded": facts.folded,
            "stale_before": facts.stale_before,
            "substandard_after": after[0],
            "doubtful_after": after[1],
            "loss_after": after[2],
        }

    def bound(self, name: str, **more: Any) -> str:
        """A query of facts.sql, complete."""
        query, values = self._queries[name], self._values | more
        return query.bind(**{hole: value for hole, value in values.items() if f":{hole}" in query.text})

    def see(self, table: str) -> None:
        """Let ``<table>_seen`` be the rows of a table as the checks see them."""
        self.engine.view(f"{table}_seen", self.bound(f"{table}_seen"))

    def for_loans(self) -> None:
        """What the checks of loans look up; the borrowers' checks come before."""
        self._repeated(
            "repeated_loans", "copied_loans", "loan_id, times, first_row, 0 AS copies", "times > 1"
        )
        self.engine.table("faulty_borrowers", self.bound("faulty_borrowers"))

    def for_borrowers(self) -> None:
        """What the checks of borrowers look up."""
        if "borrowers" not in self.given:
            self.engine.table("unknown_borrowers", "SELECT borrower_id FROM loans_whole WHERE FALSE")
            self.engine.table("borrowers_bad", "SELECT row FROM borrowers_whole WHERE FALSE")
            return
        prefixes = pa.table({"prefix": list(PROVINCES), "province": list(PROVINCES.values())})
        self.engine.register("id_provinces", prefixes)
        self.engine.register("id_counties", pa.table({"code": sorted(known_codes())}))
        self._repeated("odd_borrowers", "copied_borrowers", "borrower_id, 0 AS copies", "times > 1")
        self.engine.table("unknown_borrowers", self.bound("unknown_borrowers"))
        self.engine.table("shared_ids", self.bound("shared_ids"))
        self.engine.view("borrowers_read", self.bound("borrowers_read"))

    def for_others(self, table: str) -> None:
        """What the checks of the tables beside loans and borrowers look up."""
        for name in _NEEDS[table]:
            self.engine.table(name, self.bound(name))

    def hidden_ids(self) -> int:
        """How many identity numbers are masked or hashed."""
        return one_row(self.engine, self.bound("hidden_ids"))["hidden"] if "borrowers" in self.given else 0

    def _repeated(self, keys: str, copies: str, empty: str, where: str) -> None:
        """Find repeated keys, and compare their rows only where there are any."""
        self.engine.table(keys, self.bound(keys))
        repeated = self.engine.rows(f"SELECT COUNT(*) FROM {keys} WHERE {where}")[0][0]
        self.engine.table(
            copies, self.bound(copies) if repeated else f"SELECT {empty} FROM {keys} WHERE FALSE"
        )


def one_row(engine: Engine, query: str) -> dict[str, int]:
    """The single row of counts that a query gives, by column; nothing counts as 0."""
    return {name: int(value or 0) for name, value in engine.arrow(query).to_pylist()[0].items()}


def given_tables(engine: Engine, names: Mapping[str, str]) -> dict[str, str]:
    """The engine's names of the tables that a tape has: ``names``, or ``typed_<table>`` where it exists."""
    wanted = {name: names.get(name, f"typed_{name}") for name in tables()}
    return {table: name for table, name in wanted.items() if table == "loans" or _exists(engine, name)}


def _exists(engine: Engine, name: str) -> bool:
    try:
        return bool(engine.columns(name))
    except PostloanError:
        return False


def whole_views(engine: Engine, given: Mapping[str, str]) -> None:
    """Let ``<table>_whole`` be each table with all columns, so that every check can be written down once."""
    for name, table in tables().items():
        types = {"row": "BIGINT", **{column.name: column.sql_type for column in table.columns.values()}}
        has = engine.columns(given[name]) if name in given else {}
        parts = [c if c in has else f"CAST(NULL AS {sql_type}) AS {c}" for c, sql_type in types.items()]
        source = f"FROM {given[name]}" if name in given else "WHERE FALSE"
        engine.view(f"{name}_whole", f"SELECT {', '.join(parts)} {source}")


def keep_typed(engine: Engine, given: Mapping[str, str], work: Path | None) -> None:
    """Read the source once: each typed table under its name from a copy, Parquet under ``work`` where given.

    The typed tables are views that clean every cell each time they are read; the checks read them often.
    """
    for name in given.values():
        if work is None:
            engine.table(name, f"SELECT * FROM {name}")
        else:
            engine.write(f"SELECT * FROM {name}", work / f"{name}.parquet")
            engine.parquet(name, work / f"{name}.parquet")


def mark_unread(engine: Engine, given: Mapping[str, str]) -> None:
    """Let ``unread_rows`` be the rows with unreadable cells: bit i of ``fields`` for field i of the table."""
    marks = [
        f"SELECT {literal(table)} AS table_name, row, unread AS fields FROM typed_{table} WHERE unread <> 0"
        for table in given
        if _exists(engine, f"typed_{table}") and "unread" in engine.columns(f"typed_{table}")
    ]
    none = "SELECT '' AS table_name, CAST(0 AS BIGINT) AS row, CAST(0 AS BIGINT) AS fields WHERE FALSE"
    engine.table("unread_rows", " UNION ALL ".join(marks) or none)
