"""Records as plain JSON values: money as exact decimal text, days as ISO text, codes by their value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any

from postloan.kernel import Money, Personal
from postloan.kernel.money import round_to


def as_json(value: Any) -> Any:
    """The value as JSON.

    Money becomes text in yuan (``"1234.56"``), a share a decimal text with six decimals, personal data stays masked.

    Raises:
        TypeError: it has no plain form.
    """
    match value:
        case None | bool() | str() if not isinstance(value, Enum):
            return value
        case IntEnum():
            return value.name.lower()
        case Enum():
            return value.value
        case int():
            return value
        case Money():
            return str(value.as_yuan)
        case Fraction():
            return str(round_to(value, 6))
        case Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Personal():
            return str(value)
        case Mapping():
            return {str(key): as_json(one) for key, one in value.items()}
        case list() | tuple():
            return [as_json(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")
