"""The Typst documents of letters and envelopes, and the data that they print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def letters_source() -> str:
    """The Typst document of letters."""
    return (files(__package__) / "letters.typ").read_text(encoding="utf-8")


@cache
def envelopes_source() -> str:
    """The Typst document of envelopes."""
    return (files(__package__) / "envelopes.typ").read_text(encoding="utf-8")


def letters_data(contents: Sequence[Mapping[str, Any]], codes: Sequence[str]) -> Mapping[str, Any]:
    """What the document of letters prints. codes: the QR code of each as SVG."""
    letters = [{**content, "qr": code} for content, code in zip(contents, codes, strict=True)]
    return {"title": "信函", "letters": letters}


def envelopes_data(contents: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What the document of envelopes prints, in the same order."""
    return {"letters": [content["envelope"] for content in contents]}
