"""What a stream of payments is worth: price, yield, weighted average life, duration.

Years are actual days over 365; yields are effective a year. These are figures for people to compare, so they are
binary floats; the payments themselves are whole fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

Payments = Sequence[tuple[date, int, int]]
"""Day, interest, principal, in fen."""


def years(start: date, end: date) -> float:
    """Actual days over 365."""
    return (end - start).days / 365


def present_value(payments: Payments, on: date, rate: float) -> float:
    """The worth in fen, on a day, of the payments after it at a yearly yield (现值)."""
    return float(sum((i + p) / (1 + rate) ** years(on, day) for day, i, p in payments if day > on))


def price(payments: Payments, on: date, rate: float, face: int) -> float:
    """The price per 100 of face at a yearly yield (净值, accrued interest included)."""
    return 100 * present_value(payments, on, rate) / face if face else 0.0


def yield_of(payments: Payments, on: date, paid: float) -> float | None:
    """The yearly yield of a price paid in fen (到期收益率, 内含报酬率); ``None`` where nothing comes back."""
    whole = sum(i + p for day, i, p in payments if day > on)
    if whole <= 0 or paid <= 0:
        return None
    low, high = -0.9999, 1.0
    while present_value(payments, on, high) > paid:
        high = high * 4 + 1
        if high > 1e9:
            return None
    for _ in range(200):
        middle = (low + high) / 2
        if present_value(payments, on, middle) > paid:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def average_life(payments: Payments, on: date) -> float | None:
    """The weighted average life in years of the principal repaid after a day (加权平均期限); ``None`` without any."""
    whole = sum(p for day, _, p in payments if day > on)
    if not whole:
        return None
    return sum(p * years(on, day) for day, _, p in payments if day > on) / whole


def duration(payments: Payments, on: date, rate: float, *, modified: bool = True) -> float | None:
    """The duration in years (久期): Macaulay's, divided by one plus the yield where ``modified``."""
    worth = present_value(payments, on, rate)
    if worth <= 0:
        return None
    weighted = sum(
        years(on, day) * (i + p) / (1 + rate) ** years(on, day) for day, i, p in payments if day > on
    )
    return float(weighted) / worth / (1 + rate if modified else 1)
