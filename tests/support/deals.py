"""Synthetic deals and flows for tests of the securitisation engine."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

from postloan.securitisation import Deal, Flow, make_flow
from postloan.securitisation.schedule import days_of

ABS = Path(os.environ.get("POSTLOAN_DATA") or Path(__file__).parents[3] / "shared" / "data") / "abs"

NPL = (Path(__file__).parents[2] / "examples" / "abs" / "card_pool.toml").read_text(encoding="utf-8")

MONTHS = tuple(days_of("month-end", date(2025, 3, 1), date(2030, 2, 28)))


def npl_deal() -> Deal:
    """A deal of the shape of card pools, with every kind of bond, fee, trigger and waterfall."""
    return Deal.from_text(NPL, "npl.toml")


def npl_flow(cash: list[int], costs: list[int]) -> Flow:
    """Monthly recoveries and costs in fen, with the principal that they run off."""
    balance, left = [], 9_000_000_000
    for amount in cash:
        left = max(left - amount * 4, 0)
        balance.append(left)
    return make_flow(MONTHS[: len(cash)], {"balance": balance, "recovery": cash, "cost": costs})


def golden(name: str) -> tuple[str, dict]:
    """A request of the public engine and its answer."""
    answer = json.loads((ABS / f"{name}.out.json").read_text(encoding="utf-8"))
    return (ABS / f"{name}.request.json").read_text(encoding="utf-8"), answer
