"""Nothing in the ledger or the journal is changed, left out or reordered without showing."""

from __future__ import annotations

from typing import Any

import pytest
from record_samples import BY, NOTED, loan, opened, paid

from postloan.adapters.records import Store
from postloan.kernel.journal import Broken, Head, Note

_EXTRA = (
    "INSERT INTO events SELECT loan_id, 3, 'extra', value_on, booked_on, name, schema, body, rule_book, grade, {batch} "
    "FROM events WHERE loan_id = 'L2' AND seq = 2"
)


@pytest.fixture
def filled(store: Store) -> Head:
    for i in range(1, 5):
        with store.writing(**BY) as tx:
            tx.loans.add(loan(i))
            tx.events.append([opened(i), paid(i, 2, 100, "f:1")])
            tx.note(Note("loan.opened", subject=f"L{i}"))
            tx.note(Note("payment.posted", subject=f"L{i}", reference="P-1", details={"amount": 100}))
    with store.reading() as tx:
        return tx.journal.head()


def found(store: Store, known: Head | None = None) -> set[tuple[int, Broken]]:
    with store.reading() as tx:
        return {(one.no, one.how) for one in tx.journal.verify(known=known).breaks}


@pytest.mark.parametrize("statement", [
    "UPDATE journal SET actor = 'x' WHERE no = 1", "DELETE FROM journal WHERE no = 1", "DELETE FROM events",
    "UPDATE events SET body = '{}'",
])  # fmt: skip
def test_the_database_itself_refuses_to_change_what_is_append_only(
    by_hand: Any, filled: Head, statement: str
):
    with pytest.raises(Exception, match="append-only"):
        by_hand(statement)


def test_a_journal_left_alone_holds(store: Store, filled: Head):
    with store.reading() as tx:
        verdict = tx.journal.verify(known=filled)
    assert verdict.whole
    assert verdict.entries == 12
    assert verdict.head == filled


def test_who_did_what_on_which_ground_is_in_the_entry(store: Store, filled: Head):
    with store.reading() as tx:
        entry = next(tx.journal.entries(subject="L2", after=4))
    assert (entry.actor, entry.ground, entry.action) == (BY["actor"], BY["ground"], "payment.posted")
    assert (entry.reference, entry.details) == ("P-1", '{"amount":100}')


def test_a_changed_entry_shows(store: Store, by_hand: Any, filled: Head):
    by_hand("UPDATE journal SET actor = 'somebody else' WHERE no = 5", triggers=False)
    assert found(store) == {(5, Broken.CHANGED)}


def test_a_missing_entry_shows(store: Store, by_hand: Any, filled: Head):
    by_hand("DELETE FROM journal WHERE no = 5", triggers=False)
    assert (6, Broken.GAP) in found(store)


def test_entries_that_changed_places_show(store: Store, by_hand: Any, filled: Head):
    by_hand(
        "UPDATE journal SET no = 99 WHERE no = 4", "UPDATE journal SET no = 4 WHERE no = 5",
        "UPDATE journal SET no = 5 WHERE no = 99", triggers=False,
    )  # fmt: skip
    assert {(4, Broken.CHANGED), (5, Broken.CHANGED), (4, Broken.CHAIN)} <= found(store)


def test_a_cut_end_shows(store: Store, by_hand: Any, filled: Head):
    by_hand("DELETE FROM journal WHERE no > 10", triggers=False)
    assert (12, Broken.TRUNCATED) in found(store)


def test_a_cut_end_with_a_mended_head_shows_against_a_head_kept_elsewhere(
    store: Store, by_hand: Any, filled: Head
):
    by_hand(
        "DELETE FROM events WHERE loan_id = 'L4'",
        "DELETE FROM journal WHERE no > 9",
        "UPDATE journal_head SET no = 9, hash = (SELECT hash FROM journal WHERE no = 9)",
        triggers=False,
    )
    assert found(store) == set(), "a chain alone cannot show that its end was cut cleanly"
    assert found(store, known=filled) == {(12, Broken.TRUNCATED)}


@pytest.mark.parametrize("statement", [
    "UPDATE events SET body = '{\"amount\":999}' WHERE loan_id = 'L2' AND seq = 2",
    "DELETE FROM events WHERE loan_id = 'L2' AND seq = 2",
    _EXTRA.format(batch="batch"),
])  # fmt: skip
def test_a_ledger_event_changed_by_hand_shows(store: Store, by_hand: Any, filled: Head, statement: str):
    by_hand(statement, triggers=False)
    assert found(store) == {(6, Broken.OTHER_EVENTS)}


def test_an_event_put_in_under_a_new_batch_shows(store: Store, by_hand: Any, filled: Head):
    by_hand(
        _EXTRA.format(batch="'new'"),
        triggers=False,
    )
    assert {how for _, how in found(store)} == {Broken.OTHER_EVENTS}


def test_the_journal_takes_no_personal_data_and_no_float(store: Store):
    from postloan.kernel import Personal

    for value in (Personal("王小明"), 0.1):
        with pytest.raises(TypeError, match="no place"), store.writing(**BY) as tx:
            tx.note(Note("test.done", details={"value": value}))


def test_many_notes_make_one_chain(store: Store):
    with store.writing(**BY) as tx:
        for _ in range(3_000):
            tx.note(NOTED)
    with store.reading() as tx:
        assert tx.journal.verify().entries == 3_000
