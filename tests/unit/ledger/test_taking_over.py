from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from postloan.ledger import Account, MoneyRules, Refused
from postloan.ledger.store_records import Loan
from postloan.ledger.taking_over import (
    FIELDS,
    last_day_to_claim,
    open_account,
    opening_key,
    opening_of,
    same_loan,
)
from postloan.rules import load_book

BOOK = load_book()
RULES = MoneyRules.of(BOOK)
CUTOFF = date(2026, 6, 30)

FEN = st.one_of(st.none(), st.integers(0, 10**9))
ROWS = st.fixed_dictionaries(
    {
        "loan_id": st.just("L-1"), "borrower_id": st.just("B-1"), "principal": st.integers(0, 10**9), "interest": FEN,
        "penalty": FEN, "compound_interest": FEN, "fees": FEN,
        "product": st.sampled_from(["consumer", "credit_card", "business"]),
        "annual_rate": st.one_of(st.none(), st.integers(0, 360_000)),
        "overdue_since": st.one_of(st.none(), st.dates(date(2020, 1, 1), CUTOFF)), "days_overdue": st.integers(0, 900),
        "cutoff_on": st.just(CUTOFF), "lender": st.none(), "branch": st.none(), "contract_no": st.just("HT"),
        "originated_on": st.none(), "matures_on": st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1))),
        "written_off": st.booleans(), "last_paid_on": st.none(),
        "grade": st.one_of(st.none(), st.sampled_from(["normal", "loss"])), "computed": st.just("doubtful"),
        "restructured_times": st.sampled_from([None, 0, 1, 2]),
    }
)  # fmt: skip


@given(ROWS)
def test_a_loan_is_taken_over_as_its_account_would_book_it(row):
    assert set(row) == set(FIELDS)
    made = open_account(row, RULES, BOOK, CUTOFF)
    account = Account("L-1", RULES)
    answer = account.book(opening_of(row), key=opening_key(CUTOFF), value_on=CUTOFF, booked_on=CUTOFF)
    assert not isinstance(made, Refused)
    loan, event = made
    assert event == answer.event
    bare = Loan(
        "L-1", "B-1", row["product"], event.what.terms, CUTOFF, CUTOFF, event.what.owed, contract_no="HT"
    )
    ends = last_day_to_claim(BOOK, row["matures_on"], event.what.overdue_since, None)
    assert loan == replace(bare.after(account.state(), 1), limitation_on=ends)
    assert same_loan(loan, row)


@given(ROWS)
def test_everything_that_is_owed_on_the_tape_is_owed_in_the_ledger(row):
    owed = opening_of(row).owed
    assert owed.total.fen == row["principal"] + (row["interest"] or 0) + (row["fees"] or 0)


def test_what_the_tape_says_and_the_ledger_cannot_hold_is_refused_with_the_reason():
    row = dict.fromkeys(FIELDS)
    row |= {
        "loan_id": "L-1",
        "borrower_id": "B-1",
        "principal": -1,
        "product": "consumer",
        "cutoff_on": CUTOFF,
    }
    refused = open_account(row, RULES, BOOK, CUTOFF)
    assert isinstance(refused, Refused)
    assert "negative" in refused.codes


@given(ROWS)
def test_a_loan_after_an_event_keeps_what_the_tape_said_of_it(row):
    made = open_account(row, RULES, BOOK, CUTOFF)
    assert not isinstance(made, Refused)
    loan = replace(
        made[0],
        lender="甲",
        branch="乙",
        originated_on=CUTOFF,
        limitation_on=CUTOFF,
        observation_ends=None,
        version=7,
    )
    account = Account("L-1", RULES, [made[1]])
    after = loan.after(account.state(), 5)
    assert after == replace(loan, seq=5, last_paid_on=None)
    later = date(2030, 1, 1)
    assert loan.after(account.state(), 5, limitation_on=later) == replace(after, limitation_on=later)
