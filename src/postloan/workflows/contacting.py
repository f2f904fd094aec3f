"""Contacts through the gate and the store: what is known, asked, permitted, counted, each in one transaction.

A freeze takes effect in the transaction that records it. A contact is written down, and its permit spent with it,
before a channel hears of it; a channel is given what ``hand_over`` returns, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from postloan.decide.contact import ContactRules, Refusal, Review
from postloan.decide.gate import (
    Attempt,
    Contact,
    DebtorState,
    Locating,
    Notice,
    NoticePermit,
    SendPermit,
    ask,
    send,
    send_notice,
    sign_notice,
)
from postloan.decide.gate.kept import KeptAttempt, KeptPermit, KeptState, kept_attempt, state_from
from postloan.decide.gate.permits import evidence_of
from postloan.kernel.journal import Note
from postloan.ledger.store import AlreadyThere, ChangedMeanwhile, Reading, Records, Writing

T = TypeVar("T")


def learn(
    records: Records, debtor_id: str, at: datetime, actor: str, *, zone: str = "",
    point: Mapping[str, str] | None = None, refused: str = "", **known: Any,
) -> None:  # fmt: skip
    """Write down what became known of a debtor; from this transaction on it counts.

    zone: the debtor's time zone, needed once. point: what was reported of contact points, by id. refused: a person
    who refused contact. known: facts by the names of the rules (dispute, plan, balance …).
    """
    _anew(lambda: _learnt(records, debtor_id, at, actor, zone, point or {}, refused, known))


def _learnt(
    records: Records, debtor_id: str, at: datetime, actor: str, zone: str, point: Mapping[str, str], refused: str,
    known: Mapping[str, Any],
) -> None:  # fmt: skip
    with records.writing(actor=actor, ground="contact learn", at=at) as tx:
        before = tx.of(KeptState).look(debtor_id)
        kept = before or KeptState(debtor_id, zone)
        kept = replace(
            kept,
            zone=zone or kept.zone,
            known={**kept.known, **known},
            points={**kept.points, **point},
            refused=tuple(sorted({*kept.refused, *([refused] if refused else [])})),
        )
        ZoneInfo(kept.zone)
        (tx.of(KeptState).change if before else tx.of(KeptState).add)(kept)
        told = sorted([*known, *point, *(["refused"] if refused else [])])
        tx.note(Note("contact.learnt", subject=debtor_id, details={"facts": told}))


def state_of(tx: Reading, debtor_id: str, at: datetime) -> tuple[DebtorState, datetime]:
    """What the gate knows of a debtor, and the moment by the debtor's clock; of a stranger it knows nothing."""
    return _known_of(tx, tx.of(KeptState).look(debtor_id), debtor_id, at)


def _known_of(
    tx: Reading, kept: KeptState | None, debtor_id: str, at: datetime
) -> tuple[DebtorState, datetime]:
    if kept is None:
        return DebtorState(debtor_id), at
    attempts = tx.of(KeptAttempt).find(debtor_id=debtor_id)
    return state_from(kept, attempts), at.astimezone(ZoneInfo(kept.zone))


def may_contact(
    records: Records, request: Contact | Locating, at: datetime, rules: ContactRules, key: bytes
) -> SendPermit | Review | Refusal:
    """Whether a contact would be permitted now; nothing is written, and the permit that comes back is not kept."""
    with records.reading() as tx:
        state, local = state_of(tx, request.recipient.debtor_id, at)
        return ask(state, request, local, rules, key, "")


def permit_contact(
    records: Records, request: Contact | Locating, at: datetime, actor: str, rules: ContactRules, key: bytes,
    permit_id: str,
) -> SendPermit | Review | Refusal:  # fmt: skip
    """A permit for a contact, kept in the store; or why there is none."""
    with records.writing(actor=actor, ground="contact permit", at=at) as tx:
        state, local = state_of(tx, request.recipient.debtor_id, at)
        permit = ask(state, request, local, rules, key, permit_id)
        if isinstance(permit, SendPermit):
            _keep(tx, permit, request.recipient.debtor_id, request.act)
        return permit


def permit_notice(
    records: Records, notice: Notice, at: datetime, signed_by: str, ground: str, rules: ContactRules, key: bytes,
    permit_id: str,
) -> NoticePermit | Refusal:  # fmt: skip
    """A permit for a statutory notice that a person signs for, kept in the store; or why there is none."""
    with records.writing(actor=signed_by, ground=ground, at=at) as tx:
        state, local = state_of(tx, notice.recipient.debtor_id, at)
        permit = sign_notice(state, notice, local, rules, key, permit_id, signed_by, ground)
        if isinstance(permit, NoticePermit):
            _keep(tx, permit, notice.recipient.debtor_id, "letter")
        return permit


def hand_over(
    records: Records,
    permit: SendPermit | NoticePermit,
    at: datetime,
    actor: str,
    rules: ContactRules,
    key: bytes,
) -> Attempt | Review | Refusal:
    """What a channel may carry now: asked again, counted and written down before it hears of it.

    Raises:
        BadPermit: the permit is forged, used, expired, or from the future.
    """
    return _anew(lambda: _handed_over(records, permit, at, actor, rules, key))


TRIES = 8
"""How often something is tried anew when something else about its debtor was written meanwhile."""


def _anew(act: Callable[[], T]) -> T:
    """Another contact with the debtor, or a freeze, may be written at the same moment: then all is asked anew."""
    for _ in range(TRIES):
        with suppress(ChangedMeanwhile, AlreadyThere):
            return act()
    return act()


def _handed_over(
    records: Records,
    permit: SendPermit | NoticePermit,
    at: datetime,
    actor: str,
    rules: ContactRules,
    key: bytes,
) -> Attempt | Review | Refusal:
    debtor_id = permit.request.recipient.debtor_id
    with records.writing(actor=actor, ground=f"permit {permit.permit_id}", at=at) as tx:
        kept = tx.of(KeptState).look(debtor_id)  # read before the attempts: who counts meanwhile changes it
        state, local = _known_of(tx, kept, debtor_id, at)
        sent: tuple[DebtorState, Attempt] | Review | Refusal
        if isinstance(permit, NoticePermit):
            sent = send_notice(state, permit, local, rules, key)
        else:
            sent = send(state, permit, local, rules, key)
        if isinstance(sent, Refusal | Review):
            tx.note(
                Note(
                    "contact.stopped", subject=debtor_id, reference=permit.permit_id,
                    details={"because": list(sent.because)},
                )
            )  # fmt: skip
            return sent
        attempt = sent[1]
        if kept is not None:
            tx.of(KeptState).change(kept)  # refused where anybody counted or froze since it was read
        tx.of(KeptAttempt).add(kept_attempt(debtor_id, attempt))
        tx.note(
            Note(
                "contact.sent", subject=debtor_id, reference=permit.permit_id,
                details={"act": attempt.act, "point": attempt.point_id, "rules": rules.version},
            )
        )  # fmt: skip
        return attempt


def confirm(records: Records, permit_id: str, at: datetime, actor: str, *, connected: bool) -> None:
    """Write down whether somebody answered."""
    with records.writing(actor=actor, ground=f"permit {permit_id}", at=at) as tx:
        attempt = tx.of(KeptAttempt).get(permit_id)
        tx.of(KeptAttempt).change(replace(attempt, answered="yes" if connected else "no"))
        tx.note(
            Note(
                "contact.answered", subject=attempt.debtor_id, reference=permit_id,
                details={"answered": connected},
            )
        )  # fmt: skip


def _keep(tx: Writing, permit: SendPermit | NoticePermit, debtor_id: str, act: str) -> None:
    content = evidence_of(permit)
    notice = isinstance(permit, NoticePermit)
    tx.of(KeptPermit).add(
        KeptPermit(permit.permit_id, debtor_id, act, permit.given, permit.expires, notice, content)
    )
    tx.note(
        Note(
            "contact.permitted", subject=debtor_id, reference=permit.permit_id,
            details={"act": act, "notice": notice, "rules": permit.rule_book},
        )
    )  # fmt: skip
