from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from postloan.tape.checks import check_tape
from postloan.tape.identity import check_character

CUTOFF = date(2025, 6, 30)


def codes_of_row(engine, table, row):
    return {
        code for (code,) in engine.rows(
            f"SELECT DISTINCT code FROM findings WHERE table_name = '{table}' AND row = {row}"
        )
    }  # fmt: skip


def with_digits(digits: str) -> str:
    return digits + check_character(digits)


def test_a_clean_tape_has_no_finding_and_the_best_score(tape, clean, rules):
    engine = tape(**clean)
    checked = check_tape(engine, rules=rules)
    assert engine.rows("SELECT * FROM findings") == []
    assert checked.counts == ()
    assert (checked.rows, checked.quarantined, checked.score) == (40, 0, 1.0)
    assert checked.cutoff_on == CUTOFF


LOAN_FAULTS = [
    ("T020", {"loan_id": None}),
    ("T021", {"loan_id": "L00001"}),
    ("T023", {"borrower_id": None}),
    ("T028", {"borrower_id": "B99999"}),
    ("T030", {"principal": None}),
    ("T031", {"principal": Decimal("-5000.00")}),
    ("T031", {"interest": Decimal("-1.00")}),
    ("T031", {"fees": Decimal("-1.00")}),
    ("T032", {"principal": Decimal(0), "interest": Decimal(0), "stated_total": Decimal(0)}),
    ("T033", {"stated_total": Decimal("10000.01")}),
    ("T036", {"principal": Decimal("999999999.99")}),
    ("T036", {"principal": Decimal("700000.00")}),
    ("T039", {"principal": Decimal("1.10"), "stated_total": Decimal("11774.34")}),
    ("T039", {"stated_total": Decimal("1.18"), "principal": Decimal("10962.00")}),
    ("T039", {"principal": Decimal("3.50"), "stated_total": Decimal("815.84")}),
    ("T043", {"currency": "USD"}),
    ("T045", {"annual_rate": Decimal("18.000000")}),
    ("T045", {"annual_rate": Decimal("-0.100000")}),
    ("T046", {"overdue_since": date(2025, 7, 1)}),
    ("T046", {"written_off_on": date(2025, 12, 31)}),
    ("T046", {"last_paid_on": date(2026, 1, 1)}),
    ("T047", {"originated_on": date(2025, 6, 1), "written_off_on": None, "matures_on": None}),
    ("T048", {"matures_on": date(2010, 1, 1)}),
    ("T049", {"written_off_on": date(2010, 1, 1)}),
    ("T050", {"last_paid_on": date(2010, 1, 1)}),
    ("T051", {"originated_on": date(1900, 1, 1)}),
    ("T052", {"days_overdue": 1000}),
    ("T055", {"days_overdue": None, "overdue_since": None}),
    ("T056", {"days_overdue": -12}),
    ("T058", {"days_overdue": 4000}),
    ("T061", {"cutoff_on": date(2025, 3, 31)}),
    ("T064", {"grade": "normal"}),
    ("T064", {"grade": "special_mention"}),
    ("T065", {"grade": "substandard"}),
]


WARNINGS = [
    ("T040", {"principal": Decimal("70000.00"), "stated_total": Decimal("70812.34")}),
    ("T042", {"principal": Decimal("100.00"), "interest": Decimal("1200.00"), "stated_total": Decimal(1300)}),
    ("T053", {"days_overdue": 387}),
    ("T063", {"cutoff_on": None}),
    ("T068", {"written_off": False}),
    ("T069", {"grade": None}),
    ("T070", {"grade": "doubtful", "days_overdue": 300, "overdue_since": CUTOFF - timedelta(days=300)}),
    ("T071", {"product": None}),
]


BORROWER_FAULTS = [
    ("T072", {"id_number": "3.2E+17"}),
    ("T072", {"id_number": "11010119850104"}),
    ("T073", {"id_number": "110101198501040033"}),
    ("T074", {"id_number": with_digits("99010119850104003"), "born_on": None}),
    ("T076", {"id_number": with_digits("11010119850230003"), "born_on": None}),
    ("T077", {"born_on": date(1985, 1, 5)}),
    ("T078", {"sex": "female"}),
    ("T079", {"born_on": date(2010, 1, 1), "id_number": None}),
    ("T080", {"born_on": date(1900, 1, 1), "id_number": None}),
]


STEP = 10
"""Every tenth loan has a fault, every tenth borrower after those of the loans."""


def loan_row(place: int) -> int:
    return STEP * place + 7


def borrower_row(place: int) -> int:
    return STEP * len(LOAN_FAULTS + WARNINGS) // 2 + 5 * place + 4


@pytest.fixture(scope="module")
def faulty(shared_engine, rules, make):
    """One tape with every fault on a row of its own: codes by table and row, and the loans kept apart."""
    every = LOAN_FAULTS + WARNINGS
    borrowers = borrower_row(len(BORROWER_FAULTS))
    tape = {
        "loans": [make.loan(n) for n in range(2 * borrowers)],
        "borrowers": [make.borrower(n) for n in range(borrowers)],
    }
    for place, (_, fault) in enumerate(every):
        tape["loans"][loan_row(place) - 1] |= fault
    for place, (_, fault) in enumerate(BORROWER_FAULTS):
        tape["borrowers"][borrower_row(place) - 1] |= fault
    for name, rows in tape.items():
        shared_engine.register(f"typed_{name}", make.typed(name, rows))
    for other in ("addresses", "contacts", "payments", "letters"):
        shared_engine.drop(f"typed_{other}")
    check_tape(shared_engine, rules=rules)
    codes = {}
    for table, row, code in shared_engine.rows(
        "SELECT table_name, row, code FROM findings WHERE row IS NOT NULL"
    ):
        codes.setdefault((table, row), set()).add(code)
    apart = {row for (row,) in shared_engine.rows("SELECT row FROM loans WHERE quarantined")}
    return codes, apart


@pytest.mark.parametrize("place", range(len(LOAN_FAULTS)), ids=lambda place: LOAN_FAULTS[place][0])
def test_a_single_fault_in_a_loan_is_found_on_its_row_and_quarantines_it(faulty, place):
    codes, apart = faulty
    assert LOAN_FAULTS[place][0] in codes["loans", loan_row(place)]
    assert loan_row(place) in apart


@pytest.mark.parametrize("place", range(len(WARNINGS)), ids=lambda place: WARNINGS[place][0])
def test_what_only_deserves_a_look_is_not_quarantined(faulty, place):
    codes, apart = faulty
    row = loan_row(len(LOAN_FAULTS) + place)
    assert WARNINGS[place][0] in codes["loans", row]
    assert row not in apart


@pytest.mark.parametrize("place", range(len(BORROWER_FAULTS)), ids=lambda place: BORROWER_FAULTS[place][0])
def test_a_fault_in_a_borrower_quarantines_the_borrowers_loans(faulty, place):
    codes, apart = faulty
    row = borrower_row(place)
    assert BORROWER_FAULTS[place][0] in codes["borrowers", row]
    for loan in (2 * row - 1, 2 * row):
        assert codes["loans", loan] == {"T085"}
        assert loan in apart


def test_only_the_rows_with_an_error_are_quarantined(faulty):
    of_loans = {loan_row(place) for place in range(len(LOAN_FAULTS))}
    rows = [borrower_row(place) for place in range(len(BORROWER_FAULTS))]
    of_borrowers = {loan for row in rows for loan in (2 * row - 1, 2 * row)}
    shares_its_number = {2}
    assert faulty[1] == of_loans | of_borrowers | shares_its_number


def test_a_copy_of_a_row_is_kept_apart_and_the_first_row_stays(tape, clean, rules):
    clean["loans"].append(dict(clean["loans"][2]))
    engine = tape(**clean)
    check_tape(engine, rules=rules)
    assert codes_of_row(engine, "loans", 41) == {"T022"}
    assert engine.rows("SELECT row FROM loans WHERE quarantined") == [(41,)]


def test_a_copied_borrower_takes_no_loan_away_and_counts_once(tape, clean, rules):
    clean["borrowers"].append(dict(clean["borrowers"][2]))
    engine = tape(**clean)
    checked = check_tape(engine, rules=rules)
    assert checked.quarantined == 0
    assert engine.rows("SELECT COUNT(*), COUNT(DISTINCT borrower_id) FROM borrowers") == [(20, 20)]


def test_a_borrower_without_loan_is_told(tape, clean, rules):
    clean["borrowers"].append(dict(clean["borrowers"][2], borrower_id="B77777", id_number=None, born_on=None))
    engine = tape(**clean)
    check_tape(engine, rules=rules)
    assert codes_of_row(engine, "borrowers", 21) == {"T029", "T081"}


def test_identity_numbers_are_masked_in_findings(tape, clean, rules):
    clean["borrowers"][3]["id_number"] = "110101198501040033"
    engine = tape(**clean)
    check_tape(engine, rules=rules)
    shown = str(engine.rows("SELECT * FROM findings"))
    assert "110●●●33" in shown
    assert "110101198501040033" not in shown


def test_masked_identity_numbers_are_noted_once_and_not_checked(tape, clean, rules):
    for borrower in clean["borrowers"]:
        borrower["id_number"] = borrower["id_number"][:6] + "********" + borrower["id_number"][-4:]
    engine = tape(**clean)
    checked = check_tape(engine, rules=rules)
    assert [(c.code, c.rows) for c in checked.counts] == [("T083", 20)]


def test_people_and_loans_of_other_tables_must_be_on_the_tape(tape, clean, rules):
    engine = tape(
        **clean,
        payments=[
            {"loan_id": "L00001", "paid_on": date(2024, 1, 1), "amount": Decimal("10.00")},
            {"loan_id": "L99999", "paid_on": date(2024, 1, 1), "amount": Decimal("10.00")},
            {"loan_id": "L00001", "paid_on": date(2025, 7, 9), "amount": Decimal("0.00")},
        ],
        addresses=[
            {"borrower_id": "B00001", "text": "某路1号", "source": "id_card"},
            {"borrower_id": "B66666", "text": None, "source": None},
        ],
        contacts=[
            {"borrower_id": "B00001", "kind": "mobile", "value": "13800000000", "role": "debtor"},
            {"borrower_id": "B00001", "kind": "mobile", "value": "12300000000", "role": "debtor"},
        ],
        letters=[
            {
                "letter_id": "E1",
                "borrower_id": "B00001",
                "sent_on": date(2025, 5, 1),
                "outcome_on": date(2025, 4, 1),
            },
            {"letter_id": "E1", "borrower_id": "B00001", "sent_on": date(2025, 5, 1), "outcome_on": None},
        ],
    )
    checked = check_tape(engine, rules=rules)
    assert codes_of_row(engine, "payments", 1) == set()
    assert codes_of_row(engine, "payments", 2) == {"T087"}
    assert codes_of_row(engine, "payments", 3) == {"T088", "T089"}
    assert codes_of_row(engine, "addresses", 2) == {"T090", "T091", "T092"}
    assert codes_of_row(engine, "contacts", 2) == {"T093"}
    assert codes_of_row(engine, "contacts", 1) == set()
    assert codes_of_row(engine, "letters", 1) == {"T095", "T096"}
    assert checked.quarantined == 0
