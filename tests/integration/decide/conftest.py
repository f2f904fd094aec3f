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
        ("matures_on", pa.date32()),
        ("overdue_since", pa.date32()),
        ("paid_out", pa.decimal128(18, 2)),
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
    "matures_on": None,
    "overdue_since": None,
    "paid_out": None,
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


MONEY = pa.decimal128(18, 2)
SIDES = {
    "payments": pa.schema(
        [
            ("row", pa.int64()),
            ("loan_id", pa.string()),
            ("paid_on", pa.date32()),
            *((name, MONEY) for name in ("amount", "principal", "interest", "penalty", "fees")),
            ("payer_relation", pa.string()),
            ("payer", pa.int64()),
        ]
    ),
    "schedules": pa.schema(
        [
            ("row", pa.int64()),
            ("loan_id", pa.string()),
            ("due_on", pa.date32()),
            ("principal_due", MONEY),
            ("interest_due", MONEY),
        ]
    ),
    "events": pa.schema(
        [
            ("row", pa.int64()),
            ("loan_id", pa.string()),
            ("kind", pa.string()),
            ("happened_on", pa.date32()),
            ("amount", MONEY),
            ("from_on", pa.date32()),
            ("to_on", pa.date32()),
            ("related_loan_id", pa.string()),
        ]
    ),
}


@pytest.fixture
def tape(engine):
    """Register loans (what a row does not say is usual), borrowers with their flags, and tables beside them."""

    def register(loans, borrowers=(("B1", ""),), **sides):
        for name, side in SIDES.items():
            engine.drop(name)
            if name in sides:
                told = [{"row": n, **row} for n, row in enumerate(sides[name], start=1)]
                engine.register(name, pa.Table.from_pylist(told, schema=side))
        rows = [{"row": n, "loan_id": f"L{n}", **USUAL, **loan} for n, loan in enumerate(loans, start=1)]
        engine.register("loans", pa.Table.from_pylist(rows, schema=LOANS))
        people = [{"borrower_id": name, "flags": flags} for name, flags in borrowers]
        schema = pa.schema([("borrower_id", pa.string()), ("flags", pa.string())])
        engine.register("borrowers", pa.Table.from_pylist(people, schema=schema))
        return rows

    return register
