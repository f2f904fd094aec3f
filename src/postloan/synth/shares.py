"""Whole-number arithmetic that lands on a published figure: shares that add up, averages that come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

_CHUNK = 65_536


def dot(left: Ints, right: Ints) -> int:
    """The sum of products, exactly, whatever its size."""
    if left.size == 0:
        return 0
    if float(np.abs(left).max()) * float(np.abs(right).sum(dtype=np.float64)) < 2**62:
        return int(np.dot(left, right))
    whole = 0
    for start in range(0, len(left), _CHUNK):
        part = slice(start, start + _CHUNK)
        whole += int(np.dot(left[part].astype(object), right[part].astype(object)))
    return whole


def rising(amount: Callable[[float], float], target: float, *, steps: int = 60) -> float:
    """The factor at which a rising function of it reaches the target (bisection in logarithms)."""
    low, high = -40.0, 40.0
    for _ in range(steps):
        middle = (low + high) / 2
        if amount(float(np.exp(middle))) < target:
            low = middle
        else:
            high = middle
        if high - low < 1e-9:
            break
    return float(np.exp((low + high) / 2))


def share_out(weights: Floats, total: int, low: Ints, high: Ints, rng: np.random.Generator) -> Ints:
    """Whole parts in proportion to the weights, each between its bounds, that sum to the total.

    The caller makes sure that sum(low) <= total <= sum(high).
    """
    floor, cap = low.astype(np.float64), high.astype(np.float64)
    factor = rising(lambda s: float(np.clip(weights * s, floor, cap).sum()), float(total), steps=48)
    parts = np.clip(np.floor(weights * factor), floor, cap).astype(np.int64)
    left = total - int(parts.sum())
    while left:
        room = (high - parts) if left > 0 else (parts - low)
        open_ = np.flatnonzero(room > 0)
        if open_.size == 0:
            raise ValueError("the bounds do not admit the total")
        each = abs(left) // open_.size
        if each:
            move = np.minimum(room[open_], each)
        else:
            open_ = rng.permutation(open_)[: abs(left)]
            move = np.ones(open_.size, dtype=np.int64)
        parts[open_] += move if left > 0 else -move
        left = total - int(parts.sum())
    return parts


def close_gap(
    values: Ints, weights: Ints, gap: int, low: Ints, high: Ints, rng: np.random.Generator, *,
    step: int = 1, within: int = 0,
) -> int:  # fmt: skip
    """Move values by whole steps inside their bounds until their weighted sum has grown by the gap.

    Changes ``values`` in place. Answers what is left of the gap: at most ``within`` where that can be reached.
    """
    for _ in range(1_000):
        if abs(gap) <= within:
            return gap
        moved = _sweep(values, weights, gap, low, high, rng, step)
        if moved == 0:
            break
        gap -= moved
    for _ in range(30):
        if abs(gap) <= within:
            break
        better = _trade(values, weights, gap, low, high, rng, step)
        if better == gap:
            break
        gap = better
    return gap


def _sweep(
    values: Ints, weights: Ints, gap: int, low: Ints, high: Ints, rng: np.random.Generator, step: int
) -> int:
    """Move many values one step each, towards the gap and not beyond it; answers what was gained."""
    up = gap > 0
    room = (high - values if up else values - low) >= step
    order = rng.permutation(np.flatnonzero(room & (weights > 0)))
    reached = np.cumsum(weights[order] * step)
    taken = int(np.searchsorted(reached, abs(gap), side="right"))
    gained = int(reached[taken - 1]) if taken else 0
    chosen = [order[:taken]]
    # The rest of the gap is smaller than the next weight: fill it with ever smaller ones.
    rest = order[taken:]
    rest = rest[np.argsort(weights[rest], kind="stable")]
    sizes, end = weights[rest] * step, len(rest)
    for _ in range(400):
        end = min(end, int(np.searchsorted(sizes[:end], abs(gap) - gained, side="right")))
        if end == 0:
            break
        end -= 1
        gained += int(sizes[end])
        chosen.append(rest[end : end + 1])
    values[np.concatenate(chosen)] += step if up else -step
    return gained if up else -gained


def _trade(
    values: Ints, weights: Ints, gap: int, low: Ints, high: Ints, rng: np.random.Generator, step: int
) -> int:
    """Move two values against each other so that the gap shrinks; answers the gap that is left."""
    usable = np.flatnonzero(weights > 0)
    if usable.size == 0:
        return gap
    pairs = min(400, usable.size**2)
    one, two = rng.choice(usable, pairs), rng.choice(usable, pairs)
    different = one != two
    one, two = one[different], two[different]
    if one.size == 0:
        return gap
    spread = np.arange(-200, 201, dtype=np.int64)
    first = spread[None, :] * step
    rest = float(gap) - first * weights[one][:, None].astype(np.float64)
    second = np.rint(rest / (weights[two][:, None] * step)).astype(np.int64) * step
    left = np.abs(rest - second * weights[two][:, None].astype(np.float64))
    a, b = values[one][:, None] + first, values[two][:, None] + second
    ok = (a >= low[one][:, None]) & (a <= high[one][:, None])
    ok &= (b >= low[two][:, None]) & (b <= high[two][:, None])
    left[~ok] = np.inf
    best = np.unravel_index(int(np.argmin(left)), left.shape)
    if not left[best] < abs(gap):
        return gap
    i, j = int(one[best[0]]), int(two[best[0]])
    shift_i, shift_j = int(spread[best[1]]) * step, int(second[best])
    values[i] += shift_i
    values[j] += shift_j
    return gap - shift_i * int(weights[i]) - shift_j * int(weights[j])
