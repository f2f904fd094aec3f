"""Indexes that answer the morning without touching the loans themselves."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Let what crosses a line soon, and loans by vintage, class and status, be counted from indexes alone."""
    op.drop_index("ix_loans_overdue_since_status", table_name="loans")
    op.create_index(
        "ix_loans_overdue_since_status", "loans", ["overdue_since", "status", "grade", "owed_principal"]
    )
    op.create_index(
        "ix_loans_originated_on_grade",
        "loans",
        ["originated_on", "grade", "status", "owed_principal", "booked_principal"],
    )
    op.drop_index("ix_loans_status_grade", table_name="loans")
    op.create_index("ix_loans_status_grade", "loans", ["status", "grade"])
