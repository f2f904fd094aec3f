"""The query over the whole tape and the function for one loan are the same rules, and must agree."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.decide import Grade, LoanFacts, classify, grade
from postloan.decide.summaries import grade_summary
from postloan.rules import load_book, parse_rules
from postloan.rules.book import RuleBook

COLUMNS = "row, loan_id, seller_grade, grade, effective_grade, because, differs, rule_book"
DAYS = [None, -5, 0, 1, 90, 91, 270, 271, 360, 361, 5_000]
CUTOFFS = [None, date(2021, 3, 31), date(2023, 6, 30), date(2023, 7, 1), date(2026, 10, 31)]
GRADES = [None, *map(str, Grade)]


def check_agreement(engine, rows, book):
    grade(engine, book)
    found = engine.rows(f"SELECT {COLUMNS} FROM grades ORDER BY row")
    assert len(found) == len(rows)
    for row, got in zip(rows, found, strict=True):
        facts = LoanFacts(row["days_overdue"], row["restructured_times"] or 0)
        want = classify(facts, book, row["cutoff_on"]) if row["cutoff_on"] else None
        computed = want.grade if want else None
        seller = row["grade"]
        assert got == (
            row["row"],
            row["loan_id"],
            seller,
            computed,
            seller or computed,
            " ".join(want.because) if want else "",
            bool(seller and computed and seller != computed),
            book.version,
        )


def test_query_and_function_agree_at_every_border(engine, tape):
    cases = product(DAYS, [None, 0, 1, 2, 3], CUTOFFS, GRADES)
    names = ("days_overdue", "restructured_times", "cutoff_on", "grade")
    rows = tape([dict(zip(names, case, strict=True)) for case in cases])
    check_agreement(engine, rows, load_book())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "days_overdue": st.none() | st.integers(-100, 3_000),
                "restructured_times": st.none() | st.integers(0, 5),
                "cutoff_on": st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
                "grade": st.sampled_from(GRADES),
            }
        ),
        min_size=1,
        max_size=60,
    )
)
def test_query_and_function_agree_on_any_tape(engine, tape, loans):
    check_agreement(engine, tape(loans), load_book())


def later_text():
    """A rule book in which the substandard threshold changes to 60 days on 2026-01-01 and ends with 2027."""
    from importlib.resources import files

    texts = {
        name: (files("postloan.rules") / pack / name_of).read_text(encoding="utf-8")
        for pack, name_of, name in [
            ("cn", "classification.yaml", "cn"),
            ("house", "classification.yaml", "house"),
        ]
    }
    old = "          2023-07-01: {value: 90, source: *order}\n"
    assert old in texts["cn"]
    new = old + "          2026-01-01: {value: 60, until: 2026-12-31, source: *order}\n"
    texts["cn"] = texts["cn"].replace(old, new)
    return RuleBook([rule for name, text in texts.items() for rule in parse_rules(text, name)])


def test_each_loan_is_judged_by_the_values_of_its_own_cutoff(engine, tape):
    book = later_text()
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    rows = tape([{"days_overdue": 75, "cutoff_on": day} for day in days])
    check_agreement(engine, rows, book)
    assert [row[0] for row in engine.rows("SELECT grade FROM grades ORDER BY row")] == [
        "special_mention",
        "substandard",
        "substandard",
        None,
    ]


def test_findings_count_each_pair_of_grades_apart(engine, tape):
    better = {"grade": "substandard", "days_overdue": 361}
    tape(
        [better] * 3
        + [{**better, "originated_on": date(2020, 1, 1)}] * 2
        + [{"grade": "loss", "days_overdue": 100}]
        + [{"grade": "loss", "days_overdue": 400}]
        + [{"restructured_times": 2, "days_overdue": 0}]
    )
    found = {
        (finding.code, finding.found, finding.expected): finding.count
        for finding in grade(engine, load_book())
    }
    assert found == {
        ("D004", "substandard 次级", "loss 损失"): 3,
        ("D006", "substandard 次级", "loss 损失"): 2,
        ("D005", "loss 损失", "substandard 次级"): 1,
        ("D007", "1", ""): 1,
    }


def test_a_cutoff_before_the_order_gives_no_grade_and_says_so(engine, tape):
    tape(
        [{"cutoff_on": date(2021, 12, 31), "grade": "loss"}] * 2
        + [{"days_overdue": None}, {"cutoff_on": None}]
    )
    findings = grade(engine, load_book())
    assert {(one.code, one.found, one.count) for one in findings} == {
        ("D001", "2021-12-31", 2),
        ("D002", "", 1),
        ("D003", "2025-06-30", 1),
    }
    for one in findings:
        assert one.says("en")
        assert one.says("zh")
    assert "2023-07-01" in findings[0].says() or "2023-07-01" in findings[1].says()
    assert engine.rows("SELECT DISTINCT because FROM grades WHERE grade IS NULL") == [("",)]
    assert engine.rows("SELECT effective_grade FROM grades WHERE row = 1") == [("loss",)]


def test_the_migration_matrix_and_the_reasons_add_up_to_the_tape(engine, tape):
    start = date(2025, 6, 30)
    rows = tape(
        [
            {"grade": GRADES[n % 6], "days_overdue": n * 7, "restructured_times": n % 3, "cutoff_on": start}
            for n in range(90)
        ]
        + [{"cutoff_on": start - timedelta(days=2_000)}]
    )
    grade(engine, load_book())
    matrix, reasons = grade_summary(engine)
    assert sum(cell.loans for cell in matrix) == len(rows)
    assert sum(cell.total for cell in matrix) == len(rows) * Decimal("100.25")
    assert sum(cell.loans for cell in matrix if not cell.computed) == 1
    assert sum(one.loans for one in reasons if one.rule == "CN-CLS-01") < len(rows)
    assert {one.rule for one in reasons} == {"CN-CLS-01", "CN-CLS-02", "HS-CLS-01"}


def test_an_empty_tape_has_no_grades_and_no_findings(engine, tape):
    tape([])
    assert grade(engine, load_book()) == []
    assert grade_summary(engine) == ((), ())


def test_the_transition_covers_loans_granted_before_the_order_up_to_its_last_day(engine, tape):
    better = {"grade": "substandard", "days_overdue": 361}
    before, first = date(2023, 6, 30), date(2023, 7, 1)
    last, after = date(2025, 12, 31), date(2026, 1, 1)
    tape(
        [
            {**better, "originated_on": before, "cutoff_on": last},
            {**better, "originated_on": first, "cutoff_on": last},
            {**better, "originated_on": before, "cutoff_on": after},
            {**better, "originated_on": None, "cutoff_on": last},
        ]
    )
    assert {one.code: one.count for one in grade(engine, load_book())} == {"D004": 3, "D006": 1}
