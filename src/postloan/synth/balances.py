"""Who owes how much: loans per borrower, balances per borrower and loan, interest inside them. All in fen."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist

import numpy as np

from postloan.synth.shares import Floats, Ints, share_out
from postloan.synth.targets import Targets


@dataclass(frozen=True, slots=True)
class Balances:
    """Balances of a package.

    owner: borrower (from 0) of each loan, ascending. first: first loan of each borrower. owed: principal plus
    interest per loan. by_borrower: the same per borrower.
    """

    owner: Ints
    first: Ints
    owed: Ints
    by_borrower: Ints


def balances(targets: Targets, rng: np.random.Generator) -> Balances:
    """Balances that are skewed as in consumer lending and meet total, counts and the largest borrower."""
    counts = _loans_each(targets, rng)
    first = np.concatenate(([0], np.cumsum(counts)[:-1]))
    owner = np.repeat(np.arange(targets.borrowers, dtype=np.int64), counts)
    by_borrower = _by_borrower(targets, counts, rng)
    owed = _by_loan(by_borrower, counts, first, owner, rng)
    return Balances(owner, first, owed, by_borrower)


def _loans_each(targets: Targets, rng: np.random.Generator) -> Ints:
    """At least one loan per borrower; a few borrowers have many."""
    extra = targets.loans - targets.borrowers
    counts = np.ones(targets.borrowers, dtype=np.int64)
    if extra:
        weights = rng.gamma(0.9, size=targets.borrowers) + 1e-9
        shares = np.floor(weights * (extra / weights.sum())).astype(np.int64)
        left = extra - int(shares.sum())
        # Whole shares first; what is left goes to borrowers drawn in proportion.
        shares += np.bincount(
            np.searchsorted(np.cumsum(weights), rng.random(left) * weights.sum()).clip(
                max=targets.borrowers - 1
            ),
            minlength=targets.borrowers,
        )
        counts += shares
    return counts


def _by_borrower(targets: Targets, counts: Ints, rng: np.random.Generator) -> Ints:
    count, largest = targets.borrowers, targets.max_borrower
    if count == 1:
        return np.array([targets.total], dtype=np.int64)
    average = targets.total / count
    sigma = _spread(largest / average, count) if largest else 1.0
    draws = rng.standard_normal(count)
    if largest:
        # What would exceed the largest is drawn again, so that nobody crowds at the limit.
        limit = (log(largest / average) + sigma**2 / 2) / sigma if sigma else 8.0
        for _ in range(20):
            beyond = np.flatnonzero(draws > limit)
            if beyond.size == 0:
                break
            draws[beyond] = rng.standard_normal(beyond.size)
    weights = np.exp(sigma * draws) * np.sqrt(counts / counts.mean())
    if not largest:
        weights = np.minimum(weights, weights.mean() * rng.uniform(12, 20, count))
        least = _least(targets.total, targets.loans)
        return share_out(weights, targets.total, counts * least, np.full(count, targets.total), rng)
    return _with_largest(weights, targets.total, largest, counts, rng)


def _with_largest(weights: Floats, total: int, largest: int, counts: Ints, rng: np.random.Generator) -> Ints:
    """One borrower owes the largest balance exactly; the others owe less wherever the total allows it."""
    top = int(np.argmax(weights))
    if counts[top] > largest:
        top = int(np.argmin(counts))
    rest = np.flatnonzero(np.arange(len(weights)) != top)
    left = total - largest
    low = counts[rest] * _least(left, int(counts[rest].sum()))
    caps = [
        np.maximum((largest * rng.uniform(0.88, 0.999, rest.size)).astype(np.int64), low),
        np.full(rest.size, largest - 1),
        np.full(rest.size, largest),
    ]
    high = next((np.minimum(cap, largest) for cap in caps if int(cap.sum()) >= left), caps[-1])
    owed = np.empty(len(weights), dtype=np.int64)
    owed[top] = largest
    owed[rest] = share_out(weights[rest], left, low, np.maximum(high, low), rng)
    return owed


def _spread(ratio: float, count: int) -> float:
    """The lognormal spread at which the largest of ``count`` borrowers is ``ratio`` times the average."""
    z = NormalDist().inv_cdf(1 - 1 / (count + 1))
    inside = z * z - 2 * log(max(ratio, 1.0))
    return min(max(z - sqrt(inside) if inside > 0 else z, 0.15), 1.6)


def _least(total: int, loans: int) -> int:
    """The least balance of a loan: one yuan, less where the package is minute."""
    return max(1, min(100, total // max(1, 4 * loans)))


def _by_loan(by_borrower: Ints, counts: Ints, first: Ints, owner: Ints, rng: np.random.Generator) -> Ints:
    """Each borrower's balance split over the loans; every loan owes something."""
    least = np.maximum(1, np.minimum(100, by_borrower // (4 * counts)))
    weights = np.exp(0.7 * rng.standard_normal(len(owner)))
    shares = weights / np.add.reduceat(weights, first)[owner]
    free = by_borrower - least * counts
    owed: Ints = np.floor(shares * (free[owner] * (1 - 1e-12))).astype(np.int64) + least[owner]
    owed[first] += by_borrower - np.add.reduceat(owed, first)
    return owed


def interest_inside(owed: Ints, days: Ints, rates: Floats, interest: int, rng: np.random.Generator) -> Ints:
    """Interest per loan, growing with rate and days overdue, that sums to the package's; some principal stays."""
    weights = owed * rates * np.maximum(days, 1) ** 0.8 * np.exp(0.25 * rng.standard_normal(len(owed)))
    for cap in (np.floor(owed * 0.85).astype(np.int64), owed - 1):
        cap = np.clip(cap, 0, owed - 1)
        if int(cap.sum()) >= interest:
            return share_out(weights, interest, np.zeros_like(owed), cap, rng)
    raise ValueError("more interest than the balances can hold")
