"""Provisions on a page: the same figures as the command line's, a chart, and the warning where books are dressed."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from web_store import TODAY, Pages

from postloan.kernel import Money
from postloan.ledger.provisions import Act
from postloan.web.words import PageWords
from postloan.workflows.provisioning import Chosen, Lender, provisioned


def _options(html: str) -> dict:
    charts = re.search(r'id="charts">(.*?)</script>', html)
    assert charts
    return json.loads(charts.group(1))["due"]


def test_the_figures_are_those_of_the_command_line(looking: Pages) -> None:
    looking.sign_in("officer")
    html = looking.get("/provisions?lang=en").text
    found = provisioned(looking.house.records, on=TODAY, book=looking.house.book)
    for figure in (found.by_grade.due, found.by_loss.due, found.by_grade.loans, found.closing_by_grade.due):
        assert str(figure) in html
    assert "NPL ratio 100.00 %" in html
    assert found.quarter_ends.isoformat() in html
    drawn = [bar["data"] for bar in _options(html)["series"]]
    million = 100_000_000
    assert drawn[0] == [round(due.fen / million, 4) for due in found.by_grade.by_grade.values()]


def test_what_the_store_cannot_know_is_given(looking: Pages) -> None:
    looking.sign_in("auditor")
    given = "other=1,000,000,000&held=5,000,000&weight=75&lang=en"
    html = looking.get(f"/provisions?{given}").text
    lender = Lender(Money.yuan("1000000000"), Money.yuan("5000000"))
    found = provisioned(looking.house.records, on=TODAY, lender=lender, book=looking.house.book)
    assert str(found.by_grade.short) in html
    assert "outside this store" in html
    assert PageWords("en").amount(found.by_grade.short) in html


def test_a_sale_is_worked_out_in_words_with_its_warning(looking: Pages) -> None:
    looking.sign_in("officer")
    looking.get("/provisions?lang=en")
    form = {"act": "sell", "loans": "L-2\nL-3，L-4", "price": "1,000", "cost": "50", "other": "10,000,000"}
    html = looking.post("/provisions", form).text
    chosen = Chosen(Act.SELL, ("L-2", "L-3", "L-4"), Money.yuan(1000), Money.yuan(50))
    lender = Lender(Money.yuan(10_000_000))
    found = provisioned(
        looking.house.records, on=TODAY, lender=lender, chosen=chosen, book=looking.house.book
    )
    assert found.chosen is not None
    assert found.chosen.dresses
    assert "It would only dress the books: the price is below what keeping is expected to bring." in html
    assert f"profit after provisions changes by {found.chosen.profit}" in html
    assert "L-3，L-4" in html
    with looking.house.records.reading() as tx:
        assert tx.loans.get("L-2").status == "open"


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"act": "sell", "loans": "L-2 none"}, 409, "none"),
        ({"act": "sell", "loans": " "}, 400, "No loan is named"),
        ({"act": "sell", "loans": "L-2", "price": "dear"}, 400, "dear"),
        ({"act": "keep", "loans": "L-2", "weight": "much"}, 400, "not a risk weight"),
        ({"on": "2031-13-01"}, 400, "2031-13-01"),
        ({"on": "1999-01-01"}, 400, "1999-01-01"),
    ],
)
def test_what_cannot_be_worked_out_is_said(looking: Pages, form: dict, status: int, said: str) -> None:
    looking.sign_in("approver")
    looking.get("/provisions?lang=en")
    answer = looking.post("/provisions", form)
    assert (answer.status_code, said in answer.text) == (status, True)


def test_every_act_and_both_languages_are_shown(looking: Pages) -> None:
    looking.sign_in("officer")
    for lang in ("en", "zh"):
        looking.get(f"/provisions?lang={lang}")
        for act in Act:
            form = {"act": act.value, "loans": "L-2", "waived": "100", "becomes": "special_mention"}
            assert looking.post("/provisions", form).status_code == 200
    assert date(2026, 3, 31).isoformat() in looking.get("/provisions").text


def test_who_may_not_see_provisions_does_not(looking: Pages) -> None:
    looking.sign_in("collector")
    assert looking.get("/provisions").status_code == 403
    assert 'href="/provisions"' not in looking.get("/").text
