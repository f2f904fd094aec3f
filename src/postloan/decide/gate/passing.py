"""The gate: a contact is asked for, permitted, asked again at the moment it is sent, and counted before it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from postloan.decide.answers import Answer
from postloan.decide.contact import ContactRules, Permit, Refusal, Review
from postloan.decide.gate.history import Attempt, DebtorState, counters
from postloan.decide.gate.permits import (
    Contact,
    Locating,
    NoSigner,
    Notice,
    NoticePermit,
    SendPermit,
    check_permit,
    sealed,
)
from postloan.decide.gate.recipients import Liable, Recipient, Role
from postloan.kernel import Fault

_VALID = "HS-PRM-01.valid_minutes"
_NOTICE_VALID = "HS-PRM-01.notice_valid_days"
_NOTICES = "HS-PRM-02.notices"
_NOT_STOPPED = "HS-PRM-02.not_stopped_by"
_SCRIPT = "CN-WHO-03.script"

ABOUT = frozenset(
    {
        "actor", "address_contested", "address_outcomes", "address_type", "agency", "agreed_service_address", "amount",
        "channel", "claims", "collector_training_age_days", "debtor_asked_human", "envelope_text", "estate_value",
        "evidence", "format", "from_number", "is_registered_address", "items_complete", "items_missing", "ledger",
        "listed", "mandate", "missing_slots", "persons", "place", "queued_at", "recorded", "recorder", "rpv_address",
        "self_name", "text_intent", "tz_candidates",
    }
)  # fmt: skip
"""What a request may say: of the caller, the content, the place. All else is known of the debtor, or unknown."""


class OtherDebtor(Fault):
    """A contact of debtor {asked} was held against the state of debtor {held}.

    Please report it with the command you ran.
    """

    zh = "对债务人 {asked} 的联系被套用于债务人 {held} 的状态。请附上所用命令报告此问题。"


def ask(
    state: DebtorState,
    request: Contact | Locating,
    at: datetime,
    rules: ContactRules,
    key: bytes,
    permit_id: str,
) -> SendPermit | Review | Refusal:
    """A permit for a contact, or why there is none.

    at: local time. permit_id: a new one.

    Raises:
        OtherDebtor: the request is about somebody else.
    """
    decision = _decided(state, request, at, rules)
    if not isinstance(decision, Permit):
        return decision
    minutes = rules.book.value(_VALID, on=at.date()).whole
    return sealed(
        SendPermit(
            permit_id, request, at, at + timedelta(minutes=minutes), decision.because, decision.rule_book
        ),
        key,
    )


def send(
    state: DebtorState, permit: SendPermit, at: datetime, rules: ContactRules, key: bytes
) -> tuple[DebtorState, Attempt] | Review | Refusal:
    """The state with the contact counted, and what may go to the channel now; or why it may not, any more.

    The rules are asked again with all that became known since: a freeze beats a permit.

    Raises:
        BadPermit: the permit is forged, used, expired, or from the future.
    """
    check_permit(permit, at, state.spent, key)
    decision = _decided(state, permit.request, at, rules)
    if not isinstance(decision, Permit):
        return decision
    attempt = _attempt(permit.request.act, permit.request.recipient, at, permit.permit_id)
    return state.counted(attempt), attempt


def sign_notice(
    state: DebtorState, notice: Notice, at: datetime, rules: ContactRules, key: bytes, permit_id: str,
    signed_by: str, ground: str,
) -> NoticePermit | Refusal:  # fmt: skip
    """A permit for a statutory notice that a person signs for, or why there is none.

    A freeze does not stop it, nor what else HS-PRM-02 names; whom it goes to, what it says and how its envelope
    looks are judged as ever.

    Raises:
        NoSigner: nobody signs, or gives no ground.
    """
    for missing, given in (("signed_by", signed_by), ("ground", ground)):
        if not given.strip():
            raise NoSigner(missing=missing)
    passed = _noticed(state, notice, at, rules)
    if isinstance(passed, Refusal):
        return passed
    days = rules.book.value(_NOTICE_VALID, on=at.date()).whole
    return sealed(
        NoticePermit(
            permit_id, notice, signed_by, ground, passed, at, at + timedelta(days=days), rules.version
        ),
        key,
    )


def send_notice(
    state: DebtorState, permit: NoticePermit, at: datetime, rules: ContactRules, key: bytes
) -> tuple[DebtorState, Attempt] | Refusal:
    """As ``send``, for a statutory notice.

    Raises:
        BadPermit: the permit is forged, used, expired, or from the future.
    """
    check_permit(permit, at, state.spent, key)
    passed = _noticed(state, permit.request, at, rules)
    if isinstance(passed, Refusal):
        return passed
    attempt = _attempt("letter", permit.request.recipient, at, permit.permit_id)
    return state.counted(attempt), attempt


def _attempt(act: str, recipient: Recipient, at: datetime, permit_id: str) -> Attempt:
    return Attempt(at, act, recipient.person_id, recipient.point_id, permit_id)


def _decided(
    state: DebtorState, request: Contact | Locating, at: datetime, rules: ContactRules
) -> Permit | Review | Refusal:
    event = _event(state, request.recipient, request.about, at)
    event["kind"] = request.act
    if isinstance(request, Locating):
        event |= {
            "purpose": "locate",
            "template": rules.book.value(_SCRIPT, on=at.date()).term,
            "text_slots": [],
        }
        event["origin"] = "named_by_debtor"
        event["refused_on"] = "refused" if request.recipient.person_id in state.refused else "none"
        event.pop("text", None)
    else:
        event |= {"purpose": "collect", "template": request.template}
    decision = rules.decide(event)
    assert isinstance(decision, Permit | Review | Refusal)  # a contact has no value to compute
    return decision


def _noticed(
    state: DebtorState, notice: Notice, at: datetime, rules: ContactRules
) -> tuple[str, ...] | Refusal:
    """The rules passed over for a statutory notice, or the refusal by those that are not."""
    allowed = rules.book.value(_NOTICES, on=at.date()).terms
    event = _event(state, notice.recipient, notice.about, at)
    event |= {"kind": "letter", "purpose": "collect", "template": notice.template}
    decision = rules.decide(event)
    if not isinstance(decision, Refusal | Review):
        return ()
    passing = frozenset(
        rules.book.value(_NOT_STOPPED, on=at.date()).terms if notice.notice in allowed else ()
    )
    standing = tuple(rule for rule in decision.because if rule not in passing)
    if not standing:
        return decision.because
    spoke = tuple(one for one in decision.spoke if one.rule in standing)
    if isinstance(decision, Refusal):
        return replace(decision, because=standing, spoke=spoke, earliest=None)
    return Refusal(standing, spoke, decision.rule_book, None, Answer.REFUSE)


def _event(
    state: DebtorState, recipient: Recipient, about: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """The event as the rules are told of it; a request says nothing of the debtor, neither known nor unknown."""
    if recipient.debtor_id != state.debtor_id:
        raise OtherDebtor(asked=recipient.debtor_id, held=state.debtor_id)
    event = {
        **{name: fact for name, fact in about.items() if name in ABOUT},
        **state.known,
        **counters(state, at, recipient.person_id, recipient.point_id),
        "number_flag": state.points.get(recipient.point_id, "none"),
        "t": at.isoformat(),
        "to": recipient.to,
        "log_entry": True,
    }
    if isinstance(recipient, Liable):
        event["guarantee_evidence"] = recipient.role is Role.GUARANTOR
        event["refused_on"] = "refused" if recipient.person_id in state.refused else "none"
    return event
