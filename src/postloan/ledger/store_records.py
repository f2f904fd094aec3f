"""What the store keeps of loans, payments and decisions, as frozen records: a class for each kind of row.

A class's fields are the row's columns. Every record may be made with number 0 (the store gives it one) and version 0. A
record with ``version`` is changed only from the version that was read (optimistic locking). Fields of type ``Personal``
are encrypted in the store and come back masked; ``reveal`` gives them in clear and notes the purpose in the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from postloan.kernel import Money, Personal
from postloan.ledger.parts import ZERO, Balances
from postloan.ledger.state import State, Status
from postloan.ledger.terms import Terms

NOBODY: Personal[str] = Personal("")
"""A personal field that nothing is known for."""


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan and where it stands after its last event: found and counted without replay, always rebuilt from events.

    loan_id, borrower_id, product, lender, branch, contract_no, originated_on: as on the tape. terms: as agreed now.
    opened_on: taken into the ledger. as_of: the day of the balances. seq: of the last event. owed, due, booked, credit,
    lost, recovered, grade, because, graded_on, overdue_since, matures_on, last_paid_on, owner: see ``ledger.State``.
    observed_from: first repayment date of an observation period; None outside one. observation_ends: its earliest end.
    limitation_on: last day to claim in court (诉讼时效届满日). rule_book: version the last event was booked under.
    """

    loan_id: str
    borrower_id: str
    product: str
    terms: Terms
    opened_on: date
    as_of: date
    owed: Balances
    status: Status = Status.OPEN
    lender: str = ""
    branch: str = ""
    contract_no: str = ""
    originated_on: date | None = None
    seq: int = 0
    due: Balances = Balances()  # noqa: RUF009
    booked: Balances = Balances()  # noqa: RUF009
    credit: Money = ZERO
    lost: Money = ZERO
    recovered: Money = ZERO
    grade: str = ""
    because: tuple[str, ...] = ()
    graded_on: date | None = None
    overdue_since: date | None = None
    matures_on: date | None = None
    last_paid_on: date | None = None
    owner: str = ""
    observed_from: date | None = None
    observation_ends: date | None = None
    limitation_on: date | None = None
    rule_book: str = ""
    version: int = 0

    def after(self, state: State, seq: int, *, limitation_on: date | None = None) -> Loan:
        """The same loan as its ledger says it stands. seq: of its last event. limitation_on: None leaves it."""
        seen = state.observation
        # Written out, and not by ``replace``: it is done for every payment of a night.
        return Loan(
            loan_id=self.loan_id, borrower_id=self.borrower_id, product=self.product, terms=state.terms,
            opened_on=self.opened_on, as_of=state.day, owed=state.owed, status=state.status, lender=self.lender,
            branch=self.branch, contract_no=self.contract_no, originated_on=self.originated_on, seq=seq, due=state.due,
            booked=state.booked, credit=state.credit, lost=state.lost, recovered=state.recovered, grade=state.grade,
            because=state.because, graded_on=state.graded_on, overdue_since=state.overdue_since,
            matures_on=state.matures_on, last_paid_on=state.last_paid_on, owner=state.owner,
            observed_from=seen.first_on if seen else None, observation_ends=self.observation_ends if seen else None,
            limitation_on=limitation_on or self.limitation_on, rule_book=state.rule_book, version=self.version,
        )  # fmt: skip


class FileState(StrEnum):
    """What became of a payment file."""

    TAKEN = "taken"
    REFUSED = "refused"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A file of payments or a bank statement, taken in whole or not at all.

    sha256: of its bytes; the same file comes once. taken_at: when. booked_on: the night it was posted in. rows, amount:
    control totals read; stated_rows, stated_amount: as the file or its sender states them. posted, suspended: of these.
    """

    sha256: str
    name: str
    taken_at: datetime
    booked_on: date
    rows: int
    amount: Money
    stated_rows: int | None = None
    stated_amount: Money | None = None
    state: FileState = FileState.TAKEN
    posted_rows: int = 0
    posted_amount: Money = ZERO
    suspended_rows: int = 0
    suspended_amount: Money = ZERO
    version: int = 0


class PaymentState(StrEnum):
    """What became of an incoming payment."""

    POSTED = "posted"
    SUSPENDED = "suspended"  # 挂账待查
    REFUSED = "refused"  # 拒收: no money that could wait for a loan
    RETURNED = "returned"  # 已退回
    REVERSED = "reversed"  # 已冲正


@dataclass(frozen=True, slots=True)
class IncomingPayment:
    """One payment that came in; unique by file and row, and by the bank's reference where there is one.

    file, row: where it stands (sha256, data row from 1). reference: the bank's (流水号), "" if none. loan_id: the loan
    it was posted to, "" while in suspense; stated_loan, stated_contract: as the file says. payer, account, remark: as
    the file says (personal). matched_by: how the loan was found, or why the row was refused. event_key: key of the
    ledger event.
    """

    file: str
    row: int
    paid_on: date
    amount: Money
    reference: str = ""
    loan_id: str = ""
    stated_loan: str = ""
    stated_contract: str = ""
    payer: Personal[str] = NOBODY
    account: Personal[str] = NOBODY
    remark: Personal[str] = NOBODY
    state: PaymentState = PaymentState.POSTED
    matched_by: str = ""
    booked_on: date | None = None
    event_key: str = ""
    number: int = 0
    version: int = 0


class SuspenseState(StrEnum):
    """Where money without a known loan stands."""

    WAITING = "waiting"
    RESOLVED = "resolved"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Suspense:
    """Money that waits for somebody to say which loan it is for (挂账).

    payment: number of the incoming payment. reason: code why it did not match. candidates: what it may be for, best
    first, as {"loan_id": …, "why": …}; no personal data. loan_id, resolved_by, resolved_on: once it is resolved.
    """

    payment: int
    since: date
    amount: Money
    reason: str
    candidates: tuple[Mapping[str, Any], ...] = ()
    state: SuspenseState = SuspenseState.WAITING
    loan_id: str = ""
    resolved_by: str = ""
    resolved_on: date | None = None
    number: int = 0
    version: int = 0


class PromiseState(StrEnum):
    """What became of a promise, an instalment or a plan."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    MISSED = "missed"  # an instalment that is still owed
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Promise:
    """A debtor's promise to pay an amount by a day (承诺还款)."""

    loan_id: str
    borrower_id: str
    made_on: date
    due_on: date
    amount: Money
    paid: Money = ZERO
    state: PromiseState = PromiseState.OPEN
    ended_on: date | None = None
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """An agreed instalment plan (分期还款协议). reference: its approval or document."""

    loan_id: str
    borrower_id: str
    agreed_on: date
    amount: Money
    state: PromiseState = PromiseState.OPEN
    reference: str = ""
    ended_on: date | None = None
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment of a plan. plan: its number. row: place in the plan, from 1."""

    plan: int
    row: int
    loan_id: str
    due_on: date
    amount: Money
    paid: Money = ZERO
    state: PromiseState = PromiseState.OPEN
    version: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop on contact with a person (停止联系).

    kind: paid, dispute, complaint, deceased, closed, … since, until: on these days, both included; None for no end.
    loan_id: "" for all of the person's loans. reason: code or words without personal data. released_*: how it ended.
    """

    borrower_id: str
    kind: str
    since: date
    until: date | None = None
    loan_id: str = ""
    reason: str = ""
    placed_by: str = ""
    released_on: date | None = None
    released_by: str = ""
    release_reason: str = ""
    number: int = 0
    version: int = 0


class RequestState(StrEnum):
    """Where a request for approval stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A request of a maker and the decision of a checker (经办与复核).

    action: waive, write_off, sell, buy_back, restructure, reserve_price, publish_template, publish_rules, … subject:
    loan, package or document number. amount: what the limits are held against; None where there is none. facts:
    figures of what is asked. reference: number of the approval once given. authority: rule or resolution that empowers
    the checker. on_behalf_of: who delegated. until: last day of the request, then of the approval. used_by: what used
    it, as ``loan_id/event key``.
    """

    action: str
    subject: str
    asked_by: str
    asked_at: datetime
    until: date
    amount: Money | None = None
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    state: RequestState = RequestState.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    decision: str = ""
    on_behalf_of: str = ""
    authority: str = ""
    reference: str = ""
    used_by: str = ""
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Delegation:
    """The right to decide, lent by one user to another until a day (授权委托)."""

    giver: str
    taker: str
    role: str
    since: date
    until: date
    reason: str = ""
    revoked_on: date | None = None
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class GradeChange:
    """A loan that changed its class on a day.

    vintage: month of origination (2023-05). because: ids of the rules. seq: of the event that changed it, as a class
    may change twice on a day.
    """

    loan_id: str
    on: date
    before: str
    after: str
    principal: Money
    because: tuple[str, ...] = ()
    vintage: str = ""
    rule_book: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class KeptRules:
    """A rule book as it was when it was first used here (规则库存档), so that what it decided can be replayed.

    version: the hash of the content. content: its rules as JSON values, see ``rules.book.book_as_json``.
    """

    version: str
    first_used_on: date
    content: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Provision:
    """Provisions of a day by class (贷款损失准备). basis: grade or expected_loss. scope: all, or a set of loans."""

    on: date
    basis: str
    scope: str
    grade: str
    loans: int
    exposure: Money
    amount: Money
    rule_book: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A counted figure of a day, kept so that pages need not count again.

    kind: which series (``came_in``, ``migration``, ``portfolio``, …). name: which of its rows. details: further codes.
    """

    on: date
    kind: str
    name: str
    count: int = 0
    amount: Money = ZERO
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Closing:
    """A debt that ended well (结清). certificate: number of the 结清证明. keep_until: end of data retention."""

    loan_id: str
    borrower_id: str
    closed_on: date
    certificate: str = ""
    bureau_reported_on: date | None = None
    keep_until: date | None = None
    version: int = 0
