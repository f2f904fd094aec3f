"""Plain values of a public engine's requests: amounts, days, curves, names of waterfalls and day counts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from postloan.securitisation.absbox_formula import DAY_COUNTS, CannotImport, tag


def waterfall_of(key: str) -> str | None:
    """Our name of a waterfall; ``None`` where it is not known."""
    plain = key.replace("(", " ").replace(")", " ")
    for ours, words in (
        ("collection", ("EndOfPoolCollection",)),
        ("clean-up", ("CleanUp",)),
        ("closing", ("OnClosingDay",)),
        ("default", ("DefaultDistribution",)),
        ("accelerated", ("Accelerated",)),
        ("defaulted", ("Defaulted",)),
        ("pre-closing", ("PreClosing",)),
        ("revolving", ("Revolving", "RampUp")),
        ("normal", ("Amortizing",)),
    ):
        if any(word in plain for word in words):
            return ours
    return None


def day_count_of(name: str) -> str:
    """Our name of a day count."""
    if name not in DAY_COUNTS:
        raise CannotImport(f"day count {name}")
    return DAY_COUNTS[name]


def curve_of(value: Any) -> list[list[str]]:
    """Amounts by day."""
    points = value["contents"] if isinstance(value, dict) else value
    return [[day, money_of(amount)] for day, amount in points]


def day_of(action: Any) -> str:
    """The day of a dated action."""
    inside = tag(action)[1]
    return str(inside[0] if isinstance(inside, list) else inside)


def exact_of(value: Any) -> Fraction:
    """A number, exactly."""
    return (
        Fraction(value["numerator"], value["denominator"])
        if isinstance(value, dict)
        else Fraction(str(value))
    )


def money_of(value: Any) -> str:
    """An amount of yuan as text, to the fen."""
    fen = round(exact_of(value) * 100) if not isinstance(value, Fraction) else round(value * 100)
    return f"{fen // 100}.{fen % 100:02d}"
