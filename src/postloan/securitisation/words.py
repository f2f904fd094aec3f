"""The terms of deal files with their Chinese, from ``terms.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def vocabulary() -> Mapping[str, Mapping[str, str]]:
    """Terms by group: keys of tables, steps, quantities, kinds; term → Chinese."""
    import yaml

    text = files("postloan.securitisation").joinpath("terms.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.safe_load(text))


@cache
def _all() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for group in vocabulary().values():
        for term, words in group.items():
            found.setdefault(term, words)
    return found


def chinese(term: str) -> str:
    """The Chinese of a term; '' where it has none."""
    return _all().get(term, "")
