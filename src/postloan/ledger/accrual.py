"""Accrual (计提): interest, penalty and compound interest from day to day, under the cap on the total cost.

Contract interest runs on principal that is not due, penalty on principal that is due and unpaid (instead of, not on
top of, the contract rate), compound interest on interest that fell due and was not paid. What runs on a day depends
only on the balances of its beginning, which change only at events; amounts are summed in exact parts of a fen,
whole fen are booked as they fill up, and the remainder is carried. So it makes no difference whether a stretch is
accrued day by day or at once.

The cap works day by day: if what would run on a day is more than the capped rate on the whole principal, compound
interest is cut first, then penalty, then interest. What the cap leaves unused is the room for fees.
"""

from __future__ import annotations

from postloan.ledger.observing import missed
from postloan.ledger.parts import Line
from postloan.ledger.running import Running
from postloan.ledger.terms import UNIT, thirty_position

_INTEREST, _PENALTY, _COMPOUND = int(Line.INTEREST), int(Line.PENALTY), int(Line.COMPOUND)
_CHARGED, _INCOME = int(Line.CHARGED), int(Line.INCOME)
_BOOK = int(Line.BOOK_PRINCIPAL)


def accrue(run: Running, day: int) -> None:
    """Bring a loan up to the beginning of a day; nothing happens if it is there already."""
    while run.day < day:
        if run.cap_until <= run.day:
            run.renew_cap()
        _stretch(run, day if day < run.cap_until else run.cap_until)


def _stretch(run: Running, end: int) -> None:
    if run.thirty:
        position = thirty_position(end)
        days = (position - run.position) * run.weight
        run.position = position
    else:
        days = (end - run.day) * run.weight
    run.day = end
    if run.buckets and run.buckets[0][0] < end:
        missed(run)
    principal = run.lines[0]
    if run.silent or (not principal and run.cap >= 0):
        return
    if run.penalised:
        due = run.due_principal
        interest = (principal - due) * run.rate
        penalty = due * run.penalty_rate
        compound = run.due_interest * (run.penalty_rate if due else run.rate) if run.compounds else 0
    else:
        interest = principal * run.rate
        penalty = 0
        compound = run.due_interest * run.rate if run.compounds else 0
    if run.cap >= 0:
        left = principal * run.cap - interest - penalty - compound
        if left >= 0:
            run.room += left * days
        else:
            interest, penalty, compound = _cut(principal * run.cap, interest, penalty)
    if interest:
        whole, run.carry_interest = divmod(run.carry_interest + interest * days, UNIT)
        if whole:
            _post(run, _INTEREST, whole)
    if penalty:
        whole, run.carry_penalty = divmod(run.carry_penalty + penalty * days, UNIT)
        if whole:
            _post(run, _PENALTY, whole)
    if compound:
        whole, run.carry_compound = divmod(run.carry_compound + compound * days, UNIT)
        if whole:
            _post(run, _COMPOUND, whole)


def _cut(limit: int, interest: int, penalty: int) -> tuple[int, int, int]:
    """What the cap leaves of interest, penalty and compound interest, in this order."""
    interest = min(interest, limit)
    penalty = min(penalty, limit - interest)
    return interest, penalty, limit - interest - penalty


def _post(run: Running, line: int, fen: int) -> None:
    lines = run.lines
    lines[line] += fen
    lines[_CHARGED] -= fen
    if run.booking:
        lines[_BOOK + line] += fen
        lines[_INCOME] -= fen
