"""Which table keeps which kind of record: keys, what is unique, what is looked up, how personal fields are masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from postloan.decide.gate import kept as g
from postloan.kernel.personal import DOTS, mask_name, mask_number, mask_text
from postloan.ledger import store_people as p
from postloan.ledger import store_records as r

Mask = Callable[[str], str]


def _hidden(text: str) -> str:
    return DOTS if text else ""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one record class is kept.

    record: the class. table: its table. key: fields of the primary key. unique: further fields unique together.
    unique_where_filled: a text field unique wherever it is not "". indexes: fields looked up by. refers: field →
    table.column that must exist. fixed: fields that stay as they were added. masks: personal field → how it is shown.
    blind: personal fields that can be looked up, with the index they share. journalled: whether a change needs a note.
    """

    record: type[Any]
    table: str
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    unique_where_filled: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()
    masks: Mapping[str, Mask] = field(default_factory=dict)
    blind: Mapping[str, str] = field(default_factory=dict)
    journalled: bool = True


KINDS = (
    Kind(
        r.Loan, "loans", ("loan_id",),
        indexes=(
            ("borrower_id",), ("contract_no",), ("overdue_since", "status", "grade", "owed_principal"),
            ("originated_on", "grade", "status", "owed_principal", "booked_principal"), ("limitation_on",),
            ("observation_ends",), ("status", "grade"),
        ),
        fixed=("borrower_id", "product", "lender", "branch", "contract_no", "originated_on", "opened_on"),
    ),
    Kind(r.PaymentFile, "payment_files", ("sha256",), indexes=(("booked_on",),)),
    Kind(
        r.IncomingPayment, "incoming_payments", ("number",),
        unique=(("file", "row"),),
        unique_where_filled=("reference",),
        indexes=(("booked_on", "state"), ("loan_id",)),
        refers={"file": "payment_files.sha256"},
        masks={"payer": mask_name, "account": mask_number, "remark": _hidden},
        blind={"payer": "name", "account": "contact"},
    ),
    Kind(
        r.Suspense, "suspense", ("number",),
        unique=(("payment",),),
        indexes=(("state", "since"),),
        refers={"payment": "incoming_payments.number"},
    ),
    Kind(r.Promise, "promises", ("number",), indexes=(("state", "due_on"), ("loan_id", "state"), ("borrower_id",))),
    Kind(r.Plan, "plans", ("number",), indexes=(("state",), ("loan_id", "state"), ("borrower_id",))),
    Kind(
        r.Instalment, "instalments", ("plan", "row"),
        indexes=(("state", "due_on"), ("loan_id", "state")),
        refers={"plan": "plans.number"},
    ),
    Kind(r.Hold, "holds", ("number",), indexes=(("borrower_id", "released_on"), ("until",))),
    Kind(
        r.ApprovalRequest, "approval_requests", ("number",),
        unique_where_filled=("reference",),
        indexes=(("state", "until"), ("subject",), ("asked_by",)),
    ),
    Kind(r.Delegation, "delegations", ("number",), indexes=(("taker", "until"), ("giver",))),
    Kind(r.GradeChange, "grade_changes", ("loan_id", "on", "seq"), indexes=(("on", "before", "after"),)),
    Kind(r.KeptRules, "rule_books", ("version",)),
    Kind(r.Provision, "provisions", ("on", "basis", "scope", "grade")),
    Kind(r.Figure, "figures", ("on", "kind", "name"), indexes=(("kind", "on"),)),
    Kind(r.Closing, "closings", ("loan_id",), indexes=(("keep_until",), ("bureau_reported_on",))),
    Kind(p.User, "users", ("name",)),
    Kind(p.Session, "sessions", ("token",), indexes=(("user",), ("until",)), journalled=False),
    Kind(
        p.Person, "people", ("borrower_id",),
        masks={"name": mask_name, "id_number": mask_number, "born_on": _hidden, "employer": _hidden},
        blind={"name": "name", "id_number": "id_number"},
    ),
    Kind(
        p.Contact, "contacts", ("number",),
        indexes=(("borrower_id",),),
        refers={"borrower_id": "people.borrower_id"},
        masks={"value": mask_text},
        blind={"value": "contact"},
    ),
    Kind(g.KeptState, "contact_states", ("debtor_id",)),
    Kind(g.KeptPermit, "contact_permits", ("permit_id",), indexes=(("debtor_id", "given"), ("expires",))),
    Kind(g.KeptAttempt, "contact_attempts", ("permit_id",), indexes=(("debtor_id", "at"),)),
)  # fmt: skip
"""Every kind of record but ledger events and the journal, which are append-only and have their own modules."""

BY_RECORD: Mapping[type[Any], Kind] = MappingProxyType({kind.record: kind for kind in KINDS})
