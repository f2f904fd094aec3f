"""A new key: everything personal is encrypted under it, whatever stops the change on its way."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import closing
from pathlib import Path

import pytest
from key_killed import change
from record_samples import BY, DAY, FILE, KEY, NOTED, NOW, OTHER_KEY, loan, opened

from postloan.adapters.records import Store, WrongKey, open_store
from postloan.adapters.records.keys import KeyChanged, KeyChanging, NewKeyFileNeeded
from postloan.adapters.records.rotating import rotate_key
from postloan.kernel import Money, Personal
from postloan.ledger import store_records as r
from postloan.ledger.store_people import Contact, Person

COUNT = 60


def name(number: int) -> str:
    return f"测试甲{number:03d}"


@pytest.fixture
def peopled(store: Store) -> Store:
    with store.writing(**BY) as tx:
        tx.people.add_all(
            [
                Person(f"B{n:03d}", Personal(name(n)), Personal(f"11010119900101{n:04d}"))
                for n in range(COUNT)
            ],
            [Contact(f"B{n:03d}", "phone", Personal(f"1380000{n:04d}")) for n in range(COUNT)],
        )
        tx.loans.add(loan(1))
        tx.events.append([opened(1)])
        tx.of(r.PaymentFile).add(FILE)
        tx.of(r.IncomingPayment).add_all(
            r.IncomingPayment(FILE.sha256, n, DAY, Money(n), f"R{n}", payer=Personal(name(n)), remark=Personal("还"))
            for n in range(1, COUNT)
        )  # fmt: skip
        tx.note(NOTED)
    return store


def changed(address: str, new_file: Path, **more):
    given = {
        "actor": "li",
        "at": NOW,
        "environ": KEY,
        "tell": lambda en, zh: None,
        "wait_s": 10.0,
        "chunk": 7,
    }
    return rotate_key(address, new_file, **{**given, **more})


def hold_together(address: str, key_file: Path) -> None:
    with closing(open_store(address, environ={"POSTLOAN_KEY_FILE": str(key_file)})) as store:
        with store.writing(**BY) as tx:
            for n in range(COUNT):
                assert tx.people.reveal(f"B{n:03d}", purpose="test").name == Personal(name(n))
                assert tx.people.with_contact(Personal(f"1380000{n:04d}")) == (f"B{n:03d}",)
            assert tx.people.named(Personal(name(7))) == ("B007",)
            payment = next(tx.of(r.IncomingPayment).find(reference="R7"))
            assert tx.reveal(payment, purpose="test").payer == Personal(name(7))
        with store.reading() as tx:
            assert tx.journal.verify().whole


def test_everything_personal_is_read_and_found_under_the_new_key_and_no_longer_under_the_old(
    peopled: Store, address: str, tmp_path: Path
):
    key = tmp_path / "new.key"
    assert changed(address, key).rows == COUNT * 3 - 1
    hold_together(address, key)
    with pytest.raises(WrongKey):
        open_store(address, environ=KEY)
    assert changed(address, key).again


def test_a_program_that_was_running_notices_at_its_next_write(peopled: Store, address: str, tmp_path: Path):
    changed(address, tmp_path / "new.key")
    with pytest.raises(KeyChanged), peopled.writing(**BY) as tx:
        tx.note(NOTED)


def test_whoever_has_not_the_present_key_does_not_change_it(peopled: Store, address: str, tmp_path: Path):
    with pytest.raises(WrongKey):
        changed(address, tmp_path / "new.key", environ=OTHER_KEY)
    with closing(open_store(address, environ=KEY)) as store, store.reading() as tx:
        assert tx.people.named(Personal(name(1))) == ("B001",)


def test_a_change_that_is_killed_goes_on_and_the_store_opens_for_nobody_meanwhile(
    peopled: Store, address: str, tmp_path: Path
):
    peopled.close()
    key = tmp_path / "new.key"
    context = multiprocessing.get_context("spawn")
    stopped = 0
    for wait in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4):
        here, there = context.Pipe()
        process = context.Process(target=change, args=(address, str(key), there))
        process.start()
        there.close()
        assert here.poll(30)
        time.sleep(wait)
        process.kill()
        process.join(30)
        try:
            open_store(address, environ=KEY).close()
        except KeyChanging:
            stopped += 1
        except WrongKey:
            break
    done = changed(address, key)
    assert done.again or stopped >= 1 or done.rows == COUNT * 3 - 1
    hold_together(address, key)


def test_the_key_file_beside_a_store_is_replaced_and_the_old_one_kept(tmp_path: Path):
    db = tmp_path / "b.db"
    with closing(open_store(str(db), create=True, environ={})) as store, store.writing(**BY) as tx:
        tx.people.add_all([Person("B1", Personal("测试"))])
        tx.note(NOTED)
    old = (tmp_path / "b.db.key").read_text()
    rotate_key(str(db), None, actor="li", at=NOW, environ={}, tell=lambda en, zh: None)
    assert (tmp_path / "b.db.key.old").read_text() == old != (tmp_path / "b.db.key").read_text()
    # killed between the two renames: the next call only finishes them
    (tmp_path / "b.db.key").rename(tmp_path / "b.db.key.next")
    assert rotate_key(str(db), None, actor="li", at=NOW, environ={}, tell=lambda en, zh: None).again
    with closing(open_store(str(db), environ={})) as store, store.reading() as tx:
        assert tx.people.masked("B1").name == "测●"
    with pytest.raises(NewKeyFileNeeded):
        rotate_key(str(db), None, actor="li", at=NOW, environ=KEY, tell=lambda en, zh: None)


def test_whoever_writes_under_the_old_key_is_waited_for(peopled: Store, address: str, tmp_path: Path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        with peopled.writing(**BY) as tx:
            changing = pool.submit(changed, address, tmp_path / "new.key")
            time.sleep(0.3)
            assert not changing.done()
            tx.people.add_all([Person("A000", Personal("先到甲"))])  # sorts before all the others
            tx.note(NOTED)
        changing.result(timeout=60)
    given = {"POSTLOAN_KEY_FILE": str(tmp_path / "new.key")}
    with closing(open_store(address, environ=given)) as store, store.reading() as tx:
        assert tx.people.masked("A000").name == "先●●"
