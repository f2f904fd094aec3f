"""Limitation (诉讼时效): the last day on which a claim can be brought to court."""

from __future__ import annotations

from datetime import date, timedelta

from postloan.ledger.terms import months_after
from postloan.rules import RuleBook

YEARS = "CN-LIM-01.years"


def limitation_ends(
    book: RuleBook,
    *,
    matures_on: date | None,
    overdue_since: date | None,
    interrupted_on: date | None = None,
) -> date | None:
    """The last day to claim in court; None where nothing says when the claim fell due, or no rule held then.

    matures_on: last due day; an instalment debt counts from there. overdue_since: stands in where that is unknown.
    interrupted_on: the last demand that arrived, or the debtor's last payment; the period starts anew there.
    """
    due = matures_on or overdue_since
    if due is None:
        return None
    start = max(due, interrupted_on) if interrupted_on else due
    if not book.holds(YEARS, on=start):
        return None
    period = book.value(YEARS, on=start)
    end = months_after(start, 12 * period.whole)
    # A period that still runs when the law changes is as long as the new law says.
    while period.until and period.until < end:
        period = book.value(YEARS, on=period.until + timedelta(days=1))
        end = months_after(start, 12 * period.whole)
    return end
