"""The vocabulary of conduct: what can be about to happen, and the facts that rules ask about (``events.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from postloan.kernel import Lang
from postloan.rules.place import Place
from postloan.rules.reading import read_marked


class FactType(StrEnum):
    """What sort of fact it is."""

    MOMENT = "moment"
    DAY = "day"
    NUMBER = "number"
    AMOUNT = "amount"
    FLAG = "flag"
    CODE = "code"
    CODES = "codes"
    TEXT = "text"
    TEXTS = "texts"
    OBJECT = "object"


class OverTime(StrEnum):
    """What becomes of a fact while nothing but time passes."""

    STAYS = "stays"
    DAYS = "days"  # grows by one a day
    DAILY = "daily"  # begins again each day
    WEEKLY = "weekly"  # falls at a time that is not known from the number alone


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A fact (事实) that rules may ask about.

    spellings: our code for each way to write a value of a coded fact. like: parts of words, and the code they give
    away where no spelling fits, in order. open: other values stand for themselves. also: other names of the fact.
    never: it may also be "none". derived: computed from other facts, never given.
    """

    name: str
    type: FactType
    says: Mapping[Lang, str]
    spellings: Mapping[str, str] = field(hash=False)
    like: tuple[tuple[str, str], ...]
    open: bool
    also: tuple[str, ...]
    over_time: OverTime
    never: bool
    derived: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """Our codes of a coded fact."""
        return tuple(dict.fromkeys(self.spellings.values()))


@dataclass(frozen=True, slots=True)
class Events:
    """Acts and facts.

    kinds: what an act is called by language. groups: acts by the name of a group. facts: by name.
    templates: words in the name of a template, by what it is for. zone: of a moment that names none. day: whose
    rules hold where no moment is given.
    """

    kinds: Mapping[str, Mapping[Lang, str]]
    groups: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, FactSpec]
    templates: Mapping[str, tuple[str, ...]]
    zone: str
    day: date

    def acts(self, names: tuple[str, ...]) -> frozenset[str]:
        """The acts that some names of acts and groups mean."""
        return frozenset(act for name in names for act in self.groups.get(name, (name,)))


@cache
def events() -> Events:
    """The vocabulary that comes with postloan."""
    text = (files(__package__) / "events.yaml").read_text(encoding="utf-8")
    top = Place(read_marked(text, "events.yaml"), "events.yaml")
    top.only("kinds", "groups", "templates", "facts", "defaults")
    kinds, groups, facts = top.inner("kinds"), top.inner("groups"), top.inner("facts")
    templates, defaults = top.inner("templates"), top.inner("defaults")
    return Events(
        kinds=MappingProxyType({str(name): kinds.sentence(str(name)) for name in kinds.entries}),
        groups=MappingProxyType({str(name): tuple(groups.names(str(name))) for name in groups.entries}),
        facts=MappingProxyType({str(name): _fact(str(name), facts.inner(name)) for name in facts.entries}),
        zone=defaults.text("zone"),
        day=defaults.day("day"),
        templates=MappingProxyType(
            {str(name): tuple(templates.names(str(name))) for name in templates.entries}
        ),
    )


def _fact(name: str, entry: Place) -> FactSpec:
    optional = ("also", "codes", "like", "open", "over_time", "never", "derived")
    entry.only("type", "en", "zh", *optional, optional=optional)
    return FactSpec(
        name=name,
        type=entry.word("type", FactType),
        says=MappingProxyType({"en": entry.text("en"), "zh": entry.text("zh")}),
        spellings=_spellings(entry.get("codes")),
        like=tuple((part, str(code)) for code, parts in (entry.get("like") or {}).items() for part in parts),
        open=entry.flag("open"),
        also=tuple(entry.names("also")) if "also" in entry.entries else (),
        over_time=entry.word("over_time", OverTime) if "over_time" in entry.entries else OverTime.STAYS,
        never=entry.flag("never"),
        derived=entry.flag("derived"),
    )


def _spellings(codes: Mapping[Any, list[str]] | None) -> Mapping[str, str]:
    made = {str(code): str(code) for code in codes or {}}
    for code, others in (codes or {}).items():
        for other in others:
            made.setdefault(other, str(code))
    return MappingProxyType(made)
