"""A stored event is read back exactly, or refused; nothing is guessed."""

from __future__ import annotations

import json

import pytest
from tests.unit.ledger.conftest import approval, balances, yuan

from postloan.ledger import as_json, events, from_json
from postloan.ledger import commands as c
from postloan.ledger.stored import BadEvent, _kinds


def test_every_kind_of_event_has_its_own_name():
    assert len(_kinds()) == len(events.PAST) == 19
    assert {"payment_received", "written_off", "bought_back", "accrued"} <= set(_kinds())


def test_an_event_with_terms_and_an_approval_survives_the_store(overdue):
    overdue.do(1, c.Waive(balances(principal=5), approval("waive", up_to=yuan(5))))
    for event in overdue.account.events:
        assert from_json(json.loads(json.dumps(as_json(event)))) == event


def damaged(event, **changes):
    stored = as_json(event)
    what = {**stored["what"], **changes.pop("what", {})}
    return {**stored, "what": what, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "payment_recieved"},
        {"value_on": "2025-02-30"},
        {"seq": "2"},
        {"what": {"amount": 10.5}},
        {"what": {"amount": "10"}},
        {"what": {"amount": True}},
        {"what": {"extra": 1}},
        {"what": {"designation": ["princpal"]}},
        {"what": {"payer": None}},
    ],
)
def test_a_damaged_event_is_refused(overdue, changes):
    paid = overdue.do(1, c.Pay(yuan(5))).event
    with pytest.raises(BadEvent, match="cannot be read"):
        from_json(damaged(paid, **changes))


def test_a_rate_that_cannot_be_held_is_refused(overdue):
    opened = overdue.account.events[0]
    terms = {**as_json(opened)["what"]["terms"], "annual_rate": "0.12345678"}
    with pytest.raises(BadEvent, match="BadRate"):
        from_json(damaged(opened, what={"terms": terms}))
