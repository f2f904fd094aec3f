from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from postloan.adapters.tables import DuckDBEngine
from postloan.rules import RuleBook, load_book
from postloan.tape.columns import tables
from postloan.tape.identity import check_character

CUTOFF = date(2025, 6, 30)
ARROW = {
    "text": pa.string(),
    "money": pa.decimal128(18, 2),
    "day": pa.date32(),
    "whole": pa.int32(),
    "rate": pa.decimal128(9, 6),
    "flag": pa.bool_(),
    "term": pa.string(),
    "terms": pa.string(),
}

Row = dict[str, Any]


def a_loan(number: int) -> Row:
    """A loan on which nothing can be found."""
    overdue_since = CUTOFF - timedelta(days=380 + number % 40)
    principal = Decimal(9_000 + 137 * number % 20_000)
    return {
        "loan_id": f"L{number:05}",
        "borrower_id": f"B{number // 2:05}",
        "principal": principal,
        "interest": Decimal("812.34"),
        "stated_total": principal + Decimal("812.34"),
        "product": "consumer",
        "overdue_since": overdue_since,
        "days_overdue": (CUTOFF - overdue_since).days,
        "cutoff_on": CUTOFF,
        "originated_on": overdue_since - timedelta(days=200),
        "matures_on": overdue_since + timedelta(days=165),
        "credit_line": Decimal("60000.00"),
        "paid_out": Decimal("50000.00"),
        "annual_rate": Decimal("0.180000"),
        "grade": "loss",
        "written_off": True,
        "written_off_on": CUTOFF - timedelta(days=30),
        "last_paid_on": overdue_since - timedelta(days=31),
        "last_paid_amount": Decimal("500.00"),
    }


def an_id(number: int) -> str:
    """A made-up identity number that no check objects to."""
    day = date(1985, 1, 1) + timedelta(days=number % 5_000)
    digits = f"110101{day:%Y%m%d}{number % 1000:03}"
    return digits + check_character(digits)


def a_borrower(number: int) -> Row:
    """A borrower on whom nothing can be found."""
    return {
        "borrower_id": f"B{number:05}",
        "name": f"测试{number}",
        "id_number": an_id(number),
        "born_on": date(1985, 1, 1) + timedelta(days=number % 5_000),
        "sex": "male" if number % 1000 % 2 else "female",
        "flags": "",
    }


def typed(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as the intake leaves them: our columns, typed, and the row number."""
    columns = {"row": pa.array(range(1, len(rows) + 1), pa.int64())}
    for column in tables()[name].columns.values():
        if any(column.name in row for row in rows):
            values = [row.get(column.name) for row in rows]
            columns[column.name] = pa.array(values, ARROW[column.kind])
    return pa.table(columns)


@pytest.fixture(scope="session")
def shared_engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1, memory_mb=500) as engine:
        yield engine


@pytest.fixture
def engine(shared_engine: DuckDBEngine) -> DuckDBEngine:
    for table in tables():
        shared_engine.drop(f"typed_{table}")
    return shared_engine


@pytest.fixture(scope="session")
def rules() -> RuleBook:
    return load_book()


@pytest.fixture
def tape(engine: DuckDBEngine) -> Callable[..., DuckDBEngine]:
    """Puts the given rows of each table into the engine."""

    def put(**given: Sequence[Mapping[str, Any]]) -> DuckDBEngine:
        for name, rows in given.items():
            engine.register(f"typed_{name}", typed(name, rows))
        return engine

    return put


@pytest.fixture
def clean() -> dict[str, list[Row]]:
    """Forty loans of twenty borrowers without a fault."""
    return {"loans": [a_loan(n) for n in range(40)], "borrowers": [a_borrower(n) for n in range(20)]}


@pytest.fixture(scope="session")
def as_typed() -> Callable[[str, Sequence[Mapping[str, Any]]], pa.Table]:
    """Rows as the intake leaves them."""
    return typed


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """Makes rows without a fault, and tables of them."""
    return SimpleNamespace(loan=a_loan, borrower=a_borrower, typed=typed)
