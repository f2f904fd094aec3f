from __future__ import annotations

import re
from datetime import date

import pytest
from deals import npl_deal, npl_flow

from postloan.outcomes.trust_page import render_trust_report
from postloan.outcomes.trust_report import NoPayment, trust_facts
from postloan.securitisation import make_flow
from postloan.securitisation.real_deals import forecast_flow, real_deals

FACTS = trust_facts(npl_deal(), npl_flow([20_000_000] * 12, [2_000_000] * 12), {})


def test_the_period_is_the_last_whose_collections_are_all_there() -> None:
    assert FACTS.on == date(2026, 3, 26)
    assert FACTS.since == date(2026, 2, 26)
    assert dict(FACTS.sources)["recovery"] == 20_000_000
    assert FACTS.cost == 2_000_000


def test_every_fen_that_left_an_account_stands_in_the_steps() -> None:
    paid = sum(step.paid for step in FACTS.steps if step.do not in ("calculate-fees", "accrue-interest"))
    assert paid == sum(out for _, _, out, _ in FACTS.accounts)


def test_bonds_roll_from_opening_to_closing() -> None:
    for line in FACTS.bonds:
        assert line.closing == line.opening - line.principal


def test_collections_at_the_forecast_compare_as_one() -> None:
    deal = real_deals()["jianxin-2025-7"]
    forecast = deal.terms.forecasts["中债资信"]
    flow = forecast_flow(deal.terms, forecast)
    past = make_flow(flow.dates[:12], {name: lanes[:12] for name, lanes in flow.columns.items()})
    facts = trust_facts(deal, past, {})
    ratios = {one.agency: one.ratio for one in facts.compared}
    assert ratios["中债资信"] == pytest.approx(1.0)
    assert ratios["东方金诚"] == pytest.approx(61206.41 / 67982.69, rel=1e-6)
    assert all(one.repaid_on is not None and one.assumed for one in facts.compared)
    for row in facts.grid:
        assert list(row) == sorted(row)  # more stress never pays more where no trigger speeds the senior up


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_opens_without_a_network_and_names_everything(lang) -> None:
    page = render_trust_report(FACTS, lang=lang, version="1")
    assert not re.search(r"(src|href)=\"https?://", page)
    for name in (*FACTS.deal.terms.bonds, *FACTS.deal.terms.accounts, *FACTS.deal.terms.triggers):
        assert name in page
    assert ("受托机构报告" if lang == "zh" else "Trustee&#39;s report") in page


def test_a_name_from_the_deal_cannot_break_out_of_the_page() -> None:
    from postloan.securitisation import Deal

    text = npl_deal().terms.text.replace(
        'name = "Synthetic card pool"', 'name = "<script>alert(1)</script>"', 1
    )
    facts = trust_facts(Deal.from_text(text), npl_flow([20_000_000] * 3, [0] * 3), {})
    assert "<script>alert" not in render_trust_report(facts, lang="en")


def test_no_payment_day_yet_is_said_with_the_days_there_are() -> None:
    with pytest.raises(NoPayment, match="2025-04-26"):
        trust_facts(npl_deal(), npl_flow([1_000_000], [0]), {}, on=date(2025, 1, 1))


def test_a_deal_without_forecasts_is_reported_without_a_comparison() -> None:
    from postloan.securitisation import Deal

    text = npl_deal().terms.text
    start, end = text.index("[forecasts.A]"), text.index("[retention]")
    text = (text[:start] + text[end:]).replace(
        "collected_total < 0.6 * forecast_total('A')", "collected_total < 1", 1
    )
    facts = trust_facts(Deal.from_text(text), npl_flow([20_000_000] * 3, [0] * 3), {})
    assert facts.grid == ()
    assert "holds no forecast" in render_trust_report(facts, lang="en")
