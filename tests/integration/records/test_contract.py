"""What every store must do, judged alike on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from record_samples import BY, DAY, FILE, KEY, NOTED, NOW, ONE_OF_EACH, loan, opened, paid

from postloan.adapters.records import BrokenReference, ClockWentBack, Store, open_store
from postloan.adapters.records.kinds import BY_RECORD
from postloan.kernel import Fault, Money
from postloan.kernel.journal import Note
from postloan.ledger import Balances
from postloan.ledger import store_records as r
from postloan.ledger.store import AlreadyThere, Between, ChangedMeanwhile, NoSuchRecord, Records
from postloan.ledger.store_people import Session


def test_the_store_fulfils_the_port(store: Store):
    records: Records = store
    with records.reading() as tx:
        assert tx.journal.head().no == 0


def test_one_of_each_kind_comes_back_as_it_went_in(store: Store):
    with store.writing(**BY) as tx:
        added = [tx.of(type(one)).add(one) for one in ONE_OF_EACH]
        tx.note(NOTED)
    assert {type(one) for one in added} == set(BY_RECORD)
    with store.reading() as tx:
        for one in added:
            kind = BY_RECORD[type(one)]
            found = tx.of(type(one)).get(*(getattr(one, name) for name in kind.key))
            for name in one.__dataclass_fields__:
                if name not in kind.masks:
                    assert getattr(found, name) == getattr(one, name), (type(one), name)


def test_many_records_of_a_kind_are_numbered_by_the_store(store: Store):
    promises = [r.Promise(f"L{i}", "B1", DAY, DAY + timedelta(i % 30), Money(i)) for i in range(1_000)]
    with store.writing(**BY) as tx:
        assert tx.of(r.Promise).add_all(promises) == 1_000
        first = tx.of(r.Promise).add(promises[0])
        tx.note(NOTED)
    with store.reading() as tx:
        numbers = [one.number for one in tx.of(r.Promise).find(order=["number"])]
    assert len(set(numbers)) == 1_001
    assert first.number == numbers[-1]


def test_only_the_fields_that_are_named_are_written(store: Store):
    with store.writing(**BY) as tx:
        tx.loans.add_all(loan(i) for i in range(300))
        tx.note(NOTED)
    with store.writing(**BY) as tx:
        read = list(tx.loans.find())
        changed = [replace(one, owed=Balances(Money(7)), seq=9, grade="loss") for one in read]
        assert tx.loans.change_all(changed, only=("owed", "seq")) == 300
        tx.note(NOTED)
    with store.reading() as tx:
        for before, after in zip(read, tx.loans.find(), strict=True):
            assert after == replace(before, owed=Balances(Money(7)), seq=9, version=before.version + 1)


def test_conditions_pick_records(store: Store):
    with store.writing(**BY) as tx:
        tx.loans.add_all(
            loan(i, overdue_since=DAY - timedelta(i) if i % 10 else None, grade=["loss", "doubtful"][i % 2])
            for i in range(1, 301)
        )
        tx.note(NOTED)
    with store.reading() as tx:

        def ids(**where: Any) -> list[int]:
            return sorted(int(one.loan_id[1:]) for one in tx.loans.find(**where))

        assert ids(contract_no="C-7") == [7]
        assert ids(overdue_since=Between(DAY - timedelta(12), DAY - timedelta(9))) == [9, 11, 12]
        assert ids(overdue_since=None) == list(range(10, 301, 10))
        assert len(ids(overdue_since=Between())) == 270
        assert ids(loan_id=["L3", "L5", "none"], grade="doubtful") == [3, 5]
        assert ids(loan_id=[]) == []
        assert ids(status=r.Status.CLOSED) == []
        assert ids(overdue_since=[DAY - timedelta(3)]) == [3]
        assert tx.loans.count(grade="loss") == 150
        ordered = [
            one.loan_id
            for one in tx.loans.find(order=["-overdue_since"], limit=2, offset=1, grade="doubtful")
        ]
        assert ordered == ["L3", "L5"]
        with pytest.raises(TypeError, match="no field"):
            tx.loans.count(color="red")


def test_a_list_of_any_length_is_one_condition(store: Store):
    with store.writing(**BY) as tx:
        tx.loans.add_all(loan(i) for i in range(1, 101))
        tx.note(NOTED)
    with store.reading() as tx:
        found = list(tx.loans.find(loan_id=[f"L{i}" for i in range(50_000)]))
    assert len(found) == 100


def test_a_tally_counts_and_sums(store: Store):
    with store.writing(**BY) as tx:
        tx.loans.add_all(loan(i, grade=["loss", "doubtful"][i % 2]) for i in range(1, 5))
        tx.note(NOTED)
    with store.reading() as tx:
        rows = tx.loans.tally(by=["status", "grade"], sums=["owed_principal", "owed_interest"])
    assert [(row.key, row.count, row.sums) for row in rows] == [
        ((r.Status.OPEN, "doubtful"), 2, (Money(20_004), Money(1_000))),
        ((r.Status.OPEN, "loss"), 2, (Money(20_006), Money(1_000))),
    ]


def test_a_record_is_changed_only_from_the_version_that_was_read(store: Store):
    with store.writing(**BY) as tx:
        tx.loans.add_all(loan(i) for i in range(1, 501))
        tx.note(NOTED)
    with store.reading() as tx:
        old = list(tx.loans.find())
    with store.writing(**BY) as tx:
        newer = tx.loans.change(replace(tx.loans.get("L1"), grade="normal"))
        assert newer.version == 1
        assert tx.loans.get("L1") == newer
        tx.note(NOTED)
    with pytest.raises(ChangedMeanwhile, match="L1"), store.writing(**BY) as tx:
        tx.loans.change_all(replace(one, grade="doubtful") for one in old)
    with pytest.raises(NoSuchRecord, match="L999"), store.writing(**BY) as tx:
        tx.loans.change(loan(999))
    with store.writing(**BY) as tx:
        assert (
            tx.loans.change_all(replace(one, grade="doubtful") for one in old if one.loan_id != "L1") == 499
        )
        tx.note(NOTED)
    with store.reading() as tx:
        assert tx.loans.count(grade="doubtful", version=1) == 499


def test_an_event_is_booked_once(store: Store):
    with store.writing(**BY) as tx:
        tx.loans.add(loan())
        tx.events.append([opened(), paid(1, 2, 100, "file:1")])
        tx.note(NOTED)
    for again in (paid(1, 3, 100, "file:1"), paid(1, 2, 100, "file:2")):
        with pytest.raises(AlreadyThere), store.writing(**BY) as tx:
            tx.events.append([again])
    with pytest.raises(BrokenReference), store.writing(**BY) as tx:
        tx.events.append([opened(77)])
    with store.reading() as tx:
        assert tx.events.of("L1") == [opened(), paid(1, 2, 100, "file:1")]
        assert tx.events.booked("L1", "file:1") == paid(1, 2, 100, "file:1")
        assert tx.events.booked("L1", "file:2") is None
        assert tx.events.of("L2") == []


def test_histories_are_streamed_in_the_order_of_loans(store: Store):
    with store.writing(**BY) as tx:
        tx.loans.add_all(loan(i) for i in range(1, 301))
        tx.events.append(event for i in range(1, 301) for event in (opened(i), paid(i, 2, i, f"f:{i}")))
        tx.note(NOTED)
    with store.reading() as tx:
        everything = list(tx.events.all())
        some = dict(tx.events.of_many(["L7", "L10", "L300", "none"]))
        assert tx.events.count() == 600
    assert [loan_id for loan_id, _ in everything] == sorted(f"L{i}" for i in range(1, 301))
    assert some == {f"L{i}": [opened(i), paid(i, 2, i, f"f:{i}")] for i in (7, 10, 300)}


def test_the_same_file_row_and_bank_reference_come_once(store: Store):
    first = r.IncomingPayment(FILE.sha256, 1, DAY, Money(100), "BANK-1")
    with store.writing(**BY) as tx:
        tx.of(r.PaymentFile).add(FILE)
        tx.of(r.IncomingPayment).add_all(
            [first, replace(first, row=2, reference=""), replace(first, row=3, reference="")]
        )
        tx.note(NOTED)
    for twice in (replace(first, reference=""), replace(first, row=4)):
        with pytest.raises(AlreadyThere), store.writing(**BY) as tx:
            tx.of(r.IncomingPayment).add(twice)
    with pytest.raises(AlreadyThere, match="payment_files"), store.writing(**BY) as tx:
        tx.of(r.PaymentFile).add(replace(FILE, name="another name.csv"))


def test_an_exception_undoes_everything(store: Store):
    def fail_late() -> None:
        with store.writing(**BY) as tx:
            tx.loans.add(loan())
            tx.events.append([opened()])
            tx.note(NOTED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    with store.reading() as tx:
        assert (tx.loans.count(), tx.events.count(), tx.journal.head().no) == (0, 0, 0)


def test_a_change_without_a_note_is_refused(store: Store):
    with pytest.raises(Fault, match="note"), store.writing(**BY) as tx:
        tx.loans.add(loan())
    with store.reading() as tx:
        assert tx.loans.count() == 0


def test_a_transaction_that_reads_writes_nothing(store: Store):
    with store.reading() as tx:
        with pytest.raises(TypeError, match="only reads"):
            tx.loans.add(loan())
        with pytest.raises(TypeError, match="only reads"):
            tx.note(NOTED)


def test_a_view_stays_as_it_was(store: Store):
    with store.reading() as before:
        assert before.loans.count() == 0
        with store.writing(**BY) as tx:
            tx.loans.add(loan())
            tx.note(NOTED)
        assert before.loans.count() == 0


def test_a_clock_that_went_back_is_refused(store: Store):
    with store.writing(**BY) as tx:
        tx.note(NOTED)
    with pytest.raises(ClockWentBack), store.writing(**{**BY, "at": NOW - timedelta(hours=1)}):
        pass
    with store.writing(**{**BY, "at": NOW - timedelta(minutes=2)}) as tx:
        tx.note(NOTED)
    with store.reading() as tx:
        assert [entry.at for entry in tx.journal.entries()] == [NOW, NOW]


def test_the_store_opens_again_with_all_that_was_written(store: Store, address: str):
    with store.writing(**BY) as tx:
        tx.loans.add(loan())
        tx.note(Note("book.opened"))
    store.close()
    again = open_store(address, environ=KEY)
    with again.reading() as tx:
        assert tx.loans.get("L1") == loan()
        assert tx.loans.look("L2") is None
        assert tx.journal.latest(1)[0].action == "book.opened"
    again.close()


def test_days_and_long_texts_are_kept_exactly(store: Store):
    odd = loan(contract_no="合同\t'\\N\" 😀\n" * 50, originated_on=date(1999, 12, 31), lost=Money(-(2**62)))
    with store.writing(**BY) as tx:
        tx.loans.add_all([replace(odd, loan_id=f"X{i}") for i in range(300)])
        tx.note(NOTED)
    with store.reading() as tx:
        assert tx.loans.get("X299") == replace(odd, loan_id="X299")


def test_only_what_comes_and_goes_is_forgotten(store: Store):
    day = timedelta(days=1)
    with store.writing(**BY) as tx:
        for name, until in (("old", NOW - day), ("new", NOW + day)):
            tx.of(Session).add(Session(name, "li", "token", NOW - 2 * day, until, NOW - day))
    with store.writing(**BY) as tx:
        assert tx.of(Session).forget(until=Between(None, NOW)) == 1
        with pytest.raises(TypeError):
            tx.of(Session).forget()
        with pytest.raises(TypeError):
            tx.of(r.Hold).forget(borrower_id="B-1")
    with store.reading() as tx:
        assert [one.token for one in tx.of(Session).find()] == ["new"]
