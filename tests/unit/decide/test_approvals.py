"""Who may ask, who may decide, up to which amount and for how long."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from postloan.decide import approvals as a
from postloan.kernel import Money
from postloan.rules import load_book

BOOK = load_book()
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
DAY = date(2026, 3, 2)
OLGA = a.Colleague("olga", ("officer",))
ANN = a.Colleague("ann", ("approver",))
BO = a.Colleague("bo", ("senior_approver",))
CHO = a.Colleague("cho", ("committee",))
ASKED = a.Asked("waive", "L1", "olga", NOW, date(2026, 3, 9), Money.yuan(5_000), "hardship")


def decide(asked=ASKED, checker=ANN, **changes):
    facts = {
        "named": checker.name if checker else "nobody",
        "at": LATER,
        "authority": "Credit rules § 4",
        "reason": "documents seen",
    }
    return a.judge_grant(asked, checker, BOOK, **{**facts, **changes})


def test_a_waiver_within_the_limit_is_granted_by_somebody_else():
    granted = decide()
    assert isinstance(granted, a.Granted)
    assert (granted.by, granted.role, granted.on_behalf_of) == ("ann", "approver", "")
    assert (granted.on, granted.until, granted.up_to) == (DAY, date(2026, 4, 1), Money.yuan(5_000))
    assert granted.because == ("HS-APR-01", "HS-APR-11")


def test_nobody_approves_what_they_asked_for():
    own = replace(ASKED, by="ann")
    assert decide(own).codes == ("own_request",)
    assert a.judge_refusal(own, ANN, BOOK, named="ann", at=LATER, reason="no").codes == ("own_request",)


def test_nobody_approves_their_own_request_through_a_stand_in():
    boss_asks = replace(ASKED, by="bo")
    lent = a.Lent(BO, "ann", "senior_approver", DAY, date(2026, 3, 20))
    only_borrowed = a.Colleague("ann", ("officer",))
    assert decide(boss_asks, only_borrowed, lent=[lent]).codes == ("own_by_proxy",)
    too_much = replace(boss_asks, amount=Money.yuan(100_000))
    assert decide(too_much, ANN, lent=[lent]).codes == ("above_limit",), (
        "ann's own limit counts, bo's does not"
    )


def test_above_a_role_s_limit_a_higher_role_decides():
    large = replace(ASKED, amount=Money.yuan("20000.01"))
    denied = decide(large)
    assert denied.codes == ("above_limit",)
    assert denied.reasons[0].rule == "HS-APR-11"
    assert "20,000.00" in denied.reasons[0].says("en")
    assert isinstance(decide(large, BO), a.Granted)


def test_principal_has_stricter_limits_than_interest():
    principal = replace(ASKED, action="waive_principal")
    assert decide(principal).codes == ("not_a_checker",)
    assert isinstance(decide(principal, BO), a.Granted)


def test_a_lent_right_counts_between_its_days_while_the_giver_holds_it():
    large = replace(ASKED, amount=Money.yuan(100_000))
    lent = a.Lent(BO, "ann", "senior_approver", DAY, date(2026, 3, 5))
    granted = decide(large, lent=[lent])
    assert isinstance(granted, a.Granted)
    assert (granted.by, granted.role, granted.on_behalf_of) == ("ann", "senior_approver", "bo")
    for gone in (
        replace(lent, until=date(2026, 3, 1)),
        replace(lent, since=date(2026, 3, 3)),
        replace(lent, revoked_on=DAY),
        replace(lent, giver=replace(BO, roles=("officer",))),
        replace(lent, giver=replace(BO, active=False)),
        replace(lent, taker="cho"),
    ):
        assert decide(large, lent=[gone]).codes == ("above_limit",)


@pytest.mark.parametrize(
    ("asked", "changes", "code"),
    [
        (ASKED, {"at": NOW - timedelta(seconds=1)}, "clock_went_back"),
        (ASKED, {"at": datetime(2026, 3, 9, 16, tzinfo=UTC)}, "expired"),
        (replace(ASKED, open=False, state="approved"), {}, "not_waiting"),
        (ASKED, {"authority": "  "}, "no_authority"),
        (ASKED, {"reason": ""}, "no_reason"),
        (ASKED, {"checker": None}, "unknown_user"),
        (ASKED, {"checker": replace(CHO, active=False)}, "unknown_user"),
        (ASKED, {"checker": OLGA}, "own_request"),
        (ASKED, {"checker": a.Colleague("vic", ("viewer",))}, "not_a_checker"),
    ],
)
def test_a_decision_that_does_not_count_says_why_in_both_languages(asked, changes, code):
    denied = decide(asked, **changes)
    assert isinstance(denied, a.Denied)
    assert code in denied.codes
    for reason in denied.reasons:
        assert reason.says("en").endswith(".")
        assert reason.says("zh").endswith("。")


@pytest.mark.parametrize(
    ("changes", "maker", "code"),
    [
        ({"action": "give_away"}, OLGA, "unknown_action"),
        ({"subject": " "}, OLGA, "no_subject"),
        ({"reason": ""}, OLGA, "no_reason"),
        ({"amount": None}, OLGA, "amount_missing"),
        ({"amount": Money(0)}, OLGA, "amount_not_positive"),
        ({"amount": Money(-1)}, OLGA, "amount_not_positive"),
        ({"amount": Money.yuan(5_000_001)}, OLGA, "above_everyone"),
        ({"action": "publish_rules"}, OLGA, "amount_unwanted"),
        ({"until": date(2026, 3, 1)}, OLGA, "lapses_before"),
        ({"until": date(2026, 3, 18)}, OLGA, "waits_too_long"),
        ({}, None, "unknown_user"),
        ({}, a.Colleague("vic", ("viewer",)), "not_a_maker"),
    ],
)
def test_a_request_that_cannot_be_decided_is_not_taken(changes, maker, code):
    denied = a.judge_request(replace(ASKED, **changes), maker, BOOK)
    assert denied is not None
    assert denied.codes == (code,)
    assert denied.reasons[0].says("en")
    assert denied.reasons[0].says("zh")


def test_a_request_in_order_waits():
    assert a.judge_request(ASKED, OLGA, BOOK) is None


def test_only_the_maker_takes_a_request_back_while_it_waits():
    assert a.judge_withdrawal(ASKED, named="olga", at=LATER) is None
    assert a.judge_withdrawal(ASKED, named="ann", at=LATER).codes == ("only_the_maker",)
    closed = replace(ASKED, open=False, state="used")
    assert a.judge_withdrawal(closed, named="olga", at=LATER).codes == ("not_waiting",)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"taker": "bo"}, "to_oneself"),
        ({"role": "officer"}, "not_a_deciding_role"),
        ({"role": "committee"}, "not_ones_own"),
        ({"since": date(2026, 3, 1)}, "begins_in_past"),
        ({"until": date(2026, 3, 1)}, "ends_before"),
        ({"until": date(2026, 4, 2)}, "delegated_too_long"),
    ],
)
def test_a_right_is_lent_with_an_end_by_who_holds_it(changes, code):
    lent = a.Lent(BO, "ann", "senior_approver", DAY, date(2026, 4, 1))
    assert a.judge_delegation(lent, ANN, BOOK, DAY) is None
    denied = a.judge_delegation(replace(lent, **changes), ANN, BOOK, DAY)
    assert code in denied.codes


def test_a_borrowed_right_is_not_passed_on():
    lent = a.Lent(ANN, "olga", "senior_approver", DAY, date(2026, 3, 20))
    assert a.judge_delegation(lent, OLGA, BOOK, DAY).codes == ("not_ones_own",)


def test_rules_are_published_by_the_committee_alone():
    rules = a.Asked("publish_rules", "book 12", "olga", NOW, date(2026, 3, 9), None, "new order")
    assert decide(rules, BO).codes == ("not_a_checker",)
    assert isinstance(decide(rules, CHO), a.Granted)


def test_before_the_first_rule_nothing_is_decided():
    early = datetime(2019, 1, 1, tzinfo=UTC)
    assert decide(replace(ASKED, at=early), at=early).codes == ("no_rules",)


@given(amount=st.integers(1, 10**11), action=st.sampled_from(list(a.Action)[:7]))
def test_a_higher_role_may_decide_whatever_a_lower_one_may(amount, action):
    asked = replace(ASKED, action=action, amount=Money(amount))
    answers = [isinstance(decide(asked, checker), a.Granted) for checker in (ANN, BO, CHO)]
    assert answers == sorted(answers)


@given(amount=st.integers(1, 10**11), less=st.integers(0, 10**11))
def test_less_is_granted_where_more_is(amount, less):
    smaller = max(amount - less, 1)
    if isinstance(decide(replace(ASKED, amount=Money(amount))), a.Granted):
        assert isinstance(decide(replace(ASKED, amount=Money(smaller))), a.Granted)


def test_every_action_has_its_rule_and_every_reason_both_languages():
    assert set(a.RULE_OF) == set(a.Action)
    for rule in a.RULE_OF.values():
        assert rule in BOOK
    raw = yaml.safe_load((files("postloan.decide") / "approval_reasons.yaml").read_text(encoding="utf-8"))
    for code, entry in raw.items():
        assert set(re.findall(r"{(\w+)}", entry["en"])) == set(re.findall(r"{(\w+)}", entry["zh"])), code
        if "rule" in entry:
            assert entry["rule"] in BOOK
