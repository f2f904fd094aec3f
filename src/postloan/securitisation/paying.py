"""The steps of a waterfall: who is paid what, from which account, as far as the cash goes.

Every step works on lanes, so one scenario with a trace and thousands without are paid by the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from postloan.securitisation.accruing import accrue, calculate
from postloan.securitisation.deal import Step
from postloan.securitisation.flow import total
from postloan.securitisation.measuring import due_principal, reserve_target

if TYPE_CHECKING:
    from postloan.securitisation.lanes import Lane, Mask
    from postloan.securitisation.machine import Machine
    from postloan.securitisation.state import BondState


def perform(run: Machine, step: Step, mask: Mask) -> None:
    """Do one step in the scenarios of the mask."""
    lanes = run.lanes
    if step.when is not None:
        held = step.when.evaluate(run)
        if step.otherwise:
            other = lanes.both(mask, lanes.flip(held))
            if lanes.some(other):
                run.perform_all(step.otherwise, other)
        mask = lanes.both(mask, held)
    if not lanes.some(mask):
        return
    run.at_step = step
    _DO[step.do](run, step, mask)


def split_by_due(run: Machine, cash: Lane, dues: Sequence[Lane]) -> list[Lane]:
    """Cash shared by what is due, in whole fen: shares rounded down, the rest to the first that lacks something."""
    if len(dues) == 1:
        return [cash]
    lanes, whole = run.lanes, total(dues)
    if lanes.every(cash == whole):
        return list(dues)
    shares = [lanes.share(cash, due, whole) for due in dues]
    left = cash - total(shares)
    for i, due in enumerate(dues):
        more = lanes.least(left, due - shares[i])
        shares[i] = shares[i] + more
        left = left - more
    return shares


def _in_order(run: Machine, cash: Lane, dues: Sequence[Lane]) -> list[Lane]:
    shares = []
    for due in dues:
        paid = run.lanes.least(cash, due)
        shares.append(paid)
        cash = cash - paid
    return shares


def _within(run: Machine, step: Step, asked: Lane) -> Lane:
    """What a step may pay of what is asked: the cash of its accounts, and its limit."""
    lanes, limit = run.lanes, step.limit
    cash = total([run.accounts[name].balance for name in (step.source, *step.help)])
    if limit is not None:
        if limit.keep is not None:
            cash = lanes.most(cash - limit.keep.evaluate(run), 0)
        if limit.share is not None:
            asked = lanes.scale(asked, limit.share, run.rounding)
        if limit.cap is not None:
            asked = lanes.least(asked, lanes.most(limit.cap.evaluate(run), 0))
    return lanes.least(cash, asked)


def _draw(run: Machine, step: Step, amount: Lane, mask: Mask) -> None:
    """Take an amount out of the step's account, then out of those that help."""
    for name in (step.source, *step.help):
        account = run.accounts[name]
        taken = run.lanes.least(account.balance, amount)
        run.take(account, taken, mask)
        amount = amount - taken


def _pay_each(
    run: Machine,
    step: Step,
    mask: Mask,
    dues: Sequence[Lane],
    pay: Callable[[str, Lane], None],
    *,
    ordered: bool,
) -> None:
    lanes = run.lanes
    asked = total(dues)
    cash = lanes.pick(mask, _within(run, step, asked), lanes.fill(0))
    _draw(run, step, cash, mask)
    shares = _in_order(run, cash, dues) if ordered else split_by_due(run, cash, dues)
    for name, due, paid in zip(step.names, dues, shares, strict=True):
        pay(name, paid)
        run.note(name, due, paid)


def _pay_interest(
    run: Machine, step: Step, mask: Mask, *, ordered: bool = False, only_on_due: bool = False
) -> None:
    lanes = run.lanes

    def pay(name: str, paid: Lane) -> None:
        bond = run.bonds[name]
        first = lanes.least(paid, bond.on_due)
        bond.on_due = bond.on_due - first
        bond.due = bond.due - (paid - first)
        _book_interest(bond, paid)

    bonds = [run.bonds[name] for name in step.names]
    dues = [bond.on_due if only_on_due else bond.due + bond.on_due for bond in bonds]
    _pay_each(run, step, mask, dues, pay, ordered=ordered)


def _book_interest(bond: BondState, paid: Lane) -> None:
    bond.interest = bond.interest + paid
    bond.interest_paid = bond.interest_paid + paid


def _pay_principal(
    run: Machine, step: Step, mask: Mask, *, ordered: bool = False, regardless: bool = False
) -> None:
    def pay(name: str, paid: Lane) -> None:
        bond = run.bonds[name]
        bond.balance = bond.balance - paid
        bond.principal = bond.principal + paid
        bond.principal_paid = bond.principal_paid + paid

    bonds = [run.bonds[name] for name in step.names]
    dues = [bond.balance if regardless else due_principal(run, bond) for bond in bonds]
    _pay_each(run, step, mask, dues, pay, ordered=ordered)


def _pay_fees(run: Machine, step: Step, mask: Mask, *, ordered: bool = False) -> None:
    def pay(name: str, paid: Lane) -> None:
        fee = run.fees[name]
        fee.due = fee.due - paid
        fee.paid = fee.paid + paid
        fee.paid_total = fee.paid_total + paid

    _pay_each(run, step, mask, [run.fees[name].due for name in step.names], pay, ordered=ordered)


def _pay_residual(run: Machine, step: Step, mask: Mask) -> None:
    """What is left goes to the names by their shares, in whole fen; the last takes the rest."""
    lanes = run.lanes
    cash = lanes.pick(mask, _within(run, step, run.accounts[step.source].balance), lanes.fill(0))
    _draw(run, step, cash, mask)
    left = cash
    shares = step.shares or (Fraction(1, len(step.names)),) * len(step.names)
    for number, (name, share) in enumerate(zip(step.names, shares, strict=True), 1):
        paid = left if number == len(step.names) else lanes.scale(cash, share, "floor")
        left = left - paid
        if name in run.bonds:
            _book_interest(run.bonds[name], paid)
        elif name in run.fees:
            fee = run.fees[name]
            fee.due = lanes.most(fee.due - paid, 0)
            fee.paid, fee.paid_total = fee.paid + paid, fee.paid_total + paid
        else:
            run.give(run.accounts[name], paid, mask)
            run.turned = run.turned + paid
        run.note(name, paid, paid)


def _transfer(run: Machine, step: Step, mask: Mask) -> None:
    lanes = run.lanes
    asked = run.accounts[step.source].balance
    if step.do == "fill-reserve":
        name = step.names[0]
        asked = lanes.most(reserve_target(run, name) - run.accounts[name].balance, 0)
    elif step.do == "release-reserve":
        asked = lanes.most(asked - reserve_target(run, step.source), 0)
    moved = lanes.pick(mask, _within(run, step, asked), lanes.fill(0))
    _draw(run, step, moved, mask)
    run.give(run.accounts[step.names[0]], moved, mask)
    run.turned = run.turned + moved
    run.note(step.names[0], asked, moved)


def _sell_pool(run: Machine, step: Step, mask: Mask) -> None:
    lanes = run.lanes
    price = step.value.evaluate(run) if step.value is not None else run.pool.balance
    price = lanes.pick(lanes.both(mask, lanes.flip(run.pool.sold)), lanes.most(price, 0), lanes.fill(0))
    run.give(run.accounts[step.names[0]], price, mask)
    run.brought_in = run.brought_in + price
    run.pool.sold = lanes.either(run.pool.sold, mask)
    run.note(step.names[0], price, price)


def _write_off(run: Machine, step: Step, mask: Mask) -> None:
    lanes = run.lanes
    amount = (
        step.value.evaluate(run)
        if step.value is not None
        else total([run.bonds[n].balance for n in step.names])
    )
    amount = lanes.pick(mask, lanes.most(amount, 0), lanes.fill(0))
    for name in step.names:
        bond = run.bonds[name]
        lost = lanes.least(bond.balance, amount)
        bond.balance, bond.written_off = bond.balance - lost, bond.written_off + lost
        amount = amount - lost
        run.note(name, lost, lost)


def _calculate(run: Machine, step: Step, mask: Mask) -> None:
    for name in step.names:
        before = run.fees[name].due
        calculate(run, run.fees[name], mask)
        run.note(name, run.fees[name].due - before, 0)


def _accrue(run: Machine, step: Step, mask: Mask) -> None:
    for name in step.names:
        before = run.bonds[name].due
        accrue(run, run.bonds[name], mask)
        run.note(name, run.bonds[name].due - before, 0)


def _calculate_and_pay(run: Machine, step: Step, mask: Mask) -> None:
    for name in step.names:
        calculate(run, run.fees[name], mask)
    _pay_fees(run, step, mask)


def _accrue_and_pay(run: Machine, step: Step, mask: Mask, *, ordered: bool = False) -> None:
    for name in step.names:
        accrue(run, run.bonds[name], mask)
    _pay_interest(run, step, mask, ordered=ordered)


def _group(run: Machine, step: Step, mask: Mask) -> None:
    run.perform_all(step.steps, mask)


Do = Callable[["Machine", Step, "Mask"], None]
_DO: Mapping[str, Do] = {
    "transfer": _transfer,
    "fill-reserve": _transfer,
    "release-reserve": _transfer,
    "calculate-fees": _calculate,
    "pay-fees": _pay_fees,
    "pay-fees-in-order": lambda run, step, mask: _pay_fees(run, step, mask, ordered=True),
    "calculate-and-pay-fees": _calculate_and_pay,
    "accrue-interest": _accrue,
    "pay-interest": _pay_interest,
    "pay-interest-in-order": lambda run, step, mask: _pay_interest(run, step, mask, ordered=True),
    "pay-interest-on-interest": lambda run, step, mask: _pay_interest(run, step, mask, only_on_due=True),
    "accrue-and-pay-interest": _accrue_and_pay,
    "accrue-and-pay-interest-in-order": lambda run, step, mask: _accrue_and_pay(
        run, step, mask, ordered=True
    ),
    "pay-principal": _pay_principal,
    "pay-principal-in-order": lambda run, step, mask: _pay_principal(run, step, mask, ordered=True),
    "pay-principal-regardless": lambda run, step, mask: _pay_principal(run, step, mask, regardless=True),
    "pay-residual": _pay_residual,
    "sell-pool": _sell_pool,
    "write-off": _write_off,
    "if": _group,
}
STEP_WORDS = tuple(_DO)
"""What a step can do, by its word in the file."""
