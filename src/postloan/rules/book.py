"""The rule book: all rules of some packs, asked by key and day, with a version that names its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from postloan.kernel import Lang
from postloan.rules.checking import Amendment, closed_by, parse_file
from postloan.rules.clauses import clause_as_json
from postloan.rules.mistakes import (
    AfterLastValue,
    AmendsNothing,
    AmendsThePast,
    BeforeFirstValue,
    BetweenValues,
    DuplicateRule,
    NoRuleFiles,
    NoSuchPack,
    NotUtf8,
    UnknownRule,
)
from postloan.rules.place import guess
from postloan.rules.records import DatedValue, Parameter, Rule, RuleValue

PACKS = ("cn", "house", "us", "uk", "eu", "au")
"""The packs that come with postloan."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which none of the values asked for changes.

    first: first day. last: last day; None while they hold.
    """

    first: date
    last: date | None


class RuleBook:
    """Rules by id, and their values by day. Never changes once made."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = MappingProxyType({rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)})
        self._version = _digest(self._rules.values())

    @property
    def version(self) -> str:
        """Sixteen hexadecimal digits that change whenever any rule does, and only then."""
        return self._version

    def __iter__(self) -> Iterator[Rule]:
        """The rules by id."""
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def rule(self, rule_id: str) -> Rule:
        """The rule with an id.

        Raises:
            UnknownRule: there is none.
        """
        try:
            return self._rules[rule_id]
        except KeyError:
            raise UnknownRule(rule=rule_id, guess=guess(rule_id, self._rules)) from None

    def value(self, key: str, *, on: date) -> RuleValue:
        """The value of ``RULE.parameter`` on a day, for example ``CN-CLS-01.substandard_after_days``.

        Raises:
            UnknownRule: no rule has that parameter.
            NoRuleValue: it has no value on that day; nothing is guessed before the first or after the last.
        """
        rule, parameter = self._parameter(key)
        for dated in parameter.values:
            if dated.first <= on and (dated.until is None or on <= dated.until):
                return RuleValue(
                    key, rule.id, dated.value, parameter.unit, dated.first, dated.until, dated.source
                )
        earlier = [dated for dated in parameter.values if dated.first <= on]
        later = [dated for dated in parameter.values if dated.first > on]
        if not earlier:
            raise BeforeFirstValue(rule=key, on=on, first=later[0].first, pack=rule.pack)
        if not later:
            raise AfterLastValue(rule=key, on=on, last=earlier[-1].until, pack=rule.pack)
        raise BetweenValues(rule=key, on=on, last=earlier[-1].until, first=later[0].first, pack=rule.pack)

    def holds(self, key: str, *, on: date) -> bool:
        """Whether ``RULE.parameter`` has a value on a day.

        Raises:
            UnknownRule: no rule has that parameter.
        """
        _, parameter = self._parameter(key)
        return any(_covers(dated, on) for dated in parameter.values)

    def spans(self, keys: Sequence[str]) -> list[Span]:
        """The longest runs of days on which every key has a value and none changes, oldest first.

        Raises:
            UnknownRule: a key is not known.
        """
        series = [self._parameter(key)[1].values for key in keys]
        dated = [value for values in series for value in values]
        starts = {value.first for value in dated}
        starts |= {value.until + timedelta(days=1) for value in dated if value.until}
        edges = sorted(starts)
        runs = [
            Span(first, after - timedelta(days=1) if after else None)
            for first, after in zip(edges, [*edges[1:], None], strict=True)
        ]
        return [run for run in runs if all(any(_covers(v, run.first) for v in values) for values in series)]

    def _parameter(self, key: str) -> tuple[Rule, Parameter]:
        rule_id, _, name = key.partition(".")
        if rule_id in self._rules and name in self._rules[rule_id].parameters:
            return self._rules[rule_id], self._rules[rule_id].parameters[name]
        known = [f"{rule.id}.{name}" for rule in self for name in rule.parameters]
        raise UnknownRule(rule=key, guess=guess(key, known))


def load_book(packs: Sequence[str] = PACKS, folder: Path | None = None) -> RuleBook:
    """The rule book of some packs that come with postloan and, if given, of a folder with a user's own rules.

    Raises:
        NoSuchPack, NoRuleFiles: nothing is there. BadRuleFile: a file has a mistake.
    """
    if folder is None:
        return _packaged(tuple(packs))
    texts = [(path.name, _text_of(path)) for path in sorted(folder.glob("*.yaml"))]
    if not texts:
        raise NoRuleFiles(folder=folder)
    return _bound([*_pack_texts(tuple(packs)), *texts])


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8(where=path.name) from error


@cache
def _packaged(packs: tuple[str, ...]) -> RuleBook:
    return _bound(_pack_texts(packs))


def _pack_texts(packs: tuple[str, ...]) -> list[tuple[str, str]]:
    texts = []
    for pack in packs:
        if pack not in PACKS:
            raise NoSuchPack(pack=pack, known=", ".join(PACKS))
        found = sorted(files(__package__).joinpath(pack).iterdir(), key=lambda entry: entry.name)
        texts += [
            (f"{pack}/{one.name}", one.read_text(encoding="utf-8"))
            for one in found
            if one.name.endswith(".yaml")
        ]
    return texts


def _bound(texts: Iterable[tuple[str, str]]) -> RuleBook:
    rules: dict[str, Rule] = {}
    stands_in: dict[str, str] = {}
    amendments: list[Amendment] = []
    for file, text in texts:
        read = parse_file(text, file)
        for rule in read.rules:
            if rule.id in rules:
                raise DuplicateRule(where=file, id=rule.id, other=stands_in[rule.id])
            rules[rule.id] = rule
            stands_in[rule.id] = file
        amendments += read.amendments
    for amendment in amendments:
        _amend(rules, amendment)
    return RuleBook(rules.values())


def _amend(rules: dict[str, Rule], amendment: Amendment) -> None:
    """Puts values behind those that a rule has; what held before the first of them goes on holding before it."""
    rule_id, _, name = amendment.key.partition(".")
    if rule_id not in rules or name not in rules[rule_id].parameters:
        known = [f"{rule.id}.{each}" for rule in rules.values() for each in rule.parameters]
        raise AmendsNothing(where=amendment.series.at(), key=amendment.key, guess=guess(amendment.key, known))
    rule = rules[rule_id]
    parameter = rule.parameters[name]
    later = amendment.values(parameter.unit)
    earlier = [value for value in parameter.values if later and value.first < later[0].first]
    if not earlier:
        first, day = parameter.values[0].first, later[0].first if later else None
        raise AmendsThePast(where=amendment.series.at(), key=amendment.key, day=day, first=first)
    if earlier[-1].until is None or earlier[-1].until >= later[0].first:
        earlier[-1] = closed_by(replace(earlier[-1], until=None), later[0])
    values = (*earlier, *later)
    parameters = {**rule.parameters, name: replace(parameter, values=values)}
    rules[rule_id] = replace(rule, parameters=MappingProxyType(parameters))


def _covers(dated: DatedValue, day: date) -> bool:
    return dated.first <= day and (dated.until is None or day <= dated.until)


def _digest(rules: Iterable[Rule]) -> str:
    """A hash of what the rules say: blind to the order of files, of keys and of codes, to blanks and comments."""
    content = json.dumps([rule_as_json(rule) for rule in rules], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def rule_as_json(rule: Rule) -> dict[str, object]:
    """A rule as plain JSON values: days and times as text, decimals as text, codes sorted."""
    plain: dict[str, object] = {
        "id": rule.id,
        "pack": rule.pack,
        "topic": rule.topic,
        "says": _languages(rule.says),
        "kind": rule.kind,
        "force": rule.force,
        "confidence": rule.confidence,
        "checked": {"by": rule.checked.by, "on": str(rule.checked.on)} if rule.checked else None,
        "parameters": {
            name: {
                "says": _languages(parameter.says),
                "unit": parameter.unit,
                "values": [_dated_as_json(dated) for dated in parameter.values],
            }
            for name, parameter in rule.parameters.items()
        },
    }
    if rule.judges:
        plain["judges"] = [clause_as_json(clause) for clause in rule.judges]
    return plain


def _dated_as_json(dated: DatedValue) -> dict[str, object]:
    value = dated.value
    plain: object = value
    if isinstance(value, tuple):
        plain = sorted(value)
    elif isinstance(value, Decimal | date | time):
        plain = str(value)
    return {
        "value": plain,
        "first": str(dated.first),
        "until": str(dated.until) if dated.until else None,
        "precise_to": dated.precise_to,
        "confidence": dated.confidence,
        "source": {"title": _languages(dated.source.title), "article": dated.source.article},
    }


def _languages(texts: Mapping[Lang, str]) -> dict[str, str]:
    return {str(lang): text for lang, text in texts.items()}
