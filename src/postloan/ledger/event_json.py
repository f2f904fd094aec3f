"""Events as stable JSON and back: what stands in the store for years must be readable by every later version.

An event's facts become one JSON object with the field names of its command. Money is whole fen, balances are six
amounts in the order of ``Part``, rates are decimal text, days ISO text. Fields at their default are left out, so a
field that a later version adds reads as its default. A change that this cannot carry raises ``SCHEMA`` and adds a step
to ``_STEPS``.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, cast

from postloan.kernel import Money, PostloanError
from postloan.ledger import commands as c
from postloan.ledger import events as e
from postloan.ledger.parts import Balances, Part
from postloan.ledger.terms import Terms

SCHEMA = 1
"""The version in which events are written."""
_STEPS: Mapping[int, Callable[[str, dict[str, Any]], dict[str, Any]]] = {}
"""From a version to the next: (name of the event, its facts) → its facts."""

Coder = Callable[[Any], Any]


class UnknownEvent(PostloanError):
    """The store holds an event '{name}' (schema {schema}) that this version of postloan does not know.

    Use the version that wrote it, or a later one.
    """

    zh = "库中有本版本无法识别的账务事件“{name}”（结构版本 {schema}）。请使用写入该事件的版本或更新的版本。"


def dump(what: e.Happening) -> str:
    """The facts of an event as canonical JSON."""
    found = []
    for name, head, default, written in _writers()[type(what)]:
        value = getattr(what, name)
        if value != default:
            found.append(head + written(value))
    return "{" + ",".join(found) + "}"


def load(name: str, body: str, schema: int = SCHEMA) -> e.Happening:
    """The event that ``dump`` wrote under a name (``payment_received``).

    Raises:
        UnknownEvent: a later version wrote it.
    """
    kind = _kinds().get(name)
    if kind is None or schema > SCHEMA:
        raise UnknownEvent(name=name, schema=schema)
    facts = json.loads(body)
    for version in range(schema, SCHEMA):
        facts = _STEPS[version](name, facts)
    given = {}
    for field, _, _, decode in _plans()[kind]:
        if field in facts:
            given[field] = decode(facts[field])
    return cast("e.Happening", kind(**given))


def dump_terms(terms: Terms) -> str:
    """Terms as canonical JSON."""
    return _JSON(_terms_written(terms))


@lru_cache(maxsize=4096)
def load_terms(body: str) -> Terms:
    """The terms that ``dump_terms`` wrote."""
    return cast("Terms", _decode_record(Terms)(json.loads(body)))


def name_of(kind: type) -> str:
    """The name of an event class in files: ``payment_received``."""
    text = kind.__name__
    return "".join("_" + ch.lower() if ch.isupper() and i else ch.lower() for i, ch in enumerate(text))


NAMES: Mapping[type, str] = types.MappingProxyType({kind: name_of(kind) for kind in e.COMMANDS})
"""The name of each event class in files."""

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, type]:
    return {name: kind for kind, name in NAMES.items()}


@lru_cache(maxsize=1)
def _plans() -> Mapping[type, list[tuple[str, object, Coder, Coder]]]:
    return {kind: _plan(command) for kind, command in e.COMMANDS.items()}


@lru_cache(maxsize=1)
def _writers() -> Mapping[type, list[tuple[str, str, object, Callable[[Any], str]]]]:
    """For each event's fields, by name: name, ``"name":``, default, and how a value is written as JSON text."""
    return {
        kind: [
            (name, f'"{name}":', default, _text_of(typing.get_type_hints(command)[name], encode))
            for name, default, encode, _ in sorted(_plan(command), key=itemgetter(0))
        ]
        for kind, command in e.COMMANDS.items()
    }


def _text_of(hint: Any, encode: Coder) -> Callable[[Any], str]:
    """How a value is written as JSON text: at once for what every opening and payment has."""
    kinds = [one for one in (typing.get_args(hint) or (hint,)) if one is not type(None)]
    at_once = _TEXTS.get(kinds[0]) if len(kinds) == 1 else None
    if at_once is None or typing.get_origin(hint) is tuple:
        return lambda value: _JSON(encode(value))
    return lambda value: "null" if value is None else at_once(value)


@lru_cache(maxsize=64)
def _plan(kind: type) -> list[tuple[str, object, Coder, Coder]]:
    """For each field: name, default, how to write it, how to read it."""
    hints = typing.get_type_hints(kind)
    plan = []
    for field in fields(kind):
        default = MISSING if field.default is MISSING else field.default
        plan.append((field.name, default, *_coders(hints[field.name])))
    return plan


def _coders(hint: Any) -> tuple[Coder, Coder]:
    """How a value of a type is written and read."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        (inner,) = [one for one in typing.get_args(hint) if one is not type(None)]
        encode, decode = _coders(inner)
        return (
            lambda value: None if value is None else encode(value),
            lambda value: None if value is None else decode(value),
        )
    if origin is tuple:
        encode, decode = _coders(typing.get_args(hint)[0])
        return (
            lambda value: [encode(one) for one in value],
            lambda value: tuple(decode(one) for one in value),
        )
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if issubclass(hint, StrEnum):
        return (lambda value: value.value, hint)
    if hint is Terms:
        return _terms_written, _terms_read
    if hint is c.Approval:
        return _encode_record(hint), _decode_record(hint)
    raise TypeError(f"{hint} has no form in events")


def _encode_record(kind: type) -> Coder:
    def encode(record: Any) -> dict[str, Any]:
        return {
            name: write(getattr(record, name))
            for name, default, write, _ in _plan(kind)
            if getattr(record, name) != default
        }

    return encode


def _decode_record(kind: type) -> Coder:
    def decode(found: dict[str, Any]) -> Any:
        return kind(**{name: read(found[name]) for name, _, _, read in _plan(kind) if name in found})

    return decode


# Terms repeat by the hundred thousand: equal ones are written and read once, and shared.
_TERMS: dict[str, Terms] = {}
_MOST_TERMS = 4096


def _terms_read(found: dict[str, Any]) -> Terms:
    key = repr(found)
    if (terms := _TERMS.get(key)) is None:
        if len(_TERMS) >= _MOST_TERMS:
            _TERMS.clear()
        terms = _TERMS[key] = cast("Terms", _decode_record(Terms)(found))
    return terms


@lru_cache(maxsize=4096)
def _terms_written(terms: Terms) -> dict[str, Any]:
    return cast("dict[str, Any]", _encode_record(Terms)(terms))


def _same(value: Any) -> Any:
    return value


def _balances_read(fen: list[int]) -> Balances:
    return Balances.of_fen(fen) if any(fen) else _NOTHING


_NOTHING = Balances()
_SIMPLE: Mapping[Any, tuple[Coder, Coder]] = {
    str: (_same, _same),
    int: (_same, _same),
    bool: (_same, _same),
    Money: (lambda money: money.fen, Money),
    Decimal: (str, Decimal),
    date: (date.isoformat, date.fromisoformat),
    Balances: (lambda amounts: list(amounts.fen), _balances_read),
    Part: (lambda part: part.code, Part.of),
}
_TEXTS: Mapping[Any, Callable[[Any], str]] = {
    str: encode_basestring,
    Money: lambda money: str(money.fen),
    date: lru_cache(maxsize=8192)(lambda day: f'"{day.isoformat()}"'),
    Balances: lambda amounts: str(list(amounts.fen)).replace(" ", ""),
    Terms: lru_cache(maxsize=4096)(dump_terms),
}
