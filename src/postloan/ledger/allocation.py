"""Allocation (清偿抵充): what a payment covers, inside one debt and between several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from postloan.kernel import Money
from postloan.ledger.money_rules import Order
from postloan.ledger.parts import Line, Part
from postloan.ledger.running import Running

_CREDIT, _HELD = int(Line.CREDIT), int(Line.HELD)
_INCOME, _RECOVERY = int(Line.INCOME), int(Line.RECOVERY)
_BOOK = int(Line.BOOK_PRINCIPAL)


def designated(order: Order, first: Sequence[Part]) -> Order:
    """The order with some parts moved to the front."""
    return (*first, *(part for part in order if part not in first)) if first else order


def settle(run: Running, amount: int, order: Order, claim_from: int, book_from: int, *, prepay: bool) -> int:
    """Cover what is owed, in the order given; returns the fen that were not needed.

    claim_from, book_from: the lines the money comes from. prepay: also cover what is not due.
    """
    lines = run.lines
    for part in order:
        if part == 0:
            owed = lines[0] if prepay else run.due_principal
        elif part == 1:
            owed = lines[1] if prepay else run.due_interest
        else:
            owed = lines[part]
        if not owed:
            continue
        taken = owed if owed < amount else amount
        lines[part] -= taken
        lines[claim_from] += taken
        if part <= 1:
            reduce_due(run, part, taken)
        carried = lines[_BOOK + part]
        if carried >= taken:
            lines[_BOOK + part] = carried - taken
        else:
            lines[_BOOK + part] = 0
            gained(run, taken - carried)
        lines[book_from] += taken
        amount -= taken
        if not amount:
            break
    return amount


def gained(run: Running, fen: int) -> None:
    """Book money for which nothing was carried: recovery of a loss up to that loss, income beyond it."""
    recovered = min(fen, run.lost - run.recovered)
    run.recovered += recovered
    run.lines[_RECOVERY] -= recovered
    run.lines[_INCOME] -= fen - recovered


def reduce_due(run: Running, part: int, fen: int) -> None:
    """Take what was covered from what is due, oldest first; the rest was not due yet."""
    if part == 0:
        fen = min(fen, run.due_principal)
        run.due_principal -= fen
    else:
        fen = min(fen, run.due_interest)
        run.due_interest -= fen
    place = part + 1
    buckets = run.buckets
    for bucket in buckets:
        if not fen:
            break
        taken = min(bucket[place], fen)
        bucket[place] -= taken
        fen -= taken
    while buckets and not (buckets[0][1] or buckets[0][2]):
        buckets.pop(0)


def use_credit(run: Running) -> None:
    """Cover what is due from credit, if there is any."""
    held = -run.lines[_CREDIT]
    if held and (order := run.order_today()):
        settle(run, held, order, _CREDIT, _HELD, prepay=False)
    note_cleared(run)


def note_cleared(run: Running) -> None:
    """Remember the day on which no arrears, penalty, fees or costs were left."""
    if not run.buckets and not any(run.lines[2:6]):
        if not run.cleared_on:
            run.cleared_on, run.paid_periods = run.day, 0
    elif any(run.lines[2:6]):
        run.cleared_on = run.paid_periods = 0


@dataclass(frozen=True, slots=True)
class Debt:
    """One of several debts of a debtor to the same lender.

    loan_id: which. owed: what may be covered now. due_on: when it fell or falls due. secured: how well it is secured,
    larger is better. burden: how heavily it weighs on the debtor (its rate), larger is heavier.
    """

    loan_id: str
    owed: Money
    due_on: date
    secured: int = 0
    burden: int = 0


def between_debts(
    amount: Money, debts: Sequence[Debt], *, on: date, chosen: Sequence[str] = ()
) -> dict[str, Money]:
    """How a payment that does not cover all debts is spread (民法典 560).

    First the debts that the debtor chose when paying, in his order. Then those already due; among them the least
    secured; then the heaviest; then the earliest due; equals share in proportion. What is left over stands under "".
    """
    ranks = {loan: place for place, loan in enumerate(chosen)}

    def rank(debt: Debt) -> tuple[object, ...]:
        if debt.loan_id in ranks:
            return (0, ranks[debt.loan_id])
        return (1, debt.due_on > on, debt.secured, -debt.burden, debt.due_on)

    groups: dict[tuple[object, ...], list[Debt]] = {}
    for debt in debts:
        groups.setdefault(rank(debt), []).append(debt)
    shares: dict[str, Money] = {}
    left = amount
    for key in sorted(groups):
        group = [debt for debt in groups[key] if debt.owed]
        owed = Money(sum(debt.owed.fen for debt in group))
        if not owed:
            continue
        parts = min(left, owed).share([debt.owed.fen for debt in group])
        shares |= {debt.loan_id: part for debt, part in zip(group, parts, strict=True)}
        left -= min(left, owed)
    return {**shares, "": left}
