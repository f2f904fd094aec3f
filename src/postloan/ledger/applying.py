"""What each event does to the lines of a loan. Everything here has been judged before; amounts are only clipped.

On replay, after an earlier event was inserted or undone, an amount may be larger than what is left: a waiver, a fee or
a refinancing then counts up to what is left, so that no balance turns negative and no cap is passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from postloan.ledger import events as e
from postloan.ledger.allocation import designated, gained, note_cleared, reduce_due, settle, use_credit
from postloan.ledger.observing import observation_complete
from postloan.ledger.parts import BOOK, Line, Part
from postloan.ledger.running import NON_PERFORMING, Running
from postloan.ledger.terms import UNIT

_CREDIT, _HELD, _CASH = int(Line.CREDIT), int(Line.HELD), int(Line.CASH)
_RECEIVED, _RELEASED, _CHARGED = int(Line.RECEIVED), int(Line.RELEASED), int(Line.CHARGED)
_INCOME, _LOSS = int(Line.INCOME), int(Line.LOSS)
_ADVANCED, _FUNDED = int(Line.ADVANCED), int(Line.FUNDED)


def happen(run: Running, what: e.Happening, day: int) -> None:
    """Let an event happen to a loan that has been brought up to its value date (an ordinal)."""
    _APPLY[type(what)](run, what, day)


def _opened(run: Running, what: e.AccountOpened, day: int) -> None:
    run.day = run.opened_on = day
    run.adopt(what.terms)
    lines = run.lines
    owed = what.owed.fen
    lines[:6] = owed
    lines[_ADVANCED] -= owed[0]
    lines[_CHARGED] -= sum(owed[1:])
    run.grade, run.graded_on = what.grade, day if what.grade else 0
    run.matures_on = what.matures_on.toordinal() if what.matures_on else 0
    run.refinances = what.refinances
    run.restructured = what.restructured
    run.observing = what.restructured > 0
    if what.written_off is not None:
        run.written_off = True
        run.lost = what.written_off.fen
    run.settle_flags()
    if what.booked is not None:
        booked = what.booked.fen
    elif run.written_off:
        booked = (0,) * 6
    else:
        booked = owed if run.booking else (owed[0], 0, 0, 0, 0, owed[5])
    lines[BOOK : BOOK + 6] = booked
    lines[_FUNDED] -= sum(booked)
    if what.overdue_since is not None:
        due_principal = owed[0] if what.due_principal is None else what.due_principal.fen
        due_interest = owed[1] if what.due_interest is None else what.due_interest.fen
        if due_principal or due_interest:
            run.buckets.append([what.overdue_since.toordinal(), due_principal, due_interest])
        run.due_principal, run.due_interest = due_principal, due_interest
    note_cleared(run)


def _fell_due(run: Running, what: e.InstalmentFellDue, day: int) -> None:
    principal = min(what.principal.fen, run.lines[0] - run.due_principal)
    interest = run.lines[1] - run.due_interest
    if run.observing:
        if not run.observed_from:
            run.observed_from = day
        run.observed_periods += 1
    if run.cleared_on:
        run.paid_periods += 1
    if principal or interest:
        run.due_principal += principal
        run.due_interest += interest
        run.buckets.append([day, principal, interest])
    use_credit(run)


def _paid(run: Running, what: e.PaymentReceived, day: int) -> None:
    amount = what.amount.fen
    order = run.order_today()
    left = amount
    if order is not None:
        order = designated(order, what.designation)
        left = settle(run, amount, order, _RECEIVED, _CASH, prepay=what.prepay)
    if left:
        lines = run.lines
        lines[_CREDIT] -= left
        lines[_RECEIVED] += left
        lines[_HELD] -= left
        lines[_CASH] += left
    run.last_paid_on = day
    if not run.buckets and not run.cleared_on:
        note_cleared(run)


def _charged(run: Running, what: e.Charged, day: int) -> None:
    fen = what.amount.fen
    lines = run.lines
    part = int(what.part)
    if what.part is Part.FEES:
        if (room := run.fee_room) is not None:
            fen = min(fen, room)
            run.room -= fen * UNIT
        if run.booking:
            lines[BOOK + part] += fen
            lines[_INCOME] -= fen
    else:
        lines[_CASH] -= fen
        if run.charged_off or run.written_off:
            lines[_LOSS] += fen
            run.lost += fen
        else:
            lines[BOOK + part] += fen
    lines[part] += fen
    lines[_CHARGED] -= fen
    use_credit(run)


def _waived(run: Running, what: e.Waived, day: int) -> None:
    lines = run.lines
    for part, asked in enumerate(what.amounts.fen):
        released = min(asked, lines[part])
        if not released:
            continue
        lines[part] -= released
        lines[_RELEASED] += released
        if part <= 1:
            reduce_due(run, part, released)
        above = lines[BOOK + part] - lines[part]
        if above > 0:
            lines[BOOK + part] -= above
            lines[_LOSS] += above
        if what.approval is None:
            run.waived_freely += released
    note_cleared(run)


def _booked_lost(run: Running) -> None:
    """Book as lost what is still carried; nothing is left to lose a second time."""
    lines = run.lines
    carried = sum(lines[BOOK : BOOK + 6])
    lines[BOOK : BOOK + 6] = [0] * 6
    lines[_LOSS] += carried
    run.lost += carried


def _charged_off(run: Running, what: e.ChargedOff, day: int) -> None:
    _booked_lost(run)
    run.charged_off = True
    run.settle_flags()


def _written_off(run: Running, what: e.WrittenOff, day: int) -> None:
    _booked_lost(run)
    run.written_off = True
    run.settle_flags()


def _extended(run: Running, what: e.Extended, day: int) -> None:
    run.matures_on = what.until.toordinal()
    run.extensions += 1


def _restructured(run: Running, what: e.Restructured, day: int) -> None:
    run.restructured_again = run.restructured_again or not observation_complete(run, day)
    run.restructured += 1
    run.buckets.clear()
    run.due_principal = run.due_interest = 0
    run.observing = True
    run.observed_from = run.observed_periods = 0
    run.matures_on = what.matures_on.toordinal()
    run.adopt(what.terms)
    note_cleared(run)


def _terms_changed(run: Running, what: e.TermsChanged, day: int) -> None:
    run.adopt(what.terms)


def _refinanced(run: Running, what: e.Refinanced, day: int) -> None:
    run.refinanced_by = what.new_loan_id
    order = run.order_today() or tuple(Part)
    settle(run, what.amount.fen, order, int(Line.REPLACED), int(Line.ROLLED), prepay=True)
    note_cleared(run)


def _sold(run: Running, what: e.Sold, day: int) -> None:
    lines = run.lines
    carried = sum(lines[BOOK : BOOK + 6])
    lines[BOOK : BOOK + 6] = [0] * 6
    price = what.price.fen
    lines[_CASH] += price
    if price >= carried:
        gained(run, price - carried)
    else:
        lines[_LOSS] += carried - price
    run.owner = what.buyer
    run.settle_flags()


def _bought_back(run: Running, what: e.BoughtBack, day: int) -> None:
    lines = run.lines
    stated = list(what.owed.fen)
    stated[0] = min(stated[0], lines[0])
    for part, now in enumerate(stated):
        less = lines[part] - now
        lines[part] = now
        if less >= 0:
            lines[Line.ELSEWHERE] += less
            if part <= 1:
                reduce_due(run, part, less)
        else:
            lines[_CHARGED] += less
    if (newly_due := lines[1] - run.due_interest) > 0 and run.buckets:
        run.due_interest += newly_due
        run.buckets.append([day, 0, newly_due])
    left = what.price.fen
    lines[_CASH] -= left
    for part in range(6):
        carried = min(left, lines[part])
        lines[BOOK + part] += carried
        left -= carried
    lines[_LOSS] += left
    run.owner = ""
    run.charged_off = run.written_off = False
    run.settle_flags()
    use_credit(run)


def _refunded(run: Running, what: e.CreditRefunded, day: int) -> None:
    fen = what.amount.fen
    run.lines[_CREDIT] += fen
    run.lines[Line.REFUNDED] -= fen
    run.lines[_HELD] += fen
    run.lines[_CASH] -= fen


def _stopped(run: Running, what: e.AccrualStopped, day: int) -> None:
    run.stopped = True
    run.settle_flags()


def _resumed(run: Running, what: e.AccrualResumed, day: int) -> None:
    run.stopped = False
    run.settle_flags()


def _accrued(run: Running, what: e.Accrued, day: int) -> None:
    """Nothing more: the accrual came with the value date."""


def _graded(run: Running, what: e.Graded, day: int) -> None:
    if what.grade in NON_PERFORMING and run.booking:
        lines = run.lines
        for line in range(BOOK + 1, BOOK + 5):
            lines[_INCOME] += lines[line]
            lines[line] = 0
    run.grade, run.because, run.graded_on = what.grade, what.because, day
    run.settle_flags()


def _reversed(run: Running, what: e.Reversed, day: int) -> None:
    """Nothing of its own: what it undoes has been left out."""


_APPLY: Mapping[type, Callable[[Running, Any, int], None]] = MappingProxyType(
    {
        e.AccountOpened: _opened,
        e.InstalmentFellDue: _fell_due,
        e.PaymentReceived: _paid,
        e.Charged: _charged,
        e.Waived: _waived,
        e.ChargedOff: _charged_off,
        e.WrittenOff: _written_off,
        e.Extended: _extended,
        e.Restructured: _restructured,
        e.TermsChanged: _terms_changed,
        e.Refinanced: _refinanced,
        e.Sold: _sold,
        e.BoughtBack: _bought_back,
        e.CreditRefunded: _refunded,
        e.AccrualStopped: _stopped,
        e.AccrualResumed: _resumed,
        e.Accrued: _accrued,
        e.Graded: _graded,
        e.Reversed: _reversed,
    }
)
