"""A structure tried out: a deal's text over collections, with everything that a structurer or an investor looks at."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from postloan.kernel import Finding, Lang, PostloanError
from postloan.securitisation import BadFlow, Deal, Flow, Result, read_flow
from postloan.securitisation import questions as q
from postloan.securitisation.checking import blocking
from postloan.securitisation.machine import Traced
from postloan.securitisation.real_deals import forecast_flow
from postloan.securitisation.stress import stressed
from postloan.workflows.securitising import check_deal

LESSES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7)
LATERS = (0, 3, 6, 12)


class NothingToRun(PostloanError):
    """There are no collections to run the deal on.

    Paste a table with date, principal, interest, recovery, cost, or add a forecast with its total to the deal.
    """

    zh = "没有可用于运行的回收数据。请粘贴含 date、principal、interest、recovery、cost 的表格，或在交易中加入预测总额。"


@dataclass(frozen=True, slots=True)
class Tried:
    """One structure over one scenario.

    says: what refuses it, "" if nothing does. figures: what each bond brings. payments: of each bond by day, in fen.
    grid: the senior's loss by delay (rows) and shortfall (columns). steps: the movements of the first payment day that
    paid principal. least: part of the cash with which the senior is still paid in full.
    """

    name: str
    says: str = ""
    findings: tuple[Finding, ...] = ()
    figures: tuple[q.Figures, ...] = ()
    fees: tuple[tuple[str, int, int], ...] = ()
    payments: Mapping[str, Sequence[tuple[date, int, int, int]]] | None = None
    senior: str = ""
    grid: tuple[tuple[float, ...], ...] = ()
    steps: tuple[Traced, ...] = ()
    steps_on: date | None = None
    least: float | None = None
    cash: int = 0


def try_out(
    text: str, name: str, collections: str, agency: str, *, less: float, later: int, lang: Lang
) -> Tried:
    """A structure tried out; what is wrong with it is said, not raised."""
    try:
        deal = Deal.from_text(text, name)
        flow = collections_of(deal, collections, agency)
        findings = check_deal(deal)
        if blocking(findings):
            return Tried(deal.terms.name, "", findings)
        return _tried(deal, stressed(flow, less=less, later=later) if less or later else flow, findings)
    except PostloanError as error:
        return Tried(name, error.message(lang))


def collections_of(deal: Deal, pasted: str, agency: str) -> Flow:
    """The pasted table, or an agency's forecast in the assumed shape.

    Raises:
        NothingToRun: there is neither. BadFlow: the table is wrong.
    """
    if pasted.strip():
        rows = list(csv.DictReader(io.StringIO(pasted.strip().replace("\t", ","))))
        for number, row in enumerate(rows, 2):
            if None in row or None in row.values():
                what, mend = (
                    f"row {number} has another number of cells than the header",
                    "Give every row all cells.",
                )
                zh = (f"第 {number} 行列数与表头不符", "请补齐各列。")
                raise BadFlow(where="flow", what=what, mend=mend, what_zh=zh[0], mend_zh=zh[1])
        return read_flow(rows, "flow")
    forecasts = deal.terms.forecasts
    if not forecasts or not any(forecast.total for forecast in forecasts.values()):
        raise NothingToRun
    return forecast_flow(deal.terms, forecasts.get(agency) or next(iter(forecasts.values())))


def _tried(deal: Deal, flow: Flow, findings: tuple[Finding, ...]) -> Tried:
    result = deal.run(flow)
    senior = q.bond_of(deal.terms, None)
    days = [day for day in result.machine.days if day.paying]
    on = next((day.on for day in days if any(row.principal for row in day.bonds.values())), None)
    return Tried(
        name=deal.terms.name,
        findings=(*findings, *result.findings),
        figures=q.figures(deal.terms, flow),
        fees=tuple((name, fee.paid_total, fee.due) for name, fee in result.machine.fees.items()),
        payments=_payments(deal, result),
        senior=senior,
        grid=tuple(map(tuple, q.grid(deal.terms, flow, LESSES, LATERS)[senior])),
        steps=tuple(step for step in result.trace() if step.day == on and (step.paid or step.unpaid)),
        steps_on=on,
        least=q.break_even(deal.terms, flow, senior),
        cash=q.cash_of(flow),
    )


def _payments(deal: Deal, result: Result) -> dict[str, list[tuple[date, int, int, int]]]:
    """By bond: day, interest, principal and balance, until nothing is left to happen."""
    made = {}
    for name in deal.terms.bonds:
        rows = [
            (day.on, day.bonds[name].interest, day.bonds[name].principal, day.bonds[name].balance)
            for day in result.machine.days
            if day.paying
        ]
        while len(rows) > 1 and not any(rows[-1][1:3]):
            rows.pop()
        made[name] = rows
    return made
