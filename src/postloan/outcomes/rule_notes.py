"""Rule ids as readers want them: what the rule says, its value on the day, where it is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from postloan.kernel import Lang
from postloan.outcomes.report_facts import RuleNote, RuleValueNote
from postloan.rules import NoRuleValue, RuleBook, RuleValue, meaning

_YES_NO = {"en": {True: "yes", False: "no"}, "zh": {True: "是", False: "否"}}


def rule_notes(book: RuleBook | None, ids: Collection[str], on: date | None) -> dict[str, RuleNote]:
    """A note for each id that the book knows; ids are ``RULE`` or ``RULE.parameter``."""
    notes: dict[str, RuleNote] = {}
    for rule_id in sorted(ids):
        name, _, parameter = rule_id.partition(".")
        if book is None or name not in book:
            continue
        rule = book.rule(name)
        wanted = [p for p in rule.parameters.values() if not parameter or p.name == parameter]
        values = []
        for entry in wanted:
            if on is None:
                continue
            try:
                values.append(_note(entry.says, book.value(f"{name}.{entry.name}", on=on)))
            except NoRuleValue:
                continue  # the decision says itself that no value held on that day
        notes[rule_id] = RuleNote(
            rule=rule_id,
            says=rule.says,
            force={"en": meaning(rule.force, "en"), "zh": meaning(rule.force, "zh")},
            values=tuple(values),
            confirmed=rule.checked is not None,
        )
    return notes


def _note(says: Mapping[Lang, str], value: RuleValue) -> RuleValueNote:
    title, article = value.source.title, value.source.article
    return RuleValueNote(
        says=says,
        value={"en": _shown(value.value, value.unit, "en"), "zh": _shown(value.value, value.unit, "zh")},
        since=value.since,
        source_en=f"{title['en']}, {article}",
        source_zh=f"{title['zh']}，{article}",
    )


def _shown(value: object, unit: StrEnum, lang: Lang) -> str:
    if isinstance(value, bool):
        return _YES_NO[lang][value]
    if isinstance(value, tuple):
        return ("、" if lang == "zh" else ", ").join(map(str, value))
    if isinstance(value, int | Decimal):
        return f"{value:,} ({meaning(unit, lang)})"
    return str(value)
