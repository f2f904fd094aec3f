"""What a person does on the pages, in a real browser: with the mouse, with the keyboard alone, on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from web_reader import Reader
from web_store import NAME, PASSWORD

pytestmark = pytest.mark.browser


def test_a_morning_from_the_login_to_a_debtor_in_clear(browser: Any, address: str) -> None:
    reader = Reader(browser, address)
    page = reader.sign_in()
    assert page.locator("h1").inner_text() == "Monday, 2 March 2026"
    assert page.locator("[data-chart] svg path").count() > 0
    page.click("#lines summary >> nth=0")
    page.click("#lines details a >> nth=0")
    page.wait_for_url("**/loans/L-*")
    page.goto(address + "/loans/L-1")
    assert NAME not in page.content()
    assert page.locator("[data-chart] svg path").count() > 0
    page.select_option("#purpose", "contact")
    page.click(".reveal button")
    page.wait_for_selector(".revealed")
    assert NAME in page.locator("#person").inner_text()
    assert page.locator("#history").count() == 1  # only the person was asked for anew
    page.click("#person >> text=Mask again")
    page.wait_for_selector(".reveal")
    assert NAME not in page.content()
    assert reader.complaints == []
    assert reader.elsewhere == []
    reader.context.close()


def test_the_language_is_switched_and_remembered(browser: Any, address: str) -> None:
    reader = Reader(browser, address)
    page = reader.sign_in()
    page.goto(address + "/loans/L-1?on=2026-01-10")
    page.click(".lang")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "2026-01-10" in page.locator(".lead").inner_text()
    page.click("nav.pages a >> nth=0")
    assert page.locator("h1").inner_text() == "2026年3月2日 星期一"
    reader.context.close()


PAGES = {
    "administrator": (
        "/", "/loans", "/loans/L-1", "/approvals", "/approvals/1", "/journal", "/users", "/password", "/none",
    ),
    "officer": (
        "/suspense", "/suspense/1", "/suspense/1/on?loan=L-1", "/requests/new", "/requests/new?loan=L-1",
        "/requests/new?loan=L-1&action=restructure", "/approvals/1", "/provisions", "/lending",
    ),
    "approver": ("/lending", "/approvals/1"),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("role", "paths"), PAGES.items())
def test_no_width_scrolls_a_page_sideways(
    browser: Any, address: str, lang: str, role: str, paths: tuple[str, ...]
) -> None:
    reader = Reader(browser, address, width=320, lang=lang)
    page = reader.sign_in(role)
    for path in paths:
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    reader.context.close()


def test_the_keyboard_alone_is_enough(browser: Any, address: str) -> None:
    reader = Reader(browser, address)
    page, keys = reader.page, reader.page.keyboard
    page.goto(address + "/login")
    page.wait_for_selector("input:focus")  # the first field has the focus, once the browser has given it
    keys.type("officer")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(address + "/")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    keys.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    _tab_to(page, "/loans", backwards=True)
    keys.press("Enter")
    page.wait_for_url(address + "/loans")
    page.wait_for_selector("#q:focus")  # the search has the focus
    keys.type("HT000001")
    keys.press("Enter")
    page.wait_for_url(address + "/loans/L-1")
    reached = set()
    for _ in range(40):
        keys.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert {"on", "purpose", "BUTTON", "SUMMARY"} <= reached
    page.locator(".menu summary").focus()
    keys.press("Enter")
    assert page.locator(".menu a").is_visible()
    keys.press("Escape")
    assert not page.locator(".menu a").is_visible()
    reader.context.close()


def _tab_to(page: Any, link: str, *, backwards: bool = False) -> None:
    for _ in range(60):
        if page.evaluate("document.activeElement.getAttribute('href')") == link:
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"no way to {link} by keyboard")


def test_without_scripts_everything_still_works(browser: Any, address: str) -> None:
    reader = Reader(browser, address, scripts=False)
    page = reader.sign_in("collector")
    page.goto(address + "/loans")
    page.fill("#q", "13800138000")
    page.click("main button")
    page.click("#found tbody a")
    page.select_option("#purpose", "letter")
    page.click(".reveal button")
    assert NAME in page.locator("#person").inner_text()
    assert page.locator("#history tbody tr").count() == 8
    page.click(".menu summary")
    page.click(".menu button")
    page.wait_for_url(address + "/login")
    reader.context.close()


def test_a_session_that_ended_leads_to_the_login_from_a_half_page_too(browser: Any, address: str) -> None:
    reader = Reader(browser, address)
    page = reader.sign_in()
    page.goto(address + "/loans/L-1")
    reader.context.clear_cookies()
    page.select_option("#purpose", "verify")
    page.click(".reveal button")
    page.wait_for_url("**/login**")
    reader.context.close()


@pytest.mark.parametrize(("role", "paths"), PAGES.items())
def test_every_field_has_a_name_and_no_id_is_used_twice(
    browser: Any, address: str, role: str, paths: tuple[str, ...]
) -> None:
    reader = Reader(browser, address)
    page = reader.sign_in(role)
    for path in paths:
        page.goto(address + path)
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id).filter(Boolean)")
        assert len(ids) == len(set(ids)), path
        nameless = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]):not([hidden]), select, textarea')]"
            ".filter(e => !e.labels.length && !e.getAttribute('aria-label')).map(e => e.name)"
        )
        assert nameless == [], path
        assert page.locator("h1").count() == 1, path
    reader.context.close()


def test_paper_shows_the_figures_and_no_buttons(browser: Any, address: str) -> None:
    reader = Reader(browser, address)
    page = reader.sign_in()
    page.goto(address + "/loans/L-1")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})
    assert not page.locator("nav.pages").is_visible()
    assert not page.locator(".reveal").is_visible()
    assert page.locator("#history tbody tr").first.is_visible()
    reader.context.close()
