from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernel import Money, Personal
from postloan.kernel.journal import GENESIS, Broken, Entry, Head, Note, canonical, moment, seal, stamp, verify

AT = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    head = Head()
    for number in range(length):
        entries.append(
            seal(Note("test.done", details={"n": number}), at=AT, actor="li", ground="test", after=head)
        )
        head = Head(entries[-1].no, entries[-1].hash)
    return entries


def test_the_first_entry_follows_from_nothing():
    first = chain(1)[0]
    assert (first.no, first.previous) == (1, GENESIS)
    assert first.at == AT
    assert first.at.tzinfo is UTC


def test_the_same_facts_always_give_the_same_hash():
    assert chain(3) == chain(3)
    # Worked out once and written down: a later version that hashes otherwise could not check what stands in stores.
    assert chain(1)[0].hash == "13de6fb583da8ee27b95ab13de70ffdda63e7bd40befb2d4684c40678f4ba958"


@given(st.integers(0, 20))
def test_an_unchanged_chain_holds(length: int):
    entries = chain(length)
    verdict = verify(entries)
    assert verdict.whole
    assert verdict.entries == length
    assert verdict.head == (Head(length, entries[-1].hash) if entries else Head())


@given(st.integers(2, 12), st.data())
def test_leaving_out_reordering_or_changing_any_entry_shows(length: int, data: st.DataObject):
    entries = chain(length)
    known = Head(length, entries[-1].hash)
    at = data.draw(st.integers(0, length - 1))
    other = data.draw(st.integers(0, length - 1).filter(lambda n: n != at))
    assert not verify(entries[:at] + entries[at + 1 :], known=known).whole
    swapped = list(entries)
    swapped[at], swapped[other] = swapped[other], swapped[at]
    assert not verify(swapped, known=known).whole
    for field in ("actor", "ground", "action", "subject", "reference", "details", "previous", "hash"):
        changed = [*entries[:at], replace(entries[at], **{field: "x"}), *entries[at + 1 :]]
        assert not verify(changed, known=known).whole
    doubled = [*entries[: at + 1], entries[at], *entries[at + 1 :]]
    assert not verify(doubled, known=known).whole


def test_a_chain_made_anew_from_some_entry_on_shows_against_a_known_head():
    entries = chain(5)
    known = Head(5, entries[-1].hash)
    forged = entries[:2]
    for number in range(2, 5):
        head = Head(forged[-1].no, forged[-1].hash)
        forged.append(
            seal(Note("test.forged", details={"n": number}), at=AT, actor="li", ground="test", after=head)
        )
    assert verify(forged).whole
    assert [(one.no, one.how) for one in verify(forged, known=known).breaks] == [(5, Broken.OTHER_HEAD)]


def test_checking_reads_a_stream_and_reports_at_most_a_hundred_breaks():
    def spoiled() -> Iterator[Entry]:
        for entry in chain(300):
            yield replace(entry, actor="x")

    verdict = verify(spoiled())
    assert verdict.entries == 300
    assert len(verdict.breaks) == 100
    assert verdict.breaks[0].says("en") == "entry 1 was changed after it was sealed"
    assert "第 1 条" in verdict.breaks[0].says("zh")


def test_canonical_json_has_one_form():
    facts = {
        "b": Money(100),
        "a": [Decimal("0.10"), AT, AT.date(), None, True, Broken.GAP],
        "c": {"z": 1, "y": "元"},
    }
    text = canonical(facts)
    assert text == (
        '{"a":["0.10","2026-03-02T01:30:00.000000Z","2026-03-02",null,true,"gap"],"b":100,"c":{"y":"元","z":1}}'
    )
    assert canonical(dict(reversed(facts.items()))) == text


@pytest.mark.parametrize("value", [0.1, Personal("王小明"), {1, 2}, b"x"])
def test_what_has_no_exact_form_or_is_personal_is_refused(value: object):
    with pytest.raises(TypeError):
        canonical({"x": [value]})


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year >= 1000))
def test_a_moment_survives_being_written(at: datetime):
    assert moment(stamp(at)) == at
