"""Which seller, which buyer, which loan, on which day: the query over the tape agrees with the single case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.decide import Grade, LoanFacts, Sale, SaleFacts, classify, eligibility, grade, may_sell
from postloan.decide.parties import party_types
from postloan.decide.summaries import eligibility_summary
from postloan.rules import load_book

PRODUCTS = [None, "consumer", "credit_card", "business", "mortgage", "auto", "other"]
GUARANTEES = [None, "credit", "guaranteed", "mortgage", "pledge", "other"]
FLAGS = ["", "criminal", "complaint disputed", "student poverty_loan", "state_organ_not", "not_criminal"]
SELLER = Sale("consumer_finance", None, "amc", date(2025, 6, 30))
BORROWERS = [(f"B{n}", flags) for n, flags in enumerate(FLAGS)]


def check_agreement(engine, rows, sale):
    book = load_book()
    grade(engine, book)
    eligibility(engine, book, sale)
    found = engine.rows(
        "SELECT row, loan_id, borrower_id, answer, because, rule_book FROM eligibility ORDER BY row"
    )
    assert len(found) == len(rows)
    flags = dict(BORROWERS)
    for row, got in zip(rows, found, strict=True):
        facts = SaleFacts(
            product=row["product"],
            guarantee=row["guarantee"],
            grade=classify(LoanFacts(row["days_overdue"]), book, row["cutoff_on"]).grade,
            seller_grade=Grade(row["grade"]) if row["grade"] else None,
            written_off=bool(row["written_off"]),
            flags=frozenset(flags.get(row["borrower_id"], "").split()),
            quarantined=bool(row["quarantined"]),
        )
        want = may_sell(facts, sale, book)
        assert got == (
            *(row[name] for name in ("row", "loan_id", "borrower_id")),
            *(want.answer, " ".join(want.because), book.version),
        )


def test_query_and_single_case_agree_on_every_combination(engine, tape):
    cases = product(
        PRODUCTS,
        GUARANTEES,
        [0, 400, None],
        [None, "special_mention", "loss"],
        [None, True],
        [None, True],
        ["B0", "B1", "B9"],
    )
    names = ("product", "guarantee", "days_overdue", "grade", "written_off", "quarantined", "borrower_id")
    rows = tape([dict(zip(names, case, strict=True)) for case in cases], BORROWERS)
    check_agreement(engine, rows, SELLER)


SALES = st.builds(
    Sale,
    seller_type=st.sampled_from(sorted(party_types())),
    seller_region=st.sampled_from([None, "江苏省", "四川", "火星"]),
    buyer_type=st.sampled_from(["amc", "local_amc", "aic", "trust", "unknown"]),
    on=st.dates(date(2020, 6, 1), date(2028, 1, 1)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    SALES,
    st.lists(
        st.fixed_dictionaries(
            {
                "product": st.sampled_from(PRODUCTS),
                "guarantee": st.sampled_from(GUARANTEES),
                "days_overdue": st.none() | st.integers(-5, 500),
                "grade": st.sampled_from([None, *map(str, Grade)]),
                "written_off": st.sampled_from([None, True, False]),
                "quarantined": st.sampled_from([None, True, False]),
                "borrower_id": st.sampled_from(["B0", "B1", "B2", "B3", "B4", "B5", "B9"]),
                "cutoff_on": st.dates(date(2022, 1, 1), date(2026, 1, 1)),
            }
        ),
        min_size=1,
        max_size=40,
    ),
)
def test_query_and_single_case_agree_in_any_sale(engine, tape, sale, loans):
    check_agreement(engine, tape(loans, BORROWERS), sale)


@pytest.mark.parametrize(
    ("change", "code", "rule"),
    [
        ({"on": date(2027, 1, 1)}, "D011", "CN-TRF-03"),
        ({"on": date(2020, 12, 31)}, "D012", "CN-TRF-01"),
        ({"seller_type": "micro_lender"}, "D013", "CN-TRF-01"),
        ({"seller_type": "city_bank", "seller_region": "四川"}, "D013", "CN-TRF-01"),
        ({"buyer_type": "trust"}, "D014", "CN-TRF-02"),
        ({"seller_type": "amc"}, "D016", "CN-AGY-06"),
    ],
)
def test_a_sale_that_may_not_be_refuses_every_loan_and_says_so(engine, tape, change, code, rule):
    tape([{}] * 4)
    sale = Sale(**{**{name: getattr(SELLER, name) for name in Sale.__slots__}, **change})
    grade(engine, load_book())
    findings = {one.code: one for one in eligibility(engine, load_book(), sale)}
    assert set(findings) == {code, "D018"}
    assert findings[code].count == 4
    assert findings[code].says("zh")
    assert engine.rows("SELECT DISTINCT answer, because FROM eligibility") == [("refuse", rule)]


def test_unknown_parties_leave_every_loan_to_a_person(engine, tape):
    tape([{}])
    grade(engine, load_book())
    sale = Sale("unknown", None, "unknown", date(2025, 6, 30))
    findings = eligibility(engine, load_book(), sale)
    assert [(one.code, one.found) for one in findings] == [
        ("D015", "seller type 出让方类型"),
        ("D015", "buyer type 受让方类型"),
        ("D018", "1"),
    ]
    assert engine.rows("SELECT answer, because FROM eligibility") == [("review", "HS-TRF-06")]


def test_a_borrower_named_twice_does_not_double_his_loans(engine, tape):
    tape([{}, {}], [("B1", ""), ("B1", "criminal"), ("B1", "complaint")])
    grade(engine, load_book())
    eligibility(engine, load_book(), SELLER)
    assert engine.rows("SELECT answer, because FROM eligibility") == [("refuse", "CN-TRF-07")] * 2


def test_loans_without_a_borrower_leave_a_note_that_exclusions_were_not_checked(engine, tape):
    tape([{}, {"borrower_id": "B7"}, {"borrower_id": None}])
    grade(engine, load_book())
    findings = eligibility(engine, load_book(), SELLER)
    assert [(one.code, one.count) for one in findings] == [("D017", 2)]


def test_reasons_count_loans_and_amounts_by_rule(engine, tape):
    tape([{}, {"guarantee": "pledge"}, {"guarantee": "pledge", "quarantined": True}, {"product": "auto"}])
    grade(engine, load_book())
    eligibility(engine, load_book(), SELLER)
    answers, found = eligibility_summary(engine)
    assert [(one.answer, one.loans, one.borrowers) for one in answers] == [
        ("allow", 1, 1),
        ("review", 1, 1),
        ("refuse", 1, 1),
    ]
    reasons = {(one.of, one.rule): (one.loans, one.total) for one in found}
    assert reasons["refuse", "CN-TRF-06"] == (1, Decimal("100.25"))
    assert ("refuse", "HS-TRF-01") not in reasons, "what is in quarantine stands aside"
    assert reasons["review", "HS-TRF-02"] == (1, Decimal("100.25"))
    assert reasons["allow", "CN-TRF-04"] == (1, Decimal("100.25"))
