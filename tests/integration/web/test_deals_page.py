"""Deals on a page: run, stressed, set beside another; a mistake is said with its line, and nothing breaks out."""

from __future__ import annotations

import html as entities
import re

import pytest
from deals import NPL
from web_store import Pages

from postloan.securitisation import questions as q
from postloan.securitisation.real_deals import forecast_flow, real_deals
from postloan.securitisation.result import yuan
from postloan.securitisation.stress import stressed

DEAL = real_deals()["jianxin-2025-7"]
TEXT = DEAL.terms.text
FLOW = "date,recovery,cost\n2025-03-31,400000.00,50000.00\n2025-04-30,900000.00,90000.00\n"


@pytest.fixture
def page(looking: Pages) -> Pages:
    looking.sign_in("viewer")
    return looking


def test_the_page_opens_with_a_real_deal_already_run(page: Pages) -> None:
    answer = page.get("/deals?lang=zh")
    assert answer.status_code == 200
    assert "浦鑫归航2025年第四期" in answer.text
    assert "各档结果" in answer.text


def test_the_figures_are_those_of_the_engine(page: Pages) -> None:
    page.get("/deals?lang=en")
    form = {"deal": TEXT, "agency": "东方金诚", "less": "20", "later": "3"}
    found = page.post("/deals?lang=en", form).text
    flow = stressed(forecast_flow(DEAL.terms, DEAL.terms.forecasts["东方金诚"]), less=0.2, later=3)
    for figure in q.figures(DEAL.terms, flow):
        assert f"{yuan(figure.interest + figure.principal):,}" in found


def test_two_structures_stand_side_by_side(page: Pages) -> None:
    page.get("/deals?lang=en")
    other = TEXT.replace("298000000.00", "250000000.00").replace("建欣2025年第七期", "Smaller senior")
    found = page.post("/deals?lang=en", {"deal": TEXT, "other": other, "agency": "中债资信"}).text
    assert "298,000,000.00" in found
    assert "250,000,000.00" in found
    assert "Smaller senior" in found


def test_a_mistake_is_said_with_its_line_and_the_text_is_kept(page: Pages) -> None:
    page.get("/deals?lang=en")
    wrong = TEXT.replace("pay-principal", "pay-principle", 1)
    answer = page.post("/deals?lang=en", {"deal": wrong})
    assert answer.status_code == 400
    said = entities.unescape(answer.text)
    assert "Did you mean pay-principal?" in said
    assert re.search(r"line \d+", said)
    assert "pay-principle" in said


def test_pasted_collections_are_run_and_wrong_ones_refused(page: Pages) -> None:
    page.get("/deals?lang=en")
    assert "Synthetic card pool" in page.post("/deals?lang=en", {"deal": NPL, "flow": FLOW}).text
    answer = page.post("/deals?lang=en", {"deal": NPL, "flow": FLOW.replace("900000.00", "-1")})
    assert answer.status_code == 400
    assert "negative" in answer.text


def test_a_name_in_a_deal_cannot_break_out_of_the_page(page: Pages) -> None:
    page.get("/deals?lang=en")
    nasty = TEXT.replace("建欣2025年第七期", "</textarea></script><script>alert(1)</script>")
    assert "<script>alert" not in page.post("/deals?lang=en", {"deal": nasty}).text


@pytest.mark.parametrize("text", ["", "x = 1", "format = 9", "[bonds.A]\nbalance = 1e999999999"])
def test_nothing_that_is_posted_breaks_the_page(page: Pages, text: str) -> None:
    page.get("/deals?lang=zh")
    assert page.post("/deals?lang=zh", {"deal": text, "less": "９９", "later": "-4"}).status_code in (
        200,
        400,
    )


def test_who_is_not_signed_in_sees_no_deals(shared) -> None:
    assert Pages(shared, shared.clock).get("/deals").status_code == 303
