"""What becomes due: interest of bonds and fees, rounded to whole fen by the deal's convention."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from postloan.securitisation.schedule import year_fraction

if TYPE_CHECKING:
    from postloan.securitisation.lanes import Lane, Mask
    from postloan.securitisation.machine import Machine
    from postloan.securitisation.state import BondState, FeeState


def accrue(run: Machine, bond: BondState, mask: Mask) -> None:
    """Count a bond's interest up to today, and the interest on what is unpaid of it."""
    lanes, terms = run.lanes, bond.terms
    if terms.yields is not None:
        bond.due = lanes.pick(mask, _lacking(run, bond, terms.yields), bond.due)
        return
    for begun in lanes.values(bond.accrued_to):
        if begun >= run.today.toordinal():
            continue
        here = mask if isinstance(bond.accrued_to, int) else lanes.both(mask, bond.accrued_to == begun)
        part = year_fraction(date.fromordinal(begun), run.today, terms.day_count)
        if run.on_unpaid:
            rate = bond.rate if terms.on_unpaid is None else terms.on_unpaid
            more = lanes.scale(bond.due, (rate + terms.unpaid_spread) * part, run.rounding)
            bond.on_due = lanes.pick(here, bond.on_due + more, bond.on_due)
        if bond.rate:
            more = lanes.scale(bond.balance, bond.rate * part, run.rounding)
            bond.due = lanes.pick(here, bond.due + more, bond.due)
    bond.accrued_to = lanes.pick(mask, run.today.toordinal(), bond.accrued_to)


def _lacking(run: Machine, bond: BondState, rate: Fraction) -> Lane:
    """What lifts the holder to a yearly yield: the original less payments, all grown to today, less the balance."""
    lanes = run.lanes

    def grown(amount: Lane, since: date) -> Lane:
        factor = (1.0 + float(rate)) ** ((run.today - since).days / 365)
        return lanes.scale(amount, Fraction(factor), "floor")

    asked = grown(lanes.fill(bond.terms.original), bond.terms.issued or run.terms.dates.accrues_from)
    for day, paid in bond.history:
        asked = asked - grown(paid, day)
    return lanes.most(asked - bond.balance, 0)


def calculate(run: Machine, fee: FeeState, mask: Mask) -> None:
    """Count what a fee has become due since it was last counted."""
    lanes, terms = run.lanes, fee.terms
    today = run.today.toordinal()
    if run.today < terms.start:
        return
    run.counting, run.counting_for = fee, mask
    base: Lane = lanes.fill(0) if terms.base is None else terms.base.evaluate(run)
    run.counting = None
    if terms.kind == "target":
        fee.due = lanes.pick(mask, lanes.most(base, 0), fee.due)
    elif terms.kind == "annual-rate":
        rate = Fraction(0) if terms.rate is None else terms.rate.evaluate(run)
        for begun in lanes.values(fee.counted_to):
            here = mask if isinstance(fee.counted_to, int) else lanes.both(mask, fee.counted_to == begun)
            part = year_fraction(date.fromordinal(begun), run.today, run.terms.conventions.day_count)
            _owe(run, fee, lanes.scale(base, rate * part, run.rounding), here)
    elif terms.kind in ("share", "cost"):
        rate = Fraction(1) if terms.rate is None else terms.rate.evaluate(run)
        _owe(run, fee, lanes.scale(base, rate, run.rounding), mask)
    fee.counted_to = lanes.pick(mask, today, fee.counted_to)


def _owe(run: Machine, fee: FeeState, amount: Lane, mask: Mask) -> None:
    lanes = run.lanes
    if fee.terms.cap is not None:
        amount = lanes.least(amount, lanes.most(fee.terms.cap.evaluate(run), 0))
    fee.due = lanes.pick(mask, fee.due + lanes.most(amount, 0), fee.due)
