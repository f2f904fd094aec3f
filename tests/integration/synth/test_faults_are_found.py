from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from postloan.adapters.files import open_tape
from postloan.adapters.tables import DuckDBEngine
from postloan.rules import load_book
from postloan.synth import package_notice, plant_faults, synthesize, write_tape
from postloan.tape.checks import check_tape
from postloan.tape.mapping import TapeMapping
from postloan.tape.typing import type_tables


def checked(engine, folder):
    intake = type_tables(engine, open_tape(engine, folder), TapeMapping())
    return check_tape(engine, rules=load_book(), also=intake.findings, unread=intake.unread)


@pytest.fixture(scope="module")
def clean():
    """A tenth of a published package."""
    notice = package_notice("ant-2025-1")
    return synthesize({**notice, "total": 58_100_000, "loans": 5_540, "borrowers": 3_943}, seed=3)


@pytest.mark.parametrize(("form", "headers"), [("parquet", "en"), ("csv", "en"), ("csv", "zh")])
def test_a_clean_tape_has_no_findings_in_any_form(clean, tmp_path, form, headers):
    write_tape(clean, tmp_path / "tape", format=form, headers=headers)
    with DuckDBEngine() as engine:
        found = checked(engine, tmp_path / "tape")

    assert [(count.code, count.field) for count in found.counts] == []
    assert (found.rows, found.quarantined) == (5_540, 0)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_planted_fault_is_found_on_its_row_and_kept_apart(clean, tmp_path, seed):
    write_tape(plant_faults(clean, seed=seed), tmp_path / "tape", format="csv")
    faults = pq.read_table(tmp_path / "tape-truth" / "faults.parquet").to_pylist()
    with DuckDBEngine() as engine:
        checked(engine, tmp_path / "tape")
        seen = set(engine.rows("SELECT code, table_name, row FROM findings"))
        apart = {row for (row,) in engine.rows("SELECT row FROM loans WHERE quarantined")}
        others = {
            who for (who,) in engine.rows("SELECT DISTINCT borrower_id FROM loans WHERE NOT quarantined")
        }
        wrong = engine.rows(
            "SELECT COUNT(*) FROM loans WHERE NOT quarantined AND (principal IS NULL OR stated_total <> total)"
        )

    assert [f for f in faults if (f["code"], f["table_name"], f["row"]) not in seen] == []
    for fault in faults:
        if fault["severity"] == "error" and fault["table_name"] == "loans":
            assert fault["row"] in apart, fault
        if fault["severity"] == "error" and fault["table_name"] == "borrowers":
            assert fault["borrower_id"] not in others, fault
    assert wrong == [(0,)]
    assert len(apart) < 100


def test_what_a_clean_tape_hides_is_nowhere_in_its_folder(clean, tmp_path):
    write_tape(clean, tmp_path / "tape")

    columns = {name for path in (tmp_path / "tape").glob("*.parquet") for name in pq.read_schema(path).names}
    assert not columns & {"person_id", "county", "address_row", "kind_of_fault"}
