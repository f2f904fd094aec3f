"""A picture of a loan's balance over time; the history beside it holds the same figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from postloan.outcomes.charts import BLUE, FAINT, GRID, INK, ORANGE
from postloan.web.loan_view import LoanView
from postloan.web.words import PageWords

_FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif'


def balance(view: LoanView, words: PageWords) -> dict[str, Any]:
    """What was owed, in all and of it principal, before and after every event up to the day."""
    total: list[list[Any]] = []
    principal: list[list[Any]] = []
    paid: list[dict[str, Any]] = []
    before_principal = 0
    for line in view.history.lines:
        day, moved = line.value_on, line.moved.total
        if total:
            total.append(_point(day, line.owed.fen - moved.fen))
            principal.append(_point(day, before_principal))
        total.append(_point(day, line.owed.fen))
        principal.append(_point(day, line.parts.principal.fen))
        before_principal = line.parts.principal.fen
        if line.name == "payment_received" and not line.reversed_by:
            paid.append({"value": _point(day, line.owed.fen), "name": f"{-moved}"})
    total.append(_point(view.on, view.state.owed.total.fen))
    principal.append(_point(view.on, view.state.owed.principal.fen))
    return {
        "animation": False,
        "aria": {"enabled": False},
        "textStyle": {"fontFamily": _FONT, "color": INK},
        "grid": {"left": 4, "right": 16, "top": 40, "bottom": 4, "containLabel": True},
        "legend": {
            "type": "scroll",
            "top": 0,
            "left": 0,
            "right": 0,
            "textStyle": {"color": INK},
            "itemGap": 16,
            "itemWidth": 16,
        },
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "time",
            "axisLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": FAINT, "fontSize": 11, "hideOverlap": True, "formatter": "{yyyy}-{MM}"},
            "splitLine": {"show": False},
            "minInterval": 28 * 24 * 3600 * 1000,
        },
        "yAxis": {
            "type": "value",
            "splitNumber": 4,
            "splitLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": FAINT, "fontSize": 11},
        },
        "series": [
            _line(words.t("loan.owed_in_all"), total, ORANGE, "#fbe6d6"),
            _line(words.t("loan.of_it_principal"), principal, BLUE, "#d6e8f4"),
            {
                "type": "scatter",
                "name": words.t("loan.payment"),
                "symbol": "circle",
                "symbolSize": 9,
                "z": 5,
                "itemStyle": {"color": "#fff", "borderColor": INK, "borderWidth": 2},
                "data": paid,
            },
        ],
    }


def _line(name: str, data: list[list[Any]], colour: str, under: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "symbol": "none",
        "data": data,
        "lineStyle": {"color": colour, "width": 2},
        "itemStyle": {"color": colour},
        "areaStyle": {"color": under, "opacity": 1},  # the later one covers the earlier one
    }


def _point(day: date, fen: int) -> list[Any]:
    # A picture may round; the table beside it does not.
    return [day.isoformat(), round(fen / 100, 2)]
