from __future__ import annotations

import pytest
from lender import copied, make_store


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("made") / "books.db")


@pytest.fixture
def store(made, tmp_path):
    with copied(made, tmp_path / "books.db") as opened_store:
        yield opened_store
