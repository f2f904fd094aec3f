"""Numbers that people write, exactly, and none so large or so fine that reading them would take for ever."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

_MOST = 30
"""Digits before or behind the point."""


def plain_number(text: str) -> Fraction:
    """A decimal, such as ``1,234.56`` or ``1e-05``, or a fraction of whole numbers, such as ``1/3``.

    Raises:
        ValueError: it is none of these, or has too many digits.
    """
    above, _, below = text.strip().replace("_", "").partition("/")
    divisor = _decimal(below) if below else Fraction(1)
    if not divisor:
        raise ValueError(f"{text} divides by zero")
    return _decimal(above) / divisor


def _decimal(text: str) -> Fraction:
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(f"{text} is no number") from error
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_MOST or number.adjusted() > _MOST:
        raise ValueError(f"{text} is no number of ordinary size")
    return Fraction(number)


def fen_of(text: str) -> int:
    """An amount of yuan with at most two decimals, in fen.

    Raises:
        ValueError: it is no such amount, or beyond a quadrillion yuan.
    """
    fen = plain_number(text) * 100
    if fen.denominator != 1 or abs(fen) >= 10**17 or "/" in text:
        raise ValueError(f"{text} is no amount of yuan")
    return int(fen)
