"""The same pages on PostgreSQL: what a morning's work needs of the store works there too."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator

import pytest
from postgres_server import NoPostgres, Server
from web_store import ID_NUMBER, NAME, Clock, Pages, fill

from postloan.adapters.records import open_store
from postloan.rules import load_book
from postloan.web import House

KEY = {"POSTLOAN_KEY": base64.b64encode(bytes(range(32))).decode()}


@pytest.fixture(scope="module")
def served() -> Iterator[Pages]:
    try:
        server = Server()
    except NoPostgres as why:
        if os.environ.get("POSTLOAN_TEST_POSTGRES") == "required":
            raise
        pytest.skip(str(why))
    store = open_store(server.url(), create=True, environ=KEY, wait_s=2)
    try:
        fill(store)
        clock = Clock()
        yield Pages(House(store, load_book(), clock), clock)
    finally:
        store.close()
        server.remove()


def test_a_morning_on_postgresql(served: Pages) -> None:
    assert served.sign_in("collector").status_code == 303
    assert "¥2,150.00" in served.get("/?lang=en").text
    assert "21,484.71" in served.get("/loans/L-1").text
    assert "/loans/L-1" in served.post("/loans", {"q": ID_NUMBER}).text
    assert NAME in served.post("/loans/L-1", {"purpose": "verify"}).text
    assert served.post("/logout").status_code == 303
    with served.house.records.reading() as tx:
        assert tx.journal.verify().whole
