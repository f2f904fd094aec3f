"""The areas of the application: one line each for its pages and its entry in the menu."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from postloan.web import (
    addresses,
    approvals,
    deals,
    journal,
    lending,
    loans,
    morning,
    provisions,
    requests,
    signing_in,
    suspense,
    users,
)
from postloan.web.roles import Right


@dataclass(frozen=True, slots=True)
class Area:
    """Pages that belong together.

    pages: their router; everything in it stands behind the door. link: entry in the menu, "" for none. key: the
    entry's text. right: who sees the entry; what the pages themselves need stands with them.
    """

    pages: APIRouter
    link: str = ""
    key: str = ""
    right: Right = Right.SEE


AREAS = (
    Area(morning.router, "/", "nav.morning"),
    Area(loans.router, "/loans", "nav.loans"),
    Area(suspense.router, "/suspense", "nav.suspense", Right.SEE_SUSPENSE),
    Area(approvals.router, "/approvals", "nav.approvals", Right.SEE_APPROVALS),
    Area(requests.router),
    Area(lending.router),
    Area(provisions.router, "/provisions", "nav.provisions", Right.SEE_PROVISIONS),
    Area(deals.router, "/deals", "nav.deals"),
    Area(addresses.router, "/addresses", "nav.addresses"),
    Area(journal.router, "/journal", "nav.journal", Right.SEE_JOURNAL),
    Area(users.router, "/users", "nav.users", Right.MANAGE_USERS),
    Area(signing_in.router),
)
"""In the order of the menu."""
