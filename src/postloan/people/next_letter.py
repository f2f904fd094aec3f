"""The next letter (下一封函): which place to try first, when to stop, what it costs and how likely it reaches.

A person lives at one place or at none on file, so a letter that failed at one place makes the others likelier. Letters
go one at a time: the next is written only when the one before has failed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from postloan.people.evidence import Flags, Floats, Ints, expanded
from postloan.people.reach import Chances


@dataclass(frozen=True, slots=True)
class Policy:
    """When a letter is worth sending.

    cost: of one letter, yuan. worth: of reaching a person, yuan. most: letters to one person. least: chance to arrive
    below which none is sent, 0 to 1. explore: share of people whose first place is drawn at random. seed: of the draw.
    """

    cost: float = 4.2
    worth: float = 60.0
    most: int = 3
    least: float = 0.05
    explore: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do for each person, in the order of persons.

    order: candidates to try, one column an attempt, -1 where it stops. chance: that each attempt arrives when those
    before it have failed. reached: that any of them arrives. cost: expected, yuan. drawn: whether the first place was
    drawn at random. probability: with which the first place was chosen.
    """

    order: Ints
    chance: Floats
    reached: Floats
    cost: Floats
    drawn: Flags
    probability: Floats


def plan(seen: Chances, first: Ints, policy: Policy) -> Plan:
    """The letters to each person. first: where each person's candidates begin; one more at the end."""
    people, rng = len(first) - 1, np.random.default_rng(policy.seed)
    count = np.diff(first)
    owner = np.repeat(np.arange(people), count)
    lives = seen.lives.copy()
    nowhere = np.maximum(1 - np.bincount(owner, lives, people), 0)
    tried = np.zeros(len(owner), dtype=np.bool_)
    order, chance = np.full((people, policy.most), -1, dtype=np.int64), np.zeros((people, policy.most))
    going, left, cost = count > 0, np.ones(people), np.zeros(people)
    drawn = going & (rng.random(people) < policy.explore)
    dice = rng.random(people)
    for attempt in range(policy.most):
        arrives = lives * seen.home + (1 - lives) * seen.gone if attempt else seen.arrives
        best = _best(np.where(tried, -1.0, arrives), first, going)
        if not attempt:
            best = np.where(drawn, first[:-1] + np.floor(dice * count).astype(np.int64), best)
        at = np.maximum(best, 0)
        likely = np.where(best >= 0, arrives[at] if len(arrives) else 0.0, 0.0)
        untried = ~tried[at] if len(tried) else best >= 0
        worth: Flags = (best >= 0) & untried & (likely >= policy.least)
        worth &= (likely * policy.worth >= policy.cost) | ((attempt == 0) & drawn)
        going &= worth
        order[going, attempt], chance[going, attempt] = best[going], likely[going]
        cost += np.where(going, left * policy.cost, 0)
        left *= np.where(going, 1 - likely, 1)
        lives, nowhere = _after_failure(lives, nowhere, seen, first, np.where(going, best, -1))
        tried[best[going]] = True
    share = policy.explore * drawn / np.maximum(count, 1)
    greedy = _best(seen.arrives, first, count > 0) == order[:, 0]
    probability = np.where(greedy, 1 - policy.explore + policy.explore / np.maximum(count, 1), share)
    return Plan(order, chance, 1 - left, cost, drawn, np.where(order[:, 0] >= 0, probability, 0))


def _best(value: Floats, first: Ints, going: Flags) -> Ints:
    """The best candidate of each person; -1 where there is none."""
    made = np.full(len(first) - 1, -1, dtype=np.int64)
    some = going & (np.diff(first) > 0)
    if some.any():
        owner = np.repeat(np.arange(len(first) - 1), np.diff(first))
        ranked = np.lexsort((-value, owner))
        made[some] = ranked[first[:-1][some]]
        made[(made >= 0) & (value[np.maximum(made, 0)] < 0)] = -1
    return made


def _after_failure(
    lives: Floats, nowhere: Floats, seen: Chances, first: Ints, failed: Ints
) -> tuple[Floats, Floats]:
    """Where people live once a letter to a candidate each has failed (-1: none was sent)."""
    some = np.flatnonzero(failed >= 0)
    who, row = expanded(first[some], np.diff(first)[some])
    here = row == failed[some][who]
    miss = np.where(here, 1 - seen.home[row], 1 - seen.gone[failed[some]][who])
    weight = lives[row] * miss
    other = nowhere[some] * (1 - seen.gone[failed[some]])
    total = np.maximum(np.bincount(who, weight, len(some)) + other, 1e-12)
    made, rest = lives.copy(), nowhere.copy()
    made[row] = weight / total[who]
    rest[some] = other / total
    return made, rest
