from __future__ import annotations

from pathlib import Path

import pytest
from web_store import Clock, Pages, make_house

from postloan.web import House


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> House:
    """A store of its own for tests that change it."""
    return make_house(tmp_path, clock)


@pytest.fixture
def pages(house: House, clock: Clock) -> Pages:
    return Pages(house, clock)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One store for tests that only look."""
    return make_house(tmp_path_factory.mktemp("web"))


@pytest.fixture
def looking(shared: House) -> Pages:
    assert isinstance(shared.clock, Clock)
    return Pages(shared, shared.clock)
