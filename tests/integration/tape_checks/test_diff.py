from __future__ import annotations

from decimal import Decimal

import pytest

from postloan.tape.diff import diff_table


@pytest.fixture
def diff(engine, as_typed):
    def between(table, old, new):
        engine.register("old_version", as_typed(table, old))
        engine.register("new_version", as_typed(table, new))
        return diff_table(engine, table, "old_version", "new_version")

    return between


def test_a_tape_does_not_differ_from_itself(diff, clean):
    same = diff("loans", clean["loans"], clean["loans"])
    assert same.same
    assert (same.before, same.after, same.fields) == (40, 40, ())
    assert same.totals["loans"] == (40, 40)


def test_rows_added_removed_and_changed_are_told_with_the_amounts_that_moved(diff, clean):
    old = clean["loans"]
    new = [dict(loan) for loan in reversed(old[2:])]
    new[0] |= {"principal": new[0]["principal"] + 100, "grade": "doubtful"}
    new.append(dict(old[0], loan_id="L90000"))
    found = diff("loans", old, new)
    assert (found.before, found.after, found.added, found.removed, found.changed) == (40, 39, 1, 2, 1)
    assert (found.added_keys, found.removed_keys) == (("L90000",), ("L00000", "L00001"))
    by_field = {change.field: change for change in found.fields}
    assert set(by_field) == {"principal", "grade"}
    assert (by_field["principal"].rows, by_field["principal"].moved) == (1, Decimal("100.00"))
    assert by_field["grade"].samples[0].before == "loss"
    before, after = found.totals["principal"]
    assert after - before == 100 + old[0]["principal"] - old[0]["principal"] - old[1]["principal"]


def test_repeated_keys_are_paired_in_order_and_rows_without_key_never(diff, clean):
    old = [*clean["loans"], dict(clean["loans"][3]), dict(clean["loans"][4], loan_id=None)]
    found = diff("loans", old, old)
    assert (found.added, found.removed, found.changed) == (1, 1, 0)


def test_personal_values_are_masked_in_samples(diff, clean):
    old = clean["borrowers"]
    new = [dict(b) for b in old]
    new[0] |= {"name": "另外某人", "born_on": old[1]["born_on"], "id_number": old[1]["id_number"]}
    text = str(diff("borrowers", old, new).to_json())
    for value in (old[0]["name"], "另外某人", old[0]["id_number"], str(old[1]["born_on"])):
        assert value not in text
