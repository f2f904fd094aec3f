"""Instalments, events, collateral and assets taken for debt are held against their loans, each row by itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from postloan.kernel.days import months_later
from postloan.tape.checks import check_tape
from postloan.tape.columns import tables

CUTOFF = date(2025, 6, 30)
YUAN = Decimal("1.00")


def seen(engine, table):
    """The codes on each row of a table."""
    found: dict[int, set[str]] = {}
    query = f"SELECT row, code FROM findings WHERE table_name = '{table}' AND row IS NOT NULL"
    for row, code in engine.rows(query):
        found.setdefault(row, set()).add(code)
    return found


def checked(tape, rules, rows, **given):
    """What is found on rows of one table, each given with the codes that it should have."""
    (name,) = rows
    engine = tape(**given, **{name: [row for row, _ in rows[name]]})
    check_tape(engine, rules=rules)
    wanted = {place: {code} for place, (_, code) in enumerate(rows[name], start=1) if code}
    assert seen(engine, name) == wanted


def test_the_parts_of_a_payment_are_its_amount(tape, clean, rules):
    whole = {"loan_id": "L00001", "paid_on": date(2024, 1, 5), "amount": 100 * YUAN}
    parts = {"principal": 80 * YUAN, "interest": 15 * YUAN, "penalty": 3 * YUAN, "fees": 2 * YUAN}
    rows = [
        ({**whole, **parts, "reference": "R1", "payer_relation": "self"}, None),
        (whole, None),
        ({**whole, **parts, "fees": 3 * YUAN}, "T101"),
        ({**whole, **parts, "fees": -2 * YUAN, "interest": 19 * YUAN}, "T102"),
        ({**whole, "reference": "R2"}, "T103"),
        ({**whole, "reference": "R2"}, "T103"),
    ]
    checked(tape, rules, {"payments": rows}, **clean)


def test_a_schedule_fits_its_loan(tape, clean, rules):
    granted, ends = clean["loans"][0]["originated_on"], clean["loans"][0]["matures_on"]
    day = granted + timedelta(days=40)

    def due(loan, on, principal, interest=YUAN):
        return {"loan_id": loan, "due_on": on, "principal_due": principal, "interest_due": interest}

    paid_out, left = clean["loans"][0]["paid_out"], clean["loans"][1]["principal"]
    rows = [
        (due("L00000", day, paid_out - 5 * YUAN), None),
        (due("L00000", ends, 5 * YUAN), None),
        (due("L00001", day + timedelta(days=5), left), None),
        (due("L00002", day + timedelta(days=5), left), "T109"),
        (due("L00003", None, paid_out), "T105"),
        (due("L00004", day + timedelta(days=5), paid_out, -YUAN), "T105"),
        (due("L00005", date(2020, 1, 1), paid_out), "T106"),
        (due("L00006", date(2099, 1, 1), paid_out), "T107"),
        (due("L00007", day + timedelta(days=9), paid_out - YUAN), "T108"),
        (due("L00007", day + timedelta(days=9), YUAN), "T108"),
        (due("L99999", day, YUAN), "T100"),
        (due(None, day, YUAN), "T026"),
    ]
    checked(tape, rules, {"schedules": rows}, **clean)


def test_an_event_has_its_day_its_amount_and_its_loan(tape, clean, rules):
    day = clean["loans"][0]["originated_on"] + timedelta(days=60)
    clean["borrowers"][4]["flags"] = "vulnerable deceased"

    def event(loan, kind, on=day, **more):
        return {"loan_id": loan, "kind": kind, "happened_on": on, **more}

    later = {"from_on": day, "to_on": day + timedelta(days=30)}
    rows = [
        (event("L00001", "extension", **later), None),
        (event("L00001", "waiver", amount=YUAN), None),
        (event("L00001", "write_off", amount=YUAN), None),
        (event("L00008", "death"), None),
        (event("L00006", "death"), "T118"),
        (event("L00006", "dispute"), "T118"),
        (event("L00001", None), "T110"),
        (event("L00001", "other", None), "T110"),
        (event("L00001", "other", date(2025, 7, 1)), "T111"),
        (event("L00001", "other", date(2019, 7, 1)), "T112"),
        (event("L00001", "due_date_moved", from_on=later["to_on"], to_on=day), "T113"),
        (event("L00001", "extension", from_on=day), "T114"),
        (event("L00001", "refund"), "T115"),
        (event("L00001", "refinance", amount=-YUAN), "T115"),
        (event("L00001", "refinance", related_loan_id="L00001"), "T116"),
        (event("L00010", "write_off", amount=YUAN), "T117"),
        (event("L99999", "other"), "T100"),
        (event(None, "other"), "T026"),
    ]
    clean["loans"][10] |= {"written_off": False, "written_off_on": None, "grade": "loss"}
    checked(tape, rules, {"events": rows}, **clean)


def test_collateral_has_a_recent_value_a_rank_of_its_own_and_a_register(tape, clean, rules):
    for loan in clean["loans"]:
        loan["guarantee"] = "mortgage"
    clean["loans"][9]["guarantee"] = "credit"
    good = {"loan_id": "L00001", "kind": "home", "appraisal": 9 * YUAN, "appraised_on": date(2025, 1, 1)}
    good |= {"registered": True, "rank": 1}
    rows = [
        ({**good, "place": "甲路1号"}, None),
        ({**good, "place": "甲路1号", "rank": 2}, None),
        ({**good, "appraised_on": months_later(CUTOFF, -12)}, None),
        ({**good, "appraised_on": months_later(CUTOFF, -12) - timedelta(days=1)}, "T122"),
        ({**good, "appraisal": None}, "T120"),
        ({**good, "appraised_on": date(2025, 7, 1)}, "T121"),
        ({**good, "place": "乙路2号"}, "T123"),
        ({**good, "place": "乙路2号", "loan_id": "L00002"}, "T123"),
        ({**good, "rank": 0}, "T124"),
        ({**good, "loan_id": "L00009"}, "T125"),
        ({**good, "registered": False}, "T126"),
        ({**good, "kind": "vehicle", "registered": False}, None),
        ({**good, "loan_id": "L99999"}, "T100"),
        ({**good, "loan_id": None}, "T026"),
    ]
    checked(tape, rules, {"collateral": rows}, **clean)


def test_an_asset_taken_for_debt_has_a_value_and_came_after_its_loan(tape, clean, rules):
    good = {"kind": "liquor", "acquired_on": date(2025, 3, 1), "acquired_value": 9 * YUAN, "claim": "L00001"}
    rows = [
        ({**good, "asset_id": "A1"}, None),
        ({**good, "asset_id": "A2", "claim": None}, None),
        ({**good, "asset_id": "A3", "acquired_value": None}, "T127"),
        ({**good, "asset_id": "A4", "acquired_on": date(2025, 7, 1)}, "T128"),
        ({**good, "asset_id": "A5"}, "T129"),
        ({**good, "asset_id": "A5"}, "T129"),
        ({**good, "asset_id": "A6", "acquired_on": date(2010, 1, 1)}, "T130"),
        ({**good, "asset_id": "A7", "claim": "L99999"}, "T100"),
    ]
    checked(tape, rules, {"owned_assets": rows}, **clean)


def test_what_an_event_tells_is_said_in_the_reader_s_words(tape, clean, rules):
    clean["events"] = [{"loan_id": "L00006", "kind": "death", "happened_on": date(2025, 1, 2)}]
    engine = tape(**clean)
    check_tape(engine, rules=rules)
    (said,) = engine.rows("SELECT says_en, says_zh FROM findings WHERE code = 'T118'")
    assert "tells of a death" in said[0]
    assert "“死亡”" in said[1]


def test_a_habit_of_the_seller_is_one_finding_and_not_thousands(tape, clean, rules):
    clean["payments"] = [
        {"loan_id": f"L{n:05}", "paid_on": date(2024, 1, 5), "amount": 100 * YUAN, "principal": 90 * YUAN}
        for n in range(40)
    ]
    check = check_tape(tape(**clean), rules=rules)
    assert [(count.code, count.field, count.rows) for count in check.counts] == [("T099", "amount", 40)]


def test_tables_that_are_not_given_are_not_looked_at(tape, clean, rules):
    engine = tape(**clean)
    check_tape(engine, rules=rules)
    given = {name for (name,) in engine.rows("SELECT DISTINCT table_name FROM field_quality")}
    assert given == {"", "loans", "borrowers"}
    assert set(tables()) >= {"schedules", "events", "collateral", "owned_assets"}
