"""Lending the right to decide: to one colleague, in one role, with an end; seen by all who see approvals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from postloan.decide.approvals import Denied, Why
from postloan.kernel import PostloanError, parse_day
from postloan.ledger.store_people import User
from postloan.ledger.store_records import Delegation
from postloan.web.door import house_of, needs, visitor_of
from postloan.web.house import House
from postloan.web.mistakes import NotAllowed
from postloan.web.page import lang_of, show
from postloan.web.roles import Right, rights_of
from postloan.workflows import approving

router = APIRouter(dependencies=[Depends(needs(Right.SEE_APPROVALS))])

_SHOWN = 200
_LONGEST = 500


@router.get("/lending")
def lending_page(request: Request) -> Response:
    """Rights that are lent now and were lent before, and the form for whoever has one to lend."""
    return _page(request, {})


@router.post("/lending")
async def lend(request: Request) -> Response:
    """Lend a right, or take it back."""
    form = {key: str(value).strip()[:_LONGEST] for key, value in (await request.form()).items()}
    if not visitor_of(request).may(Right.DECIDE):
        raise NotAllowed
    return await run_in_threadpool(_lent, request, form)


def _lent(request: Request, form: Mapping[str, str]) -> Response:
    house, visitor = house_of(request), visitor_of(request)
    at, number = house.clock(), form.get("number", "")
    if form.get("what") == "end":
        answer = approving.revoke(
            house.records, int(number) if number.isdigit() else 0, by=visitor.name, at=at
        )
    else:
        try:
            since, until = parse_day(form.get("since", "")), parse_day(form.get("until", ""))
        except PostloanError as error:
            return _page(request, form, says=error.message(lang_of(request)), status=400)
        taker, role, reason = form.get("taker", ""), form.get("role", ""), form.get("reason", "")
        if not _may_be_lent_to(house, taker):
            return _page(request, form, denied=Denied((Why("unknown_user", {"user": taker}),)), status=409)
        wanted = Delegation(visitor.name, taker, role, since, until, reason)
        answer = approving.delegate(house.records, wanted, at=at, book=house.book)
    if isinstance(answer, Denied):
        return _page(request, form, denied=answer, status=409)
    return RedirectResponse("/lending", status_code=303)


def _may_be_lent_to(house: House, name: str) -> bool:
    """Whether somebody is here and takes part in approvals; who manages users or audits never decides."""
    with house.records.reading() as tx:
        user = tx.of(User).look(name)
    return user is not None and user.active and _takes_part(user)


def _takes_part(user: User) -> bool:
    rights = rights_of(user.roles)
    return bool(rights & {Right.ASK, Right.DECIDE}) and not rights & {Right.MANAGE_USERS, Right.SEE_JOURNAL}


def _page(
    request: Request,
    form: Mapping[str, str],
    *,
    denied: Denied | None = None,
    says: str = "",
    status: int = 200,
) -> Response:
    house, visitor = house_of(request), visitor_of(request)
    today = house.today()
    with house.records.reading() as tx:
        lent = list(tx.of(Delegation).find(order=("-until", "-number"), limit=_SHOWN))
        users = list(tx.of(User).find(active=True, order=("name",), limit=1_000))
    deciding = house.book.value("HS-APR-01.checkers", on=today).terms
    holds = [one for one in lent if one.until >= today and (one.revoked_on is None or today < one.revoked_on)]
    days = house.book.value("HS-APR-03.delegation_days", on=today).whole
    return show(
        request, "lending.html.j2", status=status, form=form, denied=denied, says=says, today=today,
        now=holds, before=[one for one in lent if one not in holds],
        takers=[user for user in users if user.name != visitor.name and _takes_part(user)],
        mine=[role for role in deciding if role in visitor.user.roles],
        names={user.name: user.shown_as for user in users},
        longest=today + timedelta(days=days), days=days,
    )  # fmt: skip
