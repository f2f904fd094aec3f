from __future__ import annotations

import re

import pytest
from deals import MONTHS, NPL, npl_deal, npl_flow

from postloan.kernel import PostloanError
from postloan.securitisation import BadDeal, BadFlow, CannotRun, Deal, NewerDeal, make_flow, read_flow
from postloan.securitisation.reading import read_terms
from postloan.securitisation.timeline import CollectedTooLate, RateMissing


def changed(old: str, new: str) -> str:
    assert old in NPL
    return NPL.replace(old, new, 1)


def refused(text: str) -> str:
    with pytest.raises(BadDeal) as caught:
        read_terms(text, "deal.toml")
    assert re.search("[一-鿿]", caught.value.message("zh"))
    return str(caught.value)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def codes(text: str) -> set[str]:
    return {finding.code for finding in Deal.from_text(text).check()}


def test_a_source_that_pays_the_same_cash_twice_is_refused_by_line_name_and_remedy() -> None:
    text = changed('principal = "cash"', "principal = { cash = 1, reserve = 1 }")
    said = refused(text)
    assert f"line {line_of(text, 'principal = {')}" in said
    assert "principal pays the same cash twice" in said
    assert "sum to 1" in said


def test_a_source_that_leaves_cash_without_a_home_is_refused() -> None:
    assert "leaves cash without a home" in refused(
        changed('interest = "cash"', 'interest = { cash = "0.5" }')
    )


def test_a_source_that_nobody_receives_blocks_the_run() -> None:
    deal = Deal.from_text(changed('recovery = "cash"\n', ""))
    assert "S001" in {finding.code for finding in deal.check()}
    with pytest.raises(CannotRun, match="recovery"):
        deal.run(npl_flow([1], [0]))


def test_a_step_after_its_account_was_emptied_is_reported_with_its_line() -> None:
    text = changed(
        '  { do = "pay-residual", from = "cash", to = ["junior"] },\n]\ndefaulted',
        '  { do = "pay-residual", from = "cash", to = ["junior"] },\n'
        '  { do = "pay-principal", from = "cash", to = ["senior"] },\n]\ndefaulted',
    )
    found = [finding for finding in Deal.from_text(text).check() if finding.code == "S008"]
    emptied = next(
        n for n, line in enumerate(text.splitlines(), 1) if "pay-residual" in line and line.startswith("  {")
    )
    assert [finding.row for finding in found] == [emptied + 1]


def test_triggers_that_wait_for_each_other_block_the_run() -> None:
    text = changed("when = \"collected_total < 0.6 * forecast_total('A')\"", "when = \"triggered('late')\"")
    text = text.replace(
        "when = \"date >= '2027-01-01' and bond_factor('senior') > 0.2\"", "when = \"triggered('behind')\""
    )
    assert "S002" in codes(text)
    with pytest.raises(CannotRun, match="circle"):
        Deal.from_text(text).run(npl_flow([1], [0]))


def test_a_negative_balance_is_refused() -> None:
    assert "negative" in refused(changed('balance = "5000000.00"', 'balance = "-5000000.00"'))


def test_days_out_of_order_are_refused() -> None:
    said = refused(changed("closing = 2025-03-26", "closing = 2024-03-26"))
    assert "closing 2024-03-26 comes before cutoff 2025-01-31" in said


def test_a_schedule_out_of_order_is_refused() -> None:
    assert "does not come after" in refused(
        changed('["2026-04-26", "150000.00"]', '["2025-04-26", "150000.00"]')
    )


def test_collections_after_the_legal_final_day_are_refused() -> None:
    text = changed("legal_final = 2031-03-26", "legal_final = 2025-12-26")
    with pytest.raises(CollectedTooLate, match="2025-12-31"):
        Deal.from_text(text).run(npl_flow([100] * 12, [0] * 12))


def test_costs_above_collections_are_reported_by_day() -> None:
    findings = npl_deal().run(npl_flow([100_000, 100_000], [50_000, 200_000])).findings
    assert [finding.found for finding in findings if finding.code == "S101"] == [MONTHS[1].isoformat()]


def test_costs_without_a_fee_that_pays_them_are_reported() -> None:
    text = changed('kind = "cost"\ncap = "0.25 * collected"', 'kind = "one-off"\namount = 0')
    findings = Deal.from_text(text).run(npl_flow([100_000], [50_000])).findings
    assert "S104" in {finding.code for finding in findings}


def test_a_bond_that_is_never_paid_is_reported() -> None:
    assert "S003" in codes(changed("[bonds.junior]", "[bonds.ghost]\nbalance = 1\n[bonds.junior]"))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('do = "fill-reserve"', 'do = "fill-reserves"', "Did you mean fill-reserve?"),
        ('kind = "lockout"', 'kind = "lock"', "unknown kind 'lock'"),
        ('"tax", "trustee", "disposal"]', '"tax", "trustees", "disposal"]', "unknown fee 'trustees'"),
        ("[bonds.senior]\n", "[bonds.senior]\ncoupon = 1\n", "unknown key 'coupon'"),
        ("bond_interest_today('senior')", "bond_interest_today('seniors')", "unknown bond 'seniors'"),
        ("pool_factor < 0.1", "pool_facto < 0.1", "pool_factor"),
        ('payment = "day 26"', 'payment = "daily"', "names no days"),
        ('rate = "2.3%"', 'rate = "high"', "no rate"),
        ('status = "defaulted"', 'status = "broken"', "unknown status"),
    ],
)  # fmt: skip
def test_unknown_terms_are_refused_with_the_nearest_known_one(old: str, new: str, word: str) -> None:
    said = refused(changed(old, new))
    assert word in said
    assert "line " in said


def test_a_file_from_a_newer_version_is_refused() -> None:
    with pytest.raises(NewerDeal, match="format 2"):
        read_terms(changed("format = 1", "format = 2"), "deal.toml")


def test_a_text_that_is_no_toml_is_refused_with_its_place() -> None:
    assert "line 2" in refused("format = 1\nname = \nstatus = 1")


def test_a_floating_bond_without_any_rate_is_refused() -> None:
    text = changed('rate = "2.3%"\n', 'floating = true\nresets = "yearly 03-01"\n')
    with pytest.raises(RateMissing, match="senior"):
        Deal.from_text(text).run(npl_flow([1], [0]))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"date": "2025-03-31", "recovery": "x"}], "row 2"),
        ([{"date": "2025-03-31", "recovery": "-1"}], "negative"),
        ([{"date": "2025-03-31", "recovery": "1.005"}], "two decimals"),
        ([{"date": "31.12.25", "recovery": "1"}], "row 2"),
        ([{"date": "2025-04-30"}, {"date": "2025-03-31"}], "does not come after"),
        ([{"date": "2025-04-30", "rent": "1"}], "unknown column 'rent'"),
        ([{"day": "2025-04-30"}], "unknown column 'day'"),
        ([], "no rows"),
    ],
)
def test_a_wrong_flow_is_refused_by_row(rows, says: str) -> None:
    with pytest.raises(BadFlow, match=says) as caught:
        read_flow(rows, "flow.csv")
    assert re.search("[一-鿿]", caught.value.message("zh"))


def test_days_of_a_made_flow_come_in_order() -> None:
    with pytest.raises(BadFlow):
        make_flow(MONTHS[1::-1], {"recovery": [1, 1]})


@pytest.mark.parametrize(
    "formula",
    [
        "1 +",
        "open('x')",
        "pool_balance ** 2",
        "collected('rent')",
        "pool_balance > 1 > 0",
        "'a'",
        "__import__('os')",
    ],
)
def test_a_formula_outside_the_language_is_refused(formula: str) -> None:
    text = changed(
        "reserve = \"3 * (fee_today('trustee') + fee_today('tax') + bond_interest_today('senior'))\"",
        f'reserve = "{formula}"',
    )
    with pytest.raises(PostloanError):
        read_terms(text, "deal.toml")


@pytest.mark.parametrize(
    "number", ["1e999999999", "1e-999999999", "9" * 40, "NaN", "Infinity", "1/0", "0x10", "", "1e5/1e-999999"]
)
def test_a_monstrous_number_is_refused_at_once(number: str) -> None:
    refused(changed('balance = "5000000.00"', f'balance = "{number}"'))
    refused(changed('rate = "2.3%"', f'rate = "{number}"'))
    with pytest.raises(BadFlow):
        read_flow([{"date": "2025-03-31", "recovery": number or "x"}], "flow.csv")


@pytest.mark.parametrize(
    "formula", ["1e999999999", "(" * 900 + "1" + ")" * 900, "-" * 1900 + "1", "1+" * 1500 + "1"]
)
def test_a_monstrous_formula_is_refused_at_once(formula: str) -> None:
    assert "formula" in refused(changed("pool_factor < 0.1 and", f"{formula} < 0.1 and"))


def test_a_deal_of_a_thousand_years_is_refused() -> None:
    assert "years" in refused(changed("legal_final = 2031-03-26", "legal_final = 3031-03-26"))


def test_what_binary_arithmetic_leaves_behind_an_amount_is_dropped() -> None:
    flow = read_flow([{"date": "2025-03-31", "recovery": str(0.1 + 0.2)}], "flow.csv")
    assert flow.columns["recovery"] == [30]


def test_a_mistake_inside_a_conditional_step_is_found_on_its_own_line() -> None:
    text = changed(
        'pay-principal", from = "cash", to = ["junior"]', 'pay-principle", from = "cash", to = ["junior"]'
    )
    assert f"line {line_of(text, 'pay-principle')}," in refused(text)
    text = changed('to = ["senior"] },\n  { do = "transfer"', 'to = ["seniors"] },\n  { do = "transfer"')
    assert f"line {line_of(text, 'seniors')}," in refused(text)


@pytest.mark.parametrize("text", ["[[[[", "a = [{", '"""', "]]}}", "x = 'a\n[b", "=,=,", "[a\nb = 1"])
def test_a_broken_text_is_refused_not_stumbled_over(text: str) -> None:
    refused(text)


def test_every_saying_has_both_languages_and_the_same_facts() -> None:
    from postloan.securitisation.sayings import _all

    for group in _all().values():
        for key, (what, mend, what_zh, mend_zh) in group.items():
            assert set(re.findall(r"{\w+}", f"{what_zh}{mend_zh}")) <= set(
                re.findall(r"{\w+}", f"{what}{mend}")
            ), key
            assert re.search("[一-鿿]", f"{what_zh}{mend_zh}"), key
