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
        judges: []                 # what it tests about an act; clauses.py; left out where it only holds values

A user's own file may also amend values of the packs: from a day on, with a source of their own::

    pack: own
    topic: contact
    amends:
      CN-FREQ-01.max:
        2026-03-01: {value: 2, source: {title: {en: Our policy, zh: 本机构制度}, article: art. 4}}
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

from postloan.rules.judging import clauses_of
from postloan.rules.mistakes import (
    BadId,
    ConfidenceMisfitsForce,
    MissingKey,
    NoValues,
    UnknownWord,
    UntilBeforeFirstDay,
    ValuesOutOfOrder,
    ValuesOverlap,
)
from postloan.rules.place import NAME, Place, guess
from postloan.rules.reading import read_marked, wrong_shape
from postloan.rules.records import Check, DatedValue, Parameter, Rule, Source
from postloan.rules.units import fitted
from postloan.rules.vocabulary import Confidence, Force, Kind, Precision, Unit

_ID = re.compile(r"[A-Z]{2}-[A-Z]{2,8}-[0-9]{2}")
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of a value of another file's rule (修订), from a day on.

    key: ``RULE.parameter``. series: its values by first day, as they stand in the file.
    """

    key: str
    series: Place

    def values(self, unit: Unit) -> tuple[DatedValue, ...]:
        """The values, as the unit of the amended parameter wants them.

        Raises:
            BadRuleFile: a value has a mistake.
        """
        return _values(self.series, unit)


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What one file holds: rules, and amendments of values that stand elsewhere."""

    rules: tuple[Rule, ...]
    amendments: tuple[Amendment, ...]


def parse_rules(text: str, file: str) -> list[Rule]:
    """The rules of one file.

    file: its name, for messages.

    Raises:
        BadRuleFile: the file has a mistake; the message says which, where and how to mend it.
    """
    return list(parse_file(text, file).rules)


def parse_file(text: str, file: str) -> RuleFile:
    """The rules and the amendments of one file.

    file: its name, for messages.

    Raises:
        BadRuleFile: the file has a mistake; the message says which, where and how to mend it.
    """
    top = Place(read_marked(text, file), file)
    amending = "amends" in top.entries
    top.only("pack", "topic", "rules", "amends", optional=("rules", "amends") if amending else ("amends",))
    pack, topic = top.name("pack"), top.name("topic")
    rules = top.inner("rules") if "rules" in top.entries else None
    amends = top.inner("amends") if amending else None
    return RuleFile(
        rules=tuple(_rule(rules, rule_id, pack, topic) for rule_id in rules.entries) if rules else (),
        amendments=tuple(Amendment(str(key), amends.inner(key, called=str(key))) for key in amends.entries)
        if amends
        else (),
    )


def _rule(rules: Place, rule_id: Hashable, pack: str, topic: str) -> Rule:
    if not isinstance(rule_id, str) or not _ID.fullmatch(rule_id):
        raise BadId(where=rules.at(rule_id), id=rule_id, wanted="a rule id", example="CN-CLS-01")
    entry = rules.inner(rule_id, called=rule_id)
    entry.only(
        "says",
        "kind",
        "force",
        "confidence",
        "checked",
        "parameters",
        "judges",
        optional=("parameters", "judges"),
    )
    force, confidence = entry.word("force", Force), entry.word("confidence", Confidence)
    ours = rule_id.startswith("HS-")
    # A house rule may also stand for a text that is believed to exist but was not read.
    fitting = (Confidence.DESIGN, Confidence.UNCERTAIN) if ours else set(Confidence) - {Confidence.DESIGN}
    if ours != (force is Force.HOUSE) or confidence not in fitting:
        raise ConfidenceMisfitsForce(where=entry.at(), force=force, confidence=confidence, id=rule_id)
    parameters = _parameters(entry, rule_id)
    kind = entry.word("kind", Kind)
    return Rule(
        id=rule_id,
        pack=pack,
        topic=topic,
        says=entry.sentence("says"),
        kind=kind,
        force=force,
        confidence=confidence,
        checked=_check(entry),
        parameters=parameters,
        judges=clauses_of(entry, kind, parameters),
    )


def _parameters(entry: Place, rule_id: str) -> MappingProxyType[str, Parameter]:
    parameters = entry.inner("parameters") if "parameters" in entry.entries else None
    if parameters is None or not parameters.entries:
        raise MissingKey(where=(parameters or entry).at(), key="parameters")
    return MappingProxyType({str(name): _parameter(parameters, name, rule_id) for name in parameters.entries})


def _check(entry: Place) -> Check | None:
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


def _parameter(parameters: Place, name: Hashable, rule_id: str) -> Parameter:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BadId(
            where=parameters.at(name), id=name, wanted="a parameter's name", example="substandard_after_days"
        )
    entry = parameters.inner(name, called=f"{rule_id}.{name}")
    entry.only("says", "unit", "values")
    unit = entry.word("unit", Unit)
    series = entry.inner("values")
    if not series.entries:
        raise NoValues(where=series.at())
    return Parameter(name=name, says=entry.sentence("says"), unit=unit, values=_values(series, unit))


def _values(series: Place, unit: Unit) -> tuple[DatedValue, ...]:
    values = tuple(_value(series, first, unit) for first in series.entries)
    for earlier, later in pairwise(values):
        where = series.at(later.first)
        if later.first < earlier.first:
            raise ValuesOutOfOrder(where=where, day=later.first, before=earlier.first)
        if earlier.until and earlier.until >= later.first:
            raise ValuesOverlap(where=where, before=earlier.first, until=earlier.until, day=later.first)
    return tuple(closed_by(one, after) for one, after in zip(values, [*values[1:], None], strict=True))


def closed_by(value: DatedValue, after: DatedValue | None) -> DatedValue:
    """A value without a last day ends where the next begins."""
    if value.until or after is None:
        return value
    until = after.first - timedelta(days=1)
    return replace(value, until=until)


def _value(series: Place, first: Hashable, unit: Unit) -> DatedValue:
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
