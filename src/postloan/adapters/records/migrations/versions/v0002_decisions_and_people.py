"""Approvals, gradings, provisions, figures, closings, people and users."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _column(name: str, kind: Any, *, null: bool = False, refers: str = "") -> sa.Column[Any]:
    keys = [sa.ForeignKey(refers)] if refers else []
    return sa.Column(name, kind, *keys, nullable=null)


def _text(name: str, *, null: bool = False, refers: str = "") -> sa.Column[Any]:
    return _column(name, _TEXT, null=null, refers=refers)


def _whole(name: str, *, null: bool = False, refers: str = "") -> sa.Column[Any]:
    return _column(name, sa.BigInteger(), null=null, refers=refers)


def _number(name: str) -> sa.Column[Any]:
    return _column(name, _NUMBER)


def _day(name: str, *, null: bool = False) -> sa.Column[Any]:
    return _column(name, sa.Date(), null=null)


def _flag(name: str) -> sa.Column[Any]:
    return _column(name, sa.Boolean())


def _sealed(name: str, *, null: bool = False) -> sa.Column[Any]:
    return _column(name, sa.LargeBinary(), null=null)


def _unique_where_filled(table: str, name: str) -> None:
    filled = sa.text(f"{name} <> ''")
    op.create_index(
        f"uq_{table}_{name}", table, [name], unique=True, sqlite_where=filled, postgresql_where=filled
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "approval_requests",
        _text("action"),
        _text("subject"),
        _text("asked_by"),
        _text("asked_at"),
        _day("until"),
        _whole("amount", null=True),
        _text("reason"),
        _text("facts"),
        _text("state"),
        _text("decided_by"),
        _text("decided_at", null=True),
        _text("decision"),
        _text("on_behalf_of"),
        _text("authority"),
        _text("reference"),
        _text("used_by"),
        _number("number"),
        _whole("version"),
        sa.PrimaryKeyConstraint("number", name="pk_approval_requests"),
    )
    op.create_index("ix_approval_requests_asked_by", "approval_requests", ["asked_by"])
    op.create_index("ix_approval_requests_state_until", "approval_requests", ["state", "until"])
    op.create_index("ix_approval_requests_subject", "approval_requests", ["subject"])
    _unique_where_filled("approval_requests", "reference")
    op.create_table(
        "delegations",
        _text("giver"),
        _text("taker"),
        _text("role"),
        _day("since"),
        _day("until"),
        _text("reason"),
        _day("revoked_on", null=True),
        _number("number"),
        _whole("version"),
        sa.PrimaryKeyConstraint("number", name="pk_delegations"),
    )
    op.create_index("ix_delegations_giver", "delegations", ["giver"])
    op.create_index("ix_delegations_taker_until", "delegations", ["taker", "until"])
    op.create_table(
        "grade_changes",
        _text("loan_id"),
        _day("on"),
        _text("before"),
        _text("after"),
        _whole("principal"),
        _text("because"),
        _text("vintage"),
        _text("rule_book"),
        sa.PrimaryKeyConstraint("loan_id", "on", name="pk_grade_changes"),
    )
    op.create_index("ix_grade_changes_on_before", "grade_changes", ["on", "before", "after"])
    op.create_table(
        "provisions",
        _day("on"),
        _text("basis"),
        _text("scope"),
        _text("grade"),
        _whole("loans"),
        _whole("exposure"),
        _whole("amount"),
        _text("rule_book"),
        sa.PrimaryKeyConstraint("on", "basis", "scope", "grade", name="pk_provisions"),
    )
    op.create_table(
        "figures",
        _day("on"),
        _text("kind"),
        _text("name"),
        _whole("count"),
        _whole("amount"),
        _text("details"),
        _whole("version"),
        sa.PrimaryKeyConstraint("on", "kind", "name", name="pk_figures"),
    )
    op.create_index("ix_figures_kind_on", "figures", ["kind", "on"])
    op.create_table(
        "closings",
        _text("loan_id"),
        _text("borrower_id"),
        _day("closed_on"),
        _text("certificate"),
        _day("bureau_reported_on", null=True),
        _day("keep_until", null=True),
        _whole("version"),
        sa.PrimaryKeyConstraint("loan_id", name="pk_closings"),
    )
    op.create_index("ix_closings_bureau_reported_on", "closings", ["bureau_reported_on"])
    op.create_index("ix_closings_keep_until", "closings", ["keep_until"])
    op.create_table(
        "users",
        _text("name"),
        _text("shown_as"),
        _text("roles"),
        _text("password"),
        _flag("active"),
        _whole("failed"),
        _text("locked_until", null=True),
        _text("changed_at", null=True),
        _text("lang"),
        _whole("version"),
        sa.PrimaryKeyConstraint("name", name="pk_users"),
    )
    op.create_table(
        "sessions",
        _text("token"),
        _text("user"),
        _text("csrf"),
        _text("since"),
        _text("until"),
        _text("seen_at"),
        _whole("version"),
        sa.PrimaryKeyConstraint("token", name="pk_sessions"),
    )
    op.create_index("ix_sessions_until", "sessions", ["until"])
    op.create_index("ix_sessions_user", "sessions", ["user"])
    op.create_table(
        "people",
        _text("borrower_id"),
        _sealed("name", null=True),
        _sealed("name_blind", null=True),
        _sealed("id_number", null=True),
        _sealed("id_number_blind", null=True),
        _sealed("born_on", null=True),
        _sealed("employer", null=True),
        _text("flags"),
        _day("erased_on", null=True),
        _whole("version"),
        sa.PrimaryKeyConstraint("borrower_id", name="pk_people"),
    )
    op.create_index("ix_people_id_number_blind", "people", ["id_number_blind"])
    op.create_index("ix_people_name_blind", "people", ["name_blind"])
    op.create_table(
        "contacts",
        _text("borrower_id", refers="people.borrower_id"),
        _text("kind"),
        _sealed("value", null=True),
        _sealed("value_blind", null=True),
        _text("role"),
        _text("origin"),
        _number("number"),
        sa.PrimaryKeyConstraint("number", name="pk_contacts"),
    )
    op.create_index("ix_contacts_borrower_id", "contacts", ["borrower_id"])
    op.create_index("ix_contacts_value_blind", "contacts", ["value_blind"])
