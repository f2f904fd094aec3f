"""Letters as lessons: the situation in which each was sent and what became of it; what neighbours add."""

from __future__ import annotations

import numpy as np

from postloan.people.evidence import Evidence, Floats, Ints
from postloan.people.reach import Lessons, Weights, chances
from postloan.people.situations import POOLS, situation

_SHRINK = {"compound": 0.6, "street": 0.4, "county": 0.25, "group": 0.25}
"""Usual spread (log odds) of the differences between groups, where too few letters tell."""


def lessons_of(evidence: Evidence, chosen: Ints, pooled: Floats | None = None) -> Lessons:
    """The situations of some letters (numbers of rows) whose place and outcome are known."""
    letters = evidence.letters
    fit = chosen[(letters.place[chosen] >= 0) & (letters.outcome[chosen] >= 0)]
    s = situation(evidence, letters.person[fit], letters.sent[fit], pooled)
    key = s.moment * len(evidence.spots.person) + s.place
    wanted = np.arange(len(fit)) * len(evidence.spots.person) + letters.place[fit]
    target = np.searchsorted(key, wanted)
    return Lessons(s, target, letters.outcome[fit], letters.weight[fit])


def pooled_effects(weights: Weights, evidence: Evidence, chosen: Ints) -> Floats:
    """How much better or worse letters arrive around each place than expected, without the person's own letters.

    By empirical Bayes: the expected number of arrivals and its variance come from the model without neighbours; the
    spread between groups from all groups of a kind, smallest kind last. One row a place, one column for each of
    ``POOLS``; log odds.
    """
    spots, letters = evidence.spots, evidence.letters
    lessons = lessons_of(evidence, chosen)
    fit = chosen[(letters.place[chosen] >= 0) & (letters.outcome[chosen] >= 0)]
    expected = chances(weights, lessons.situation).arrives[lessons.target]
    off = (letters.arrived[fit] - expected) * lessons.weight
    information = np.maximum(expected * (1 - expected), 0.02) * lessons.weight
    made = np.zeros((len(spots.person), len(POOLS)))
    for column, name in enumerate(POOLS):
        group = getattr(spots, name)
        made[:, column] = _shrunken(
            group,
            group[letters.place[fit]],
            spots.person,
            letters.person[fit],
            off,
            information,
            _SHRINK[name],
        )
    return made


def _shrunken(
    group: Ints, of_letter: Ints, owner: Ints, writer: Ints, off: Floats, information: Floats, usual: float
) -> Floats:
    """Shrunken effects of the groups of places, each without the letters of the place's owner."""
    size = int(group.max(initial=0)) + 1
    total = np.bincount(of_letter, off, size)
    weight = np.bincount(of_letter, information, size)
    letters = np.bincount(of_letter, minlength=size)
    # moments: the mean square of the sums beyond what chance alone gives
    many = (letters >= 3) & (np.arange(size) > 0)
    spread = usual**2
    if many.sum() >= 20:
        excess = (total[many] ** 2 - weight[many]).sum() / (weight[many] ** 2).sum()
        spread = float(np.clip(excess, 0.0, 4.0))
    # take away what the owner's own letters added
    people = int(max(owner.max(initial=0), writer.max(initial=0))) + 1
    own_key = of_letter * people + writer
    keys, at = np.unique(own_key, return_inverse=True)
    own_total, own_weight = np.bincount(at, off), np.bincount(at, information)
    wanted = group * people + owner
    place = np.searchsorted(keys, wanted).clip(max=max(len(keys) - 1, 0))
    mine = (keys[place] == wanted) if len(keys) else np.zeros(len(wanted), dtype=np.bool_)
    rest = total[group] - np.where(mine, own_total[place] if len(keys) else 0, 0)
    left = weight[group] - np.where(mine, own_weight[place] if len(keys) else 0, 0)
    made: Floats = np.where(group > 0, rest / (np.maximum(left, 0) + 1 / max(spread, 1e-4)), 0.0)
    return made
