"""Who may do what on the pages: rights by role. Limits of amounts are house rules and stand with the approvals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """One thing that a page lets somebody do."""

    SEE = "see"  # the morning and loans, people masked
    FIND_PEOPLE = "find_people"  # look up a person by identity number or telephone
    REVEAL = "reveal"  # a person in clear, for a stated purpose
    SEE_SUSPENSE = "see_suspense"  # money that waits for a loan, payers masked
    SETTLE_SUSPENSE = "settle_suspense"  # book it on a loan, return it, take it off a wrong loan
    SEE_APPROVALS = "see_approvals"
    ASK = "ask"  # ask for an approval
    CARRY_OUT = "carry_out"  # book on a loan what was approved
    DECIDE = "decide"  # approve or refuse what others ask for; lend the right to
    SEE_PROVISIONS = "see_provisions"
    SEE_JOURNAL = "see_journal"
    MANAGE_USERS = "manage_users"


_WORK = frozenset(
    {Right.SEE, Right.FIND_PEOPLE, Right.REVEAL, Right.SEE_SUSPENSE, Right.SEE_APPROVALS, Right.ASK}
)
_CHECKS = frozenset({Right.SEE, Right.SEE_SUSPENSE, Right.SEE_APPROVALS, Right.DECIDE, Right.SEE_PROVISIONS})

RIGHTS: Mapping[str, frozenset[Right]] = MappingProxyType(
    {
        "viewer": frozenset({Right.SEE}),
        "collector": _WORK,
        "officer": _WORK | {Right.SETTLE_SUSPENSE, Right.CARRY_OUT, Right.SEE_PROVISIONS},
        "approver": _CHECKS | {Right.ASK},
        "senior_approver": _CHECKS | {Right.ASK},
        "committee": _CHECKS,
        "administrator": frozenset({Right.SEE, Right.SEE_APPROVALS, Right.SEE_JOURNAL, Right.MANAGE_USERS}),
        "auditor": frozenset(
            {Right.SEE, Right.SEE_SUSPENSE, Right.SEE_APPROVALS, Right.SEE_PROVISIONS, Right.SEE_JOURNAL}
        ),
    }
)
"""What each role may do (查看、催收、业务、审批、管理、审计). Who manages users neither reveals people nor decides."""


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """All that somebody with these roles may do; an unknown role gives nothing."""
    return frozenset().union(*(RIGHTS.get(role, frozenset()) for role in roles))
