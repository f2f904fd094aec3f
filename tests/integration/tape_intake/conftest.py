from __future__ import annotations

import pytest

from postloan.adapters.files import open_tape
from postloan.adapters.tables import DuckDBEngine
from postloan.tape import TapeMapping, type_tables

HEAD = "借据号,客户号,未偿本金,未偿利息,产品,逾期天数"
ROWS = ["L1,B1,100.00,1.50,个人消费贷款,400", "L2,B2,200.00,2.50,信用卡透支,100"]


@pytest.fixture
def engine():
    with DuckDBEngine(memory_mb=500, threads=1) as engine:
        yield engine


@pytest.fixture
def folder(tmp_path):
    """Writes files of a tape: name → text or bytes."""

    def write(**files):
        made = tmp_path / "tape"
        made.mkdir(exist_ok=True)
        for name, content in files.items():
            path = made / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return made

    return write


@pytest.fixture
def take_in(engine, tmp_path):
    """Opens and types a source."""

    def run(source, mapping=None):
        mapping = mapping or TapeMapping()
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        return type_tables(engine, open_tape(engine, source, known=mapping.knows, work=work), mapping)

    return run


@pytest.fixture
def tape():
    """The text of a small good loans file."""
    return "\n".join([HEAD, *ROWS]) + "\n"
