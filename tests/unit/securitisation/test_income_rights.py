from __future__ import annotations

from pathlib import Path

import pytest
from deals import npl_deal

from postloan.rules import load_book
from postloan.securitisation import Deal, make_flow
from postloan.securitisation.income_rights import check_by_rules
from postloan.securitisation.machine import conserved
from postloan.securitisation.schedule import days_of

TEXT = (Path(__file__).parents[3] / "examples" / "abs" / "income_rights.toml").read_text(encoding="utf-8")
BOOK = load_book()


def codes(text: str) -> list[str]:
    return [
        finding.code for finding in check_by_rules(Deal.from_text(text).terms, BOOK) if finding.code > "S2"
    ]


def test_a_lawful_transfer_has_nothing_to_object_to() -> None:
    assert codes(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('name = "Insurer B", kind = "qualified_institution"', 'name = "Mr Li", kind = "retail"', "S201"),
        ("looked_through = true", "looked_through = false", "S202"),
        ('"Insurer B", kind = "qualified_institution"', '"Fund C", kind = "own_wealth_product"', "S203"),
        ('repurchase = "none"', 'repurchase = "implicit"', "S204"),
        ('capital_held = "100%"', 'capital_held = "20%"', "S205"),
        ('counted_as_npl = "20%"', 'counted_as_npl = "5%"', "S206"),
        ("registered = true", "registered = false", "S207"),
        ("pools_apart = true", "pools_apart = false", "S208"),
        ('"Insurer B", kind = "qualified_institution"', '"Shop D", kind = "other"', "S209"),
        ("transferred_on = 2025-06-30", "transferred_on = 2014-06-30", "S210"),
    ],
)
def test_each_rule_objects_to_its_own_breach_and_says_how_to_mend_it(old: str, new: str, code: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    assert codes(text) == [code]
    finding = next(one for one in check_by_rules(Deal.from_text(text).terms, BOOK) if one.code == code)
    assert finding.says("zh")
    assert finding.mend("zh")


def test_trust_units_are_paid_by_the_same_engine() -> None:
    deal = Deal.from_text(TEXT)
    dates = days_of("quarter-end", deal.terms.dates.cutoff, deal.terms.dates.legal_final)[:10]
    machine = deal.run(make_flow(dates, {"recovery": [1_000_000_000] * 10})).machine
    assert machine.bonds["senior_units"].balance == 0
    assert machine.bonds["junior_units"].interest_paid > 0
    came, paid, left = conserved(machine)
    assert came == paid + left


def test_an_originator_that_keeps_too_little_is_told_so() -> None:
    assert "S009" not in {finding.code for finding in check_by_rules(npl_deal().terms, BOOK)}
    less = Deal.from_text(npl_deal().terms.text.replace('share = "5%"', 'share = "3%"', 1))
    found = next(one for one in check_by_rules(less.terms, BOOK) if one.code == "S009")
    assert (found.found, found.expected) == ("3.0%", "5.0%")
