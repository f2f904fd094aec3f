from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest

from postloan.adapters.tables import DuckDBEngine
from postloan.address.evaluate import evaluate, read_labelled
from postloan.address.parsing import parse_batch, schema

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("POSTLOAN_DATA") or ROOT.parent / "shared" / "data") / "address" / "dev.txt"
OTHERS = ROOT / "tests" / "data" / "address" / "other_provinces.txt"


@pytest.mark.real
@pytest.mark.skipif(not DATA.exists(), reason="the labelled addresses are not there")
@pytest.mark.parametrize(
    ("mode", "weights", "floor"),
    [("accurate", "default", 0.885), ("fast", "default", 0.878), ("accurate", "clean", 0.84)],
)
def test_elements_of_real_addresses_are_found_as_well_as_the_model_card_says(mode, weights, floor):
    assert evaluate(read_labelled(DATA.read_text("utf-8")), mode, weights).overall.f1 >= floor


@pytest.mark.parametrize(("weights", "floor"), [("default", 0.88), ("clean", 0.86)])
def test_addresses_of_other_provinces_are_read_as_well(weights, floor):
    lines = [line for line in OTHERS.read_text("utf-8").splitlines() if not line.startswith("#")]
    gold = [[tuple(part.rsplit(":", 1)) for part in line.split("|")] for line in lines]
    assert evaluate(gold, "accurate", weights).overall.f1 >= floor


def test_the_engine_streams_addresses_through_the_parser(tmp_path):
    engine = DuckDBEngine()
    engine.register("given", pa.table({"text": ["上海市静安区南京西路1号", None, "成都市武侯区"] * 2000}))
    rows = engine.map_batches("SELECT text FROM given", parse_batch, schema(), tmp_path / "out.parquet")
    assert rows == 6000
    engine.parquet("parsed", tmp_path / "out.parquet")
    assert engine.rows("SELECT adcode, COUNT(*) FROM parsed GROUP BY adcode ORDER BY adcode NULLS LAST") == [
        ("310106", 2000), ("510107", 2000), (None, 2000),
    ]  # fmt: skip
