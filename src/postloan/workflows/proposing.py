"""What a maker asks for, made ready: an act on a loan with its figures, tried on the loan before anybody decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from postloan.kernel import Money
from postloan.ledger import Account, Refused, State
from postloan.ledger import commands as c
from postloan.ledger import proposals as p
from postloan.ledger.answers import Reason
from postloan.ledger.parts import Balances
from postloan.ledger.store import NoSuchRecord, Reading
from postloan.ledger.store_records import Loan
from postloan.ledger.terms import months_after
from postloan.rules import RuleBook
from postloan.workflows.rule_books import books_of

_TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a loan as somebody fills it in.

    parts: to waive, or owed on a buy-back. buyer, price: of a sale; price also of a buy-back. rate, first_due,
    instalments: of a restructuring; the rate unchanged if None.
    """

    action: str
    loan_id: str
    parts: Balances = Balances()  # noqa: RUF009
    buyer: str = ""
    price: Money | None = None
    rate: Decimal | None = None
    first_due: date | None = None
    instalments: int = 12


@dataclass(frozen=True, slots=True)
class Trial:
    """What an act would do to a loan on a day, if it were approved, without doing it.

    before, after: the loan without and with it. refused: every reason why the ledger would not book it; () if it would.
    """

    loan: Loan
    before: State
    after: State
    refused: tuple[Reason, ...]


def proposal_of(tx: Reading, act: Act, *, on: date, book: RuleBook) -> p.Proposal | None:
    """An act with all that it needs; None where something is missing, or it is no act on a loan.

    Raises:
        NoSuchRecord: there is no such loan.
    """
    match act.action:
        case "waive" | "waive_principal":
            return p.propose_waiver(act.parts)
        case "write_off":
            return p.propose_write_off(most_owed(tx, act.loan_id, on=on, book=book))
        case "sell" if act.price is not None and act.buyer.strip():
            return p.propose_sale(act.buyer.strip(), act.price)
        case "buy_back" if act.price is not None:
            return p.propose_buy_back(act.price, act.parts)
        case "restructure" if act.first_due is not None:
            terms = tx.loans.get(act.loan_id).terms
            if act.rate is not None:
                terms = replace(terms, annual_rate=act.rate)
            return p.propose_restructuring(
                terms,
                first_due_on=act.first_due,
                instalments=act.instalments,
                matures_on=months_after(act.first_due, act.instalments - 1),
                owed=most_owed(tx, act.loan_id, on=on, book=book),
            )
    return None


def most_owed(tx: Reading, loan_id: str, *, on: date, book: RuleBook) -> Money:
    """The most that may be owed on a loan while an approval for it can be used: interest goes on running until then.

    Raises:
        NoSuchRecord: there is no such loan.
    """
    account = _account(tx, loan_id, book)
    days = sum(book.value(f"HS-APR-02.{name}", on=on).whole for name in ("request_days", "grant_days"))
    last = max(on + timedelta(days=days), account.events[-1].value_on)
    return account.state(last).owed.total


def try_out(
    tx: Reading,
    loan_id: str,
    action: str,
    facts: Mapping[str, Any],
    amount: Money,
    *,
    on: date,
    book: RuleBook,
) -> Trial:
    """What an act would do on a day if it were approved up to an amount.

    Raises:
        NoSuchRecord: there is no such loan. KeyError, ValueError: the facts are not complete.
    """
    loan = tx.loans.get(loan_id)
    account = _account(tx, loan_id, book)
    seen_on = max(on, account.events[-1].value_on)
    before = account.state(seen_on)
    as_if = c.Approval(_TRIAL, _TRIAL, action, loan_id, "maker", "checker", seen_on, seen_on, amount)
    command = p.command_of(action, facts, as_if)
    answer = account.book(command, key=_TRIAL, value_on=seen_on, booked_on=seen_on)
    refused = answer.reasons if isinstance(answer, Refused) else ()
    return Trial(loan, before, account.state(seen_on), refused)


def standing(tx: Reading, loan_id: str, *, on: date, book: RuleBook) -> State:
    """A loan on a day, or on that of its last event where that is later.

    Raises:
        NoSuchRecord: there is no such loan.
    """
    account = _account(tx, loan_id, book)
    return account.state(max(on, account.events[-1].value_on))


def _account(tx: Reading, loan_id: str, book: RuleBook) -> Account:
    events = tx.events.of(loan_id)
    if not events:
        raise NoSuchRecord(kind="loan", key=loan_id)
    books = books_of(tx, book)
    return Account(loan_id, books.present, events, books)
