"""The tables of the store as SQLAlchemy knows them. Migrations make them; a test holds the two against each other."""

from __future__ import annotations

import sqlalchemy as sa

from postloan.adapters.records.codec import BLIND, FIELDS, NUMBER, TEXT
from postloan.adapters.records.kinds import KINDS, Kind

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", TEXT, primary_key=True),
    sa.Column("value", TEXT, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("loan_id", TEXT, sa.ForeignKey("loans.loan_id"), primary_key=True),
    sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("key", TEXT, nullable=False),
    sa.Column("value_on", sa.Date(), nullable=False),
    sa.Column("booked_on", sa.Date(), nullable=False),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("schema", sa.Integer(), nullable=False),
    sa.Column("body", TEXT, nullable=False),
    sa.Column("rule_book", TEXT, nullable=False),
    sa.Column("grade", TEXT, nullable=False),
    sa.Column("batch", TEXT, nullable=False),
    sa.UniqueConstraint("loan_id", "key"),
    sa.Index("ix_events_batch", "batch", "loan_id", "seq"),
    sqlite_with_rowid=False,
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("no", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("at", TEXT, nullable=False),
    sa.Column("actor", TEXT, nullable=False),
    sa.Column("ground", TEXT, nullable=False),
    sa.Column("action", TEXT, nullable=False),
    sa.Column("subject", TEXT, nullable=False),
    sa.Column("reference", TEXT, nullable=False),
    sa.Column("details", TEXT, nullable=False),
    sa.Column("previous", TEXT, nullable=False),
    sa.Column("hash", TEXT, nullable=False),
    sa.Index("ix_journal_subject", "subject", "no"),
)

journal_head = sa.Table(
    "journal_head",
    metadata,
    sa.Column("one", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("no", sa.BigInteger(), nullable=False),
    sa.Column("hash", TEXT, nullable=False),
    sa.Column("at", TEXT, nullable=False),
)

APPEND_ONLY = ("events", "journal")


def _table(kind: Kind) -> sa.Table:
    columns: list[sa.Column[object]] = []
    for field in FIELDS[kind.table]:
        for name, sort in field.columns:
            refers = kind.refers.get(name)
            columns.append(
                sa.Column(
                    name,
                    sort,
                    *([sa.ForeignKey(refers)] if refers else ()),
                    primary_key=name in kind.key,
                    autoincrement="auto" if name not in kind.key or kind.key == ("number",) else False,
                    nullable=field.nullable,
                )
            )
    table = sa.Table(kind.table, metadata, *columns)
    for names in kind.unique:
        table.append_constraint(sa.UniqueConstraint(*names))
    for name in kind.unique_where_filled:
        filled = table.c[name] != ""
        sa.Index(
            f"uq_{kind.table}_{name}",
            table.c[name],
            unique=True,
            sqlite_where=filled,
            postgresql_where=filled,
        )
    for names in (*kind.indexes, *((name + BLIND,) for name in kind.blind)):
        sa.Index(f"ix_{kind.table}_{'_'.join(names[:2])}", *(table.c[name] for name in names))
    return table


TABLES = {kind.table: _table(kind) for kind in KINDS}
