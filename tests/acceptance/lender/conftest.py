from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from lender import copied, fill, make_store, opened
from record_samples import KEY


@pytest.fixture(scope="session")
def made_lender(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("lender") / "made.db")


@pytest.fixture
def today():
    return datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).date()


@pytest.fixture
def lender(made_lender, tmp_path, monkeypatch, today):
    """The path of a store with six colleagues and two loans, opened ten days ago, 100 days overdue by then."""
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "books.db"
    with copied(made_lender, path) as store:
        days = {"on": today - timedelta(days=10), "overdue_since": today - timedelta(days=110)}
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        fill(store, [opened(1, **days), opened(2, principal=10_000_000, **days)], at=hour_ago)
    return path
