"""A process that keeps the books of a night, to be killed at any moment; apart, so that it can be imported."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any


def keep(db: str, on: date, said: Any) -> None:
    """Do the rest of a night; says when it begins."""
    from record_samples import KEY

    from postloan.adapters.records import open_store
    from postloan.workflows.night import keep_books

    store = open_store(db, environ=KEY, wait_s=10)
    said.send("begun")
    keep_books(store, on=on, by="night", at=datetime(on.year, on.month, on.day, 18, tzinfo=UTC))
    said.send("done")
