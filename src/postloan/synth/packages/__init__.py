"""Facts of published packages that the demonstration re-materialises, each with its public source."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from postloan.kernel import PostloanError


class UnknownPackage(PostloanError):
    """There is no published package '{name}' here.

    Choose one of: {known}.
    """

    zh = "没有名为“{name}”的已公布资产包。可选：{known}。"


def package_names() -> tuple[str, ...]:
    """The names of the packages, sorted."""
    return tuple(
        sorted(f.name.removesuffix(".json") for f in files(__package__).iterdir() if f.name.endswith(".json"))
    )


def package_notice(name: str) -> dict[str, Any]:
    """The facts of a package with the keys of ``Notice.to_json``.

    Raises:
        UnknownPackage: no such name.
    """
    if name not in package_names():
        raise UnknownPackage(name=name, known=", ".join(package_names()))
    found: dict[str, Any] = json.loads((files(__package__) / f"{name}.json").read_text(encoding="utf-8"))
    return found
