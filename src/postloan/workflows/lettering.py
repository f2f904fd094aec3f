"""Amounts of letters from the ledger, to the fen, as of the day that the letter names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from postloan.delivery.letter import Order, Withheld
from postloan.kernel import Lang
from postloan.ledger import Balances, replay
from postloan.ledger.replaying import NotInLedger
from postloan.ledger.store import Records
from postloan.rules import RuleBook
from postloan.workflows.rule_books import books_of

Change = Callable[[Order, Mapping[str, str]], Order | Withheld]


@contextmanager
def from_ledger(records: Records, book: RuleBook, *, given: bool) -> Iterator[Change]:
    """What puts the ledger's amounts and last day of limitation into an order.

    given: the orders state amounts too; one that states others than the ledger is withheld.
    """
    with records.reading() as tx:
        kept = books_of(tx, book)
        known: dict[tuple[str, date], tuple[Balances, str, str, date | None] | None] = {}

        def look(loan_id: str, on: date) -> tuple[Balances, str, str, date | None] | None:
            loan = tx.loans.look(loan_id)
            if loan is None:
                return None
            try:
                owed = replay(tx.events.of(loan_id), kept, until=on).owed
            except NotInLedger:
                return None
            return owed, loan.borrower_id, loan.contract_no, loan.limitation_on

        def change(order: Order, row: Mapping[str, str]) -> Order | Withheld:
            at = (order.loan_id, order.as_of)
            if at not in known:
                known[at] = look(*at)
            found = known[at]
            if found is None:
                return _held(
                    order,
                    "not_in_ledger",
                    f"loan {order.loan_id} is not in the ledger on {order.as_of}",
                    f"贷款 {order.loan_id} 在 {order.as_of} 不在账",
                )
            owed, borrower, contract, until = found
            if borrower != order.borrower_id:
                return _held(
                    order,
                    "other_borrower",
                    f"loan {order.loan_id} is another person's",
                    f"贷款 {order.loan_id} 属于其他借款人",
                )
            if contract and order.facts.get("contract_no", contract) != contract:
                return _held(
                    order,
                    "other_contract",
                    f"the ledger has contract {contract}",
                    f"账上合同编号为 {contract}",
                )
            if given and order.owed != owed:
                return _held(
                    order,
                    "other_amounts",
                    f"{order.owed.total} yuan are stated, the ledger has {owed.total}",
                    f"所列金额 {order.owed.total} 元与账上 {owed.total} 元不符",
                )
            facts = {**order.facts, "contract_no": contract} if contract else order.facts
            return replace(order, owed=owed, facts=facts, limitation_on=until or order.limitation_on)

        yield change


def _held(order: Order, code: str, en: str, zh: str) -> Withheld:
    says: dict[Lang, str] = {"en": f"letter {order.letter_no}: {en}", "zh": f"函件 {order.letter_no}：{zh}"}
    return Withheld(order.letter_no, order.borrower_id, code, says)
