"""A value, a rule or a pack is changed in a folder of files, never in code, and the answers follow."""

from __future__ import annotations

import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from postloan.decide.contact import ContactRules
from postloan.rules import BadRuleFile, load_book

SOURCE = "source: {title: {en: Our policy, zh: 本机构制度}, article: art. 4}"
AMENDING = f"""
pack: own
topic: frequency
amends:
  CN-FREQ-01.max:
    2026-03-01: {{value: 2, {SOURCE}}}
    2026-09-01: {{value: 1, {SOURCE}}}
"""
OWN_RULE = f"""
pack: own
topic: visits
rules:
  CN-OWN-01:
    says: {{en: At most one contact a week after a visit., zh: 上门之后每周至多联系一次。}}
    kind: cap
    force: self-regulation
    confidence: M
    checked: unconfirmed
    parameters:
      max:
        says: {{en: Contacts a week., zh: 每周次数。}}
        unit: count
        values:
          2026-01-01: {{value: 1, {SOURCE}}}
    judges:
      - of: [voice, visits]
        needs: {{contacts_week: {{below: max}}}}
"""
SWITCHED_OFF = f"""
pack: own
topic: recipients
amends:
  HS-WHO-11.applies:
    2026-01-01: {{value: false, {SOURCE}}}
"""


def rules_with(tmp_path: Path, text: str, packs=("cn", "house")) -> ContactRules:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    return ContactRules(load_book(packs, tmp_path))


def connected(times: int, day: str = "2026-06-10") -> dict[str, object]:
    return {"kind": "call", "to": "debtor", "t": f"{day}T10:00", "ctx": {"connected_today": times}}


def test_an_amended_value_changes_the_answer_from_its_day_on(tmp_path):
    own, ours = rules_with(tmp_path, AMENDING), ContactRules(load_book())
    assert ours.decide(connected(2), "CN-FREQ-01").answer == "allow"
    assert own.decide(connected(2), "CN-FREQ-01").answer == "refuse"
    assert own.decide(connected(1), "CN-FREQ-01").answer == "allow"
    assert own.decide(connected(1, "2026-10-01"), "CN-FREQ-01").answer == "refuse"
    assert own.decide(connected(2, "2026-02-28"), "CN-FREQ-01").answer == "allow"
    value = own.book.value("CN-FREQ-01.max", on=date(2026, 6, 10))
    assert (value.value, value.source.title["en"], str(value.until)) == (2, "Our policy", "2026-08-31")
    assert own.version != ours.version


def test_a_rule_of_ones_own_is_asked_like_the_others(tmp_path):
    own = rules_with(tmp_path, OWN_RULE)
    visit = {"kind": "visit", "ctx": {"contacts_week": 1}}
    assert own.decide(visit, "CN-OWN-01").answer == "refuse"
    assert own.decide({**visit, "ctx": {"contacts_week": 0}}, "CN-OWN-01").answer == "allow"
    assert "CN-OWN-01" in own.decide(visit).because


def test_a_rule_can_be_switched_off_from_a_day_on(tmp_path):
    own = rules_with(tmp_path, SWITCHED_OFF)
    call = {"kind": "call", "to": "debtor", "t": "2026-06-10T10:00", "ctx": {"represented": True}}
    assert own.decide(call, "HS-WHO-11").answer == "allow"
    assert own.decide({**call, "t": "2025-06-10T10:00"}, "HS-WHO-11").answer == "refuse"


def test_a_pack_can_be_taken_over_and_changed(tmp_path):
    for path in files("postloan.rules").joinpath("au").iterdir():
        shutil.copy(str(path), tmp_path / path.name)
    file = tmp_path / "contact.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('"21:00"', '"19:00"'), encoding="utf-8")
    call = {"kind": "call", "t": "2026-06-10T20:00"}
    changed = ContactRules(load_book(("cn", "house"), tmp_path))
    assert changed.decide(call, "AU-HOURS-01").answer == "refuse"
    assert ContactRules(load_book()).decide(call, "AU-HOURS-01").answer == "allow"


def test_packs_that_are_left_out_are_not_asked():
    call = {"kind": "call", "t": "2026-06-10T21:30", "to": "debtor"}
    assert "US-HOURS-01" in ContactRules(load_book()).decide(call).because
    assert "US-HOURS-01" not in ContactRules(load_book(("cn", "house"))).decide(call).because


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (AMENDING.replace("CN-FREQ-01.max", "CN-FREQ-01.maxx"), ["'CN-FREQ-01.maxx'", "CN-FREQ-01.max"]),
        (AMENDING.replace("CN-FREQ-01", "CN-FREQ-77"), ["cannot be amended"]),
        (AMENDING.replace("2026-03-01", "2020-03-01"), ["2020-03-01", "never overwritten"]),
        (AMENDING.replace("value: 2", "value: two"), ["two", "a whole number"]),
        (AMENDING.replace("amends:", "amend:"), ["'amend'"]),
    ],
)
def test_an_amendment_with_a_mistake_is_refused_with_words_that_help(tmp_path, text, words):
    with pytest.raises(BadRuleFile) as refusal:
        rules_with(tmp_path, text)
    for word in ["own.yaml", *words]:
        assert word in str(refusal.value)
    assert "请" in refusal.value.message("zh")
