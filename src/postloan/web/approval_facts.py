"""What is asked for, as a page shows it: the debt's parts apart, money as money, days as days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postloan.kernel import Money
from postloan.ledger.event_json import load_terms
from postloan.ledger.parts import Part

Fact = tuple[str, str, Any]
"""(kind of value: parts, money, rate or text; name; value)."""


def facts_of(facts: Mapping[str, Any]) -> list[Fact]:
    """The facts of a request in their order."""
    found: list[Fact] = []
    for name, value in facts.items():
        if name in ("amounts", "owed") and isinstance(value, list) and len(value) == len(Part):
            parts = [(part.code, Money(fen)) for part, fen in zip(Part, value, strict=True) if fen]
            found.append(("parts", name, parts))
        elif name == "price" and isinstance(value, int):
            found.append(("money", name, Money(value)))
        elif name == "terms" and isinstance(value, str):
            found.append(("rate", "annual_rate", load_terms(value).annual_rate))
        else:
            found.append(("text", name, value))
    return found
