"""Filling empty tables with a whole tape: what is only for looking up and for checking is made once, at the end.

An index that grows row by row in the order of the tape costs more than the rows themselves; made over rows that are
there it is sorted and written in one go. All of it stands in the transaction that adds the rows: either the rows and
their indexes are there, or neither, whatever stops it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, DropConstraint

from postloan.adapters.records.bulk import is_postgres
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


def _ordered(table: sa.Table) -> list[sa.Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))
