"""Coming in and going out: login, log-out, a new password."""

from __future__ import annotations

import math
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from postloan.kernel.journal import Note
from postloan.ledger.store_people import Session, User
from postloan.web.door import (
    COOKIE,
    CSRF_FIELD,
    Visitor,
    end_session,
    house_of,
    new_session,
    purge,
    recognised,
    refuse_other_sites,
    same,
    visitor_of,
)
from postloan.web.house import House
from postloan.web.mistakes import NotFromHere, PasswordsDiffer, TooManyAttempts, WeakPassword, WrongPassword
from postloan.web.page import lang_of, show
from postloan.web.passwords import LEAST, fits, hashed, outdated
from postloan.web.throttle import penalty

public = APIRouter()
router = APIRouter()

_KNOCK = "postloan_login"
_GROUND = "web login"


@public.get("/login")
def login_page(request: Request, next: str = "") -> Response:  # noqa: A002
    """The form to sign in."""
    if recognised(house_of(request), request.cookies.get(COOKIE, "")):
        return RedirectResponse(_inside(next), status_code=303)
    return _form(request, _inside(next))


@public.post("/login")
async def sign_in(request: Request) -> Response:
    """Sign in: the right password opens a session, a wrong one is counted."""
    refuse_other_sites(request)
    form = {key: str(value) for key, value in (await request.form()).items()}
    if not same(form.get(CSRF_FIELD, ""), request.cookies.get(_KNOCK, "")):
        raise NotFromHere
    house, there = house_of(request), _inside(form.get("next", ""))
    name = form.get("name", "").strip().lower()[:80]
    address = request.client.host if request.client else "?"
    try:
        cookie = await run_in_threadpool(admitted, house, name, form.get("password", ""), address)
    except (WrongPassword, TooManyAttempts) as error:
        status = 429 if isinstance(error, TooManyAttempts) else 403
        return _form(request, there, name=name, says=error.message(lang_of(request)), status=status)
    answer = RedirectResponse(there, status_code=303)
    _give(request, answer, cookie)
    answer.delete_cookie(_KNOCK, path="/login")
    return answer


@router.post("/logout")
def sign_out(request: Request) -> Response:
    """End the session, in the store and in the browser."""
    end_session(house_of(request), visitor_of(request))
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/password")
def password_page(request: Request) -> Response:
    """The form for a new password."""
    return show(request, "password.html.j2", least=LEAST)


@router.post("/password")
async def change_password(request: Request) -> Response:
    """Change one's own password; every session of the old one ends, and a new one begins here."""
    form = {key: str(value) for key, value in (await request.form()).items()}
    try:
        cookie, visitor = await run_in_threadpool(_changed, house_of(request), visitor_of(request), form)
    except (WrongPassword, WeakPassword, PasswordsDiffer) as error:
        says = error.message(lang_of(request))
        return show(request, "password.html.j2", status=400, least=LEAST, says=says)
    request.state.visitor = visitor
    answer = show(request, "password.html.j2", least=LEAST, done=True)
    _give(request, answer, cookie)
    return answer


def admitted(house: House, name: str, password: str, address: str) -> str:
    """The cookie of a new session.

    Raises:
        TooManyAttempts: too many wrong passwords of late. WrongPassword: this one is wrong, or the account is closed.
    """
    now = house.clock()
    _patience(house, name, address, now)
    with house.records.reading() as tx:
        user = tx.of(User).look(name)
    if user is not None and user.locked_until is not None and user.locked_until > now:
        raise TooManyAttempts(minutes=_minutes(user.locked_until - now))
    if not fits(password, user.password if user and user.active else ""):
        house.throttle.wrong("name", name, now)
        house.throttle.wrong("address", address, now)
        _refused(house, user, now)
        raise WrongPassword
    assert user is not None
    house.throttle.right("name", name)
    cookie, session = new_session(name, now)
    with house.records.writing(actor=name, ground=_GROUND, at=now) as tx:
        user = tx.of(User).get(name)
        renewed = hashed(password) if outdated(user.password) else user.password
        if user.failed or user.locked_until or renewed != user.password:
            tx.of(User).change(replace(user, failed=0, locked_until=None, password=renewed))
        purge(tx, now)
        tx.of(Session).add(session)
        tx.note(Note("user.signed_in", subject=name))
    return cookie


def _patience(house: House, name: str, address: str, now: datetime) -> None:
    """Refuse whoever has to wait."""
    wait = max(house.throttle.wait("name", name, now), house.throttle.wait("address", address, now))
    if wait > timedelta(0):
        raise TooManyAttempts(minutes=_minutes(wait))


def _refused(house: House, user: User | None, now: datetime) -> None:
    """Write down a wrong password. What was typed for a name that nobody has may be a password: it is not kept."""
    with house.records.writing(actor="web", ground=_GROUND, at=now) as tx:
        if user is not None:
            user = tx.of(User).get(user.name)
            failed = user.failed + 1
            wait = penalty("name", failed)
            tx.of(User).change(replace(user, failed=failed, locked_until=now + wait if wait else None))
        tx.note(Note("user.sign_in_refused", subject=user.name if user else ""))


def _give(request: Request, answer: Response, cookie: str) -> None:
    """Let a browser keep the cookie of its session."""
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="lax", secure=secure, path="/")


def _changed(house: House, visitor: Visitor, form: dict[str, str]) -> tuple[str, Visitor]:
    """Write the new password if the old one is right and the new one good enough."""
    old, new = form.get("old", ""), form.get("new", "")
    now = house.clock()
    _patience(house, visitor.name, "", now)
    if not fits(old, visitor.user.password):
        house.throttle.wrong("name", visitor.name, now)
        raise WrongPassword
    if new != form.get("again", ""):
        raise PasswordsDiffer
    if len(new) < LEAST or new == old:
        raise WeakPassword(least=LEAST)
    made = hashed(new)
    cookie, session = new_session(visitor.name, now)
    with house.records.writing(actor=visitor.name, ground=visitor.ground, at=now) as tx:
        user = tx.of(User).get(visitor.name)
        changed = replace(user, password=made, changed_at=now, failed=0, locked_until=None, must_change=False)
        tx.of(User).change(changed)
        tx.of(Session).forget(user=visitor.name)
        tx.of(Session).add(session)
        tx.note(Note("user.password_changed", subject=visitor.name))
    return cookie, Visitor(changed, session, visitor.rights)


def _form(request: Request, there: str, *, name: str = "", says: str = "", status: int = 200) -> Response:
    """The login form, with a token that only this browser has."""
    knock = request.cookies.get(_KNOCK) or secrets.token_urlsafe(24)
    answer = show(request, "login.html.j2", status=status, there=there, name=name, says=says, knock=knock)
    secure = request.url.scheme == "https"
    answer.set_cookie(_KNOCK, knock, httponly=True, samesite="strict", secure=secure, path="/login")
    return answer


def _inside(there: str) -> str:
    """An address of ours to go on to; the first page for anything else."""
    ours = there.startswith("/") and not there.startswith(("//", "/\\", "/login"))
    return there if ours and there.isprintable() and "\\" not in there else "/"


def _minutes(wait: timedelta) -> int:
    return max(math.ceil(wait.total_seconds() / 60), 1)
