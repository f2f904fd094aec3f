from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from night_book import make_book, open_in

from postloan.bootstrap import records


@dataclass(frozen=True)
class Place:
    """An opened store with the tape and book behind it, and a folder to write files in."""

    db: str
    tape: Path
    book: Path
    folder: Path

    def loans(self) -> list[dict]:
        return pq.read_table(self.tape / "loans.parquet").to_pylist()

    def people(self) -> dict[str, str]:
        rows = pq.read_table(self.tape / "borrowers.parquet").to_pylist()
        return {row["borrower_id"]: row["name"] for row in rows}


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The tape, its book, and a SQLite store opened from it; copied by whoever changes it."""
    folder = tmp_path_factory.mktemp("night")
    tape, book = make_book(folder)
    db = folder / "opened.db"
    open_in(str(db), tape, book)
    return Place(str(db), tape, book, folder)


@pytest.fixture
def place(made, tmp_path):
    """A fresh store to post into."""
    for name in ("opened.db", "opened.db.key"):
        shutil.copy2(made.folder / name, tmp_path / name)
    return Place(str(tmp_path / "opened.db"), made.tape, made.book, tmp_path)


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server; skipped with the reason where there is none."""
    from postgres_server import NoPostgres, Server

    try:
        found = Server()
    except NoPostgres as why:
        pytest.skip(str(why))
    yield found
    found.remove()


@pytest.fixture(scope="session")
def on_postgres(made, server):
    """The key of a PostgreSQL store opened from the book, to be copied as a template."""
    key = (made.folder / "opened.db.key").read_text().strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POSTLOAN_KEY", key)
        open_in(server.url("night_opened"), made.tape, made.book)
    return key


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request, tmp_path, monkeypatch):
    """A fresh store on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("place")
        return
    server = request.getfixturevalue("server")
    made = request.getfixturevalue("made")
    monkeypatch.setenv("POSTLOAN_KEY", request.getfixturevalue("on_postgres"))
    address = server.url(template="night_opened")
    yield Place(address, made.tape, made.book, tmp_path)
    server.drop(address)


@pytest.fixture
def store(anywhere):
    with records(anywhere.db) as found:
        yield found
