"""Every earlier schema is brought up to this one, and migrations make exactly the tables that the code knows."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from record_samples import BY, KEY, NOTED, loan, opened

from postloan.adapters.records import open_store
from postloan.adapters.records.connecting import MODE, connect, read_address
from postloan.adapters.records.keys import load_keys
from postloan.adapters.records.migrating import HEAD, VERSIONS, found_store, migrate, version_of
from postloan.adapters.records.tables import meta, metadata


def test_the_program_knows_the_versions_that_are_there():
    import postloan.adapters.records.migrations.versions as package

    (folder,) = package.__path__
    found = sorted(path.stem[1:5] for path in Path(folder).glob("v*.py"))
    assert tuple(found) == VERSIONS


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_an_older_store_is_brought_up_and_keeps_what_it_holds(empty_address: str, version: str):
    where = read_address(empty_address)
    engine = connect(where, wait_s=10)
    with engine.connect().execution_options(**{MODE: "write"}) as connection, connection.begin():
        migrate(connection, to=version)
        keys = load_keys(None, KEY)
        assert keys is not None
        number = found_store(connection)
        connection.execute(sa.insert(meta), [{"name": "key_check", "value": keys.check(number)}])
    engine.dispose()
    with closing(open_store(empty_address, environ=KEY)) as store:
        with store.writing(**BY) as tx:
            tx.loans.add(loan())
            tx.events.append([opened()])
            tx.note(NOTED)
        with store.reading() as tx:
            assert tx.journal.verify().whole
    engine = connect(where, wait_s=10)
    with engine.connect() as connection:
        assert version_of(connection, "") == HEAD
    engine.dispose()


def test_migrations_make_the_tables_that_the_code_knows(address: str):
    engine = connect(read_address(address), wait_s=10)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []
