"""The tables beside loans and borrowers that later stages read, without personal data."""

from __future__ import annotations

from collections.abc import Collection

from postloan.kernel import Engine, PostloanError, load_queries

SIDE_TABLES = ("payments", "schedules", "events", "collateral", "owned_assets")
"""Their names on the tape, in the engine, and in the book."""


def side_tables(engine: Engine) -> frozenset[str]:
    """Which of them the engine holds."""
    return frozenset(name for name in SIDE_TABLES if _exists(engine, name))


def resolve_sides(engine: Engine, given: Collection[str]) -> None:
    """Let each side table that the tape gives be readable under its own name; personal columns stay behind."""
    queries = load_queries("postloan.tape", "resolve.sql")
    for name in SIDE_TABLES:
        if name in given:
            engine.view(name, queries[name].text)
        else:
            engine.drop(name)


def _exists(engine: Engine, name: str) -> bool:
    try:
        return bool(engine.columns(name))
    except PostloanError:
        return False
