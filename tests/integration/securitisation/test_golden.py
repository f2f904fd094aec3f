from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from deals import ABS, golden

from postloan.securitisation import Deal, import_request, make_flow, write_terms
from postloan.securitisation.machine import conserved

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (ABS / "test01.out.json").is_file(), reason="the golden pairs are not at hand (POSTLOAN_DATA)"
    ),
]


def ran(name: str):
    request, answer = golden(name)
    parts, lost = import_request(request, name)
    assert lost == ()
    flow = [row["contents"] for row in answer["Right"][1]["PoolConsol"]["contents"][1]]
    names = ("balance", "principal", "interest", "prepayment", "default", "recovery", "loss")
    columns = {column: [round(row[i] * 100) for row in flow] for i, column in enumerate(names, 1)}
    deal = answer["Right"][0]["contents"]
    rates = {
        bond: [
            (date.fromisoformat(row["contents"][0]), Fraction(str(row["contents"][4])))
            for row in one["bndStmt"] or ()
        ]
        for bond, one in deal["bonds"].items()
    }
    made = make_flow([date.fromisoformat(row[0]) for row in flow], columns)
    return Deal.from_text(write_terms(parts), name).run(made, rates), deal


@pytest.mark.parametrize("name", ["test01", "test04"])
def test_every_row_of_the_public_engine_is_met_to_the_cent(name: str) -> None:
    result, deal = ran(name)
    days = {day.on.isoformat(): day for day in result.machine.days}
    compared = 0
    for bond, one in deal["bonds"].items():
        for row in one["bndStmt"] or ():
            on, *values = row["contents"]
            ours = days[on].bonds[bond]
            theirs = [round(values[i] * 100) for i in (0, 1, 2, 5, 6)]
            assert [ours.balance, ours.interest, ours.principal, ours.due, ours.on_due] == theirs, (on, bond)
            compared += 1
    for fee, on, due, paid in _fees(deal):
        assert days[on].fees[fee] == (due, paid), (on, fee)
        compared += 1
    for account, on, *values in _accounts(deal):
        assert list(days[on].accounts[account]) == values, (on, account)
        compared += 1
    assert compared >= 100
    came, paid, left = conserved(result.machine)
    assert came == paid + left


def _fees(deal):
    for name, fee in deal["fees"].items():
        by_day: dict[str, list[int]] = {}
        for row in fee["feeStmt"] or ():
            on, due, paid = row["contents"][:3]
            known = by_day.setdefault(on, [0, 0])
            known[0], known[1] = round(due * 100), known[1] + round(paid * 100)
        yield from ((name, on, due, paid) for on, (due, paid) in by_day.items())


def _accounts(deal):
    for name, account in deal["accounts"].items():
        by_day: dict[str, list[int]] = {}
        for row in account["accStmt"] or ():
            on, balance, moved = row["contents"][:3]
            fen = round(moved * 100)
            known = by_day.setdefault(on, [0, 0, 0])
            known[:] = [known[0] + max(fen, 0), known[1] + max(-fen, 0), round(balance * 100)]
        yield from ((name, on, *values) for on, values in by_day.items())
