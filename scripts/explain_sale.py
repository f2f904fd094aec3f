"""Writes docs/explain/what-a-sale-does.md: one package sold, written off or kept, on a synthetic book, in words.

Usage: ``python scripts/explain_sale.py [--notice FILE] [--out FILE]``. Every figure of the page is worked out here, on
the book that examples/month/notice.json gives; run it again when rules, synthesis or the ledger change.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from postloan.bootstrap import records, tools
from postloan.kernel import Money
from postloan.ledger.provision_words import CAUTIONS, said_of_book, said_of_effect
from postloan.ledger.provisions import Act, Effect
from postloan.ledger.store import Records
from postloan.synth import synthesize, write_tape
from postloan.workflows.night import keep_books
from postloan.workflows.opening import OpeningOptions, open_book
from postloan.workflows.provisioning import Chosen, Lender, Provisioned, provisioned
from postloan.workflows.run import RunOptions, Stage, run_tape

ROOT = Path(__file__).resolve().parent.parent
NOTICE = ROOT / "examples/month/notice.json"
PAGE = ROOT / "docs/explain/what-a-sale-does.md"
PERFORMING = Money.yuan("3000000000")
"""Performing loans that the lender has outside the book of the example; an assumption."""

HEAD = """# What a sale does

One package of one lender, worked out four ways, and another for comparison. The book is synthetic: {loans:,} loans
re-materialised from [examples/month/notice.json](../../examples/month/notice.json), on the books on {on}; beside them
the lender is assumed to have {other} yuan of performing loans. The package is its {count:,} loans of the class loss
(损失) that have not been written off. `python scripts/explain_sale.py` works out every figure of this page; how the
figures are defined is told in [before the quarter closes](before-the-quarter-closes.md).
"""

TAIL = """
## What to take from it

- **Sell early or late.** Loans of the class loss are provisioned in full, so that whatever they fetch is profit; of
  substandard loans the provisions bear only a part, and a sale at a few cents books the rest as a loss at once.
- **Profit** moves by what the provisions of the package do not bear, and by what must be set aside for the rest of the
  book afterwards; not by the difference between price and claim.
- **The NPL ratio** falls whenever non-performing loans leave, at whatever price, and even when nothing was collected.
  That is why it is no reason by itself.
- **Coverage** is provisions over non-performing loans: taking well-provisioned loans out can lower it, because their
  provisions leave with them.
- **Worth** is what keeping the loans is expected to bring. A price above it makes the lender richer; a price below it
  only makes the books look better, and the program says so.

```sh
postloan provision --sell package.csv --on {on} --db month.db
```
"""


def opened(notice: Path, folder: Path) -> tuple[str, date]:
    """A store with the notice's book on the morning after its cut-off date."""
    facts = json.loads(notice.read_text(encoding="utf-8"))
    cutoff = date.fromisoformat(facts["cutoff_date"])
    at = datetime(cutoff.year, cutoff.month, cutoff.day, 18, tzinfo=UTC)
    tape, book, db = folder / "tape", folder / "book", str(folder / "sale.db")
    write_tape(synthesize(facts, seed=1), tape)
    with tools() as ours, records(db, create=True) as store:
        run_tape(RunOptions(tape, book, cutoff + timedelta(days=1), until=Stage.GRADE), ours)
        open_book(OpeningOptions(book, cutoff, at, "example"), ours, store)
        keep_books(store, on=cutoff + timedelta(days=1), by="example", at=at + timedelta(days=1))
    return db, cutoff + timedelta(days=1)


def package(store: Records, grade: str) -> tuple[str, ...]:
    """The loans of a class that stand on the books."""
    with store.reading() as tx:
        rows = tx.loans.tally(by=("loan_id",), grade=grade, status="open")
    return tuple(str(row.key[0]) for row in rows)


def section(title: str, done: Effect) -> list[str]:
    """One way to deal with the package, in sentences of both languages."""
    said = [f"\n## {title}\n", *(f"- {line}" for line in said_of_effect(done))]
    return [*said, "", "".join(said_of_effect(done, "zh"))]


def worked_out(store: Records, chosen: Chosen, on: date) -> tuple[Provisioned, Effect]:
    """The book and what an act would do to it."""
    found = provisioned(store, on=on, lender=Lender(PERFORMING), chosen=chosen)
    assert found.chosen is not None
    return found, found.chosen


def page(notice: Path) -> str:
    """The page."""
    with tempfile.TemporaryDirectory(prefix="postloan-sale-") as folder:
        db, on = opened(notice, Path(folder))
        with records(db) as store:
            loans = package(store, "loss")
            found, assumed = worked_out(store, Chosen(Act.SELL, loans), on)
            fair = worked_out(store, Chosen(Act.SELL, loans, price=assumed.worth.times(2)), on)[1]
            lost = worked_out(store, Chosen(Act.WRITE_OFF, loans), on)[1]
            kept = worked_out(store, Chosen(Act.KEEP, loans), on)[1]
            early = worked_out(store, Chosen(Act.SELL, package(store, "substandard")), on)[1]
            with store.reading() as tx:
                count = tx.loans.count()
    lines = [HEAD.format(loans=count, on=on, other=PERFORMING, count=len(loans))]
    lines += ["## Before\n", *(f"- {line}" for line in said_of_book(found.by_grade, found.rates))]
    lines += ["", "".join(said_of_book(found.by_grade, found.rates, "zh"))]
    lines += section("Sold at the price that the house rule assumes (HS-PRV-03)", assumed)
    lines += section("Sold for twice what keeping is expected to bring", fair)
    lines += section("Written off", lost)
    lines += section("Kept", kept)
    lines += section("For comparison: the substandard loans (次级) sold instead, at the assumed price", early)
    lines += [
        table(
            {
                "sold, assumed price": assumed,
                "sold, twice its worth": fair,
                "written off": lost,
                "kept": kept,
                "substandard loans sold instead": early,
            }
        )
    ]
    return "\n".join(lines) + TAIL.format(on=on)


def table(ways: dict[str, Effect]) -> str:
    """The four side by side."""
    from postloan.ledger.provision_words import percent

    rows = [
        "\n## Side by side\n",
        "| way | price | profit | NPL ratio | coverage | value given up | beware |",
    ]
    rows.append("|---|---:|---:|---:|---:|---:|---|")
    for name, done in ways.items():
        beware = " ".join(CAUTIONS[one]["en"] for one in done.warnings) or "—"
        given = done.worth - done.cash if done.plan.act is not Act.KEEP else Money(0)
        rows.append(
            f"| {name} | {done.plan.price} | {done.profit} | {percent(done.after.npl_ratio)} |"
            f" {percent(done.after.coverage)} | {given} | {beware} |"
        )
    return "\n".join(rows) + "\n"


def main() -> int:
    """Write the page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--notice", type=Path, default=NOTICE)
    asked.add_argument("--out", type=Path, default=PAGE)
    given = asked.parse_args()
    given.out.write_text(page(given.notice), encoding="utf-8")
    print(f"written: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
