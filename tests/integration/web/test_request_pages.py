"""Asking on a page, deciding by another, carrying out once; a right lent with an end, and never for one's own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from web_store import TODAY, Pages

from postloan.ledger.store_records import ApprovalRequest, Delegation, RequestState

WAIVER = {
    "loan": "L-1",
    "action": "waive",
    "penalty": "200.00",
    "compound": "3.50",
    "reason": "Pays at once.",
}
YES = {"what": "approve", "reason": "Right.", "authority": "Resolution 12", "sure": "yes"}


def _as(pages: Pages, name: str) -> Pages:
    other = Pages(pages.house, pages.clock)
    other.sign_in(name)
    other.get("/password?lang=en")
    return other


def _request(pages: Pages, number: int) -> ApprovalRequest:
    with pages.house.records.reading() as tx:
        return tx.of(ApprovalRequest).get(number)


def _ask(pages: Pages, **form: str) -> int:
    answer = pages.post("/requests/new", {"what": "ask", **form})
    assert answer.status_code == 303, re.findall(r"<li>(.*?)</li>", answer.text)
    return int(answer.headers["location"].rpartition("/")[2])


def test_a_waiver_is_worked_out_asked_for_decided_and_booked(pages: Pages) -> None:
    officer = _as(pages, "officer")
    assert "/requests/new?loan=L-1" in officer.get("/loans/L-1").text
    look = officer.post("/requests/new", {**WAIVER, "what": "look"}).text
    assert "What it would do today" in look
    assert "-200.00" in look
    assert 'value="200.00"' in look
    number = _ask(officer, **WAIVER)
    asked = _request(pages, number)
    assert (asked.action, str(asked.amount), asked.asked_by) == ("waive", "203.50", "officer")
    assert "You asked for this; somebody else decides." in officer.get(f"/approvals/{number}").text
    refused = officer.post(f"/approvals/{number}", YES)
    assert "so somebody else decides" in refused.text
    checker = _as(pages, "approver")
    html = checker.get(f"/approvals/{number}").text
    assert "I have looked at the figures and approve: Waiver of 203.50 yuan: L-1." in html
    assert "To be decided by 2026-03-17 (in 15 days), or it lapses." in html
    assert checker.post(f"/approvals/{number}", YES).status_code == 303
    page = officer.get(f"/approvals/{number}").text
    assert "May be carried out until 2026-04-01" in page
    book = {"what": "carry_out"}
    assert officer.post(f"/approvals/{number}", book).status_code == 400
    officer.get(f"/approvals/{number}")
    assert checker.post(f"/approvals/{number}", {**book, "sure": "yes"}).status_code == 403
    assert officer.post(f"/approvals/{number}", {**book, "sure": "yes"}).status_code == 303
    assert _request(pages, number).state is RequestState.USED
    assert "AP-2026" in officer.get("/loans/L-1").text
    assert officer.post(f"/approvals/{number}", {**book, "sure": "yes"}).status_code == 409


def test_principal_is_an_act_of_its_own_and_its_authority_reaches_the_checker(pages: Pages) -> None:
    officer = _as(pages, "officer")
    number = _ask(officer, **{**WAIVER, "principal": "1,000", "authority": "Board resolution 7"})
    asked = _request(pages, number)
    assert asked.action == "waive_principal"
    assert asked.facts["authority"] == "Board resolution 7"
    html = _as(pages, "auditor").get(f"/approvals/{number}").text
    assert "Board resolution 7" in html
    assert "Waiver of principal" in html


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"action": "waive", "penalty": "-5"}, "below zero"),
        ({"action": "waive", "penalty": "abc"}, "abc"),
        ({"action": "waive"}, "No amount is named"),
        ({"action": "waive", "penalty": "5", "reason": ""}, "No reason is given"),
        ({"action": "waive", "penalty": "5", "until": "2026-05-30"}, "waits 15 days at most"),
        ({"action": "sell", "price": "100"}, "lacks the facts"),
        ({"action": "restructure", "first_due": "2026-04-10", "rate": "120"}, "not a yearly rate"),
        (
            {"action": "restructure", "first_due": "2026-04-10", "instalments": "0"},
            "not a number of instalments",
        ),
        ({"action": "restructure"}, "lacks the facts"),
        ({"action": "nonsense"}, "nothing that is approved"),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_nothing_waits(looking: Pages, form: dict, said: str) -> None:
    looking.sign_in("officer")
    looking.get("/requests/new?loan=L-1&lang=en")
    answer = looking.post("/requests/new", {"loan": "L-1", "reason": "So.", "what": "ask", **form})
    assert answer.status_code in (400, 409)
    assert said in answer.text
    with looking.house.records.reading() as tx:
        assert tx.of(ApprovalRequest).count() == 2


def test_an_act_that_the_ledger_would_refuse_is_said_beforehand(looking: Pages) -> None:
    looking.sign_in("officer")
    looking.get("/requests/new?loan=L-1&lang=en")
    form = {"loan": "L-1", "action": "waive", "penalty": "90000", "reason": "So.", "what": "look"}
    assert "The ledger would not book it today" in looking.post("/requests/new", form).text


@pytest.mark.parametrize(
    ("form", "action", "amount"),
    [
        ({"loan": "L-2", "action": "write_off"}, "write_off", None),
        ({"loan": "L-2", "action": "sell", "buyer": "甲公司", "price": "8,000"}, "sell", "8,000.00"),
        (
            {
                "loan": "L-2",
                "action": "restructure",
                "rate": "10.5",
                "first_due": "2026-04-10",
                "instalments": "24",
            },
            "restructure",
            None,
        ),
        ({"action": "reserve_price", "subject": "P-1", "amount": "50000"}, "reserve_price", "50,000.00"),
        ({"action": "publish_template", "subject": "letter-3"}, "publish_template", None),
    ],
)
def test_every_act_can_be_asked_for(pages: Pages, form: dict, action: str, amount: str | None) -> None:
    officer = _as(pages, "officer")
    number = _ask(officer, reason="So.", **form)
    asked = _request(pages, number)
    assert asked.action == action
    assert amount is None or str(asked.amount) == amount
    assert officer.get(f"/approvals/{number}").status_code == 200


def test_a_right_is_lent_with_an_end_used_and_taken_back(pages: Pages) -> None:
    approver = _as(pages, "approver")
    form = {
        "what": "lend", "taker": "collector", "role": "approver", "since": TODAY.isoformat(),
        "until": (TODAY + timedelta(days=5)).isoformat(), "reason": "On leave.",
    }  # fmt: skip
    assert approver.post("/lending", form).status_code == 303
    assert "2026-03-07" in approver.get("/lending").text
    taker = _as(pages, "collector")
    assert "Lent to you: approver of approver, until 2026-03-07." in taker.get("/approvals").text
    assert 'value="approve"' in taker.get("/approvals/1").text
    assert taker.post("/approvals/1", YES).status_code == 303
    assert _request(pages, 1).on_behalf_of == "approver"
    with pages.house.records.reading() as tx:
        number = next(iter(tx.of(Delegation).find())).number
    assert taker.post("/lending", {"what": "end", "number": str(number)}).status_code == 403
    assert approver.post("/lending", {"what": "end", "number": str(number)}).status_code == 303
    assert 'value="approve"' not in taker.get("/approvals/2").text
    assert approver.post("/lending", {"what": "end", "number": str(number)}).status_code == 409


def test_nobody_decides_their_own_request_through_a_right_that_they_lent(pages: Pages) -> None:
    approver = _as(pages, "approver")
    number = _ask(approver, **WAIVER)
    form = {
        "what": "lend", "taker": "officer", "role": "approver", "since": TODAY.isoformat(),
        "until": (TODAY + timedelta(days=5)).isoformat(), "reason": "On leave.",
    }  # fmt: skip
    approver.post("/lending", form)
    answer = _as(pages, "officer").post(f"/approvals/{number}", YES)
    assert answer.status_code == 409
    assert "stead" in answer.text
    assert _request(pages, number).state is RequestState.WAITING


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": (TODAY + timedelta(days=90)).isoformat()}, "lasts 30 days at most"),
        ({"until": (TODAY - timedelta(days=1)).isoformat()}, "would end on"),
        ({"since": (TODAY - timedelta(days=1)).isoformat()}, "begins today at the earliest"),
        ({"taker": "auditor"}, "no active user"),
        ({"taker": "administrator"}, "no active user"),
        ({"taker": "nobody"}, "no active user"),
        ({"role": "committee"}, "does not hold the role"),
        ({"until": "some day"}, "some day"),
    ],
)
def test_a_right_that_may_not_be_lent_is_said_to_be_so(looking: Pages, change: dict, said: str) -> None:
    looking.sign_in("approver")
    looking.get("/lending?lang=en")
    form = {
        "what": "lend", "taker": "officer", "role": "approver", "since": TODAY.isoformat(),
        "until": (TODAY + timedelta(days=5)).isoformat(), "reason": "On leave.", **change,
    }  # fmt: skip
    answer = looking.post("/lending", form)
    assert answer.status_code in (400, 409)
    assert said in answer.text
