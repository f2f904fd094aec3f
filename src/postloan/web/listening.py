"""How pages come to be served: a socket that listens, where it is, and the server that answers on it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from fastapi import FastAPI

from postloan.web.mistakes import AddressTaken

_LOCAL = ("127.0.0.1", "::1", "localhost")


def listening(host: str, port: int) -> socket.socket:
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


def tell_where(made: socket.socket, host: str, tell: Callable[[str, str], None]) -> None:
    """Say where the pages are, and what to mind where others can reach them."""
    port = made.getsockname()[1]
    address = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    tell(f"The pages are at {address} - stop with Ctrl-C.", f"网页地址：{address}（按 Ctrl-C 停止）。")
    if host not in _LOCAL:
        tell(
            "Others can reach this address and what they send travels in clear: put a proxy with TLS before it.",
            "该地址可从其他机器访问，传输内容为明文：请在前面设置 TLS 代理。",
        )


def run(app: FastAPI, made: socket.socket) -> None:
    """Serve until Ctrl-C."""
    import uvicorn

    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    with suppress(KeyboardInterrupt):  # how it ends
        uvicorn.Server(config).run(sockets=[made])
