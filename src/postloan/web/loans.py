"""Loans: found by number or person, shown as they stand on any day, their debtor in clear for a stated purpose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from postloan.adapters.records import StoreBusy
from postloan.kernel import Personal, parse_day
from postloan.kernel.journal import Note
from postloan.ledger.store import MaskedPerson, Reading
from postloan.ledger.store_people import Contact, Person
from postloan.ledger.store_records import Loan
from postloan.web.door import Visitor, house_of, needs, visitor_of
from postloan.web.house import House
from postloan.web.loan_charts import balance
from postloan.web.loan_view import look_at
from postloan.web.mistakes import NotAllowed, PurposeMissing, TooFarAhead
from postloan.web.page import show, words_of
from postloan.web.purposes import PURPOSES
from postloan.web.roles import Right
from postloan.web.rule_words import rule_notes

router = APIRouter(dependencies=[Depends(needs(Right.SEE))])

_SHOWN = 50
_LONGEST_QUERY = 64
_FURTHEST = timedelta(days=731)
_ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")
_TELEPHONE = re.compile(r"(\+?86)?1\d{10}|0\d{2,3}-?\d{7,8}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to. by: how it was found; "" for not at all. more: there are more than are shown."""

    by: str
    loans: tuple[Loan, ...]
    people: dict[str, MaskedPerson]
    more: bool = False


@router.get("/loans")
def search_page(request: Request) -> Response:
    """The search, empty."""
    return show(request, "loans.html.j2", asked="", found=None, may_find=_may_find(request))


@router.post("/loans")
async def search(request: Request) -> Response:
    """Loans by number, or by the identity number or telephone of a person. Never in an address that stays about."""
    form = await request.form()
    asked = " ".join(str(form.get("q", "")).split())[:_LONGEST_QUERY]
    if not asked:
        return RedirectResponse("/loans", status_code=303)
    found = await run_in_threadpool(_found, house_of(request), visitor_of(request), asked)
    if len(found.loans) == 1 and found.by in ("loan_id", "contract_no"):
        return RedirectResponse(f"/loans/{quote(found.loans[0].loan_id, safe='')}", status_code=303)
    shown = "" if found.by in ("id_number", "contact") else asked
    return show(request, "loans.html.j2", asked=shown, found=found, may_find=_may_find(request))


@router.get("/loans/{loan_id:path}")
def loan_page(request: Request, loan_id: str, on: str = "") -> Response:
    """A loan as it stands today, or on another day."""
    return _page(request, loan_id, on, None)


@router.post("/loans/{loan_id:path}")
async def reveal(request: Request, loan_id: str) -> Response:
    """The debtor in clear; who asked and for what goes into the journal first."""
    form = await request.form()
    purpose, on = str(form.get("purpose", "")), str(form.get("on", ""))
    visitor = visitor_of(request)
    if not visitor.may(Right.REVEAL):
        raise NotAllowed
    if purpose not in PURPOSES:
        raise PurposeMissing
    return await run_in_threadpool(_revealed, request, loan_id, on, purpose)


def _revealed(request: Request, loan_id: str, on: str, purpose: str) -> Response:
    house, visitor = house_of(request), visitor_of(request)
    with house.records.writing(actor=visitor.name, ground=visitor.ground, at=house.clock()) as tx:
        borrower_id = tx.loans.get(loan_id).borrower_id
        person = tx.people.reveal(borrower_id, purpose=purpose)
        contacts = tx.people.reveal_contacts(borrower_id, purpose=purpose)
    clear = _in_clear(person, contacts, purpose)
    if request.headers.get("hx-request"):
        return show(request, "person_clear.html.j2", clear=clear)
    return _page(request, loan_id, on, clear)


def _page(request: Request, loan_id: str, on: str, clear: dict[str, Any] | None) -> Response:
    house, visitor = house_of(request), visitor_of(request)
    today = house.today()
    day = _day(on, today)
    with house.records.reading() as tx:
        view = look_at(tx, loan_id, day, house.book)
    journalled = _noted(house, visitor, Note("loan.viewed", subject=loan_id, details={"on": day}))
    rules = {one.rule for one in view.ahead if one.rule}
    rules |= {rule for row in view.history.grades for rule in row.because}
    return show(
        request,
        "loan.html.j2",
        charts={"balance": balance(view, words_of(request))},
        v=view,
        today=today,
        purposes=PURPOSES,
        clear=clear,
        journalled=journalled,
        rules=rule_notes(house.book, rules),
        furthest=today + _FURTHEST,
    )


def _day(text: str, today: date) -> date:
    day = parse_day(text) if text.strip() else today
    if day > today + _FURTHEST:
        raise TooFarAhead(day=day)
    return day


def _noted(house: House, visitor: Visitor, note: Note) -> bool:
    """Write down a view; False where the journal is being written by a long transaction, so that nothing is shown."""
    try:
        with house.records.writing(actor=visitor.name, ground=visitor.ground, at=house.clock()) as tx:
            tx.note(note)
    except StoreBusy:
        return False
    return True


def _found(house: House, visitor: Visitor, asked: str) -> Found:
    with house.records.reading() as tx:
        found = _by_number(tx, asked)
        looks_personal = bool(_ID_NUMBER.fullmatch(asked) or _TELEPHONE.fullmatch(asked))
        if not found.loans and looks_personal and visitor.may(Right.FIND_PEOPLE):
            found = _by_person(tx, asked)
    people = sorted({loan.borrower_id for loan in found.loans})
    details = {"by": found.by or "nothing", "loans": len(found.loans), "people": people[:_SHOWN]}
    if not _noted(house, visitor, Note("loans.searched", details=details)):
        return Found(found.by, found.loans, {}, found.more)
    return found


def _by_number(tx: Reading, asked: str) -> Found:
    """Loans whose own, contract or borrower number it is."""
    for field in ("loan_id", "contract_no", "borrower_id"):
        where: dict[str, Any] = {field: asked}
        loans = list(tx.loans.find(order=("loan_id",), limit=_SHOWN + 1, **where))
        if loans:
            return _with_people(tx, field, loans)
    return Found("", (), {})


def _by_person(tx: Reading, asked: str) -> Found:
    """Loans of the people with an identity number or telephone; looked up without reading anybody's."""
    by = "id_number" if _ID_NUMBER.fullmatch(asked) else "contact"
    look = tx.people.with_id_number if by == "id_number" else tx.people.with_contact
    numbers = look(Personal(asked))
    if not numbers:
        return Found("", (), {})
    loans = list(tx.loans.find(order=("loan_id",), limit=_SHOWN + 1, borrower_id=list(numbers)))
    return _with_people(tx, by, loans)


def _with_people(tx: Reading, by: str, loans: Sequence[Loan]) -> Found:
    shown = tuple(loans[:_SHOWN])
    people = tx.people.masked_many(sorted({loan.borrower_id for loan in shown}))
    return Found(by, shown, people, len(loans) > _SHOWN)


def _may_find(request: Request) -> bool:
    return visitor_of(request).may(Right.FIND_PEOPLE)


def _in_clear(person: Person, contacts: Sequence[Contact], purpose: str) -> dict[str, Any]:
    """What is shown in clear, by field."""
    names = ("name", "id_number", "born_on", "employer")
    fields = [(name, getattr(person, name).reveal(purpose)) for name in names]
    return {
        "purpose": purpose,
        "borrower_id": person.borrower_id,
        "fields": [(name, value) for name, value in fields if value],
        "contacts": [(contact.kind, contact.value.reveal(purpose), contact.role) for contact in contacts],
    }
