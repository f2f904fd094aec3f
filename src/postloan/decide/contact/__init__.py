"""Whether a debtor may be contacted, and every other act that the rules of conduct judge: facts in, an answer out."""

from postloan.decide.contact.cases import answer_line, answers
from postloan.decide.contact.deciding import (
    Computed,
    ContactDecision,
    ContactRules,
    Permit,
    Refusal,
    Review,
)
from postloan.decide.contact.wording import told

__all__ = [
    "Computed", "ContactDecision", "ContactRules", "Permit", "Refusal", "Review", "answer_line", "answers", "told",
]  # fmt: skip
