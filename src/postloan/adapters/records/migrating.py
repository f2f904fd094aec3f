"""Making a store and bringing an older one up to the schema of this version."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.errors import NewerStore, NotAStore
from postloan.adapters.records.tables import journal_head, meta
from postloan.kernel.journal import GENESIS

VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""The schema versions that this program knows, oldest first."""
HEAD = VERSIONS[-1]
_LOCK = 7_010_263  # any number that only we use: one migration at a time on PostgreSQL


def version_of(connection: sa.Connection, shown: str) -> str | None:
    """The schema version of a store; None for an empty database.

    Raises:
        NewerStore: made by a later version. NotAStore: a database with other tables.
    """
    names = set(sa.inspect(connection).get_table_names())
    if not names:
        return None
    if "alembic_version" not in names or "meta" not in names:
        raise NotAStore(url=shown)
    found = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")
    if found not in VERSIONS:
        raise NewerStore(url=shown, found=found, known=HEAD)
    return found


def migrate(connection: sa.Connection, *, to: str = HEAD) -> None:
    """Bring the database of a connection up to a version, inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    from alembic import command

    command.upgrade(_config(connection), to)


def _config(connection: sa.Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "postloan.adapters.records:migrations")
    config.attributes["connection"] = connection
    return config


def found_store(connection: sa.Connection, store_id: str | None = None) -> str:
    """Write what a new store needs before its first entry; returns its number."""
    number = store_id or secrets.token_hex(16)
    connection.execute(sa.insert(meta), [{"name": "store_id", "value": number}])
    connection.execute(sa.insert(journal_head), [{"one": 1, "no": 0, "hash": GENESIS, "at": ""}])
    return number


def read_meta(connection: sa.Connection) -> dict[str, str]:
    """What the store says about itself."""
    return {str(row.name): str(row.value) for row in connection.execute(sa.select(meta))}
