"""A small store of synthetic loans and people, and a browser without a screen that asks the pages of it."""

from __future__ import annotations

import asyncio
import atexit
import re
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from postloan.adapters.records import Store, open_store
from postloan.kernel import Money, Personal
from postloan.kernel.journal import Note
from postloan.ledger import Account, Balances, Booked, MoneyRules, Terms
from postloan.ledger import commands as c
from postloan.ledger import store_records as r
from postloan.ledger.store_people import Contact, Person, User
from postloan.rules import load_book
from postloan.web import House, create_app, passwords

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PASSWORD = "a password for tests only"
ROLES = ("viewer", "collector", "officer", "approver", "administrator", "auditor")
ID_NUMBER = "110101199003070011"
TELEPHONE = "13800138000"
NAME = "张三丰"
ADDRESS = "北京市东城区和平里东街十一号院一号楼"
passwords._HASHER = PasswordHasher(
    time_cost=1, memory_cost=8, parallelism=1
)  # tests sign in hundreds of times
_HASH = passwords.hashed(PASSWORD)


@dataclass
class Clock:
    """A clock that tests turn."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


def fill(store: Store, *, plain_loans: int = 12) -> None:
    """Loans with a history, people, promises, a plan, a hold, suspense, approvals, and a user of each role."""
    with store.writing(actor="tests", ground="synthetic data", at=NOW - timedelta(days=1)) as tx:
        for role in ROLES:
            tx.of(User).add(User(role, f"{role.title()} 员", (role,), _HASH, lang="en"))
        person = Person("B-1", Personal(NAME), Personal(ID_NUMBER), employer=Personal("某某公司"))
        contacts = [
            Contact("B-1", "phone", Personal(TELEPHONE)),
            Contact("B-1", "address", Personal(ADDRESS), origin="contract"),
            Contact("B-1", "phone", Personal("13900139000"), role="guarantor"),
        ]
        others = [
            Person(f"B-{n}", Personal(f"李{'甲乙丙丁戊己庚辛'[n % 8]}")) for n in range(2, plain_loans + 2)
        ]
        tx.people.add_all([person, *others], contacts)
        loan, account = _loan("L-1", "B-1", overdue=TODAY - timedelta(days=268))
        for number in range(2, plain_loans + 2):
            one, history = _loan(
                f"L-{number}", f"B-{number}", overdue=TODAY - timedelta(days=60 + 27 * number)
            )
            tx.loans.add(_standing(one, history))
            tx.events.append(history.events)
        _live(account)
        tx.loans.add(_standing(loan, account))
        tx.events.append(account.events)
        _surroundings(tx)
        tx.note(Note("tests.filled"))


def _loan(loan_id: str, borrower_id: str, *, overdue: date) -> tuple[r.Loan, Account]:
    terms = Terms("consumer", Decimal("0.144"), Decimal("1.5"), compounds=True)
    opened = date(2025, 9, 1)
    account = Account(loan_id, MoneyRules.of(load_book()))
    owed = Balances(Money.yuan("20000.00"), Money.yuan("1234.56"), Money.yuan("345.67"), Money.yuan("12.34"))
    due = overdue if overdue < opened else date(2025, 8, 1)
    grade = "substandard" if loan_id == "L-1" else "doubtful"
    _do(
        account,
        opened,
        c.OpenAccount(terms, owed, overdue_since=due, grade=grade, matures_on=date(2025, 8, 15)),
    )
    loan = r.Loan(
        loan_id, borrower_id, "consumer", terms, opened, opened, owed,
        lender="甲消费金融有限公司", contract_no=f"HT{loan_id[2:]:0>6}", originated_on=date(2024, 8, 1),
        limitation_on=TODAY + timedelta(days=20) if loan_id == "L-3" else date(2028, 8, 15),
    )  # fmt: skip
    return loan, account


def _live(account: Account) -> None:
    """What happened to the first loan."""
    _do(account, date(2025, 10, 9), c.Pay(Money.yuan("1500.00"), means="bank"))
    _do(account, date(2025, 11, 20), c.Charge(c.Part.COSTS, Money.yuan("180.00"), "court fee, receipt 17"))
    _do(account, date(2025, 12, 5), c.Pay(Money.yuan("800.00"), means="bank"), key="bounced")
    _do(account, date(2025, 12, 8), c.Reverse("bounced", "the transfer bounced"))
    _do(account, date(2026, 1, 15), c.Waive(Balances(penalty=Money.yuan("100.00"))))
    _do(account, date(2026, 2, 20), c.Pay(Money.yuan("900.00"), means="bank"))


def _do(account: Account, day: date, command: c.Command, key: str = "") -> None:
    answer = account.book(
        command, key=key or f"{account.loan_id}/{len(account.events) + 1}", value_on=day, booked_on=day
    )
    assert isinstance(answer, Booked), [reason.says() for reason in answer.reasons]


def _standing(loan: r.Loan, account: Account) -> r.Loan:
    return loan.after(account.state(TODAY), len(account.events))


def _surroundings(tx: Any) -> None:
    yuan = Money.yuan
    tx.of(r.PaymentFile).add(
        r.PaymentFile(
            "f" * 64, "2026-03-01.csv", NOW - timedelta(hours=5), TODAY - timedelta(days=1), 3, yuan("2150.00"),
            posted_rows=2, posted_amount=yuan("1650.00"), suspended_rows=1, suspended_amount=yuan("500.00"),
        )
    )  # fmt: skip
    payment = tx.of(r.IncomingPayment).add(
        r.IncomingPayment(
            "f" * 64, 3, TODAY - timedelta(days=1), yuan("500.00"), payer=Personal("张三"),
            state=r.PaymentState.SUSPENDED, booked_on=TODAY - timedelta(days=1),
        )
    )  # fmt: skip
    tx.of(r.Suspense).add(
        r.Suspense(
            payment.number,
            TODAY - timedelta(days=1),
            yuan("500.00"),
            "similar_name",
            ({"loan_id": "L-1", "why": "payer"},),
        )
    )
    tx.of(r.Promise).add(r.Promise("L-1", "B-1", date(2026, 2, 20), TODAY, yuan("600.00")))
    tx.of(r.Promise).add(r.Promise("L-2", "B-2", date(2026, 2, 1), date(2026, 2, 25), yuan("350.00")))
    plan = tx.of(r.Plan).add(r.Plan("L-1", "B-1", date(2026, 1, 20), yuan("1800.00")))
    for row, due in enumerate((date(2026, 2, 20), date(2026, 2, 27), date(2026, 3, 27)), 1):
        kept = row == 1
        tx.of(r.Instalment).add(
            r.Instalment(
                plan.number, row, "L-1", due, yuan("600.00"), yuan("600.00") if kept else yuan("0.00"),
                r.PromiseState.KEPT if kept else r.PromiseState.OPEN,
            )
        )  # fmt: skip
    tx.of(r.Hold).add(r.Hold("B-1", "dispute", date(2026, 2, 28), loan_id="L-1"))
    tx.of(r.GradeChange).add(
        r.GradeChange(
            "L-2",
            TODAY - timedelta(days=1),
            "substandard",
            "doubtful",
            yuan("20000.00"),
            ("CN-CLS-01",),
            "2024-08",
        )
    )
    facts = {"amounts": [0, 0, 120000, 4048, 0, 0]}
    tx.of(r.ApprovalRequest).add(
        r.ApprovalRequest(
            "waive", "L-1", "officer", NOW - timedelta(days=2), TODAY + timedelta(days=2), yuan("1240.48"),
            "The debtor pays the principal at once.", facts,
        )
    )  # fmt: skip
    tx.of(r.ApprovalRequest).add(
        r.ApprovalRequest(
            "write_off",
            "L-5",
            "collector",
            NOW - timedelta(days=1),
            TODAY + timedelta(days=9),
            yuan("18000.00"),
            "No assets.",
        )
    )


@dataclass
class Pages:
    """Asks the pages as a browser does: keeps cookies, sends the token of the last form it saw."""

    house: House
    clock: Clock
    app: FastAPI = field(init=False)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    seen: str = ""

    def __post_init__(self) -> None:
        self.app = create_app(self.house)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._ask("GET", path, **options)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Post a form with the token that the last page carried."""
        token = re.search(r'name="csrf" value="([^"]+)"', self.seen)
        form = {"csrf": token.group(1) if token else "", **(data or {})}
        return self._ask("POST", path, data=form, **options)

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        self.get("/login")
        answer = self.post("/login", {"name": name, "password": password, "next": "/"})
        if answer.status_code == 303:
            self.get("/password")  # a page with a token, whatever the role
        return answer

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("192.0.2.7", 4321))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://pages.test", cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **options)
                self.cookies = client.cookies
                return answer

        # in a thread of its own: a browser that another test keeps open has its loop in this one
        with ThreadPoolExecutor(1) as apart:
            answer = apart.submit(lambda: asyncio.run(ask())).result()
        if "csrf" in answer.text:
            self.seen = answer.text
        return answer


def make_house(folder: Path, clock: Clock | None = None) -> House:
    """A filled store in a folder, and the house on it."""
    for file in _filled().iterdir():
        shutil.copy2(file, folder / file.name)
    store = open_store(str(folder / "books.db"), environ={}, wait_s=0.2)
    return House(store, load_book(), clock or Clock())


@cache
def _filled() -> Path:
    """A folder with a filled store, made once."""
    folder = Path(tempfile.mkdtemp(prefix="web-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = open_store(str(folder / "books.db"), create=True, environ={})
    fill(store)
    store.close()
    return folder
