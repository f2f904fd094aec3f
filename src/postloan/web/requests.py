"""Asking for an approval: on a loan with its figures before one's eyes, or for a price, a template, a rule book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from postloan.decide.approvals import RULE_OF, Denied, Why, limits
from postloan.kernel import Money, PostloanError, parse_day
from postloan.ledger.parts import Balances, Part
from postloan.ledger.proposals import ON_LOANS, Proposal
from postloan.ledger.state import Status
from postloan.ledger.store import NoSuchRecord
from postloan.ledger.store_records import Loan
from postloan.web.approval_facts import facts_of
from postloan.web.door import house_of, needs, visitor_of
from postloan.web.house import House
from postloan.web.mistakes import BadCount, BadShare
from postloan.web.page import lang_of, show
from postloan.web.roles import Right
from postloan.workflows import approving
from postloan.workflows.approving import Wish
from postloan.workflows.proposing import Act, Trial, proposal_of, standing, try_out

router = APIRouter(dependencies=[Depends(needs(Right.ASK))])

_LONGEST = 500
_MOST_INSTALMENTS = 360
_ON_A_CLAIM = ("waive", "restructure", "write_off", "sell")
_ELSEWHERE = ("reserve_price", "publish_template", "publish_rules")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A form that was worked out. proposal: None where it is no act on a loan. trial: None where it cannot be tried."""

    wish: Wish
    proposal: Proposal | None
    trial: Trial | None


@router.get("/requests/new")
def new_page(request: Request, loan: str = "", action: str = "") -> Response:
    """The form, with what is owed beside it."""
    return _page(request, {"loan": loan.strip(), "action": action})


@router.post("/requests/new")
async def ask(request: Request) -> Response:
    """Work out what is asked, or ask for it."""
    form = {key: str(value).strip()[:_LONGEST] for key, value in (await request.form()).items()}
    return await run_in_threadpool(_asked, request, form)


def _asked(request: Request, form: Mapping[str, str]) -> Response:
    house, visitor = house_of(request), visitor_of(request)
    try:
        made = _made(house, form)
    except NoSuchRecord:
        raise
    except PostloanError as error:
        return _page(request, form, says=error.message(lang_of(request)), status=400)
    if made is None:
        missing = Denied((Why("no_facts", {"action": form.get("action", "")}),))
        return _page(request, form, denied=missing, status=409)
    if form.get("what") != "ask" or (made.trial and made.trial.refused):
        refused = bool(made.trial and made.trial.refused and form.get("what") == "ask")
        return _page(request, form, made=made, status=409 if refused else 200)
    answer = approving.request(house.records, made.wish, by=visitor.name, at=house.clock(), book=house.book)
    if isinstance(answer, Denied):
        return _page(request, form, made=made, denied=answer, status=409)
    return RedirectResponse(f"/approvals/{answer.number}", status_code=303)


def _made(house: House, form: Mapping[str, str]) -> _Asked | None:
    """What is asked for; None where something is missing."""
    action, reason, until = form.get("action", ""), form.get("reason", ""), _day(form, "until")
    today = house.today()
    if action not in ON_LOANS:
        amount = _money(form, "amount") if action == "reserve_price" else None
        return _Asked(Wish(action, form.get("subject", ""), amount, reason, until=until), None, None)
    loan_id = form.get("loan", "")
    with house.records.reading() as tx:
        tx.loans.get(loan_id)
        proposal = proposal_of(tx, _act(form), on=today, book=house.book)
        if proposal is None:
            return None
        trial = try_out(
            tx, loan_id, proposal.action, proposal.facts, proposal.amount, on=today, book=house.book
        )
    authority = form.get("authority", "")
    facts = {**proposal.facts, **({"authority": authority} if authority else {})}
    wish = Wish(proposal.action, loan_id, proposal.amount, reason, facts, until)
    return _Asked(wish, proposal, trial)


def _act(form: Mapping[str, str]) -> Act:
    return Act(
        action=form["action"],
        loan_id=form.get("loan", ""),
        parts=Balances(*(_money(form, part.code) or Money(0) for part in Part)),
        buyer=form.get("buyer", ""),
        price=_money(form, "price"),
        rate=_rate(form.get("rate", "")),
        first_due=_day(form, "first_due"),
        instalments=_count(form.get("instalments", "12")),
    )


def _money(form: Mapping[str, str], name: str) -> Money | None:
    text = form.get(name, "").replace(",", "").replace("，", "")
    return Money.yuan(text) if text else None


def _day(form: Mapping[str, str], name: str) -> date | None:
    text = form.get(name, "")
    return parse_day(text) if text else None


def _rate(text: str) -> Decimal | None:
    """A yearly rate written in per cent."""
    if not text:
        return None
    try:
        rate = Decimal(text.rstrip("%％ ")) / 100
    except InvalidOperation as error:
        raise BadShare(text=text) from error
    if not rate.is_finite() or not 0 <= rate <= 1:
        raise BadShare(text=text)
    return rate


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_INSTALMENTS:
        raise BadCount(text=text, most=_MOST_INSTALMENTS)
    return int(text)


def _page(
    request: Request,
    form: Mapping[str, str],
    *,
    made: _Asked | None = None,
    denied: Denied | None = None,
    says: str = "",
    status: int = 200,
) -> Response:
    house = house_of(request)
    today, loan_id = house.today(), form.get("loan", "")
    with house.records.reading() as tx:
        loan: Loan | None = tx.loans.get(loan_id) if loan_id else None
        owed = standing(tx, loan_id, on=today, book=house.book).owed if loan else None
    actions = _actions(loan)
    asked_for = "waive" if form.get("action") == "waive_principal" else form.get("action", "")
    action = asked_for if asked_for in actions else actions[0]
    days = house.book.value("HS-APR-02.request_days", on=today).whole
    return show(
        request, "request.html.j2", status=status, loan=loan, owed=owed, actions=actions, action=action,
        form=form, made=made, denied=denied, says=says, today=today, longest=today + timedelta(days=days),
        facts=facts_of(made.wish.facts) if made else [], limits=_limits(house, action, made, today),
    )  # fmt: skip


def _actions(loan: Loan | None) -> Sequence[str]:
    """What may be asked for: of a loan as it stands, or elsewhere."""
    if loan is None:
        return _ELSEWHERE
    if loan.status is Status.SOLD:
        return ("buy_back",)
    if loan.status is Status.WRITTEN_OFF:
        return tuple(one for one in _ON_A_CLAIM if one != "write_off")
    return _ON_A_CLAIM


def _limits(house: House, action: str, made: _Asked | None, today: date) -> dict[str, Money | None]:
    asked = made.wish.action if made else action
    return limits(asked, house.book, today) if asked in RULE_OF else {}
