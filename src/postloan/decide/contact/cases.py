"""Cases a line: an event, or a rule with an event, as JSON; one answer comes back for every line, whatever it holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from postloan.decide.contact.deciding import ContactDecision, ContactRules, Refusal
from postloan.decide.contact.wording import told
from postloan.kernel import Lang, PostloanError

_MISTAKES: dict[str, dict[Lang, str]] = {
    "utf8": {"en": "the line is not written in UTF-8", "zh": "该行不是 UTF-8 编码"},
    "json": {"en": "the line is not JSON", "zh": "该行不是 JSON"},
    "object": {"en": "the line is no JSON object with an event", "zh": "该行不是含事件的 JSON 对象"},
    "kind": {"en": "the event has no kind that is known", "zh": "事件没有可识别的 kind"},
    "rule": {"en": "the case names no rule", "zh": "该用例未写明规则"},
}


def answers(
    lines: Iterable[bytes],
    rules: ContactRules,
    *,
    only_rule: bool,
    lang: Lang | None = None,
    day: date | None = None,
) -> Iterator[dict[str, Any]]:
    """For each line its answer: ``answer``, ``because``, ``earliest``, and ``error`` where it cannot be read.

    only_rule: judge each case by the rule it names alone. lang: add the reasons as sentences. day: whose rules hold
    where an event gives no moment.
    """
    for line in lines:
        yield answer_line(line, rules, only_rule=only_rule, lang=lang, day=day)


def answer_line(
    line: bytes, rules: ContactRules, *, only_rule: bool, lang: Lang | None = None, day: date | None = None
) -> dict[str, Any]:
    """The answer to one line; a line that cannot be read is refused with the reason under ``error``."""
    try:
        case = json.loads(line.decode())
    except UnicodeDecodeError:
        return _mistaken("utf8", lang)
    except (ValueError, RecursionError):
        return _mistaken("json", lang)
    event = case.get("event", case) if isinstance(case, dict) else None
    if not isinstance(event, dict) or not event:
        return _mistaken("object", lang)
    rule = case.get("rule") if only_rule else None
    if only_rule and not isinstance(rule, str):
        return _mistaken("rule", lang)
    try:
        decision = rules.decide(event, rule, day)
    except PostloanError as error:
        return {"answer": "refuse", "because": [], "earliest": None, "error": error.message(lang or "en")}
    return _as_json(decision, rules, lang)


def _as_json(decision: ContactDecision, rules: ContactRules, lang: Lang | None) -> dict[str, Any]:
    earliest = decision.earliest
    answer = decision.answer
    made: dict[str, Any] = {
        "answer": answer if not isinstance(answer, str) else str(answer),
        "because": list(decision.because),
        "earliest": earliest.isoformat(timespec="minutes") if earliest else None,
    }
    if isinstance(decision, Refusal) and decision.spoke[0].judge is None:
        return {**made, "because": [], "error": _MISTAKES["kind"][lang or "en"]}
    if lang:
        made["reasons"] = told(decision, rules.book, lang)
    return made


def _mistaken(code: str, lang: Lang | None) -> dict[str, Any]:
    return {"answer": "refuse", "because": [], "earliest": None, "error": _MISTAKES[code][lang or "en"]}
