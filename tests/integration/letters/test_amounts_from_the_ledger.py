"""Letters take their amounts from the ledger, as of the day they name, and say nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from lender import DAY, copied, fill, make_store, opened

from postloan.delivery.letter import Order, Withheld
from postloan.kernel import Money, Personal
from postloan.ledger import Balances
from postloan.rules import load_book
from postloan.workflows.lettering import from_ledger

ORDER = Order(
    "LT1", "B1", "L1", "consumer", Personal("孙一"), Personal("示例路1号"), "", "registered", "id_card", Balances(), DAY
)  # fmt: skip


def _change(order: Order, tmp_path: Path, *, given: bool = False) -> Order | Withheld:
    with copied(make_store(tmp_path / "made.db"), tmp_path / "books.db") as store:
        fill(store, [opened(1), opened(2)])
        with from_ledger(store, load_book(), given=given) as change:
            return change(order, {})


def test_amounts_contract_and_limitation_are_those_of_the_ledger(tmp_path: Path) -> None:
    found = _change(ORDER, tmp_path)
    assert isinstance(found, Order)
    assert found.owed == Balances(Money(1_000_000), Money(30_000))
    assert found.facts["contract_no"] == "C-1"
    assert found.limitation_on == date(2028, 12, 1)


def test_a_later_day_has_what_ran_up_since(tmp_path: Path) -> None:
    found = _change(replace(ORDER, as_of=DAY + timedelta(days=30)), tmp_path)
    assert isinstance(found, Order)
    assert found.owed.principal == Money(1_000_000)
    assert found.owed.total > Money(1_030_000)


def test_other_amounts_another_person_or_an_unknown_loan_are_withheld(tmp_path: Path) -> None:
    wrong = [
        (replace(ORDER, owed=Balances(Money(1))), "other_amounts"),
        (replace(ORDER, borrower_id="B2"), "other_borrower"),
        (replace(ORDER, loan_id="L9"), "not_in_ledger"),
        (replace(ORDER, as_of=DAY - timedelta(days=900)), "not_in_ledger"),
        (replace(ORDER, facts={"contract_no": "C-2"}), "other_contract"),
    ]
    for i, (order, code) in enumerate(wrong):
        folder = tmp_path / str(i)
        folder.mkdir()
        held = _change(order, folder, given=True)
        assert isinstance(held, Withheld), code
        assert held.code == code
