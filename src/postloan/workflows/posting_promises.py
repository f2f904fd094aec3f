"""Promises and plans when money comes in or bounces: kept, released, opened again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from postloan.kernel import Money
from postloan.ledger.parts import ZERO
from postloan.ledger.store import Writing
from postloan.ledger.store_records import Instalment, Plan, Promise, PromiseState
from postloan.workflows.plans import release

_OPEN = [PromiseState.OPEN, PromiseState.MISSED]


@dataclass(frozen=True, slots=True)
class Came:
    """What came in for a loan. closed: nothing is owed on it any more."""

    amount: Money
    closed: bool


def keep(tx: Writing, came: Mapping[str, Came], on: date) -> tuple[int, int]:
    """Count what came in against open promises and instalments, oldest due first; promises and plans kept by it.

    Where a loan is closed, what is left of them is released. Must be called in the transaction of the postings.
    """
    if not came:
        return 0, 0
    kept = _count(tx, Promise, came, on)
    _count(tx, Instalment, came, on)
    return kept, _settle_plans(tx, came, on)


def take_back(tx: Writing, loan_id: str, amount: Money) -> None:
    """Undo what a bounced payment did to promises and instalments, latest due first."""
    kinds: tuple[type[Any], ...] = (Promise, Instalment)
    for kind in kinds:
        left = amount
        changed: list[Any] = []
        for one in list(tx.of(kind).find(loan_id=loan_id, order=("-due_on",))):
            taken = min(left, one.paid)
            if taken <= ZERO:
                continue
            left -= taken
            reopened: dict[str, Any] = {"state": PromiseState.OPEN}
            if kind is Promise:
                reopened["ended_on"] = None
            changed.append(replace(one, paid=one.paid - taken, **reopened))
        if changed:
            tx.of(kind).change_all(changed)
            if kind is Instalment:
                _reopen_plans(tx, {one.plan for one in changed})


def _count(tx: Writing, kind: type[Any], came: Mapping[str, Came], on: date) -> int:
    by_loan: dict[str, list[Any]] = defaultdict(list)
    for one in tx.of(kind).find(loan_id=list(came), state=_OPEN):
        by_loan[one.loan_id].append(one)
    kept, changed = 0, []
    for loan_id, found in by_loan.items():
        left = came[loan_id].amount
        for one in sorted(found, key=lambda one: one.due_on):
            taken = min(left, one.amount - one.paid)
            left -= taken
            full = one.paid + taken >= one.amount
            state = (
                PromiseState.KEPT if full else PromiseState.RELEASED if came[loan_id].closed else one.state
            )
            if taken or state is not one.state:
                ended = {"ended_on": on} if kind is Promise and state is not PromiseState.OPEN else {}
                changed.append(replace(one, paid=one.paid + taken, state=state, **ended))
                kept += full
    if changed:
        tx.of(kind).change_all(changed)
    return kept


def _settle_plans(tx: Writing, came: Mapping[str, Came], on: date) -> int:
    """End the plans of which no instalment is open any more."""
    kept, changed = 0, []
    for plan in list(tx.of(Plan).find(loan_id=list(came), state=PromiseState.OPEN)):
        left = tx.of(Instalment).count(plan=plan.number, state=_OPEN)
        if left and not came[plan.loan_id].closed:
            continue
        missed = tx.of(Instalment).count(plan=plan.number, state=PromiseState.RELEASED)
        state = PromiseState.RELEASED if missed else PromiseState.KEPT
        changed.append(replace(plan, state=state, ended_on=on))
        kept += state is PromiseState.KEPT
    if changed:
        tx.of(Plan).change_all(changed)
        whom = {(plan.borrower_id, plan.loan_id) for plan in changed}
        release(tx, whom, on, by="postloan", reason="plan ended")
    return kept


def _reopen_plans(tx: Writing, numbers: Iterable[int]) -> None:
    ended = [plan for plan in map(tx.of(Plan).get, sorted(numbers)) if plan.state is not PromiseState.OPEN]
    if ended:
        tx.of(Plan).change_all([replace(plan, state=PromiseState.OPEN, ended_on=None) for plan in ended])
