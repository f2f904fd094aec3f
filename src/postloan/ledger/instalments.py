"""The instalments of a restructured loan: equal parts of the principal, a month apart, with the interest run by then.

What an instalment comes to is found by letting the ledger itself run ahead, as if each were paid on its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from postloan.kernel import Money
from postloan.ledger import commands as c
from postloan.ledger.account import Account
from postloan.ledger.answers import Booked
from postloan.ledger.money_rules import RuleBooks
from postloan.ledger.parts import ZERO
from postloan.ledger.state import State
from postloan.ledger.terms import months_after


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment that is to come. row: its place, from 1. amount: all that is due on the day if all is paid."""

    row: int
    due_on: date
    amount: Money


def key_of_due(reference: str, row: int) -> str:
    """The idempotency key of an instalment's falling due. reference: of the approval that the plan rests on."""
    return f"due {reference} {row}"


def due_on(plan: c.Restructure, row: int) -> date:
    """The day of an instalment."""
    return months_after(plan.first_due_on, row - 1)


def falling_due(state: State, plan: c.Restructure, row: int) -> c.FallDue:
    """What falls due with an instalment: an equal part of the principal that is not due yet."""
    undue = state.owed.principal - state.due.principal
    left = max(plan.instalments - row + 1, 1)
    return c.FallDue(undue.share([1] * left)[0] if undue > ZERO else ZERO)


def instalments_ahead(account: Account, plan: c.Restructure, books: RuleBooks) -> list[Due]:
    """The instalments of a plan that has just been booked on an account; the account itself is left as it is."""
    ahead = Account(account.loan_id, account.rules, account.events, books)
    found = []
    for row in range(1, plan.instalments + 1):
        on = due_on(plan, row)
        command = falling_due(ahead.state(on), plan, row)
        if not isinstance(ahead.book(command, key=f"ahead {row}", value_on=on, booked_on=on), Booked):
            break
        amount = ahead.state(on).due.total
        if amount > ZERO:
            ahead.book(c.Pay(amount), key=f"ahead {row} paid", value_on=on, booked_on=on)
        found.append(Due(row, on, amount))
    return found
