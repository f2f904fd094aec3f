"""Styles and scripts: our own, and those that the report brings. Only these, each under an address of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Response
from fastapi.exceptions import HTTPException

router = APIRouter()

_FILES: Mapping[str, tuple[str, str]] = {
    "web.css": ("postloan.web", "text/css"),
    "addresses.css": ("postloan.web", "text/css"),
    "deals.css": ("postloan.web", "text/css"),
    "web.js": ("postloan.web", "text/javascript"),
    "htmx.min.js": ("postloan.web", "text/javascript"),
    "report.css": ("postloan.outcomes", "text/css"),
    "report.js": ("postloan.outcomes", "text/javascript"),
    "echarts.min.js": ("postloan.outcomes", "text/javascript"),
}


def address_of(name: str) -> str:
    """Where a file is served; another content has another address."""
    return f"/static/{_read(name)[1]}/{name}"


@router.get("/static/{version}/{name}")
def static_file(version: str, name: str) -> Response:
    """One file, to be kept by the browser for good."""
    if name not in _FILES or version != _read(name)[1]:
        raise HTTPException(404)
    content, _ = _read(name)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(content, media_type=f"{_FILES[name][1]}; charset=utf-8", headers=headers)


@cache
def _read(name: str) -> tuple[bytes, str]:
    package, _ = _FILES[name]
    content = (files(package) / "static" / name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:16]
