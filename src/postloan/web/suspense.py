"""Suspense: money that came in and could not be matched, assigned to a loan, returned, or taken off a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from postloan.ledger.store import ChangedMeanwhile, NoSuchRecord, Reading
from postloan.ledger.store_records import IncomingPayment, Loan, Suspense, SuspenseState
from postloan.web.door import house_of, needs, visitor_of
from postloan.web.mistakes import NotAllowed, PurposeMissing, ReasonMissing
from postloan.web.page import lang_of, show
from postloan.web.purposes import PURPOSES
from postloan.web.roles import Right
from postloan.workflows.posting_back import assign_suspense, back_to_suspense, return_suspense
from postloan.workflows.posting_parts import NotAssigned, NotReturned, PostingOptions
from postloan.workflows.suspense import trial, waiting

router = APIRouter(dependencies=[Depends(needs(Right.SEE_SUSPENSE))])

_SHOWN = 50
_LONGEST = 500


@router.get("/suspense")
def suspense_page(request: Request, reason: str = "", state: str = "waiting", page: int = 1) -> Response:
    """What waits, the oldest first; or what was dealt with, the latest first."""
    house = house_of(request)
    which = SuspenseState(state) if state in list(SuspenseState) else SuspenseState.WAITING
    where: dict[str, Any] = {"state": which, **({"reason": reason} if reason else {})}
    order = ("since", "number") if which is SuspenseState.WAITING else ("-resolved_on", "-number")
    page = max(page, 1)
    with house.records.reading() as tx:
        counted = tx.of(Suspense).tally(by=("reason",), sums=("amount",), state=which)
        rows = list(tx.of(Suspense).find(order=order, limit=_SHOWN, offset=(page - 1) * _SHOWN, **where))
        payments = _payments(tx, rows)
    chosen = [one for one in counted if not reason or one.key[0] == reason]
    return show(
        request,
        "suspense.html.j2",
        rows=[(row, payments[row.payment]) for row in rows],
        counted=sorted(counted, key=lambda one: -one.count),
        count=sum(one.count for one in chosen),
        amount=sum((one.sums[0].fen for one in chosen), 0),
        reason=reason,
        state=which,
        page=page,
        pages=-(-sum(one.count for one in chosen) // _SHOWN),
        today=house.today(),
    )


@router.get("/suspense/{number}")
def one_page(request: Request, number: int) -> Response:
    """One payment in suspense with the loans it may be for."""
    return _one(request, number)


@router.get("/suspense/{number}/on")
def check_page(request: Request, number: int, loan: str = "") -> Response:
    """What booking the money on a loan would do, before anybody does it."""
    return _check(request, number, loan.strip())


@router.post("/suspense/{number}")
async def settle(request: Request, number: int) -> Response:
    """Assign the money, return it, or see its payer in clear; each with a reason, each journalled."""
    form = {key: str(value).strip()[:_LONGEST] for key, value in (await request.form()).items()}
    if form.get("what") == "reveal":
        return await run_in_threadpool(_reveal, request, number, form)
    return await run_in_threadpool(_settle, request, number, form)


@router.get("/payments/back")
def back_page(request: Request, loan: str = "", key: str = "") -> Response:
    """A payment on a loan, before it is taken off."""
    house = house_of(request)
    if not visitor_of(request).may(Right.SETTLE_SUSPENSE):
        raise NotAllowed
    with house.records.reading() as tx:
        found = tx.loans.get(loan)
        payment = next(iter(tx.of(IncomingPayment).find(loan_id=loan, event_key=key, limit=1)), None)
        person = tx.people.masked_many([found.borrower_id]).get(found.borrower_id)
    if payment is None:
        raise NoSuchRecord(kind="payment", key=key)
    return show(request, "payment_back.html.j2", loan=found, payment=payment, person=person)


@router.post("/payments/back")
async def take_back(request: Request) -> Response:
    """Take a payment off a loan that it was not for."""
    form = {key: str(value).strip()[:_LONGEST] for key, value in (await request.form()).items()}
    return await run_in_threadpool(_take_back, request, form)


def _settle(request: Request, number: int, form: Mapping[str, str]) -> Response:
    _may_settle(request, form)
    house, options, reason = house_of(request), _options(request), form["reason"]
    try:
        if form.get("what") == "assign":
            _unchanged(request, form)
            assign_suspense(number, form.get("loan", ""), options, house.records, reason=reason)
        elif form.get("what") == "return":
            return_suspense(number, options, house.records, reason=reason)
    except (NotAssigned, NotReturned) as error:
        return _one(request, number, says=error.message(lang_of(request)), status=409)
    return RedirectResponse(f"/suspense/{number}", status_code=303)


def _take_back(request: Request, form: Mapping[str, str]) -> Response:
    _may_settle(request, form)
    loan, key = form.get("loan", ""), form.get("key", "")
    number = back_to_suspense(loan, key, _options(request), house_of(request).records, reason=form["reason"])
    return RedirectResponse(f"/suspense/{number}", status_code=303)


def _may_settle(request: Request, form: Mapping[str, str]) -> None:
    if not visitor_of(request).may(Right.SETTLE_SUSPENSE):
        raise NotAllowed
    if not form.get("reason"):
        raise ReasonMissing


def _unchanged(request: Request, form: Mapping[str, str]) -> None:
    """Refuse to book on a loan that is no longer as the figures on the page said."""
    loan_id = form.get("loan", "")
    with house_of(request).records.reading() as tx:
        loan: Loan = tx.loans.get(loan_id)
    if str(loan.seq) != form.get("seq", ""):
        raise ChangedMeanwhile(kind="loan", key=loan_id)


def _options(request: Request) -> PostingOptions:
    house = house_of(request)
    return PostingOptions(
        on=house.today(), at=house.clock(), actor=visitor_of(request).name, lang=lang_of(request)
    )


def _one(request: Request, number: int, *, says: str = "", status: int = 200, clear: Any = None) -> Response:
    house = house_of(request)
    with house.records.reading() as tx:
        found = waiting(tx, number, house.book)
        resolved = tx.loans.look(found.held.loan_id) if found.held.loan_id else None
    return show(
        request, "suspense_one.html.j2", status=status, v=found, resolved=resolved, says=says, clear=clear,
        purposes=PURPOSES, today=house.today(),
    )  # fmt: skip


def _check(request: Request, number: int, loan_id: str) -> Response:
    if not visitor_of(request).may(Right.SETTLE_SUSPENSE):
        raise NotAllowed
    house = house_of(request)
    with house.records.reading() as tx:
        found = waiting(tx, number, house.book)
        loan_id = _number(tx, loan_id)
        try:
            tried = trial(tx, number, loan_id, on=house.today(), book=house.book)
        except NoSuchRecord as error:
            says = error.message(lang_of(request))
            tried = None
    if tried is None:
        return _one(request, number, says=says, status=404)
    return show(request, "suspense_check.html.j2", v=found, c=tried, today=house.today())


def _number(tx: Reading, asked: str) -> str:
    """The number of the loan with this number or, where it is one loan's alone, contract number."""
    if tx.loans.look(asked) is not None:
        return asked
    found = list(tx.loans.find(contract_no=asked, limit=2)) if asked else []
    return found[0].loan_id if len(found) == 1 else asked


def _reveal(request: Request, number: int, form: Mapping[str, str]) -> Response:
    """The payer in clear; who asked and for what goes into the journal first."""
    house, visitor, purpose = house_of(request), visitor_of(request), form.get("purpose", "")
    if not visitor.may(Right.REVEAL):
        raise NotAllowed
    if purpose not in PURPOSES:
        raise PurposeMissing
    with house.records.writing(actor=visitor.name, ground=visitor.ground, at=house.clock()) as tx:
        payment = tx.of(IncomingPayment).get(tx.of(Suspense).get(number).payment)
        seen = tx.reveal(payment, purpose=purpose)
    names = ("payer", "account", "remark")
    fields = [(name, getattr(seen, name).reveal(purpose)) for name in names]
    return _one(request, number, clear={"purpose": purpose, "fields": [one for one in fields if one[1]]})


def _payments(tx: Reading, rows: list[Suspense]) -> dict[int, IncomingPayment]:
    numbers = [row.payment for row in rows]
    return {one.number: one for one in tx.of(IncomingPayment).find(number=numbers)} if numbers else {}
