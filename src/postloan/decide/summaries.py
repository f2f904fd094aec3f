"""What the grades and the eligibility of a tape add up to; rows in quarantine stand aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from postloan.kernel import Engine, load_queries


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule and how many loans it speaks for. A loan may have several reasons.

    of: the answer or grade that it leads to. total: principal and interest in yuan.
    """

    of: str
    rule: str
    loans: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class GradeCell:
    """One cell of the migration matrix (分类迁移): seller's grade against computed grade, '' where there is none.

    differing: loans on which the two are not the same.
    """

    seller: str
    computed: str
    loans: int
    total: Decimal
    differing: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An eligibility answer (allow, refuse, review) with what stands under it."""

    answer: str
    loans: int
    borrowers: int
    principal: Decimal
    total: Decimal


def grade_summary(engine: Engine) -> tuple[tuple[GradeCell, ...], tuple[Reason, ...]]:
    """The migration matrix and the reasons of the computed grades, from ``grades`` and ``loans``."""
    cells: dict[tuple[str, str], list[Any]] = {}
    reasons: dict[tuple[str, str], list[Any]] = {}
    for seller, computed, because, loans, total, differing in engine.rows(_query("grade_lines")):
        cell = cells.setdefault((seller or "", computed or ""), [0, Decimal(0), 0])
        cell[0] += loans
        cell[1] += total
        cell[2] += int(differing or 0)
        _count(reasons, computed or "", because, loans, total)
    return tuple(GradeCell(*key, *cell) for key, cell in sorted(cells.items())), _reasons(reasons)


def eligibility_summary(engine: Engine) -> tuple[tuple[Answered, ...], tuple[Reason, ...]]:
    """The answers, those that allow first, and their reasons, from ``eligibility`` and ``loans``."""
    sums: dict[str, list[Any]] = {}
    reasons: dict[tuple[str, str], list[Any]] = {}
    for answer, because, loans, principal, total in engine.rows(_query("eligibility_lines")):
        line = sums.setdefault(answer, [0, Decimal(0), Decimal(0)])
        line[0] += loans
        line[1] += principal
        line[2] += total
        _count(reasons, answer, because, loans, total)
    borrowers: dict[str, int] = dict(engine.rows(_query("eligibility_borrowers")))
    answers = tuple(
        Answered(answer, sums[answer][0], int(borrowers.get(answer, 0)), sums[answer][1], sums[answer][2])
        for answer in ("allow", "review", "refuse")
        if answer in sums
    )
    return answers, _reasons(reasons)


def _count(
    reasons: dict[tuple[str, str], list[Any]], of: str, because: str, loans: int, total: Decimal
) -> None:
    for rule in because.split():
        line = reasons.setdefault((of, rule), [0, Decimal(0)])
        line[0] += loans
        line[1] += total


def _reasons(reasons: Mapping[tuple[str, str], list[Any]]) -> tuple[Reason, ...]:
    made = [Reason(of, rule, loans, total) for (of, rule), (loans, total) in reasons.items()]
    return tuple(sorted(made, key=lambda r: (-r.loans, r.rule)))


def _query(name: str) -> str:
    return load_queries("postloan.decide", "summaries.sql")[name].bind()
