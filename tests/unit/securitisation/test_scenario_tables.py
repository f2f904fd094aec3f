from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from postloan.securitisation import BadFlow
from postloan.securitisation.flow_table import flow_of_table
from postloan.securitisation.stress import middle


def table(**more):
    columns = {
        "scenario": ["b", "a", "a", "b", "c"],
        "date": ["2025-04-30", "2025-03-31", "2025-04-30", "2025-03-31", "2025-03-31"],
        "recovery": ["4.00", "1.00", "2.00", "3.01", None],
    } | more
    return pa.table(columns)


def test_a_row_a_scenario_and_day_becomes_scenarios_side_by_side() -> None:
    flow = flow_of_table(table(), "forecast")
    assert flow.dates == (date(2025, 3, 31), date(2025, 4, 30))
    assert flow.width == 3
    assert [lane.tolist() for lane in flow.columns["recovery"]] == [[100, 301, 0], [200, 400, 0]]


def test_the_middle_scenario_is_the_one_with_the_median_cash() -> None:
    assert list(middle(flow_of_table(table(), "forecast")).columns["recovery"]) == [100, 200]


def test_decimals_of_a_parquet_file_stay_exact() -> None:
    amounts = pa.array([Decimal("90071992547409.93")] * 5, pa.decimal128(18, 2))
    assert (
        flow_of_table(table(recovery=amounts), "x").columns["recovery"][0].tolist()[0]
        == 9_007_199_254_740_993
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"rent": ["1"] * 5}, "unknown column 'rent'"),
        ({"recovery": ["1.005"] * 5}, "forecast"),
        ({"recovery": ["x"] * 5}, "forecast"),
        ({"recovery": ["-1"] * 5}, "negative"),
        ({"date": ["2025-03-31"] * 5}, "same day twice"),
        ({"date": ["someday"] * 5}, "forecast"),
    ],
)
def test_a_wrong_table_is_refused(more, says: str) -> None:
    with pytest.raises(BadFlow, match=says):
        flow_of_table(table(**more), "forecast")
