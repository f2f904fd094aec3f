"""The morning page: what came in, what waits, what crosses a line soon, what changed and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from postloan.kernel import Money, parse_day
from postloan.outcomes.charts import FAINT, GRID, INK, ORANGE
from postloan.web.door import house_of, needs
from postloan.web.page import show, words_of
from postloan.web.roles import Right
from postloan.web.rule_words import rule_notes
from postloan.web.words import PageWords
from postloan.workflows.morning_parts import Morning, Standing

router = APIRouter(dependencies=[Depends(needs(Right.SEE))])

_FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif'
_SHADES = ("#e69f00", ORANGE, "#8b3a2f")  # as the classes that begin there are shown


@router.get("/")
def morning_page(request: Request, on: str = "") -> Response:
    """The morning of today, or of another day."""
    house, words = house_of(request), words_of(request)
    day = parse_day(on) if on.strip() else house.today()
    seen = house.mornings.of(house.records, day, house.book)
    charts = {"ahead": _ahead(seen, words)} if any(c.by_day for c in seen.crossings) else {}
    return show(
        request,
        "morning.html.j2",
        charts=charts,
        m=seen,
        today=house.today(),
        total=_total(seen.portfolio),
        crossing=sum(crossing.loans for crossing in seen.crossings),
        rules=rule_notes(house.book, _rules_named(seen)),
    )


def _total(portfolio: Sequence[Standing]) -> tuple[int, Money]:
    """Loans with a claim, and their principal."""
    claims = [line for line in portfolio if line.status not in ("closed", "sold")]
    return sum(line.loans for line in claims), Money(sum(line.principal.fen for line in claims))


def _rules_named(seen: Morning) -> set[str]:
    rules = {rule for move in seen.regraded.moves for rule in move.because}
    return rules | {crossing.rule for crossing in seen.crossings}


def _ahead(seen: Morning, words: PageWords) -> dict[str, Any]:
    """Loans by the day on which they cross a line, one colour for each line; every day has its place."""
    days = [seen.on + timedelta(days=n) for n in range(seen.days + 1)]
    series = []
    for crossing, colour in zip(seen.crossings, _SHADES, strict=False):
        loans = {count.on: count.loans for count in crossing.by_day}
        series.append(
            {
                "type": "bar",
                "stack": "loans",
                "name": words.t("morning.reaching", day=crossing.day),
                "data": [loans.get(day, 0) for day in days],
                "itemStyle": {"color": colour},
                "barMaxWidth": 22,
            }
        )
    return {
        "animation": False,
        "aria": {"enabled": False},
        "textStyle": {"fontFamily": _FONT, "color": INK},
        "grid": {"left": 4, "right": 8, "top": 40, "bottom": 4, "containLabel": True},
        "legend": {
            "type": "scroll",
            "top": 0,
            "left": 0,
            "right": 0,
            "textStyle": {"color": INK},
            "itemGap": 14,
            "itemWidth": 14,
        },
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {
            "type": "category",
            "data": [f"{day:%m-%d}" for day in days],
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": FAINT, "fontSize": 11, "hideOverlap": True},
        },
        "yAxis": {
            "type": "value",
            "minInterval": 1,
            "splitNumber": 4,
            "splitLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": FAINT, "fontSize": 11},
        },
        "series": series,
    }
