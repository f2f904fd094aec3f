"""From an event as it is told to facts of the types that the rules ask for; what is not understood is unknown."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from postloan.rules.events import FactSpec, FactType, events

Facts = dict[str, Any]
"""Facts by name; a fact that is unknown is not there. ``clock`` is seconds since midnight."""

NEVER = math.inf
"""How long ago something is that never happened."""

_NEVER = frozenset({"none", "never", "no"})
_AMOUNT = re.compile(r"\+?\d{1,18}(\.\d{1,8})?")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_YES = frozenset({"true", "yes"})
_NO = frozenset({"false", "no"})


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was told.

    kind: the act; None where it is missing or none that is known. facts: what is known. odd: facts that were given
    but not understood, as they were given.
    """

    kind: str | None
    facts: Facts
    odd: Mapping[str, object]


def read_event(event: Mapping[str, Any]) -> Told:
    """The facts of an event; ``ctx`` may hold some of them, and those beside the act win.

    Raises:
        TypeError: the event or its ``ctx`` is no mapping.
    """
    takes = _takers()
    ctx = event.get("ctx")
    if not isinstance(event, dict) or not (ctx is None or isinstance(ctx, dict)):
        raise TypeError("event and ctx are JSON objects")
    facts: Facts = {}
    odd: dict[str, object] = {}
    for told in (ctx, event):
        for key, raw in (told or {}).items():
            found = takes.get(key)
            if found is None or raw is None:
                continue
            name, take = found
            value = take(raw)
            if value is None:
                odd[name] = raw
            else:
                facts[name] = value
    kind = event.get("kind")
    return Told(kind if isinstance(kind, str) and kind in events().kinds else None, facts, odd)


@cache
def _takers() -> Mapping[str, tuple[str, Callable[[Any], Any]]]:
    """For each name of a fact: our name of it, and what makes a value of it, or None."""
    made: dict[str, tuple[str, Callable[[Any], Any]]] = {}
    for spec in events().facts.values():
        if spec.derived:
            continue
        take = _taker(spec)
        for name in (spec.name, *spec.also):
            made[name] = (spec.name, take)
    return made


def _taker(spec: FactSpec) -> Callable[[Any], Any]:
    plain: Mapping[FactType, Callable[[Any], Any]] = {
        FactType.MOMENT: _moment,
        FactType.DAY: _day,
        FactType.NUMBER: _number,
        FactType.AMOUNT: _amount,
        FactType.FLAG: _flag,
        FactType.TEXT: _text,
        FactType.TEXTS: _texts,
        FactType.OBJECT: lambda raw: raw if isinstance(raw, dict) else None,
    }
    if spec.type is FactType.CODE:
        return _coded(spec)
    if spec.type is FactType.CODES:
        return _all_coded(spec)
    take = plain[spec.type]
    if not spec.never or spec.type is FactType.TEXT:
        return take
    return lambda raw: NEVER if isinstance(raw, str) and raw.strip().lower() in _NEVER else take(raw)


def _moment(raw: Any) -> datetime | date | None:
    """A moment, or only its day where no time of day is given."""
    if not isinstance(raw, str):
        return None
    try:
        return date.fromisoformat(raw) if len(raw) <= 10 else datetime.fromisoformat(raw)
    except ValueError:
        return None


def _day(raw: Any) -> date | None:
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def _number(raw: Any) -> int | float | Decimal | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw if raw >= 0 else None
    if isinstance(raw, float):
        return raw if math.isfinite(raw) and raw >= 0 else None
    return _amount(raw) if isinstance(raw, str) else None


def _amount(raw: Any) -> Decimal | None:
    """An exact amount or rate, zero or more; a binary number is taken as it is written."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        return None
    text = raw.strip().replace(",", "") if isinstance(raw, str) else str(raw)
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _flag(raw: Any) -> bool | None:
    if isinstance(raw, bool):
        return raw
    word = raw.strip().lower() if isinstance(raw, str) else ""
    return True if word in _YES else False if word in _NO else None


def _text(raw: Any) -> str | bool | None:
    """A text as it reads, without what cannot be seen; a flag stays one (a consent that is there or not)."""
    if isinstance(raw, bool):
        return raw
    if not isinstance(raw, str):
        return None
    return raw if raw.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", raw))


def _texts(raw: Any) -> tuple[str, ...] | None:
    listed = [raw] if isinstance(raw, str) else raw
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        return None
    return tuple(str(_text(one)) for one in listed)


def _word(raw: str) -> str:
    return raw.strip().lower().replace("-", "_").replace(" ", "_")


def _coded(spec: FactSpec) -> Callable[[Any], str | None]:
    spellings = dict(spec.spellings)

    def take(raw: Any) -> str | None:
        if isinstance(raw, bool):
            return spellings.get("true" if raw else "false")
        if not isinstance(raw, str):
            return None
        return spellings.get(raw) or spellings.get(_word(raw))

    return take


def _all_coded(spec: FactSpec) -> Callable[[Any], tuple[str, ...] | None]:
    take = _coded(spec)

    def take_all(raw: Any) -> tuple[str, ...] | None:
        listed = [raw] if isinstance(raw, str) else raw
        if not isinstance(listed, list):
            return None
        codes = [take(one) for one in listed]
        known = tuple(code for code in codes if code is not None)
        return known if len(known) == len(codes) else None

    return take_all
