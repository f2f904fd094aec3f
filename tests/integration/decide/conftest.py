from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from postloan.adapters.tables import DuckDBEngine

LOANS = pa.schema(
    [
        ("row", pa.int64()),
        ("loan_id", pa.string()),
        ("borrower_id", pa.string()),
        ("principal", pa.decimal128(18, 2)),
        ("total", pa.decimal128(18, 2)),
        ("product", pa.string()),
        ("days_overdue", pa.int32()),
        ("cutoff_on", pa.date32()),
        ("originated_on", pa.date32()),
        ("grade", pa.string()),
        ("written_off", pa.bool_()),
        ("guarantee", pa.string()),
        ("restructured_times", pa.int32()),
        ("quarantined", pa.bool_()),
    ]
)
USUAL = {
    "borrower_id": "B1",
    "principal": Decimal("90.25"),
    "total": Decimal("100.25"),
    "product": "consumer",
    "days_overdue": 400,
    "cutoff_on": date(2025, 6, 30),
    "originated_on": date(2024, 1, 1),
    "grade": None,
    "written_off": False,
    "guarantee": "credit",
    "restructured_times": 0,
    "quarantined": False,
}


@pytest.fixture(scope="session")
def engine():
    with DuckDBEngine(memory_mb=400, threads=2) as engine:
        yield engine


@pytest.fixture
def tape(engine):
    """Register loans (what a row does not say is usual) and borrowers with their flags."""

    def register(loans, borrowers=(("B1", ""),)):
        rows = [{"row": n, "loan_id": f"L{n}", **USUAL, **loan} for n, loan in enumerate(loans, start=1)]
        engine.register("loans", pa.Table.from_pylist(rows, schema=LOANS))
        people = [{"borrower_id": name, "flags": flags} for name, flags in borrowers]
        schema = pa.schema([("borrower_id", pa.string()), ("flags", pa.string())])
        engine.register("borrowers", pa.Table.from_pylist(people, schema=schema))
        return rows

    return register
