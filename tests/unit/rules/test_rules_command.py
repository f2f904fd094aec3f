"""``postloan rules`` shows what holds on a day, and says why where nothing does."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from postloan.cli.rules import app
from postloan.rules import NoRuleValue, UnknownRule, load_book


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list_holds_every_rule_with_its_values_on_the_day():
    shown = json.loads(run("list", "--json", "--on", "2025-12-01"))
    assert shown["version"] == load_book().version
    by_id = {rule["id"]: rule for rule in shown["rules"]}
    assert set(by_id) == {rule.id for rule in load_book()}
    assert by_id["CN-TRF-03"]["on"] == {"ends_on": "2026-12-31"}
    assert by_id["CN-FEE-01"]["on"] == {"listing_fee_waived": None, "service_fee_share": None}


def test_a_rule_is_shown_with_its_history_and_sources_in_both_languages():
    english = run("show", "CN-TRF-03", "--on", "2026-03-01")
    assert "Last day of the pilot." in english
    assert "2025-11-30" in english
    assert "No. 1191" in english
    chinese = run("show", "CN-TRF-03", "--on", "2026-03-01", "--lang", "zh")
    assert "试点截止日" in chinese
    assert "条款待确认" in chinese
    assert "Last day" not in chinese


def test_one_parameter_can_be_asked_for():
    shown = run("show", "CN-CLS-01.loss_after_days", "--on", "2025-06-30")
    assert "360 days" in shown
    assert "270 days" not in shown


def test_a_rule_of_which_some_values_hold_is_shown():
    assert "state_bank" in run("show", "CN-TRF-01", "--on", "2021-06-01")


def test_a_day_without_any_value_and_an_unknown_rule_are_errors():
    with pytest.raises(NoRuleValue, match="its first value begins 2022-12-01"):
        run("show", "CN-TRF-03", "--on", "2022-01-01")
    with pytest.raises(UnknownRule, match="CN-TRF-03"):
        run("show", "CN-TRF-33")


def test_a_users_own_rules_can_be_added(tmp_path):
    own = """
pack: own
topic: transfer
rules:
  CN-OWN-01:
    says: {en: Our own rule., zh: 自有规则。}
    kind: scope
    force: rule
    confidence: M
    checked: unconfirmed
    parameters:
      products:
        says: {en: Products., zh: 产品。}
        unit: terms
        values:
          2024-01-01: {value: [consumer], source: {title: {en: A letter, zh: 某函}, article: art. 1}}
"""
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    assert "Our own rule." in run("show", "CN-OWN-01", "--folder", str(tmp_path))


def test_a_rule_of_conduct_is_shown_with_cases_that_tell_what_it_answers():
    shown = json.loads(run("show", "US-HOURS-01", "--on", "2026-06-01", "--json"))
    assert shown["on"] == {"open": "08:00:00", "close": "21:00:00", "close_inclusive": True}
    assert {case["expect"] for case in shown["cases"]} == {"allow", "refuse"}
    assert shown["judges"]
    assert "不可以" in run("show", "CN-FREQ-01", "--lang", "zh")
