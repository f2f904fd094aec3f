"""Loans, their events, payments and the journal."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

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


def _small(name: str) -> sa.Column[Any]:
    return _column(name, sa.Integer())


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
        "meta",
        _text("name"),
        _text("value"),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "loans",
        _text("loan_id"),
        _text("borrower_id"),
        _text("product"),
        _text("terms"),
        _day("opened_on"),
        _day("as_of"),
        _whole("owed_principal"),
        _whole("owed_interest"),
        _whole("owed_penalty"),
        _whole("owed_compound"),
        _whole("owed_fees"),
        _whole("owed_costs"),
        _text("status"),
        _text("lender"),
        _text("branch"),
        _text("contract_no"),
        _day("originated_on", null=True),
        _whole("seq"),
        _whole("due_principal"),
        _whole("due_interest"),
        _whole("due_penalty"),
        _whole("due_compound"),
        _whole("due_fees"),
        _whole("due_costs"),
        _whole("booked_principal"),
        _whole("booked_interest"),
        _whole("booked_penalty"),
        _whole("booked_compound"),
        _whole("booked_fees"),
        _whole("booked_costs"),
        _whole("credit"),
        _whole("lost"),
        _whole("recovered"),
        _text("grade"),
        _text("because"),
        _day("graded_on", null=True),
        _day("overdue_since", null=True),
        _day("matures_on", null=True),
        _day("last_paid_on", null=True),
        _text("owner"),
        _day("observed_from", null=True),
        _day("observation_ends", null=True),
        _day("limitation_on", null=True),
        _text("rule_book"),
        _whole("version"),
        sa.PrimaryKeyConstraint("loan_id", name="pk_loans"),
    )
    op.create_index("ix_loans_borrower_id", "loans", ["borrower_id"])
    op.create_index("ix_loans_contract_no", "loans", ["contract_no"])
    op.create_index("ix_loans_limitation_on", "loans", ["limitation_on"])
    op.create_index("ix_loans_observation_ends", "loans", ["observation_ends"])
    op.create_index("ix_loans_overdue_since_status", "loans", ["overdue_since", "status"])
    op.create_index(
        "ix_loans_status_grade",
        "loans",
        [
            "status",
            "grade",
            "product",
            "overdue_since",
            "owed_principal",
            "owed_interest",
            "booked_principal",
            "booked_interest",
        ],
    )
    op.create_table(
        "events",
        _text("loan_id", refers="loans.loan_id"),
        _whole("seq"),
        _text("key"),
        _day("value_on"),
        _day("booked_on"),
        _text("name"),
        _small("schema"),
        _text("body"),
        _text("rule_book"),
        _text("grade"),
        _text("batch"),
        sa.PrimaryKeyConstraint("loan_id", "seq", name="pk_events"),
        sa.UniqueConstraint("loan_id", "key", name="uq_events_loan_id_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_events_batch", "events", ["batch", "loan_id", "seq"])
    op.create_table(
        "journal",
        sa.Column("no", _NUMBER, nullable=False, autoincrement=False),
        _text("at"),
        _text("actor"),
        _text("ground"),
        _text("action"),
        _text("subject"),
        _text("reference"),
        _text("details"),
        _text("previous"),
        _text("hash"),
        sa.PrimaryKeyConstraint("no", name="pk_journal"),
    )
    op.create_index("ix_journal_subject", "journal", ["subject", "no"])
    op.create_table(
        "journal_head",
        sa.Column("one", sa.Integer(), nullable=False, autoincrement=False),
        _whole("no"),
        _text("hash"),
        _text("at"),
        sa.PrimaryKeyConstraint("one", name="pk_journal_head"),
    )
    op.create_table(
        "payment_files",
        _text("sha256"),
        _text("name"),
        _text("taken_at"),
        _day("booked_on"),
        _whole("rows"),
        _whole("amount"),
        _whole("stated_rows", null=True),
        _whole("stated_amount", null=True),
        _text("state"),
        _whole("posted_rows"),
        _whole("posted_amount"),
        _whole("suspended_rows"),
        _whole("suspended_amount"),
        _whole("version"),
        sa.PrimaryKeyConstraint("sha256", name="pk_payment_files"),
    )
    op.create_index("ix_payment_files_booked_on", "payment_files", ["booked_on"])
    op.create_table(
        "incoming_payments",
        _text("file", refers="payment_files.sha256"),
        _whole("row"),
        _day("paid_on"),
        _whole("amount"),
        _text("reference"),
        _text("loan_id"),
        _text("stated_loan"),
        _text("stated_contract"),
        _sealed("payer", null=True),
        _sealed("payer_blind", null=True),
        _sealed("account", null=True),
        _sealed("account_blind", null=True),
        _sealed("remark", null=True),
        _text("state"),
        _text("matched_by"),
        _day("booked_on", null=True),
        _text("event_key"),
        _number("number"),
        _whole("version"),
        sa.PrimaryKeyConstraint("number", name="pk_incoming_payments"),
        sa.UniqueConstraint("file", "row", name="uq_incoming_payments_file_row"),
    )
    op.create_index("ix_incoming_payments_account_blind", "incoming_payments", ["account_blind"])
    op.create_index("ix_incoming_payments_booked_on_state", "incoming_payments", ["booked_on", "state"])
    op.create_index("ix_incoming_payments_loan_id", "incoming_payments", ["loan_id"])
    op.create_index("ix_incoming_payments_payer_blind", "incoming_payments", ["payer_blind"])
    _unique_where_filled("incoming_payments", "reference")
    op.create_table(
        "suspense",
        _whole("payment", refers="incoming_payments.number"),
        _day("since"),
        _whole("amount"),
        _text("reason"),
        _text("candidates"),
        _text("state"),
        _text("loan_id"),
        _text("resolved_by"),
        _day("resolved_on", null=True),
        _number("number"),
        _whole("version"),
        sa.PrimaryKeyConstraint("number", name="pk_suspense"),
        sa.UniqueConstraint("payment", name="uq_suspense_payment"),
    )
    op.create_index("ix_suspense_state_since", "suspense", ["state", "since"])
    op.create_table(
        "promises",
        _text("loan_id"),
        _text("borrower_id"),
        _day("made_on"),
        _day("due_on"),
        _whole("amount"),
        _whole("paid"),
        _text("state"),
        _day("ended_on", null=True),
        _number("number"),
        _whole("version"),
        sa.PrimaryKeyConstraint("number", name="pk_promises"),
    )
    op.create_index("ix_promises_borrower_id", "promises", ["borrower_id"])
    op.create_index("ix_promises_loan_id_state", "promises", ["loan_id", "state"])
    op.create_index("ix_promises_state_due_on", "promises", ["state", "due_on"])
    op.create_table(
        "plans",
        _text("loan_id"),
        _text("borrower_id"),
        _day("agreed_on"),
        _whole("amount"),
        _text("state"),
        _text("reference"),
        _day("ended_on", null=True),
        _number("number"),
        _whole("version"),
        sa.PrimaryKeyConstraint("number", name="pk_plans"),
    )
    op.create_index("ix_plans_borrower_id", "plans", ["borrower_id"])
    op.create_index("ix_plans_loan_id_state", "plans", ["loan_id", "state"])
    op.create_index("ix_plans_state", "plans", ["state"])
    op.create_table(
        "instalments",
        _whole("plan", refers="plans.number"),
        _whole("row"),
        _text("loan_id"),
        _day("due_on"),
        _whole("amount"),
        _whole("paid"),
        _text("state"),
        _whole("version"),
        sa.PrimaryKeyConstraint("plan", "row", name="pk_instalments"),
    )
    op.create_index("ix_instalments_loan_id_state", "instalments", ["loan_id", "state"])
    op.create_index("ix_instalments_state_due_on", "instalments", ["state", "due_on"])
    op.create_table(
        "holds",
        _text("borrower_id"),
        _text("kind"),
        _day("since"),
        _day("until", null=True),
        _text("loan_id"),
        _text("reason"),
        _text("placed_by"),
        _day("released_on", null=True),
        _text("released_by"),
        _text("release_reason"),
        _number("number"),
        _whole("version"),
        sa.PrimaryKeyConstraint("number", name="pk_holds"),
    )
    op.create_index("ix_holds_borrower_id_released_on", "holds", ["borrower_id", "released_on"])
    op.create_index("ix_holds_until", "holds", ["until"])
    _seal()


def _seal() -> None:
    """Let nobody change or remove an event or an entry of the journal, not even by hand."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(
            "CREATE FUNCTION postloan_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in ("events", "journal"):
        if postgres:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION postloan_append_only()"
            )
            continue
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
