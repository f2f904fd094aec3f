"""``postloan serve``: the pages, with nothing to set up."""

from __future__ import annotations

import socket
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from postloan import bootstrap
from postloan.rules import load_book
from postloan.web.app import create_app
from postloan.web.first_start import ADMINISTRATOR, first_administrator
from postloan.web.house import House
from postloan.web.mistakes import AddressTaken

_WAIT_S = 4.0  # longer than any page should wait for another writer
_LOCAL = ("127.0.0.1", "::1", "localhost")


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
    import uvicorn

    def tell(english: str, chinese: str) -> None:
        typer.echo(chinese if lang is Language.zh else english)

    with (
        bootstrap.records(db, create=True, tell=tell, wait_s=_WAIT_S) as records,
        _listening(host, port) as listening,
    ):
        password = first_administrator(records, _now(), "zh" if lang is Language.zh else "en")
        if password:
            tell(
                f"The first user is {ADMINISTRATOR} with the password {password} - it is not shown again.",
                f"首个用户为 {ADMINISTRATOR}，密码 {password}（仅显示这一次）。",
            )
        address = _address(host, listening.getsockname()[1])
        tell(f"The pages are at {address} - stop with Ctrl-C.", f"网页地址：{address}（按 Ctrl-C 停止）。")
        if host not in _LOCAL:
            tell(
                "Others can reach this address and passwords travel in clear: put a proxy with TLS before it.",
                "该地址可从其他机器访问，密码为明文传输：请在前面设置 TLS 代理。",
            )
        app = create_app(House(records, load_book(), _now))
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        with suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
            uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        AddressTaken: somebody else does, or there is no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise AddressTaken(host=host, port=port, why=error.strerror or "it is not free") from error
    return made


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _now() -> datetime:
    return datetime.now(UTC)
