"""The trustee's report of a period (受托机构报告): what came in, who was paid, how it compares with the forecasts.

Facts only; ``trust_page`` writes them down. Forecast curves that the deal file does not give take the assumed shape of
``securitisation.real_deals``, and the facts say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from postloan.kernel import Finding, PostloanError
from postloan.securitisation import Deal, Flow, Result, make_flow
from postloan.securitisation import questions as q
from postloan.securitisation.deal import Forecast
from postloan.securitisation.flow import CASH, COLUMNS
from postloan.securitisation.machine import Day, Traced
from postloan.securitisation.real_deals import forecast_flow
from postloan.securitisation.timeline import Rates, collection_days

LESSES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LATERS = (0, 3, 6, 12)


class NoPayment(PostloanError):
    """No payment day of {deal} lies on or before {on}.

    The payment days are {known}; choose one with --on, or give collections that reach one.
    """

    zh = "{deal} 在 {on} 或之前没有支付日。支付日为 {known}；请用 --on 选择其一，或提供覆盖支付日的回收表。"


@dataclass(frozen=True, slots=True)
class BondLine:
    """A bond on the payment day; amounts in fen."""

    name: str
    face: int
    opening: int
    interest: int
    principal: int
    closing: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Collections to date against one agency's forecast.

    curve: cumulative forecast by day. to_date, actual: until the end of the period. assumed: the file has no curve.
    ratio: actual to forecast; ``None`` where the forecast has nothing yet. repaid_on, senior_lost: if what is left of
    the forecast comes in at that ratio.
    """

    agency: str
    total: int
    to_date: int
    actual: int
    ratio: float | None
    assumed: bool
    curve: tuple[tuple[date, int], ...]
    repaid_on: date | None
    senior_lost: int
    projection: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """Everything that the report says. sources: collections of the period by source; cash and costs in fen.

    grid: the senior's loss by delay (rows) and shortfall (columns) of the first agency's projection.
    """

    deal: Deal
    on: date
    since: date
    number: int
    sources: tuple[tuple[str, int], ...]
    cost: int
    bonds: tuple[BondLine, ...]
    fees: tuple[tuple[str, int, int, int], ...]
    accounts: tuple[tuple[str, int, int, int], ...]
    steps: tuple[Traced, ...]
    triggers: tuple[tuple[str, bool, str], ...]
    status: int
    collected: tuple[tuple[date, int], ...]
    compared: tuple[Compared, ...]
    senior: str
    history: tuple[tuple[date, dict[str, int]], ...]
    grid: tuple[tuple[float, ...], ...]
    findings: tuple[Finding, ...]


def trust_facts(deal: Deal, flow: Flow, rates: Rates, on: date | None = None) -> TrustFacts:
    """The facts of the period that ends with the last payment day on or before ``on``.

    Without a day it is the last one whose collections are all there.

    Raises:
        NoPayment: there is no such day.
    """
    result = deal.run(flow, rates)
    days = [day for day in result.machine.days if day.paying]
    until = on or _last_whole(deal, days, flow.dates[-1])
    number = max((i for i, day in enumerate(days, 1) if day.on <= until), default=0)
    if not number:
        known = ", ".join(day.on.isoformat() for day in days[:6])
        raise NoPayment(deal=deal.terms.name, on=until, known=known or "—")
    day = days[number - 1]
    since = days[number - 2].on if number > 1 else deal.terms.dates.cutoff
    past = _until(flow, day.on)
    senior = q.bond_of(deal.terms, None)
    compared = tuple(
        _compare(deal, forecast, past, day.on, senior, rates) for forecast in deal.terms.forecasts.values()
    )
    return TrustFacts(
        deal=deal,
        on=day.on,
        since=since,
        number=number,
        sources=_sources(flow, since, day.on),
        cost=_sum(flow, ("cost",), since, day.on),
        bonds=tuple(_bond_lines(deal, days, number)),
        fees=tuple((name, due + paid, paid, due) for name, (due, paid) in day.fees.items()),
        accounts=tuple((name, *values) for name, values in day.accounts.items()),
        steps=tuple(step for step in result.trace() if step.day == day.on and (step.paid or step.unpaid)),
        triggers=tuple((name, bool(day.fired[name]), t.when.text) for name, t in deal.terms.triggers.items()),
        status=int(day.status),
        collected=_cumulated(past),
        compared=compared,
        senior=senior,
        history=tuple((one.on, {n: row.balance for n, row in one.bonds.items()}) for one in days[:number]),
        grid=_grid(deal, past, day.on, senior, rates),
        findings=_findings(result, deal),
    )


def _findings(result: Result, deal: Deal) -> tuple[Finding, ...]:
    return tuple(f for f in (*deal.check(), *result.findings) if f.code not in ("S102", "S103", "S011"))


def _last_whole(deal: Deal, days: Sequence[Day], last: date) -> date:
    """The last payment day whose collections are all there."""
    collecting = collection_days(deal.terms)
    found = days[0].on if days else last
    for day in days:
        if max((one for one in collecting if one <= day.on), default=last) <= last:
            found = day.on
    return found


def _until(flow: Flow, on: date) -> Flow:
    count = sum(day <= on for day in flow.dates)
    return Flow(flow.dates[:count], {n: lanes[:count] for n, lanes in flow.columns.items()}, flow.opening)


def _sum(flow: Flow, names: Sequence[str], since: date, until: date) -> int:
    return sum(
        int(flow.at(n, row)) for n in names for row, day in enumerate(flow.dates) if since < day <= until
    )


def _sources(flow: Flow, since: date, until: date) -> tuple[tuple[str, int], ...]:
    return tuple((name, _sum(flow, (name,), since, until)) for name in CASH if name in flow.columns)


def _cumulated(flow: Flow) -> tuple[tuple[date, int], ...]:
    made, whole = [], 0
    for row, day in enumerate(flow.dates):
        whole += sum(int(flow.at(name, row)) for name in CASH)
        made.append((day, whole))
    return tuple(made)


def _bond_lines(deal: Deal, days: Sequence[Day], number: int) -> list[BondLine]:
    day, before = days[number - 1], days[number - 2] if number > 1 else None
    lines = []
    for name, row in day.bonds.items():
        bond = deal.terms.bonds[name]
        opening = before.bonds[name].balance if before else bond.balance
        lines.append(
            BondLine(
                name, bond.original, opening, row.interest, row.principal, row.balance, row.due + row.on_due
            )
        )
    return lines


def _curve(deal: Deal, forecast: Forecast) -> tuple[tuple[tuple[date, int], ...], Flow, bool]:
    """A forecast's cumulative curve, its monthly flow, and whether its shape is assumed."""
    flow = forecast_flow(deal.terms, forecast)
    if not forecast.by:
        return _cumulated(flow), flow, True
    cash = [_at(forecast.by, deal.terms.dates.cutoff, day) for day in flow.dates]
    monthly = [after - before for before, after in zip([0, *cash[:-1]], cash, strict=True)]
    return (
        _cumulated(make_flow(flow.dates, {"recovery": monthly})),
        make_flow(flow.dates, {"recovery": monthly}),
        False,
    )


def _at(by: Sequence[tuple[date, int]], begin: date, day: date) -> int:
    """A cumulative curve on a day, straight between the days that are given."""
    before, amount = begin, 0
    for on, whole in by:
        if day <= on:
            return amount + (whole - amount) * max((day - before).days, 0) // max((on - before).days, 1)
        before, amount = on, whole
    return amount


def _compare(deal: Deal, forecast: Forecast, past: Flow, on: date, senior: str, rates: Rates) -> Compared:
    curve, monthly, assumed = _curve(deal, forecast)
    last = past.dates[-1]
    to_date = _at(curve, deal.terms.dates.cutoff, last)
    actual = _cumulated(past)[-1][1]
    ratio = actual / to_date if to_date else None
    whole = _continued(deal, past, monthly, ratio or 1.0)
    figures = {one.bond: one for one in q.figures(deal.terms, whole, rates)}
    run = deal.run(whole, rates)
    path = tuple(
        (day.on, day.bonds[senior].balance) for day in run.machine.days if day.paying and day.on >= on
    )
    found = figures[senior]
    return Compared(
        forecast.agency,
        forecast.total,
        to_date,
        actual,
        ratio,
        assumed,
        curve,
        found.repaid_on,
        found.lost,
        path,
    )


def _continued(deal: Deal, past: Flow, forecast: Flow, ratio: float) -> Flow:
    """What came in, then what the forecast has left, at a ratio; costs go on at their share so far."""
    rows = [row for row, day in enumerate(forecast.dates) if day > past.dates[-1]]
    cash = sum(int(v) for name in CASH for v in past.columns.get(name, ()))
    costs = sum(int(v) for v in past.columns.get("cost", ()))
    dates = [*past.dates, *(forecast.dates[row] for row in rows)]
    later = [round(int(forecast.at("recovery", row)) * ratio) for row in rows]
    known = [name for name in COLUMNS if name in past.columns and name != "balance"]
    columns = {name: [*map(int, past.columns[name]), *([0] * len(rows))] for name in known}
    home = next(name for name in ("recovery", *CASH) if name in deal.terms.collections)
    columns.setdefault(home, [0] * len(dates))[len(past.dates) :] = later
    if costs:
        columns["cost"][len(past.dates) :] = [amount * costs // max(cash, 1) for amount in later]
    return make_flow(dates, columns)


def _grid(deal: Deal, past: Flow, on: date, senior: str, rates: Rates) -> tuple[tuple[float, ...], ...]:
    """Stress on what is still to come; what came in is not stressed."""
    if not deal.terms.forecasts:
        return ()
    forecast = next(iter(deal.terms.forecasts.values()))
    curve, monthly, _ = _curve(deal, forecast)
    to_date = _at(curve, deal.terms.dates.cutoff, past.dates[-1])
    ratio = _cumulated(past)[-1][1] / to_date if to_date else 1.0
    made = []
    for later in LATERS:
        line = []
        for less in LESSES:
            flow = _later(_continued(deal, past, monthly, ratio * (1 - less)), len(past.dates), later)
            machine = deal.run_many(flow, rates)
            bond = machine.bonds[senior]
            lost = bond.balance + bond.due + bond.on_due
            whole = lost + bond.interest_paid + bond.principal_paid
            line.append(lost / whole if whole else 0.0)
        made.append(tuple(line))
    return tuple(made)


def _later(flow: Flow, known: int, later: int) -> Flow:
    """What is still to come, some rows later; what would fall behind the last row comes on it."""
    if not later:
        return flow
    columns = {}
    for name, lanes in flow.columns.items():
        past, coming = [int(v) for v in lanes[:known]], [int(v) for v in lanes[known:]]
        moved = ([0] * later + coming)[: len(coming)]
        if moved:
            moved[-1] += sum(coming) - sum(moved)
        columns[name] = past + moved
    return make_flow(flow.dates, columns)
