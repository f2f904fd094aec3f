"""A small synthetic book (about five thousand loans) with every table that the report reads; always the same."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa

from postloan.kernel import Engine
from postloan.market import Notice

LOANS = 5_000
CUTOFF = date(2025, 1, 31)
SYNTHETIC_BOOK = {
    "title": "Synthetic consumer package 2025-1",
    "on": "2025-02-28",
    "synthetic": True,
    "rule_book": "3f9c2d1e7a604b58",
    "version": "0.1.0",
    "seed": 7,
    "sources": [
        {"name": "loans.parquet", "sha256": "5b" * 32, "rows": LOANS, "bytes": 418_220},
        {"name": "borrowers.parquet", "sha256": "a0" * 32, "rows": 3_600, "bytes": 97_311},
    ],
    "timings": {"tape": 1.42, "grade": 0.31, "eligibility": 0.52, "package": 0.44},
}

_REGIONS = [
    "广东省",
    "江苏省",
    "四川省",
    "河南省",
    "湖南省",
    "黑龙江省",
    "重庆市",
    "福建省",
    "山东省",
    "内蒙古自治区",
]
_LITIGATION = ["none", "suing", "judged", "enforcing", "enforcement_terminated", "mediated"]


def fill(engine: Engine) -> None:
    """Put the whole book into an engine."""
    for name, table in tables().items():
        engine.register(name, table)


def tables(seed: int = 20250131) -> dict[str, pa.Table]:
    """The tables of the book by name."""
    random = np.random.default_rng(seed)
    owner = np.sort(random.integers(1, 3_601, LOANS))
    fen = np.exp(random.normal(13.4, 1.1, LOANS)).astype(np.int64) + 100
    interest = (fen * random.uniform(0.05, 0.45, LOANS)).astype(np.int64)
    days = np.clip(random.gamma(6, 64, LOANS).astype(int), 31, 2_400)
    put_aside = random.random(LOANS) < 0.012
    computed = np.select(
        [days > 360, days > 270, days > 90], ["loss", "doubtful", "substandard"], "special_mention"
    )
    seller = np.where(random.random(LOANS) < 0.04, "doubtful", computed)
    principal, extra = _money(fen), _money(interest)
    total = [p + i for p, i in zip(principal, extra, strict=True)]
    originated = [
        CUTOFF - timedelta(days=int(d) + int(x))
        for d, x in zip(days, random.integers(90, 1500, LOANS), strict=True)
    ]
    loans = pa.table(
        {
            "row": pa.array(range(1, LOANS + 1), pa.int64()),
            "loan_id": [f"L{i:06d}" for i in range(1, LOANS + 1)],
            "borrower_id": [f"B{i:05d}" for i in owner],
            "principal": pa.array(principal, pa.decimal128(18, 2)),
            "interest": pa.array(extra, pa.decimal128(18, 2)),
            "total": pa.array(total, pa.decimal128(18, 2)),
            "product": np.where(random.random(LOANS) < 0.83, "consumer", "credit_card").tolist(),
            "days_overdue": pa.array(
                [None if i % 977 == 0 else int(d) for i, d in enumerate(days)], pa.int32()
            ),
            "cutoff_on": [CUTOFF] * LOANS,
            "lender": ["合成消费金融有限公司"] * LOANS,
            "originated_on": originated,
            "guarantee": np.where(random.random(LOANS) < 0.97, "credit", "guaranteed").tolist(),
            "litigation": random.choice(_LITIGATION, LOANS, p=[0.71, 0.05, 0.08, 0.05, 0.09, 0.02]).tolist(),
            "quarantined": put_aside.tolist(),
        }
    )
    return {
        "loans": loans,
        "borrowers": _borrowers(random, sorted(set(owner.tolist()))),
        "grades": _grades(loans, seller.tolist(), computed.tolist()),
        "eligibility": _eligibility(random, loans, computed.tolist()),
        **_findings(int(put_aside.sum())),
    }


def notice() -> Notice:
    """A package of that book as its notice states it; invented figures that add up."""
    return Notice(
        id="demo-1", seller="合成消费金融有限公司", seller_type="消费金融公司", product="个人消费贷款",
        period="2025年第1期",
        doc_kind="转让公告", text_form="table", principal=Decimal("4010200.10"), interest=Decimal("1002300.05"),
        total=Decimal("5012500.15"), other_fees=Decimal("1200.00"), loans=4_000, borrowers=3_000,
        weighted_overdue_days=Decimal("383.87"), weighted_age=Decimal("36.20"), max_borrower=Decimal("84000.00"),
        avg_borrower=Decimal("1670.83"), cutoff_date="2025-01-31", five_class={"损失": 3_000, "可疑": 1_000},
        guarantee={"信用": 4_000}, litigation={"未诉": 3_200, "终本执行": 799},
    )  # fmt: skip


def _money(fen: np.ndarray) -> list[Decimal]:
    return [Decimal(int(amount)).scaleb(-2) for amount in fen]


def _borrowers(random: np.random.Generator, owners: list[int]) -> pa.Table:
    n = len(owners)
    return pa.table(
        {
            "borrower_id": [f"B{i:05d}" for i in owners],
            "age": pa.array(
                [
                    None if i % 41 == 0 else int(a)
                    for i, a in zip(owners, random.normal(37, 9, n).clip(19, 74), strict=True)
                ],
                pa.int32(),
            ),
            "sex": random.choice(["male", "female"], n).tolist(),
            "region": [
                None if i % 41 == 0 else _REGIONS[int(r)]
                for i, r in zip(owners, random.integers(0, len(_REGIONS), n), strict=True)
            ],
            "flags": [""] * n,
        }
    )


def _grades(loans: pa.Table, seller: list[str], computed: list[str]) -> pa.Table:
    rule = {
        "loss": "CN-CLS-04",
        "doubtful": "CN-CLS-03",
        "substandard": "CN-CLS-02",
        "special_mention": "CN-CLS-01",
    }
    return pa.table(
        {
            "row": loans["row"],
            "loan_id": loans["loan_id"],
            "seller_grade": seller,
            "grade": computed,
            "effective_grade": seller,
            "because": [rule[grade] for grade in computed],
            "differs": [s != c for s, c in zip(seller, computed, strict=True)],
            "rule_book": ["3f9c2d1e7a604b58"] * LOANS,
        }
    )


def _eligibility(random: np.random.Generator, loans: pa.Table, computed: list[str]) -> pa.Table:
    draw = random.random(LOANS)
    answers, because = [], []
    for grade, number in zip(computed, draw, strict=True):
        if grade == "special_mention":
            answers.append("refuse")
            because.append("CN-TRF-02 CN-TRF-09" if number < 0.2 else "CN-TRF-02")
        elif number > 0.97:
            answers.append("review")
            because.append("CN-TRF-07")
        else:
            answers.append("allow")
            because.append("CN-TRF-01")
    return pa.table(
        {
            "row": loans["row"],
            "loan_id": loans["loan_id"],
            "borrower_id": loans["borrower_id"],
            "answer": answers,
            "because": because,
            "rule_book": ["3f9c2d1e7a604b58"] * LOANS,
        }
    )


_KINDS = (
    ("T001", "blocking", "loans", "loan_id", 4, True, "Two rows have the same loan number.",
     "两行的借据号相同。",
     "Give each loan its own number.", "请为每笔贷款使用唯一借据号。"),
    ("T014", "error", "loans", "total", 31, True, "The stated total is not principal plus interest.",
     "本息合计不等于本金加利息。",
     "Correct one of the three amounts.", "请更正三者之一。"),
    ("T021", "error", "loans", "overdue_since", 23, True, "Overdue days do not fit the overdue date.",
     "逾期天数与逾期起始日不符。",
     "State the date on which the loan became overdue.", "请填写逾期起始日。"),
    ("T033", "warning", "borrowers", "id_number", 88, False, "The identity number's check digit is wrong.",
     "身份证号校验位错误。",
     "Compare it with the contract.", "请与合同核对。"),
    ("T040", "note", "loans", "litigation", 512, False, "Litigation is not stated.",
     "未填列诉讼状态。",
     "Fill it in where it is known.", "如有信息请补填。"),
)  # fmt: skip


def _findings(quarantined: int) -> dict[str, pa.Table]:
    counts = {
        "code": [k[0] for k in _KINDS], "severity": [k[1] for k in _KINDS], "table_name": [k[2] for k in _KINDS],
        "field": [k[3] for k in _KINDS], "rows": [k[4] for k in _KINDS], "shown": [min(k[4], 100) for k in _KINDS],
        "quarantined": [k[5] for k in _KINDS], "says_en": [k[6] for k in _KINDS], "says_zh": [k[7] for k in _KINDS],
        "mend_en": [k[8] for k in _KINDS], "mend_zh": [k[9] for k in _KINDS],
    }  # fmt: skip
    shown = [(kind, i) for kind in _KINDS for i in range(min(kind[4], 5))]
    findings = {
        "code": [k[0] for k, _ in shown], "severity": [k[1] for k, _ in shown],
        "table_name": [k[2] for k, _ in shown], "row": pa.array([17 * i + 3 for _, i in shown], pa.int64()),
        "key": [f"L{17 * i + 3:06d}" for _, i in shown], "field": [k[3] for k, _ in shown],
        "found": ["1,204.50" for _ in shown], "expected": ["1,240.50" for _ in shown],
        "says_en": [k[6] for k, _ in shown], "says_zh": [k[7] for k, _ in shown],
        "mend_en": [k[8] for k, _ in shown], "mend_zh": [k[9] for k, _ in shown],
        "source": ["loans.parquet" for _ in shown],
    }  # fmt: skip
    fields = [
        ("loans", f, LOANS, LOANS - m, x)
        for f, m, x in (
            ("loan_id", 0, 4),
            ("borrower_id", 0, 0),
            ("principal", 0, 0),
            ("interest", 0, 3),
            ("stated_total", 0, 31),
            ("days_overdue", 6, 23),
            ("litigation", 512, 0),
            ("originated_on", 0, 0),
        )
    ]
    fields += [
        ("borrowers", f, 3_600, 3_600 - m, x) for f, m, x in (("born_on", 88, 0), ("id_number", 12, 88))
    ]
    quality = [(t, f, n, full, full - x, x, round((full - x) / n, 6)) for t, f, n, full, x in fields]
    quality.append(("", "", LOANS, LOANS, LOANS - quarantined, quarantined, 0.9713))
    names = ("table_name", "field", "rows", "filled", "valid", "faulty", "score")
    return {
        "finding_counts": pa.table(counts),
        "findings": pa.table(findings),
        "field_quality": pa.table({name: [line[i] for line in quality] for i, name in enumerate(names)}),
    }
