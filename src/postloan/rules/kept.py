"""A rule book as plain JSON values and back, so that a decision of years ago meets the rules of its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from postloan.kernel import Lang, PostloanError
from postloan.rules.book import RuleBook, rule_as_json
from postloan.rules.judging import clauses_of
from postloan.rules.mistakes import BadRuleFile
from postloan.rules.place import Place
from postloan.rules.reading import marked
from postloan.rules.records import Check, DatedValue, Parameter, Rule, Source
from postloan.rules.vocabulary import Confidence, Force, Kind, Plain, Precision, Unit


class KeptRulesChanged(PostloanError):
    """The rule book kept as {version} is not what it was: its content now gives {found}.

    Restore it from a copy of the database, and run `postloan journal verify`.
    """

    zh = (
        "存档的规则库 {version} 与当时不一致：其内容现对应版本 {found}。"
        "请从数据库备份恢复，并执行 `postloan journal verify`。"
    )


def book_as_json(book: RuleBook) -> dict[str, Any]:
    """All rules of a book as JSON values; the book's version is their hash."""
    return {"rules": [rule_as_json(rule) for rule in book]}


def book_from_json(content: Mapping[str, Any], version: str) -> RuleBook:
    """The book that ``book_as_json`` wrote.

    version: what it must be.

    Raises:
        KeptRulesChanged: its content is not that of this version.
    """
    try:
        book = RuleBook(_rule(one) for one in content["rules"])
    except (BadRuleFile, KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise KeptRulesChanged(version=version, found="?") from error
    if book.version != version:
        raise KeptRulesChanged(version=version, found=book.version)
    return book


def _rule(found: Mapping[str, Any]) -> Rule:
    checked = found["checked"]
    kind = Kind(found["kind"])
    parameters = MappingProxyType({name: _parameter(name, one) for name, one in found["parameters"].items()})
    judged = Place(marked({"judges": found.get("judges")}), "kept", called=found["id"])
    return Rule(
        id=found["id"],
        pack=found["pack"],
        topic=found["topic"],
        says=_says(found["says"]),
        kind=kind,
        force=Force(found["force"]),
        confidence=Confidence(found["confidence"]),
        checked=Check(checked["by"], date.fromisoformat(checked["on"])) if checked else None,
        parameters=parameters,
        judges=clauses_of(judged, kind, parameters),
    )


def _parameter(name: str, found: Mapping[str, Any]) -> Parameter:
    unit = Unit(found["unit"])
    return Parameter(name, _says(found["says"]), unit, tuple(_dated(one, unit) for one in found["values"]))


def _dated(found: Mapping[str, Any], unit: Unit) -> DatedValue:
    source = found["source"]
    return DatedValue(
        value=_plain(found["value"], unit),
        first=date.fromisoformat(found["first"]),
        until=date.fromisoformat(found["until"]) if found["until"] else None,
        precise_to=Precision(found["precise_to"]),
        source=Source(_says(source["title"]), source["article"]),
        confidence=Confidence(found["confidence"]) if found["confidence"] else None,
    )


def _plain(value: Any, unit: Unit) -> Plain:
    match unit:
        case Unit.YUAN | Unit.RATE:
            return Decimal(value)
        case Unit.DAY:
            return date.fromisoformat(value)
        case Unit.TIME:
            return time.fromisoformat(value)
        case Unit.TERMS:
            return tuple(value)
    plain: Plain = value
    return plain


def _says(found: Mapping[str, str]) -> Mapping[Lang, str]:
    return MappingProxyType({"en": found["en"], "zh": found["zh"]})
