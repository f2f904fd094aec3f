"""Scenarios made from one forecast: less cash, later cash, luck from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from postloan.securitisation.flow import CASH, Flow, make_flow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOVES = (*CASH, "cost")


def stressed(flow: Flow, *, less: float = 0.0, later: int = 0) -> Flow:
    """One scenario with a part of the cash missing and all of it some rows later; costs fall and move with it.

    less: share of every payment that does not come (0.3: 30 %). later: rows of the flow; what would come after the
    last row comes on the last row.
    """
    keep = round((1 - less) * 1_000_000)
    columns = {}
    for name, values in flow.columns.items():
        moved = [int(value) * keep // 1_000_000 if name in _MOVES else int(value) for value in values]
        if later and name in _MOVES:
            whole = sum(moved)
            moved = [0] * min(later, len(moved)) + moved[: max(len(moved) - later, 0)]
            moved[-1] += whole - sum(moved)
        columns[name] = moved
    made = make_flow(flow.dates, columns)
    return Flow(made.dates, made.columns, flow.opening)


def scaled(flow: Flow, scales: NDArray[np.float64]) -> Flow:
    """A scenario for each scale: every payment and cost times it, rounded down to whole fen."""
    import numpy as np

    def lane(name: str, value: int) -> Any:
        return np.floor(value * scales).astype(np.int64) if name in _MOVES else np.full(len(scales), value)

    columns = {name: [lane(name, int(value)) for value in values] for name, values in flow.columns.items()}
    return Flow(flow.dates, columns, flow.opening, len(scales))


def repeated(flow: Flow, width: int) -> Flow:
    """The same scenario side by side, for structures that differ."""
    import numpy as np

    columns = {
        name: [np.full(width, int(v), dtype=np.int64) for v in values]
        for name, values in flow.columns.items()
    }
    return Flow(flow.dates, columns, flow.opening, width)


def side_by_side(flows: Sequence[Flow]) -> Flow:
    """Scenarios of the same days side by side."""
    import numpy as np

    first = flows[0]
    columns = {
        name: [
            np.array([int(flow.at(name, row)) for flow in flows], dtype=np.int64)
            for row in range(len(first.dates))
        ]
        for name in first.columns
    }
    return Flow(first.dates, columns, first.opening, len(flows))


def by_luck(flow: Flow, count: int, *, level: float, noise: float, seed: int) -> Flow:
    """Random scenarios around a forecast: a common level and a monthly noise, both lognormal with mean 1.

    level, noise: standard deviations of the logarithms. The same seed gives the same scenarios.
    """
    import numpy as np

    dice = np.random.default_rng(seed)
    common = dice.normal(-(level**2) / 2, level, count)
    columns = {
        name: [np.full(count, int(v), dtype=np.int64) for v in values]
        for name, values in flow.columns.items()
    }
    for row in range(len(flow.dates)):
        luck = np.exp(common + dice.normal(-(noise**2) / 2, noise, count))
        for name in _MOVES:
            if name in columns:
                columns[name][row] = np.floor(columns[name][row] * luck).astype(np.int64)
    return Flow(flow.dates, columns, flow.opening, count)


def middle(flow: Flow) -> Flow:
    """The scenario of many whose cash in all lies in the middle (the lower one of two)."""
    import numpy as np

    cash = sum(np.asarray(flow.at(name, row)) for name in CASH for row in range(len(flow.dates)))
    order = np.argsort(np.broadcast_to(cash, flow.width), kind="stable")
    return flow.scenario(int(order[(flow.width - 1) // 2]))
