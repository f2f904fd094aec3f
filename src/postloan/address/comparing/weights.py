"""The weights of evidence, as fitted, and what they say of a pair."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.names import States
from postloan.address.comparing.words import AT, ELEMENTS, N_STATES, State

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """Log odds (natural) that two addresses name one place.

    before: those before any evidence. of: what each state (column) of each element (row) adds.
    """

    before: float
    of: Floats

    def probability(self, states: States) -> Floats:
        """How likely each pair is one place, 0 to 1."""
        odds = np.full(len(states), self.before)
        for place in range(len(ELEMENTS)):
            odds += self.of[place, states[:, place]]
        found: Floats = 1 / (1 + np.exp(-odds))
        return found


@cache
def packaged_weights() -> Weights:
    """The weights that postloan ships; ``weights.json`` says on what and when they were fitted."""
    packed = json.loads((files(__package__) / "weights.json").read_text("utf-8"))
    table = np.zeros((len(ELEMENTS), N_STATES))
    for name, by_state in packed["weights"].items():
        for state, weight in by_state.items():
            table[AT[name], State[state.upper()]] = weight
    return Weights(packed["before"], table)
