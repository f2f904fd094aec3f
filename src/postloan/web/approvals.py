"""Approvals: what waits for a checker, what was decided, and the form that decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from postloan.decide.approvals import RULE_OF, Denied, limits
from postloan.kernel import Money, PostloanError
from postloan.ledger.answers import Refused
from postloan.ledger.proposals import ON_LOANS
from postloan.ledger.store import Between, Reading
from postloan.ledger.store_records import ApprovalRequest, Delegation, Loan, RequestState
from postloan.web.approval_facts import facts_of
from postloan.web.door import Visitor, house_of, needs, visitor_of
from postloan.web.house import House
from postloan.web.mistakes import NotAllowed, NotSure
from postloan.web.page import show
from postloan.web.roles import Right
from postloan.workflows import approving
from postloan.workflows.carrying_out import Done, carry_out
from postloan.workflows.proposing import Trial, try_out

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
        lent = _lent(tx, visitor_of(request).name, house.today())
    return show(
        request, "approvals.html.j2", waiting=waiting, decided=decided, lent=lent, today=house.today()
    )


@router.get("/approvals/{number}")
def approval_page(request: Request, number: int) -> Response:
    """One request with its facts, and the form for whoever may decide or take it back."""
    return _page(request, number, None, {})


@router.post("/approvals/{number}")
async def decide(request: Request, number: int) -> Response:
    """Approve, refuse or withdraw; what is not allowed is said with every reason and journalled."""
    form = {key: str(value)[:_LONGEST] for key, value in (await request.form()).items()}
    answer = await run_in_threadpool(_decided, house_of(request), visitor_of(request), number, form)
    if isinstance(answer, Denied | Refused):
        return await run_in_threadpool(_page, request, number, answer, form)
    return RedirectResponse(f"/approvals/{number}", status_code=303)


def _decided(
    house: House, visitor: Visitor, number: int, form: Mapping[str, str]
) -> ApprovalRequest | Denied | Refused | Done | None:
    by, at, reason, book = visitor.name, house.clock(), form.get("reason", ""), house.book
    match form.get("what"):
        case "approve":
            _sure(form)
            authority = form.get("authority", "")
            return approving.grant(
                house.records, number, by=by, at=at, authority=authority, reason=reason, book=book
            )
        case "refuse":
            return approving.deny(house.records, number, by=by, at=at, reason=reason, book=book)
        case "withdraw":
            return approving.withdraw(house.records, number, by=by, at=at, reason=reason)
        case "carry_out":
            if not visitor.may(Right.CARRY_OUT):
                raise NotAllowed
            _sure(form)
            return carry_out(house.records, number, by=by, at=at, book=book)
    return None


def _sure(form: Mapping[str, str]) -> None:
    """Refuse what somebody did not say they have looked at."""
    if form.get("sure") != "yes":
        raise NotSure


def _page(
    request: Request, number: int, denied: Denied | Refused | None, form: Mapping[str, str]
) -> Response:
    house, visitor = house_of(request), visitor_of(request)
    today = house.today()
    with house.records.reading() as tx:
        asked = tx.of(ApprovalRequest).get(number)
        on_loan = asked.action in ON_LOANS
        loan: Loan | None = tx.loans.look(asked.subject) if on_loan else None
        lent = {one.role for one in _lent(tx, visitor.name, today)}
        live = asked.state in (RequestState.WAITING, RequestState.APPROVED) and asked.until >= today
        trial = _tried(tx, asked, house) if loan and live else None
    by_role = limits(asked.action, house.book, today) if asked.action in RULE_OF else {}
    decides = bool((lent | set(visitor.user.roles)) & set(by_role))
    waits = live and asked.state is RequestState.WAITING
    return show(
        request,
        "approval.html.j2",
        status=409 if denied else 200,
        a=asked,
        loan=loan,
        trial=trial,
        today=today,
        facts=facts_of(asked.facts),
        limits=by_role,
        others=waits and not decides and visitor.may(Right.DECIDE) and asked.asked_by != visitor.name,
        decides=waits and decides and asked.asked_by != visitor.name,
        own=waits and asked.asked_by == visitor.name,
        carries=live and asked.state is RequestState.APPROVED and on_loan and visitor.may(Right.CARRY_OUT),
        denied=denied,
        form=form,
    )


def _tried(tx: Reading, asked: ApprovalRequest, house: House) -> Trial | None:
    """What it would do today; None where the facts are not complete."""
    amount = asked.amount or Money(0)
    try:
        return try_out(
            tx, asked.subject, asked.action, asked.facts, amount, on=house.today(), book=house.book
        )
    except (KeyError, TypeError, ValueError, PostloanError):
        return None


def _lent(tx: Reading, name: str, on: date) -> list[Delegation]:
    """The rights to decide that somebody has been lent and may use today."""
    lent = tx.of(Delegation).find(taker=name, until=Between(on, None))
    return [one for one in lent if one.since <= on and (one.revoked_on is None or on < one.revoked_on)]
