"""Connections to the store: SQLite in a file by default, PostgreSQL where many write."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.errors import BadAddress, DriverMissing

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgresql+psycopg://", "postgres://")
MODE = "postloan_mode"
"""Execution option that says what a connection is for: to ``read``, ``write`` or ``sweep``."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is.

    url: for SQLAlchemy. file: of a SQLite store; None on PostgreSQL. shown: for people, without the password.
    """

    url: sa.URL
    file: Path | None
    shown: str

    @property
    def key_file(self) -> Path | None:
        """Where the key of a SQLite store is kept unless said otherwise: beside it."""
        return self.file.with_name(self.file.name + ".key") if self.file else None


def read_address(text: str) -> Address:
    """The address that somebody gave with ``--db``: a file, ``sqlite:///file`` or ``postgresql://…``.

    Raises:
        BadAddress: none of these.
    """
    given = text.strip()
    if given.startswith(_POSTGRES):
        try:
            url = sa.make_url("postgresql+psycopg://" + given.partition("://")[2])
        except (sa.exc.ArgumentError, ValueError) as error:
            raise BadAddress(url=given.partition("://")[0] + "://…") from error
        return Address(url, None, url.render_as_string(hide_password=True).replace("+psycopg", ""))
    path = given.removeprefix(_SQLITE)
    if not path or "://" in path or path == ":memory:":
        raise BadAddress(url=given)
    file = Path(path).expanduser().absolute()
    return Address(sa.URL.create("sqlite", database=str(file)), file, str(file))


def connect(address: Address, *, wait_s: float) -> sa.Engine:
    """An engine whose transactions begin as the store wants them.

    wait_s: longest wait for another writer.

    Raises:
        DriverMissing: PostgreSQL is asked for and its driver is not there.
    """
    if address.file is not None:
        return _sqlite(address, wait_s)
    try:
        return _postgres(address, wait_s)
    except ModuleNotFoundError as error:
        raise DriverMissing from error


def _sqlite(address: Address, wait_s: float) -> sa.Engine:
    engine = sa.create_engine(address.url, connect_args={"timeout": wait_s, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not where the driver guesses
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what is erased is overwritten
            "cache_size=-131072",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get(MODE, "read")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if mode == "write" else "BEGIN")

    return engine


def _postgres(address: Address, wait_s: float) -> sa.Engine:
    engine = sa.create_engine(address.url, pool_pre_ping=True, connect_args={"connect_timeout": 10})

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get(MODE, "read")
        if mode == "write":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(wait_s * 1000)}")
        elif mode == "read":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return engine
