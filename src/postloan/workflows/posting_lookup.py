"""What the store knows about the hints of some payments: asked once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from postloan.kernel import Money, Personal
from postloan.ledger import Account
from postloan.ledger.events import Event
from postloan.ledger.matching import Known, Register, names_in, tokens
from postloan.ledger.money_rules import KeptBooks
from postloan.ledger.payment_file import Incoming
from postloan.ledger.store import Reading
from postloan.ledger.store_records import Instalment, Loan, Promise, PromiseState


def account_of(loan_id: str, history: Iterable[Event], books: KeptBooks) -> Account:
    """A loan's account; what was booked under an older version of the rules is read under that version."""
    return Account(loan_id, books.present, history, books)


class Lookup:
    """The loans and people that some payments point to."""

    def __init__(self, tx: Reading, books: KeptBooks) -> None:
        self._tx = tx
        self._books = books
        self.loans: dict[str, Loan] = {}
        self._fitting: dict[tuple[str, date], frozenset[int]] = {}
        self._histories: dict[str, list[Event]] = {}
        self._promised: dict[str, set[int]] = defaultdict(set)

    def register(self, lines: Sequence[Incoming]) -> Register:
        """What the hints of these payments lead to."""
        spoken = {line.row: tokens(line) for line in lines}
        words = {token for found in spoken.values() for token in found}
        stated = {line.loan_id for line in lines if line.loan_id} | words
        self._take(self._tx.loans.find(loan_id=stated))
        numbers = {line.contract_no for line in lines if line.contract_no} | words
        self._take(self._tx.loans.find(contract_no=numbers - {""}))
        people = {line.borrower_id for line in lines if line.borrower_id} | words
        self._take(self._tx.loans.find(borrower_id=people - {""}))
        by_contract, by_borrower = self._grouped(numbers, people)
        silent = [
            line for line in lines if not self._has_hint(line, spoken[line.row], by_contract, by_borrower)
        ]
        names, accounts = self._payers(silent)
        owners = {who for found in (*names.values(), *accounts.values()) for who in found}
        if owners - people:
            self._take(self._tx.loans.find(borrower_id=owners - people))
            by_contract, by_borrower = self._grouped(numbers, people | owners)
        several = [loans for loans in by_contract.values() if len(loans) > 1]
        several += [by_borrower[who] for who in (people | owners) & by_borrower.keys()]
        self._prepare({loan_id for loans in several for loan_id in loans})
        known = {
            loan.loan_id: Known(loan.loan_id, loan.borrower_id, loan.contract_no, loan.status, loan.opened_on)
            for loan in self.loans.values()
        }
        return Register(known, by_contract, by_borrower, names, accounts, self._fits)

    def _take(self, found: Iterable[Loan]) -> None:
        for loan in found:
            self.loans[loan.loan_id] = loan

    def _grouped(
        self, contracts: Collection[str], people: Collection[str]
    ) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Loans by contract and by borrower, of those that were asked for whole."""
        by_contract: dict[str, list[str]] = defaultdict(list)
        by_borrower: dict[str, list[str]] = defaultdict(list)
        for loan in self.loans.values():
            if loan.contract_no and loan.contract_no in contracts:
                by_contract[loan.contract_no].append(loan.loan_id)
            if loan.borrower_id in people:
                by_borrower[loan.borrower_id].append(loan.loan_id)
        return dict(by_contract), dict(by_borrower)

    def _has_hint(
        self, line: Incoming, spoken: Sequence[str], contracts: Collection[str], people: Collection[str]
    ) -> bool:
        if line.loan_id or line.contract_no or line.borrower_id:
            return True
        return any(token in self.loans or token in contracts or token in people for token in spoken)

    def _payers(
        self, lines: Sequence[Incoming]
    ) -> tuple[dict[Personal[str], Sequence[str]], dict[Personal[str], Sequence[str]]]:
        payers = {line.payer for line in lines if line.payer.reveal("to look it up blindly")}
        payers |= {piece for payer in payers for piece in names_in(payer)}
        accounts = {line.account for line in lines if line.account.reveal("to look it up blindly")}
        names = {name: found for name, found in self._tx.people.index_of_names(payers).items() if found}
        holders = {one: found for one in accounts if (found := self._tx.people.with_contact(one))}
        return dict(names), dict(holders)

    def _prepare(self, loans: Collection[str]) -> None:
        """Ask once for what amounts may fit these loans."""
        if not loans:
            return
        self._histories = dict(self._tx.events.of_many(list(loans)))
        kinds: tuple[type[Promise] | type[Instalment], ...] = (Promise, Instalment)
        for kind in kinds:
            for one in self._tx.of(kind).find(loan_id=loans, state=[PromiseState.OPEN, PromiseState.MISSED]):
                self._promised[one.loan_id] |= {one.amount.fen, one.amount.fen - one.paid.fen}

    def _fits(self, loan_id: str, amount: Money, on: date) -> bool:
        """Whether an amount is what is owed or due on the day, or an open promise or instalment."""
        loan = self.loans[loan_id]
        if amount.fen in (loan.owed.total.fen, loan.due.total.fen):
            return True
        if (loan_id, on) not in self._fitting:
            self._fitting[loan_id, on] = self._fitting_amounts(loan_id, on)
        return amount.fen in self._fitting[loan_id, on]

    def _fitting_amounts(self, loan_id: str, on: date) -> frozenset[int]:
        found = set(self._promised.get(loan_id, ()))
        if on >= self.loans[loan_id].opened_on and (history := self._histories.get(loan_id)):
            state = account_of(loan_id, history, self._books).state(on)
            found |= {state.owed.total.fen, state.due.total.fen}
        return frozenset(found - {0})
