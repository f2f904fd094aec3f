"""Records as rows and back: which columns a record class has, and how each field is written and read."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.keys import Keys
from postloan.adapters.records.kinds import KINDS, Kind
from postloan.kernel import Money, Personal
from postloan.kernel.journal import canonical, moment, stamp
from postloan.ledger.event_json import dump_terms, load_terms
from postloan.ledger.parts import ZERO, Balances, Part
from postloan.ledger.store_records import NOBODY
from postloan.ledger.terms import Terms

Coder = Callable[[Any], Any]
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that sorts by code point on both databases, so that streams and digests have one order."""
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BLIND = "_blind"


def _same(value: Any) -> Any:
    return value


def _maybe(coder: Coder) -> Coder:
    return coder if coder is _same else lambda value: None if value is None else coder(value)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record class.

    name: the field's. columns: its column names with types. nullable: may be empty. write, read: to and from a column.
    inner: the attribute of the value that is written as it is (``fen``); "" for the value itself. balances: six
    columns. personal: encrypted, with a blind index in the second column if it has two.
    """

    name: str
    columns: tuple[tuple[str, Any], ...]
    nullable: bool
    write: Coder = _same
    read: Coder = _same
    inner: str = ""
    balances: bool = False
    personal: bool = False


def _fields(kind: Kind) -> tuple[Field, ...]:
    hints = typing.get_type_hints(kind.record)
    return tuple(_field(one.name, hints[one.name], kind) for one in fields(kind.record))


def _field(name: str, hint: Any, kind: Kind) -> Field:
    nullable = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = [one for one in typing.get_args(hint) if one is not type(None)]
        nullable = True
    if hint is Balances:
        columns = tuple((f"{name}_{part.code}", sa.BigInteger()) for part in Part)
        return Field(name, columns, False, inner="fen", balances=True)
    if typing.get_origin(hint) is Personal:
        sealed: list[tuple[str, Any]] = [(name, sa.LargeBinary())]
        if name in kind.blind:
            sealed.append((name + BLIND, sa.LargeBinary()))
        return Field(name, tuple(sealed), True, personal=True)
    column, write, read = _coders(hint)
    if name == "number" and kind.key == ("number",):
        column = NUMBER
    inner = "" if nullable else _INNER.get(hint, "")
    return Field(name, ((name, column),), nullable, _maybe(write), _maybe(read), inner)


def _coders(hint: Any) -> tuple[Any, Coder, Coder]:
    origin = typing.get_origin(hint)
    if origin is tuple and typing.get_args(hint)[0] is str:
        return TEXT, _words_text, _words
    if origin is tuple:
        return TEXT, canonical, lambda text: tuple(json.loads(text))
    if origin is not None and issubclass(origin, Mapping):
        return TEXT, canonical, json.loads
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if issubclass(hint, StrEnum):
        return TEXT, str, hint
    raise TypeError(f"{hint} has no column")


# What repeats by the hundred thousand is written and read once: days, lists of rule ids.
@lru_cache(maxsize=8192)
def day_text(day: date | None) -> str | None:
    """A day as ISO text; None for none."""
    return None if day is None else day.isoformat()


@lru_cache(maxsize=4096)
def _words_text(words: tuple[str, ...]) -> str:
    return canonical(words)


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache(maxsize=4096)
def _terms_text(terms: Terms) -> str:
    return dump_terms(terms)


def _money(fen: int) -> Money:
    return Money(fen) if fen else ZERO


def _balances(fen: Sequence[int]) -> Balances:
    return Balances.of_fen(fen) if any(fen) else _NOTHING


_NOTHING = Balances()
_INNER: Mapping[Any, str] = {Money: "fen"}
_SIMPLE: Mapping[Any, tuple[Any, Coder, Coder]] = {
    str: (TEXT, _same, _same),
    int: (sa.BigInteger(), _same, _same),
    bool: (sa.Boolean(), _same, bool),
    date: (sa.Date(), _same, _same),
    datetime: (TEXT, stamp, moment),
    Money: (sa.BigInteger(), attrgetter("fen"), _money),
    Terms: (TEXT, _terms_text, load_terms),
}

FIELDS: Mapping[str, tuple[Field, ...]] = types.MappingProxyType(
    {kind.table: _fields(kind) for kind in KINDS}
)
"""The fields of each kind of record, by table, in order."""


class Codec:
    """Writes records of one kind as rows for a driver, and reads them back.

    Driver rows are tuples in the order of ``columns``; SQLite's driver takes days as text. Most values are taken as
    they are by one compiled getter; only the others are touched one by one.
    """

    def __init__(self, kind: Kind, keys: Callable[[], Keys], *, days_as_text: bool) -> None:
        self.kind = kind
        self._keys = keys
        self.fields = FIELDS[kind.table]
        self.columns = tuple(column for field in self.fields for column, _ in field.columns)
        self._key = _tuple_of(kind.key)
        self._bound = _tuple_of(kind.unique[0] if kind.unique else ("borrower_id",))
        self._values = attrgetter(
            *(f"{field.name}.{field.inner}" if field.inner else field.name for field in self.fields)
        )
        self._writers: list[tuple[int, Coder]] = []
        self._readers: list[tuple[int, int, Coder]] = []
        self._sealed: list[tuple[int, int, Field]] = []  # place among fields, first column, field
        self._wide: list[int] = []  # places of balances, last first
        at = 0
        for place, field in enumerate(self.fields):
            self._plan(place, at, field, days_as_text=days_as_text)
            at += len(field.columns)
        self._wide.reverse()
        self._readers.reverse()

    def _plan(self, place: int, at: int, field: Field, *, days_as_text: bool) -> None:
        """Note what a field needs beyond being taken as it is."""
        width = len(field.columns)
        if field.personal:
            self._sealed.append((place, at, field))
            self._readers.append((at, width, _nothing_known))
        elif field.balances:
            self._wide.append(place)
            self._readers.append((at, width, _balances))
        else:
            if days_as_text and isinstance(field.columns[0][1], sa.Date):
                self._writers.append((place, day_text))
            elif field.write is not _same and not field.inner:
                self._writers.append((place, field.write))
            if field.read is not _same:
                self._readers.append((at, 1, field.read))

    def row(self, record: Any) -> tuple[Any, ...]:
        """The record as a row for the driver."""
        return self.rows([record])[0]

    def rows(self, records: Sequence[Any], *, seal: bool = True) -> list[tuple[Any, ...]]:
        """Records as rows for the driver. seal: write personal fields; else they are left empty.

        A column is written at a time, not a row: most of the work is then done by ``map`` and ``zip``.
        """
        if not records:
            return []
        columns: list[Any] = list(zip(*map(self._values, records), strict=True))
        for place, write in self._writers:
            columns[place] = list(map(write, columns[place]))
        wide: list[Any] = []
        for field, values in zip(self.fields, columns, strict=True):
            if field.balances:
                wide += zip(*values, strict=True)
            elif field.personal:
                wide += self._seal(field, values, records) if seal else _nothing(field, len(records))
            else:
                wide.append(values)
        return list(zip(*wide, strict=True))

    def _seal(
        self, field: Field, values: Sequence[Personal[str]], records: Sequence[Any]
    ) -> list[list[bytes | None]]:
        """A personal field's column, encrypted, and its blind index if it has one."""
        texts = [value.reveal("to be encrypted") for value in values]
        if not any(texts):
            return _nothing(field, len(records))
        keys = self._keys()
        encrypt = keys.encrypt
        sealed = [list(map(encrypt, texts, self._places(field.name, records)))]
        if len(field.columns) > 1:
            blind = keys.blinder(self.kind.blind[field.name])
            sealed.append(list(map(blind, texts)))
        return sealed

    def _places(self, field: str, records: Sequence[Any]) -> list[str]:
        """What sealed values are bound to: table, field and a key that a record has before it is numbered."""
        head = f"{self.kind.table}:{field}:"
        return [head + ":".join(map(str, key)) for key in map(self._bound, records)]

    def record(self, row: Sequence[Any], *, clear: bool = False) -> Any:
        """The record of a row; personal fields masked unless ``clear``."""
        values = list(row)
        for at, width, read in self._readers:
            if width == 1:
                values[at] = read(values[at])
            else:
                values[at : at + width] = [read(values[at : at + width])]
        made = self.kind.record(*values)
        if not any(row[at] for _, at, _ in self._sealed):
            return made
        for place, at, field in self._sealed:
            text = self._keys().decrypt(row[at], self._places(field.name, [made])[0])
            values[place] = Personal(text if clear else self.kind.masks[field.name](text))
        return self.kind.record(*values)

    def key(self, record: Any) -> tuple[Any, ...]:
        """The values of the record's key."""
        return self._key(record)

    def written(self, field: str, value: Any) -> Any:
        """A value of a field as SQLAlchemy compares it."""
        for one in self.fields:
            if one.name == field and not one.balances and not one.personal:
                return one.write(value)
        return value.fen if isinstance(value, Money) else value

    def read(self, column: str, value: Any) -> Any:
        """A column's value as the record's field holds it."""
        for one in self.fields:
            if one.name == column and not one.balances:
                return one.read(value)
        return value


def _tuple_of(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """A getter of some attributes, always as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    getter = attrgetter(names[0])
    return lambda record: (getter(record),)


def _nothing(field: Field, rows: int) -> list[list[bytes | None]]:
    return [[None] * rows for _ in field.columns]


def _nothing_known(_: Any) -> Personal[str]:
    return NOBODY
