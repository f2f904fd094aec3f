"""The class of a loan after something happened to it: worse at once, better only when arrears are gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from postloan.decide import LoanFacts, classify
from postloan.ledger import commands as c
from postloan.ledger.migration import rank
from postloan.ledger.state import State
from postloan.rules import RuleBook


def regrader(book: RuleBook) -> Callable[[State], c.Grade | None]:
    """A function that gives the new class of a loan; None where the present one stands.

    The seller's class may be graver than days overdue alone ask for; it is not made better until nothing is overdue.
    """

    @lru_cache(maxsize=65_536)
    def graded(facts: LoanFacts, on: date) -> c.Grade | None:
        found = classify(facts, book, on)
        return None if found.grade is None else c.Grade(str(found.grade), found.because)

    def regrade(state: State) -> c.Grade | None:
        again = state.observation.again if state.observation else False
        facts = LoanFacts(state.days_overdue, state.restructured, again, bool(state.refinances))
        new = graded(facts, state.day)
        if new is None or new.grade == state.grade:
            return None
        if rank(new.grade) < rank(state.grade) and state.days_overdue:
            return None
        return new

    return regrade
