"""Days overdue, ages and credit lines whose weighted averages print exactly as published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from postloan.kernel import PostloanError
from postloan.synth.facts import TERMS, Fact
from postloan.synth.shares import Floats, Ints, close_gap, dot, rising

BANDS: Mapping[str, tuple[int, int]] = {
    "normal": (1, 30),
    "special_mention": (1, 90),
    "substandard": (91, 270),
    "doubtful": (271, 360),
    "loss": (361, 4_300),
}
"""Days overdue at which a seller usually holds a loan in a class; wider where the average asks for it."""


class OutOfReach(PostloanError):
    """The {term} of {value} cannot be met with {loans} loans of {borrowers} borrowers.

    Correct the figure, or give it a tolerance.
    """

    zh = "{borrowers} 户 {loans} 笔贷款无法得到{term_zh} {value}。请更正该数值或给出容差。"


def out_of_reach(name: str, fact: Fact, loans: int, borrowers: int) -> OutOfReach:
    """The error for an average that no whole numbers reach."""
    unit = 100 if name == "weighted_credit_limit" else 1
    return OutOfReach(
        term=TERMS[name][0],
        term_zh=TERMS[name][1],
        value=float(fact.value / unit),
        loans=loans,
        borrowers=borrowers,
    )


def _settle(
    name: str, fact: Fact, shape: Callable[[float], Floats], weights: Ints, low: Ints, high: Ints,
    rng: np.random.Generator, *, step: int = 1, borrowers: int = 0,
) -> Ints:  # fmt: skip
    """Whole values of a shape, scaled and nudged until their weighted average is the fact's."""
    whole = int(weights.sum())
    share = weights / whole
    bounded = [low.astype(np.float64), high.astype(np.float64)]
    factor = rising(lambda s: float(np.dot(np.clip(shape(s), *bounded), share)), float(fact.value), steps=44)
    raw = np.clip(shape(factor), *bounded) / step
    values = np.clip(np.floor(raw + rng.random(len(raw))).astype(np.int64) * step, low, high)
    wanted = round(fact.value * whole)
    # A tenth of the last printed digit is close; where few loans forbid it, the tolerance itself.
    close = int(min(fact.reach, Fraction(1, 200)) / 10 * whole)
    gap = close_gap(values, weights, wanted - dot(values, weights), low, high, rng, step=step, within=close)
    if step > 1:
        gap = close_gap(values, weights, gap, low, high, rng, step=1, within=close)
    if not fact.rough and abs(gap) > min(fact.high - fact.value, fact.value - fact.low) * whole:
        raise out_of_reach(name, fact, len(weights), borrowers or len(weights))
    return values


def days_overdue(fact: Fact, grades: Any, owner: Ints, owed: Ints, rng: np.random.Generator) -> Ints:
    """Days overdue per loan.

    grades: each loan's class by name as a NumPy array, or None where the days decide the class.
    A borrower's loans fall due together, more or less.
    """
    borrowers = int(owner[-1]) + 1
    draws = 0.75 * rng.standard_normal(borrowers)[owner] + 0.66 * rng.standard_normal(len(owner))
    growth = np.exp(0.55 * draws)
    for low, high in _ladders(float(fact.value), grades, len(owner)):
        least, most = float(np.dot(low, owed / owed.sum())), float(np.dot(high, owed / owed.sum()))
        if least < float(fact.value) < most:
            break
    scale = np.where(high - low < 400, (high - low) / 600.0, 1.0)
    return _settle(
        "weighted_overdue_days", fact, lambda s: low + s * growth * scale, owed, low, high, rng,
        borrowers=borrowers,
    )  # fmt: skip


def _ladders(average: float, grades: Any, count: int) -> list[tuple[Ints, Ints]]:
    """Bounds of the days, the most natural first; the days win over the class where they cannot agree."""
    far = max(4_300, int(average * 3))
    widest = (np.ones(count, dtype=np.int64), np.full(count, far))
    if grades is None:
        return [(np.full(count, 91), np.full(count, far)), widest]
    bands = {**BANDS, "loss": (361, far)}
    low, high = np.ones(count, dtype=np.int64), np.full(count, far)
    for grade, (least, most) in bands.items():
        low[grades == grade], high[grades == grade] = least, most
    # A class may be harsher than the days ask for, never milder.
    harsher = np.where(np.isin(grades, ("normal", "special_mention")), low, np.minimum(low, 91))
    return [(low, high), (harsher, high), (np.ones(count, dtype=np.int64), high), widest]


def ages(fact: Fact, least: Ints, owed: Ints, loans: int, rng: np.random.Generator) -> Ints:
    """Age per borrower in completed years on the cut-off date, about 22 to 60.

    least: the youngest that each borrower can be, for nobody borrows before 18. owed: balance per borrower.
    """
    count = len(owed)
    draws = np.exp(0.42 * rng.standard_normal(count))
    wish = float(fact.value)
    for low, high in (
        (np.maximum(least, 22), np.full(count, 62)),
        (np.full(count, 20), np.full(count, 75)),
        (np.full(count, 18), np.full(count, 99)),
    ):
        low, high = np.minimum(low, high), high.astype(np.int64)
        share = owed / owed.sum()
        if float(np.dot(low, share)) < wish < float(np.dot(high, share)):
            break
    return _settle(
        "weighted_age", fact, lambda s: low + s * draws, owed, low, high, rng, borrowers=count
    )  # fmt: skip


def lines(fact: Fact, principal: Ints, owed: Ints, borrowers: int, rng: np.random.Generator) -> Ints:
    """Credit line per loan in fen, in whole hundreds of yuan but for a few, above the principal where it can be."""
    step = 10_000
    up = (principal // step + 1) * step
    far = np.full(len(owed), max(int(up.max()), int(fact.value * 4), step) * 4)
    drawn = np.exp(0.5 * rng.standard_normal(len(owed)))
    if float(np.dot(up, owed / owed.sum())) < float(fact.value):
        base = up.astype(np.float64)
        usual = float(fact.value)
        return _settle(
            "weighted_credit_limit", fact, lambda s: base + s * usual * drawn, owed, up, far, rng,
            step=step, borrowers=borrowers,
        )  # fmt: skip
    # The published line is below what is owed: large loans have grown beyond theirs.
    low = np.full(len(owed), 1, dtype=np.int64)
    top = up.astype(np.float64)
    return _settle(
        "weighted_credit_limit", fact, lambda s: np.minimum(top, s * drawn), owed, low, far, rng,
        step=step, borrowers=borrowers,
    )  # fmt: skip
