"""From the text of a rule file to rules, or to a refusal that says what, where and how to mend it.

A file looks like this::

    pack: cn
    topic: classification
    rules:
      CN-CLS-01:
        says: {en: A sentence., zh: 一句话。}
        kind: threshold            # vocabulary.Kind
        force: rule                # vocabulary.Force
        confidence: V2             # vocabulary.Confidence
        checked: unconfirmed       # or {by: NAME, on: 2026-03-01}
        parameters:
          substandard_after_days:
            says: {en: A sentence., zh: 一句话。}
            unit: days             # vocabulary.Unit
            values:
              2023-07-01:
                value: 90
                until: 2030-12-31  # last day; leave out while it holds
                precise_to: day    # or month, year: then the first day of it stands for it
                confidence: M          # only where it differs from the rule's
                source: {title: {en: The instrument, zh: 文件名称}, article: art. 10}
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable
from dataclasses import replace
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any, TypeVar

from postloan.kernel import Lang
from postloan.rules.mistakes import (
    BadId,
    ConfidenceMisfitsForce,
    MissingKey,
    NoValues,
    StrayComma,
    UnknownKey,
    UnknownWord,
    UntilBeforeFirstDay,
    ValuesOutOfOrder,
    ValuesOverlap,
)
from postloan.rules.reading import Marked, read_marked, wrong_shape
from postloan.rules.records import Check, DatedValue, Parameter, Rule, Source
from postloan.rules.units import fitted
from postloan.rules.vocabulary import Confidence, Force, Kind, Precision, Unit

Word = TypeVar("Word", bound=StrEnum)

_ID = re.compile(r"[A-Z]{2}-[A-Z]{2,8}-[0-9]{2}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
UNCONFIRMED = "unconfirmed"


def parse_rules(text: str, file: str) -> list[Rule]:
    """The rules of one file.

    file: its name, for messages.

    Raises:
        BadRuleFile: the file has a mistake; the message says which, where and how to mend it.
    """
    top = _Place(read_marked(text, file), file)
    top.only("pack", "topic", "rules")
    pack, topic, rules = top.name("pack"), top.name("topic"), top.inner("rules")
    return [_rule(rules, rule_id, pack, topic) for rule_id in rules.entries]


def guess(word: object, known: Collection[str]) -> str:
    """A hint at the word that was probably meant, readable in both languages; empty where none is near."""
    near = get_close_matches(str(word), list(known), n=1)
    return f" (→ '{near[0]}'?)" if near else ""


def _rule(rules: _Place, rule_id: Hashable, pack: str, topic: str) -> Rule:
    if not isinstance(rule_id, str) or not _ID.fullmatch(rule_id):
        raise BadId(where=rules.at(rule_id), id=rule_id, wanted="a rule id", example="CN-CLS-01")
    entry = rules.inner(rule_id, called=rule_id)
    entry.only("says", "kind", "force", "confidence", "checked", "parameters")
    force, confidence = entry.word("force", Force), entry.word("confidence", Confidence)
    ours = {force is Force.HOUSE, confidence is Confidence.DESIGN, rule_id.startswith("HS-")}
    if len(ours) != 1:
        raise ConfidenceMisfitsForce(where=entry.at(), force=force, confidence=confidence, id=rule_id)
    parameters = entry.inner("parameters")
    if not parameters.entries:
        raise MissingKey(where=parameters.at(), key="parameters")
    return Rule(
        id=rule_id,
        pack=pack,
        topic=topic,
        says=entry.sentence("says"),
        kind=entry.word("kind", Kind),
        force=force,
        confidence=confidence,
        checked=_check(entry),
        parameters=MappingProxyType(
            {str(name): _parameter(parameters, name, rule_id) for name in parameters.entries}
        ),
    )


def _check(entry: _Place) -> Check | None:
    if entry.get("checked") == UNCONFIRMED:
        return None
    if isinstance(entry.get("checked"), str):
        raise UnknownWord(
            where=entry.at("checked"),
            word=entry.get("checked"),
            name="check status",
            guess=guess(entry.get("checked"), [UNCONFIRMED]),
            known=f"{UNCONFIRMED}, (by: NAME, on: DAY)",
        )
    checked = entry.inner("checked")
    checked.only("by", "on")
    return Check(by=checked.text("by"), on=checked.day("on"))


def _parameter(parameters: _Place, name: Hashable, rule_id: str) -> Parameter:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadId(
            where=parameters.at(name), id=name, wanted="a parameter's name", example="substandard_after_days"
        )
    entry = parameters.inner(name, called=f"{rule_id}.{name}")
    entry.only("says", "unit", "values")
    unit = entry.word("unit", Unit)
    series = entry.inner("values")
    if not series.entries:
        raise NoValues(where=series.at())
    values = tuple(_value(series, first, unit) for first in series.entries)
    for earlier, later in pairwise(values):
        where = series.at(later.first)
        if later.first < earlier.first:
            raise ValuesOutOfOrder(where=where, day=later.first, before=earlier.first)
        if earlier.until and earlier.until >= later.first:
            raise ValuesOverlap(where=where, before=earlier.first, until=earlier.until, day=later.first)
    closed = tuple(_closed_by(one, after) for one, after in zip(values, [*values[1:], None], strict=True))
    return Parameter(name=name, says=entry.sentence("says"), unit=unit, values=closed)


def _closed_by(value: DatedValue, after: DatedValue | None) -> DatedValue:
    """A value without a last day ends where the next begins."""
    if value.until or after is None:
        return value
    until = after.first - timedelta(days=1)
    return replace(value, until=until)


def _value(series: _Place, first: Hashable, unit: Unit) -> DatedValue:
    if not isinstance(first, date):
        raise wrong_shape(series.at(first), f"'{first}'", "day", first)
    entry = series.inner(first)
    extras = ("until", "precise_to", "confidence")
    entry.only("value", "source", *extras, optional=extras)
    until = entry.day("until") if "until" in entry.entries else None
    if until and until < first:
        raise UntilBeforeFirstDay(where=entry.at("until"), day=first, until=until)
    source = entry.inner("source")
    source.only("title", "article")
    return DatedValue(
        value=fitted(entry.get("value"), unit, entry.at("value")),
        first=first,
        until=until,
        precise_to=entry.word("precise_to", Precision) if "precise_to" in entry.entries else Precision.DAY,
        source=Source(title=source.sentence("title"), article=source.text("article")),
        confidence=entry.word("confidence", Confidence) if "confidence" in entry.entries else None,
    )


class _Place:
    """A mapping of the file and where it stands: reads entries, or refuses them with the place."""

    def __init__(self, entries: Marked, file: str, line: int = 1, called: str = "") -> None:
        self.entries = entries
        self.file = file
        self.line = line
        self.called = called

    def at(self, key: Hashable = None) -> str:
        """File, line and rule, for a message."""
        place = f"{self.file}:{self.entries.lines.get(key, self.line)}"
        return f"{place} {self.called}".strip()

    def only(self, *keys: str, optional: tuple[str, ...] = ()) -> None:
        for key in self.entries:
            if key not in keys:
                raise UnknownKey(where=self.at(key), key=key, guess=guess(key, keys), known=", ".join(keys))
        for key in keys:
            if key not in optional and self.entries.get(key) is None:
                raise MissingKey(where=self.at(key), key=key)

    def get(self, key: Hashable) -> Any:
        return self.entries.get(key)

    def inner(self, key: Hashable, called: str = "") -> _Place:
        found = self.get(key)
        if not isinstance(found, Marked):
            raise wrong_shape(self.at(key), f"'{key}'", "mapping", found)
        return _Place(found, self.file, self.entries.lines[key], called or self.called)

    def text(self, key: str) -> str:
        found = self.get(key)
        if not isinstance(found, str) or not found.strip():
            raise wrong_shape(self.at(key), f"'{key}'", "text", found)
        return found.strip()

    def name(self, key: str) -> str:
        found = self.text(key)
        if not _NAME.fullmatch(found):
            raise BadId(where=self.at(key), id=found, wanted=f"a {key}'s name", example="classification")
        return found

    def day(self, key: str) -> date:
        found = self.get(key)
        if not isinstance(found, date):
            raise wrong_shape(self.at(key), f"'{key}'", "day", found)
        return found

    def word(self, key: str, words: type[Word]) -> Word:
        found = self.get(key)
        known = [str(word) for word in words]
        if found not in known:
            raise UnknownWord(
                where=self.at(key), word=found, name=key, guess=guess(found, known), known=", ".join(known)
            )
        return words(found)

    def sentence(self, key: str) -> MappingProxyType[Lang, str]:
        both = self.inner(key)
        for word, meant in both.entries.items():
            if meant is None and word not in ("en", "zh"):
                raise StrayComma(where=both.at(word), key=word)
        both.only("en", "zh")
        return MappingProxyType({"en": both.text("en"), "zh": both.text("zh")})
