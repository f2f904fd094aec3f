"""Whatever waterfall somebody writes: cash is conserved, nothing is negative, many scenarios equal each by itself."""

from __future__ import annotations

import numpy as np
from deals import MONTHS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.securitisation import Deal, make_flow, scenarios, write_terms
from postloan.securitisation.machine import conserved, run_deal

ACCOUNTS, FEES, BONDS = ("cash", "other", "kept"), ("tax", "audit", "costs", "bonus"), ("A", "B", "C")
AMOUNTS = (
    "0.3 * collected",
    "bond_balance('A') * 0.05",
    "5",
    "max(0, account('cash') - 3)",
    "reserve_gap('kept')",
)
TESTS = (
    "pool_factor < 0.5", "bond_balance('A') == 0", "date >= '2025-09-01'", "triggered('late')",
    "not triggered('short') and collected > 2", "status == 'accelerated'", "fee_due('tax', 'costs') < 1",
)  # fmt: skip

limits = st.one_of(
    st.none(),
    st.fixed_dictionaries({"share": st.sampled_from(["0.5", "1/3", "80%"])}),
    st.fixed_dictionaries({"cap": st.sampled_from(AMOUNTS)}),
    st.fixed_dictionaries({"keep": st.sampled_from(AMOUNTS)}),
)


def some(names):
    return st.lists(st.sampled_from(names), min_size=1, max_size=len(names), unique=True)


@st.composite
def step(draw, depth: int = 1):
    kinds = ["fee", "bond", "bond", "principal", "transfer", "residual", "count"] + ["if"] * depth
    kind = draw(st.sampled_from(kinds))
    source = draw(st.sampled_from(ACCOUNTS))
    limit = draw(limits)
    made: dict = {"from": source, **({"limit": limit} if limit else {})}
    if draw(st.booleans()):
        made["help"] = [name for name in ACCOUNTS if name != source][: draw(st.integers(0, 2))]
    match kind:
        case "fee":
            do = draw(st.sampled_from(["pay-fees", "pay-fees-in-order", "calculate-and-pay-fees"]))
            made |= {"do": do, "to": draw(some(FEES))}
        case "bond":
            words = ["pay-interest", "accrue-and-pay-interest", "pay-interest-on-interest"]
            made |= {"do": draw(st.sampled_from(words)), "to": draw(some(BONDS))}
        case "principal":
            words = ["pay-principal", "pay-principal-in-order", "pay-principal-regardless"]
            made |= {"do": draw(st.sampled_from(words)), "to": draw(some(BONDS))}
        case "transfer":
            do = draw(st.sampled_from(["transfer", "fill-reserve", "release-reserve"]))
            made |= {"do": do, "to": draw(st.sampled_from([name for name in ACCOUNTS if name != source]))}
            made.pop("help", None)
        case "residual":
            made |= {"do": "pay-residual", "to": draw(some(["bonus", "C", "B"]))}
        case "count":
            made = {"do": "calculate-fees", "to": draw(some(FEES[:3]))}
        case "if":
            then = draw(st.lists(step(depth=0), min_size=1, max_size=3))
            other = draw(st.lists(step(depth=0), max_size=2))
            made = {"when": draw(st.sampled_from(TESTS)), "steps": then, "otherwise": other}
    return made


waterfall = st.lists(step(), min_size=1, max_size=7)


@st.composite
def deal(draw):
    parts = {
        "format": 1,
        "name": "any",
        "conventions": {"rounding": draw(st.sampled_from(["floor", "half-even"])),
                        "day_count": draw(st.sampled_from(["act/365", "30/360", "act/act"])),
                        "interest_on_interest": draw(st.booleans())},
        "dates": {"cutoff": "2025-01-31", "closing": "2025-02-26", "legal_final": "2026-06-26",
                  "first_collection": "2025-03-31", "collection": "month-end", "first_payment": "2025-04-26",
                  "payment": draw(st.sampled_from(["day 26", "every 2 months from 2025-04-26"]))},
        "accounts": {"cash": {"balance": "1.23"}, "other": {"rate": "2%", "settles": "quarter-end"},
                     "kept": {"reserve": "3 * fee_today('tax') + 2"}},
        "collections": {"recovery": {"cash": "0.7", "other": "0.3"}, "principal": "cash",
                        "outside": ["interest", "prepayment"]},
        "fees": {
            "tax": {"kind": "share", "base": "collected_since_calculation('recovery')", "rate": "0.0326"},
            "audit": {"kind": "recurring", "amount": "0.77", "days": "yearly 06-30"},
            "costs": {"kind": "cost", "cap": "0.4 * collected"},
            "bonus": {"kind": "one-off", "amount": "0"},
        },
        "bonds": {
            "A": {"balance": "40.00", "rate": "5.1%", "senior": True, "steps": [["2025-10-01", "6%"]]},
            "B": {"balance": "11.11", "rate": "7%", "kind": "scheduled",
                  "targets": [["2025-05-26", "5.00"], ["2025-11-26", "0"]]},
            "C": {"balance": "7.00", "yields": "8%", "kind": "equity"},
        },
        "triggers": {
            "late": {"at": "after-payment", "when": "bond_factor('A') > 0.8", "status": "accelerated",
                     "cure": draw(st.booleans()), "steps": draw(st.lists(step(depth=0), max_size=2))},
            "short": {"at": "after-collection", "when": "collected < 1", "again": draw(st.booleans())},
        },
        "clean_up": {"when": "pool_factor < 0.15"},
        "waterfalls": {"normal": draw(waterfall), "accelerated": draw(waterfall), "clean-up": [
            {"do": "sell-pool", "to": "cash", "value": "0.4 * pool_balance"}, *draw(waterfall)]},
    }  # fmt: skip
    return Deal.from_text(write_terms(parts))


cash = st.lists(st.integers(0, 2_000), min_size=3, max_size=13)


def flow_of(amounts: list[int], length: int):
    amounts = amounts + [0] * (length - len(amounts))
    left, balance = 20_000, []
    for amount in amounts:
        left = max(left - amount - 900, 0)
        balance.append(left)
    columns = {"recovery": amounts, "principal": [a // 3 for a in amounts], "cost": [a // 5 for a in amounts],
               "balance": balance}  # fmt: skip
    return make_flow(MONTHS[:length], columns)


@given(deal(), st.lists(cash, min_size=1, max_size=4))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_any_deal_conserves_cash_and_runs_alike_alone_and_side_by_side(
    deal: Deal, lists: list[list[int]]
) -> None:
    length = max(map(len, lists))
    flows = [flow_of(amounts, length) for amounts in lists]
    columns = {name: np.array([flow.columns[name] for flow in flows]) for name in flows[0].columns}
    many = run_deal(deal.terms, scenarios(MONTHS[:length], columns), trace=False)
    for number, flow in enumerate(flows):
        alone = run_deal(deal.terms, flow)
        came, paid, left = conserved(alone)
        assert came == paid + left
        for day in alone.days:
            assert min(min(values) for values in day.accounts.values()) >= 0
            assert all(min(row.balance, row.due, row.on_due) >= 0 for row in day.bonds.values())
        assert _end(many, number) == _end(alone, 0)


def _end(machine, number: int) -> list[int]:
    def at(lane) -> int:
        return int(lane if np.ndim(lane) == 0 else lane[number])

    made = [at(getattr(bond, name)) for bond in machine.bonds.values()
            for name in ("balance", "due", "on_due", "interest_paid", "principal_paid")]  # fmt: skip
    made += [at(value) for fee in machine.fees.values() for value in (fee.due, fee.paid_total)]
    made += [at(account.balance) for account in machine.accounts.values()]
    return [*made, at(machine.status), *(at(fired) for fired in machine.fired.values())]
