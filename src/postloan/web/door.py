"""The door: nobody passes without a session, no form without its token, nothing without the right to it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from postloan.adapters.records import StoreBusy
from postloan.kernel.journal import Note
from postloan.ledger.store import Between, ChangedMeanwhile, Writing
from postloan.ledger.store_people import Session, User
from postloan.web.house import House
from postloan.web.mistakes import NotAllowed, NotFromHere, NotSignedIn, PasswordToChoose
from postloan.web.roles import Right, rights_of

COOKIE = "postloan_session"
CSRF_FIELD = "csrf"
_LONGEST = timedelta(hours=12)
_IDLE = timedelta(minutes=30)
_TOUCHED_EVERY = timedelta(minutes=5)
_GROUND = "web session"
_SAFE = frozenset({"GET", "HEAD"})
_BEFORE_CHOOSING = frozenset({"/password", "/logout"})
"""What is open to somebody whose password was made by somebody else."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session.

    user: who. session: the record of it. rights: what they may do.
    """

    user: User
    session: Session
    rights: frozenset[Right]

    @property
    def name(self) -> str:
        """The user's name, as the journal has it."""
        return self.user.name

    @property
    def ground(self) -> str:
        """On which ground they act: their roles."""
        return "web: " + ", ".join(self.user.roles)

    def may(self, right: Right | str) -> bool:
        """Whether they have a right."""
        return right in self.rights


def house_of(request: Request) -> House:
    """The house that the request came to."""
    house: House = request.app.state.house
    return house


def visitor_of(request: Request) -> Visitor:
    """Who came in; raises ``NotSignedIn``."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is None:
        raise NotSignedIn
    return visitor


async def enter(request: Request) -> None:
    """Let somebody in who has a session and, where something is sent, the token of its forms."""
    visitor = await run_in_threadpool(recognised, house_of(request), request.cookies.get(COOKIE, ""))
    if visitor is None:
        raise NotSignedIn
    request.state.visitor = visitor
    if request.method not in _SAFE:
        await _check_origin(request, visitor.session.csrf)
    if visitor.user.must_change and request.url.path not in _BEFORE_CHOOSING:
        raise PasswordToChoose


def needs(right: Right) -> Callable[[Request], Awaitable[None]]:
    """A dependency that refuses whoever has not the right."""

    async def check(request: Request) -> None:
        if not visitor_of(request).may(right):
            raise NotAllowed

    return check


async def _check_origin(request: Request, expected: str) -> None:
    """Refuse a form that another site sent, or that does not carry the token."""
    refuse_other_sites(request)
    form = await request.form()
    given = form.get(CSRF_FIELD, "")
    if not isinstance(given, str) or not same(given, expected):
        raise NotFromHere


def refuse_other_sites(request: Request) -> None:
    """Refuse what a browser says another site sent."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotFromHere
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise NotFromHere


def same(given: str, expected: str) -> bool:
    """Whether two secrets are the same, without telling how far they agree."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def digest(cookie: str) -> str:
    """What the store keeps of a cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def new_session(user: str, at: datetime) -> tuple[str, Session]:
    """A new cookie and the record of its session."""
    cookie = secrets.token_urlsafe(32)
    return cookie, Session(digest(cookie), user, secrets.token_urlsafe(32), at, at + _LONGEST, at)


def recognised(house: House, cookie: str) -> Visitor | None:
    """Whose cookie it is; None where it is nobody's, too old, or its user may no longer come in."""
    if not cookie:
        return None
    now = house.clock()
    with house.records.reading() as tx:
        session = tx.of(Session).look(digest(cookie))
        user = tx.of(User).look(session.user) if session else None
    if session is None or user is None or not user.active:
        return None
    if now >= session.until or now - session.seen_at > _IDLE:
        return None
    if user.changed_at is not None and user.changed_at > session.since:
        return None  # a new password or new roles end older sessions
    if now - session.seen_at > _TOUCHED_EVERY:
        # Somebody else may have touched it, or is writing: it can wait for the next page.
        with (
            suppress(ChangedMeanwhile, StoreBusy),
            house.records.writing(actor=user.name, ground=_GROUND, at=now) as tx,
        ):
            tx.of(Session).change(replace(session, seen_at=now))
    return Visitor(user, session, rights_of(user.roles))


def end_session(house: House, visitor: Visitor) -> None:
    """End the visitor's session."""
    with house.records.writing(actor=visitor.name, ground=_GROUND, at=house.clock()) as tx:
        tx.of(Session).forget(token=visitor.session.token)
        tx.note(Note("user.signed_out", subject=visitor.name))


def purge(tx: Writing, now: datetime) -> None:
    """Forget the sessions that are over."""
    tx.of(Session).forget(until=Between(None, now))
    tx.of(Session).forget(seen_at=Between(None, now - _IDLE))
