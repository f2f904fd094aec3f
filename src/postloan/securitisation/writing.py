"""A deal file as text: the tables in the order of the format, each term with its Chinese beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from postloan.securitisation.words import chinese

_ORDER = (
    "format", "name", "status", "not_imported", "sources", "conventions", "dates", "pool", "forecasts", "remaining",
    "retention", "income_rights", "accounts", "collections", "fees", "bonds", "clean_up", "triggers", "waterfalls",
)  # fmt: skip
_GROUPS = ("accounts", "fees", "bonds", "triggers", "forecasts")
_DAYS = re.compile(r"\d{4}-\d{2}-\d{2}")


def write_terms(parts: Mapping[str, Any]) -> str:
    """The text of a deal file from its tables."""
    return "\n".join(_lines(parts)) + "\n"


def _lines(parts: Mapping[str, Any]) -> Iterator[str]:
    for key in _ORDER:
        value = parts.get(key)
        if value is None or value == {}:
            continue
        if not isinstance(value, Mapping):
            yield from _pair(key, value)
        elif key in _GROUPS:
            for name, table in value.items():
                yield from ("", f"[{key}.{_key(name)}]{_beside(key)}")
                for inner, found in table.items():
                    yield from _pair(inner, found)
        else:
            yield from ("", f"[{key}]{_beside(key)}")
            for inner, found in value.items():
                yield from _pair(inner, found)


def _pair(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, list) and value and not (isinstance(value[0], str) and len(str(value)) < 80):
        yield f"{_key(key)} = [{_beside(key)}"
        for item in value:
            beside = _beside(item["do"]) if isinstance(item, Mapping) and "do" in item else ""
            yield f"  {_value(item)},{beside}"
        yield "]"
    else:
        yield f"{_key(key)} = {_value(value)}{_beside(key)}"


def _beside(term: str) -> str:
    found = chinese(term)
    return f"  # {found}" if found else ""


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if _DAYS.fullmatch(str(value)):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)
