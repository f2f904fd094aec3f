"""How many rows of a public engine's published results ours meets, to the cent.

Usage: ``python scripts/golden_abs.py [FOLDER]`` (``$POSTLOAN_DATA/abs``, or the data beside the checkout). The folder
holds pairs ``NAME.request.json`` and ``NAME.out.json``; collections and rates come from the answer itself.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from postloan.securitisation import Deal, Result, import_request, make_flow, write_terms
from postloan.securitisation.machine import conserved

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
NAMES = ("balance", "principal", "interest", "prepayment", "default", "recovery", "loss")
Row = tuple[str, str, str, tuple[int, ...], tuple[int, ...]]


def fen(value: float) -> int:
    """Yuan of a JSON answer in fen."""
    return round(value * 100)


def run(request: str, answer: dict[str, Any]) -> tuple[Result, tuple[str, ...]]:
    """Our run of a request over the answer's collections, at the rates of its rows."""
    parts, lost = import_request(request)
    flows = [row["contents"] for flow in answer["Right"][1].values() for row in flow["contents"][1]]
    days = sorted({row[0] for row in flows})
    columns = {
        name: [sum(fen(row[place]) for row in flows if row[0] == day) for day in days]
        for place, name in enumerate(NAMES, 1)
    }
    rates = {
        bond: [
            (date.fromisoformat(t["contents"][0]), Fraction(str(t["contents"][4])))
            for t in one["bndStmt"] or ()
        ]
        for bond, one in answer["Right"][0]["contents"]["bonds"].items()
    }
    deal = Deal.from_text(write_terms(parts))
    return deal.run(make_flow([date.fromisoformat(day) for day in days], columns), rates), lost


def rows(result: Result, answer: dict[str, Any]) -> Iterator[Row]:
    """Every published row beside ours: kind, name, day, theirs, ours."""
    deal = answer["Right"][0]["contents"]
    days = {day.on.isoformat(): day for day in result.machine.days}
    for name, bond in deal["bonds"].items():
        for entry in bond["bndStmt"] or ():
            on, *values = entry["contents"]
            row = days[on].bonds.get(name) if on in days else None
            ours = (row.balance, row.interest, row.principal, row.due, row.on_due) if row else ()
            yield "bond", name, on, tuple(fen(values[place]) for place in (0, 1, 2, 5, 6)), ours
    for name, fee in deal["fees"].items():
        due: dict[str, tuple[int, ...]] = {}
        for entry in fee["feeStmt"] or ():
            on, left, paid = entry["contents"][:3]
            due[on] = (fen(left), due.get(on, (0, 0))[1] + fen(paid))
        for on, theirs in due.items():
            yield "fee", name, on, theirs, days[on].fees.get(name, ()) if on in days else ()
    for name, account in deal["accounts"].items():
        moved: dict[str, tuple[int, ...]] = {}
        for entry in account["accStmt"] or ():
            on, balance, amount = entry["contents"][:3]
            came, went, _ = moved.get(on, (0, 0, 0))
            moved[on] = (came + max(fen(amount), 0), went + max(-fen(amount), 0), fen(balance))
        for on, theirs in moved.items():
            yield "account", name, on, theirs, days[on].accounts.get(name, ()) if on in days else ()


def main() -> int:
    """Print the table; 1 where a row differs."""
    folder = (
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ.get("POSTLOAN_DATA") or BESIDE) / "abs"
    )
    wrong = 0
    for path in sorted(folder.glob("*.request.json")):
        answer = json.loads(path.with_name(path.name.replace("request", "out")).read_text(encoding="utf-8"))
        result, lost = run(path.read_text(encoding="utf-8"), answer)
        found = list(rows(result, answer))
        differ = [row for row in found if row[3] != tuple(row[4])]
        came, paid, left = conserved(result.machine)
        wrong += len(differ) + (came != paid + left)
        kinds = ", ".join(
            f"{sum(row[0] == kind for row in found)} {kind}" for kind in ("bond", "fee", "account")
        )
        print(f"{path.name.split('.')[0]}: {len(found) - len(differ)} of {len(found)} rows equal ({kinds}); "
              f"cash in {came / 100:,.2f} = out {paid / 100:,.2f} + left {left / 100:,.2f}")  # fmt: skip
        for what in lost:
            print(f"  not imported: {what}")
        for row in differ[:5]:
            print(f"  {row}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
