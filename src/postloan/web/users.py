"""Users: made, given roles, closed and let in again by an administrator, never by themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from postloan.kernel.journal import Note
from postloan.ledger.store_people import Session, User
from postloan.web.door import Visitor, house_of, needs, visitor_of
from postloan.web.house import House
from postloan.web.mistakes import BadName, NoRoles, OwnAccount
from postloan.web.page import lang_of, show
from postloan.web.passwords import hashed, new_password
from postloan.web.roles import RIGHTS, Right

router = APIRouter(dependencies=[Depends(needs(Right.MANAGE_USERS))])

_SHOWN = 1_000
_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


@router.get("/users")
def users_page(request: Request) -> Response:
    """Everybody who works with the system."""
    return _list(request)


@router.post("/users")
async def add_user(request: Request) -> Response:
    """A new user with a random password, shown this once."""
    form = await request.form()
    name, shown = str(form.get("name", "")).strip().lower(), str(form.get("shown_as", "")).strip()[:60]
    roles = [str(role) for role in form.getlist("role")]
    lang = lang_of(request)
    user, password = await run_in_threadpool(
        _added, house_of(request), visitor_of(request), name, shown, roles, lang
    )
    return await run_in_threadpool(_list, request, user, password)


@router.post("/users/{name}")
async def change_user(request: Request, name: str) -> Response:
    """Close an account, open it again, give other roles, or make a new password, shown this once."""
    form = await request.form()
    what, roles = str(form.get("what", "")), [str(role) for role in form.getlist("role")]
    user, password = await run_in_threadpool(
        _changed, house_of(request), visitor_of(request), name, what, roles
    )
    return await run_in_threadpool(_list, request, user, password)


def _list(request: Request, user: User | None = None, password: str = "") -> Response:
    now = house_of(request).clock()
    with house_of(request).records.reading() as tx:
        users = list(tx.of(User).find(order=("-active", "name"), limit=_SHOWN))
        seen: dict[str, datetime] = {}
        for session in tx.of(Session).find():
            seen[session.user] = max(session.seen_at, seen.get(session.user, session.seen_at))
    return show(
        request, "users.html.j2", users=users, roles=list(RIGHTS), changed=user, password=password, seen=seen, now=now
    )  # fmt: skip


def _added(
    house: House, visitor: Visitor, name: str, shown: str, roles: Sequence[str], lang: str
) -> tuple[User, str]:
    if not _NAME.fullmatch(name):
        raise BadName(name=name[:40])
    password = new_password()
    now = house.clock()
    user = User(
        name, shown or name, _known(roles), hashed(password), changed_at=now, lang=lang, must_change=True
    )
    with house.records.writing(actor=visitor.name, ground=visitor.ground, at=now) as tx:
        tx.of(User).add(user)
        tx.note(Note("user.added", subject=name, details={"roles": user.roles}))
    return user, password


def _changed(
    house: House, visitor: Visitor, name: str, what: str, roles: Sequence[str]
) -> tuple[User | None, str]:
    if name == visitor.name:
        raise OwnAccount
    now = house.clock()
    password = new_password() if what == "password" else ""
    made = hashed(password) if password else ""
    with house.records.writing(actor=visitor.name, ground=visitor.ground, at=now) as tx:
        before: User = tx.of(User).get(name)
        match what:
            case "close" | "open":
                after = replace(before, active=what == "open", changed_at=now)
            case "roles":
                after = replace(before, roles=_known(roles), changed_at=now)
            case "password":
                after = replace(
                    before, password=made, changed_at=now, failed=0, locked_until=None, must_change=True
                )
            case _:
                return None, ""
        changed = tx.of(User).change(after)
        tx.of(Session).forget(user=name)
        details = {"roles": after.roles} if what == "roles" else {}
        tx.note(Note(_NOTED[what], subject=name, details=details))
    return changed, password


_NOTED = {
    "close": "user.closed", "open": "user.opened", "roles": "user.roles_changed", "password": "user.password_reset",
}  # fmt: skip


def _known(roles: Sequence[str]) -> tuple[str, ...]:
    known = tuple(role for role in RIGHTS if role in roles)
    if not known:
        raise NoRoles
    return known
