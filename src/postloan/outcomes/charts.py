"""Chart options for ECharts: plain data, no functions, so that a page needs no other script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from postloan.market.comparables import Comparable, Nearby
from postloan.outcomes.report_answer import near_of, own_notices
from postloan.outcomes.report_facts import ReportFacts
from postloan.outcomes.words import LOAN_KINDS, Words, named

INK, FAINT, GRID = "#1d2a3a", "#5b6675", "#dde2e8"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"
"""From the palette of Okabe and Ito, told apart by colour-blind readers."""

_KINDS = (("个人消费贷款", BLUE, "circle"), ("信用卡透支", ORANGE, "diamond"), ("", GREEN, "triangle"))
_FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif'
_MILLION = Decimal(1_000_000)


def bars(
    labels: Sequence[str], amounts: Sequence[Decimal], words: Words, *, lying: bool, whole: Decimal
) -> dict[str, Any]:
    """One bar a band, with its share of the whole at its end; ``lying`` bars for long names."""
    data = [
        {
            "value": float(round(amount / _MILLION, 4)),
            "label": {"formatter": words.pct(amount / whole if whole else None)},
        }
        for amount in amounts
    ]
    category: dict[str, Any] = {
        "type": "category",
        "data": list(labels),
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": GRID}},
        "axisLabel": {"color": INK, "interval": 0, "fontSize": 11},
    }
    value: dict[str, Any] = {
        "type": "value",
        "name": words.t("strata.axis"),
        "nameTextStyle": {"color": FAINT, "fontSize": 11, "align": "left"},
        "nameLocation": "end",
        "splitNumber": 4,
        "splitLine": {"lineStyle": {"color": GRID}},
        "axisLabel": {"color": FAINT, "fontSize": 11, "hideOverlap": True},
    }
    if lying:
        category["inverse"] = True
        value |= {"nameLocation": "middle", "nameGap": 26}
        value["nameTextStyle"] = {"color": FAINT, "fontSize": 11}
        grid = {"left": 4, "right": 52, "top": 8, "bottom": 34, "containLabel": True}
    else:
        category["axisLabel"] |= {"rotate": 35 if sum(map(len, labels)) > 36 else 0}
        grid = {"left": 4, "right": 8, "top": 40, "bottom": 4, "containLabel": True}
    return {
        **_frame(),
        "grid": grid,
        "tooltip": {"trigger": "item", "formatter": "{b}: {c}"},
        "xAxis": value if lying else category,
        "yAxis": category if lying else value,
        "series": [
            {
                "type": "bar",
                "data": data,
                "itemStyle": {"color": BLUE, "borderRadius": [0, 2, 2, 0] if lying else [2, 2, 0, 0]},
                "barMaxWidth": 34,
                "barCategoryGap": "28%",
                "label": {
                    "show": True,
                    "position": "right" if lying else "top",
                    "color": INK,
                    "fontSize": 11,
                },
            }
        ],
    }


def scatter(facts: ReportFacts, words: Words) -> dict[str, Any]:
    """Start price over total against overdue age, by kind of loan; a line where this package stands."""
    dots = [
        (f"{c.seller} {c.period}", c.product, c.days, c.ratio)
        for c in facts.comparables
        if c.days is not None
    ]
    made = prices(dots, words)
    made["series"] += [_ring(own, words) for own in own_notices(facts)]
    if (found := near_of(facts)) is not None:
        made["series"].append(_here(found, made["yAxis"]["max"], words, packaged=bool(facts.packages)))
    return made


def prices(dots: Sequence[tuple[str, str, Decimal, Decimal]], words: Words) -> dict[str, Any]:
    """Price ratios against overdue age, by kind of loan.

    dots: name, product as notices call it, weighted days overdue, ratio of price to total.
    """
    series: list[dict[str, Any]] = []
    known = {kind for kind, _, _ in _KINDS if kind}
    for kind, colour, symbol in _KINDS:
        mine = [dot for dot in dots if (dot[1] == kind if kind else dot[1] not in known)]
        if mine:
            name = named(LOAN_KINDS, kind, words.lang) if kind else words.term("products", "other")
            series.append(_dots(name, mine, colour, symbol, words))
    top = math.ceil(max((float(dot[3]) * 100 for dot in dots), default=2) / 2) * 2
    return {
        **_frame(),
        "grid": {"left": 8, "right": 28, "top": 64, "bottom": 36, "containLabel": True},
        "legend": {"top": 4, "left": 0, "textStyle": {"color": INK}, "itemGap": 18},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "xAxis": {
            "type": "value", "name": words.t("comparables.x"), "nameLocation": "middle", "nameGap": 28,
            "min": 0, "nameTextStyle": {"color": FAINT}, "axisLabel": {"color": FAINT, "hideOverlap": True},
            "splitLine": {"show": False}, "axisLine": {"show": True, "lineStyle": {"color": FAINT}},
        },
        "yAxis": {
            "type": "value", "min": 0, "max": top,
            "axisLabel": {"color": FAINT, "formatter": "{value}%"}, "splitLine": {"lineStyle": {"color": GRID}},
        },
        "series": series,
    }  # fmt: skip


def _dots(
    name: str, mine: Sequence[tuple[str, str, Decimal, Decimal]], colour: str, symbol: str, words: Words
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": name,
        "symbol": symbol,
        "symbolSize": 13,
        "itemStyle": {"color": colour, "borderColor": "#fff", "borderWidth": 1.5, "opacity": 0.92},
        "data": [
            {
                "name": f"{who}: {words.days(days)} / {words.pct(ratio, 2)}",
                "value": [float(days), round(float(ratio) * 100, 3)],
            }
            for who, _, days, ratio in mine
        ],
    }


def _ring(own: Comparable, words: Words) -> dict[str, Any]:
    """A ring around the package's own notice."""
    return {
        "type": "scatter",
        "name": words.t("comparables.own_short"),
        "symbol": "circle",
        "symbolSize": 20,
        "silent": True,
        "itemStyle": {"color": "transparent", "borderColor": INK, "borderWidth": 2},
        "data": [[float(own.days or 0), round(float(own.ratio) * 100, 3)]],
    }


def _here(
    found: tuple[Decimal, Decimal, Nearby], top: float, words: Words, *, packaged: bool
) -> dict[str, Any]:
    days, _, near = found
    label = words.t("comparables.here" if packaged else "comparables.tape")
    return {
        "type": "line",
        "name": f"{label}: {words.days(days)}",
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": INK, "type": "dashed", "width": 1.5},
        "itemStyle": {"color": INK, "opacity": 0},
        "data": [[float(days), 0], [float(days), top]],
        "markArea": {
            "silent": True,
            "itemStyle": {"color": BLUE, "opacity": 0.08},
            "data": [[{"xAxis": float(near.low_days)}, {"xAxis": float(near.high_days)}]],
        },
    }


def _frame() -> dict[str, Any]:
    return {"animation": False, "aria": {"enabled": False}, "textStyle": {"fontFamily": _FONT, "color": INK}}
