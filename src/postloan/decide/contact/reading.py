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

from postloan.kernel import PostloanError
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


class NotAnEvent(PostloanError):
    """An event and its ctx are JSON objects, but something else was given.

    Write it as {{"kind": "call", "to": "debtor", "ctx": {{}}}}.
    """

    zh = '事件及其 ctx 须为 JSON 对象。请写作 {{"kind": "call", "to": "debtor", "ctx": {{}}}}。'


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
        NotAnEvent: the event or its ``ctx`` is no mapping.
    """
    ctx = event.get("ctx") if isinstance(event, dict) else event
    if not isinstance(event, dict) or not (ctx is None or isinstance(ctx, dict)):
        raise NotAnEvent
    facts: Facts = {}
    odd: dict[str, object] = {}
    if ctx:
        _take(ctx, facts, odd)
    _take(event, facts, odd)
    kind = event.get("kind")
    return Told(kind if isinstance(kind, str) and kind in events().kinds else None, facts, odd)


def _take(told: Mapping[str, Any], facts: Facts, odd: dict[str, object]) -> None:
    takes = _takers()
    for key, raw in told.items():
        found = takes.get(key)
        if found is None or raw is None:
            continue
        name, take = found
        try:
            value = take(raw)
        except TypeError:  # a list or an object where one value is wanted
            value = None
        if value is None:
            odd[name] = raw
        else:
            facts[name] = value


@cache
def _takers() -> Mapping[str, tuple[str, Callable[[Any], Any]]]:
    """For each name of a fact: our name of it, and what makes a value of it, or None."""
    made: dict[str, tuple[str, Callable[[Any], Any]]] = {}
    for spec in events().facts.values():
        if spec.derived:
            continue
        take = _taker(spec)
        for name in (spec.name, *spec.also):
            made[name] = made[f"ctx.{name}"] = (spec.name, take)
    return made


def _taker(spec: FactSpec) -> Callable[[Any], Any]:
    plain: Mapping[FactType, Callable[[Any], Any]] = {
        FactType.MOMENT: _moment,
        FactType.DAY: _day,
        FactType.NUMBER: _number,
        FactType.AMOUNT: _amount,
        FactType.FLAG: _Spelled({True: True, False: False}, _flagged).__getitem__,
        FactType.TEXT: _text,
        FactType.TEXTS: _texts,
        FactType.OBJECT: lambda raw: raw if isinstance(raw, dict) else None,
    }
    if spec.type is FactType.CODE:
        return _coded(spec)
    if spec.type is FactType.CODES:
        return _all_coded(spec)
    take = plain[spec.type]
    if not spec.never:
        return take
    if spec.type is FactType.TEXT:
        return _named
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
    if type(raw) is int:  # and no flag
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


def _flagged(raw: Any) -> bool | None:
    word = raw.strip().lower() if isinstance(raw, str) else ""
    return True if word in _YES else False if word in _NO else None


def _named(raw: Any) -> str | bool | None:
    """A text, or a flag: an agreement may be named, or only said to be there or not."""
    return raw if isinstance(raw, bool) else _text(raw)


def _text(raw: Any) -> str | None:
    """A text as it reads, without what cannot be seen."""
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


class _Spelled(dict[Any, Any]):
    """Values by the way they are written; what is not among them is looked at once, and its reading returned.

    A mapping, because most values are written as they should be, and a mapping finds them fastest.
    """

    def __init__(self, known: Mapping[Any, Any], other: Callable[[Any], Any]) -> None:
        super().__init__(known)
        self._other = other

    def __missing__(self, raw: Any) -> Any:
        return self._other(raw)


def _coded(spec: FactSpec) -> Callable[[Any], str | None]:
    spellings = dict(spec.spellings)

    def other(raw: Any) -> str | None:
        if isinstance(raw, str):
            word = _word(raw)
            found = spellings.get(word) or next((code for part, code in spec.like if part in word), None)
            return found or (word or None if spec.open else None)
        return spellings.get("true" if raw else "false") if isinstance(raw, bool) else None

    return _Spelled(spellings, other).__getitem__


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
