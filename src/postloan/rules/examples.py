"""Cases that come with the rules of conduct (用例): an event, and what the rule alone answers to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One case of a rule.

    event: the act and its facts. expect: allow, refuse, review, or the value that the rule gives.
    """

    rule: str
    event: Mapping[str, Any]
    expect: str | Mapping[str, str]


def cases_of(rule: str) -> tuple[RuleCase, ...]:
    """The cases of a rule; none where it judges no act, or is a user's own."""
    return _cases().get(rule, ())


@cache
def _cases() -> Mapping[str, tuple[RuleCase, ...]]:
    made: dict[str, list[RuleCase]] = {}
    for file in sorted((files(__package__) / "cases").iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".jsonl"):
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            made.setdefault(told["rule"], []).append(RuleCase(told["rule"], told["event"], told["expect"]))
    return {rule: tuple(cases) for rule, cases in made.items()}
