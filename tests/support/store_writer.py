"""A process that writes to a store until it is killed: ``store_writer.py URL NAME STEPS``.

Each step is one transaction: a payment event on the next loan, the loan's balance, a counter and a note. The step is
numbered by what the store says was done last, so that a killed step is done again and a finished one is not.
"""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace

from record_samples import BY, DAY, KEY, paid

from postloan.adapters.records import open_store
from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger import Balances
from postloan.ledger import store_records as r

LOANS = 5


def write(address: str, name: str, steps: int) -> None:
    """Do the next steps of a writer, saying each number once it is committed."""
    with closing(open_store(address, environ=KEY, wait_s=60)) as store:
        for _ in range(steps):
            with store.writing(**BY) as tx:
                done = tx.of(r.Figure).get(DAY, "steps", name)
                step = done.count + 1
                loan = tx.loans.get(f"L{step % LOANS + 1}")
                event = paid(step % LOANS + 1, loan.seq + 1, 100, f"{name}:{step}")
                tx.events.append([event])
                left = Balances(Money(loan.owed.principal.fen - 100), loan.owed.interest)
                tx.loans.change(replace(loan, owed=left, seq=event.seq))
                tx.of(r.Figure).change(replace(done, count=step, amount=Money(100 * step)))
                tx.note(Note("payment.posted", subject=loan.loan_id, reference=f"{name}:{step}"))
            sys.stdout.write(f"{step}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
