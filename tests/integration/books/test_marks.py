"""What becomes known of a debtor marks the person and stops contact, from the tape or by command, once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from lender import DAY, NOON, fill, opened
from night_book import CUTOFF, at, make_book, open_in

from postloan.bootstrap import records, tools
from postloan.kernel import Money, Personal
from postloan.ledger.marks import marks
from postloan.ledger.store import NoSuchRecord
from postloan.ledger.store_people import Person
from postloan.ledger.store_records import Closing, Hold, Promise
from postloan.workflows.erasing import StillKept, StillOwed, erase, export
from postloan.workflows.marking import BadPromise, NoReason, NotMarked, UnknownMark, clear, mark, promise
from postloan.workflows.run import RunOptions, Stage, run_tape

BY = {"on": DAY, "by": "li", "at": NOON, "reason": "certificate 7"}


@pytest.fixture
def peopled(store):
    fill(store, [opened(1), opened(2)])
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        from postloan.kernel.journal import Note

        tx.people.add_all([Person("B1", Personal("测试甲"), flags=("student",))])
        tx.note(Note("test.peopled"))
    return store


def holds(store, who="B1"):
    with store.reading() as tx:
        return [
            (one.kind, one.reason, one.released_on)
            for one in tx.of(Hold).find(borrower_id=who, order=("number",))
        ]


def journal(store, who="B1"):
    with store.reading() as tx:
        return [entry.action for entry in tx.journal.entries(subject=who)]


@pytest.mark.parametrize("kind", list(marks()))
def test_a_debtor_is_marked_and_contact_stops_whatever_becomes_known(peopled, kind):
    done = mark(peopled, "L1", kind, **BY)
    assert (done.borrower_id, done.new) == ("B1", True)
    assert set(done.flags) == {"student", marks()[kind].flag}
    assert holds(peopled) == [(marks()[kind].hold, marks()[kind].rule, None)]
    assert journal(peopled) == ["borrower.marked"]
    with peopled.writing(actor="test", ground="look", at=NOON) as tx:
        assert tx.people.reveal("B1", purpose="test").name == Personal("测试甲")


def test_the_same_again_changes_nothing(peopled):
    mark(peopled, "B1", "dispute", **BY)
    assert mark(peopled, "L1", "dispute", **BY).new is False
    assert len(holds(peopled)) == 1
    assert journal(peopled) == ["borrower.marked"]


def test_a_decided_dispute_no_longer_stops_contact_and_a_death_goes_on_doing_so(peopled):
    mark(peopled, "B1", "dispute", **BY)
    mark(peopled, "B1", "death", **BY)
    done = clear(peopled, "B1", "dispute", **{**BY, "reason": "decision 12"})
    assert set(done.flags) == {"student", "deceased"}
    assert holds(peopled) == [("dispute", "HS-FRZ-02", DAY), ("deceased", "CN-FRZ-05", None)]
    with pytest.raises(NotMarked):
        clear(peopled, "B1", "dispute", **BY)


def test_a_debtor_of_whom_nothing_else_is_known_is_marked_too(peopled):
    assert mark(peopled, "L2", "insolvency", **BY).flags == ("bankrupt",)


def test_what_cannot_be_marked_is_said_clearly(peopled):
    with pytest.raises(UnknownMark) as refused:
        mark(peopled, "B1", "deth", **BY)
    assert "death" in str(refused.value)
    with pytest.raises(NoReason):
        mark(peopled, "B1", "death", **{**BY, "reason": " "})
    with pytest.raises(NoSuchRecord):
        mark(peopled, "B99", "death", **BY)
    assert journal(peopled) == []


def test_a_promise_is_written_down_only_as_it_can_be_meant(peopled):
    made = promise(peopled, "L1", Money(5_000), DAY, on=DAY, by="li", at=NOON)
    with peopled.reading() as tx:
        assert tx.of(Promise).get(made.number) == made
    for amount, due in ((0, DAY), (-1, DAY), (10**9, DAY), (1, DAY - timedelta(days=1))):
        with pytest.raises(BadPromise):
            promise(peopled, "L1", Money(amount), due, on=DAY, by="li", at=NOON)


def test_personal_data_is_given_out_whole_and_erased_only_when_nothing_stands_in_the_way(store):
    fill(store, [opened(1, principal=0, interest=0, overdue_since=None), opened(2)])
    with store.writing(actor="test", ground="set-up", at=NOON) as tx:
        from postloan.kernel.journal import Note

        tx.people.add_all([Person("B1", Personal("测试甲")), Person("B2", Personal("测试乙"))])
        tx.of(Closing).add(Closing("L1", "B1", DAY, keep_until=DAY + timedelta(days=9)))
        tx.note(Note("test.peopled"))
    held = export(store, "B1", by="li", at=NOON, purpose="request 3")
    assert held["person"]["name"] == "测试甲"
    with pytest.raises(StillOwed, match="L2"):
        erase(store, "B2", **BY)
    with pytest.raises(StillKept):
        erase(store, "B1", **BY)
    later = {**BY, "on": DAY + timedelta(days=10)}
    assert erase(store, "L1", **later).fields == 1
    assert erase(store, "B1", **later).again


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A tape whose events tell of a death, a dispute and an insolvency, and one flag."""
    folder = tmp_path_factory.mktemp("told")
    tape, _ = make_book(folder)
    (tape / "events.parquet").unlink()
    (tape / "events.csv").write_text(
        "loan_id,kind,happened_on\nL00000001,死亡,2026-05-01\nL00000002,争议,2026-06-02\nL00000003,破产,2026-06-03\n"
        "L00000004,展期,2025-06-03\nL00000005,丧失行为能力,2026-06-05\nL00000006,诉前调解,2026-06-06\n",
        encoding="utf-8",
    )
    with tools() as ours:
        run_tape(RunOptions(tape, folder / "book2", date(2026, 7, 20), until=Stage.GRADE), ours)
    return tape, folder / "book2"


def test_the_events_of_a_tape_mark_its_borrowers_and_stop_contact(told, tmp_path):
    tape, book = told
    db = str(tmp_path / "books.db")
    assert open_in(db, tape, book).held >= 3
    assert open_in(db, tape, book).held == 0
    with records(db) as found, found.reading() as tx:
        seen = {}
        for number in range(1, 7):
            borrower = tx.loans.get(f"L{number:08d}").borrower_id
            seen[number] = {(one.kind, one.since) for one in tx.of(Hold).find(borrower_id=borrower)}
            asked = {1: "deceased", 2: "disputed", 3: "bankrupt", 5: "incapacitated", 6: "mediation"}
            expected = asked.get(number)
            assert expected is None or expected in tx.people.masked(borrower).flags
    assert ("deceased", date(2026, 5, 1)) in seen[1]
    assert ("dispute", date(2026, 6, 2)) in seen[2]
    assert ("insolvency", date(2026, 6, 3)) in seen[3]
    assert ("incapacity", date(2026, 6, 5)) in seen[5]
    assert ("mediation", date(2026, 6, 6)) in seen[6]


def test_what_was_decided_since_is_not_undone_by_opening_the_book_again(told, tmp_path):
    tape, book = told
    db = str(tmp_path / "books.db")
    open_in(db, tape, book)
    given = {"on": CUTOFF, "by": "li", "at": at(CUTOFF), "reason": "decision 12"}
    with records(db) as found:
        cleared = clear(found, "L00000002", "dispute", **given)
    assert "disputed" not in cleared.flags
    assert open_in(db, tape, book).held == 0
    with records(db) as found, found.reading() as tx:
        assert "disputed" not in tx.people.masked(cleared.borrower_id).flags
