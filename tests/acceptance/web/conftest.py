"""A browser without a window, and the pages it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_server import serving
from web_store import make_house

CHROMIUM = Path("/usr/bin/chromium")
_OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium here")
    with api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=str(CHROMIUM), args=list(_OPTIONS))
        yield made
        made.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Pages that tests of a module share."""
    house = make_house(tmp_path_factory.mktemp("books"))
    with serving(house) as url:
        yield url


@pytest.fixture
def own(tmp_path: Path) -> Iterator[str]:
    """Pages of a test that changes what they show."""
    with serving(make_house(tmp_path)) as url:
        yield url
