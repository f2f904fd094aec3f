from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from night_book import NIGHT, bank_file, options
from night_ties import hold_the_books_together

from postloan.bootstrap import posting_tools, records
from postloan.kernel import Money
from postloan.ledger.store_records import IncomingPayment, PaymentState
from postloan.workflows.posting import post_files
from postloan.workflows.posting_parts import RepeatedFile, Sum

OPENING = Money.yuan("9876543.21")
NUMBERS = itertools.count()

LOAN = st.one_of(
    st.just(""), st.integers(1, 305).map(lambda number: f"L{number:08d}"), st.just("no such loan")
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "交易日期": st.integers(-40, 2).map(lambda days: (NIGHT + timedelta(days=days)).isoformat()),
            "交易流水号": st.one_of(st.just(""), st.integers(0, 60).map(lambda number: f"H{number}")),
            "交易金额": st.integers(-50_000, 5_000_000).map(lambda fen: f"{fen / 100:.2f}"),
            "借据号": LOAN,
            "付款人": st.sampled_from(["", "某人", "张三"]),
            "摘要": LOAN.map(lambda loan: f"还款 {loan}"),
            "原流水号": st.one_of(st.just(""), st.integers(0, 60).map(lambda number: f"H{number}")),
        }
    ),
    min_size=1,
    max_size=25,
)


@pytest.fixture(scope="module")
def held(made, tmp_path_factory):
    import shutil

    folder = tmp_path_factory.mktemp("conserved")
    for name in ("opened.db", "opened.db.key"):
        shutil.copy2(made.folder / name, folder / name)
    with records(str(folder / "opened.db")) as store, posting_tools() as tools:
        yield folder, store, tools


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROWS)
def test_whatever_a_file_holds_totals_in_are_posted_suspended_and_refused(held, rows):
    folder, store, tools = held
    path = bank_file(folder / f"h{next(NUMBERS)}.csv", *rows)
    try:
        (done,) = post_files([path], options(NIGHT), tools, store)
    except RepeatedFile:
        return
    if not done.again:
        assert done.tally.whole == Sum(len(rows), done.amount)
        with store.reading() as tx:
            for payment in tx.of(IncomingPayment).find(file=done.sha256, state=PaymentState.POSTED):
                history = tx.events.of(payment.loan_id)
                assert [event.key for event in history].count(payment.event_key) == 1
    hold_the_books_together(store, OPENING)
