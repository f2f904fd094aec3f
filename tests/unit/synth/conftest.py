from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from postloan.kernel import age_on
from postloan.synth import Tables, package_notice, synthesize

_NEEDED = [
    "borrower_id", "principal", "interest", "fees", "credit_line", "days_overdue", "cutoff_on", "grade",
    "guarantee", "litigation", "written_off",
]  # fmt: skip


def disclosed(made: Tables) -> dict[str, Any]:
    """What a tape discloses, by plain Python: exact sums, no NumPy, nothing of the generator."""
    loans = made.tape["loans"].select(_NEEDED).to_pylist()
    born = dict(
        zip(*(made.tape["borrowers"][n].to_pylist() for n in ("borrower_id", "born_on")), strict=True)
    )
    owed = [loan["principal"] + loan["interest"] for loan in loans]
    total = sum(owed, Decimal(0))
    by_borrower: dict[str, Decimal] = {}
    for loan, amount in zip(loans, owed, strict=True):
        by_borrower[loan["borrower_id"]] = by_borrower.get(loan["borrower_id"], Decimal(0)) + amount

    def weighted(values: list[Any]) -> Fraction:
        fen = (int(weight * 100) for weight in owed)
        summed = sum((int(value * 100) * weight for value, weight in zip(values, fen, strict=True)), 0)
        return Fraction(summed, 100 * int(total * 100))

    def counts(column: str) -> dict[Any, int]:
        found: dict[Any, int] = {}
        for loan in loans:
            found[loan[column]] = found.get(loan[column], 0) + 1
        return found

    largest = max(by_borrower.values())
    return {
        "principal": sum((loan["principal"] for loan in loans), Decimal(0)),
        "interest": sum((loan["interest"] for loan in loans), Decimal(0)),
        "total": total,
        "other_fees": sum((loan["fees"] for loan in loans), Decimal(0)),
        "max_borrower": largest,
        "at_max": list(by_borrower.values()).count(largest),
        "avg_borrower": Fraction(total) / len(by_borrower),
        "weighted_credit_limit": weighted([loan["credit_line"] for loan in loans]),
        "loans": len(loans),
        "borrowers": len(by_borrower),
        "weighted_overdue_days": weighted([loan["days_overdue"] for loan in loans]),
        "weighted_age": weighted([age_on(born[loan["borrower_id"]], loan["cutoff_on"]) for loan in loans]),
        "five_class": counts("grade"),
        "guarantee": counts("guarantee"),
        "litigation": counts("litigation"),
        "written_off": counts("written_off").get(True, 0),
        "cutoff_date": {loan["cutoff_on"].isoformat() for loan in loans},
        "least_owed": min(owed),
        "least_principal": min(loan["principal"] for loan in loans),
    }


@pytest.fixture(scope="session")
def disclosure() -> Callable[[Tables], dict[str, Any]]:
    return disclosed


@pytest.fixture(scope="session")
def ant() -> Tables:
    """A whole published package: 55,400 loans."""
    return synthesize(package_notice("ant-2025-1"), seed=7)


@pytest.fixture
def small() -> dict[str, Any]:
    """A notice of a small package with every kind of fact."""
    return {
        "id": "small",
        "seller": "示例银行股份有限公司四川省分行",
        "product": "个人消费及经营性贷款",
        "principal": 5_000_000.37,
        "interest": 1_234_567.89,
        "total": 6_234_568.26,
        "other_fees": 1_234.56,
        "max_borrower": 250_000.01,
        "avg_borrower": 41_563.79,
        "weighted_credit_limit": 88_888.88,
        "loans": 240,
        "borrowers": 150,
        "weighted_overdue_days": 523.47,
        "weighted_age": 41.38,
        "cutoff_date": "2025-06-30",
        "five_class": {"损失": 120, "可疑": 20, "次级": 100},
        "written_off": 100,
        "guarantee": {"信用": 200, "保证": 40},
        "litigation": {"未诉": 180, "诉讼中": 40, "终本执行": 20},
        "tolerance": {},
    }
