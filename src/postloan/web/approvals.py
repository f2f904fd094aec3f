"""Approvals: what waits for a checker, what was decided, and the form that decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from postloan.decide.approvals import RULE_OF, Denied, limits
from postloan.kernel import Money
from postloan.ledger.parts import Part
from postloan.ledger.proposals import ON_LOANS
from postloan.ledger.store import Between, Reading
from postloan.ledger.store_records import ApprovalRequest, Delegation, Loan, RequestState
from postloan.web.door import Visitor, house_of, needs, visitor_of
from postloan.web.house import House
from postloan.web.page import show
from postloan.web.roles import Right
from postloan.workflows import approving

router = APIRouter(dependencies=[Depends(needs(Right.SEE_APPROVALS))])

_SHOWN = 100
_LONGEST = 500


@router.get("/approvals")
def approvals_page(request: Request) -> Response:
    """Requests that wait, the nearest to expiry first, and the last ones decided."""
    house = house_of(request)
    with house.records.reading() as tx:
        shelf = tx.of(ApprovalRequest)
        waiting = list(shelf.find(order=("until", "number"), limit=_SHOWN, state=RequestState.WAITING))
        others = [state for state in RequestState if state is not RequestState.WAITING]
        decided = list(shelf.find(order=("-number",), limit=_SHOWN, state=others))
    today = house.today()
    return show(request, "approvals.html.j2", waiting=waiting, decided=decided, today=today)


@router.get("/approvals/{number}")
def approval_page(request: Request, number: int) -> Response:
    """One request with its facts, and the form for whoever may decide or take it back."""
    return _page(request, number, None, {})


@router.post("/approvals/{number}")
async def decide(request: Request, number: int) -> Response:
    """Approve, refuse or withdraw; what is not allowed is said with every reason and journalled."""
    form = {key: str(value)[:_LONGEST] for key, value in (await request.form()).items()}
    answer = await run_in_threadpool(_decided, house_of(request), visitor_of(request), number, form)
    if isinstance(answer, Denied):
        return await run_in_threadpool(_page, request, number, answer, form)
    return RedirectResponse(f"/approvals/{number}", status_code=303)


def _decided(
    house: House, visitor: Visitor, number: int, form: Mapping[str, str]
) -> ApprovalRequest | Denied | None:
    by, at, reason = visitor.name, house.clock(), form.get("reason", "")
    match form.get("what"):
        case "approve":
            authority = form.get("authority", "")
            return approving.grant(
                house.records, number, by=by, at=at, authority=authority, reason=reason, book=house.book
            )
        case "refuse":
            return approving.deny(house.records, number, by=by, at=at, reason=reason, book=house.book)
        case "withdraw":
            return approving.withdraw(house.records, number, by=by, at=at, reason=reason)
    return None


def _page(request: Request, number: int, denied: Denied | None, form: Mapping[str, str]) -> Response:
    house, visitor = house_of(request), visitor_of(request)
    today = house.today()
    with house.records.reading() as tx:
        asked = tx.of(ApprovalRequest).get(number)
        loan: Loan | None = tx.loans.look(asked.subject) if asked.action in ON_LOANS else None
        stands_in = _stands_in(tx, visitor.name, today)
    by_role = limits(asked.action, house.book, today) if asked.action in RULE_OF else {}
    decides = stands_in or bool(set(visitor.user.roles) & set(by_role))
    waits = asked.state is RequestState.WAITING and asked.until >= today
    return show(
        request,
        "approval.html.j2",
        status=409 if denied else 200,
        a=asked,
        loan=loan,
        today=today,
        facts=_facts(asked.facts),
        limits=by_role,
        others=waits and not decides and visitor.may(Right.DECIDE),
        decides=waits and decides and asked.asked_by != visitor.name,
        own=waits and asked.asked_by == visitor.name,
        denied=denied,
        form=form,
    )


def _stands_in(tx: Reading, name: str, on: date) -> bool:
    """Whether somebody has lent them a right to decide."""
    lent = tx.of(Delegation).find(taker=name, until=Between(on, None))
    return any(one.since <= on and (one.revoked_on is None or on < one.revoked_on) for one in lent)


def _facts(facts: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """What is asked, as (kind of value, name, value): the debt's parts apart, money as money."""
    found: list[tuple[str, str, Any]] = []
    for name, value in facts.items():
        if name in ("amounts", "owed") and isinstance(value, list) and len(value) == len(Part):
            parts = [(part.code, Money(fen)) for part, fen in zip(Part, value, strict=True) if fen]
            found.append(("parts", name, parts))
        elif name == "price" and isinstance(value, int):
            found.append(("money", name, Money(value)))
        elif name != "terms":
            found.append(("text", name, value))
    return found
