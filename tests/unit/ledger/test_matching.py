from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from postloan.kernel import Money, Personal
from postloan.ledger.matching import Held, Known, Matched, Register, match, names_in, reason_codes, says
from postloan.ledger.payment_file import Incoming
from postloan.ledger.state import Status

DAY = date(2026, 7, 1)
OPENED = date(2026, 6, 30)


def known(loan_id, borrower="B1", contract="", status=Status.OPEN):
    return Known(loan_id, borrower, contract or f"HT-{loan_id}", status, OPENED)


def register(*loans, names=None, accounts=None, fits=()):
    by_contract, by_borrower = {}, {}
    for loan in loans:
        by_contract.setdefault(loan.contract_no, []).append(loan.loan_id)
        by_borrower.setdefault(loan.borrower_id, []).append(loan.loan_id)
    return Register(
        {loan.loan_id: loan for loan in loans}, by_contract, by_borrower,
        {Personal(name): found for name, found in (names or {}).items()},
        {Personal(one): found for one, found in (accounts or {}).items()},
        lambda loan_id, amount, on: (loan_id, amount.fen) in fits,
    )  # fmt: skip


def paid(fen=10_000, on=DAY, **given):
    personal = {name: Personal(given.pop(name)) for name in ("payer", "account", "remark") if name in given}
    return Incoming(1, on, Money(fen), **given, **personal)


def test_a_stated_loan_number_is_enough():
    assert match(paid(loan_id="L-1"), register(known("L-1"))) == Matched("L-1", "loan")


def test_a_contract_number_is_enough_where_it_has_one_loan():
    assert match(paid(contract_no="HT-L-1"), register(known("L-1"))) == Matched("L-1", "contract")


def test_a_number_in_the_remark_is_found_between_words():
    assert match(paid(remark="还款L-00001谢谢"), register(known("L-00001"))) == Matched("L-00001", "remark")


def test_hints_that_point_to_different_loans_wait_with_both():
    found = match(paid(loan_id="L-1", contract_no="HT-L-2"), register(known("L-1"), known("L-2")))
    assert isinstance(found, Held)
    assert found.reason == "hints_differ"
    assert [one.loan_id for one in found.candidates] == ["L-1", "L-2"]


def test_a_stated_number_that_is_not_in_the_books_waits_even_where_another_hint_would_do():
    found = match(paid(loan_id="L-9", contract_no="HT-L-1"), register(known("L-1")))
    assert isinstance(found, Held)
    assert (found.reason, found.candidates[0].loan_id) == ("unknown_loan", "L-1")


def test_of_two_loans_of_a_contract_the_amount_decides_only_if_it_fits_exactly_one():
    both = known("L-1", contract="HT"), known("L-2", contract="HT")
    line = paid(contract_no="HT")
    assert match(line, register(*both, fits={("L-2", 10_000)})) == Matched("L-2", "contract+amount")
    for fits in ((), {("L-1", 10_000), ("L-2", 10_000)}):
        found = match(line, register(*both, fits=fits))
        assert isinstance(found, Held)
        assert found.reason == "several_loans"


def test_a_payer_is_matched_by_name_and_amount_together_never_by_name_alone():
    names = {"张三": ["B1"]}
    assert match(paid(payer="张三"), register(known("L-1"), names=names, fits={("L-1", 10_000)})) == Matched(
        "L-1", "payer+amount"
    )
    found = match(paid(payer="张三"), register(known("L-1"), names=names))
    assert isinstance(found, Held)
    assert (found.reason, found.candidates[0].loan_id) == ("amount_differs", "L-1")


def test_two_people_of_one_name_are_never_guessed_between():
    loans = known("L-1", "B1"), known("L-2", "B2")
    found = match(paid(payer="张三"), register(*loans, names={"张三": ["B1", "B2"]}, fits={("L-2", 10_000)}))
    assert isinstance(found, Held)
    assert found.reason == "same_name"
    assert [one.loan_id for one in found.candidates] == ["L-2", "L-1"]


def test_an_account_tells_namesakes_apart():
    loans = known("L-1", "B1"), known("L-2", "B2")
    given = register(*loans, names={"张三": ["B1", "B2"]}, accounts={"6222": ["B2"]}, fits={("L-2", 10_000)})
    assert match(paid(payer="张三", account="6222"), given) == Matched("L-2", "payer+account+amount")


def test_a_name_inside_a_payers_name_is_only_a_candidate():
    names = {"张三": ["B1"]}
    found = match(paid(payer="王五（代张三）"), register(known("L-1"), names=names, fits={("L-1", 10_000)}))
    assert isinstance(found, Held)
    assert (found.reason, found.candidates[0].loan_id) == ("similar_name", "L-1")
    assert [one.reveal("test") for one in names_in(Personal("王五（代张三）"))] == ["王五", "张三"]


def test_nothing_to_go_by_waits():
    assert match(paid(payer="某人"), register(known("L-1"))) == Held("no_hint")


def test_money_for_a_sold_or_closed_loan_and_from_before_the_opening_waits_with_the_word():
    for status, reason in ((Status.SOLD, "sold"), (Status.CLOSED, "closed")):
        found = match(paid(loan_id="L-1"), register(known("L-1", status=status)))
        assert isinstance(found, Held)
        assert (found.reason, found.candidates[0].loan_id) == (reason, "L-1")
    early = match(paid(loan_id="L-1", on=date(2026, 6, 1)), register(known("L-1")))
    assert isinstance(early, Held)
    assert early.reason == "before_opening"


def test_a_written_off_loan_is_paid_like_any_other():
    loan = known("L-1", status=Status.WRITTEN_OFF)
    assert match(paid(loan_id="L-1"), register(loan)) == Matched("L-1", "loan")


def test_every_reason_speaks_both_languages():
    for code in reason_codes():
        assert says(code, "en") != says(code, "zh")
    assert says("contract+amount", "zh") == "合同号＋金额"


NUMBERS = st.sampled_from(["", "L-0001", "L-0002", "L-0003", "L-0009"])
LOANS = st.builds(
    known,
    st.sampled_from(["L-0001", "L-0002", "L-0003"]),
    st.sampled_from(["B-001", "B-002"]),
    st.sampled_from(["HT-01", "HT-02"]),
    st.sampled_from(list(Status)),
)


@given(
    st.lists(LOANS, unique_by=lambda loan: loan.loan_id),
    NUMBERS,
    st.sampled_from(["", "HT-01", "HT-02", "HT-09"]),
    st.sampled_from(["", "张三", "李四"]),
    st.sampled_from(["", "还款 L-0001", "L-0002 HT-01", "B-001"]),
    st.sets(st.tuples(NUMBERS, st.integers(1, 3))),
    st.integers(1, 3),
)
def test_a_payment_is_matched_to_one_loan_that_every_hint_agrees_on_or_waits(
    loans, loan_id, contract, payer, remark, fits, fen
):
    people = {"张三": ["B-001"], "李四": ["B-001", "B-002"]}
    held = register(*loans, names=people, fits=fits)
    line = paid(fen, loan_id=loan_id, contract_no=contract, payer=payer, remark=remark)
    found = match(line, held)
    assert match(line, held) == found
    if isinstance(found, Held):
        assert found.reason in reason_codes()
        assert all(one.loan_id in held.loans for one in found.candidates)
        return
    loan = held.loans[found.loan_id]
    assert loan.status not in (Status.SOLD, Status.CLOSED)
    assert loan_id in ("", loan.loan_id)
    assert contract in ("", loan.contract_no)
    if set(found.by.split("+")) & {"payer", "account"}:
        assert (found.loan_id, fen) in fits
        assert payer == "张三"
