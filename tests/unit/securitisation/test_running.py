from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
from deals import MONTHS, npl_deal, npl_flow
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.securitisation import Deal, scenarios
from postloan.securitisation.flow import Flow
from postloan.securitisation.lanes import Many, One
from postloan.securitisation.machine import conserved, run_deal

DEAL = npl_deal()
CASH = st.lists(st.integers(0, 60_000_000), min_size=1, max_size=40)


@given(CASH, st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_cash_in_is_cash_paid_and_cash_left_in_every_period(cash: list[int], cost: int) -> None:
    flow = npl_flow(cash, [amount * cost // 100 for amount in cash])
    machine = run_deal(DEAL.terms, flow)
    came, paid, left = conserved(machine)
    assert came == paid + left
    before = dict.fromkeys(machine.accounts, 0)
    for day in machine.days:
        for name, (paid_in, paid_out, balance) in day.accounts.items():
            assert balance == before[name] + paid_in - paid_out
            assert balance >= 0
            before[name] = balance


@given(CASH)
@settings(max_examples=40, deadline=None)
def test_nothing_is_ever_negative(cash: list[int]) -> None:
    machine = run_deal(DEAL.terms, npl_flow(cash, [0] * len(cash)))
    for day in machine.days:
        for row in day.bonds.values():
            assert min(row.balance, row.interest, row.principal, row.due, row.on_due) >= 0
        for due, paid in day.fees.values():
            assert min(due, paid) >= 0


@given(st.lists(CASH, min_size=2, max_size=6), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_many_scenarios_side_by_side_equal_each_by_itself_to_the_fen(
    lists: list[list[int]], cost: int
) -> None:
    length = max(map(len, lists))
    flows = [
        npl_flow(
            cash + [0] * (length - len(cash)), [a * cost // 100 for a in cash] + [0] * (length - len(cash))
        )
        for cash in lists
    ]
    columns = {name: np.array([flow.columns[name] for flow in flows]) for name in flows[0].columns}
    many = scenarios(MONTHS[:length], columns)
    machine = DEAL.run_many(many, keep=True)
    for number, flow in enumerate(flows):
        alone = run_deal(DEAL.terms, flow)
        _same(machine, alone, number)
        assert many.scenario(number) == Flow(flow.dates, flow.columns, flow.opening)


def _same(machine, alone, number: int) -> None:
    for name, bond in alone.bonds.items():
        other = machine.bonds[name]
        for value in ("balance", "due", "on_due", "interest_paid", "principal_paid"):
            assert _at(getattr(other, value), number) == getattr(bond, value), (name, value)
    for name, fee in alone.fees.items():
        assert _at(machine.fees[name].paid_total, number) == fee.paid_total
        assert _at(machine.fees[name].due, number) == fee.due
    for name, account in alone.accounts.items():
        assert _at(machine.accounts[name].balance, number) == account.balance
    assert _at(machine.status, number) == alone.status
    for day, other in zip(alone.days, machine.days, strict=False):
        for name, row in day.bonds.items():
            assert row.interest == _at(other.bonds[name].interest, number)
            assert row.principal == _at(other.bonds[name].principal, number)


def _at(lane, number: int) -> int:
    return int(lane if np.ndim(lane) == 0 else lane[number])


@given(
    st.lists(st.integers(0, 2**50), min_size=1, max_size=20),
    st.fractions(0, 3, max_denominator=10**12),
    st.sampled_from(["floor", "half-even"]),
)
def test_side_by_side_products_round_as_exact_ones_do(amounts, factor, rounding) -> None:
    exact = [One().scale(amount, factor, rounding) for amount in amounts]
    assert Many(len(amounts)).scale(np.array(amounts), factor, rounding).tolist() == exact


@given(st.lists(st.tuples(st.integers(0, 2**45), st.integers(0, 2**45), st.integers(0, 2**45)), min_size=1))
def test_side_by_side_shares_round_as_exact_ones_do(rows) -> None:
    cash, parts, wholes = (
        np.array(column) for column in zip(*[(a, min(b, c), c) for a, b, c in rows], strict=True)
    )
    shares = Many(len(rows)).share(cash, parts, wholes).tolist()
    assert shares == [
        One().share(int(a), int(b), int(c)) for a, b, c in zip(cash, parts, wholes, strict=True)
    ]


def test_half_even_rounds_a_tie_to_the_even_fen() -> None:
    half = Fraction(1, 2)
    assert [One().scale(amount, half, "half-even") for amount in (1, 3, 5)] == [0, 2, 2]


def test_every_payment_names_who_which_step_and_what_stayed_unpaid() -> None:
    result = DEAL.run(npl_flow([20_000_000] * 30, [1_000_000] * 30))
    first = result.trace()[0]
    assert (first.waterfall, first.step, first.do, first.to) == ("normal", 1, "calculate-and-pay-fees", "tax")
    assert first.line is not None
    paid = sum(row.paid for row in result.trace() if row.to == "senior")
    senior = result.machine.bonds["senior"]
    assert paid == senior.interest_paid + senior.principal_paid
    assert result.trace_table().num_rows == len(result.trace())


def test_a_trigger_that_is_cured_gives_the_normal_waterfall_back() -> None:
    result = DEAL.run(npl_flow([100_000] * 4 + [90_000_000] * 10, [0] * 14))
    names = [row.waterfall for row in result.trace()]
    assert "accelerated" in names
    assert names.index("accelerated") < len(names) - 1 - names[::-1].index("normal")


def test_the_reserve_holds_three_times_fees_and_senior_interest() -> None:
    result = DEAL.run(npl_flow([50_000_000] * 3, [0] * 3))
    day = next(day for day in result.machine.days if day.paying)
    fees = sum(sum(day.fees[name]) for name in ("trustee", "tax"))
    senior = day.bonds["senior"]
    assert day.accounts["reserve"][2] == 3 * (fees + senior.interest + senior.due + senior.on_due)


def test_an_account_earns_interest_on_its_balance_of_every_day() -> None:
    text = DEAL.terms.text.replace(
        "[accounts.reserve]", '[accounts.reserve]\nrate = "3.65%"\nsettles = "quarter-end"', 1
    )
    machine = Deal.from_text(text).run(npl_flow([50_000_000] * 6, [0] * 6)).machine
    days = {day.on: day for day in machine.days}
    april, may, june = (days[date(2025, month, 26)].accounts["reserve"][2] for month in (4, 5, 6))
    weighted = april * 30 + may * 31 + june * 4  # a hundredth of a per cent a day
    assert days[date(2025, 6, 30)].accounts["reserve"][0] == weighted // 10_000
    came, paid, left = conserved(machine)
    assert came == paid + left


def test_a_single_scenario_in_a_table_is_run_as_one() -> None:
    alone = scenarios(MONTHS[:2], {"recovery": np.array([[100, 200]])})
    assert alone.width == 1
    assert run_deal(DEAL.terms, alone).trace


def test_what_has_ended_keeps_its_triggers_while_others_go_on() -> None:
    text = DEAL.terms.text.replace("cure = true", "cure = true\nagain = false", 1)
    deal = Deal.from_text(text)
    flows = [npl_flow([0] * 12, [0] * 12), npl_flow([100_000] * 12, [0] * 12)]
    many = scenarios(MONTHS[:12], {"recovery": np.array([f.columns["recovery"] for f in flows])})
    machine = deal.run_many(many)
    for number in range(2):
        alone = run_deal(deal.terms, many.scenario(number))
        assert [bool(_at(fired, number)) for fired in machine.fired.values()] == list(alone.fired.values())
