"""Learn the prior of the reach model from many synthetic worlds; writes ``src/postloan/people/prior.npz``.

Usage: ``python scripts/build_reach_prior.py [--worlds 200] [--seed 1]`` (some five minutes on one core).

The worlds are drawn from the wide ranges of ``postloan.synth.worlds.any_world``. Hierarchical Bayes: every world has
weights of its own around a common mean; mean and spread are found by expectation and maximisation. Where a tape has
no letters the mean decides; where it has some, they move the weights as far as worlds differ from each other.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from postloan.people.evidence import OUTCOMES, SOURCES
from postloan.people.lessons import pooled_effects
from postloan.people.reach import WEIGHTS, Lessons, Weights, chances, fitted_calibration, learn
from postloan.people.situations import AT_HOME, NAMES, situation
from postloan.synth.worlds import TODAY, any_world, live, probes

TARGET = Path(__file__).parents[1] / "src" / "postloan" / "people" / "prior.npz"
ROUNDS = 3
PSEUDO_LETTERS = 40.0


def first_guess() -> Weights:
    """Common sense, widely uncertain: where the hierarchical fit begins."""
    mean, sd = np.zeros(WEIGHTS), np.full(WEIGHTS, 0.7)
    column = {name: at for at, name in enumerate(NAMES)}
    mean[0] = -0.5
    for source, value in zip(SOURCES, (0.5, -0.3, 0.8, -2, 1.5, 0.7, 0, 0.5, 0.8), strict=True):
        mean[column[f"from_{source}"]] = value
        mean[column[f"age_of_{source}"]] = -0.3
    for name, at in column.items():
        sd[at] = 0.3 if name.startswith("pair_") else 1.5 if name.startswith("letter_") else 0.7
    for outcome, value in zip(OUTCOMES, (3, 0.5, 2, 1, -0.7, -0.5, -0.2, -2.5, -2.8), strict=True):
        mean[column[f"letter_{outcome}"]] = value
    mean[len(NAMES)] = 2.0
    mean[len(NAMES) + len(AT_HOME)] = -3.0
    outcomes = np.array([[7, 2, 0.8, 2, 4, 1.5, 1, 0.7, 0.5], [1, 8, 0.7, 0.5, 2.2, 1.2, 0.3, 3, 2.8]]) * 3
    return Weights(mean, np.diag(1 / sd**2), outcomes)


def lessons_of_world(seed: int, weights: Weights, people: int) -> Lessons:
    """One letter to a random place of every person of a world; the world's own letters are evidence."""
    rng = np.random.default_rng(seed)
    evidence, truth = live(any_world(rng, people), rng)
    pooled = pooled_effects(weights, evidence, np.arange(len(evidence.letters.person)))
    seen = situation(evidence, np.arange(people), np.full(people, TODAY), pooled)
    place, outcome = probes(evidence, truth, rng)
    begin = np.searchsorted(evidence.spots.person, np.arange(people))
    # a place without a record known by now is no candidate; a world has none
    return Lessons(seen, seen.first[:-1] + place - begin, outcome, np.ones(people))


def main() -> int:
    """Fit and write."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--worlds", type=int, default=200)
    asked.add_argument("--people", type=int, default=3_000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    prior = first_guess()
    for turn in range(ROUNDS):
        means, spreads, outcomes, logits, hits = [], [], [], [], []
        for world in range(options.worlds):
            lessons = lessons_of_world(options.seed * 100_000 + world, prior, options.people)
            made = learn(prior, lessons)
            means.append(made.mean)
            spreads.append(np.linalg.inv(made.precision))
            outcomes.append(made.outcomes - prior.outcomes)
            raw = chances(replace(prior, shift=0.0, slope=1.0), lessons.situation).arrives[lessons.target]
            logits.append(np.log(raw / (1 - raw)))
            hits.append(lessons.outcome < 3)
        mean = np.mean(means, axis=0)
        off = np.array(means) - mean
        cover = off.T @ off / len(means) + np.mean(spreads, axis=0)
        # worlds drawn by others differ from ours in more ways
        cover = 1.3 * cover + np.diag(np.full(WEIGHTS, 0.05**2))
        shares = np.mean([o / o.sum(axis=1, keepdims=True) for o in outcomes], axis=0) * PSEUDO_LETTERS
        shift, slope = fitted_calibration(np.concatenate(logits), np.concatenate(hits), None)
        prior = Weights(mean, np.linalg.inv(cover), shares, shift, slope)
        print(f"round {turn + 1}: shift {shift:.3f} slope {slope:.3f}", file=sys.stderr, flush=True)
    np.savez_compressed(
        TARGET, mean=prior.mean.astype(np.float32), precision=prior.precision.astype(np.float32),
        outcomes=prior.outcomes.astype(np.float32), calibration=np.array([prior.shift, prior.slope]),
        names=np.array(NAMES),
    )  # fmt: skip
    print(TARGET)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
