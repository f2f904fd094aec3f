"""A decision is a value with reasons: the answer, the rules it rests on, the values used, the book's version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from postloan.kernel import Lang
from postloan.rules import RuleValue


class Grade(StrEnum):
    """The five classes (五级分类), best first."""

    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"

    @property
    def rank(self) -> int:
        """0 for normal to 4 for loss."""
        return list(Grade).index(self)


class Answer(StrEnum):
    """What may be done: yes, no, or a person decides."""

    ALLOW = "allow"
    REVIEW = "review"
    REFUSE = "refuse"


ANSWERS: Mapping[Answer, Mapping[Lang, str]] = MappingProxyType(
    {
        Answer.ALLOW: {"en": "allowed", "zh": "可以"},
        Answer.REVIEW: {"en": "a person decides", "zh": "人工复核"},
        Answer.REFUSE: {"en": "refused", "zh": "不可以"},
    }
)
"""The answers in English and Chinese."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer and why.

    because: ids of the rules that it rests on, in the order of the tests. used: the rule values that were
    compared. rule_book: version of the book, so that the decision can be replayed.
    """

    answer: Answer
    because: tuple[str, ...]
    used: tuple[RuleValue, ...] = field(repr=False)
    rule_book: str


@dataclass(frozen=True, slots=True)
class GradeDecision:
    """A computed class and why.

    grade: None where no rule was in force on the cut-off date, or the days overdue are unknown; because is then
    empty. because, used, rule_book: as in ``Decision``.
    """

    grade: Grade | None
    because: tuple[str, ...]
    used: tuple[RuleValue, ...] = field(repr=False)
    rule_book: str


def weigh(
    refused: list[str], reviewed: list[str], allowed: list[str], used: tuple[RuleValue, ...], rule_book: str
) -> Decision:
    """The gravest answer: any refusal refuses, else any review reviews; the reasons are those of that answer."""
    if refused:
        return Decision(Answer.REFUSE, tuple(refused), used, rule_book)
    if reviewed:
        return Decision(Answer.REVIEW, tuple(reviewed), used, rule_book)
    return Decision(Answer.ALLOW, tuple(allowed), used, rule_book)
