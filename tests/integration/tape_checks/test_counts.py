from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.tape.checks import check_tape
from postloan.tape.columns import tables

# Each fault with its field and the code that must be counted for it. None of them calls another's code.
FAULTS = {
    ("T031", "fees"): {"fees": Decimal("-1.00")},
    ("T045", "annual_rate"): {"annual_rate": Decimal("-0.200000")},
    ("T048", "matures_on"): {"matures_on": None},
    ("T069", "grade"): {"grade": None},
    ("T071", "product"): {"product": None},
    ("T023", "borrower_id"): {"borrower_id": None},
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    planted=st.lists(st.sets(st.sampled_from(sorted(FAULTS))), min_size=40, max_size=40),
    cap=st.integers(0, 5),
)
def test_counts_are_exact_whatever_the_cap_and_no_row_is_lost(tape, clean, rules, planted, cap):
    loans = [dict(loan) for loan in clean["loans"]]
    for loan, faults in zip(loans, planted, strict=True):
        for fault in faults:
            loan |= FAULTS[fault]
            if fault == ("T048", "matures_on"):
                loan["matures_on"] = loan["originated_on"].replace(year=2010)
    engine = tape(loans=loans)
    checked = check_tape(engine, rules=rules, cap=cap)
    expected = {key: sum(key in faults for faults in planted) for key in FAULTS}
    if expected["T045", "annual_rate"] >= 20:
        expected["T044", "annual_rate"] = expected.pop(("T045", "annual_rate"))
    if expected[("T069", "grade")] == 40:
        expected["T069", "grade"] = 0
    counted = {(c.code, c.field): c.rows for c in checked.counts}
    assert counted == {key: times for key, times in expected.items() if times}
    for count in checked.counts:
        assert count.shown == (1 if count.code == "T044" else min(cap, count.rows))
    shown = engine.rows(
        "SELECT code, field, COUNT(*) FROM findings WHERE row IS NOT NULL GROUP BY code, field"
    )
    assert {(c, f): n for c, f, n in shown} == {
        (c.code, c.field): c.shown for c in checked.counts if c.shown and c.code != "T044"
    }
    errors = {"T031", "T048", "T023"} | ({"T045"} if ("T045", "annual_rate") in expected else set())
    apart = [row for row, faults in enumerate(planted, 1) if errors & {code for code, _ in faults}]
    resolved = engine.rows("SELECT row, quarantined FROM loans ORDER BY row")
    assert [row for row, _ in resolved] == list(range(1, 41))
    assert [row for row, quarantined in resolved if quarantined] == apart
    assert checked.quarantined == len(apart)


def test_the_rows_shown_are_the_first_ones(tape, clean, rules):
    for loan in clean["loans"][5:]:
        loan["fees"] = Decimal("-1.00")
    engine = tape(**clean)
    check_tape(engine, rules=rules, cap=3)
    assert engine.rows("SELECT row FROM findings WHERE code = 'T031' ORDER BY row") == [(6,), (7,), (8,)]


def test_unreadable_cells_are_counted_shown_and_quarantine_where_they_are_needed(tape, clean, rules):
    clean["loans"][4]["principal"] = None
    engine = tape(**clean)
    fields = list(tables()["loans"].columns)
    principal, rate = 1 << fields.index("principal"), 1 << fields.index("annual_rate")
    marks = f"CASE row WHEN 5 THEN {principal + rate} WHEN 9 THEN {rate} ELSE 0 END AS unread"
    engine.table("typed_loans", f"SELECT *, {marks} FROM typed_loans")
    unread = {
        ("loans", "principal"): "SELECT CAST(5 AS BIGINT) AS row, 'abc' AS found",
        ("loans", "annual_rate"): "SELECT row, 'x%' AS found FROM typed_loans WHERE row IN (5, 9)",
    }
    checked = check_tape(engine, rules=rules, unread=unread)
    assert engine.rows("SELECT row, found FROM findings WHERE code = 'T024'") == [(5, "abc")]
    counted = {(c.code, c.field): c.rows for c in checked.counts}
    assert counted[("T024", "principal")] == 1
    assert counted[("T025", "annual_rate")] == 2
    assert engine.rows("SELECT row FROM loans WHERE quarantined") == [(5,)]
    says = engine.rows("SELECT says_en FROM findings WHERE code = 'T024'")
    assert says == [("A needed value cannot be read: 'abc' is not an amount in yuan.",)]


def test_control_totals_that_differ_are_an_error_and_those_that_agree_are_silent(tape, clean, rules):
    total = sum(loan["principal"] for loan in clean["loans"])
    engine = tape(**clean)
    right = check_tape(engine, rules=rules, control={"loans": {"principal": total}})
    assert right.counts == ()
    wrong = check_tape(engine, rules=rules, control={"loans": {"principal": total + 1}})
    assert [(c.code, c.field) for c in wrong.counts] == [("T041", "principal")]


def test_an_accepted_code_warns_and_quarantines_nothing(tape, clean, rules):
    clean["loans"][4]["grade"] = "substandard"
    engine = tape(**clean)
    assert check_tape(engine, rules=rules).quarantined == 1
    accepted = check_tape(engine, rules=rules, accepted={"T065"})
    assert (accepted.quarantined, [c.severity for c in accepted.counts]) == (0, ["warning", "warning"])


def test_the_score_falls_with_every_fault_and_names_the_field(tape, clean, rules):
    engine = tape(**clean)
    best = check_tape(engine, rules=rules).score
    clean["loans"][4] |= {"fees": Decimal("-1.00"), "grade": None}
    engine = tape(**clean)
    worse = check_tape(engine, rules=rules).score
    assert worse < best == 1.0
    rows = engine.rows(
        "SELECT field, filled, valid, faulty FROM field_quality"
        " WHERE table_name = 'loans' AND field IN ('fees', 'grade')"
    )
    assert sorted(rows) == [("fees", 1, 0, 1), ("grade", 39, 39, 1)]
    assert engine.rows("SELECT score FROM field_quality WHERE table_name = '' AND field = ''") == [(worse,)]
