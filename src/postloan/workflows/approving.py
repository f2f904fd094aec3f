"""Approvals in the store: asked, decided, lent, lapsed and carried out; whatever is tried is journalled.

Every function takes the moment ``at`` with its time zone and does all of its work in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from postloan.decide.approvals import (
    Asked,
    Colleague,
    Denied,
    Granted,
    Lent,
    Why,
    day_of,
    judge_delegation,
    judge_grant,
    judge_refusal,
    judge_request,
    judge_withdrawal,
)
from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger.proposals import ON_LOANS, Proposal, carries
from postloan.ledger.store import Between, NoSuchRecord, Reading, Records, Writing
from postloan.ledger.store_people import User
from postloan.ledger.store_records import ApprovalRequest, Delegation, RequestState
from postloan.rules import RuleBook, load_book


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for.

    action, subject, amount, facts: as in ``ApprovalRequest``. reason: why. until: last day to decide; the longest that
    the rules allow if None.
    """

    action: str
    subject: str
    amount: Money | None = None
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    until: date | None = None

    @classmethod
    def on_loan(cls, loan_id: str, proposal: Proposal, reason: str, until: date | None = None) -> Wish:
        """A proposed act on a loan as a wish."""
        return cls(proposal.action, loan_id, proposal.amount, reason, proposal.facts, until)


def request(
    records: Records, wish: Wish, *, by: str, at: datetime, book: RuleBook | None = None
) -> ApprovalRequest | Denied:
    """Ask for an approval; it waits until somebody else decides or it lapses."""
    book = book or load_book()
    with records.writing(actor=by, ground="own request", at=at) as tx:
        until = wish.until or _longest(book, day_of(at))
        made = ApprovalRequest(
            wish.action, wish.subject, by, at, until, wish.amount, wish.reason.strip(), wish.facts
        )
        denied = judge_request(_asked(made), _colleague(tx, by), book)
        if wish.action in ON_LOANS and (amiss := list(_amiss(tx, made))):
            denied = Denied((*(denied.reasons if denied else ()), *amiss))
        if denied:
            note_denial(tx, "approval.request_denied", wish.subject, denied, action=wish.action)
            return denied
        made = tx.of(ApprovalRequest).add(made)
        details = {"action": made.action, "amount": made.amount, "until": until, "number": made.number}
        tx.note(Note("approval.requested", subject=made.subject, details=details))
        return made


def grant(
    records: Records,
    number: int,
    *,
    by: str,
    at: datetime,
    authority: str,
    reason: str,
    book: RuleBook | None = None,
) -> ApprovalRequest | Denied:
    """Approve a request, in one's own right or in the stead of who lent it.

    authority: the rule, resolution or mandate that empowers. reason: why it is right.

    Raises:
        NoSuchRecord: there is no such request.
    """
    book = book or load_book()
    with records.writing(actor=by, ground=f"approval request {number}", at=at) as tx:
        found = tx.of(ApprovalRequest).get(number)
        lent = _lent_to(tx, by, day_of(at))
        answer = judge_grant(
            _asked(found), _colleague(tx, by), book,
            named=by, at=at, authority=authority, reason=reason, lent=lent,
        )  # fmt: skip
        if isinstance(answer, Denied):
            note_denial(tx, "approval.grant_denied", found.subject, answer, number=number)
            return answer
        return _approved(tx, found, answer, at, reason)


def _approved(
    tx: Writing, found: ApprovalRequest, answer: Granted, at: datetime, reason: str
) -> ApprovalRequest:
    reference = f"AP-{answer.on:%Y}-{found.number:06d}"
    changed = tx.of(ApprovalRequest).change(
        replace(
            found,
            state=RequestState.APPROVED,
            decided_by=answer.by,
            decided_at=at,
            decision=reason.strip(),
            on_behalf_of=answer.on_behalf_of,
            authority=answer.authority,
            reference=reference,
            until=answer.until,
        )
    )
    details = {
        "number": found.number, "action": found.action, "amount": found.amount, "role": answer.role,
        "on_behalf_of": answer.on_behalf_of, "asked_by": found.asked_by, "until": answer.until,
        "because": list(answer.because), "rule_book": answer.rule_book,
    }  # fmt: skip
    tx.note(Note("approval.granted", subject=found.subject, reference=reference, details=details))
    return changed


def deny(
    records: Records, number: int, *, by: str, at: datetime, reason: str, book: RuleBook | None = None
) -> ApprovalRequest | Denied:
    """Refuse a request, with a reason.

    Raises:
        NoSuchRecord: there is no such request.
    """
    book = book or load_book()
    with records.writing(actor=by, ground=f"approval request {number}", at=at) as tx:
        found = tx.of(ApprovalRequest).get(number)
        lent = _lent_to(tx, by, day_of(at))
        denied = judge_refusal(
            _asked(found), _colleague(tx, by), book, named=by, at=at, reason=reason, lent=lent
        )
        if denied:
            note_denial(tx, "approval.refusal_denied", found.subject, denied, number=number)
            return denied
        return _ended(tx, found, RequestState.REFUSED, "approval.refused", by, at, reason)


def withdraw(
    records: Records, number: int, *, by: str, at: datetime, reason: str
) -> ApprovalRequest | Denied:
    """Take one's own request back while it waits.

    Raises:
        NoSuchRecord: there is no such request.
    """
    with records.writing(actor=by, ground=f"approval request {number}", at=at) as tx:
        found = tx.of(ApprovalRequest).get(number)
        if denied := judge_withdrawal(_asked(found), named=by, at=at):
            note_denial(tx, "approval.withdrawal_denied", found.subject, denied, number=number)
            return denied
        return _ended(tx, found, RequestState.WITHDRAWN, "approval.withdrawn", by, at, reason)


def expire(records: Records, *, by: str, at: datetime) -> int:
    """Let requests lapse that nobody decided on, and approvals that nobody used, in time; returns how many."""
    before = Between(None, day_of(at) - timedelta(days=1))
    states = (RequestState.WAITING, RequestState.APPROVED)
    with records.reading() as tx:
        if not any(tx.of(ApprovalRequest).count(state=state, until=before) for state in states):
            return 0
    with records.writing(actor=by, ground="HS-APR-02", at=at) as tx:
        shelf = tx.of(ApprovalRequest)
        lapsed = [found for state in states for found in shelf.find(state=state, until=before)]
        shelf.change_all(replace(found, state=RequestState.EXPIRED) for found in lapsed)
        for found in lapsed:
            details = {"number": found.number, "was": found.state, "until": found.until}
            tx.note(
                Note("approval.expired", subject=found.subject, reference=found.reference, details=details)
            )
        return len(lapsed)


def delegate(
    records: Records, lent: Delegation, *, at: datetime, book: RuleBook | None = None
) -> Delegation | Denied:
    """Lend a right to decide to a colleague until a day. Who gives it is who asks for it."""
    book = book or load_book()
    with records.writing(actor=lent.giver, ground="HS-APR-03", at=at) as tx:
        giver = _colleague(tx, lent.giver) or Colleague(lent.giver, (), active=False)
        asked = Lent(giver, lent.taker, lent.role, lent.since, lent.until)
        if denied := judge_delegation(asked, _colleague(tx, lent.taker), book, day_of(at)):
            note_denial(tx, "delegation.denied", lent.taker, denied, role=lent.role)
            return denied
        made = tx.of(Delegation).add(replace(lent, revoked_on=None, number=0, version=0))
        details = {"role": made.role, "since": made.since, "until": made.until, "number": made.number}
        tx.note(Note("delegation.made", subject=made.taker, details=details))
        return made


def revoke(records: Records, number: int, *, by: str, at: datetime) -> Delegation | Denied:
    """End a delegation from today on.

    Raises:
        NoSuchRecord: there is no such delegation.
    """
    with records.writing(actor=by, ground="HS-APR-03", at=at) as tx:
        found = tx.of(Delegation).get(number)
        reasons = []
        if found.giver != by:
            reasons.append(Why("not_lent", {"number": number, "giver": found.giver}))
        if found.revoked_on is not None:
            reasons.append(Why("already_revoked", {"number": number}))
        if reasons:
            denied = Denied(tuple(reasons))
            note_denial(tx, "delegation.revocation_denied", found.taker, denied, number=number)
            return denied
        changed = tx.of(Delegation).change(replace(found, revoked_on=day_of(at)))
        tx.note(Note("delegation.revoked", subject=found.taker, details={"number": number}))
        return changed


def usable(found: ApprovalRequest, on: date) -> Denied | None:
    """Why an approval may not be used on a day; None if it may."""
    if found.state is not RequestState.APPROVED or found.decided_at is None:
        return Denied((Why("not_approved", {"number": found.number, "state": found.state.value}),))
    first = day_of(found.decided_at)
    if not first <= on <= found.until:
        return Denied((Why("approval_over", {"first": first, "last": found.until, "on": on}),))
    return None


def spend(
    tx: Writing, number: int, *, action: str, subject: str, amount: Money | None, used_by: str, at: datetime
) -> ApprovalRequest | Denied:
    """Use an approval for something that is not booked on a loan (a reserve price, a template, a rule book), once.

    To be called inside the transaction that does it.

    Raises:
        NoSuchRecord: there is no such request.
    """
    found = tx.of(ApprovalRequest).get(number)
    denied = usable(found, day_of(at))
    if denied is None and (found.action, found.subject) != (action, subject):
        about, wanted = f"{found.action} {found.subject}", f"{action} {subject}"
        facts = {"number": number, "found": about, "wanted": wanted}
        denied = Denied((Why("approved_for_other", facts),))
    if denied is None and amount is not None and (found.amount is None or amount > found.amount):
        denied = Denied((Why("above_approved", {"up_to": found.amount, "amount": amount}),))
    if denied:
        return denied
    return mark_used(tx, found, used_by)


def mark_used(tx: Writing, found: ApprovalRequest, used_by: str) -> ApprovalRequest:
    """Note that an approval served; it serves once."""
    used = tx.of(ApprovalRequest).change(replace(found, state=RequestState.USED, used_by=used_by))
    details = {"number": found.number, "used_by": used_by}
    tx.note(Note("approval.used", subject=found.subject, reference=found.reference, details=details))
    return used


def note_denial(tx: Writing, what: str, subject: str, denied: Denied, **details: Any) -> None:
    """Journal that something was tried and not allowed."""
    tx.note(Note(what, subject=subject, details={**details, "codes": list(denied.codes)}))


def _amiss(tx: Reading, made: ApprovalRequest) -> Iterator[Why]:
    """What an act on a loan lacks so that it could be carried out as approved."""
    if tx.loans.look(made.subject) is None:
        yield Why("no_such_loan", {"loan": made.subject})
    if not carries(made.action, made.facts):
        yield Why("no_facts", {"action": made.action})


def _ended(
    tx: Writing, found: ApprovalRequest, state: RequestState, action: str, by: str, at: datetime, reason: str
) -> ApprovalRequest:
    changed = replace(found, state=state, decided_by=by, decided_at=at, decision=reason.strip())
    tx.note(Note(action, subject=found.subject, details={"number": found.number, "action": found.action}))
    return tx.of(ApprovalRequest).change(changed)


def _asked(found: ApprovalRequest) -> Asked:
    waits = found.state is RequestState.WAITING
    return Asked(
        found.action, found.subject, found.asked_by, found.asked_at, found.until, found.amount, found.reason,
        open=waits, state=found.state.value,
    )  # fmt: skip


def _colleague(tx: Reading, name: str) -> Colleague | None:
    user = tx.of(User).look(name)
    return Colleague(user.name, user.roles, user.active) if user else None


def _lent_to(tx: Reading, name: str, on: date) -> list[Lent]:
    found = []
    for one in tx.of(Delegation).find(taker=name, until=Between(on, None)):
        giver = _colleague(tx, one.giver)
        if giver is not None:
            found.append(Lent(giver, one.taker, one.role, one.since, one.until, one.revoked_on))
    return found


def _longest(book: RuleBook, on: date) -> date:
    key = "HS-APR-02.request_days"
    return on + timedelta(days=book.value(key, on=on).whole) if book.holds(key, on=on) else on


__all__ = [
    "NoSuchRecord", "Wish", "delegate", "deny", "expire", "grant", "mark_used", "note_denial", "request", "revoke",
    "spend", "usable", "withdraw",
]  # fmt: skip
