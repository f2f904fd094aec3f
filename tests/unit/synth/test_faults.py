from __future__ import annotations

import pyarrow as pa
import pytest

from postloan.synth import Tables, plant_faults, synthesize
from postloan.synth.fault_kinds import BORROWER_KINDS, LOAN_KINDS
from postloan.synth.faults import check_codes


@pytest.fixture(scope="module")
def clean(ant) -> Tables:
    return ant


@pytest.fixture(scope="module")
def faulty(clean) -> Tables:
    return plant_faults(clean, seed=7)


def test_every_kind_expects_a_finding_that_the_tape_declares():
    check_codes()


def test_fifty_faults_are_planted_and_every_kind_occurs(faulty):
    faults = faulty.truth["faults"].to_pylist()

    assert len(faults) == 50
    assert {fault["kind"] for fault in faults} == {kind.name for kind in (*LOAN_KINDS, *BORROWER_KINDS)}


def test_each_fault_stands_on_a_borrower_of_its_own(clean, faulty):
    keys = [fault["borrower_id"] for fault in faulty.truth["faults"].to_pylist()]

    assert len(set(keys)) == 50


def test_rows_without_a_fault_are_as_they_were(clean, faulty):
    for name in ("loans", "borrowers"):
        rows = {f["row"] for f in faulty.truth["faults"].to_pylist() if f["table_name"] == name}
        before = pa.table({n: clean.tape[name][n].cast(pa.string()) for n in clean.tape[name].column_names})
        keep = pa.array([row + 1 not in rows for row in range(before.num_rows)])
        assert faulty.tape[name].slice(0, before.num_rows).filter(keep).equals(before.filter(keep))


def test_a_fault_changes_the_field_that_it_names(clean, faulty):
    for fault in faulty.truth["faults"].to_pylist():
        table = clean.tape[fault["table_name"]]
        if fault["row"] <= table.num_rows and fault["kind"] != "granted after it was overdue":
            before = table[fault["field"]].cast(pa.string())[fault["row"] - 1].as_py()
            after = faulty.tape[fault["table_name"]][fault["field"]][fault["row"] - 1].as_py()
            assert before != after or fault["kind"] == "overdue longer than it exists", fault


def test_the_same_seed_plants_the_same_faults(clean, faulty):
    again = plant_faults(clean, seed=7)

    assert again.truth["faults"].equals(faulty.truth["faults"])
    assert again.tape["loans"].equals(faulty.tape["loans"])
    assert not plant_faults(clean, seed=8).truth["faults"].equals(faulty.truth["faults"])


def test_a_tiny_package_gets_as_many_faults_as_it_has_borrowers(small):
    made = plant_faults(synthesize({**small, "max_borrower": None}, seed=1), seed=1, count=500)

    assert made.truth["faults"].num_rows <= 150 + 60
