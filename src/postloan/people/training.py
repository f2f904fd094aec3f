"""From letters to a model: learn, let neighbours speak, learn again, calibrate on letters that were held out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from postloan.people.evidence import Evidence, Floats, Ints
from postloan.people.lessons import lessons_of, pooled_effects
from postloan.people.reach import Lessons, Weights, chances, fitted_calibration, learn, prior

MOST = 30_000
"""Letters that a model is learned from; of more, a sample: the weights would not change any more."""
_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Model:
    """A reach model for one set of files: its weights, and what neighbours of each place teach.

    weights: see ``Weights``. pooled: one row a place, one column for each of ``POOLS``; None without letters.
    """

    weights: Weights
    pooled: Floats | None


def usable(evidence: Evidence) -> Ints:
    """The letters that teach something: the place on file is known, and what became of it."""
    letters = evidence.letters
    return np.flatnonzero((letters.place >= 0) & (letters.outcome >= 0))


def train(
    evidence: Evidence, *, seed: int = 0, before: Weights | None = None, chosen: Ints | None = None
) -> Model:
    """Learn from the letters of some files.

    seed: chooses the sample of letters. before: what is believed already, the prior where None. chosen: letters to
    learn from (numbers of rows), all where None.
    """
    believed = before or prior()
    every = usable(evidence)
    letters = every if chosen is None else np.intersect1d(chosen, every)
    if not len(letters):
        # nothing new to learn, but neighbours still speak
        return Model(believed, pooled_effects(believed, evidence, every) if len(every) else None)
    rng = np.random.default_rng(seed)
    some = letters if len(letters) <= MOST else np.sort(rng.choice(letters, MOST, replace=False))
    first = learn(believed, lessons_of(evidence, some))
    pooled = pooled_effects(first, evidence, every)
    lessons = lessons_of(evidence, some, pooled)
    weights = learn(believed, lessons, start=first.mean)
    shift, slope = _calibrated(believed, weights, lessons, evidence.letters.person[some], rng)
    return Model(replace(weights, shift=shift, slope=slope), pooled)


def _calibrated(
    believed: Weights, weights: Weights, lessons: Lessons, person: Ints, rng: np.random.Generator
) -> tuple[float, float]:
    """Calibration on letters of people whom the weights were not learned from."""
    fold = rng.integers(0, _FOLDS, int(person.max()) + 1)[person]
    logits = np.zeros(len(person))
    for k in range(_FOLDS):
        out = fold == k
        made = learn(believed, lessons.at(np.flatnonzero(~out)), start=weights.mean, steps=4)
        part = lessons.at(np.flatnonzero(out))
        raw = chances(replace(made, shift=0.0, slope=1.0), part.situation).arrives[part.target]
        logits[out] = np.log(raw / (1 - raw))
    return fitted_calibration(logits, lessons.outcome < 3, lessons.weight)
