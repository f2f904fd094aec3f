from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from postloan.tape.checks import check_tape
from postloan.tape.mending import (
    BadMendingFile,
    Proposal,
    apply_mending,
    mending_rules,
    proposals_from_yaml,
    proposals_to_yaml,
    propose,
)


def proposed(engine, rules):
    return propose(engine, check_tape(engine, rules=rules).counts)


def mend(engine, rules, *names):
    """Propose, approve the named rules through the file, apply, check again."""
    text = proposals_to_yaml(proposed(engine, rules))
    read = [Proposal(p.rule, p.rows, p.examples, p.rule.name in names) for p in proposals_from_yaml(text)]
    mended = apply_mending(engine, read, rules=rules)
    return check_tape(engine, rules=rules, names=mended.names, also=mended.findings), mended


def test_a_clean_tape_gives_nothing_to_mend(tape, clean, rules):
    assert proposed(tape(**clean), rules) == []


def test_a_column_in_ten_thousands_blocks_until_it_is_mended(tape, clean, rules):
    for loan in clean["loans"]:
        for field in ("principal", "interest", "stated_total"):
            loan[field] = (loan[field] / 10_000).quantize(Decimal("0.01"))
    engine = tape(**clean)
    before = check_tape(engine, rules=rules)
    assert before.blocking
    assert {p.rule.name for p in propose(engine, before.counts)} >= {
        "principal_to_yuan",
        "stated_total_to_yuan",
    }
    names = ("principal_to_yuan", "interest_to_yuan", "stated_total_to_yuan")
    after, mended = mend(engine, rules, *names)
    assert not after.blocking
    assert [f.code for f in mended.findings] == ["T097"] * 3
    assert engine.rows("SELECT principal FROM loans WHERE row = 1") == [(Decimal("9000.00"),)]
    assert engine.rows("SELECT principal FROM typed_loans WHERE row = 1") == [(Decimal("0.90"),)]


@pytest.mark.parametrize(
    ("name", "fault", "field", "mended_to"),
    [
        ("principal_slip", {"principal": Decimal("1.10"), "stated_total": Decimal("11774.34")}, "principal",
         Decimal("10962.00")),
        ("total_slip", {"principal": Decimal("10962.00"), "stated_total": Decimal("1.18")}, "stated_total",
         Decimal("11774.34")),
        ("days_from_dates", {"days_overdue": 55}, "days_overdue", 386),
        ("overdue_day_month", {"overdue_since": date(2024, 9, 6), "days_overdue": 386 + 3}, "overdue_since",
         date(2024, 6, 9)),
        ("last_paid_on_emptied", {"last_paid_on": date(1900, 1, 1)}, "last_paid_on", None),
        ("cutoff_of_the_tape", {"cutoff_on": date(2025, 6, 29)}, "cutoff_on", date(2025, 6, 30)),
    ],
)  # fmt: skip
def test_an_approved_rule_mends_the_row_and_frees_it(tape, clean, rules, name, fault, field, mended_to):
    clean["loans"][6] |= fault
    if name == "overdue_day_month":
        clean["loans"][6]["days_overdue"] = (date(2025, 6, 30) - date(2024, 6, 9)).days
    engine = tape(**clean)
    assert name in {p.rule.name for p in proposed(engine, rules)}
    after, _ = mend(engine, rules, name)
    assert engine.rows(f"SELECT {field} FROM loans WHERE row = 7") == [(mended_to,)]
    assert after.quarantined == 0


def test_rates_in_percent_and_folded_penalties_are_seen_as_the_sellers_way(tape, clean, rules):
    for loan in clean["loans"]:
        loan["annual_rate"] *= 100
        loan |= {"penalty": Decimal("50.00"), "compound_interest": Decimal("1.50")}
        loan["stated_total"] += Decimal("51.50")
    engine = tape(**clean)
    before = check_tape(engine, rules=rules)
    assert {(c.code, c.rows) for c in before.counts} == {("T035", 40), ("T044", 40)}
    assert before.quarantined == 0
    after, _ = mend(engine, rules, "rate_from_percent", "penalty_folded")
    assert {c.code for c in after.counts} - {"T035"} == {"T097"}
    assert engine.rows("SELECT annual_rate, interest FROM loans WHERE row = 1") == [
        (Decimal("0.180000"), Decimal("863.84"))
    ]


def test_copies_are_left_out_only_when_approved(tape, clean, rules):
    clean["loans"].append(dict(clean["loans"][2]))
    clean["borrowers"].append(dict(clean["borrowers"][2]))
    engine = tape(**clean)
    untouched, mended = mend(engine, rules)
    assert (untouched.rows, mended.names) == (41, {})
    after, _ = mend(engine, rules, "copies_dropped", "borrower_copies_dropped")
    assert (after.rows, after.quarantined) == (40, 0)
    assert engine.rows("SELECT COUNT(*) FROM typed_loans") == [(41,)]


def test_identity_numbers_lose_their_blanks_and_are_masked_in_the_proposal(tape, clean, rules):
    number = clean["borrowers"][3]["id_number"]
    clean["borrowers"][3]["id_number"] = f"'{number[:6]} {number[6:]}"
    engine = tape(**clean)
    text = proposals_to_yaml(proposed(engine, rules))
    assert number[6:14] not in text
    after, _ = mend(engine, rules, "id_number_cleaned")
    assert after.quarantined == 0


def test_an_approval_for_another_tape_is_refused_with_a_finding(tape, clean, rules):
    clean["loans"][6]["days_overdue"] = 55
    engine = tape(**clean)
    old = Proposal(mending_rules()["days_from_dates"], rows=3, examples=(), approved=True)
    mended = apply_mending(engine, [old], rules=rules)
    assert mended.names == {}
    assert [f.code for f in mended.findings] == ["T098"]


@pytest.mark.parametrize(
    "text",
    [
        "nothing: here",
        "proposals: [{rule: no_such_rule, rows: 1, approved: true}]",
        "proposals: [{rule: copies_dropped, rows: 1, approved: perhaps}]",
        "proposals: [{rule: copies_dropped, rows: 1}]",
        "proposals: {",
    ],
)
def test_a_file_that_is_no_approval_is_refused_with_advice(text):
    with pytest.raises(BadMendingFile, match="approved"):
        proposals_from_yaml(text)
