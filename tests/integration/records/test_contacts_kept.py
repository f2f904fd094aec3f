"""What is sent is written down first, once, on both databases; a freeze counts from the transaction that records it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from postloan.decide.contact import ContactRules, Refusal
from postloan.decide.gate import BadPermit, Contact, Debtor, Notice, NoticeKind, NoticePermit, SendPermit
from postloan.decide.gate.kept import KeptAttempt, KeptPermit, KeptState
from postloan.rules import load_book
from postloan.workflows.contacting import (
    confirm,
    hand_over,
    learn,
    may_contact,
    permit_contact,
    permit_notice,
)

RULES = ContactRules(load_book(("cn", "house")))
KEY = b"a key of the tests"
NOON = datetime(2026, 6, 10, 4, 0, tzinfo=UTC)  # in Shanghai
KNOWN = {
    "dispute": "none", "complaint": "none", "plan": "none", "vulnerable": False, "deceased": "none",
    "balance": "1000.00", "ledger": "1000.00", "optout": [], "represented": False, "ptp_date": "none",
    "time_barred": False,
}  # fmt: skip
CALLER = {
    "actor": "lender", "agency": "none", "self_name": "lender", "from_number": "registered", "missing_slots": [],
    "claims": [], "recorder": "up", "collector_training_age_days": 30,
}  # fmt: skip
CALL = Contact("call", Debtor("B1", "p1"), None, "", CALLER)
PAPER = {
    **CALLER,
    "items_missing": [],
    "envelope_text": "收件人 收",
    "address_type": "own",
    "address_contested": False,
}
NOTICE = Notice(
    NoticeKind.LIMITATION, Debtor("B1", "a1"), "LIMITATION-1", "f00d", PAPER | {"address_outcomes": []}
)


def known(store, zone="Asia/Shanghai", **facts):
    learn(store, "B1", NOON - timedelta(hours=1), "li", zone=zone, **{**KNOWN, **facts})


def permitted(store, name, at=NOON):
    permit = permit_contact(store, CALL, at, "li", RULES, KEY, name)
    assert isinstance(permit, SendPermit), permit
    return permit


def test_a_permit_is_kept_and_used_once_and_the_journal_tells_it_all(store):
    known(store)
    permit = permitted(store, "n1")
    attempt = hand_over(store, permit, NOON + timedelta(minutes=1), "li", RULES, KEY)
    assert attempt.permit_id == "n1"
    with pytest.raises(BadPermit, match="used before"):
        hand_over(store, permit, NOON + timedelta(minutes=2), "li", RULES, KEY)
    confirm(store, "n1", NOON + timedelta(minutes=3), "li", connected=True)
    with store.reading() as tx:
        assert tx.of(KeptAttempt).get("n1").answered == "yes"
        kept = tx.of(KeptPermit).get("n1")
        assert (kept.act, kept.content["seal"], kept.content["point"]) == ("call", permit.seal, "p1")
        actions = [entry.action for entry in tx.journal.entries(subject="B1")]
        assert actions == ["contact.learnt", "contact.permitted", "contact.sent", "contact.answered"]
        assert tx.journal.verify().whole


def test_a_freeze_counts_from_the_transaction_that_records_it(store):
    known(store)
    permit = permitted(store, "n1")
    learn(store, "B1", NOON + timedelta(minutes=1), "chen", dispute="open")
    stopped = hand_over(store, permit, NOON + timedelta(minutes=2), "li", RULES, KEY)
    assert isinstance(stopped, Refusal)
    assert stopped.because == ("HS-FRZ-02",)
    with store.reading() as tx:
        assert tx.of(KeptAttempt).count() == 0
        assert next(iter(tx.journal.latest(1))).action == "contact.stopped"
    learn(store, "B1", NOON + timedelta(minutes=3), "chen", dispute="decided")
    assert hand_over(store, permit, NOON + timedelta(minutes=4), "li", RULES, KEY).act == "call"


def test_the_counters_are_one_for_all_who_call(store):
    known(store)
    for n in range(3):
        hand_over(
            store,
            permitted(store, f"n{n}", NOON + timedelta(hours=n)),
            NOON + timedelta(hours=n),
            "li",
            RULES,
            KEY,
        )
    refused = may_contact(store, CALL, NOON + timedelta(hours=4), RULES, KEY)
    assert isinstance(refused, Refusal)
    assert "CN-FREQ-01" in refused.because


def test_of_a_stranger_nothing_is_known_and_nothing_is_allowed(store):
    assert isinstance(may_contact(store, CALL, NOON, RULES, KEY), Refusal)


def test_the_hours_are_those_of_the_debtors_own_zone(store):
    known(store, zone="Asia/Urumqi")
    early = NOON.replace(hour=1)  # nine in Shanghai, seven in Urumqi
    refused = may_contact(store, CALL, early, RULES, KEY)
    assert isinstance(refused, Refusal)
    assert "CN-HOURS-01" in refused.because
    assert refused.earliest is not None
    assert refused.earliest.astimezone(UTC) == NOON.replace(hour=2)


def test_two_workers_with_one_permit_send_once(store):
    known(store)
    permit = permitted(store, "n1")

    def worker(_):
        try:
            return type(hand_over(store, permit, NOON + timedelta(minutes=1), "li", RULES, KEY)).__name__
        except BadPermit as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(worker, range(4)))
    assert told == ["Attempt", *["PermitSpent"] * 3]
    with store.reading() as tx:
        assert tx.of(KeptAttempt).count() == 1


def test_two_workers_with_two_permits_cannot_pass_a_cap_together(store):
    known(store)
    for n in range(2):
        hand_over(store, permitted(store, f"n{n}"), NOON, "li", RULES, KEY)
    permits = [permitted(store, f"m{n}") for n in range(4)]

    def worker(permit):
        return type(hand_over(store, permit, NOON + timedelta(minutes=1), "li", RULES, KEY)).__name__

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(worker, permits))
    assert told == ["Attempt", *["Refusal"] * 3]  # the third call of the day, and no fourth


def test_a_statutory_notice_goes_through_a_freeze_and_its_signer_is_kept(store):
    known(store, dispute="open")
    permit = permit_notice(store, NOTICE, NOON, "li", "barred on 2026-07-01", RULES, KEY, "n1")
    assert isinstance(permit, NoticePermit)
    assert hand_over(store, permit, NOON + timedelta(days=1), "post room", RULES, KEY).act == "letter"
    with store.reading() as tx:
        content = tx.of(KeptPermit).get("n1").content
        assert (content["signed_by"], content["ground"]) == ("li", "barred on 2026-07-01")
        assert "收件人" not in str(content)


def test_what_is_reported_of_a_number_and_who_refused_is_kept_for_good(store):
    known(store)
    learn(store, "B1", NOON, "li", point={"p1": "wrong_party"}, refused="c1")
    learn(store, "B1", NOON, "li", refused="c2", plan="broken")
    with store.reading() as tx:
        kept = tx.of(KeptState).get("B1")
    assert (dict(kept.points), kept.refused, kept.known["plan"]) == (
        {"p1": "wrong_party"},
        ("c1", "c2"),
        "broken",
    )
    assert "HS-WHO-13" in may_contact(store, CALL, NOON, RULES, KEY).because
