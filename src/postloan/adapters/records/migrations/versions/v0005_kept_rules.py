"""Rule books as they were used, and every change of class of a day, not only its first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """A class may change twice on a day; the event that changed it tells the two apart."""
    op.create_table(
        "rule_books",
        sa.Column("version", _TEXT, nullable=False),
        sa.Column("first_used_on", sa.Date(), nullable=False),
        sa.Column("content", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_rule_books"),
    )
    with op.batch_alter_table("grade_changes") as table:
        table.add_column(sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"))
        table.drop_constraint("pk_grade_changes", type_="primary")
        table.create_primary_key("pk_grade_changes", ["loan_id", "on", "seq"])
