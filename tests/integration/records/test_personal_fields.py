"""Personal fields are encrypted, looked up blindly, shown masked, revealed only into the journal, and erased."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from record_samples import BY, DAY, FILE, KEY, NOTED, OTHER_KEY, loan, opened

from postloan.adapters.records import KeyMissing, Store, WrongKey, open_store
from postloan.adapters.records.keys import BadKey, KeyExposed, Sealed
from postloan.kernel import Money, Personal
from postloan.ledger import store_records as r
from postloan.ledger.store import ChangedMeanwhile
from postloan.ledger.store_people import Contact, Person

NAME, NUMBER, PHONE = "欧阳测试", "110101199001011237", "13800001234"


@pytest.fixture
def peopled(store: Store) -> Store:
    with store.writing(**BY) as tx:
        tx.people.add_all(
            [
                Person(
                    "B1", Personal(NAME), Personal(NUMBER), employer=Personal("某某公司"), flags=("disputed",)
                ),
                Person("B2", Personal(NAME), Personal("11010119910202123x")),
                Person("B3"),
            ],
            [
                Contact("B1", "phone", Personal(PHONE)),
                Contact("B1", "address", Personal("广东省深圳市南山区科技园路一号二栋三零四室东门左侧")),
            ],
        )
        tx.loans.add(loan(1))
        tx.events.append([opened(1)])
        tx.of(r.PaymentFile).add(FILE)
        tx.of(r.IncomingPayment).add(
            r.IncomingPayment(
                FILE.sha256, 1, DAY, Money(100), loan_id="L1", payer=Personal(NAME), remark=Personal("代还")
            )
        )
        tx.note(NOTED)
    return store


def test_nothing_personal_stands_in_the_database_in_clear(peopled: Store, address: str, by_hand: Any):
    if "://" in address:
        rows = [
            by_hand(f"SELECT * FROM {table}")
            for table in ("people", "contacts", "incoming_payments", "journal")
        ]
        stored = repr(
            [[bytes(v) if isinstance(v, memoryview) else v for v in row] for t in rows for row in t]
        ).encode()
    else:
        stored = b"".join(path.read_bytes() for path in Path(address).parent.glob("books.db*"))
    for text in (NAME, NUMBER, PHONE, "某某公司", "代还", "科技园"):
        assert text.encode() not in stored
        assert text not in stored.decode(errors="replace")


def test_people_are_shown_masked(peopled: Store):
    with peopled.reading() as tx:
        shown = tx.people.masked("B1")
        payment = tx.of(r.IncomingPayment).get(1)
        assert set(tx.people.masked_many(["B1", "B3", "B9"])) == {"B1", "B3"}
    assert (shown.name, shown.id_number) == ("欧●●●", "110●●●●●●●●●●●●●37")
    assert shown.contacts == (("phone", "138●●●●●●34", "debtor"), ("address", "广东省深圳市●●●", "debtor"))
    assert payment.payer == Personal("欧●●●"), "what a reading gives is masked even when it is revealed"


def test_people_are_found_by_number_and_telephone_however_these_are_written(peopled: Store):
    with peopled.reading() as tx:
        assert tx.people.with_id_number(Personal("１１０１０１ 19900101 1237")) == ("B1",)
        assert tx.people.with_id_number(Personal("11010119910202123X")) == ("B2",)
        assert tx.people.with_contact(Personal("138-0000-1234")) == ("B1",)
        assert tx.people.named(Personal(NAME)) == ("B1", "B2")
        assert tx.people.named(Personal("")) == ()
        some = [Personal(NAME), Personal("无此人")]
        assert tx.people.index_of_names(some) == {some[0]: ("B1", "B2"), some[1]: ()}


def test_a_clear_view_names_its_purpose_in_the_journal(peopled: Store):
    with peopled.writing(**BY) as tx:
        person = tx.people.reveal("B1", purpose="call about hardship")
        phone, _ = tx.people.reveal_contacts("B1", purpose="call about hardship")
        payment = tx.reveal(tx.of(r.IncomingPayment).get(1), purpose="match payer")
    assert person.name == Personal(NAME)
    assert phone.value == Personal(PHONE)
    assert payment.payer == Personal(NAME)
    with peopled.reading() as tx:
        entries = list(tx.journal.entries(after=2))
        with pytest.raises(TypeError, match="only reads"):
            tx.people.reveal("B1", purpose="look")
    assert [(e.action, e.subject) for e in entries] == [
        ("person.revealed", "B1"), ("contacts.revealed", "B1"), ("incoming_payments.revealed", "1"),
    ]  # fmt: skip
    assert json.loads(entries[0].details) == {"purpose": "call about hardship"}
    with pytest.raises(ValueError, match="purpose"), peopled.writing(**BY) as tx:
        tx.people.reveal("B1", purpose=" ")


def test_a_change_leaves_personal_fields_alone(peopled: Store):
    with peopled.writing(**BY) as tx:
        tx.of(Person).change(replace(tx.of(Person).get("B1"), flags=("complaint",)))
        tx.note(NOTED)
    with peopled.writing(**BY) as tx:
        person = tx.people.reveal("B1", purpose="test")
        assert (person.name, person.flags) == (Personal(NAME), ("complaint",))
        tx.people.correct(replace(person, name=Personal("欧阳更正")))
    with peopled.reading() as tx:
        assert tx.people.named(Personal("欧阳更正")) == ("B1",)
        assert tx.people.named(Personal(NAME)) == ("B2",)
    with pytest.raises(ChangedMeanwhile), peopled.writing(**BY) as tx:
        tx.people.correct(person)


def test_a_person_gets_all_that_is_held(peopled: Store):
    with peopled.writing(**BY) as tx:
        held = tx.people.export("B1", purpose="request of the person")
    json.dumps(held)
    assert held["person"]["name"] == NAME
    assert held["contacts"][0]["value"] == PHONE
    assert held["loans"][0]["owed"]["principal"] == "100.01"
    assert held["incoming_payments"][0]["payer"] == NAME


def test_erasure_blanks_the_person_and_keeps_the_figures(peopled: Store, address: str):
    with peopled.writing(**BY) as tx:
        assert tx.people.erase("B1", on=DAY, reason="retention ended") == 7
    with peopled.writing(**BY) as tx:
        assert tx.people.reveal("B1", purpose="test").name == Personal("")
        assert tx.people.masked("B1").erased_on == DAY
        assert tx.people.named(Personal(NAME)) == ("B2",)
        assert tx.people.with_contact(Personal(PHONE)) == ()
        assert tx.loans.get("L1").owed.principal == Money(10_001)
        assert tx.of(r.IncomingPayment).get(1).amount == Money(100)
        assert tx.journal.verify().whole
        assert tx.journal.latest(1)[0].action == "person.erased"


def held(tx, row, payer, **more):
    payment = tx.of(r.IncomingPayment).add(
        r.IncomingPayment(
            FILE.sha256, row, DAY, Money(100), payer=Personal(payer), state=r.PaymentState.SUSPENDED, **more
        )
    )
    tx.of(r.Suspense).add(
        r.Suspense(payment.number, DAY, Money(100), "no_hint", ({"loan_id": "L1", "why": "x"},) if row == 5 else ())
    )  # fmt: skip


def test_erasure_reaches_money_in_suspense_that_is_the_persons_and_nobody_elses(peopled: Store):
    with peopled.writing(**BY) as tx:
        tx.people.correct(replace(tx.people.reveal("B2", purpose="test"), name=Personal("另有其人")))
        held(tx, 2, NAME)
        held(tx, 3, "亲属某", account=Personal(PHONE))
        held(tx, 4, "另有其人")
        held(tx, 5, "代付某")
        tx.note(NOTED)
    with peopled.writing(**BY) as tx:
        tx.people.erase("B1", on=DAY, reason="retention ended")
    with peopled.writing(**BY) as tx:
        found = list(tx.of(r.IncomingPayment).find(order=("row",)))
        payers = {one.row: tx.reveal(one, purpose="test").payer for one in found}
    assert payers == {
        1: Personal(""),
        2: Personal(""),
        3: Personal(""),
        4: Personal("另有其人"),
        5: Personal(""),
    }


def test_a_payer_in_suspense_whose_name_others_share_is_left_alone(peopled: Store):
    with peopled.writing(**BY) as tx:
        held(tx, 2, NAME)
        tx.note(NOTED)
    with peopled.writing(**BY) as tx:
        tx.people.erase("B1", on=DAY, reason="retention ended")
        payment = next(tx.of(r.IncomingPayment).find(row=2))
        assert tx.reveal(payment, purpose="test").payer == Personal(NAME)


def test_another_key_is_told_at_once(peopled: Store, address: str):
    with pytest.raises(WrongKey, match="POSTLOAN_KEY"):
        open_store(address, environ=OTHER_KEY)


def test_without_a_key_figures_are_read_and_people_are_not(peopled: Store, address: str):
    with closing(open_store(address, environ={})) as store, store.reading() as tx:
        assert tx.loans.count() == 1
        assert tx.journal.verify().whole
        with pytest.raises(KeyMissing):
            tx.people.masked("B1")
        with pytest.raises(KeyMissing):
            tx.people.named(Personal(NAME))


def test_a_value_moved_to_another_person_is_not_decrypted(peopled: Store, by_hand: Any):
    by_hand(
        "UPDATE people SET name = (SELECT name FROM people WHERE borrower_id = 'B1') WHERE borrower_id = 'B2'"
    )
    with peopled.reading() as tx, pytest.raises(Sealed, match="B2"):
        tx.people.masked("B2")


def test_a_new_store_gets_a_key_file_that_only_its_owner_reads(tmp_path: Path):
    said: list[tuple[str, str]] = []
    open_store(
        str(tmp_path / "b.db"), create=True, environ={}, tell=lambda en, zh: said.append((en, zh))
    ).close()
    key = tmp_path / "b.db.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert str(key) in said[0][0]
    assert "密钥" in said[0][1]
    open_store(str(tmp_path / "b.db"), create=True, environ={}).close()
    open_store(str(tmp_path / "b.db"), environ={"POSTLOAN_KEY": key.read_text()}).close()
    moved = key.rename(tmp_path / "elsewhere.key")
    open_store(str(tmp_path / "b.db"), environ={"POSTLOAN_KEY_FILE": str(moved)}).close()
    moved.chmod(0o644)
    if os.name == "posix":
        with pytest.raises(KeyExposed, match="chmod 600"):
            open_store(str(tmp_path / "b.db"), environ={"POSTLOAN_KEY_FILE": str(moved)})


@pytest.mark.parametrize("key", ["short", "c2hvcnQ=", "钥匙"])
def test_a_weak_key_is_refused(tmp_path: Path, key: str):
    with pytest.raises(BadKey):
        open_store(str(tmp_path / "b.db"), create=True, environ={**KEY, "POSTLOAN_KEY": key})
