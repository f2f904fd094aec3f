"""The frame around every answer: headers that a browser obeys, and no failure that tells about the inside."""

from __future__ import annotations

import logging
import secrets
from collections.abc import MutableMapping
from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postloan.web.page import show

log = logging.getLogger("postloan.web")

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",  # charts place their labels so; a style attribute runs nothing
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_LARGEST_FORM = 64 * 1024


class Frame:
    """ASGI middleware: sets the headers, keeps forms small, and answers a failure with a reference to the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def framed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _set_headers(MutableHeaders(scope=message), scope)
            await send(message)

        try:
            if _too_large(scope):
                answer = show(
                    Request(scope), "problem.html.j2", status=413, problem="too_large", says="", ref=""
                )
                await answer(scope, receive, framed)
                return
            await self.app(scope, receive, framed)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("failure %s at %s", reference, scope.get("path", "?"))
            if begun:
                raise
            answer = show(
                Request(scope), "problem.html.j2", status=500, problem="failed", says="", ref=reference
            )
            await answer(scope, receive, framed)


def _too_large(scope: MutableMapping[str, Any]) -> bool:
    """Whether a form is larger than any of ours; one that does not say its size is refused too."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    return not length.isdigit() or int(length) > _LARGEST_FORM


def _set_headers(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in _HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
    if scope.get("scheme") == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"
