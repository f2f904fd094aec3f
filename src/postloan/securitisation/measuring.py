"""What formulas read from a running deal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from postloan.securitisation.flow import CASH, total

if TYPE_CHECKING:
    from postloan.securitisation.lanes import Lane
    from postloan.securitisation.machine import Machine
    from postloan.securitisation.state import BondState

Names = tuple[str, ...]


def measure(run: Machine, name: str, names: Names) -> Any:
    """The value of a quantity that ``formula.QUANTITIES`` lists."""
    return _MEASURES[name](run, names)


def due_principal(run: Machine, bond: BondState) -> Lane:
    """What a bond may be repaid today: all of it, or down to its schedule, or nothing while it is locked."""
    terms, lanes = bond.terms, run.lanes
    if terms.kind == "lockout" and terms.locked_until and run.today < terms.locked_until:
        return lanes.fill(0)
    if terms.kind == "scheduled":
        return lanes.most(bond.balance - target(bond, run.today), 0)
    return bond.balance


def target(bond: BondState, today: date) -> Lane:
    """The scheduled balance of the day: the last one set on or before it; the whole balance before the first."""
    found: Lane = bond.balance
    for day, amount in bond.terms.targets:
        if day > today:
            break
        found = amount
    return found


def reserve_target(run: Machine, account: str) -> Lane:
    """What an account should hold today; 0 where it has no target."""
    formula = run.terms.accounts[account].reserve
    return run.lanes.fill(0) if formula is None else run.lanes.most(formula.evaluate(run), 0)


def _bonds(run: Machine, names: Names) -> list[BondState]:
    return [run.bonds[name] for name in names or run.bonds]


def _over_bonds(read: Callable[[BondState], Lane]) -> Callable[[Machine, Names], Lane]:
    return lambda run, names: total([read(bond) for bond in _bonds(run, names)])


def _over_fees(read: Callable[[Any], Lane]) -> Callable[[Machine, Names], Lane]:
    return lambda run, names: total([read(run.fees[name]) for name in names or run.fees])


def _collected(run: Machine, names: Names) -> Lane:
    return total([run.pool.last.get(name, 0) for name in names or CASH])


def _collected_total(run: Machine, names: Names) -> Lane:
    return total([run.pool.total.get(name, 0) for name in names or CASH])


def _collected_since(run: Machine, names: Names) -> Lane:
    if run.counting is None:
        return _collected(run, names)
    key = "+".join(names)
    so_far = _collected_total(run, names)
    before = run.counting.seen.get(key, 0)
    run.counting.seen[key] = run.lanes.pick(run.counting_for, so_far, before)
    return so_far - before


def _forecast_total(run: Machine, names: Names) -> Lane:
    found = 0
    for name in names:
        forecast = run.terms.forecasts[name]
        found += next((amount for day, amount in reversed(forecast.by) if day <= run.today), 0)
    return found


def _reserve_gap(run: Machine, names: Names) -> Lane:
    lanes = run.lanes
    return total([lanes.most(reserve_target(run, name) - run.accounts[name].balance, 0) for name in names])


def _reserve_excess(run: Machine, names: Names) -> Lane:
    lanes = run.lanes
    return total([lanes.most(run.accounts[name].balance - reserve_target(run, name), 0) for name in names])


def _months_to_maturity(run: Machine, names: Names) -> Fraction:
    last = run.terms.bonds[names[0]].maturity or run.terms.dates.legal_final
    return Fraction((last.year - run.today.year) * 12 + last.month - run.today.month)


def _collections_over(run: Machine, _: Names) -> bool:
    return run.row >= len(run.flow.dates)


def _bond_target(run: Machine, names: Names) -> Lane:
    return target(run.bonds[names[0]], run.today)


def _bond_rate(run: Machine, names: Names) -> Fraction:
    return run.bonds[names[0]].rate


def _bond_factor(run: Machine, names: Names) -> Any:
    bonds = _bonds(run, names)
    return run.lanes.ratio(total([b.balance for b in bonds]), sum(b.terms.original for b in bonds))


_MEASURES: Mapping[str, Callable[[Machine, Names], Any]] = {
    "pool_balance": lambda run, _: run.pool.balance,
    "pool_balance_before": lambda run, _: run.pool.before,
    "pool_original": lambda run, _: run.pool.original,
    "pool_defaulted": lambda run, _: run.pool.last.get("default", 0),
    "pool_defaulted_total": lambda run, _: run.pool.total.get("default", 0),
    "pool_loss_total": lambda run, _: run.pool.total.get("loss", 0),
    "collected": _collected,
    "collected_since_calculation": _collected_since,
    "collected_total": _collected_total,
    "cost": lambda run, _: run.pool.last.get("cost", 0),
    "cost_total": lambda run, _: run.pool.total.get("cost", 0),
    "forecast_total": _forecast_total,
    "bond_balance": _over_bonds(lambda bond: bond.balance),
    "bond_original": _over_bonds(lambda bond: bond.terms.original),
    "bond_due_interest": _over_bonds(lambda bond: bond.due + bond.on_due),
    "bond_due_principal": lambda run, names: total([due_principal(run, b) for b in _bonds(run, names)]),
    "bond_interest_paid_last": _over_bonds(lambda bond: bond.interest_last),
    "bond_principal_paid_last": _over_bonds(lambda bond: bond.principal_last),
    "bond_interest_paid": _over_bonds(lambda bond: bond.interest_paid),
    "bond_principal_paid": _over_bonds(lambda bond: bond.principal_paid),
    "bond_interest_today": _over_bonds(lambda bond: bond.due + bond.on_due + bond.interest),
    "bond_target": _bond_target,
    "bond_rate": _bond_rate,
    "fee_due": _over_fees(lambda fee: fee.due),
    "fee_paid": _over_fees(lambda fee: fee.paid_total),
    "fee_paid_last": _over_fees(lambda fee: fee.paid_last),
    "fee_today": _over_fees(lambda fee: fee.due + fee.paid),
    "account": lambda run, names: total([run.accounts[name].balance for name in names or run.accounts]),
    "reserve_target": lambda run, names: total([reserve_target(run, name) for name in names]),
    "reserve_gap": _reserve_gap,
    "reserve_excess": _reserve_excess,
    "pool_factor": lambda run, _: run.lanes.ratio(run.pool.balance, run.pool.original),
    "bond_factor": _bond_factor,
    "default_rate": lambda run, _: run.lanes.ratio(run.pool.total.get("default", 0), run.pool.original),
    "collections_over": _collections_over,
    "triggered": lambda run, names: run.fired[names[0]],
    "months_to_maturity": _months_to_maturity,
    "status": lambda run, _: run.status,
}
