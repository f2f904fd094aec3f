"""A desk at which tests book on one loan in few words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from postloan.kernel import Money
from postloan.ledger import Account, Balances, Booked, MoneyRules, Refused, State, Terms
from postloan.ledger import commands as c
from postloan.rules import load_book

OPENED = date(2025, 3, 1)
TERMS = Terms("consumer", Decimal("0.144"), Decimal("1.5"), compounds=True)


def yuan(amount: str | int) -> Money:
    return Money.yuan(amount)


def balances(**parts: str | int) -> Balances:
    return Balances(**{name: Money.yuan(amount) for name, amount in parts.items()})


def approval(for_what: str, **changes: Any) -> c.Approval:
    facts: dict[str, Any] = {
        "reference": "A-1",
        "authority": "Credit committee resolution 12",
        "action": for_what,
        "loan_id": "L1",
        "asked_by": "maker",
        "approved_by": "checker",
        "approved_on": date(2020, 1, 1),
        "until": date(2035, 1, 1),
    }
    return c.Approval(**{**facts, **changes})


@dataclass
class Desk:
    """Books on one account; days are counted from the opening."""

    account: Account
    count: int = 0
    answers: list[Booked | Refused] = field(default_factory=list)

    def day(self, number: int) -> date:
        return OPENED + timedelta(days=number)

    def ask(
        self, day: int, command: c.Command, *, booked: int | None = None, key: str = ""
    ) -> Booked | Refused:
        self.count += 1
        last = self.account.events[-1].booked_on if self.account.events else OPENED
        booked_on = max(last, self.day(day)) if booked is None else self.day(booked)
        key = key or f"key-{self.count}"
        answer = self.account.book(command, key=key, value_on=self.day(day), booked_on=booked_on)
        self.answers.append(answer)
        return answer

    def do(self, day: int, command: c.Command, *, booked: int | None = None, key: str = "") -> Booked:
        answer = self.ask(day, command, booked=booked, key=key)
        assert isinstance(answer, Booked), [reason.says() for reason in answer.reasons]
        return answer

    def refused(
        self, day: int, command: c.Command, *, booked: int | None = None, key: str = ""
    ) -> tuple[str, ...]:
        before = self.account.events
        answer = self.ask(day, command, booked=booked, key=key)
        assert isinstance(answer, Refused), answer
        assert self.account.events == before
        for reason in answer.reasons:
            assert reason.says("en")
            assert reason.says("zh")
        return answer.codes

    def state(self, day: int | None = None) -> State:
        return self.account.state(None if day is None else self.day(day))

    def posted(self) -> list[int]:
        """What all postings together moved, line by line."""
        lines = [0] * 27
        for answer in self.answers:
            if isinstance(answer, Booked):
                for leg in (*answer.accrued, *answer.legs, *answer.corrections):
                    lines[leg.line] += leg.amount.fen
        return lines


@pytest.fixture(scope="session")
def rules() -> MoneyRules:
    return MoneyRules.of(load_book())


@pytest.fixture
def blank(rules: MoneyRules) -> Callable[..., Desk]:
    return lambda loan_id="L1": Desk(Account(loan_id, rules))


@pytest.fixture
def overdue(rules: MoneyRules) -> Desk:
    """10,000 of principal and 300 of interest, all due, 59 days overdue at opening; carried in full."""
    desk = Desk(Account("L1", rules))
    owed = balances(principal=10_000, interest=300)
    desk.do(0, c.OpenAccount(TERMS, owed, overdue_since=date(2025, 1, 1)))
    return desk


@pytest.fixture
def performing(rules: MoneyRules) -> Desk:
    """12,000 of principal, nothing due, normal."""
    desk = Desk(Account("L1", rules))
    desk.do(0, c.OpenAccount(TERMS, balances(principal=12_000), grade="normal", matures_on=date(2026, 3, 1)))
    return desk
