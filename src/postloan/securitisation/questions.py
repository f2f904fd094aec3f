"""What structurers and investors ask of a deal: how much stress, how large a class, what yield, what losses.

Searches run a hundred candidates side by side in one run of the engine and narrow down round by round; what they
find is confirmed by the engine itself, to the fen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from postloan.kernel import PostloanError
from postloan.securitisation import pricing
from postloan.securitisation.deal import Terms
from postloan.securitisation.flow import CASH, Flow
from postloan.securitisation.lanes import Mask
from postloan.securitisation.machine import Machine, run_deal
from postloan.securitisation.stress import repeated, scaled, side_by_side, stressed
from postloan.securitisation.timeline import Rates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WIDTH = 96


class NoSuchBond(PostloanError):
    """The deal has no bond '{bond}'.

    Its bonds are {known}.
    """

    zh = "该交易没有证券“{bond}”。现有：{known}。"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one bond brings in one scenario.

    paid: interest and principal in fen; lost: unpaid at the end, interest included. life, duration: years.
    yields: of the issue price; price: per 100 of face at the bond's own rate. repaid_on: the day of the last principal,
    ``None`` where some is left.
    """

    bond: str
    face: int
    interest: int
    principal: int
    lost: int
    life: float | None
    yields: float | None
    price: float
    duration: float | None
    repaid_on: date | None


def bond_of(terms: Terms, bond: str | None) -> str:
    """The bond that is asked about: the named one, or the first senior.

    Raises:
        NoSuchBond: the deal has no bond of that name.
    """
    if bond is None:
        return next((name for name, b in terms.bonds.items() if b.senior), next(iter(terms.bonds)))
    if bond not in terms.bonds:
        raise NoSuchBond(bond=bond, known=", ".join(terms.bonds))
    return bond


def cash_of(flow: Flow) -> int:
    """All the cash of a flow, in fen, before costs."""
    return sum(int(value) for name in CASH for value in flow.columns.get(name, ()))


def figures(terms: Terms, flow: Flow, rates: Rates | None = None) -> tuple[Figures, ...]:
    """Price, yield, life and duration of every bond, from closing."""
    machine = run_deal(terms, flow, rates, trace=False)
    return tuple(_figures(machine, name) for name in terms.bonds)


def _figures(machine: Machine, name: str) -> Figures:
    bond, state = machine.terms.bonds[name], machine.bonds[name]
    on = machine.terms.dates.accrues_from
    payments = [
        (day.on, day.bonds[name].interest, day.bonds[name].principal) for day in machine.days if day.paying
    ]
    rate = float(bond.rate)
    left = [day for day, _, principal in payments if principal]
    return Figures(
        bond=name,
        face=bond.balance,
        interest=state.interest_paid,
        principal=state.principal_paid,
        lost=state.balance + state.due + state.on_due,
        life=pricing.average_life(payments, on),
        yields=pricing.yield_of(payments, on, float(bond.balance * bond.issue_price / 100)),
        price=pricing.price(payments, on, rate, bond.balance),
        duration=pricing.duration(payments, on, rate),
        repaid_on=left[-1] if left and not state.balance else None,
    )


def whole(machine: Machine, bond: str) -> Mask:
    """The scenarios in which a bond got all its principal and interest."""
    state = machine.bonds[bond]
    return (state.balance == 0) & (state.due == 0) & (state.on_due == 0)


def break_even(terms: Terms, flow: Flow, bond: str, rates: Rates | None = None) -> float | None:
    """The smallest part of the forecast cash that still pays the bond in full; ``None`` where all is too little.

    Its inverse is the first-loss multiple (首次损失倍数); times the forecast recovery it is the break-even recovery
    (盈亏平衡回收率).
    """

    def stands(scales: NDArray[np.float64]) -> Any:
        return whole(run_deal(terms, scaled(flow, scales), rates, trace=False, keep=False), bond)

    return _least(stands, 0.0, 1.0)


def cash_needed(
    terms: Terms, flow: Flow, bond: str, target: float, paid: float | None = None, rates: Rates | None = None
) -> float | None:
    """The part of the forecast cash (above 1: more than it) with which a bond yields its target a year.

    paid: price per 100 of face; the issue price where nothing is given. ``None``: not even ten times the cash.
    """
    face = terms.bonds[bond].balance
    worth = face * float(terms.bonds[bond].issue_price if paid is None else paid) / 100
    on = terms.dates.accrues_from

    def stands(scales: NDArray[np.float64]) -> Any:
        machine = run_deal(terms, scaled(flow, scales), rates, trace=False)
        found: Any = 0.0
        for day in machine.days:
            if day.paying and day.on > on:
                row = day.bonds[bond]
                found = found + (row.interest + row.principal) / (1 + target) ** pricing.years(on, day.on)
        return found >= worth

    return _least(stands, 0.0, 10.0)


def largest(
    terms: Terms, flow: Flow, bond: str, *, less: float = 0.0, later: int = 0, rates: Rates | None = None
) -> int:
    """The largest face of a bond, in fen, that is paid in full under a stress; everything else stays as it is."""
    import numpy as np

    hard = repeated(stressed(flow, less=less, later=later), _WIDTH)
    low, high = 0, cash_of(flow)
    while high - low > 1:
        sizes = np.unique(np.linspace(low, high, _WIDTH).astype(np.int64))
        padded = np.concatenate([sizes, np.full(_WIDTH - len(sizes), sizes[-1])])
        stands = whole(run_deal(terms, hard, rates, trace=False, keep=False, openings={bond: padded}), bond)
        stands = np.asarray(stands)[: len(sizes)]
        if stands.all():
            return int(sizes[-1])
        first_bad = int(np.argmin(stands))
        if first_bad == 0:
            return 0
        low, high = int(sizes[first_bad - 1]), int(sizes[first_bad])
    return low


def sizes(
    terms: Terms, flow: Flow, stresses: Mapping[str, float], rates: Rates | None = None
) -> dict[str, tuple[int, float]]:
    """The largest face of each class that stands its own stress, in the order given (senior first), and its proceeds.

    stresses: bond → part of the cash that is missing. Later classes are sized with the earlier ones in place, so the
    sizes are the best for an issuer who sells at issue price in that order. Proceeds in fen.
    """
    from dataclasses import replace

    bonds = dict(terms.bonds)
    for name in stresses:
        bonds[bond_of(terms, name)] = replace(bonds[name], balance=0, original=0)
    found = {}
    for name, less in stresses.items():
        face = largest(replace(terms, bonds=bonds), flow, name, less=less, rates=rates)
        bonds[name] = replace(bonds[name], balance=face, original=face)
        found[name] = (face, face * float(bonds[name].issue_price) / 100)
    return found


def grid(
    terms: Terms, flow: Flow, lesses: Sequence[float], laters: Sequence[int], rates: Rates | None = None
) -> dict[str, list[list[float]]]:
    """Rating-style scenarios: by bond, a row a delay and a column a shortfall, the part of what is due that is lost.

    0 means paid in full; 1 means that nothing came.
    """
    flows = [stressed(flow, less=less, later=later) for later in laters for less in lesses]
    machine = run_deal(terms, side_by_side(flows), rates, trace=False, keep=False)
    made = {}
    for name, state in machine.bonds.items():
        lost = state.balance + state.due + state.on_due
        due = lost + state.principal_paid + state.interest_paid
        share = [float(a) / float(b) if b else 0.0 for a, b in zip(lost, due, strict=True)]
        made[name] = [share[row * len(lesses) : (row + 1) * len(lesses)] for row in range(len(laters))]
    return made


@dataclass(frozen=True, slots=True)
class Losses:
    """How much a class loses over scenarios, as parts of its face.

    ever: share of scenarios with any loss of principal. mean: expected loss. quantiles: the loss at 50, 90, 95, 99 %.
    """

    bond: str
    ever: float
    mean: float
    quantiles: tuple[float, float, float, float]


def losses(terms: Terms, scenarios: Flow, rates: Rates | None = None) -> tuple[Losses, ...]:
    """The distribution of principal losses of every class over all scenarios of a forecast."""
    import numpy as np

    machine = run_deal(terms, scenarios, rates, trace=False, keep=False)
    made = []
    for name, state in machine.bonds.items():
        part = np.asarray(state.balance) / max(terms.bonds[name].balance, 1)
        low, high, higher, most = (float(value) for value in np.quantile(part, (0.5, 0.9, 0.95, 0.99)))
        made.append(Losses(name, float((part > 0).mean()), float(part.mean()), (low, high, higher, most)))
    return tuple(made)


def _least(stands: Callable[[Any], Any], low: float, high: float) -> float | None:
    """The smallest number from which on the test holds, to a millionth; ``None`` where it fails at the top."""
    import numpy as np

    while high - low > 1e-6:
        tried = np.linspace(low, high, _WIDTH)
        held = np.asarray(stands(tried))
        if not held[-1]:
            return None
        bad = np.flatnonzero(~held)
        last_bad = int(bad[-1]) if len(bad) else -1
        if last_bad < 0:
            return float(low)
        low, high = float(tried[last_bad]), float(tried[last_bad + 1])
    return high
