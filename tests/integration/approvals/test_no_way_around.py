"""Whatever people try in whatever order: an event stands only on a valid grant by another person within limits."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from lender import COLLEAGUES, NOON, copied, fill, make_store, opened

from postloan.decide.approvals import RULE_OF, Denied, day_of
from postloan.kernel import Money
from postloan.ledger import Account, Balances, MoneyRules, Refused
from postloan.ledger import commands as c
from postloan.ledger.proposals import propose_sale, propose_waiver, propose_write_off
from postloan.ledger.store_records import ApprovalRequest, Delegation, RequestState
from postloan.rules import load_book
from postloan.workflows import approving
from postloan.workflows.carrying_out import Done, approval_of, carry_out

BOOK = load_book()
ROLES = {user.name: set(user.roles) for user in COLLEAGUES if user.active}
NAMES = st.sampled_from([*(user.name for user in COLLEAGUES), "nobody"])
DECIDING = st.sampled_from(["approver", "senior_approver", "committee"])
LOANS = st.sampled_from(["L1", "L2"])
FEN = st.integers(1, 3_000_000) | st.sampled_from([2_000_000, 2_000_001, 5_000_000, 5_000_001])


def limit_of(name: str, action: str, on: date) -> Money:
    """The most that somebody may approve in their own right, read from the rules without the code under test."""
    rule = RULE_OF[action]
    roles = ROLES.get(name, set()) & {"approver", "senior_approver", "committee"}
    found = [Money.yuan(BOOK.value(f"{rule}.{role}", on=on).decimal) for role in roles]
    return max(found, default=Money(0))


class Desk(RuleBasedStateMachine):
    """Colleagues ask, decide, lend, wait and carry out, honestly or not."""

    requests = Bundle("requests")
    made: Path

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = self.open.enter_context(tempfile.TemporaryDirectory())
        self.store = self.open.enter_context(copied(self.made, Path(folder) / "books.db"))
        self.now: datetime = NOON
        self.lent: list[Delegation] = []
        self.revoked: dict[int, date] = {}

    def teardown(self) -> None:
        with self.store.reading() as tx:
            assert tx.journal.verify().whole
        self.open.close()

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    @rule(target=requests, by=NAMES, loan=LOANS, kind=st.sampled_from("wpos"), fen=FEN)
    def ask(self, by, loan, kind, fen):
        proposal = {
            "w": propose_waiver(Balances(interest=Money(fen))),
            "p": propose_waiver(Balances(principal=Money(fen))),
            "o": propose_write_off(Money(fen)),
            "s": propose_sale("Buyer", Money(fen)),
        }[kind]
        answer = approving.request(
            self.store, approving.Wish.on_loan(loan, proposal, "why"), by=by, at=self.tick()
        )
        assert isinstance(answer, Denied) == (
            not ROLES.get(by, set()) & {"officer", "approver", "senior_approver"}
        )
        return multiple() if isinstance(answer, Denied) else answer.number

    @rule(number=requests, by=NAMES, back=st.booleans())
    def grant(self, number, by, back):
        at = self.now - timedelta(minutes=2) if back else self.tick()
        approving.grant(self.store, number, by=by, at=at, authority="rules § 4", reason="seen")

    @rule(number=requests, by=NAMES)
    def deny(self, number, by):
        approving.deny(self.store, number, by=by, at=self.tick(), reason="no")

    @rule(number=requests, by=NAMES)
    def withdraw(self, number, by):
        approving.withdraw(self.store, number, by=by, at=self.tick(), reason="mistake")

    @rule(
        giver=NAMES,
        taker=NAMES,
        role=st.sampled_from(["approver", "senior_approver", "committee"]),
        days=st.integers(0, 40),
    )
    def lend(self, giver, taker, role, days):
        on = day_of(self.now)
        made = approving.delegate(
            self.store, Delegation(giver, taker, role, on, on + timedelta(days=days)), at=self.tick()
        )
        if isinstance(made, Delegation):
            self.lent.append(made)

    @rule(by=NAMES, place=st.integers(0, 5))
    def revoke(self, by, place):
        if self.lent:
            one = self.lent[place % len(self.lent)]
            if isinstance(approving.revoke(self.store, one.number, by=by, at=self.tick()), Delegation):
                self.revoked[one.number] = day_of(self.now)

    @rule(days=st.sampled_from([1, 5, 16, 31]))
    def wait(self, days):
        self.now += timedelta(days=days)

    @rule()
    def expire(self):
        approving.expire(self.store, by="night", at=self.tick())

    @rule(number=requests, by=NAMES)
    def carry_out(self, number, by):
        with self.store.reading() as tx:
            before = tx.of(ApprovalRequest).get(number)
        answer = carry_out(self.store, number, by=by, at=self.tick())
        if isinstance(answer, Done):
            assert before.state is RequestState.APPROVED
            assert day_of(self.now) <= before.until

    @rule(number=requests, loan=LOANS, fen=FEN)
    def book_with_a_borrowed_approval(self, number, loan, fen):
        """The ledger itself is given an approval for something else; nothing is written, it only must refuse."""
        with self.store.reading() as tx:
            found = tx.of(ApprovalRequest).get(number)
            account = Account(loan, MoneyRules.of(BOOK), tx.events.of(loan))
        on = max(day_of(self.now), account.events[-1].booked_on)
        command = c.Sell("Other", Money(fen), approval_of(found))
        answer = account.book(command, key="forged", value_on=on, booked_on=on)
        undecided = found.decided_by == ""
        if undecided or found.action != "sell" or found.subject != loan or Money(fen) > found.amount:
            assert isinstance(answer, Refused)

    @invariant()
    def every_event_stands_on_a_grant_by_another_within_limits(self):
        with self.store.reading() as tx:
            events = [event for _, history in tx.events.all() for event in history]
            shelf = tx.of(ApprovalRequest)
            used = {one.reference: one for one in shelf.find(state=RequestState.USED)}
        resting = [event for event in events if getattr(event.what, "approval", None)]
        assert len(resting) == len(used)
        for event in resting:
            approval = event.what.approval
            found = used[approval.reference]
            assert found.used_by == f"{event.loan_id}/{event.key}"
            assert found.subject == event.loan_id
            assert found.asked_by not in (found.decided_by, found.on_behalf_of)
            assert found.asked_at <= found.decided_at
            on = day_of(found.decided_at)
            assert on <= event.booked_on <= found.until
            assert found.authority
            if found.on_behalf_of:
                assert any(
                    (one.giver, one.taker) == (found.on_behalf_of, found.decided_by)
                    and one.since <= on <= one.until
                    and on <= self.revoked.get(one.number, on)
                    for one in self.lent
                )
            decider = found.on_behalf_of or found.decided_by
            assert found.amount <= limit_of(decider, found.action, on)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = make_store(tmp_path_factory.mktemp("made") / "books.db")
    with copied(path, path.with_name("filled.db")) as store:
        fill(store, [opened(1, principal=4_000_000, interest=3_000_000), opened(2)])
    return path.with_name("filled.db")


def test_no_sequence_of_acts_lets_an_event_through_without_a_valid_grant(made):
    Desk.made = made
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
