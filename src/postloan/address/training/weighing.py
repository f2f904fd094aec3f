"""Fit the weights of evidence by which two addresses are compared, on pairs of which the answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.names import States
from postloan.address.comparing.words import ELEMENTS, N_STATES, STATE_WORDS, State
from postloan.address.training.pairs import Pair

Floats = npt.NDArray[np.float64]
_FREE = (State.NONE,)  # states that are no evidence


def one_hot(states: States) -> npt.NDArray[np.float64]:
    """A column for each state of each element, and one of ones."""
    wide = np.zeros((len(states), len(ELEMENTS) * N_STATES + 1))
    columns = np.arange(len(ELEMENTS)) * N_STATES + states
    np.put_along_axis(wide, columns, 1.0, 1)
    wide[:, [k * N_STATES + state for k in range(len(ELEMENTS)) for state in _FREE]] = 0.0
    wide[:, -1] = 1.0
    return wide


_FOR = (State.SAME, State.CLOSE, State.PART)
_AGAINST = (State.ONE, State.NEAR, State.SIBLING, State.DIFFERENT)


def fit(states: States, same: npt.NDArray[np.bool_], ridge: float = 1.0) -> tuple[Floats, float]:
    """Log odds of one place by element and state (natural logarithm), and the log odds before any evidence.

    Logistic regression by Newton's method; ``ridge`` pulls the weight of rare states to nothing. No agreement may
    speak against one place and no contradiction or silence for it: a weight that would is held at nothing.
    """
    wide = one_hot(states)
    sign = np.zeros(wide.shape[1])
    for place in range(len(ELEMENTS)):
        sign[[place * N_STATES + state for state in _FOR]] = 1
        sign[[place * N_STATES + state for state in _AGAINST]] = -1
    free = np.ones(wide.shape[1], np.bool_)
    while True:
        weight = np.zeros(wide.shape[1])
        weight[free] = _newton(wide[:, free], same, ridge)
        wrong = weight * sign < 0
        if not wrong.any():
            return weight[:-1].reshape(len(ELEMENTS), N_STATES), float(weight[-1])
        free &= ~wrong


def _newton(wide: Floats, same: npt.NDArray[np.bool_], ridge: float) -> Floats:
    pull = np.full(wide.shape[1], ridge)
    pull[-1] = 1e-6  # the odds before any evidence are whatever they are
    weight = np.zeros(wide.shape[1])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-wide @ weight))
        slope = wide.T @ (same - probability) - pull * weight
        curve = (wide * (probability * (1 - probability))[:, None]).T @ wide + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        weight += step
        if np.abs(step).max() < 1e-7:
            break
    return weight


def states_of(pairs: Sequence[Pair], mode: str = "fast", weights: str = "default") -> States:
    """How the addresses of each pair stand to each other."""
    from postloan.address.comparing.signatures import signatures
    from postloan.address.comparing.states import pair_states

    one = signatures([pair.one for pair in pairs], mode, weights)  # type: ignore[arg-type]
    other = signatures([pair.other for pair in pairs], mode, weights)  # type: ignore[arg-type]
    row = np.arange(len(pairs))
    return pair_states(one, row, other, row)


def as_file(weight: Floats, before: float, about: dict[str, Any]) -> dict[str, Any]:
    """The contents of ``weights.json``."""
    return {
        "about": about,
        "before": round(before, 4),
        "weights": {
            name: {
                state.name.lower(): round(float(weight[place, state]), 4)
                for state in STATE_WORDS
                if weight[place, state] != 0
            }
            for place, name in enumerate(ELEMENTS)
        },
    }
