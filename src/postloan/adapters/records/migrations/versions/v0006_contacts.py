"""What the gate keeps: what is known of a debtor, permits, contacts handed to a channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Three tables; nothing that was there changes."""
    op.create_table(
        "contact_states",
        sa.Column("debtor_id", _TEXT, nullable=False),
        sa.Column("zone", _TEXT, nullable=False),
        sa.Column("known", _TEXT, nullable=False),
        sa.Column("points", _TEXT, nullable=False),
        sa.Column("refused", _TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("debtor_id", name="pk_contact_states"),
    )
    op.create_table(
        "contact_permits",
        sa.Column("permit_id", _TEXT, nullable=False),
        sa.Column("debtor_id", _TEXT, nullable=False),
        sa.Column("act", _TEXT, nullable=False),
        sa.Column("given", _TEXT, nullable=False),
        sa.Column("expires", _TEXT, nullable=False),
        sa.Column("notice", sa.Boolean(), nullable=False),
        sa.Column("content", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("permit_id", name="pk_contact_permits"),
    )
    op.create_index("ix_contact_permits_debtor_id_given", "contact_permits", ["debtor_id", "given"])
    op.create_index("ix_contact_permits_expires", "contact_permits", ["expires"])
    op.create_table(
        "contact_attempts",
        sa.Column("permit_id", _TEXT, nullable=False),
        sa.Column("debtor_id", _TEXT, nullable=False),
        sa.Column("at", _TEXT, nullable=False),
        sa.Column("act", _TEXT, nullable=False),
        sa.Column("person_id", _TEXT, nullable=False),
        sa.Column("point_id", _TEXT, nullable=False),
        sa.Column("answered", _TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("permit_id", name="pk_contact_attempts"),
    )
    op.create_index("ix_contact_attempts_debtor_id_at", "contact_attempts", ["debtor_id", "at"])
