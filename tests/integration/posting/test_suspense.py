"""Money in suspense: looked at, tried on a loan, assigned, taken off a wrong loan, returned; the books always tie."""

from __future__ import annotations

import pytest
from night_book import NIGHT, bank_file, morning_after, options, post
from night_ties import hold_the_books_together

from postloan.kernel import Money
from postloan.ledger.state import Status
from postloan.ledger.store import NoSuchRecord
from postloan.ledger.store_records import (
    Hold,
    IncomingPayment,
    PaymentFile,
    PaymentState,
    Suspense,
    SuspenseState,
)
from postloan.rules import load_book
from postloan.workflows.posting_back import assign_suspense, back_to_suspense, return_suspense
from postloan.workflows.posting_parts import NoSuchPayment, NotReturned
from postloan.workflows.suspense import trial, waiting

OPENING = Money.yuan("9876543.21")
LATER = morning_after(NIGHT)
LOAN = "L00000006"
OTHER = "L00000007"


def row(amount="88.80", reference="R1", payer="某人", loan_id=""):
    return {
        "交易日期": NIGHT.isoformat(), "交易流水号": reference, "交易金额": amount, "付款人": payer, "借据号": loan_id,
    }  # fmt: skip


def one(store, record, **where):
    with store.reading() as tx:
        (found,) = tx.of(record).find(**where)
    return found


def loan(store, loan_id):
    with store.reading() as tx:
        return tx.loans.get(loan_id)


def held(anywhere, store, **given):
    """The number in suspense of one payment of a stranger."""
    post(store, bank_file(anywhere.folder / "a.csv", row(**given)))
    return one(store, Suspense).number


def tried(store, number, loan_id=LOAN):
    with store.reading() as tx:
        return trial(tx, number, loan_id, on=LATER, book=load_book())


def test_a_trial_says_what_booking_does_and_changes_nothing(anywhere, store):
    number = held(anywhere, store)
    before = loan(store, LOAN)
    found = tried(store, number)
    assert (found.why, found.covers.total, found.credit) == ("", Money(8_880), Money(0))
    assert loan(store, LOAN) == before
    assert one(store, Suspense).state is SuspenseState.WAITING
    done = assign_suspense(number, LOAN, options(LATER), store, reason="the payer called")
    assert done.owed <= found.after.owed.total < found.before.owed.total
    with store.reading() as tx:
        entry = tx.journal.latest(1, subject=LOAN)[0]
    assert (entry.action, '"reason":"the payer called"' in entry.details) == ("suspense.assigned", True)


def test_a_trial_of_more_than_is_owed_closes_the_loan_and_leaves_credit(anywhere, store):
    owed = loan(store, LOAN).owed.total
    number = held(anywhere, store, amount=str((owed + Money(100_000)).as_yuan))
    found = tried(store, number)
    assert found.closes
    assert found.credit + found.covers.total == owed + Money(100_000)


def test_the_loans_that_money_may_be_for_are_listed_with_what_they_owe(anywhere, store):
    name = next(iter(anywhere.people().values()))
    owed = loan(store, LOAN).owed.total
    post(store, bank_file(anywhere.folder / "a.csv", row(str(owed.as_yuan), payer=f"王五（代{name}）")))
    with store.reading() as tx:
        found = waiting(tx, one(store, Suspense).number, load_book())
    assert found.held.reason == "similar_name"
    assert found.file == "a.csv"
    assert "王五" not in repr(found)
    assert found.fits
    assert all(fit.owed > Money(0) and fit.why == "name" and fit.person for fit in found.fits)


def test_money_on_a_wrong_loan_goes_back_to_suspense_and_on_to_the_right_one(anywhere, store):
    number = held(anywhere, store)
    before = loan(store, LOAN)
    assign_suspense(number, LOAN, options(LATER), store)
    key = one(store, IncomingPayment).event_key
    assert back_to_suspense(LOAN, key, options(LATER), store, reason="wrong person") == number
    after = loan(store, LOAN)
    assert (after.owed.principal, after.owed.costs) == (before.owed.principal, before.owed.costs)
    again = one(store, Suspense)
    assert (again.state, again.reason, again.loan_id) == (SuspenseState.WAITING, "wrong_loan", "")
    assert one(store, Hold, kind="paid").release_reason == "wrong_loan"
    file = one(store, PaymentFile)
    assert (file.posted_rows, file.suspended_amount) == (0, Money(8_880))
    hold_the_books_together(store, OPENING)
    assign_suspense(number, OTHER, options(LATER), store)
    assert one(store, IncomingPayment).loan_id == OTHER
    hold_the_books_together(store, OPENING)


def test_money_may_come_back_to_the_loan_it_was_taken_off(anywhere, store):
    number = held(anywhere, store)
    owed = assign_suspense(number, LOAN, options(LATER), store).owed
    back_to_suspense(LOAN, one(store, IncomingPayment).event_key, options(LATER), store, reason="a doubt")
    again = assign_suspense(number, LOAN, options(LATER), store).owed
    assert owed <= again < owed + Money(8_880)  # a day's interest later
    hold_the_books_together(store, OPENING)
    with pytest.raises(NoSuchPayment):
        back_to_suspense(LOAN, "pay:R1", options(LATER), store, reason="the first one again")


def test_a_payment_that_the_night_matched_may_be_taken_off_too(anywhere, store):
    post(store, bank_file(anywhere.folder / "a.csv", row(loan_id=LOAN)))
    key = one(store, IncomingPayment).event_key
    number = back_to_suspense(LOAN, key, options(LATER), store, reason="the payer meant another loan")
    assert one(store, Suspense).number == number
    assert loan(store, LOAN).status is not Status.CLOSED
    hold_the_books_together(store, OPENING)


def test_money_is_returned_once_and_no_longer_waits(anywhere, store):
    number = held(anywhere, store)
    assert return_suspense(number, options(LATER), store, reason="the payer asked for it") == Money(8_880)
    assert one(store, IncomingPayment).state is PaymentState.RETURNED
    assert one(store, Suspense).state is SuspenseState.RETURNED
    with pytest.raises(NotReturned, match="dealt with"):
        return_suspense(number, options(LATER), store, reason="again")
    hold_the_books_together(store, OPENING)


def test_what_is_not_there_is_said(anywhere, store):
    number = held(anywhere, store)
    with pytest.raises(NoSuchRecord):
        tried(store, number, "L-none")
    with pytest.raises(NoSuchPayment):
        back_to_suspense(LOAN, "pay:none", options(LATER), store, reason="none")
