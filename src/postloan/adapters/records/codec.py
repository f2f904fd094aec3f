"""Records as rows and back: which columns a record class has, and how each field is written and read."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from postloan.adapters.records.keys import Keys
from postloan.adapters.records.kinds import KINDS, Kind
from postloan.kernel import Money, Personal
from postloan.kernel.journal import canonical, moment, stamp
from postloan.ledger.event_json import dump_terms, load_terms
from postloan.ledger.parts import Balances, Part
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

    name: the field's. columns: its column names with types. nullable: may be empty. write, read: to and from a column
    (for balances, of each). personal: encrypted, with a blind index in the second column if it has two.
    """

    name: str
    columns: tuple[tuple[str, Any], ...]
    nullable: bool
    write: Coder
    read: Coder
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
        return Field(name, columns, False, _same, _same, balances=True)
    if typing.get_origin(hint) is Personal:
        sealed: list[tuple[str, Any]] = [(name, sa.LargeBinary())]
        if name in kind.blind:
            sealed.append((name + BLIND, sa.LargeBinary()))
        return Field(name, tuple(sealed), True, _same, _same, personal=True)
    column, write, read = _coders(hint)
    if name == "number" and kind.key == ("number",):
        column = NUMBER
    return Field(name, ((name, column),), nullable, _maybe(write), _maybe(read))


def _coders(hint: Any) -> tuple[Any, Coder, Coder]:
    origin = typing.get_origin(hint)
    if origin is tuple:
        return TEXT, canonical, lambda text: tuple(json.loads(text)) if text != "[]" else ()
    if origin is not None and issubclass(origin, Mapping):
        return TEXT, canonical, json.loads
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if issubclass(hint, StrEnum):
        return TEXT, str, hint
    raise TypeError(f"{hint} has no column")


_SIMPLE: Mapping[Any, tuple[Any, Coder, Coder]] = {
    str: (TEXT, _same, _same),
    int: (sa.BigInteger(), _same, _same),
    bool: (sa.Boolean(), _same, _same),
    date: (sa.Date(), _same, _same),
    datetime: (TEXT, stamp, moment),
    Money: (sa.BigInteger(), attrgetter("fen"), Money),
    Terms: (TEXT, dump_terms, load_terms),
}

FIELDS: Mapping[str, tuple[Field, ...]] = types.MappingProxyType(
    {kind.table: _fields(kind) for kind in KINDS}
)
"""The fields of each kind of record, by table, in order."""


class Codec:
    """Writes records of one kind as rows for a driver, and reads them back.

    driver rows are tuples in the order of ``columns``; SQLite's driver takes days as text.
    """

    def __init__(self, kind: Kind, keys: Callable[[], Keys], *, days_as_text: bool) -> None:
        self.kind = kind
        self._keys = keys
        self.fields = FIELDS[kind.table]
        self.columns = tuple(column for field in self.fields for column, _ in field.columns)
        self._values = attrgetter(*(field.name for field in self.fields))
        self._key = attrgetter(*kind.key)
        self._writers = [self._writer(field, days_as_text) for field in self.fields]

    def _writer(self, field: Field, days_as_text: bool) -> Coder | None:
        if days_as_text and isinstance(field.columns[0][1], sa.Date):
            return _maybe(date.isoformat)
        return None if field.write is _same else field.write

    def row(self, record: Any, *, seal: bool = True) -> tuple[Any, ...]:
        """The record as a row for the driver. seal: write personal fields; else they are left empty."""
        row: list[Any] = []
        for field, write, value in zip(self.fields, self._writers, self._values(record), strict=True):
            if field.balances:
                row += value.fen
            elif field.personal:
                row += self._sealed(field, value, record) if seal else [None] * len(field.columns)
            else:
                row.append(value if write is None else write(value))
        return tuple(row)

    def _sealed(self, field: Field, value: Personal[str], record: Any) -> list[bytes | None]:
        if not value.reveal("to see whether there is one"):
            return [None] * len(field.columns)
        keys = self._keys()
        sealed = [keys.encrypt(value, self.place(field.name, record))]
        if len(field.columns) > 1:
            sealed.append(keys.blind(value, self.kind.blind[field.name]))
        return sealed

    def place(self, field: str, record: Any) -> str:
        """What a sealed value is bound to: table, field and a key that the record has before it is numbered."""
        bound = self.kind.unique[0] if self.kind.unique else ("borrower_id",)
        return ":".join([self.kind.table, field, *(str(getattr(record, name)) for name in bound)])

    def record(self, row: Sequence[Any], *, clear: bool = False) -> Any:
        """The record of a row; personal fields masked unless ``clear``."""
        values: list[Any] = []
        sealed: list[tuple[int, Field, bytes | None]] = []
        at = 0
        for field in self.fields:
            if field.balances:
                values.append(Balances.of_fen(row[at : at + 6]))
            elif field.personal:
                sealed.append((len(values), field, row[at]))
                values.append(Personal(""))
            else:
                values.append(row[at] if field.read is _same else field.read(row[at]))
            at += len(field.columns)
        made = self.kind.record(*values)
        if not any(one[2] for one in sealed):
            return made
        for place, field, found in sealed:
            text = self._keys().decrypt(found, self.place(field.name, made))
            values[place] = Personal(text if clear else self.kind.masks[field.name](text))
        return self.kind.record(*values)

    def key(self, record: Any) -> tuple[Any, ...]:
        """The values of the record's key."""
        found = self._key(record)
        return found if len(self.kind.key) > 1 else (found,)

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
