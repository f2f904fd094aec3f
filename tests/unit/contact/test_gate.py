"""Nothing unlawful can be sent: permits are signed, used once, gone soon; the rules are asked again at the send."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from postloan.decide.contact import ContactRules, Permit, Refusal, Review
from postloan.decide.gate import (
    BadPermit,
    Contact,
    Debtor,
    DebtorState,
    Liable,
    Locating,
    NamedContact,
    Notice,
    NoticeKind,
    NoticePermit,
    Role,
    SendPermit,
    ask,
    send,
    send_notice,
    sign_notice,
)
from postloan.decide.gate.permits import NoSigner
from postloan.decide.gate.recipients import NoProof
from postloan.rules import load_book

RULES = ContactRules(load_book(("cn", "house")))
KEY = b"a key of the tests"
NOON = datetime.fromisoformat("2026-06-10T12:00")
KNOWN = {
    "dispute": "none", "complaint": "none", "plan": "none", "vulnerable": False, "deceased": "none",
    "balance": "1000.00", "ledger": "1000.00", "optout": [], "represented": False, "ptp_date": "none",
    "time_barred": False,
}  # fmt: skip
CALLER = {
    "actor": "lender", "agency": "none", "self_name": "lender", "from_number": "registered", "missing_slots": [],
    "claims": [], "recorder": "up", "collector_training_age_days": 30, "text_intent": "remind",
}  # fmt: skip
PAPER = {"items_missing": [], "envelope_text": "张三 收", "address_type": "own", "address_contested": False}
PAPER |= {"address_outcomes": []}
FRESH = DebtorState("d1", KNOWN)


def call(point="p1"):
    return Contact("call", Debtor("d1", point), None, "", CALLER)


def message():
    return Contact("sms", Debtor("d1", "p1"), "REMIND-1", "f00d", CALLER)


def letter(point="a1"):
    return Contact("letter", Debtor("d1", point), "DEMAND-1", "f00d", CALLER | PAPER)


def notice(kind=NoticeKind.LIMITATION):
    return Notice(kind, Debtor("d1", "a1"), "LIMITATION-1", "f00d", CALLER | PAPER)


def permitted(state=FRESH, request=None, at=NOON, name="n1"):
    permit = ask(state, request or call(), at, RULES, KEY, name)
    assert isinstance(permit, SendPermit), permit
    return permit


def test_a_permit_is_used_once():
    permit = permitted()
    state, attempt = send(FRESH, permit, NOON, RULES, KEY)
    assert (attempt.act, attempt.person_id, attempt.connected) == ("call", "d1", None)
    with pytest.raises(BadPermit, match="was used before"):
        send(state, permit, NOON + timedelta(minutes=1), RULES, KEY)


def test_a_permit_is_gone_after_its_minutes_and_not_good_before_it_was_given():
    permit = permitted()
    with pytest.raises(BadPermit, match="expired"):
        send(FRESH, permit, NOON + timedelta(minutes=30), RULES, KEY)
    with pytest.raises(BadPermit, match="the clock says"):
        send(FRESH, permit, NOON - timedelta(seconds=1), RULES, KEY)


@pytest.mark.parametrize(
    "altered",
    [
        lambda permit: replace(permit, expires=permit.expires + timedelta(days=1)),
        lambda permit: replace(permit, permit_id="another"),
        lambda permit: replace(permit, seal=""),
        lambda permit: replace(permit, seal="ü"),
        lambda permit: replace(permit, request=call("p2")),
        lambda permit: replace(permit, request=replace(permit.request, about={**CALLER, "claims": ["x"]})),
        lambda permit: replace(permit, request=replace(permit.request, fingerprint="another letter")),
        lambda permit: replace(
            permit, request=replace(permit.request, recipient=Liable("d1", "d1", "p1", Role.GUARANTOR, "x"))
        ),
    ],
)
def test_a_permit_that_was_altered_is_refused(altered):
    with pytest.raises(BadPermit, match="altered") as refusal:
        send(FRESH, altered(permitted()), NOON, RULES, KEY)
    assert "篡改" in refusal.value.message("zh")


def test_a_permit_of_another_house_is_refused():
    with pytest.raises(BadPermit, match="not signed by this house"):
        send(FRESH, permitted(), NOON, RULES, b"another key")


@pytest.mark.parametrize(
    ("frozen", "because"),
    [
        ({"dispute": "open"}, "HS-FRZ-02"),
        ({"complaint": "open"}, "HS-FRZ-02"),
        ({"plan": "performing"}, "CN-FRZ-01"),
        ({"balance": "0.00"}, "HS-FRZ-06"),
        ({"deceased": "reported"}, "CN-FRZ-05"),
        ({"optout": ["call"]}, "HS-FRZ-07"),
        ({"represented": True}, "HS-WHO-11"),
    ],
)
def test_a_freeze_beats_a_permit_that_was_given_before(frozen, because):
    refused = send(FRESH.learn(**frozen), permitted(), NOON + timedelta(minutes=1), RULES, KEY)
    assert isinstance(refused, Refusal)
    assert because in refused.because


def test_a_wrong_number_stops_the_permits_for_it_and_only_for_it():
    state = FRESH.flag_point("p1", "wrong_party")
    assert isinstance(send(state, permitted(), NOON, RULES, KEY), Refusal)
    assert isinstance(ask(state, call("p2"), NOON, RULES, KEY, "n2"), SendPermit)


def test_the_window_is_asked_again_when_a_permit_is_used():
    permit = permitted(at=NOON.replace(hour=21, minute=40))
    refused = send(FRESH, permit, NOON.replace(hour=21, minute=55), RULES, KEY)
    assert isinstance(refused, Refusal)
    assert refused.because == ("HS-HOURS-03",)


def test_counters_stand_at_the_debtor_whoever_calls_from_wherever():
    state, at = FRESH, NOON
    agencies = ({}, {"agency": "A", "self_name": "A", "actor": "agency", "listed": True})
    for n in range(3):
        request = replace(call(f"p{n}"), about=CALLER | agencies[n % 2])
        state, _ = send(state, permitted(state, request, at, f"n{n}"), at, RULES, KEY)
        state = state.confirm(f"n{n}", connected=True)
        at += timedelta(hours=1)
    refused = ask(state, call("p9"), at, RULES, KEY, "n9")
    assert isinstance(refused, Refusal)
    assert {"CN-FREQ-01", "CN-FREQ-06"} <= set(refused.because)


def test_a_call_of_which_nothing_came_back_counts_as_connected():
    state = FRESH
    for n in range(3):
        state, _ = send(state, permitted(state, name=f"n{n}"), NOON, RULES, KEY)
    assert isinstance(ask(state, call(), NOON, RULES, KEY, "n9"), Refusal)


def test_a_debtor_can_be_sought_only_by_the_fixed_script_through_a_person_the_debtor_named():
    state, at = FRESH, NOON - timedelta(days=5)
    named = Locating("locate_call", NamedContact("d1", "c1", "pc", "contract-7"), CALLER)
    assert isinstance(ask(state, named, NOON, RULES, KEY, "x"), Refusal)
    for n in range(6):
        request = call(f"p{n}") if n % 2 else message()
        state, _ = send(state, permitted(state, request, at, f"n{n}"), at, RULES, KEY)
        state = state.confirm(f"n{n}", connected=False)
        at += timedelta(hours=20) if at.hour < 13 else timedelta(hours=25)
        at = at.replace(hour=12)
        if n in (0, 2, 4):
            at += timedelta(days=2)
    at = max(NOON, at) + timedelta(days=1)
    permit = permitted(state, named, at, "loc")
    state, attempt = send(state, permit, at, RULES, KEY)
    assert (attempt.act, attempt.person_id) == ("locate_call", "c1")
    again = ask(state, named, at + timedelta(days=9), RULES, KEY, "loc2")
    assert isinstance(again, Refusal)
    assert "HS-WHO-05" in again.because
    assert "CN-WHO-04" in ask(state.refuse("c1"), named, at, RULES, KEY, "loc3").because
    assert not hasattr(named, "template")


def test_nobody_else_can_be_a_recipient():
    with pytest.raises(NoProof):
        Liable("d1", "g1", "p1", Role.GUARANTOR, " ")
    with pytest.raises(NoProof):
        NamedContact("d1", "c1", "p1", "")
    with pytest.raises(ValueError, match="colleague"):
        Role("colleague")


def test_a_guarantor_is_called_with_the_guarantee_named():
    request = Contact("call", Liable("d1", "g1", "p7", Role.GUARANTOR, "guarantee-3"), None, "", CALLER)
    assert isinstance(ask(FRESH, request, NOON, RULES, KEY, "n1"), SendPermit)


def test_what_is_not_known_of_the_debtor_refuses_and_a_request_cannot_say_it():
    ignorant = DebtorState("d1", {name: fact for name, fact in KNOWN.items() if name != "dispute"})
    talked = replace(call(), about={**CALLER, "dispute": "none", "connected_today": 0})
    refused = ask(ignorant, talked, NOON, RULES, KEY, "n1")
    assert isinstance(refused, Refusal)
    assert refused.because == ("HS-FRZ-02",)


def test_a_statutory_notice_that_a_person_signed_goes_through_a_freeze():
    frozen = FRESH.learn(dispute="open", complaint="open", plan="performing", optout=["all"], vulnerable=True)
    assert isinstance(ask(frozen, letter(), NOON, RULES, KEY, "n1"), Refusal)
    permit = sign_notice(frozen, notice(), NOON, RULES, KEY, "n2", "Li, legal", "barred on 2026-07-01")
    assert isinstance(permit, NoticePermit)
    assert {"HS-FRZ-02", "CN-FRZ-01"} <= set(permit.passed_over)
    state, attempt = send_notice(frozen, permit, NOON + timedelta(days=2), RULES, KEY)
    assert attempt.act == "letter"
    with pytest.raises(BadPermit, match="used before"):
        send_notice(state, permit, NOON + timedelta(days=3), RULES, KEY)


@pytest.mark.parametrize(
    ("known", "about", "because"),
    [
        ({"balance": "0.00"}, {}, "HS-FRZ-06"),
        ({}, {"envelope_text": "欠款催收"}, "HS-LTR-02"),
        ({}, {"address_type": "parents_home"}, "CN-LTR-04"),
        ({}, {"claims": ["黑名单"]}, "CN-COND-02"),
        ({}, {"items_missing": ["how_to_object"]}, "CN-LTR-01"),
        ({"deceased": "reported"}, {}, "CN-FRZ-05"),
    ],
)
def test_a_statutory_notice_is_judged_by_all_that_is_no_freeze(known, about, because):
    asked = replace(notice(), about={**notice().about, **about})
    refused = sign_notice(FRESH.learn(**known), asked, NOON, RULES, KEY, "n2", "Li", "limitation")
    assert isinstance(refused, Refusal)
    assert because in refused.because


def test_a_statutory_notice_needs_a_person_and_a_ground():
    for signed_by, ground in (("", "limitation"), ("Li", " ")):
        with pytest.raises(NoSigner):
            sign_notice(FRESH, notice(), NOON, RULES, KEY, "n2", signed_by, ground)


def test_a_vulnerable_debtor_is_for_a_person_to_decide():
    assert isinstance(ask(FRESH.learn(vulnerable=True), call(), NOON, RULES, KEY, "n1"), Review)


POINTS = st.sampled_from(["p1", "p2", "p3"])
FREEZES = {
    "dispute": ("open", "none"), "complaint": ("open", "decided"), "plan": ("performing", "broken"),
    "balance": ("0.00", "1000.00"), "deceased": ("reported", "none"), "represented": (True, False),
}  # fmt: skip


REQUESTS = st.one_of(
    st.builds(call, POINTS), st.just(message()), st.builds(letter, st.sampled_from(["a1", "a2"]))
)


class NothingUnlawfulIsSent(RuleBasedStateMachine):
    """Months of asking, freezing, forging, waiting; an observer without the rule book judges each send."""

    @initialize()
    def begin(self):
        self.state, self.at, self.names = FRESH, NOON, 0
        self.permits: list[SendPermit] = []
        self.notices: list[NoticePermit] = []
        self.calls: list[tuple[datetime, str, bool]] = []
        self.texts: list[datetime] = []
        self.letters: list[datetime] = []
        self.used: list[str] = []
        self.unlawful: list[str] = []

    def named(self):
        self.names += 1
        return f"n{self.names}"

    @rule(minutes=st.sampled_from([1, 7, 25, 45, 180]))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)

    @rule(days=st.sampled_from([1, 1, 2, 9]), hour=st.sampled_from([7, 9, 12, 21]))
    def another_day_comes(self, days, hour):
        self.at = (self.at + timedelta(days=days)).replace(hour=hour)

    @rule()
    def all_is_well_again(self):
        self.state = self.state.learn(**{fact: off for fact, (_, off) in FREEZES.items()}, optout=[])

    @rule(times=st.integers(1, 8), point=POINTS, connected=st.booleans())
    def somebody_calls_again_and_again(self, times, point, connected):
        for _ in range(times):
            self.somebody_asks(call(point))
            if self.permits:
                self.use(self.permits[-1], alter=False)
            self.the_carrier_answers(connected)
            self.at += timedelta(minutes=1)

    @rule(request=REQUESTS)
    def somebody_asks(self, request):
        permit = ask(self.state, request, self.at, RULES, KEY, self.named())
        if isinstance(permit, SendPermit):
            self.permits.append(permit)

    @rule(request=st.sampled_from([message(), letter("a1"), letter("a2")]))
    def somebody_writes_at_once(self, request):
        self.all_is_well_again()
        self.somebody_asks(request)
        if self.permits:
            self.use(self.permits[-1], alter=False)

    @rule()
    def a_person_signs_a_notice(self):
        permit = sign_notice(self.state, notice(), self.at, RULES, KEY, self.named(), "Li", "limitation")
        if isinstance(permit, NoticePermit):
            self.notices.append(permit)

    @rule(fact=st.sampled_from(sorted(FREEZES)), on=st.sampled_from([True, False, False]))
    def a_freeze_comes_or_goes(self, fact, on):
        self.state = self.state.learn(**{fact: FREEZES[fact][0 if on else 1]})

    @rule(fact=st.sampled_from(sorted(FREEZES)), request=REQUESTS, minutes=st.integers(0, 29))
    def a_freeze_comes_between_permit_and_send(self, fact, request, minutes):
        self.all_is_well_again()
        permits = len(self.permits)
        self.somebody_asks(request)
        if len(self.permits) > permits:
            self.at += timedelta(minutes=minutes)
            self.state = self.state.learn(**{fact: FREEZES[fact][0]})
            self.use(self.permits[-1], alter=False)
            self.all_is_well_again()
            self.use(self.permits[-1], alter=False)

    @rule(closed=st.lists(st.sampled_from(["call", "sms", "letter"]), max_size=2))
    def channels_are_closed(self, closed):
        self.state = self.state.learn(optout=closed)

    @rule(point=POINTS, flag=st.sampled_from(["wrong_party", "none"]))
    def a_number_is_reported(self, point, flag):
        self.state = self.state.flag_point(point, flag)

    @rule(connected=st.booleans())
    def the_carrier_answers(self, connected):
        if self.state.attempts:
            last = self.state.attempts[-1].permit_id
            self.state = self.state.confirm(last, connected=connected)
            calls = [one.permit_id for one in self.state.attempts if one.act == "call"]
            self.calls = [
                (at, point, connected if name == last else was)
                for (at, point, was), name in zip(self.calls, calls, strict=True)
            ]

    @precondition(lambda self: self.permits)
    @rule(data=st.data(), alter=st.booleans())
    def a_permit_is_used(self, data, alter):
        self.use(data.draw(st.sampled_from(self.permits)), alter=alter)

    def use(self, permit, *, alter):
        if alter:
            permit = replace(permit, expires=self.at + timedelta(hours=1), given=self.at)
        before = self.state
        try:
            sent = send(before, permit, self.at, RULES, KEY)
        except BadPermit:
            return
        if isinstance(sent, Refusal | Review):
            return
        self.observe(permit, alter, before)
        self.state = sent[0]
        if permit.request.act == "call":
            self.calls.append((self.at, permit.request.recipient.point_id, True))

    @precondition(lambda self: self.notices)
    @rule(data=st.data())
    def a_notice_is_used(self, data):
        permit = data.draw(st.sampled_from(self.notices))
        try:
            sent = send_notice(self.state, permit, self.at, RULES, KEY)
        except BadPermit:
            return
        if not isinstance(sent, Refusal):
            if permit.permit_id in self.used or self.state.known["balance"] == "0.00":
                self.unlawful.append("notice")
            self.used.append(permit.permit_id)
            self.letters.append(self.at)
            self.state = sent[0]

    def observe(self, permit, altered, before):
        """The observer: what every send must keep to, told without the rule book."""
        at, act, known = self.at, permit.request.act, before.known
        today = [(when, point, talked) for when, point, talked in self.calls if when.date() == at.date()]
        wrong = {
            "altered": altered,
            "twice": permit.permit_id in self.used,
            "late": at >= permit.expires,
            "frozen": any(known[fact] == stops for fact, (stops, _) in FREEZES.items()),
            "closed": act in known["optout"] and not (act == "letter" and "sms" in known["optout"]),
            "wrong number": before.points.get(permit.request.recipient.point_id) == "wrong_party",
            "night": not 8 <= at.hour < 22,
        }
        if act == "call":
            point = permit.request.recipient.point_id
            wrong["dialled late"] = (at.hour, at.minute) >= (21, 50)
            wrong["fourth"] = sum(talked for _, _, talked in today) >= 3
            wrong["seventh"] = sum(where == point for _, where, _ in today) >= 6
            wrong["week"] = sum(at - when < timedelta(days=7) for when, _, _ in self.calls) >= 7
        if act == "sms":
            wrong["second"] = any(when.date() == at.date() for when in self.texts)
            wrong["fourth in a week"] = sum(at - when < timedelta(days=7) for when in self.texts) >= 3
            self.texts.append(at)
        if act == "letter":
            wrong["letter too soon"] = any((at.date() - when.date()).days < 30 for when in self.letters)
            self.letters.append(at)
        self.used.append(permit.permit_id)
        self.unlawful += [name for name, is_so in wrong.items() if is_so]

    @invariant()
    def nothing_unlawful_was_sent(self):
        assert getattr(self, "unlawful", []) == []

    @invariant()
    def all_that_was_sent_is_counted(self):
        if hasattr(self, "state"):
            assert sorted(one.permit_id for one in self.state.attempts) == sorted(self.used)
            assert self.state.spent == set(self.used)


TestNothingUnlawfulIsSent = NothingUnlawfulIsSent.TestCase
TestNothingUnlawfulIsSent.settings = settings(
    max_examples=25, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_the_observer_would_see_an_engine_that_lets_everything_through(monkeypatch):
    """The machine above can fail: with rules that always permit, it finds an unlawful send."""
    monkeypatch.setattr(ContactRules, "decide", lambda self, event: Permit((), "none"))
    machine = NothingUnlawfulIsSent()
    machine.begin()
    machine.at = NOON.replace(hour=23)
    machine.somebody_asks(call())
    permit = machine.permits[0]
    machine.observe(permit, False, machine.state)
    assert machine.unlawful == ["night", "dialled late"]
