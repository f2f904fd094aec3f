from __future__ import annotations

import os
from pathlib import Path

import pytest

from postloan.adapters.files import open_mapping

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("POSTLOAN_DATA") or ROOT.parent / "shared" / "data") / "loans"


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "mapping", "rows"),
    [
        ("uci_taiwan_default.csv", "uci.yaml", 30_000),
        ("sba_national_subset.csv", "sba.yaml", 4_916),
        ("lendingclub_2018_45col.csv", "lendingclub.yaml", 31_766),
    ],
)
def test_a_real_file_maps_with_a_dozen_lines_and_everything_can_be_read(engine, take_in, file, mapping, rows):
    if not (DATA / file).exists():
        pytest.skip(f"{file} is not there; set POSTLOAN_DATA to the folder that holds loans/")
    path = ROOT / "examples" / "mappings" / mapping
    assert sum(not line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines()) <= 18
    intake = take_in(DATA / file, open_mapping(path))
    engine.table("loans", "SELECT * FROM typed_loans")
    assert engine.rows("SELECT COUNT(*), COUNT(loan_id), COUNT(product) FROM loans") == [(rows, rows, rows)]
    assert engine.rows("SELECT COUNT(*) FROM loans WHERE unread <> 0") == [(0,)]
    assert "T002" in {finding.code for finding in intake.findings}
