"""The lawful gate as a pure model: who can be a recipient, what was done, permits, and what may be sent now."""

from postloan.decide.gate.history import Attempt, DebtorState, counters
from postloan.decide.gate.passing import ask, send, send_notice, sign_notice
from postloan.decide.gate.permits import (
    BadPermit,
    Contact,
    Locating,
    Notice,
    NoticeKind,
    NoticePermit,
    SendPermit,
    check_permit,
)
from postloan.decide.gate.recipients import Debtor, Liable, NamedContact, Recipient, Role

__all__ = [
    "Attempt", "BadPermit", "Contact", "Debtor", "DebtorState", "Liable", "Locating", "NamedContact", "Notice",
    "NoticeKind", "NoticePermit", "Recipient", "Role", "SendPermit", "ask", "check_permit", "counters", "send",
    "send_notice", "sign_notice",
]  # fmt: skip
