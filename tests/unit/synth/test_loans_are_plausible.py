from __future__ import annotations

import statistics
from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pyarrow.ipc

from postloan.synth import Tables, synthesize
from postloan.tape import tables as tape_tables
from postloan.tape.terms import terms


def packed(made: Tables) -> dict[str, bytes]:
    found = {}
    for name, table in {**made.tape, **made.truth}.items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
        found[name] = sink.getvalue().to_pybytes()
    return found


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(small):
    one, same, other = (packed(synthesize(small, seed=seed)) for seed in (5, 5, 6))

    assert one == same
    assert all(one[name] != other[name] for name in one)


def test_columns_and_terms_are_those_of_a_tape_folder(ant):
    for name, table in ant.tape.items():
        columns = tape_tables()[name].columns
        assert set(table.column_names) <= set(columns)
        assert {n for n, column in columns.items() if column.required} <= set(table.column_names)
        for header in table.column_names:
            if columns[header].kind == "term":
                assert set(table[header].unique().to_pylist()) <= {*terms()[columns[header].enum], None}


def test_dates_follow_each_other(ant):
    for loan in ant.tape["loans"].slice(0, 6_000).to_pylist():
        assert loan["originated_on"] < loan["overdue_since"] <= loan["cutoff_on"]
        assert loan["originated_on"] < loan["matures_on"]
        assert (loan["cutoff_on"] - loan["overdue_since"]).days == loan["days_overdue"]
        if loan["last_paid_on"]:
            assert loan["originated_on"] < loan["last_paid_on"] <= loan["cutoff_on"]


def test_amounts_of_a_loan_agree_with_each_other(ant):
    for loan in ant.tape["loans"].slice(0, 6_000).to_pylist():
        assert loan["principal"] + loan["interest"] == loan["stated_total"]
        assert loan["principal"] <= loan["paid_out"] <= loan["credit_line"]
        assert 0 < loan["annual_rate"] <= Decimal("0.24")
        assert loan["interest"] <= 9 * loan["principal"]


def test_balances_are_skewed_as_in_consumer_lending(ant):
    owed = sorted(float(total) for total in ant.tape["loans"]["stated_total"].to_pylist())
    mean, median = statistics.fmean(owed), statistics.median(owed)

    assert 1.15 < mean / median < 4
    assert sum(owed[-len(owed) // 10 :]) > 0.25 * sum(owed)


def test_the_class_is_never_milder_than_the_days(small):
    worst = {"substandard": 270, "doubtful": 360}
    for loan in synthesize(small, seed=2).tape["loans"].to_pylist():
        assert loan["days_overdue"] <= worst.get(loan["grade"], 10**6)


def test_written_off_loans_are_graded_loss_where_there_are_enough(small):
    loans = synthesize(small, seed=2).tape["loans"].to_pylist()

    assert {loan["grade"] for loan in loans if loan["written_off"]} == {"loss"}
    assert all(bool(loan["written_off_on"]) == loan["written_off"] for loan in loans)


def test_the_last_payment_row_is_the_one_that_the_loan_states(small):
    made = synthesize(small, seed=2)
    last = {}
    for row in made.tape["payments"].to_pylist():
        last[row["loan_id"]] = (row["paid_on"], row["amount"])
    stated = {
        loan["loan_id"]: (loan["last_paid_on"], loan["last_paid_amount"])
        for loan in made.tape["loans"].to_pylist()
        if loan["last_paid_on"]
    }

    assert last == stated


def test_borrowers_have_several_loans_and_a_branch_lends_at_home(small):
    made = synthesize(small, seed=2)
    each = Counter(made.tape["loans"]["borrower_id"].to_pylist())
    numbers = [n for n in made.tape["borrowers"]["id_number"].to_pylist() if n]

    assert max(each.values()) > 2
    assert sum(n.startswith("51") for n in numbers) / len(numbers) > 0.5
    assert set(made.tape["loans"]["product"].unique().to_pylist()) == {"consumer", "business"}
