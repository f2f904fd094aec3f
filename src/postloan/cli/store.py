"""Which store a command works on, who works on it and when: the options that all of them share."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.kernel.errors import PostloanError

if TYPE_CHECKING:
    from postloan.cli.screen import Screen
    from postloan.ledger.store import Records
    from postloan.ledger.store_people import User

STORE = "postloan.db"
PASSWORD = "POSTLOAN_PASSWORD"
_TRIES = 5
_WAIT = timedelta(minutes=15)


class PasswordNeeded(PostloanError):
    """{user} has a password, and nobody is there to be asked for it.

    Put it into POSTLOAN_PASSWORD for this command, or run it in a terminal.
    """

    zh = "用户 {user} 设有密码，但当前无法输入。请将密码放入环境变量 POSTLOAN_PASSWORD，或在终端中执行。"


class WrongPassword(PostloanError):
    """This name and password do not go together, or the account is closed or locked.

    Nothing was changed. After several wrong passwords an account rests for a while.
    """

    zh = "用户名与密码不符，或账户已停用、锁定。未作任何改动。多次输错后账户将暂停使用。"


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


def signed(records: Records, given: str | None, screen: Screen) -> str:
    """Who works here, shown to be that person: asked for the password of the pages where there is one.

    Raises:
        PasswordNeeded: nobody can be asked. WrongPassword: it is not the right one; the try is journalled.
    """
    from postloan.ledger.store_people import User

    name = actor(given)
    with records.reading() as tx:
        user = tx.of(User).look(name)
    if user is None or not user.password:
        return name
    said = os.environ.get(PASSWORD, "")
    if not said:
        if not sys.stdin.isatty():
            raise PasswordNeeded(user=name)
        said = typer.prompt(screen.text(f"Password of {name}", f"{name} 的密码"), hide_input=True, err=True)
    at = now()
    locked = user.locked_until is not None and user.locked_until > at
    if locked or not user.active or not _fits(said, user.password):
        _count_wrong(records, user, at)
        raise WrongPassword
    return name


def _fits(said: str, against: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(against, said[:1_000])
    except (Argon2Error, InvalidHashError):
        return False


def _count_wrong(records: Records, user: User, at: datetime) -> None:
    """One more wrong password; after five the account rests for a quarter of an hour."""
    from postloan.kernel.journal import Note
    from postloan.ledger.store_people import User

    failed = user.failed + 1
    until = at + _WAIT if failed % _TRIES == 0 else user.locked_until
    with records.writing(actor=user.name, ground="command line", at=at) as tx:
        tx.of(User).change(replace(user, failed=failed, locked_until=until))
        tx.note(Note("sign_in.refused", subject=user.name, details={"failed": failed}))


def now() -> datetime:
    """This moment, for the journal."""
    return datetime.now(UTC)
