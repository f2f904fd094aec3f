"""The first start: a store where there is none, and an administrator whose password is told once."""

from __future__ import annotations

from datetime import datetime

from postloan.kernel import Lang
from postloan.kernel.journal import Note
from postloan.ledger.store import Records
from postloan.ledger.store_people import User
from postloan.web.passwords import hashed, new_password

ADMINISTRATOR = "admin"


def first_administrator(records: Records, at: datetime, lang: Lang) -> str | None:
    """The password of a new administrator where the store knows no user yet; None where it does."""
    with records.reading() as tx:
        if tx.of(User).count():
            return None
    password = new_password()
    made = hashed(password)
    with records.writing(actor="postloan serve", ground="first start", at=at) as tx:
        if tx.of(User).count():  # somebody else started at the same moment
            return None
        roles = ("administrator",)
        tx.of(User).add(
            User(ADMINISTRATOR, ADMINISTRATOR, roles, made, changed_at=at, lang=lang, must_change=True)
        )
        tx.note(Note("user.added", subject=ADMINISTRATOR, details={"roles": roles}))
    return password
