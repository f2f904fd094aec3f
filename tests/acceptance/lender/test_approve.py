"""``postloan approve`` from the asking to the booking, with every refusal in one clear line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest


def test_a_waiver_is_asked_for_approved_by_another_and_booked(postloan, lender):
    asked = postloan(
        "approve", "request", "waive", "L1", "--interest", "100", "--reason", "hardship", "--db", lender,
        "--by", "olga", "--json",
    )  # fmt: skip
    number = asked.json()["number"]
    listed = postloan("approve", "list", "--db", lender)
    assert "hardship" in listed.out
    grant = ("approve", "grant", number, "--authority", "rules § 4", "--reason", "seen", "--db", lender)
    own = postloan(*grant, "--by", "olga")
    assert own.code == 1
    assert "somebody else decides" in own.out
    assert "HS-APR-01" in own.out
    done = postloan(*grant, "--by", "ann")
    assert done.code == 0
    assert "AP-" in done.out
    booked = postloan("approve", "do", number, "--db", lender, "--by", "olga")
    assert booked.code == 0
    assert "waived" in booked.out
    twice = postloan("approve", "do", number, "--db", lender, "--by", "olga", "--lang", "zh")
    assert twice.code == 1
    assert "未获批准" in twice.out
    assert postloan("journal", "verify", "--db", lender).code == 0


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("restructure", "L2", "--first-due", "2030-01-01", "--rate", "0.06"), "restructure"),
        (("write_off", "L2"), "write_off"),
        (("sell", "L2", "--buyer", "甲资产", "--price", "4,500.00"), "sell"),
        (("reserve_price", "P-7", "--amount", "900000"), "reserve_price"),
        (("publish_rules", "book 12"), "publish_rules"),
    ],
)
def test_every_kind_of_request_is_taken(postloan, lender, arguments, word):
    asked = postloan(
        "approve", "request", *arguments, "--reason", "why", "--db", lender, "--by", "olga", "--json"
    )
    assert asked.code == 0, asked.out + asked.err
    assert asked.json()["action"] == word


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("waive", "L9", "--interest", "1"), "There is no loan 'L9'"),
        (("waive", "L1"), "not above zero"),
        (("waive", "L1", "--interest", "9999999"), "Nobody may approve 9,999,999.00"),
        (("give_away", "L1", "--amount", "1"), "nothing that is approved"),
    ],
)
def test_a_request_out_of_order_is_refused_with_the_reason(postloan, lender, arguments, word):
    said = postloan("approve", "request", *arguments, "--reason", "why", "--db", lender, "--by", "olga")
    assert said.code == 1
    assert word in said.out
    asked = postloan(
        "approve", "request", *arguments, "--reason", "why", "--db", lender, "--by", "olga", "--json"
    )
    assert json.loads(asked.out)["denied"][0]["zh"]


def test_what_is_missing_is_named(postloan, lender):
    said = postloan("approve", "request", "sell", "L1", "--reason", "x", "--db", lender, "--by", "olga")
    assert said.code == 2
    assert "--buyer and --price" in said.err


def test_a_right_is_lent_and_requests_are_taken_back_refused_and_lapse(postloan, lender, today):
    lent = postloan(
        "approve", "delegate", "ann", "senior_approver", "--until", today.isoformat(), "--reason", "leave",
        "--db", lender, "--by", "bo",
    )  # fmt: skip
    assert lent.code == 0, lent.out
    too_much = postloan(
        "approve", "delegate", "ann", "committee", "--until", today.isoformat(), "--reason", "leave", "--db", lender,
        "--by", "bo",
    )  # fmt: skip
    assert too_much.code == 1
    numbers = [
        postloan(
            "approve", "request", "waive", "L1", "--interest", "1", "--reason", "x", "--db", lender,
            "--by", "olga", "--json",
        ).json()["number"]
        for _ in range(2)
    ]  # fmt: skip
    assert postloan("approve", "deny", numbers[0], "--reason", "no", "--db", lender, "--by", "ann").code == 0
    assert (
        postloan("approve", "withdraw", numbers[1], "--reason", "no", "--db", lender, "--by", "olga").code
        == 0
    )
    assert "0 lapsed" in postloan("approve", "expire", "--db", lender).out
    assert "refused" in postloan("approve", "list", "--state", "all", "--db", lender).out
    assert postloan("approve", "list", "--state", "odd", "--db", lender).code == 2


def test_who_has_a_password_is_asked_for_it(postloan, lender, monkeypatch):
    from argon2 import PasswordHasher
    from lender import COLLEAGUES
    from record_samples import KEY

    from postloan.adapters.records import open_store
    from postloan.kernel.journal import Note
    from postloan.ledger.store_people import User

    store = open_store(str(lender), environ=KEY)
    with store.writing(actor="admin", ground="set-up", at=datetime.now(UTC)) as tx:
        ann = tx.of(User).get(COLLEAGUES[1].name)
        tx.of(User).change(replace(ann, password=PasswordHasher().hash("a long and right one")))
        tx.note(Note("test.password"))
    store.close()
    ask = ("approve", "request", "waive", "L1", "--interest", "1", "--reason", "x", "--db", lender, "--by")
    number = postloan(*ask, "olga", "--json").json()["number"]
    grant = ("approve", "grant", number, "--authority", "§ 4", "--reason", "x", "--db", lender, "--by", "ann")
    silent = postloan(*grant)
    assert (silent.code, len(silent.lines)) == (2, 1)
    assert "POSTLOAN_PASSWORD" in silent.err
    monkeypatch.setenv("POSTLOAN_PASSWORD", "wrong")
    assert "do not go together" in postloan(*grant).err
    for _ in range(4):
        postloan(*grant)
    monkeypatch.setenv("POSTLOAN_PASSWORD", "a long and right one")
    assert postloan(*grant).code == 2, "the account rests after five wrong passwords"
    store = open_store(str(lender), environ=KEY)
    with store.writing(actor="admin", ground="set-up", at=datetime.now(UTC)) as tx:
        tx.of(User).change(replace(tx.of(User).get("ann"), failed=0, locked_until=None))
        tx.note(Note("test.unlocked"))
    store.close()
    assert postloan(*grant).code == 0
