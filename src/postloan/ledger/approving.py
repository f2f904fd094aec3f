"""Whether an approval carries what is asked: four eyes, an authority, the right loan, in time, up to its amount."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from postloan.kernel import Money
from postloan.ledger.answers import Reason, because
from postloan.ledger.commands import Approval


def judge_approval(
    approval: Approval | None, action: str, loan_id: str, amount: Money, on: date, used: frozenset[str]
) -> Iterator[Reason]:
    """The reasons why an approval does not carry an action; none if it does.

    used: references of the approvals that standing events of this loan rest on.
    """
    if approval is None:
        yield because("approval_missing")
        return
    names = ("reference", "authority", "asked_by", "approved_by")
    if missing := [name for name in names if not getattr(approval, name).strip()]:
        yield because("approval_unnamed", what=", ".join(missing))
    if approval.asked_by.strip() and approval.asked_by.strip() == approval.approved_by.strip():
        yield because("approval_own", who=approval.asked_by)
    if (approval.action, approval.loan_id) != (action, loan_id):
        found, wanted = f"{approval.action} {approval.loan_id}", f"{action} {loan_id}"
        yield because("approval_for_other", found=found, wanted=wanted)
    if not approval.approved_on <= on <= approval.until:
        yield because("approval_expired", first=approval.approved_on, last=approval.until, day=on)
    if approval.up_to is not None and amount > approval.up_to:
        yield because("approval_exceeded", up_to=approval.up_to, amount=amount)
    if approval.reference in used:
        yield because("approval_used", reference=approval.reference)
