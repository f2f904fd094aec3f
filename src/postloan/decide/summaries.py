"""What the grades and the eligibility of a tape add up to, for a report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from postloan.kernel import Engine, load_queries


@dataclass(frozen=True, slots=True)
class Reason:
    """How many loans one rule decided in one way; a loan with several reasons counts under each.

    answer: allow, refuse or review; for grades the class, "" where there is none. rule: its id, "" where no rule
    spoke. loans: how many. amount: their principal and interest in yuan.
    """

    answer: str
    rule: str
    loans: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class GradeCell:
    """One cell of the migration matrix (分类迁移).

    seller_grade, grade: classes as the seller states and as computed; None where there is none. loans: how many.
    amount: their principal and interest in yuan.
    """

    seller_grade: str | None
    grade: str | None
    loans: int
    amount: Decimal


def grade_matrix(engine: Engine) -> list[GradeCell]:
    """Loans by the seller's and the computed class, from ``grades`` and ``loans``."""
    return [GradeCell(*row) for row in engine.rows(_query("grade_matrix"))]


def grade_reasons(engine: Engine) -> list[Reason]:
    """Loans by computed class and rule, from ``grades`` and ``loans``."""
    return _by_rule(engine, "grade_reasons")


def eligibility_reasons(engine: Engine) -> list[Reason]:
    """Loans by answer and rule, from ``eligibility`` and ``loans``."""
    return _by_rule(engine, "eligibility_reasons")


def _by_rule(engine: Engine, query: str) -> list[Reason]:
    loans: dict[tuple[str, str], int] = defaultdict(int)
    amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for answer, because, count, amount in engine.rows(_query(query)):
        for rule in because.split() or [""]:
            loans[answer, rule] += count
            amounts[answer, rule] += amount
    return [Reason(*key, loans[key], amounts[key]) for key in sorted(loans)]


def _query(name: str) -> str:
    return load_queries("postloan.decide", "summaries.sql")[name].bind()
