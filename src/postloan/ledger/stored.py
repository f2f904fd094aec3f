"""Events as plain JSON values and back, exactly: fen as whole numbers, rates as text, days as ISO text."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from postloan.kernel import Money, PostloanError
from postloan.ledger import events as e
from postloan.ledger.commands import Approval
from postloan.ledger.parts import Balances, Part
from postloan.ledger.terms import DayCount, Terms

Plain = dict[str, Any]


class BadEvent(PostloanError):
    """The stored event cannot be read: {why}.

    Restore it from the journal or a copy; nothing is guessed.
    """

    zh = "无法读取已存储的业务：{why}。请从日志或备份恢复，系统不作猜测。"


def as_json(event: e.Event) -> Plain:
    """An event as plain JSON values; ``from_json`` gives the same event back."""
    return {
        "loan_id": event.loan_id,
        "seq": event.seq,
        "key": event.key,
        "value_on": event.value_on.isoformat(),
        "booked_on": event.booked_on.isoformat(),
        "name": event.name,
        "what": _plain_fields(event.what),
        "rule_book": event.rule_book,
        "grade": event.grade,
    }


def from_json(stored: Mapping[str, Any]) -> e.Event:
    """The event that was stored.

    Raises:
        BadEvent: a field is missing, unknown or of another kind.
    """
    try:
        kind = _kinds()[stored["name"]]
        return e.Event(
            loan_id=_read(str)(stored["loan_id"]),
            seq=_read(int)(stored["seq"]),
            key=_read(str)(stored["key"]),
            value_on=date.fromisoformat(stored["value_on"]),
            booked_on=date.fromisoformat(stored["booked_on"]),
            what=cast("e.Happening", _dataclass(kind)(stored["what"])),
            rule_book=_read(str)(stored["rule_book"]),
            grade=_read(str)(stored["grade"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, PostloanError) as error:
        raise BadEvent(why=f"{type(error).__name__} {error}".replace("{", "(").replace("}", ")")) from error


@cache
def _kinds() -> Mapping[str, type]:
    return {e.name_of(kind): kind for kind in e.PAST.values()}


def _plain_fields(value: Any) -> Plain:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    match value:
        case Money():
            return value.fen
        case Balances():
            return list(value.fen)
        case Part():
            return value.code
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(item) for item in value]
        case Terms() | Approval():
            return _plain_fields(value)
    return value


@cache
def _read(hint: Any) -> Callable[[Any], Any]:
    """What reads a stored value back as the type that a field is declared with."""
    if get_origin(hint) in (Union, types.UnionType):
        inner = _read(next(kind for kind in get_args(hint) if kind is not type(None)))
        return lambda stored: None if stored is None else inner(stored)
    if get_origin(hint) is tuple:
        item = _read(get_args(hint)[0])
        return lambda stored: tuple(item(one) for one in _exactly(list)(stored))
    readers: dict[Any, Callable[[Any], Any]] = {
        Money: lambda stored: Money(_exactly(int)(stored)),
        Balances: lambda stored: Balances.of_fen([_exactly(int)(fen) for fen in _exactly(list)(stored)]),
        Part: lambda stored: Part.of(_exactly(str)(stored)),
        DayCount: DayCount,
        Decimal: lambda stored: Decimal(_exactly(str)(stored)),
        date: date.fromisoformat,
    }
    if hint in readers:
        return readers[hint]
    if is_dataclass(hint):
        return _dataclass(cast("Any", hint))
    return _exactly(hint)


@cache
def _dataclass(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {field.name: _read(hints[field.name]) for field in fields(kind)}

    def read(stored: Any) -> Any:
        if stored.keys() != readers.keys():
            raise KeyError(f"fields {sorted(stored.keys() ^ readers.keys())}")
        return kind(**{name: reader(stored[name]) for name, reader in readers.items()})

    return read


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(stored: Any) -> Any:
        if type(stored) is not kind:
            raise TypeError(f"{stored!r} is not {kind.__name__}")
        return stored

    return read
