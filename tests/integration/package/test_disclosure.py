from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.adapters.tables import DuckDBEngine
from postloan.kernel.money import round_to
from postloan.market.disclosure import disclose
from postloan.market.listing import list_package
from postloan.market.package import PackageSpec, Selection, compose, read_packages

GRADES = ["substandard", "doubtful", "loss"]

loan = st.fixed_dictionaries(
    {
        "borrower": st.integers(0, 7),
        "principal": st.integers(1, 10**9),
        "interest": st.integers(0, 10**8),
        "days": st.integers(0, 4000),
        "grade": st.sampled_from(GRADES),
        "product": st.sampled_from(["consumer", "business"]),
        "answer": st.sampled_from(["allow", "allow", "allow", "refuse"]),
        "line": st.none() | st.integers(0, 10**8),
    }
)
tapes = st.lists(loan, min_size=1, max_size=40)


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(memory_mb=300, threads=1) as engine:
        yield engine


def yuan(fen):
    return None if fen is None else Decimal(fen).scaleb(-2)


def register(engine, tape):
    money = pa.decimal128(18, 2)
    rows = list(range(1, len(tape) + 1))
    count = len(tape)

    def column(name, kind):
        return pa.array([yuan(loan[name]) for loan in tape], kind)

    borrowers = [f"B{loan['borrower']}" for loan in tape]
    engine.register(
        "loans",
        pa.table(
            {
                "row": rows,
                "loan_id": [f"L{row}" for row in rows],
                "borrower_id": borrowers,
                "principal": column("principal", money),
                "interest": column("interest", money),
                "total": pa.array([yuan(x["principal"] + x["interest"]) for x in tape], money),
                "fees": pa.nulls(count, money),
                "days_overdue": pa.array([loan["days"] for loan in tape], pa.int32()),
                "credit_line": column("line", money),
                "written_off": pa.nulls(count, pa.bool_()),
                "guarantee": ["credit"] * count,
                "litigation": ["none"] * count,
                "product": [loan["product"] for loan in tape],
                "cutoff_on": pa.nulls(count, pa.date32()),
                "lender": ["甲消费金融有限公司"] * count,
                "branch": pa.nulls(count, pa.string()),
                "contract_no": pa.nulls(count, pa.string()),
            }
        ),
    )
    grades = [loan["grade"] for loan in tape]
    engine.register(
        "eligibility",
        pa.table(
            {
                "row": rows,
                "answer": [loan["answer"] for loan in tape],
                "because": ["CN"] * count,
                "effective_grade": grades,
                "computed_grade": grades,
            }
        ),
    )
    people = sorted(set(borrowers))
    engine.register(
        "borrowers",
        pa.table(
            {
                "borrower_id": people,
                "age": pa.array([20 + int(person[1:]) for person in people], pa.int32()),
                "region": ["浙江省"] * len(people),
            }
        ),
    )


def owed(loan):
    return loan["principal"] + loan["interest"]


def weighted(kept, value):
    known = [(owed(loan), value(loan)) for loan in kept if value(loan) is not None]
    if not known:
        return None
    return round_to(Fraction(sum(w * v for w, v in known), sum(w for w, _ in known)), 2)


relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@relaxed
@given(tapes)
def test_a_disclosure_equals_what_a_clerk_adds_up_by_hand(engine, tape):
    register(engine, tape)
    compose(engine, PackageSpec())
    found = disclose(engine)
    kept = [loan for loan in tape if loan["answer"] == "allow"]
    if not kept:
        assert found is None
        return
    per_borrower = {}
    for loan in kept:
        per_borrower[loan["borrower"]] = per_borrower.get(loan["borrower"], 0) + owed(loan)
    assert found.loans == len(kept)
    assert found.borrowers == len(per_borrower)
    assert found.principal == yuan(sum(loan["principal"] for loan in kept))
    assert found.total == found.principal + found.interest
    assert found.max_borrower == yuan(max(per_borrower.values()))
    assert found.weighted_days == weighted(kept, lambda loan: loan["days"])
    assert found.weighted_age == weighted(kept, lambda loan: 20 + loan["borrower"])
    assert found.weighted_line == weighted(
        kept, lambda loan: None if loan["line"] is None else Fraction(loan["line"], 100)
    )
    assert sum(found.classes.values()) == len(kept)


@relaxed
@given(tapes, st.sampled_from(["0.2", "0.4", "0.6", "1"]), st.none() | st.integers(1, 5))
def test_no_borrower_holds_more_than_its_share_and_no_more_could_stay(engine, tape, share, most):
    register(engine, tape)
    select = Selection(max_share=Decimal(share), borrowers_at_most=most, order="largest")
    compose(engine, PackageSpec(select=select))
    kept = [loan for loan in tape if loan["answer"] == "allow"]
    sums = {}
    for loan in kept:
        sums[loan["borrower"]] = sums.get(loan["borrower"], 0) + owed(loan)
    staying = dict(sums)
    while staying and max(staying.values()) > Fraction(share) * sum(staying.values()):
        largest = max(staying.values())
        staying = {who: sum_ for who, sum_ in staying.items() if sum_ < largest}
    taken = {row[0] for row in engine.rows("SELECT DISTINCT borrower_id FROM package_loans")}
    assert len(taken) == min(len(staying), most or len(staying))
    assert taken <= {f"B{who}" for who in staying}


def test_a_selection_takes_what_it_says_and_the_notice_adds_up(engine):
    tape = [
        {"borrower": b, "principal": 100_00 * (b + 1), "interest": 1_00, "days": 100 * b, "grade": GRADES[b % 3],
         "product": "consumer", "answer": "allow", "line": None}
        for b in range(6)
    ]  # fmt: skip
    register(engine, tape)
    (spec,) = read_packages(
        "packages: [{name: p, period: 2026年第1期, select: {grades: [loss], days_overdue: {from: 300}},"
        " terms: {start_price: 50.00}}]",
        where="packages.yaml",
    )
    compose(engine, spec)
    notice, findings = list_package(disclose(engine), spec, seller_type="消费金融公司")
    made = notice.to_json()
    assert (made["loans"], made["borrowers"], made["principal"], made["total"]) == (1, 1, 600, 601)
    assert made["five_class"] == {"损失": 1}
    assert made["seller"] == "甲消费金融有限公司"
    assert made["product"] == "个人消费贷款"
    assert made["checks"]["p_plus_i"] is True
    assert made["checks"]["litigation_sums_to_loans"] is True
    assert made["as_reported"]["principal"] == "600.00元"
    assert findings == ()
