"""``postloan serve``: the pages, with nothing to set up."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from postloan import bootstrap
from postloan.rules import load_book
from postloan.web.app import create_app
from postloan.web.first_start import ADMINISTRATOR, first_administrator
from postloan.web.house import House
from postloan.web.listening import listening, run, tell_where

_WAIT_S = 4.0  # longer than any page should wait for another writer


class Language(StrEnum):
    """The languages that people are spoken to in."""

    en = "en"
    zh = "zh"


def serve(
    db: Annotated[
        str,
        typer.Option(
            "--db",
            envvar="POSTLOAN_DB",
            metavar="URL",
            help="The store: a file, or postgresql://user@host/name.",
        ),
    ] = "postloan.db",
    host: Annotated[
        str, typer.Option("--host", help="The network address to answer on; this machine only, if left out.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port to answer on; 0 for any.")
    ] = 8000,
    lang: Annotated[
        Language, typer.Option("--lang", envvar="POSTLOAN_LANG", help="Language of what is said here.")
    ] = Language.en,
) -> None:
    """Serve the pages; makes the store and an administrator where there are none."""

    def tell(english: str, chinese: str) -> None:
        typer.echo(chinese if lang is Language.zh else english)

    with (
        bootstrap.records(db, create=True, tell=tell, wait_s=_WAIT_S) as records,
        listening(host, port) as socket,
    ):
        password = first_administrator(records, _now(), "zh" if lang is Language.zh else "en")
        if password:
            tell(
                f"The first user is {ADMINISTRATOR} with the password {password} - it is not shown again.",
                f"首个用户为 {ADMINISTRATOR}，密码 {password}（仅显示这一次）。",
            )
        tell_where(socket, host, tell)
        run(create_app(House(records, load_book(), _now)), socket)


def _now() -> datetime:
    return datetime.now(UTC)
