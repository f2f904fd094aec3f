"""What the store keeps of people: borrowers (encrypted), and those who work with the system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from postloan.kernel import Personal
from postloan.ledger.store_records import NOBODY


@dataclass(frozen=True, slots=True)
class User:
    """A person who works with the system.

    shown_as: name on pages. roles: see the approvals. password: Argon2 hash, never the password. failed: wrong
    passwords since the last right one. must_change: somebody else knew the password; its owner chooses another first.
    """

    name: str
    shown_as: str
    roles: tuple[str, ...]
    password: str = ""
    active: bool = True
    failed: int = 0
    locked_until: datetime | None = None
    changed_at: datetime | None = None
    lang: str = "zh"
    must_change: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. token: SHA-256 of the cookie, never the cookie. csrf: token of its forms."""

    token: str
    user: str
    csrf: str
    since: datetime
    until: datetime
    seen_at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a person.

    kind: phone, address, email or account. role: debtor, co_borrower, guarantor or named_contact. origin: where from.
    """

    borrower_id: str
    kind: str
    value: Personal[str]
    role: str = "debtor"
    origin: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """A borrower. erased_on: when the personal fields were blanked; the ledger's figures stay."""

    borrower_id: str
    name: Personal[str] = NOBODY
    id_number: Personal[str] = NOBODY
    born_on: Personal[str] = NOBODY
    employer: Personal[str] = NOBODY
    flags: tuple[str, ...] = ()
    erased_on: date | None = None
    version: int = 0
