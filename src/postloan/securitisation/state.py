"""Where a running deal stands: balances and what is owed, one lane each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from postloan.securitisation.deal import Bond, Fee
from postloan.securitisation.lanes import Lane, Lanes


@dataclass(slots=True)
class BondState:
    """A bond while the deal runs. Lanes in fen; days as ordinals.

    due: unpaid interest; on_due: unpaid interest on it. interest, principal: paid today. interest_paid,
    principal_paid: paid since the run began. accrued_to: until when interest is counted.
    """

    terms: Bond
    balance: Lane
    due: Lane
    on_due: Lane
    accrued_to: Lane
    rate: Fraction
    interest: Lane = 0
    principal: Lane = 0
    interest_paid: Lane = 0
    principal_paid: Lane = 0
    interest_last: Lane = 0
    principal_last: Lane = 0
    written_off: Lane = 0
    history: list[tuple[date, Lane]] = field(default_factory=list)


@dataclass(slots=True)
class FeeState:
    """A fee while the deal runs. due: unpaid; paid: today; paid_total: since the run began."""

    terms: Fee
    due: Lane
    counted_to: Lane
    paid: Lane = 0
    paid_total: Lane = 0
    paid_last: Lane = 0
    seen: dict[str, Lane] = field(default_factory=dict)


@dataclass(slots=True)
class AccountState:
    """An account while the deal runs. paid_in, paid_out: today. weighted: fen times days since interest was settled."""

    name: str
    balance: Lane
    paid_in: Lane = 0
    paid_out: Lane = 0
    weighted: Lane = 0
    known_to: int = 0


@dataclass(slots=True)
class PoolState:
    """The pool as collected so far: what came in last, and in all."""

    balance: Lane = 0
    before: Lane = 0
    original: Lane = 0
    last: dict[str, Lane] = field(default_factory=dict)
    total: dict[str, Lane] = field(default_factory=dict)
    sold: Any = False


def opening_bond(bond: Bond, lanes: Lanes, accrues_from: date) -> BondState:
    """A bond as the deal begins."""
    begun = (bond.accrued_to or accrues_from).toordinal()
    fill = lanes.fill
    return BondState(
        bond,
        balance=fill(bond.balance),
        due=fill(bond.due_interest),
        on_due=fill(bond.due_on_interest),
        accrued_to=begun,
        rate=bond.rate,
        interest_paid=fill(0),
        principal_paid=fill(0),
        interest_last=fill(0),
        principal_last=fill(0),
        written_off=fill(0),
    )
