"""A decision is a value with every reason, in both languages, and the earliest lawful moment where time alone helps."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.decide.contact import Computed, ContactRules, Permit, Refusal, Review, answer_line, told
from postloan.rules import load_book
from postloan.rules.events import events

BOOK = load_book()
RULES = ContactRules(BOOK)
LAWFUL = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data/contact/lawful.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
CALL = LAWFUL[0]["event"]


def changed(event, top=None, ctx=None):
    return {**event, **(top or {}), "ctx": {**event["ctx"], **(ctx or {})}}


def without(event, fact):
    top = {key: value for key, value in event.items() if key != fact}
    return {**top, "ctx": {key: value for key, value in event["ctx"].items() if key != fact}}


def test_a_lawful_call_is_permitted_and_names_the_rules_that_were_asked():
    decision = RULES.decide(CALL)
    assert isinstance(decision, Permit)
    assert {"CN-HOURS-01", "CN-FREQ-01", "HS-FRZ-02", "US-FREQ-01"} <= set(decision.because)
    assert decision.rule_book == BOOK.version


@pytest.mark.parametrize(
    "fact",
    [
        *("t", "to", "self_name", "from_number", "missing_slots", "claims", "connected_today", "attempts_7d"),
        *("attempts_this_number_today", "contacts_week", "last_conversation_days", "ptp_date", "represented"),
        *("number_flag", "dispute", "plan", "vulnerable", "deceased", "balance", "optout", "recorder"),
        *("collector_training_age_days", "breathing_space_day"),
    ],
)
def test_a_call_of_which_a_needed_fact_is_missing_is_refused_and_says_so(fact):
    decision = RULES.decide(without(CALL, fact))
    assert isinstance(decision, Refusal)
    assert any(spoke.missing for spoke in decision.spoke)
    assert all("not known" in line for line in told(decision, BOOK, "en"))
    assert all("未知" in line for line in told(decision, BOOK, "zh"))


def test_every_rule_that_speaks_against_is_named():
    decision = RULES.decide(
        changed(CALL, {"t": "2026-06-10T22:30"}, {"connected_today": 3, "dispute": "open", "balance": "0.00"})
    )
    assert isinstance(decision, Refusal)
    assert {
        "CN-HOURS-01",
        "CN-HOURS-02",
        "HS-HOURS-03",
        "US-HOURS-01",
        "CN-FREQ-01",
        "HS-FRZ-02",
        "HS-FRZ-06",
    } <= set(decision.because)
    assert decision.earliest is None  # a dispute does not pass with time


def test_reasons_say_what_was_found_and_what_is_the_limit():
    decision = RULES.decide(changed(CALL, ctx={"connected_today": 3}), "CN-FREQ-01")
    (english,) = told(decision, BOOK, "en")
    assert english.startswith("CN-FREQ-01: A debtor gets at most so many connected calls a day")
    assert english.endswith("(calls connected today: 3, must be below 3)")
    assert told(decision, BOOK, "zh")[0].endswith("（当日已接通次数：3，须小于 3）")


@pytest.mark.parametrize(
    ("top", "ctx", "earliest"),
    [
        ({"t": "2026-06-10T22:30"}, {}, "2026-06-11T08:00"),
        ({"t": "2026-06-10T06:00"}, {}, "2026-06-10T08:00"),
        ({"t": "2026-06-12T21:30"}, {}, "2026-06-13T09:00"),  # Australian weekend
        ({"t": "2026-12-24T22:00"}, {}, "2026-12-27T09:00"),  # and its Christmas
        ({}, {"connected_today": 3}, "2026-06-11T08:00"),
        ({}, {"ptp_date": "2026-06-15"}, "2026-06-16T08:00"),
        ({}, {"last_conversation_days": 3}, "2026-06-14T09:00"),  # a Sunday
        ({}, {"breathing_space_day": 10}, "2026-07-31T08:00"),
        ({}, {"attempts_7d": 7}, None),  # when the oldest falls out is not known from a number
        ({}, {"number_flag": "wrong_party"}, None),
        ({"t": "2026-06-10T22:30+08:00"}, {"tz_candidates": ["Asia/Shanghai", "Asia/Urumqi"]}, None),
    ],
)
def test_the_earliest_lawful_moment_is_told_where_time_alone_stands_in_the_way(top, ctx, earliest):
    decision = RULES.decide(changed(CALL, top, ctx))
    assert isinstance(decision, Refusal)
    if "tz_candidates" in ctx:
        assert decision.earliest is not None
        later = changed(CALL, {"t": decision.earliest.isoformat()}, ctx)
        assert RULES.decide(later).answer == "allow"
        return
    assert decision.earliest == (datetime.fromisoformat(earliest) if earliest else None)


@settings(deadline=None)
@given(
    st.datetimes(datetime.fromisoformat("2026-02-01"), datetime.fromisoformat("2027-12-31")),
    st.integers(0, 4),
    st.integers(0, 12),
)
def test_the_earliest_moment_is_lawful_and_lies_ahead(moment, connected, conversation):
    event = changed(
        CALL,
        {"t": moment.isoformat()},
        {"connected_today": connected, "last_conversation_days": conversation},
    )
    decision = RULES.decide(event)
    if not isinstance(decision, Refusal):
        return
    assert decision.earliest is not None
    assert decision.earliest > moment
    days = (decision.earliest.date() - moment.date()).days
    later = changed(
        event,
        {"t": decision.earliest.isoformat()},
        {"connected_today": 0 if days else connected, "last_conversation_days": conversation + days}
        | {"collector_training_age_days": CALL["ctx"]["collector_training_age_days"] + days},
    )
    assert RULES.decide(later).answer == "allow"


def test_a_person_decides_where_a_rule_says_so_but_never_over_a_refusal():
    vulnerable = changed(CALL, ctx={"vulnerable": True})
    assert isinstance(RULES.decide(vulnerable), Review)
    assert isinstance(RULES.decide(changed(vulnerable, ctx={"dispute": "open"})), Refusal)


def test_computed_answers_name_the_rules_that_gave_them():
    event = {"kind": "classify", "debtor": "retail", "dpd": 95, "restructured": 1, "observation": "open"}
    event |= {"refinanced_by_own_new_loan": False, "other_loan_dpd": 0}
    decision = RULES.decide(event)
    assert isinstance(decision, Computed)
    assert (decision.answer, decision.because) == ("substandard", ("CN-CLS-01",))
    card = {"kind": "allocate", "product": "credit_card", "dpd": 91, "amount": "100.00"}
    card["due"] = {"interest": "30.00", "principal": "500.00"}
    assert RULES.decide(card).answer == {"interest": "0.00", "principal": "100.00"}


@settings(deadline=None)
@given(
    st.integers(0, 10**12),
    st.fixed_dictionaries({part: st.integers(0, 10**9) for part in ("costs", "interest", "principal")}),
    st.integers(0, 400),
)
def test_an_allocation_adds_up_to_the_payment_or_to_all_that_is_due(fen, due, days):
    event = {"kind": "allocate", "product": "credit_card", "dpd": days, "amount": f"{fen / 100:.2f}"}
    event["amount"] = f"{fen // 100}.{fen % 100:02}"
    event["due"] = {part: f"{owed // 100}.{owed % 100:02}" for part, owed in due.items()}
    answer = RULES.decide(event).answer
    covered = {part: int(text.replace(".", "")) for part, text in answer.items()}
    assert sum(covered.values()) == min(fen, sum(due.values()))
    assert all(covered[part] <= due[part] for part in due)


def test_rules_that_are_not_yet_in_force_are_silent():
    late = {"kind": "call", "t": "2024-06-10T23:00", "ctx": {"night_consent": "none"}}
    assert RULES.decide(late, "CN-HOURS-01").answer == "allow"  # the standard begins in 2025
    assert RULES.decide({**late, "t": "2025-06-10T23:00"}, "CN-HOURS-01").answer == "refuse"


def test_the_day_whose_rules_hold_can_be_named():
    event = {"kind": "purge_record", "ctx": {"years_since_settlement": 1, "legal_hold": False}}
    assert RULES.decide(event, "CN-REC-02", date(2010, 1, 1)).answer == "allow"
    assert RULES.decide(event, "CN-REC-02", date(2012, 1, 1)).answer == "refuse"


def test_an_act_that_nobody_knows_is_refused():
    assert RULES.decide({"kind": "fly"}).answer == "refuse"
    assert RULES.decide({"ctx": {}}).answer == "refuse"
    assert RULES.decide({"kind": ["call"]}).answer == "refuse"
    assert RULES.decide({"kind": "fly"}, "CN-FREQ-01").answer == "refuse"


SIMPLE = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 400), st.floats(), st.text(max_size=12),
    st.sampled_from(sorted({code for spec in events().facts.values() for code in spec.spellings})),
    st.lists(st.text(max_size=8), max_size=3), st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    st.sampled_from(["2026-06-10T12:00", "2026-06-10", "100.00", "2026-06-10T23:59+05:00"]),
)  # fmt: skip
GIVEN = [name for name, spec in events().facts.items() if not spec.derived]
ANY = st.builds(
    lambda kind, top, ctx: {"kind": kind, **top, "ctx": ctx},
    st.sampled_from(list(events().kinds)),
    st.dictionaries(st.sampled_from(GIVEN), SIMPLE, max_size=8),
    st.dictionaries(st.sampled_from(GIVEN), SIMPLE, max_size=8),
)


@settings(deadline=None)
@given(ANY)
def test_whatever_is_told_there_is_an_answer_and_the_strictest_rule_wins(event):
    whole = RULES.decide(event)
    told(whole, BOOK, "zh")
    for rule in {
        judge.rule for judge in RULES.compiled.on(date(2026, 6, 10)).by_kind[event["kind"]].judges()
    }:
        alone = RULES.decide(event, rule)
        if alone.answer == "refuse" and rule in RULES.compiled.on(events().day).consulted[event["kind"]]:
            assert whole.answer == "refuse"
        if alone.answer == "review":
            assert whole.answer in ("refuse", "review")


@settings(deadline=None)
@given(st.sampled_from(LAWFUL), st.sampled_from(["dispute", "balance", "optout", "listed", "deceased"]))
def test_a_freeze_beats_everything(case, frozen):
    event = case["event"]
    collecting = events().acts(("collecting",))
    if (
        event["kind"] not in collecting
        or event.get("template") == "DISPUTE-ANSWER"
        or event.get("to") == "heir"
    ):
        return
    stops = {"dispute": "open", "balance": "0.00", "optout": ["all"], "listed": False, "deceased": "reported"}
    event = changed(event, {"agency": "Huaxin", "self_name": "Huaxin"}, {frozen: stops[frozen]})
    if frozen == "optout" and event["kind"] in ("letter", "lawyer_letter"):
        return  # one written channel stays open
    if frozen == "deceased" and event["to"] != "debtor":
        return
    assert RULES.decide(event).answer == "refuse"


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_a_line_of_anything_gets_an_answer(line):
    answer = answer_line(line, RULES, only_rule=False)
    assert answer["answer"] == "refuse"
    assert answer["error"]
