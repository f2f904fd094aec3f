"""Which store a command works on, who works on it and when: the options that all of them share."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from postloan.cli.screen import Screen
    from postloan.ledger.store import Records

STORE = "postloan.db"

DbOption = Annotated[
    str,
    typer.Option(
        "--db", envvar="POSTLOAN_DB", metavar="URL", help="The store: a file, or postgresql://user@host/name."
    ),
]
ActorOption = Annotated[
    str | None,
    typer.Option("--by", envvar="POSTLOAN_USER", metavar="USER", help="Who does this; you, if left out."),
]


@contextmanager
def opened(address: str, screen: Screen, *, create: bool = False) -> Iterator[Records]:
    """The store that was named; what must be known about it is said on the screen."""
    from postloan import bootstrap

    with bootstrap.records(address, create=create, tell=screen.say) as records:
        yield records


def actor(given: str | None) -> str:
    """Who works here: as given, else the user of the machine."""
    return (given or "").strip() or getpass.getuser()


def now() -> datetime:
    """This moment, for the journal."""
    return datetime.now(UTC)
