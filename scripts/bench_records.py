"""What the store takes: loans of a book opened, a night of payments, the morning's tallies, the journal checked.

Give a book's (or a tape's) ``loans.parquet``; the database is a temporary SQLite file, ``--db URL`` or ``--postgres``
(a temporary server). This measures the store alone, reading the Parquet file apart; `bench.py` measures the commands.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from postloan.adapters.records import Store, open_store
from postloan.kernel import Money, Personal
from postloan.kernel.journal import Note
from postloan.ledger import Balances, Terms, events
from postloan.ledger import store_records as r
from postloan.ledger.state import Status
from postloan.ledger.store import Between
from postloan.ledger.store_people import Contact, Person

ROOT = Path(__file__).resolve().parent.parent
KEY = {"POSTLOAN_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 3, 2)
PAGE = 20_000
APART = [0.0, 0.0]


@contextmanager
def timed(job: str, *, seconds: float | None = None) -> Iterator[None]:
    """Say what a block took, and whether it is within what was promised."""
    APART[:] = [0, 0]
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall - APART[0], time.process_time() - cpu - APART[1]
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    promised = "" if seconds is None else f"≤ {seconds:.0f} s {'within' if wall <= seconds else 'OVER'}"
    print(f"{job:<52} {wall:7.1f} s wall {cpu:7.1f} s CPU (own) {mb:6.0f} MB peak  {promised}", flush=True)


_COLUMNS = (
    "loan_id", "borrower_id", "principal", "interest", "product", "overdue_since", "grade", "lender", "contract_no",
    "originated_on", "matures_on", "annual_rate",
)  # fmt: skip


def pages(path: Path, most: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of a Parquet file; the time that this takes is counted apart."""
    with duckdb.connect() as connection:
        table = f"FROM '{path}' LIMIT {most}"
        found = connection.execute(f"SELECT {', '.join(_COLUMNS)} {table}")
        while True:
            wall, cpu = time.perf_counter(), time.process_time()
            rows = [dict(zip(_COLUMNS, row, strict=True)) for row in found.fetchmany(PAGE)]
            APART[0] += time.perf_counter() - wall
            APART[1] += time.process_time() - cpu
            if not rows:
                return
            yield rows


def loan_of(row: dict[str, Any], terms: Terms) -> tuple[r.Loan, events.Event]:
    """A loan and its opening, from a row of the tape."""
    owed = Balances(Money.yuan(row["principal"]), Money.yuan(row["interest"]))
    what = events.AccountOpened(terms, owed, row["overdue_since"], grade=row["grade"] or "")
    loan = r.Loan(
        row["loan_id"], row["borrower_id"], row["product"], terms, ON, ON, owed, lender=row["lender"] or "",
        contract_no=row["contract_no"] or "", originated_on=row["originated_on"], seq=1, due=owed, booked=owed,
        grade=row["grade"] or "", overdue_since=row["overdue_since"], matures_on=row["matures_on"],
        limitation_on=row["overdue_since"] and row["overdue_since"] + timedelta(1096), rule_book="rules-1",
    )  # fmt: skip
    return loan, events.Event(row["loan_id"], 1, "opening", ON, ON, what, "rules-1", row["grade"] or "")


def opening(store: Store, path: Path, most: int) -> None:
    """Every loan with its event."""
    kinds: dict[Decimal, Terms] = {}
    with store.writing(actor="bench", ground="bench", at=AT) as tx:
        for rows in pages(path, most):
            made = []
            for row in rows:
                rate = row["annual_rate"] or Decimal(0)
                terms = kinds.setdefault(rate, Terms(row["product"], rate))
                made.append(loan_of(row, terms))
            tx.loans.add_all(loan for loan, _ in made)
            tx.events.append(event for _, event in made)
        tx.note(Note("book.opened"))


def people(store: Store, path: Path, most: int) -> None:
    """A person with a telephone for each borrower; synthetic names and numbers."""
    seen: set[str] = set()
    with store.writing(actor="bench", ground="bench", at=AT) as tx:
        for rows in pages(path, most):
            new = {row["borrower_id"] for row in rows} - seen
            seen |= new
            tx.people.add_all(
                [Person(one, Personal(f"测试{one[-4:]}"), Personal(f"99{one:>16}"[-18:])) for one in new],
                [Contact(one, "phone", Personal(f"199{abs(hash(one)) % 10**8:08}")) for one in new],
            )
        tx.note(Note("people.added", details={"people": len(seen)}))


def night(store: Store, path: Path, payments: int) -> None:
    """A payment on each of many loans: histories read, an event appended, the loan changed; one transaction."""
    ids = [row["loan_id"] for rows in pages(path, payments) for row in rows]
    file = r.PaymentFile("e" * 64, "night.csv", AT, ON, len(ids), Money(100 * len(ids)))
    with store.writing(actor="bench", ground="night", at=AT) as tx:
        tx.of(r.PaymentFile).add(file)
        for at in range(0, len(ids), PAGE):
            some = ids[at : at + PAGE]
            loans = {loan.loan_id: loan for loan in tx.loans.find(loan_id=some)}
            histories = dict(tx.events.of_many(some))
            paid = events.PaymentReceived(Money(100))
            tx.events.append(
                events.Event(one, history[-1].seq + 1, f"{file.sha256}:{at}", ON, ON, paid, "rules-1", "loss")
                for one, history in histories.items()
            )
            tx.loans.change_all(replace(loan, seq=2, last_paid_on=ON) for loan in loans.values())
            tx.of(r.IncomingPayment).add_all(
                r.IncomingPayment(
                    file.sha256,
                    at + row,
                    ON,
                    Money(100),
                    f"R{at + row}",
                    one,
                    one,
                    payer=Personal("测试"),
                    booked_on=ON,
                )
                for row, one in enumerate(some, 1)
            )
            tx.of(r.Hold).add_all(r.Hold(loans[one].borrower_id, "paid", ON, loan_id=one) for one in some)
        tx.note(Note("payments.posted", details={"rows": len(ids)}))


def morning(store: Store) -> None:
    """What the morning page asks."""
    with store.reading() as tx:
        tx.loans.tally(by=["status", "grade"], sums=["owed_principal", "owed_interest", "booked_principal"])
        for line in (91, 271, 361):
            span = Between(ON - timedelta(line), ON - timedelta(line - 30))
            tx.loans.count(status=Status.OPEN, overdue_since=span)
            list(tx.loans.find(status=Status.OPEN, overdue_since=span, order=["overdue_since"], limit=50))
        tx.loans.count(limitation_on=Between(ON, ON + timedelta(30)))
        tx.of(r.IncomingPayment).tally(by=["state"], sums=["amount"], booked_on=ON)
        tx.of(r.Suspense).count(state="waiting")
        tx.of(r.Promise).count(state="open", due_on=Between(ON, ON))


def main() -> None:
    """Run all of it once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("loans", type=Path)
    parser.add_argument("--rows", type=int, default=468_252)
    parser.add_argument("--payments", type=int, default=200_000)
    parser.add_argument("--db", default="")
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server: Any = None
        address = given.db or f"{folder}/bench.db"
        if given.postgres:
            sys.path.insert(0, str(ROOT / "tests" / "support"))
            server = importlib.import_module("postgres_server").Server(durable=True)
            address = server.url()
        served = given.postgres or "://" in address
        try:
            store = open_store(address, create=True, environ=KEY)
            with timed(f"open {given.rows:,} loans and their events", seconds=120 if served else 90):
                opening(store, given.loans, given.rows)
            with timed("their people, encrypted"):
                people(store, given.loans, given.rows)
            with timed(f"append {given.payments:,} payments", seconds=90 if served else 60):
                night(store, given.loans, given.payments)
            with timed("morning, first time", seconds=1):
                morning(store)
            with timed("morning, again", seconds=1):
                morning(store)
            with timed("journal and events checked"), store.reading() as tx:
                print(tx.journal.verify().whole, tx.events.count())
            store.close()
        finally:
            if server:
                server.remove()


if __name__ == "__main__":
    main()
