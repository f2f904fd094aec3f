"""Filling tables with a whole tape or night: what is only for looking up and for checking is made once, at the end.

An index that grows row by row in the order of the tape costs more than the rows themselves; made over rows that are
there it is sorted and written in one go. All of it stands in the transaction that adds the rows: either the rows and
their indexes are there, or neither, whatever stops it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, DropConstraint

from postloan.adapters.records.bulk import is_postgres
from postloan.adapters.records.connecting import MODE
from postloan.adapters.records.errors import translated


@contextmanager
def filled_at_once(connection: sa.Connection, tables: Iterable[sa.Table], shown: str) -> Iterator[None]:
    """Do without the indexes of those tables that are empty until the end of the block.

    References are checked at the end as well where the database lets them be added later (PostgreSQL). An exception
    leaves the tables without them: the transaction must be undone then.
    """
    with translated(shown):
        empty = [table for table in tables if connection.execute(sa.select(table).limit(1)).first() is None]
        indexes = [index for table in empty for index in _ordered(table) if not index.unique]
        references = [
            constraint
            for table in empty
            for constraint in table.foreign_key_constraints
            if is_postgres(connection)
        ]
        for index in indexes:
            index.drop(connection)
        for constraint in references:
            connection.execute(DropConstraint(constraint))
    yield
    with translated(shown, "reference"):
        for index in indexes:
            index.create(connection)
        for constraint in references:
            connection.execute(AddConstraint(constraint))


SWEPT_FROM = 20_000
"""Rows written in one transaction from which a table is swept after it."""


def sweep(engine: sa.Engine, written: Mapping[str, int], *, least: int = SWEPT_FROM) -> None:
    """After a transaction that wrote many rows: let PostgreSQL see at once what stands where, and how much of it.

    The database does so itself, a while later; until then a morning that could be read from indexes alone reads every
    loan. What was committed stays committed: where sweeping fails or may not be done, it is left to the database.
    """
    tables = [table for table, rows in written.items() if rows >= least]
    if engine.dialect.name != "postgresql" or not tables:
        return
    with suppress(sa.exc.DBAPIError), engine.connect() as connection:
        sweeper = connection.execution_options(isolation_level="AUTOCOMMIT", **{MODE: "sweep"})
        for table in tables:
            sweeper.exec_driver_sql(f"VACUUM (ANALYZE, SKIP_LOCKED) {table}")


def _ordered(table: sa.Table) -> list[sa.Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))
