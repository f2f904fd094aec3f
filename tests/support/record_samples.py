"""Synthetic records for tests of the store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from postloan.decide.gate import kept as g
from postloan.kernel import Money, Personal
from postloan.kernel.journal import Note
from postloan.ledger import Balances, Part, Terms, events
from postloan.ledger import store_records as r
from postloan.ledger.store_people import Contact, Person, Session, User

KEY = {"POSTLOAN_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
OTHER_KEY = {"POSTLOAN_KEY": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY="}
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)
TERMS = Terms("consumer", Decimal("0.24"), Decimal("1.5"), True, order=tuple(Part))
BY = {"actor": "night", "ground": "night of 2026-03-02", "at": NOW}
NOTED = Note("test.done", subject="L1", details={"rows": 1})


def loan(number: int = 1, **changes: object) -> r.Loan:
    facts: dict[str, object] = {
        "loan_id": f"L{number}",
        "borrower_id": f"B{number}",
        "product": "consumer",
        "terms": TERMS,
        "opened_on": DAY,
        "as_of": DAY,
        "owed": Balances(Money(10_000 + number), Money(500)),
        "contract_no": f"C-{number}",
        "grade": "loss",
        "because": ("CN-CLS-01",),
        "overdue_since": date(2025, 1, 31),
    }
    return r.Loan(**{**facts, **changes})  # type: ignore[arg-type]


def opened(number: int = 1) -> events.Event:
    what = events.AccountOpened(TERMS, Balances(Money(10_000 + number), Money(500)), date(2025, 1, 31))
    return events.Event(f"L{number}", 1, "opening", DAY, DAY, what, "rules-1", "loss")


def paid(number: int, seq: int, fen: int, key: str) -> events.Event:
    return events.Event(
        f"L{number}", seq, key, DAY, DAY, events.PaymentReceived(Money(fen)), "rules-1", "loss"
    )


FILE = r.PaymentFile("f" * 64, "payments.csv", NOW, DAY, 2, Money(300), stated_rows=2)

# One of each kind; those that refer to others come after them.
ONE_OF_EACH = (
    loan(),
    FILE,
    r.IncomingPayment(
        FILE.sha256, 1, DAY, Money(100), "BANK-1", payer=Personal("王小明"), account=Personal("6222020200001234567"),
        remark=Personal("还款"), booked_on=DAY,
    ),
    r.Suspense(1, DAY, Money(100), "no_loan", ({"loan_id": "L1", "why": "amount"},)),
    r.Promise("L1", "B1", DAY, date(2026, 3, 9), Money(100)),
    r.Plan("L1", "B1", DAY, Money(300), reference="D-1"),
    r.Instalment(1, 1, "L1", date(2026, 4, 2), Money(100)),
    r.Hold("B1", "paid", DAY, date(2026, 3, 9), "L1", "paid last night"),
    r.ApprovalRequest("waive", "L1", "li", NOW, date(2026, 3, 9), Money(200), "hardship", {"principal": 0}),
    r.Delegation("chen", "zhao", "checker", DAY, date(2026, 3, 20), "leave"),
    r.GradeChange("L1", DAY, "doubtful", "loss", Money(10_000), ("CN-CLS-01",), "2023-05", "rules-1", 2),
    r.KeptRules("rules-1", DAY, {"rules": [{"id": "CN-MON-01"}]}),
    r.Provision(DAY, "grade", "all", "loss", 1, Money(10_000), Money(10_000), "rules-1"),
    r.Figure(DAY, "came_in", "bank", 1, Money(100), {"files": 1}),
    r.Closing("L1", "B1", DAY, "JQ-1", keep_until=date(2031, 3, 2)),
    User("li", "李娜", ("maker",), "$argon2id$…", locked_until=NOW, must_change=True),
    Session("s" * 64, "li", "csrf", NOW, NOW, NOW),
    Person(
        "B1", Personal("王小明"), Personal("110101199001011237"), Personal("1990-01-01"), Personal("某公司"),
        ("disputed",),
    ),
    Contact("B1", "phone", Personal("13800001234")),
    g.KeptState("B1", "Asia/Shanghai", {"dispute": "none", "optout": []}, {"p1": "wrong_party"}, ("c1",)),
    g.KeptPermit("n1", "B1", "call", NOW, NOW, False, {"permit_id": "n1"}),
    g.KeptAttempt("n1", "B1", NOW, "call", "B1", "p1"),
)  # fmt: skip
