"""Which values fit which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from postloan.rules.mistakes import ValueMisfitsUnit
from postloan.rules.vocabulary import Plain, Unit

_WHOLE = ("a whole number, zero or more", "不小于零的整数")
_EXACT = ("an exact decimal in quotes, as '0.24'", "加引号的精确小数，例如 '0.24'")

WANTED: Mapping[Unit, tuple[str, str]] = MappingProxyType(
    {
        Unit.YUAN: _EXACT,
        Unit.RATE: _EXACT,
        Unit.DAY: ("a calendar day, as 2026-12-31", "日期，例如 2026-12-31"),
        Unit.TIME: ("a time of day in quotes, as '22:00'", "加引号的时刻，例如 '22:00'"),
        Unit.TERM: ("one code", "一个代码"),
        Unit.TERMS: ("a list of different codes, at least one", "至少一个、互不重复的代码列表"),
        Unit.FLAG: ("true or false", "true 或 false"),
    }
)
"""What each unit takes, in English and Chinese; the units not named here take whole numbers."""

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def fitted(raw: Any, unit: Unit, where: str) -> Plain:
    """The value of a rule file as its unit wants it.

    Raises:
        ValueMisfitsUnit: it is something else; binary floats never fit, money and rates are exact.
    """
    made = _fit(raw, unit)
    if made is None:
        wanted, wanted_zh = WANTED.get(unit, _WHOLE)
        raise ValueMisfitsUnit(where=where, value=raw, unit=unit, wanted=wanted, wanted_zh=wanted_zh)
    return made


def _fit(raw: Any, unit: Unit) -> Plain | None:
    match unit:
        case Unit.YUAN | Unit.RATE:
            if isinstance(raw, int) and not isinstance(raw, bool):
                return Decimal(raw)
            return Decimal(raw) if isinstance(raw, str) and _DECIMAL.fullmatch(raw) else None
        case Unit.DAY:
            return raw if isinstance(raw, date) else None
        case Unit.TIME:
            return time.fromisoformat(raw) if isinstance(raw, str) and _TIME.fullmatch(raw) else None
        case Unit.TERM:
            return raw if isinstance(raw, str) and raw.strip() else None
        case Unit.TERMS:
            return _terms(raw)
        case Unit.FLAG:
            return raw if isinstance(raw, bool) else None
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0 else None


def _terms(raw: Any) -> tuple[str, ...] | None:
    if not isinstance(raw, list) or not raw:
        return None
    if not all(isinstance(term, str) and term.strip() for term in raw):
        return None
    return tuple(raw) if len(set(raw)) == len(raw) else None
