"""Rule books in the store, kept when first used, so that what they decided is replayed under them and no later ones."""

from __future__ import annotations

from datetime import date

from postloan.kernel.journal import Note
from postloan.ledger import MoneyRules
from postloan.ledger.money_rules import KeptBooks
from postloan.ledger.store import Reading, Writing
from postloan.ledger.store_records import KeptRules
from postloan.rules import RuleBook, book_as_json, book_from_json


def keep_rules(tx: Writing, book: RuleBook, on: date) -> bool:
    """Keep a rule book that is used here for the first time; whether it was. To be called where it decides something.

    on: today.
    """
    if tx.of(KeptRules).count(version=book.version):
        return False
    tx.of(KeptRules).add(KeptRules(book.version, on, book_as_json(book)))
    tx.note(Note("rules.kept", subject=book.version, details={"rules": len(book)}))
    return True


_READ: dict[str, MoneyRules] = {}
"""Kept books that were read already: that takes longer than replaying a loan, and a version never changes."""
_MOST = 16


def books_of(tx: Reading, present: RuleBook) -> KeptBooks:
    """The money rules of the present book, and of every earlier one as it is asked for while ``tx`` is open."""

    def kept(version: str) -> MoneyRules | None:
        if not tx.of(KeptRules).count(version=version):
            return None
        if (known := _READ.get(version)) is not None:
            return known
        read = MoneyRules.of(book_from_json(tx.of(KeptRules).get(version).content, version))
        while len(_READ) >= _MOST:
            _READ.pop(next(iter(_READ)), None)
        return _READ.setdefault(version, read)

    return KeptBooks(MoneyRules.of(present), kept)
