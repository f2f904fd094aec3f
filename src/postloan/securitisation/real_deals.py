"""Thirteen deals that were really issued, as files from their published terms, and what the forecasts mean for them.

Amounts and days are published; the shape of collections in time and their cost are assumptions that
``real/assumptions.yaml`` states with their source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from postloan.kernel.days import months_later
from postloan.securitisation.api import Deal
from postloan.securitisation.deal import Forecast, Terms
from postloan.securitisation.flow import Flow, make_flow
from postloan.securitisation.machine import Machine, run_deal
from postloan.securitisation.questions import Figures, break_even, figures
from postloan.securitisation.schedule import days_of

_FOLDER = files("postloan.securitisation").joinpath("real")


def real_deals() -> dict[str, Deal]:
    """The deals by the name of their file, in order of closing."""
    found = {
        entry.name.removesuffix(".toml"): Deal.from_text(entry.read_text(encoding="utf-8"), entry.name)
        for entry in _FOLDER.iterdir()
        if entry.name.endswith(".toml")
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].terms.dates.closing, item[0])))


@dataclass(frozen=True, slots=True)
class Timing:
    """How forecast cash is spread over months: each month brings ``ratio`` times the month before.

    cost: collection costs as a share of gross cash. months: until all of it has come.
    """

    ratio: float
    cost: Fraction
    months: Mapping[str, int]


@cache
def assumed_timing() -> Timing:
    """The shape in time that the one published pair of collections gives, and its share of costs."""
    import yaml

    raw: dict[str, Any] = yaml.safe_load(_FOLDER.joinpath("assumptions.yaml").read_text(encoding="utf-8"))
    pair = {int(months): Decimal(amount) for months, amount in raw["timing"]["net_within_months"].items()}
    (early, less), (late, more) = sorted(pair.items())
    wanted = float(less / more)
    low, high = 0.5, 0.999999
    for _ in range(100):  # (1 - r^early) / (1 - r^late) falls as r grows
        ratio = (low + high) / 2
        low, high = (ratio, high) if (1 - ratio**early) / (1 - ratio**late) > wanted else (low, ratio)
    cost = 1 - Fraction(more) / Fraction(Decimal(raw["timing"]["gross"]))
    return Timing(ratio, cost, raw["horizon_months"])


def forecast_flow(terms: Terms, forecast: Forecast) -> Flow:
    """A forecast as monthly collections and costs, in the assumed shape, from the cut-off day on."""
    timing = assumed_timing()
    months = timing.months[terms.pool.kind or "card"]
    last = months_later(terms.dates.cutoff, months)
    dates = days_of("month-end", terms.dates.cutoff, months_later(last, 1))[:months]
    whole = 1 - timing.ratio**months
    so_far = [round(forecast.total * (1 - timing.ratio ** (i + 1)) / whole) for i in range(months)]
    so_far[-1] = forecast.total
    cash = [after - before for before, after in zip([0, *so_far[:-1]], so_far, strict=True)]
    costs = [int(amount * timing.cost) for amount in cash]
    return make_flow(dates, {"recovery": cash, "cost": costs})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A deal under one agency's forecast.

    recovery: forecast cash over the claim. senior, junior: what each brings. least: the part of the forecast with
    which the senior is still paid in full. ahead: how far the published remaining balance is, if there is one.
    """

    deal: str
    name: str
    agency: str
    forecast: int
    recovery: float
    senior: Figures
    junior: Figures
    incentive: int
    least: float | None
    ahead: Implied | None


@dataclass(frozen=True, slots=True)
class Implied:
    """What a published remaining balance says about collections.

    remaining: per 100 of face. gross: cash that must have come in by then, in fen; of_forecast: as a part of the
    forecast. reached_on: the payment day on which the forecast reaches that balance. The day of publication is not
    known, so whether the deal is ahead cannot be said from this alone.
    """

    remaining: Fraction
    gross: int
    of_forecast: float
    reached_on: date | None


def outcomes(deals: Mapping[str, Deal] | None = None) -> Iterator[Outcome]:
    """Every deal under every published forecast."""
    for key, deal in (deals or real_deals()).items():
        terms = deal.terms
        senior = next(name for name, bond in terms.bonds.items() if bond.senior)
        for agency, forecast in terms.forecasts.items():
            flow = forecast_flow(terms, forecast)
            found = {figure.bond: figure for figure in figures(terms, flow)}
            machine = run_deal(terms, flow, trace=False)
            incentive = machine.fees["超额奖励服务费"].paid_total
            junior = next(name for name in terms.bonds if name != senior)
            yield Outcome(
                key,
                terms.name,
                agency,
                forecast.total,
                forecast.total / (terms.pool.claim or 1),
                found[senior],
                found[junior],
                incentive,
                break_even(terms, flow, senior),
                _implied(machine, senior, forecast),
            )


def _implied(machine: Machine, senior: str, forecast: Forecast) -> Implied | None:
    """Cash collected when the run passes the published balance, between payment days in proportion to the balance."""
    remaining = machine.terms.remaining.get(senior)
    if remaining is None:
        return None
    face = machine.terms.bonds[senior].balance
    wanted = int(face * remaining / 100)
    before_balance, before_cash = face, 0
    for day in machine.days:
        if not day.paying:
            continue
        cash = sum(
            machine.flow.at("recovery", row) for row, on in enumerate(machine.flow.dates) if on <= day.on
        )
        balance = day.bonds[senior].balance
        if balance <= wanted:
            part = (before_balance - wanted) / (before_balance - balance) if before_balance > balance else 0.0
            gross = round(before_cash + part * (cash - before_cash))
            return Implied(remaining, gross, gross / forecast.total, day.on)
        before_balance, before_cash = balance, cash
    return Implied(remaining, forecast.total, 1.0, None)
