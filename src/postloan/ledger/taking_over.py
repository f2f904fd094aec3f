"""From a row of a checked tape to the opening of its account (建账)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from postloan.kernel import Money
from postloan.ledger import commands as c
from postloan.ledger.answers import Refused
from postloan.ledger.applying import happen
from postloan.ledger.events import Event, happened
from postloan.ledger.judging import Bench, judge_opening
from postloan.ledger.limitation import limitation_ends
from postloan.ledger.money_rules import MoneyRules
from postloan.ledger.parts import BOOK, Balances
from postloan.ledger.running import Running
from postloan.ledger.state import due_of, status_of
from postloan.ledger.store_records import Loan
from postloan.ledger.terms import Terms
from postloan.rules import RuleBook

FIELDS = (
    "loan_id", "borrower_id", "principal", "interest", "penalty", "compound_interest", "fees", "product", "annual_rate",
    "overdue_since", "days_overdue", "cutoff_on", "lender", "branch", "contract_no", "originated_on", "matures_on",
    "written_off", "last_paid_on", "restructured_times", "grade", "computed",
)  # fmt: skip
"""What is asked of the book for each loan; amounts in fen, rate in millionths, grade: seller's, computed: by rules."""

Row = Mapping[str, Any]


def opening_key(cutoff_on: date) -> str:
    """The idempotency key of an opening: a loan is taken over once as of one day."""
    return f"open:{cutoff_on.isoformat()}"


def opening_of(row: Row) -> c.OpenAccount:
    """The command that takes a loan of a tape into the ledger as it stood on its cut-off date.

    The tape's interest has penalty and compound interest inside; without a rate nothing accrues. Of a loan that was
    written off, principal and fees are taken as the loss that was booked.
    """
    penalty, compound = row["penalty"] or 0, row["compound_interest"] or 0
    interest = (row["interest"] or 0) - penalty - compound
    if interest < 0:  # the parts are more than the whole: the whole counts
        interest, penalty, compound = row["interest"] or 0, 0, 0
    owed = Balances(
        Money(row["principal"] or 0),
        Money(interest),
        Money(penalty),
        Money(compound),
        Money(row["fees"] or 0),
    )
    overdue = row["overdue_since"] if (row["days_overdue"] or 0) > 0 else None
    lost = Money(owed.principal.fen + owed.fees.fen) if row["written_off"] else None
    return c.OpenAccount(
        _terms(row["product"], row["annual_rate"] or 0), owed, overdue_since=overdue, written_off=lost,
        grade=row["grade"] or row["computed"] or "", matures_on=row["matures_on"],
        restructured=row["restructured_times"] or 0,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _terms(product: str, millionths: int) -> Terms:
    return Terms(product, Decimal(millionths).scaleb(-6))


def open_account(
    row: Row, rules: MoneyRules, book: RuleBook, booked_on: date
) -> tuple[Loan, Event] | Refused:
    """Take one loan into the ledger: its record and its first event; or why not.

    booked_on: today; the value date is the row's cut-off date.
    """
    command = opening_of(row)
    cutoff = row["cutoff_on"]
    # What ``Account.book`` does with the first command, without the rest of an account: it is done for a whole tape.
    run = Running(rules)
    bench = Bench(run, row["loan_id"], cutoff, max(booked_on, cutoff), frozenset())
    if reasons := judge_opening(command, bench):
        return Refused(command, tuple(reasons))
    what = happened(command)
    happen(run, what, cutoff.toordinal())
    key = opening_key(cutoff)
    event = Event(row["loan_id"], 1, key, cutoff, bench.booked_on, what, rules.version, run.grade)
    ends = last_day_to_claim(book, row["matures_on"], command.overdue_since, row["last_paid_on"])
    # Written out, and not by ``snapshot`` and ``Loan.after``: it is done for every loan of a tape.
    booked = run.lines[BOOK : BOOK + 6]
    loan = Loan(
        loan_id=row["loan_id"], borrower_id=row["borrower_id"], product=row["product"], terms=command.terms,
        opened_on=cutoff, as_of=cutoff, owed=command.owed, status=status_of(run), lender=row["lender"] or "",
        branch=row["branch"] or "", contract_no=row["contract_no"] or "", originated_on=row["originated_on"],
        seq=event.seq, due=due_of(run), booked=Balances.of_fen(booked), lost=Money(run.lost), grade=run.grade,
        graded_on=cutoff if run.grade else None, overdue_since=command.overdue_since if run.buckets else None,
        matures_on=command.matures_on, last_paid_on=row["last_paid_on"], limitation_on=ends,
        rule_book=rules.version,
    )  # fmt: skip
    return loan, event


def last_day_to_claim(
    book: RuleBook, matures_on: date | None, overdue_since: date | None, last_paid_on: date | None
) -> date | None:
    """``limitation_ends`` counted anew from the last payment; remembered, as it is asked a million times."""
    due = matures_on or overdue_since
    if due is None:
        return None
    return _ends(book, max(due, last_paid_on) if last_paid_on else due)


@lru_cache(maxsize=65_536)
def _ends(book: RuleBook, start: date) -> date | None:
    return limitation_ends(book, matures_on=start, overdue_since=None)


def same_loan(there: Loan, row: Row) -> bool:
    """Whether a loan in the store is the one that a tape speaks of."""
    names = ("borrower_id", "product", "contract_no")
    return all(getattr(there, name) == (row[name] or "") for name in names)
