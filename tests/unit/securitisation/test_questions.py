from __future__ import annotations

import time
from dataclasses import replace

import pytest

from postloan.securitisation import make_flow
from postloan.securitisation import questions as q
from postloan.securitisation.machine import run_deal
from postloan.securitisation.real_deals import assumed_timing, forecast_flow, outcomes, real_deals
from postloan.securitisation.stress import by_luck, scaled, stressed

DEALS = real_deals()
DEAL = DEALS["zhencui-2025-4"]
FLOW = forecast_flow(DEAL.terms, DEAL.terms.forecasts["中诚信国际"])
SENIOR = "优先档"


def stands(face: int, less: float) -> bool:
    bonds = dict(DEAL.terms.bonds)
    bonds[SENIOR] = replace(bonds[SENIOR], balance=face, original=face)
    machine = run_deal(replace(DEAL.terms, bonds=bonds), stressed(FLOW, less=less), trace=False)
    return bool(q.whole(machine, SENIOR))


def test_the_largest_senior_stands_the_stress_and_one_fen_more_does_not() -> None:
    began = time.process_time()
    face = q.largest(DEAL.terms, FLOW, SENIOR, less=0.3)
    assert time.process_time() - began < 5  # one second on a quiet machine; scripts/bench_abs.py measures it
    assert stands(face, 0.3)
    assert not stands(face + 1, 0.3)


def test_the_break_even_pays_in_full_and_a_little_less_does_not() -> None:
    import numpy as np

    least = q.break_even(DEAL.terms, FLOW, SENIOR)
    assert least is not None
    machine = run_deal(DEAL.terms, scaled(FLOW, np.array([least, least - 1e-4])), trace=False)
    assert q.whole(machine, SENIOR).tolist() == [True, False]


def test_the_cash_needed_for_a_yield_gives_that_yield() -> None:
    part = q.cash_needed(DEAL.terms, FLOW, "次级档", 0.05)
    assert part is not None
    flow = make_flow(
        FLOW.dates, {name: [int(v * part) for v in values] for name, values in FLOW.columns.items()}
    )
    found = {one.bond: one for one in q.figures(DEAL.terms, flow)}["次级档"].yields
    assert found == pytest.approx(0.05, abs=0.002)


def test_more_stress_never_loses_less() -> None:
    found = q.grid(DEAL.terms, FLOW, (0.0, 0.2, 0.4, 0.6), (0, 6))[SENIOR]
    for row in found:
        assert row == sorted(row)


def test_losses_fall_on_the_junior_first() -> None:
    found = {one.bond: one for one in q.losses(DEAL.terms, by_luck(FLOW, 500, level=0.3, noise=0.2, seed=3))}
    assert found["次级档"].mean >= found[SENIOR].mean
    assert found["次级档"].ever >= found[SENIOR].ever


def test_the_same_seed_gives_the_same_scenarios() -> None:
    first, second = (by_luck(FLOW, 3, level=0.3, noise=0.2, seed=5) for _ in range(2))
    assert [lane.tolist() for lane in first.columns["recovery"]] == [
        lane.tolist() for lane in second.columns["recovery"]
    ]


def test_sizes_are_found_senior_first() -> None:
    found = q.sizes(DEAL.terms, FLOW, {SENIOR: 0.4, "次级档": 0.1})
    assert found[SENIOR][0] > 0
    assert found["次级档"][1] == pytest.approx(found["次级档"][0] * 1.06)


def test_a_bond_that_the_deal_does_not_have_is_named_with_those_it_has() -> None:
    with pytest.raises(q.NoSuchBond, match="优先档, 次级档"):
        q.bond_of(DEAL.terms, "A1")


def test_thirteen_real_deals_are_read_and_run_under_every_published_forecast() -> None:
    found = list(outcomes(DEALS))
    assert len(DEALS) == 13
    assert len(found) == 22
    for one in found:
        assert one.senior.lost == 0
        assert one.senior.principal == one.senior.face
        assert one.least is not None
        assert 0 < one.least < 1


@pytest.mark.parametrize(
    ("deal", "agency", "published"),
    [("puxin-guihang-2024-8", "中诚信国际", "9.830"), ("jianxin-2025-7", "中债资信", "14.190"),
     ("zhencui-2025-10", "中债资信", "8.195"), ("nongying-lixin-zhonghe-2025-4", "中诚信国际", "40.926")],
)  # fmt: skip
def test_the_recovery_rate_is_the_published_one(deal: str, agency: str, published: str) -> None:
    terms = DEALS[deal].terms
    assert terms.pool.claim is not None
    assert f"{terms.forecasts[agency].total / terms.pool.claim:.3%}" == f"{published}%"


def test_the_assumed_shape_meets_the_published_pair() -> None:
    timing = assumed_timing()
    net = [sum(FLOW.columns["recovery"][:n]) - sum(FLOW.columns["cost"][:n]) for n in (24, 36)]
    # 13,306.41 gross; 9,034.50 net within 24 months and 11,310.45 within 36, in 10,000 yuan
    assert [round(amount / 1_000_000, 1) for amount in net] == [9034.5, 11310.5]
    assert float(timing.cost) == pytest.approx(0.15, abs=1e-4)
