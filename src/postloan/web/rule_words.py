"""What the rules behind a figure say, for the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from postloan.kernel import Lang
from postloan.rules import RuleBook


def rule_notes(book: RuleBook, ids: Iterable[str]) -> dict[str, Mapping[Lang, str]]:
    """What each rule says, by id (``CN-CLS-01`` or ``CN-CLS-01.parameter``); rules not in the book are left out."""
    notes: dict[str, Mapping[Lang, str]] = {}
    for name in ids:
        rule_id = name.partition(".")[0]
        if rule_id in book:
            notes[name] = book.rule(rule_id).says
    return notes
