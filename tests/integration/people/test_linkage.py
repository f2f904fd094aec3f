"""Splink behind the pair finder: damaged records find their person, and nobody is joined across valid numbers."""

from __future__ import annotations

import numpy as np
import pytest

from postloan.adapters.linkage import find_pairs
from postloan.bootstrap import tools
from postloan.people.linking import COMPARED, explained, link, records_to_link
from postloan.synth.doubles import doubles


@pytest.fixture(scope="module")
def linked():
    made = doubles(6_000, damaged=0.1, seed=2)
    with tools() as ours:
        ours.engine.register("people_records", made.records)
        records = records_to_link(ours.engine)
    order = np.argsort(made.records["record_id"].to_pylist())
    return records, link(records, find_pairs), made.person[order]


def pairs(groups):
    _, count = np.unique(groups, return_counts=True)
    return (count * (count - 1) / 2).sum()


def test_nearly_all_pairs_of_one_person_are_found_and_hardly_any_other(linked):
    _, found, truth = linked
    person = np.unique(np.array(found.person), return_inverse=True)[1]
    both = pairs(person * (truth.max() + 1) + truth)
    assert both / pairs(truth) > 0.985
    assert both / pairs(person) > 0.999


def test_no_two_different_valid_numbers_are_one_person(linked):
    records, found, _ = linked
    by_person: dict[str, set[str]] = {}
    for person, number, valid in zip(
        found.person, records["id_number"].to_pylist(), records["valid"].to_pylist(), strict=True
    ):
        if valid:
            by_person.setdefault(person, set()).add(number)
    assert all(len(numbers) == 1 for numbers in by_person.values())


def test_every_likely_pair_says_how_its_fields_agree(linked):
    records, _, _ = linked
    pairs = find_pairs(records)
    fields = {compared.field: pairs[f"level_{compared.field}"].to_pylist() for compared in COMPARED}
    said = [explained({field: levels[k] for field, levels in fields.items()}) for k in range(pairs.num_rows)]
    assert len(said) > 500
    assert all("same" in words or "slip" in words or "off" in words for words in said)
