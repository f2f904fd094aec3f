"""The class of a loan after something happened to it: worse at once, better only when it has been earned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from postloan.decide import LoanFacts, classify
from postloan.decide.answers import Answer
from postloan.decide.observation import UpgradeFacts, may_upgrade
from postloan.ledger import commands as c
from postloan.ledger.migration import rank
from postloan.ledger.state import State
from postloan.ledger.terms import months_after
from postloan.rules import RuleBook

Regrade = Callable[[State], c.Grade | None]


def regrader(book: RuleBook) -> Regrade:
    """A function that gives the new class of a loan; None where the present one stands.

    The seller's class may be graver than days overdue alone ask for; it is not made better while anything is overdue,
    and a non-performing loan is made to perform again only by ``upgrader``. The floor under a restructured loan
    (CN-CLS-02) is lifted once its observation period is complete.
    """
    graded = _grader(book)

    def regrade(state: State) -> c.Grade | None:
        new = graded(_facts(state), state.day)
        if new is None or new.grade == state.grade:
            return None
        if rank(new.grade) < rank(state.grade) and (state.days_overdue or state.non_performing):
            return None
        return new

    return regrade


def upgrader(book: RuleBook) -> Regrade:
    """A function that gives the class of a non-performing loan that may perform again (CN-CLS-04); None where not.

    What it says holds for the loan alone: whether the debtor can go on paying and owes no other impaired asset must be
    known besides.
    """
    graded = _grader(book)

    def upgrade(state: State) -> c.Grade | None:
        if not state.non_performing or state.days_overdue or state.cleared_on is None or state.observation:
            return None
        facts = UpgradeFacts(
            arrears_cleared=True,
            periods_paid=state.paid_periods,
            months_paid=_months(state.cleared_on, state.day),
            able_to_continue=True,
            other_impaired_asset=False,
        )
        if not book.holds("CN-CLS-04.upgrade_needs", on=state.day):
            return None
        if may_upgrade(facts, book, state.day).answer is not Answer.ALLOW:
            return None
        new = graded(_facts(state), state.day)
        if new is None or rank(new.grade) >= rank(state.grade):
            return None
        return c.Grade(new.grade, (*new.because, "CN-CLS-04"))

    return upgrade


def _facts(state: State) -> LoanFacts:
    observed = state.observation
    times = state.restructured if observed else 0
    return LoanFacts(state.days_overdue, times, bool(observed and observed.again), bool(state.refinances))


def _grader(book: RuleBook) -> Callable[[LoanFacts, date], c.Grade | None]:
    @lru_cache(maxsize=65_536)
    def graded(facts: LoanFacts, on: date) -> c.Grade | None:
        found = classify(facts, book, on)
        return None if found.grade is None else c.Grade(str(found.grade), found.because)

    return graded


def _months(since: date, until: date) -> int:
    """Whole months between two days."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return months if months_after(since, months) <= until else months - 1
