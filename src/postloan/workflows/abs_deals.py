"""The thirteen real deals as tables: forecast, paid, difference, and what remaining balances imply."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from postloan.kernel import Lang
from postloan.securitisation.real_deals import Outcome, assumed_timing, outcomes, real_deals

__all__ = ["COLUMNS", "REMAINING", "deals_json", "deals_tables", "real_deals"]

COLUMNS = {
    "en": (
        "Deal", "Agency", "Forecast", "Rate", "Senior face", "Senior paid", "Diff.", "Repaid on",
        "Life, years", "Junior face", "Junior paid", "Diff.", "Excess", "Stands at",
    ),
    "zh": (
        "交易", "评级机构", "预测回收", "回收率", "优先档面值", "优先档已付", "差额", "清偿日", "期限（年）",
        "次级档面值", "次级档已付", "差额", "超额奖励", "优先档可承受至预测的",
    ),
}  # fmt: skip
REMAINING = {
    "en": ("Deal", "Agency", "Remaining per 100", "Collected at least about", "Of the forecast",
           "Forecast gets there on"),
    "zh": ("交易", "评级机构", "每百元剩余", "至少约已回收", "占预测", "预测到达该余额之日"),
}  # fmt: skip


def _wan(fen: float) -> str:
    """In whole 10,000 yuan (万元), so that a deal's line fits a screen; ``deals_json`` has the rest."""
    return f"{fen / 1_000_000:,.0f}"


def deals_tables(lang: Lang) -> tuple[list[list[object]], list[list[object]]]:
    """Rows for people: under the forecasts, and what remaining balances imply. Amounts in 10,000 yuan."""
    found = list(outcomes())
    return [_paid(one) for one in found], [_implied(one) for one in found if one.ahead is not None]


def _paid(one: Outcome) -> list[object]:
    senior, junior = one.senior, one.junior
    return [
        one.name, one.agency, _wan(one.forecast), f"{one.recovery:.1%}", _wan(senior.face),
        _wan(senior.interest + senior.principal), _wan(senior.interest - senior.lost), senior.repaid_on or "—",
        "—" if senior.life is None else f"{senior.life:.2f}", _wan(junior.face),
        _wan(junior.interest + junior.principal), _wan(junior.interest - junior.lost), _wan(one.incentive),
        "—" if one.least is None else f"{one.least:.1%}",
    ]  # fmt: skip


def _implied(one: Outcome) -> list[object]:
    assert one.ahead is not None
    ahead = one.ahead
    return [one.name, one.agency, f"{float(ahead.remaining):.2f}", _wan(ahead.gross), f"{ahead.of_forecast:.1%}",
            ahead.reached_on or "—"]  # fmt: skip


def deals_json() -> dict[str, Any]:
    """Everything as plain values; amounts in yuan."""
    timing = assumed_timing()
    return {
        "assumed": {
            "monthly_ratio": timing.ratio,
            "cost_of_cash": float(timing.cost),
            "months": dict(timing.months),
        },
        "outcomes": [_plain(asdict(one)) for one in outcomes()],
    }


_FEN = ("forecast", "face", "interest", "principal", "lost", "incentive", "gross")


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, dict):
            made[key] = _plain(inner)
        elif key in _FEN and isinstance(inner, int):
            made[key] = inner / 100
        else:
            made[key] = float(inner) if key == "remaining" else inner
    return made
