"""Effects of letters by outcome and address, the fold of tracking, limitation and the carrier's query deadline."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.delivery import (
    Claim,
    Effect,
    Sent,
    Tracked,
    TrackingEvent,
    brought_about,
    effect_of,
    expiring,
    fold,
    limitation,
    queries,
)
from postloan.delivery.carriers import address_class, read_status, states
from postloan.delivery.effects import CourtOnly, UnknownClass, UnknownOutcome
from postloan.rules import load_book

DAY = date(2026, 3, 2)
BOOK = load_book()
FULL = frozenset({"text_hash", "stub_with_item_name", "provenance", "tracking", "outcome_proof"})

TABLE = """
outcome           agreed              registered  reserved     repaired
delivered_self    arrived             arrived     arrived      arrived
delivered_family  arrived             disputable  disputable   disputable
delivered_proxy   disputable          disputable  disputable   disputable
refused           arrived             arrived     arrived      disputable
returned_unknown  should_have_arrived arguable    not_arrived  not_arrived
returned_moved    should_have_arrived arguable    not_arrived  not_arrived
returned_unclear  not_arrived         not_arrived not_arrived  not_arrived
unclaimed         should_have_arrived arguable    not_arrived  not_arrived
lost              nothing             nothing     nothing      nothing
"""


def _cells() -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [(row[0], kind, said) for row in rows for kind, said in zip(head[1:], row[1:], strict=True)]


@pytest.mark.parametrize(("outcome", "address", "said"), _cells())
def test_every_cell_of_the_table_is_what_the_law_gives(outcome: str, address: str, said: str) -> None:
    found = effect_of(BOOK, outcome, address, on=DAY)
    assert found.effect == said
    assert ["2021-01-01" in one for one in found.because] == [True]


def test_a_refusal_at_a_new_address_counts_only_once_the_refuser_is_known() -> None:
    before = effect_of(BOOK, "refused", "repaired", on=DAY)
    assert (before.effect, before.condition, before.better) == (
        Effect.DISPUTABLE, "refuser_identified", Effect.ARRIVED,
    )  # fmt: skip
    assert effect_of(BOOK, "refused", "repaired", on=DAY, refuser_identified=True).effect is Effect.ARRIVED


def test_an_address_of_unknown_kind_gets_the_weakest_effect_of_all() -> None:
    assert effect_of(BOOK, "returned_unknown", "", on=DAY).effect is Effect.NOT_ARRIVED
    assert effect_of(BOOK, "delivered_self", "", on=DAY).effect is Effect.ARRIVED


def test_addresses_are_raised_by_a_signature_and_retired_by_not_known() -> None:
    assert effect_of(BOOK, "delivered_self", "repaired", on=DAY).upgrade
    assert effect_of(BOOK, "returned_unknown", "repaired", on=DAY).retire
    assert not effect_of(BOOK, "unclaimed", "repaired", on=DAY).retire


def test_a_letter_is_never_served() -> None:
    with pytest.raises(CourtOnly, match="CN-CRT-01"):
        effect_of(BOOK, "served", "agreed", on=DAY)
    assert "served" not in {effect.value for effect in Effect}
    with pytest.raises(UnknownOutcome):
        effect_of(BOOK, "eaten", "agreed", on=DAY)
    with pytest.raises(UnknownClass):
        effect_of(BOOK, "refused", "moon", on=DAY)


@pytest.mark.parametrize(
    ("code", "text", "state"),
    [
        ("301", "", "delivered_self"),
        ("304", "", "delivered_proxy"),
        ("3", "已签收，家人代收", "delivered_family"),
        ("3", "", "delivered_proxy"),
        ("4", "退回妥投，原因：原址查无此人", "returned_unknown"),
        ("4", "", "returned_unsaid"),
        ("14", "", "refused"),
        ("2", "家中无人，明日再投", "attempted"),
        ("", "迁移新址不明", "returned_moved"),
        ("", "收件人死亡", "returned_deceased"),
        ("977", "", ""),
        ("977", "用户拒收", "refused"),
    ],
)
def test_what_kuaidi100_and_slips_say_is_read(code: str, text: str, state: str) -> None:
    assert read_status("kuaidi100", code, text).state == state


def test_addresses_of_a_tape_have_a_class_or_none_at_all() -> None:
    assert address_class("contract_service") == "agreed"
    assert address_class("application_home") == "reserved"
    assert address_class("phone_book") == ""


def _at(days: int, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{hour:02d}:00") + timedelta(days=days)


def _event(code: str, days: int, text: str = "", number: str = "L1") -> TrackingEvent:
    return TrackingEvent(number, "kuaidi100", code, text, _at(days))


CODES = st.sampled_from(["103", "0", "5", "501", "301", "302", "304", "6", "4", "14", "2", "401", "999"])
TEXTS = st.sampled_from(["", "原址查无此人", "家人代收", "逾期未领", "拒收", "丢失", "家中无人"])
EVENTS = st.lists(
    st.builds(_event, CODES, st.integers(0, 4), TEXTS, st.sampled_from(["L1", "L2", "X9"])), max_size=12
)


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_events_come_does_not_matter(events: list[TrackingEvent], chance: object) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled, ["L1", "L2"]) == fold(events, ["L1", "L2"])


@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_events_that_come_again_change_nothing_but_their_count(events: list[TrackingEvent]) -> None:
    once, again = fold(set(events), ["L1", "L2"]), fold([*set(events), *events], ["L1", "L2"])
    assert again.letters == once.letters
    assert again.strangers == once.strangers
    assert again.twice == len(events)


@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_every_event_is_counted_somewhere(events: list[TrackingEvent]) -> None:
    done = fold(events, ["L1", "L2"])
    assert set(done.letters) == {"L1", "L2"}
    assert sum(done.strangers.values()) == len({one for one in events if one.letter_no == "X9"})
    ends = {code for code, state in states().items() if state.end}
    assert all(one.outcome in ends | {""} for one in done.letters.values())


def test_a_locker_passes_on_and_a_reason_explains_a_return() -> None:
    letter = fold([_event("103", 0), _event("501", 2), _event("301", 3)], ["L1"]).letters["L1"]
    assert (letter.outcome, letter.handed_over_on, letter.contradictory) == ("delivered_self", DAY, ())
    back = fold([_event("14", 2), _event("6", 3), _event("4", 5)], ["L1"]).letters["L1"]
    assert (back.outcome, back.contradictory) == ("refused", ())


def test_ends_that_exclude_each_other_are_named_and_the_weaker_counts() -> None:
    letter = fold([_event("103", 0), _event("301", 2), _event("4", 6, "原址查无此人")], ["L1"]).letters["L1"]
    assert letter.outcome == "returned_unknown"
    assert letter.contradictory == ("delivered_self", "returned_unknown")
    found = brought_about(BOOK, Sent("L1", "A", "consumer", "agreed"), letter, on=_at(9).date())
    assert found.found.effect is Effect.DISPUTABLE
    assert found.interrupts_on is None


def _signed(number: str = "L1", days: int = 3) -> Tracked:
    return fold([_event("103", 0, number=number), _event("301", days, number=number)], [number]).letters[
        number
    ]


def test_a_letter_that_arrived_starts_limitation_anew_only_with_its_evidence() -> None:
    claim = Claim("A", date(2023, 5, 1), None)
    bare = brought_about(BOOK, Sent("L1", "A", "consumer", "registered"), _signed(), on=DAY)
    whole = brought_about(BOOK, Sent("L1", "A", "consumer", "registered", evidence=FULL), _signed(), on=DAY)
    later = date(2026, 4, 1)
    assert limitation(BOOK, claim, [bare], on=later).ends_on == date(2026, 5, 1)
    assert set(limitation(BOOK, claim, [bare], on=later).unproven[0][1]) == FULL
    moved = limitation(BOOK, claim, [whole], on=later)
    assert (moved.ends_on, moved.restarted_on, moved.by_letter) == (date(2029, 3, 5), date(2026, 3, 5), "L1")


def test_a_letter_that_comes_when_the_claim_is_barred_changes_nothing() -> None:
    whole = brought_about(BOOK, Sent("L1", "A", "consumer", "registered", evidence=FULL), _signed(), on=DAY)
    late = limitation(BOOK, Claim("A", date(2023, 3, 4), None), [whole], on=date(2026, 4, 1))
    assert late.barred
    assert late.too_late == ("L1",)


def test_for_a_card_dispatch_to_the_address_it_left_is_enough() -> None:
    lost = fold([_event("103", 0), _event("2", 4, "丢失")], ["L1"]).letters["L1"]
    card = brought_about(BOOK, Sent("L1", "A", "credit_card", "reserved", evidence=FULL), lost, on=DAY)
    assert (card.interrupts_on, card.because, card.found.effect) == (DAY, ("CN-LTR-08",), Effect.NOTHING)
    assert brought_about(BOOK, Sent("L1", "A", "consumer", "reserved"), lost, on=DAY).interrupts_on is None
    new = brought_about(BOOK, Sent("L1", "A", "credit_card", "repaired"), lost, on=DAY)
    assert new.interrupts_on is None
    answer = Sent("L1", "A", "credit_card", "reserved", demands=False)
    assert brought_about(BOOK, answer, lost, on=DAY).interrupts_on is None


def test_where_it_should_have_arrived_the_first_day_at_the_door_counts() -> None:
    events = [_event("103", 0), _event("2", 3, "家中无人"), _event("4", 20, "逾期未领")]
    tracked = fold(events, ["L1"]).letters["L1"]
    found = brought_about(BOOK, Sent("L1", "A", "consumer", "agreed", evidence=FULL), tracked, on=DAY)
    assert found.interrupts_on == date(2026, 3, 5)
    assert tracked.attempts == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 2000), max_size=6), st.randoms(use_true_random=False))
def test_more_letters_never_bring_the_last_day_nearer(days: list[int], chance: object) -> None:
    claim = Claim("A", date(2021, 6, 1), None)
    letters = [
        brought_about(BOOK, Sent(f"L{i}", "A", "consumer", "agreed", evidence=FULL), _signed(f"L{i}", day), on=DAY)
        for i, day in enumerate(days)
    ]  # fmt: skip
    on = date(2033, 1, 1)
    whole = limitation(BOOK, claim, letters, on=on)
    assert whole.ends_on is not None
    for i in range(len(letters)):
        fewer = limitation(BOOK, claim, letters[:i], on=on)
        assert fewer.ends_on is not None
        assert fewer.ends_on <= whole.ends_on
    chance.shuffle(letters)  # type: ignore[attr-defined]
    assert limitation(BOOK, claim, letters, on=on).ends_on == whole.ends_on


def test_claims_about_to_expire_come_soonest_first_without_those_barred() -> None:
    on = date(2026, 3, 1)
    due = [date(2023, 4, 1), date(2023, 3, 2), date(2022, 1, 1), date(2025, 1, 1)]
    running = [limitation(BOOK, Claim(f"A{i}", day, None), [], on=on) for i, day in enumerate(due)]
    assert [one.loan_id for one in expiring(running, within=60)] == ["A1", "A0"]


def test_the_carrier_is_asked_before_it_answers_no_more() -> None:
    open_letter = fold([_event("103", 0)], ["L1"]).letters["L1"]
    alarm = DAY + timedelta(days=300)
    assert not queries(BOOK, [open_letter], on=alarm - timedelta(days=1))
    found = queries(BOOK, [open_letter], on=alarm)
    assert (found[0].last_on, found[0].overdue) == (DAY + timedelta(days=365), False)
    assert queries(BOOK, [open_letter], on=DAY + timedelta(days=366))[0].overdue
    kept = TrackingEvent("L1", "postloan", "evidence_closed", "", _at(8))
    assert not queries(BOOK, fold([_event("103", 0), kept], ["L1"]).letters.values(), on=alarm)
