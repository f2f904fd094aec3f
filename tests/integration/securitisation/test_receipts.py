from __future__ import annotations

from datetime import date

import pytest
from lender import NOON, copied, fill, make_store, opened

from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger import Account, MoneyRules, Part
from postloan.ledger import commands as c
from postloan.rules import load_book
from postloan.workflows.abs_receipts import LoansMissing, NoPeriods, receipts_flow
from postloan.workflows.securitising import flow_text

BOOK = load_book()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = make_store(tmp_path_factory.mktemp("pool") / "made.db")
    with copied(made, made.with_name("pool.db")) as store:
        loans = [opened(1), opened(2), opened(3)]
        fill(store, loans)
        moves = [
            ("L1", date(2026, 3, 20), c.Pay(Money(50_000))),
            ("L1", date(2026, 4, 10), c.Pay(Money(20_000))),
            ("L2", date(2026, 4, 15), c.Charge(Part.COSTS, Money(1_500), "court fee")),
            ("L2", date(2026, 5, 2), c.Pay(Money(30_000))),
            ("L3", date(2026, 3, 25), c.Pay(Money(99_000))),
        ]
        with store.writing(actor="test", ground="payments", at=NOON) as tx:
            for number, (loan, on, command) in enumerate(moves):
                account = Account(loan, MoneyRules.of(BOOK), tx.events.of(loan))
                booked = account.book(command, key=f"move-{number}", value_on=on, booked_on=on)
                tx.events.append([booked.event])
            tx.note(Note("test.paid"))
        yield store


def test_receipts_of_a_pool_fall_into_their_months_to_the_fen(store) -> None:
    flow = receipts_flow(store, since=date(2026, 3, 2), until=date(2026, 5, 31), loans=["L1", "L2"])
    assert flow.dates == (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))
    assert list(flow.columns["recovery"]) == [50_000, 20_000, 30_000]
    assert list(flow.columns["cost"]) == [0, 1_500, 0]


def test_principal_and_interest_apart_sum_to_what_came_in(store) -> None:
    flow = receipts_flow(
        store, since=date(2026, 3, 2), until=date(2026, 5, 31), loans=["L1", "L2"], split=True
    )
    sums = [a + b for a, b in zip(flow.columns["principal"], flow.columns["interest"], strict=True)]
    assert sums == [50_000, 20_000, 30_000]
    fell = [flow.opening - flow.columns["balance"][-1]]
    assert fell == [sum(flow.columns["principal"])]


def test_receipts_before_the_cut_off_day_are_not_the_trusts(store) -> None:
    flow = receipts_flow(store, since=date(2026, 3, 31), until=date(2026, 5, 31), loans=["L1"])
    assert list(flow.columns["recovery"]) == [20_000, 0]


def test_the_whole_ledger_is_the_pool_where_no_loans_are_named(store) -> None:
    flow = receipts_flow(store, since=date(2026, 3, 2), until=date(2026, 3, 31))
    assert list(flow.columns["recovery"]) == [149_000]
    assert "2026-03-31" in flow_text(flow)


def test_a_loan_that_is_not_in_the_ledger_is_named(store) -> None:
    with pytest.raises(LoansMissing, match="L9"):
        receipts_flow(store, since=date(2026, 3, 2), until=date(2026, 3, 31), loans=["L1", "L9"])


def test_a_period_without_collection_days_is_refused(store) -> None:
    with pytest.raises(NoPeriods):
        receipts_flow(store, since=date(2026, 3, 2), until=date(2026, 3, 10))
