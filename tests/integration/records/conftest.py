from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from postgres_server import NoPostgres, Server
from record_samples import KEY

from postloan.adapters.records import Store, open_store


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    try:
        server = Server()
    except NoPostgres as why:
        if os.environ.get("POSTLOAN_TEST_POSTGRES") == "required":
            raise
        pytest.skip(str(why))
    yield server
    server.remove()


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "books.db"
    open_store(str(path), create=True, environ=KEY).close()
    return path


@pytest.fixture(scope="session")
def made_database(postgres: Server) -> str:
    open_store(postgres.url("made"), create=True, environ=KEY).close()
    return "made"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty place for a store, on each database."""
    if request.param == "sqlite":
        yield str(tmp_path / "books.db")
        return
    server: Server = request.getfixturevalue("postgres")
    address = server.url()
    yield address
    server.drop(address)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new store, on each database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("made_file"), tmp_path / "books.db")
        yield str(tmp_path / "books.db")
        return
    server: Server = request.getfixturevalue("postgres")
    address = server.url(template=request.getfixturevalue("made_database"))
    yield address
    server.drop(address)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with closing(open_store(address, environ=KEY, wait_s=10)) as opened:
        yield opened


@pytest.fixture
def file_store(made_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A store in a file, for what only happens to files."""
    shutil.copy(made_file, tmp_path / "file.db")
    with closing(open_store(str(tmp_path / "file.db"), environ=KEY, wait_s=10)) as opened:
        yield opened


@pytest.fixture
def by_hand(address: str) -> Any:
    """Run SQL past the program, as somebody with rights on the database might."""

    def run(*statements: str, triggers: bool = True) -> list[tuple[Any, ...]]:
        return (
            _sqlite(address, statements, triggers)
            if "://" not in address
            else _postgres(address, statements, triggers)
        )

    return run


def _sqlite(address: str, statements: tuple[str, ...], triggers: bool) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(address, isolation_level=None)) as connection:
        if not triggers:
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
        found: list[tuple[Any, ...]] = []
        for statement in statements:
            found = connection.execute(statement).fetchall()
        return found


def _postgres(address: str, statements: tuple[str, ...], triggers: bool) -> list[tuple[Any, ...]]:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        if not triggers:
            connection.execute("SET session_replication_role = replica")
        found: list[tuple[Any, ...]] = []
        for statement in statements:
            cursor = connection.execute(statement.encode())
            found = cursor.fetchall() if cursor.description else []
        return found
