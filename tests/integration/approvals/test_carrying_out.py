"""Approvals in the store: asked, decided, carried out once, lapsed; whatever is tried stands in the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from lender import DAY, NOON, copied, fill, make_store, opened

from postloan.adapters.records import ClockWentBack
from postloan.decide.approvals import Denied
from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger import Balances, Refused
from postloan.ledger.proposals import (
    propose_buy_back,
    propose_restructuring,
    propose_sale,
    propose_waiver,
    propose_write_off,
)
from postloan.ledger.state import Status
from postloan.ledger.store import NoSuchRecord
from postloan.ledger.store_records import ApprovalRequest, Delegation, Hold, Loan, RequestState
from postloan.workflows import approving
from postloan.workflows.carrying_out import Done, carry_out

LATER = NOON + timedelta(minutes=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("made") / "books.db")


@pytest.fixture
def store(made, tmp_path):
    with copied(made, tmp_path / "books.db") as opened_store:
        fill(opened_store, [opened(1), opened(2, principal=10_000_000)])
        yield opened_store


def ask(store, proposal, loan="L1", by="olga"):
    answer = approving.request(store, approving.Wish.on_loan(loan, proposal, "hardship"), by=by, at=LATER)
    assert isinstance(answer, ApprovalRequest), answer.codes
    return answer


def approve(store, number, by="ann", at=LATER):
    answer = approving.grant(store, number, by=by, at=at, authority="Credit rules § 4", reason="seen")
    assert isinstance(answer, ApprovalRequest), answer.codes
    return answer


def journal(store, subject=""):
    with store.reading() as tx:
        assert tx.journal.verify().whole
        return [entry.action for entry in tx.journal.entries(subject=subject)]


def loan(store, loan_id="L1") -> Loan:
    with store.reading() as tx:
        return tx.loans.get(loan_id)


def test_an_approved_waiver_is_booked_exactly_and_only_once(store):
    asked = ask(store, propose_waiver(Balances(interest=Money(20_000))))
    granted = approve(store, asked.number)
    assert granted.reference == f"AP-2026-{asked.number:06d}"
    done = carry_out(store, asked.number, by="olga", at=LATER)
    assert isinstance(done, Done)
    assert done.request.state is RequestState.USED
    assert loan(store).owed.interest == Money(10_000)
    again = carry_out(store, asked.number, by="olga", at=LATER)
    assert again.codes == ("not_approved",)
    assert loan(store).owed.interest == Money(10_000)
    assert journal(store, "L1") == [
        "approval.requested", "approval.granted", "approval.used", "ledger.booked", "approval.use_denied",
    ]  # fmt: skip


def test_a_principal_waiver_a_write_off_a_restructuring_a_sale_and_a_buy_back_run_end_to_end(store):
    steps = [
        (propose_waiver(Balances(principal=Money(100_000))), "bo", lambda one: one.owed.principal == Money(9_900_000)),
        (
            propose_restructuring(
                loan(store, "L2").terms, first_due_on=date(2026, 4, 1), instalments=12,
                matures_on=date(2027, 3, 1), owed=Money(11_000_000),
            ),
            "ann",
            lambda one: (one.overdue_since, one.observation_ends, one.matures_on)
            == (None, date(2027, 4, 1), date(2027, 3, 1)),
        ),
        (propose_write_off(Money(11_000_000)), "bo", lambda one: one.status is Status.WRITTEN_OFF),
        (propose_sale("甲资产管理公司", Money(500_000)), "bo", lambda one: one.owner == "甲资产管理公司"),
        (
            propose_buy_back(Money(500_000), Balances(principal=Money(9_000_000))), "bo",
            lambda one: one.status is Status.OPEN,
        ),
    ]  # fmt: skip
    for proposal, checker, holds in steps:
        number = ask(store, proposal, "L2").number
        assert carry_out(store, number, by="olga", at=LATER).codes == ("not_approved",)
        approve(store, number, checker)
        assert isinstance(carry_out(store, number, by="olga", at=LATER), Done), proposal
        assert holds(loan(store, "L2")), proposal
    with store.reading() as tx:
        holds = [
            (hold.kind, hold.release_reason) for hold in tx.of(Hold).find(borrower_id="B2", order=("number",))
        ]
    assert holds == [("plan", "sold"), ("sold", "")]


def test_the_ledger_has_the_last_word_on_what_was_approved(store):
    asked = ask(store, propose_waiver(Balances(interest=Money(40_000))))
    approve(store, asked.number)
    refused = carry_out(store, asked.number, by="olga", at=LATER)
    assert isinstance(refused, Refused)
    assert refused.codes == ("above_owed",)
    assert loan(store).seq == 1
    assert "ledger.refused" in journal(store)


def test_the_maker_may_not_check_and_the_try_is_journalled(store):
    asked = ask(store, propose_waiver(Balances(interest=Money(1))), by="ann")
    denied = approving.grant(store, asked.number, by="ann", at=LATER, authority="§ 4", reason="mine")
    assert isinstance(denied, Denied)
    assert denied.codes == ("own_request",)
    assert journal(store, "L1")[-1] == "approval.grant_denied"


def test_a_request_nobody_decides_on_and_an_approval_nobody_uses_lapse(store):
    waiting = ask(store, propose_waiver(Balances(interest=Money(1)))).number
    unused = ask(store, propose_waiver(Balances(interest=Money(2)))).number
    approve(store, unused)
    soon = LATER + timedelta(days=16)
    assert approving.grant(store, waiting, by="ann", at=soon, authority="§", reason="r").codes == ("expired",)
    assert approving.expire(store, by="night", at=soon) == 1
    late = LATER + timedelta(days=31)
    assert carry_out(store, unused, by="olga", at=late).codes == ("approval_over",)
    assert approving.expire(store, by="night", at=late) == 1
    assert approving.expire(store, by="night", at=late) == 0
    with store.reading() as tx:
        assert {one.state for one in tx.of(ApprovalRequest).find()} == {RequestState.EXPIRED}


def test_a_clock_that_goes_backwards_decides_nothing(store):
    asked = ask(store, propose_waiver(Balances(interest=Money(1))))
    back = LATER - timedelta(minutes=1)
    denied = approving.grant(store, asked.number, by="ann", at=back, authority="§", reason="r")
    assert denied.codes == ("clock_went_back",)
    with pytest.raises(ClockWentBack):
        approving.grant(
            store, asked.number, by="ann", at=LATER - timedelta(days=1), authority="§", reason="r"
        )


def test_a_right_is_lent_used_and_revoked(store):
    large = propose_waiver(Balances(interest=Money(30_000), costs=Money(3_000_000)))
    first, second = ask(store, large).number, ask(store, large).number
    lent = Delegation("bo", "ann", "senior_approver", DAY, DAY + timedelta(days=10))
    made = approving.delegate(store, lent, at=LATER)
    assert isinstance(made, Delegation)
    assert approve(store, first).on_behalf_of == "bo"
    assert approving.revoke(store, made.number, by="ann", at=LATER).codes == ("not_lent",)
    assert isinstance(approving.revoke(store, made.number, by="bo", at=LATER), Delegation)
    assert approving.revoke(store, made.number, by="bo", at=LATER).codes == ("already_revoked",)
    denied = approving.grant(store, second, by="ann", at=LATER, authority="§", reason="r")
    assert denied.codes == ("above_limit",)


def test_a_refused_and_a_withdrawn_request_stay_so(store):
    refused = ask(store, propose_waiver(Balances(interest=Money(1)))).number
    assert (
        approving.deny(store, refused, by="ann", at=LATER, reason="no papers").state is RequestState.REFUSED
    )
    taken = ask(store, propose_waiver(Balances(interest=Money(1)))).number
    assert approving.withdraw(store, taken, by="ann", at=LATER, reason="x").codes == ("only_the_maker",)
    assert approving.withdraw(store, taken, by="olga", at=LATER, reason="x").state is RequestState.WITHDRAWN
    for number in (refused, taken):
        denied = approving.grant(store, number, by="bo", at=LATER, authority="§", reason="r")
        assert denied.codes == ("not_waiting",)


def test_a_request_about_a_loan_that_is_not_there_is_not_taken(store):
    wish = approving.Wish.on_loan("L9", propose_waiver(Balances(interest=Money(1))), "why")
    assert approving.request(store, wish, by="olga", at=LATER).codes == ("no_such_loan",)
    with pytest.raises(NoSuchRecord):
        approving.grant(store, 99, by="ann", at=LATER, authority="§", reason="r")


def test_a_reserve_price_serves_once_for_its_package_and_up_to_its_amount(store):
    wish = approving.Wish("reserve_price", "P-1", Money.yuan(900_000), "valuation of March")
    number = approving.request(store, wish, by="olga", at=LATER).number

    def spend(**changes):
        facts = {
            "action": "reserve_price",
            "subject": "P-1",
            "amount": Money.yuan(900_000),
            "used_by": "P-1/listing",
        }
        with store.writing(actor="olga", ground="listing", at=LATER) as tx:
            answer = approving.spend(tx, number, **{**facts, **changes}, at=LATER)
            tx.note(Note("test.tried"))
            return answer

    assert spend().codes == ("not_approved",)
    approve(store, number, "bo")
    assert spend(subject="P-2").codes == ("approved_for_other",)
    assert spend(amount=Money.yuan("900000.01")).codes == ("above_approved",)
    assert spend().state is RequestState.USED
    assert spend().codes == ("not_approved",)
    denied = carry_out(store, number, by="olga", at=LATER)
    assert denied.codes == ("not_on_a_loan",)


def test_facts_changed_after_the_approval_carry_no_more_than_was_approved(store):
    asked = ask(store, propose_waiver(Balances(interest=Money(100))))
    approve(store, asked.number)
    with store.writing(actor="olga", ground="trick", at=LATER) as tx:
        found = tx.of(ApprovalRequest).get(asked.number)
        tx.of(ApprovalRequest).change(replace(found, facts={"amounts": [0, 30_000, 0, 0, 0, 0]}))
        tx.note(Note("test.trick"))
    refused = carry_out(store, asked.number, by="olga", at=LATER)
    assert isinstance(refused, Refused)
    assert refused.codes == ("approval_exceeded",)


def test_an_act_on_a_loan_without_its_facts_is_not_taken(store):
    for facts in ({}, {"amounts": [1, 2]}, {"amounts": "x"}):
        wish = approving.Wish("waive", "L1", Money(100), "why", facts)
        assert approving.request(store, wish, by="olga", at=LATER).codes == ("no_facts",)
