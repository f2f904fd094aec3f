"""The work that moves money and rights, done in a real browser: the figures come first, and what is wrong is undone."""

from __future__ import annotations

from typing import Any

import pytest
from web_reader import Reader
from web_store import PASSWORD

pytestmark = pytest.mark.browser

LANGS = pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("zh", 390)])


@LANGS
def test_money_in_suspense_finds_its_loan_and_is_taken_off_a_wrong_one(
    browser: Any, own: str, lang: str, width: int
) -> None:
    reader = Reader(browser, own, width=width, lang=lang)
    page = reader.sign_in("officer")
    page.goto(f"{own}/suspense?lang={lang}")
    page.click("tbody th a")
    page.wait_for_url("**/suspense/1")
    page.fill("#loan", "L-4")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suspense/1/on?loan=L-4")
    button = page.locator(".decide button")
    assert "500.00" in button.inner_text()
    assert "L-4" in button.inner_text()
    button.click()  # without a reason nothing is sent
    assert page.evaluate("document.querySelector('#reason').matches(':invalid')")
    page.fill("#reason", "The remark says so.")
    button.click()
    page.wait_for_url("**/suspense/1")
    assert page.locator("section a[href='/loans/L-4']").is_visible()
    page.click(".careful summary")
    page.fill("#back", "It was somebody else of that name.")
    page.click(".careful button")
    page.wait_for_selector(".cards")
    page.click(".cards a.button")
    page.wait_for_url("**/suspense/1/on?loan=L-1")
    page.fill("#reason", "The payer called.")
    page.click(".decide button")
    page.wait_for_url("**/suspense/1")
    page.click("section a[href='/loans/L-1']")
    assert "20,984.71" in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert reader.complaints == []
    reader.context.close()


@LANGS
def test_a_waiver_goes_from_the_loan_to_another_persons_desk_and_back(
    browser: Any, own: str, lang: str, width: int
) -> None:
    maker, checker = (Reader(browser, own, width=width, lang=lang) for _ in range(2))
    page = maker.sign_in("officer")
    page.goto(f"{own}/loans/L-1?lang={lang}")
    page.click("#requests a.button")
    page.fill("#penalty", "200")
    page.fill("#reason", "Pays at once.")
    page.click("button[value=look]")
    assert "-200.00" in page.content()
    assert page.input_value("#penalty") == "200"
    page.click("button[value=ask]")
    page.wait_for_url("**/approvals/*")
    here = page.url
    assert page.locator("button[value=approve]").count() == 0

    desk = checker.sign_in("approver")
    desk.goto(f"{here}?lang={lang}")
    desk.fill("#reason", "In order.")
    desk.fill("#authority", "Resolution 12")
    desk.click("button[value=approve]")  # the box is not ticked: nothing is sent
    assert desk.evaluate("document.querySelector('.sure input').matches(':invalid')")
    desk.check(".sure input")
    desk.click("button[value=approve]")
    desk.wait_for_selector("text=AP-2026-")
    assert desk.locator("button[value=approve]").count() == 0

    page.goto(here)
    page.check(".sure input")
    page.click("button[value=carry_out]")
    page.wait_for_load_state()
    assert page.locator("button[value=carry_out]").count() == 0
    page.goto(f"{own}/loans/L-1")
    assert "-200.00" in page.locator("#history").inner_text()
    assert "AP-2026-" in page.locator("#history").inner_text()
    assert maker.complaints == checker.complaints == []
    for reader in (maker, checker):
        reader.context.close()


def test_the_keyboard_alone_refuses_a_request(browser: Any, own: str) -> None:
    reader = Reader(browser, own)
    page, keys = reader.sign_in("approver"), reader.page.keyboard
    page.goto(f"{own}/approvals/1?lang=en")
    page.locator(".careful summary").focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.type("The debtor can pay.")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_selector("text=The debtor can pay.")
    assert page.locator("h1 .tag").inner_text() == "refused"
    reader.context.close()


@LANGS
def test_a_right_is_lent_and_ended(browser: Any, own: str, lang: str, width: int) -> None:
    reader = Reader(browser, own, width=width, lang=lang)
    page = reader.sign_in("approver")
    page.goto(f"{own}/approvals?lang={lang}")
    page.click("a[href='/lending']")
    page.select_option("#taker", "officer")
    page.fill("#until", "2026-03-09")
    page.fill("#reason", "On leave.")
    page.click("button[value=lend]")
    page.wait_for_selector("button[value=end]")
    assert "2026-03-09" in page.locator(".cards").inner_text()
    page.click("button[value=end]")
    page.wait_for_selector("table")
    assert page.locator("button[value=end]").count() == 0
    assert reader.complaints == []
    reader.context.close()


def test_a_new_user_chooses_a_password_before_anything_opens(browser: Any, own: str) -> None:
    admin = Reader(browser, own)
    page = admin.sign_in("administrator")
    page.goto(f"{own}/users?lang=en")
    page.fill("#name", "li.na")
    page.click("main .stack > button")
    told = page.locator(".reference").inner_text()
    reader = Reader(browser, own, width=390)
    mine = reader.page
    mine.goto(f"{own}/loans/L-1")
    mine.fill("#name", "li.na")
    mine.fill("#password", told)
    mine.click("main button")
    mine.wait_for_url("**/password")
    assert mine.locator("nav.pages").count() == 0
    mine.fill("#old", told)
    mine.fill("#new", PASSWORD + " of mine")
    mine.fill("#again", PASSWORD + " of mine")
    mine.click("main button")
    mine.click(".narrow a")
    assert mine.locator("nav.pages a").count() >= 2
    for one in (admin, reader):
        one.context.close()


@LANGS
def test_a_sale_is_worked_out_with_a_picture_and_a_warning(
    browser: Any, address: str, lang: str, width: int
) -> None:
    reader = Reader(browser, address, width=width, lang=lang)
    page = reader.sign_in("officer")
    page.goto(f"{address}/provisions?other=10000000&lang={lang}")
    assert page.locator("[data-chart] svg path").count() > 0
    page.fill("#loans", "L-2\nL-3")
    page.fill("#price", "100")
    page.click("#set button")
    page.wait_for_selector("#effect1")
    assert page.locator("#effect1 .callout.bad").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert reader.complaints == []
    assert reader.elsewhere == []
    reader.context.close()
