"""The reach model (触达模型): where somebody lives among the places on file, and whether a letter arrives there.

A person lives at one of the places on file or at none of them. With u the weighted sum of a place's features, the
chance to live there is exp(u) over one plus the sum of exp(u) of all the person's places. Where the person lives a
letter arrives with chance a, elsewhere with chance f (family lives there still); both are logistic. What became
of a letter says how likely either was. Weights have a normal prior, so that few letters move them a little and many
letters much; the posterior is the prior of the next outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from postloan.people.evidence import ARRIVALS, OUTCOMES, Floats, Ints, expanded
from postloan.people.situations import AT_HOME, GONE, NAMES, Situation

WEIGHTS = len(NAMES) + len(AT_HOME) + len(GONE)
"""How many weights the model has."""
_STEPS = 20
_ENOUGH = 0.3
"""Gain of the log posterior below which another step is not worth it."""
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Weights:
    """What the model believes.

    mean: of the weights (lives, at home, gone). precision: of their normal distribution, a matrix. outcomes: two rows
    (at home, gone) of how often each outcome was seen, as counts of a Dirichlet distribution. shift, slope: of the
    calibration on the log odds. letters: outcomes learned from.
    """

    mean: Floats
    precision: Floats
    outcomes: Floats
    shift: float = 0.0
    slope: float = 1.0
    letters: float = 0.0


@dataclass(frozen=True, slots=True)
class Chances:
    """Chances of candidates: to live there, that a letter arrives (calibrated), and of its two cases.

    lives, arrives, home, gone: 0 to 1, one a candidate.
    """

    lives: Floats
    arrives: Floats
    home: Floats
    gone: Floats


def _sigmoid(x: Floats) -> Floats:
    made: Floats = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return made


def _logit(p: Floats) -> Floats:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    made: Floats = np.log(p / (1 - p))
    return made


def _split(weights: Floats) -> tuple[Floats, Floats, Floats]:
    a, b = len(NAMES), len(NAMES) + len(AT_HOME)
    return weights[:a], weights[a:b], weights[b:]


def _resides(utility: Floats, first: Ints) -> Floats:
    """The chance of each candidate, and one for nowhere on file, add up to one for each moment."""
    count = np.diff(first)
    if not len(utility):
        return utility
    filled = count > 0
    top = np.zeros(len(count))
    top[filled] = np.maximum(np.maximum.reduceat(utility, first[:-1][filled]), 0)
    grown = np.exp(utility - np.repeat(top, count))
    total = np.zeros(len(count))
    total[filled] = np.add.reduceat(grown, first[:-1][filled])
    made: Floats = grown / np.repeat(total + np.exp(-top), count)
    return made


def chances(weights: Weights, situation: Situation) -> Chances:
    """What the model expects of every candidate."""
    lives, home, gone = _split(weights.mean)
    there = _resides(situation.lives @ lives, situation.first)
    a, f = _sigmoid(situation.home @ home), _sigmoid(situation.gone @ gone)
    raw = there * a + (1 - there) * f
    return Chances(there, _sigmoid(weights.shift + weights.slope * _logit(raw)), a, f)


def odds_of_outcome(weights: Weights) -> Floats:
    """For each outcome the share at home and gone: two rows, arrivals and the rest each adding up to one."""
    made = weights.outcomes.copy()
    made[:, :ARRIVALS] /= made[:, :ARRIVALS].sum(axis=1, keepdims=True)
    made[:, ARRIVALS:] /= made[:, ARRIVALS:].sum(axis=1, keepdims=True)
    return made


@dataclass(frozen=True, slots=True)
class Lessons:
    """Letters to learn from: the situation of each moment, the candidate that was written to, what became of it.

    target: candidate. outcome: index into ``OUTCOMES``. weight: how much it counts.
    """

    situation: Situation
    target: Ints
    outcome: Ints
    weight: Floats

    def at(self, chosen: Ints) -> Lessons:
        """Some of the lessons, in order."""
        s = self.situation
        count = np.diff(s.first)[chosen]
        moment, row = expanded(s.first[:-1][chosen], count)
        first = np.concatenate([[0], np.cumsum(count)])
        part = Situation(first, moment, s.place[row], s.lives[row], s.home[row], s.gone[row])
        target = self.target[chosen] - s.first[:-1][chosen] + first[:-1]
        return Lessons(part, target, self.outcome[chosen], self.weight[chosen])


def _scores(mean: Floats, share: Floats, lessons: Lessons) -> tuple[Floats, npt.NDArray[np.float32], Floats]:
    """Log likelihood, score vector and chance to have been at home of each letter."""
    s, at = lessons.situation, lessons.target
    lives, home, gone = _split(mean)
    there = _resides(s.lives @ lives, s.first)
    r = there[at]
    a, f = _sigmoid(s.home[at] @ home), _sigmoid(s.gone[at] @ gone)
    hit = lessons.outcome < ARRIVALS
    k1, k0 = share[0][lessons.outcome], share[1][lessons.outcome]
    p1, p0 = k1 * np.where(hit, a, 1 - a), k0 * np.where(hit, f, 1 - f)
    both = r * p1 + (1 - r) * p0
    sign = np.where(hit, 1.0, -1.0)
    # every lesson has candidates, its target at least
    middle = np.add.reduceat(s.lives * there[:, None].astype(np.float32), s.first[:-1], axis=0)
    d_lives = ((p1 - p0) * r / both)[:, None].astype(np.float32) * (s.lives[at] - middle)
    d_home = (sign * r * k1 * a * (1 - a) / both)[:, None].astype(np.float32) * s.home[at]
    d_gone = (sign * (1 - r) * k0 * f * (1 - f) / both)[:, None].astype(np.float32) * s.gone[at]
    return np.log(both), np.hstack([d_lives, d_home, d_gone]), r * p1 / both


def _pieces(lessons: Lessons) -> list[Lessons]:
    """The lessons in pieces of a bounded size."""
    made, s = [], lessons.situation
    for begin in range(0, len(lessons.target), _CHUNK):
        end = min(begin + _CHUNK, len(lessons.target))
        low, high = s.first[begin], s.first[end]
        part = Situation(
            s.first[begin : end + 1] - low, s.moment[low:high] - begin, s.place[low:high],
            s.lives[low:high], s.home[low:high], s.gone[low:high],
        )  # fmt: skip
        made.append(
            Lessons(
                part, lessons.target[begin:end] - low, lessons.outcome[begin:end], lessons.weight[begin:end]
            )
        )
    return made


def _value(mean: Floats, prior: Weights, share: Floats, pieces: list[Lessons]) -> float:
    """Log of the posterior, up to a constant."""
    total = 0.0
    for piece in pieces:
        s, at = piece.situation, piece.target
        lives, home, gone = _split(mean)
        r = _resides(s.lives @ lives, s.first)[at]
        a, f = _sigmoid(s.home[at] @ home), _sigmoid(s.gone[at] @ gone)
        hit = piece.outcome < ARRIVALS
        p1 = share[0][piece.outcome] * np.where(hit, a, 1 - a)
        p0 = share[1][piece.outcome] * np.where(hit, f, 1 - f)
        total += float(piece.weight @ np.log(r * p1 + (1 - r) * p0))
    off = mean - prior.mean
    return total - 0.5 * float(off @ prior.precision @ off)


def learn(prior: Weights, lessons: Lessons, *, steps: int = _STEPS, start: Floats | None = None) -> Weights:
    """What to believe after some letters; the answer is a prior for the next ones.

    Newton's method with the outer products of the scores as curvature, a step halved until it gains; the shares of
    outcomes by expectation and maximisation. Stops when nothing moves.
    """
    if not len(lessons.target):
        return prior
    pieces = _pieces(lessons)
    mean = (prior.mean if start is None else start).copy()
    counts = prior.outcomes.copy()
    curve = np.zeros_like(prior.precision)
    for _ in range(steps):
        share = odds_of_outcome(replace(prior, outcomes=counts))
        grad, curve = -(prior.precision @ (mean - prior.mean)), np.zeros_like(prior.precision)
        seen = np.zeros_like(counts)
        for piece in pieces:
            _, score, home = _scores(mean, share, piece)
            weighted = score * piece.weight[:, None].astype(np.float32)
            grad += weighted.sum(axis=0, dtype=np.float64)
            curve += (weighted.T @ score).astype(np.float64)
            seen[0] += np.bincount(piece.outcome, piece.weight * home, minlength=len(OUTCOMES))
            seen[1] += np.bincount(piece.outcome, piece.weight * (1 - home), minlength=len(OUTCOMES))
        counts = prior.outcomes + seen
        share = odds_of_outcome(replace(prior, outcomes=counts))
        step = np.linalg.solve(curve + prior.precision, grad)
        here, size = _value(mean, prior, share, pieces), 1.0
        while size > 1e-3 and _value(mean + size * step, prior, share, pieces) < here:
            size /= 2
        if size <= 1e-3:
            break
        mean = mean + size * step
        if float(grad @ step) * size < _ENOUGH:
            break
    return replace(
        prior, mean=mean, precision=prior.precision + curve, outcomes=counts,
        letters=prior.letters + float(lessons.weight.sum()),
    )  # fmt: skip


def fitted_calibration(
    logits: Floats, arrived: npt.NDArray[np.bool_], weight: Floats | None, *, trust: float = 100.0
) -> tuple[float, float]:
    """Shift and slope of the log odds that fit outcomes best (Platt); ``trust``: letters that speak for none."""
    count = np.ones(len(logits)) if weight is None else weight
    x = np.column_stack([np.ones(len(logits)), logits])
    at, start = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    held = trust * np.diag([0.2, 0.5])
    for _ in range(12):
        p = _sigmoid(x @ at)
        grad = x.T @ (count * (arrived - p)) - held @ (at - start)
        curve = (x * (count * p * (1 - p))[:, None]).T @ x + held
        at = at + np.linalg.solve(curve, grad)
    return float(at[0]), float(at[1])


@cache
def prior() -> Weights:
    """What is believed before any letter of one's own: learned from synthetic worlds.

    ``scripts/build_reach_prior.py`` makes it.

    Raises:
        RuntimeError: the file belongs to other features than the code.
    """
    with (files(__package__) / "prior.npz").open("rb") as file, np.load(file) as held:
        if tuple(held["names"].tolist()) != NAMES:
            raise RuntimeError("prior.npz was made for other features; run scripts/build_reach_prior.py")
        shift, slope = held["calibration"].tolist()
        mean, precision, outcomes = (
            held[name].astype(np.float64) for name in ("mean", "precision", "outcomes")
        )
        return Weights(mean, precision, outcomes, shift, slope)
