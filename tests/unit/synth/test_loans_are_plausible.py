from __future__ import annotations

import statistics
from collections import Counter
from datetime import date
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


def test_a_schedule_adds_up_to_what_was_paid_out_and_ends_with_the_term(ant):
    keys = ("loan_id", "paid_out", "originated_on", "matures_on")
    loans = {loan["loan_id"]: loan for loan in ant.tape["loans"].select(keys).to_pylist()}
    sums: dict[str, Decimal] = {}
    ends: dict[str, date] = {}
    for row in ant.tape["schedules"].to_pylist():
        sums[row["loan_id"]] = sums.get(row["loan_id"], Decimal(0)) + row["principal_due"]
        ends[row["loan_id"]] = row["due_on"]
        assert row["due_on"] > loans[row["loan_id"]]["originated_on"]
    assert 1_000 < len(sums) < 5_000
    assert all(sums[name] == loans[name]["paid_out"] for name in sums)
    assert all(ends[name] == loans[name]["matures_on"] for name in ends)


def test_the_parts_of_a_payment_are_its_amount_and_employers_pay_for_many(ant):
    accounts: dict[str, set[str]] = {}
    for row in ant.tape["payments"].to_pylist():
        if row["principal"] is not None:
            assert row["principal"] > 0
            assert row["principal"] + row["interest"] == row["amount"]
        if row["payer_relation"] == "employer":
            accounts.setdefault(row["payer_account"], set()).add(row["loan_id"])
    assert max(len(loans) for loans in accounts.values()) > 3


def test_events_lie_between_the_first_and_the_cut_off_day(ant):
    loans = {
        loan["loan_id"]: (loan["originated_on"], loan["cutoff_on"])
        for loan in ant.tape["loans"].select(["loan_id", "originated_on", "cutoff_on"]).to_pylist()
    }
    kinds: Counter[str] = Counter()
    for row in ant.tape["events"].to_pylist():
        kinds[row["kind"]] += 1
        first, last = loans[row["loan_id"]]
        assert first <= row["happened_on"] <= last
    assert set(kinds) == {"restructure", "extension", "due_date_moved", "waiver", "refund"}
    assert kinds["restructure"] == sum(
        times > 0 for times in ant.tape["loans"]["restructured_times"].to_pylist()
    )


def test_a_secured_loan_has_one_registered_right_in_a_thing(small):
    made = synthesize({**small, "guarantee": {"信用": 200, "抵押": 40}}, seed=1)
    things = made.tape["collateral"].to_pylist()
    assert len({row["loan_id"] for row in things}) == len(things) == 40
    assert all(row["registered"] and row["rank"] == 1 and row["appraisal"] > 0 for row in things)
