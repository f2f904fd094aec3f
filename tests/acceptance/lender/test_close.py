"""``postloan close``: a settled debt ends with its paper, and nobody is contacted about it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from record_samples import KEY

from postloan.adapters.records import open_store
from postloan.kernel import Money, Personal
from postloan.kernel.journal import Note
from postloan.ledger import Account, Booked, MoneyRules
from postloan.ledger import commands as c
from postloan.ledger.store_people import Person
from postloan.ledger.store_records import Hold, Promise, PromiseState
from postloan.rules import load_book


@pytest.fixture
def settled(lender, today):
    """The same store after L1 was paid in full, with 3 yuan too much."""
    store = open_store(str(lender), environ=KEY)
    with store.writing(actor="test", ground="set-up", at=datetime.now(UTC) - timedelta(minutes=30)) as tx:
        loan = tx.loans.get("L1")
        account = Account("L1", MoneyRules.of(load_book()), tx.events.of("L1"))
        whole = account.state(today).owed.total + Money(300)
        answer = account.book(c.Pay(whole), key="all", value_on=today, booked_on=today)
        assert isinstance(answer, Booked)
        tx.events.append([answer.event])
        tx.loans.change(loan.after(account.state(), answer.event.seq))
        tx.people.add_all([Person("B1", Personal("张小三"), Personal("110101199003070011"))])
        tx.of(Promise).add(Promise("L1", "B1", today, today, Money(100)))
        tx.note(Note("test.paid"))
    store.close()
    return lender


def test_a_settled_debt_is_closed_once_with_paper_hold_and_retention(postloan, settled, tmp_path, today):
    assert "1 settled" in postloan("close", "list", "--db", settled).out
    done = postloan("close", "loan", "L1", "--db", settled, "--out", tmp_path / "paper", "--json")
    assert done.code == 0, done.err
    plain = done.json()
    assert plain["owed_in_all"] == f"{float(plain['statement']['received']) - 3:.2f}"
    assert plain["closing"]["keep_until"] == f"{today.year + 5}{today.isoformat()[4:]}" or today.day == 29
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "paper" / "L1.pdf").pages)
    for word in ("贷款结清证明", "张小三", "结清对账单", "溢缴款 3.00 元"):
        assert word in text.replace("\n", ""), word
    masked = (tmp_path / "paper" / "L1.json").read_text(encoding="utf-8")
    assert "张小三" not in masked
    assert "张●●" in masked
    again = postloan("close", "loan", "L1", "--db", settled)
    assert "closed before" in again.out
    store = open_store(str(settled), environ=KEY)
    with store.reading() as tx:
        assert [(hold.kind, hold.until) for hold in tx.of(Hold).find(borrower_id="B1")] == [("closed", None)]
        assert [one.state for one in tx.of(Promise).find()] == [PromiseState.RELEASED]
        assert tx.journal.verify().whole
        assert any("reveal" in entry.action for entry in tx.journal.latest(9)), (
            "the name in clear is journalled"
        )
    store.close()


def test_the_bureau_is_told_once(postloan, settled):
    postloan("close", "loan", "L1", "--db", settled)
    first = postloan("close", "bureau", "--told", "--db", settled, "--json").json()
    assert [one["loan_id"] for one in first] == ["L1"]
    assert ["account_status", "settled"] in first[0]["changes"]
    assert postloan("close", "bureau", "--db", settled, "--json").json() == []


def test_a_debt_with_anything_owed_is_not_closed(postloan, lender):
    said = postloan("close", "loan", "L2", "--db", lender)
    assert (said.code, len(said.lines)) == (2, 1)
    assert "are owed" in said.err
    chinese = postloan("close", "loan", "L2", "--db", lender, "--lang", "zh")
    assert "尚未结清" in chinese.err


def test_a_closed_debt_is_opened_again_when_its_payment_bounces(postloan, settled, today):
    assert postloan("close", "reopen", "L1", "--db", settled).code == 2, "it was not closed"
    postloan("close", "loan", "L1", "--db", settled)
    assert "nothing is owed" in postloan("close", "reopen", "L1", "--db", settled).err
    store = open_store(str(settled), environ=KEY)
    with store.writing(actor="test", ground="bounced", at=datetime.now(UTC)) as tx:
        loan = tx.loans.get("L1")
        account = Account("L1", MoneyRules.of(load_book()), tx.events.of("L1"))
        answer = account.book(c.Reverse("all", "no funds"), key="back", value_on=today, booked_on=today)
        assert isinstance(answer, Booked)
        tx.events.append([answer.event])
        tx.loans.change(loan.after(account.state(), answer.event.seq))
        tx.note(Note("test.bounced"))
    store.close()
    assert postloan("close", "list", "--db", settled, "--json").json()["owed_again"] == ["L1"]
    assert postloan("close", "bureau", "--db", settled, "--json").json() == []
    assert postloan("close", "loan", "L1", "--db", settled).code == 2
    assert "1 holds released" in postloan("close", "reopen", "L1", "--db", settled).out


def test_a_debt_reported_as_settled_and_owed_again_is_put_right_at_the_bureau_once(postloan, settled, today):
    postloan("close", "loan", "L1", "--db", settled)
    postloan("close", "bureau", "--told", "--db", settled)
    store = open_store(str(settled), environ=KEY)
    with store.writing(actor="test", ground="bounced", at=datetime.now(UTC)) as tx:
        loan = tx.loans.get("L1")
        account = Account("L1", MoneyRules.of(load_book()), tx.events.of("L1"))
        answer = account.book(c.Reverse("all", "no funds"), key="back", value_on=today, booked_on=today)
        assert isinstance(answer, Booked)
        tx.events.append([answer.event])
        tx.loans.change(loan.after(account.state(), answer.event.seq))
        tx.note(Note("test.bounced"))
    owed = str(account.state(today).owed.total.as_yuan)
    store.close()
    (wrong,) = postloan("close", "bureau", "--told", "--db", settled, "--json").json()
    assert wrong["loan_id"] == "L1"
    changes = dict(map(tuple, wrong["changes"]))
    assert (changes["account_status"], changes["settled_on"], changes["balance"]) == ("open", "", owed)
    assert postloan("close", "bureau", "--db", settled, "--json").json() == []
