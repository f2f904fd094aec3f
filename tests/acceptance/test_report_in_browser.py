"""The report in a real browser: it opens from a file, draws, fits a phone, and answers the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from report_book import SYNTHETIC_BOOK, fill, notice

from postloan.adapters.tables import DuckDBEngine
from postloan.outcomes import collect, make_register, market_statistics, render_report, render_statistics
from postloan.rules import load_book

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
_OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium here")
    with api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=str(CHROMIUM), args=list(_OPTIONS))
        yield made
        made.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    with DuckDBEngine(threads=2) as engine:
        fill(engine)
        facts = collect(
            engine, packages={"demo-1": notice()}, book_facts=SYNTHETIC_BOOK, rule_book=load_book()
        )
    statistics = market_statistics(make_register([notice()]))
    made = {}
    for lang in ("en", "zh"):
        made[lang] = folder / f"report-{lang}.html"
        made[lang].write_text(render_report(facts, lang=lang), encoding="utf-8")  # type: ignore[arg-type]
    made["stats"] = folder / "stats.html"
    made["stats"].write_text(render_statistics(statistics, lang="zh"), encoding="utf-8")
    return made


class Opened:
    """A page with everything that it complained about or asked for."""

    def __init__(self, browser: Any, path: Path, width: int = 1280) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 844})
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())


@pytest.mark.parametrize("name", ["en", "zh", "stats"])
def test_it_opens_from_a_file_without_a_complaint_or_a_request(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    opened = Opened(browser, pages[name])
    charts = opened.page.locator("[data-chart]")
    assert charts.count() >= 2
    for i in range(charts.count()):
        assert charts.nth(i).locator("svg path").count() > 0
        assert charts.nth(i).get_attribute("aria-label")
    assert opened.complaints == []
    assert opened.asked == [pages[name].as_uri()]


@pytest.mark.parametrize(("name", "title", "code"), [("en", "Stratification", "en"), ("zh", "分层", "zh-CN")])
def test_it_speaks_its_language(
    browser: Any, pages: dict[str, Path], name: str, title: str, code: str
) -> None:
    page = Opened(browser, pages[name]).page
    assert page.locator("html").get_attribute("lang") == code
    assert page.locator("#strata h2").inner_text() == title


@pytest.mark.parametrize("name", ["en", "zh", "stats"])
def test_no_width_scrolls_the_page_sideways(browser: Any, pages: dict[str, Path], name: str) -> None:
    page = Opened(browser, pages[name], 320).page
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_screen_holds_the_answer(browser: Any, pages: dict[str, Path]) -> None:
    page = Opened(browser, pages["en"]).page
    answers = page.locator(".kpi dt").all_inner_texts()
    assert answers[-3:] == ["What may be sold", "Asked for similar packages", "Mend first"]
    last = page.locator(".kpi").last.bounding_box()
    assert last["y"] + last["height"] <= 844


def test_the_keyboard_reaches_every_section(browser: Any, pages: dict[str, Path]) -> None:
    page = Opened(browser, pages["en"]).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        link = page.evaluate("document.activeElement.getAttribute('href')")
        if (
            link
            and link.startswith("#")
            and link[1:]
            in {"package", "quality", "strata", "grades", "eligibility", "comparables", "sources"}
        ):
            reached.add(link[1:])
            page.keyboard.press("Enter")
            assert page.evaluate("location.hash") == link
            page.locator(f'nav a[href="{link}"]').focus()
    assert reached == {"package", "quality", "strata", "grades", "eligibility", "comparables", "sources"}


def test_no_element_id_is_used_twice(browser: Any, pages: dict[str, Path]) -> None:
    page = Opened(browser, pages["en"]).page
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id).filter(Boolean)")
    assert len(ids) == len(set(ids))


def test_paper_shows_whole_charts_and_no_navigation(browser: Any, pages: dict[str, Path]) -> None:
    page = Opened(browser, pages["en"]).page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})
    assert not page.locator("nav.toc").is_visible()
    for box in page.evaluate(
        "[...document.querySelectorAll('.chart svg')].map(e => e.getBoundingClientRect().right)"
    ):
        assert box <= 704


def test_without_scripts_every_figure_is_still_there(browser: Any, pages: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["en"].as_uri())
    assert page.locator("#strata table").count() == 8
    context.close()
