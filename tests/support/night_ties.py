"""Whether the books of a store tie: what came in against balances, payments against the ledger, files against rows."""

from __future__ import annotations

from postloan.kernel import Money
from postloan.ledger import MoneyRules, replay
from postloan.ledger.parts import Line
from postloan.ledger.store_records import (
    FileState,
    IncomingPayment,
    PaymentFile,
    PaymentState,
    Suspense,
    SuspenseState,
)
from postloan.rules import load_book


def total(amounts) -> int:
    return sum(one.fen for one in amounts)


def hold_the_books_together(store, opening: Money) -> None:
    """Every identity that must hold on any morning, to the fen."""
    rules = MoneyRules.of(load_book())
    with store.reading() as tx:
        states = {loan_id: replay(history, rules) for loan_id, history in tx.events.all()}
        loans = {loan.loan_id: loan for loan in tx.loans.find()}
        payments = list(tx.of(IncomingPayment).find())
        files = list(tx.of(PaymentFile).find(state=FileState.TAKEN))
        waiting = list(tx.of(Suspense).find(state=SuspenseState.WAITING))
        keys = [event.key for _, history in tx.events.all() for event in history]
        verdict = tx.journal.verify()
    assert verdict.whole, verdict.breaks
    assert set(states) == set(loans)
    for loan_id, state in states.items():
        assert sum(state.lines[:14]) == 0 == sum(state.lines[14:])
        assert (state.owed, state.credit, state.grade, state.status) == (
            loans[loan_id].owed, loans[loan_id].credit, loans[loan_id].grade, loans[loan_id].status,
        )  # fmt: skip
    # Balances + receipts - what ran meanwhile = opening.
    owed = total(loan.owed.total for loan in loans.values()) - total(loan.credit for loan in loans.values())
    received = sum(state.lines[Line.RECEIVED] for state in states.values())
    claimed = -sum(state.lines[Line.ADVANCED] + state.lines[Line.CHARGED] for state in states.values())
    assert owed + received == claimed
    ran = claimed - opening.fen
    assert ran >= 0
    # The payments table and the ledger say the same.
    posted = [one for one in payments if one.state is PaymentState.POSTED]
    assert total(one.amount for one in posted) == received
    assert all(one.loan_id and one.event_key in set(keys) for one in posted[:50])
    references = [one.reference for one in payments if one.reference]
    assert len(references) == len(set(references))
    # Suspense is exactly what waits.
    suspended = [one for one in payments if one.state is PaymentState.SUSPENDED]
    assert sorted(one.number for one in suspended) == sorted(one.payment for one in waiting)
    assert total(one.amount for one in waiting) == total(one.amount for one in suspended)
    # Every file is whole: each of its rows is somewhere.
    for file in files:
        rows = [one for one in payments if one.file == file.sha256]
        assert (len(rows), total(one.amount for one in rows)) == (file.rows, file.amount.fen)
