"""Why a contact was refused or needs a person, in English and Chinese: the rule, and what stood against it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from postloan.decide.contact.deciding import ContactDecision, Refusal, Review, Spoke
from postloan.decide.contact.reading import NEVER
from postloan.kernel import Lang
from postloan.rules import RuleBook
from postloan.rules.clauses import Condition, Every, Probe, Some, Test, tests_in
from postloan.rules.events import events

_SHORTER: Mapping[Lang, Mapping[Probe, str]] = {
    "en": {
        Probe.BELOW: "must be below {limit}",
        Probe.AT_MOST: "must be at most {limit}",
        Probe.AT_LEAST: "must be at least {limit}",
        Probe.ABOVE: "must be above {limit}",
        Probe.AFTER: "must be after {limit}",
        Probe.WITHIN: "must be within {limit}",
        Probe.IN: "must be one of: {limit}",
        Probe.NOT_IN: "must not be any of: {limit}",
        Probe.IS: "must be {limit}",
        Probe.EQUALS: "must equal {limit}",
        Probe.COVERS: "must be at least {limit}",
        Probe.HOLDS: "must hold {limit}",
        Probe.LACKS: "must not hold words of the rule's list",
        Probe.EMPTY: "must be empty",
        Probe.ZERO: "must be zero",
        Probe.KNOWN: "must be known",
        Probe.GIVEN: "must be known",
    },
    "zh": {
        Probe.BELOW: "须小于 {limit}",
        Probe.AT_MOST: "不得超过 {limit}",
        Probe.AT_LEAST: "不得少于 {limit}",
        Probe.ABOVE: "须大于 {limit}",
        Probe.AFTER: "须晚于 {limit}",
        Probe.WITHIN: "须在 {limit} 之内",
        Probe.IN: "须为以下之一：{limit}",
        Probe.NOT_IN: "不得为：{limit}",
        Probe.IS: "须为 {limit}",
        Probe.EQUALS: "须等于{limit}",
        Probe.COVERS: "不得少于{limit}",
        Probe.HOLDS: "须包含 {limit}",
        Probe.LACKS: "不得含有规则所列字样",
        Probe.EMPTY: "须为空",
        Probe.ZERO: "须为零",
        Probe.KNOWN: "须已知",
        Probe.GIVEN: "须已知",
    },
}
_OPPOSITE: Mapping[Lang, Mapping[Probe, str]] = {
    "en": {
        Probe.EMPTY: "must not be empty",
        Probe.ZERO: "must not be zero",
        Probe.KNOWN: "must not be given",
    },
    "zh": {Probe.EMPTY: "不得为空", Probe.ZERO: "不得为零", Probe.KNOWN: "不得给出"},
}


def told(decision: ContactDecision, book: RuleBook, lang: Lang) -> list[str]:
    """One sentence for each rule that refused or asked for a person: what it says, and what stood against it."""
    if not isinstance(decision, Refusal | Review):
        return []
    by_rule: dict[str, list[str]] = {}
    for spoke in decision.spoke:
        why = _why(spoke, lang)
        reasons = by_rule.setdefault(spoke.rule, [])
        if why and why not in reasons:
            reasons.append(why)
    joint = "; " if lang == "en" else "；"
    return [_sentence(rule, joint.join(reasons), book, lang) for rule, reasons in by_rule.items()]


def _sentence(rule: str, reasons: str, book: RuleBook, lang: Lang) -> str:
    if rule not in book:
        return "The act is missing or not known." if lang == "en" else "事件类型缺失或不可识别。"
    says = book.rule(rule).says[lang]
    if not reasons:
        return f"{rule}: {says}" if lang == "en" else f"{rule}：{says}"
    return f"{rule}: {says} ({reasons})" if lang == "en" else f"{rule}：{says}（{reasons}）"


def _why(spoke: Spoke, lang: Lang) -> str:
    if spoke.judge is None:
        return ""
    clause, facts = spoke.judge.clause, spoke.facts
    if spoke.missing:
        asked = [*tests_in(clause.where), *tests_in(clause.needs)]
        names = dict.fromkeys(_names(test.fact, lang) for test in asked if test.fact not in facts)
        if not names:
            return ""
        listed = ", ".join(names) if lang == "en" else "、".join(names)
        return f"not known: {listed}" if lang == "en" else f"未知：{listed}"
    if clause.needs is None:
        return ""
    failing = list(_failing(clause.needs, spoke))
    joint = ", " if lang == "en" else "，"
    return joint.join(dict.fromkeys(_failed(test, spoke, lang) for test in failing))


def _failing(condition: Condition, spoke: Spoke) -> list[Test]:
    """The tests that a reader is told of: those whose fact is known."""
    match condition:
        case Test():
            quiet = condition.probe in (Probe.KNOWN, Probe.GIVEN)
            return [] if quiet or condition.fact not in spoke.facts else [condition]
        case Every(parts) | Some(parts):
            return [test for part in parts for test in _failing(part, spoke)]
    return []


def _failed(test: Test, spoke: Spoke, lang: Lang) -> str:
    assert spoke.judge is not None
    found = _shown(test.fact, spoke.facts[test.fact], lang)
    opposite = test.operand is False and test.probe in _OPPOSITE[lang]
    wanted = (_OPPOSITE if opposite else _SHORTER)[lang][test.probe].format(limit=_limit(test, spoke, lang))
    name = _names(test.fact, lang)
    return f"{name}: {found}, {wanted}" if lang == "en" else f"{name}：{found}，{wanted}"


def _limit(test: Test, spoke: Spoke, lang: Lang) -> str:
    assert spoke.judge is not None
    values, operand = spoke.judge.values, test.operand
    if test.probe is Probe.WITHIN and isinstance(operand, tuple):
        return f"{values[operand[0]]:%H:%M}-{values[operand[1]]:%H:%M}"
    if test.probe in (Probe.EQUALS, Probe.COVERS):
        other = str(operand)
        return f"{_names(other, lang)} {_shown(other, spoke.facts.get(other), lang)}".strip()
    limit: Any = operand
    if isinstance(operand, str) and test.probe is not Probe.IS:
        limit = values[operand]
    return _plain(limit, lang)


def _names(fact: str, lang: Lang) -> str:
    return events().facts[fact].says[lang]


def _shown(fact: str, value: Any, lang: Lang) -> str:
    if fact == "clock":
        return f"{value // 3600:02}:{value // 60 % 60:02}"
    return _plain(value, lang)


def _plain(value: Any, lang: Lang) -> str:
    if isinstance(value, bool):
        return ("yes" if value else "no") if lang == "en" else ("是" if value else "否")
    if value is None or value == NEVER:
        return "none" if lang == "en" else "无"
    if isinstance(value, tuple):
        shown = [str(one) for one in value[:6]]
        return ", ".join(shown) + (" …" if len(value) > 6 else "")
    if isinstance(value, Decimal | date):
        return str(value)
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
