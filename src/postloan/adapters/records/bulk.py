"""Many rows at once, as fast as the database takes them: executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")
Row = tuple[Any, ...]
BATCH = 5_000
_COPY_FROM = 200


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    left = iter(items)
    while batch := list(itertools.islice(left, size)):
        yield batch


def is_postgres(connection: sa.Connection) -> bool:
    """Whether the connection is to PostgreSQL."""
    return connection.dialect.name == "postgresql"


_STREAMS = "postloan_streams"


def streamed(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
    """The rows of a query, a batch at a time; ``end_streams`` closes what was not read to its end."""
    result = connection.execute(query, execution_options={"yield_per": BATCH})
    open_ones = connection.info.setdefault(_STREAMS, [])
    open_ones.append(result)
    yield from result
    open_ones.remove(result)


def end_streams(connection: sa.Connection) -> None:
    """Close the streams of a transaction that ends."""
    for result in connection.info.pop(_STREAMS, ()):
        result.close()


_WRITTEN = "postloan_written"


def rows_written(connection: sa.Connection) -> Counter[str]:
    """How many rows the transaction of a connection has written so far, by table; ``clear`` it when one begins."""
    counted: Counter[str] = connection.info.setdefault(_WRITTEN, Counter())
    return counted


def quoted(connection: sa.Connection, names: Iterable[str]) -> list[str]:
    """Names as the database wants them quoted."""
    return [connection.dialect.identifier_preparer.quote(name) for name in names]


def insert_rows(connection: sa.Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Add rows in the order of the columns; all or none of the transaction."""
    names = ", ".join(quoted(connection, columns))
    rows_written(connection)[table] += len(rows)
    if is_postgres(connection) and len(rows) >= _COPY_FROM:
        _copy(connection, f"COPY {table} ({names}) FROM STDIN", rows)
        return
    mark = "%s" if is_postgres(connection) else "?"
    marks = ", ".join([mark] * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def update_rows(
    connection: sa.Connection, table: str, columns: Sequence[str], key: Sequence[str], rows: Sequence[Row]
) -> int:
    """Write rows over those with the same key and version; each gets the next version. Returns how many there were.

    rows: in the order of the columns, which include the key and ``version``.
    """
    rows_written(connection)[table] += len(rows)
    if is_postgres(connection) and len(rows) >= _COPY_FROM:
        return _update_by_copy(connection, table, columns, key, rows)
    mark = "%s" if is_postgres(connection) else "?"
    place = {name: at for at, name in enumerate(columns)}
    changed = [name for name in columns if name not in key and name != "version"]
    sets = ", ".join(f"{name} = {mark}" for name in quoted(connection, changed))
    keyed = " AND ".join(f"{name} = {mark}" for name in quoted(connection, [*key, "version"]))
    order = [place[name] for name in [*changed, *key, "version"]]
    pick = itemgetter(*order)
    given = [pick(row) for row in rows]
    statement = f"UPDATE {table} SET {sets}, version = version + 1 WHERE {keyed}"
    return int(connection.exec_driver_sql(statement, given).rowcount)


def _update_by_copy(
    connection: sa.Connection, table: str, columns: Sequence[str], key: Sequence[str], rows: Sequence[Row]
) -> int:
    names = quoted(connection, columns)
    waiting = f"waiting_{table}"
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE IF NOT EXISTS {waiting} ON COMMIT DROP "
        f"AS SELECT {', '.join(names)} FROM {table} WITH NO DATA"
    )
    connection.exec_driver_sql(f"TRUNCATE {waiting}")
    _copy(connection, f"COPY {waiting} ({', '.join(names)}) FROM STDIN", rows)
    changed = [name for name in columns if name not in key and name != "version"]
    sets = ", ".join(f"{name} = w.{name}" for name in quoted(connection, changed))
    keyed = " AND ".join(f"t.{name} = w.{name}" for name in quoted(connection, [*key, "version"]))
    done = connection.exec_driver_sql(
        f"UPDATE {table} t SET {sets}, version = t.version + 1 FROM {waiting} w WHERE {keyed}"
    )
    return int(done.rowcount)


def _copy(connection: sa.Connection, statement: str, rows: Sequence[Row]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def one_of(
    column: sa.ColumnElement[Any], values: Sequence[Any], connection: sa.Connection
) -> sa.ColumnElement[bool]:
    """The column is one of many values, given as one parameter however many they are."""
    if is_postgres(connection):
        from sqlalchemy.dialects.postgresql import ARRAY

        return column == sa.any_(sa.bindparam(None, list(values), type_=ARRAY(column.type)))
    import json

    listed = json.dumps([value.isoformat() if hasattr(value, "isoformat") else value for value in values])
    found = sa.func.json_each(listed).table_valued("value")
    return column.in_(sa.select(found.c.value))
