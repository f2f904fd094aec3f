"""Each sign of a hidden non-performing loan is seen at its border, with the rows that show it, and not before."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from postloan.decide.hidden import SIGNS, alert_counts, alert_findings, alerts_query
from postloan.kernel.days import months_later
from postloan.rules import load_book

BOOK = load_book()
ON = date(2025, 6, 30)
DAY = date(2024, 5, 10)
YUAN = Decimal("1.00")


def seen(engine):
    """Sign → loan → rows that show it."""
    engine.table("alerts", alerts_query(engine, BOOK, on=ON))
    found: dict[str, dict[str, str]] = {}
    for sign, loan, rows in engine.rows("SELECT sign, loan_id, rows FROM alerts"):
        found.setdefault(sign, {})[loan] = rows
    return found


def paid(loan, on, principal, interest, **more):
    return {
        "loan_id": loan, "paid_on": on, "amount": principal + interest, "principal": principal,
        "interest": interest, **more,
    }  # fmt: skip


def due(loan, on, principal, interest=YUAN):
    return {"loan_id": loan, "due_on": on, "principal_due": principal, "interest_due": interest}


def event(loan, kind, on, **more):
    return {"loan_id": loan, "kind": kind, "happened_on": on, **more}


def months(loan, principals, **more):
    return [paid(loan, months_later(DAY, n), YUAN * p, YUAN, **more) for n, p in enumerate(principals)]


def test_without_tables_that_could_show_a_sign_nothing_is_looked_for(engine, tape):
    tape([{}])
    assert alerts_query(engine, BOOK, on=ON) is None


def test_interest_alone_in_three_months_running_is_a_sign_unless_the_schedule_says_so(engine, tape):
    payments = [
        *months("L1", [0, 0, 0]),
        *months("L2", [0, 0, 1, 0, 0]),
        *months("L3", [1, 0, 0, 0, 0, 1]),
        *months("L4", [0, 0, 0]),
        *months("L5", [0, 0, 0]),
        *[paid("L6", DAY + timedelta(days=n), 0 * YUAN, YUAN) for n in range(5)],
        {"loan_id": "L7", "paid_on": DAY, "amount": YUAN},
    ]
    bullet = due("L4", date(2025, 5, 10), 50 * YUAN)
    schedules = [bullet, due("L5", months_later(DAY, 1), YUAN), due("L5", months_later(DAY, 9), YUAN)]
    tape([{}] * 7, payments=payments, schedules=schedules)
    assert seen(engine)["interest_only"] == {"L1": "1 2 3", "L3": "10 11 12 13", "L5": "18 19 20"}


def test_a_new_loan_of_about_the_amount_due_is_a_sign_within_its_days_and_its_tenth(engine, tape):
    amount = 5_000 * YUAN
    old = {"borrower_id": "B1", "originated_on": date(2023, 1, 1), "paid_out": 9 * amount}

    def fresh(days, paid_out, borrower="B1"):
        on = DAY - timedelta(days=days)
        return {"borrower_id": borrower, "originated_on": on, "paid_out": paid_out}

    people = [("B1", ""), ("B2", "")]

    def found(*loans, **first):
        tape([{**old, **first}, *loans], people, schedules=[due("L1", DAY, amount - YUAN)])
        return seen(engine).get("new_loan", {})

    assert found(fresh(10, amount)) == {"L1": "1"}
    assert found(fresh(0, amount * Decimal("1.1"))) == {"L1": "1"}
    assert found(fresh(11, amount)) == {}
    assert found(fresh(-1, amount)) == {}
    assert found(fresh(3, amount * Decimal("1.11"))) == {}
    assert found(fresh(3, amount, "B2")) == {}
    assert found(fresh(3, amount), overdue_since=DAY) == {}
    assert found(fresh(3, amount), overdue_since=DAY + timedelta(days=1)) == {"L1": "1"}


def test_without_a_schedule_the_last_day_of_the_term_is_the_due_day(engine, tape):
    old = {"matures_on": DAY, "paid_out": 5_000 * YUAN}
    new = {"originated_on": DAY - timedelta(days=2), "paid_out": 5_100 * YUAN}
    tape([old, new], payments=[paid("L1", DAY, 5_000 * YUAN, YUAN)])
    assert seen(engine) == {"new_loan": {"L1": "1"}}
    assert engine.rows("SELECT table_name, found FROM alerts") == [("loans", "L2 (2024-05-08, 5,100.00)")]


def test_a_second_extension_is_serial_and_a_second_or_long_move_of_the_due_day_is_a_sign(engine, tape):
    later = DAY + timedelta(days=31)
    moved = {"from_on": DAY, "to_on": later}
    tape(
        [{}] * 8,
        events=[
            event("L1", "extension", DAY), event("L2", "extension", DAY), event("L2", "extension", later),
            event("L3", "extension", DAY), event("L3", "extension", ON + timedelta(days=1)),
            event("L4", "due_date_moved", DAY, **moved),
            event("L5", "due_date_moved", DAY, from_on=DAY, to_on=later + timedelta(days=1)),
            event("L6", "due_date_moved", DAY, **moved), event("L6", "due_date_moved", later, **moved),
            event("L7", "due_date_moved", DAY, from_on=later, to_on=DAY),
            event("L7", "due_date_moved", later, **moved),
            event("L99", "extension", DAY), event("L99", "extension", later),
        ],
    )  # fmt: skip
    assert seen(engine) == {"serial_extensions": {"L2": "2 3"}, "due_dates_moved": {"L5": "7", "L6": "8 9"}}


@pytest.mark.parametrize(
    ("paid_on", "back_on", "share", "sign"),
    [
        (date(2025, 3, 31), date(2025, 4, 1), "1.00", True),
        (date(2025, 3, 21), date(2025, 4, 15), "0.50", True),
        (date(2024, 12, 25), date(2025, 1, 5), "1.00", True),
        (date(2025, 3, 20), date(2025, 4, 15), "1.00", False),
        (date(2025, 3, 21), date(2025, 4, 16), "1.00", False),
        (date(2025, 3, 31), date(2025, 4, 1), "0.49", False),
        (date(2025, 2, 27), date(2025, 3, 2), "1.00", False),
        (date(2025, 4, 1), date(2025, 4, 2), "1.00", False),
    ],
)
def test_money_that_comes_before_a_quarter_ends_and_goes_after_is_a_sign(
    engine, tape, paid_on, back_on, share, sign
):
    back = event("L1", "refund", back_on, amount=100 * Decimal(share))
    tape([{}], payments=[paid("L1", paid_on, 90 * YUAN, 10 * YUAN)], events=[back])
    assert seen(engine) == ({"refund_after": {"L1": "1"}} if sign else {})


def test_money_of_the_lender_s_side_or_of_one_account_for_many_is_a_sign(engine, tape):
    def by(loan, relation=None, payer=None):
        return paid(loan, DAY, YUAN, YUAN, payer_relation=relation, payer=payer)

    loans = [{"borrower_id": f"B{n}"} for n in range(1, 10)]
    payments = [
        by("L1", "self"), by("L2", "staff"), by("L2", "self"), by("L3", "family"),
        by("L4", None, 7), by("L5", "third_party", 7), by("L6", "third_party", 7), by("L6", None, 7),
        by("L7", "court", 8), by("L8", "court", 8), by("L9", "court", 8), by("L7", None, 9), by("L8", None, 9),
    ]  # fmt: skip
    tape(loans, [(f"B{n}", "") for n in range(1, 10)], payments=payments)
    assert seen(engine) == {
        "related_payer": {"L2": "2"},
        "shared_account": {"L4": "5", "L5": "6", "L6": "7 8"},
    }
    said = engine.rows("SELECT says_en, says_zh FROM alerts WHERE loan_id = 'L2'")[0]
    assert said == (
        "1 of its payments came from the lender's side (lender's staff).",
        "有 1 笔还款来自贷款机构一方（员工）。",
    )


def test_counts_are_exact_rows_are_capped_and_every_alert_speaks_both_languages(engine, tape):
    events = [
        event(f"L{n}", "extension", DAY + timedelta(days=m)) for n in range(1, 31) for m in range(n % 9 + 2)
    ]
    tape([{"total": YUAN}] * 30, events=events)
    assert len(seen(engine)["serial_extensions"]) == 30
    assert [(one.code, one.loans, one.total) for one in alert_counts(engine)] == [("D033", 30, 30 * YUAN)]
    counts, shown = alert_findings(engine, cap=4)
    assert [(count.code, count.rows, count.shown) for count in counts] == [("D033", 30, 4)]
    assert len(shown) == 4
    for en, zh, rows, times in engine.rows("SELECT says_en, says_zh, rows, times FROM alerts"):
        assert str(times) in en
        assert str(times) in zh
        assert "{" not in en + zh
        assert len(rows.split()) == min(times, 6)
    assert shown[0].says("en") == engine.rows("SELECT says_en FROM alerts ORDER BY row LIMIT 1")[0][0]


def test_every_sign_has_its_query_its_rule_and_its_finding():
    from postloan.kernel import load_kinds, load_queries

    for sign in SIGNS:
        assert sign.name in load_queries("postloan.decide", "hidden.sql")
        assert load_kinds("postloan.decide")[sign.code].severity == "warning", "an alert is no verdict"
        for name in sign.parameters:
            assert BOOK.holds(f"{sign.rule}.{name}", on=ON)


def test_interest_alone_after_the_schedule_has_ended_is_a_sign(engine, tape):
    ended = [due("L1", DAY - timedelta(days=40), YUAN), due("L1", DAY - timedelta(days=9), YUAN)]
    tape([{}], payments=months("L1", [0, 0, 0]), schedules=ended)
    assert seen(engine) == {"interest_only": {"L1": "1 2 3"}}


@pytest.mark.parametrize(
    ("amount", "text"), [("900.00", "900.00"), ("1234.56", "1,234.56"), ("12345678.90", "12,345,678.90")]
)
def test_amounts_in_a_sentence_are_written_as_people_write_them(engine, tape, amount, text):
    money = Decimal(amount)
    payments = [paid("L1", date(2025, 3, 31), money, 0 * YUAN)]
    tape([{}], payments=payments, events=[event("L1", "refund", date(2025, 4, 2), amount=money)])
    engine.table("alerts", alerts_query(engine, BOOK, on=ON))
    ((said,),) = engine.rows("SELECT says_en FROM alerts")
    assert f"payment of {text} (2025-03-31)" in said
    assert f"and {text} (2025-04-02)" in said
