from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from deals import ABS, golden

from postloan.securitisation.machine import conserved

SCRIPT = Path(__file__).parents[3] / "scripts" / "golden_abs.py"
PAIRS = sorted(path.name.split(".")[0] for path in ABS.glob("*.request.json"))

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAIRS, reason="the golden pairs are not at hand (POSTLOAN_DATA)"),
]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("golden_abs", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", PAIRS or ["none"])
def test_every_row_of_the_public_engine_is_met_to_the_cent(script, name: str) -> None:
    request, answer = golden(name)
    result, lost = script.run(request, answer)
    rows = list(script.rows(result, answer))
    assert lost == ()
    assert len(rows) >= 100
    assert [row for row in rows if row[3] != tuple(row[4])] == []
    came, paid, left = conserved(result.machine)
    assert came == paid + left
