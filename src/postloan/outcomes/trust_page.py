"""The trustee's report as one HTML file that opens without a network, in Chinese or English."""

from __future__ import annotations

from datetime import date
from typing import Any

from postloan.kernel import Lang
from postloan.outcomes.charts import BLUE, FAINT, GREEN, GRID, INK, ORANGE
from postloan.outcomes.page import render
from postloan.outcomes.trust_report import LATERS, LESSES, TrustFacts
from postloan.outcomes.words import NONE, Words
from postloan.securitisation.formula import STATUSES
from postloan.securitisation.result import yuan
from postloan.securitisation.words import chinese

_COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#e69f00", "#56b4e9")
_FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif'
_WHY = {"paid in full": "full", "cash was short": "short", "limited": "limited", "counted": "counted"}


def render_trust_report(facts: TrustFacts, *, lang: Lang, version: str = "") -> str:
    """The report as one HTML file."""
    words = Words(lang)
    terms = facts.deal.terms
    return render(
        "trust.html.j2",
        words,
        {"collected": _collected(facts, words), "balances": _balances(facts)},
        {
            "title": words.t("trust.title", name=terms.name),
            "period": words.t("trust.period", number=facts.number, since=facts.since, on=facts.on),
            "closing": words.t("trust.closing", day=terms.dates.closing),
            "lead": _lead(facts, words),
            "verdicts": _verdicts(facts, words),
            "sources": [(words.t(f"trust.{name}"), _fen(amount)) for name, amount in facts.sources],
            "cash": _fen(sum(amount for _, amount in facts.sources)),
            "cost": _fen(facts.cost),
            "bonds": [_bond(line, words) for line in facts.bonds],
            "steps": [_step(step, words) for step in facts.steps],
            "fees": [(name, _fen(due), _fen(paid), _fen(left)) for name, due, paid, left in facts.fees],
            "accounts": [
                (name, _fen(came), _fen(went), _fen(left)) for name, came, went, left in facts.accounts
            ],
            "triggers": facts.triggers,
            "compared": [_compared(one, words) for one in facts.compared],
            "assumed": any(one.assumed for one in facts.compared),
            "grid": _grid(facts),
            "lesses": [f"−{less:.0%}" if less else "0%" for less in LESSES],
            "senior": facts.senior,
            "findings": facts.findings,
            "method": _method(facts, words),
            "made": words.t("page.made", version=version or "0"),
        },
    )


def _fen(amount: int) -> str:
    return f"{yuan(amount):,}"


def _lead(facts: TrustFacts, words: Words) -> str:
    senior = next(line for line in facts.bonds if line.name == facts.senior)
    return words.t(
        "trust.lead",
        cash=words.big(yuan(sum(amount for _, amount in facts.sources))),
        cost=words.big(yuan(facts.cost)),
        senior=facts.senior,
        interest=words.big(yuan(senior.interest)),
        principal=words.big(yuan(senior.principal)),
    )


def _verdicts(facts: TrustFacts, words: Words) -> list[tuple[str, str]]:
    """Sentences with the class that says whether they are good or bad news."""
    senior = next(line for line in facts.bonds if line.name == facts.senior)
    share = words.pct(senior.closing / senior.face if senior.face else 0, 2)
    made = [("", words.t("trust.left", senior=facts.senior, share=share))]
    for one in facts.compared:
        if one.ratio is not None:
            text = words.t("trust.ahead", agency=one.agency, ratio=words.pct(one.ratio))
            made.append(("good" if one.ratio >= 1 else "bad", text))
    waterfall = words.t(f"trust.w_{STATUSES[facts.status]}")
    made.append(("", words.t("trust.normal", waterfall=waterfall)))
    return made


def _bond(line: Any, words: Words) -> tuple[str, ...]:
    per_hundred = f"{100 * line.closing / line.face:.4f}" if line.face else NONE
    amounts = (line.face, line.opening, line.interest, line.principal, line.closing)
    return (line.name, *map(_fen, amounts), per_hundred, _fen(line.unpaid))


def _step(step: Any, words: Words) -> dict[str, str]:
    what = chinese(step.do) if words.lang == "zh" else step.do.replace("-", " ")
    return {
        "number": str(step.step or ""),
        "what": what,
        "source": step.source or NONE,
        "to": step.to,
        "asked": _fen(step.asked),
        "paid": _fen(step.paid),
        "unpaid": _fen(step.unpaid) if step.why != "counted" else NONE,
        "why": words.t(f"trust.{_WHY[step.why]}"),
        "tag": "warning" if step.why == "cash was short" else "note",
        "line": str(step.line or NONE),
    }


def _compared(one: Any, words: Words) -> tuple[str, ...]:
    return (
        one.agency,
        _fen(one.total),
        _fen(one.to_date),
        _fen(one.actual),
        words.pct(one.ratio),
        one.repaid_on.isoformat() if one.repaid_on else words.t("trust.not_repaid"),
        _fen(one.senior_lost),
    )


def _grid(facts: TrustFacts) -> list[tuple[int, list[tuple[str, str]]]]:
    """Rows of cells: text and colour, from white (nothing lost) to red (all lost)."""
    return [
        (later, [("✓" if not lost else f"{lost:.1%}", red_of(lost)) for lost in line])
        for later, line in zip(LATERS, facts.grid, strict=False)
    ]


def red_of(lost: float) -> str:
    """The background of a cell: blue where nothing is lost, then from light to dark."""
    if not lost:
        return "background:#e3f0f8"
    strength = min(1.0, 0.15 + lost)
    red, green, blue = (round(255 - strength * (255 - channel)) for channel in (0xD5, 0x5E, 0x00))
    return f"background:rgb({red},{green},{blue})"


def _method(facts: TrustFacts, words: Words) -> list[str]:
    made = [words.t("trust.m_data")]
    if any(one.assumed for one in facts.compared):
        made.append(words.t("trust.assumed"))
    if facts.deal.terms.sources:
        made.append(words.t("trust.m_sources", sources="; ".join(facts.deal.terms.sources)))
    return made


def _points(values: Any) -> list[list[Any]]:
    return [[day.isoformat(), round(amount / 100_000_000, 4)] for day, amount in values]


def time_line(name: str, values: Any, colour: str, **more: Any) -> dict[str, Any]:
    """A line of amounts in fen over days, drawn in millions of yuan; more: of its style."""
    return {
        "type": "line",
        "name": name,
        "data": _points(values),
        "symbol": "none",
        "lineStyle": {"color": colour, "width": 2, **more},
        "itemStyle": {"color": colour},
    }


def time_chart(series: list[dict[str, Any]], names: list[str]) -> dict[str, Any]:
    """Lines over time. names: those in the legend."""
    return {
        "animation": False,
        "aria": {"enabled": False},
        "textStyle": {"fontFamily": _FONT, "color": INK},
        "grid": {"left": 8, "right": 16, "top": 58, "bottom": 8, "containLabel": True},
        "legend": {
            "top": 0,
            "left": 0,
            "data": names,
            "textStyle": {"color": INK, "fontSize": 11},
            "itemGap": 12,
        },
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "time",
            "axisLabel": {"color": FAINT, "hideOverlap": True, "formatter": "{yyyy}-{MM}"},
            "axisLine": {"lineStyle": {"color": FAINT}},
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            "axisLabel": {"color": FAINT},
            "splitLine": {"lineStyle": {"color": GRID}},
        },
        "series": series,
    }


def _collected(facts: TrustFacts, words: Words) -> dict[str, Any]:
    cutoff = facts.deal.terms.dates.cutoff
    series = [
        time_line(one.agency, ((cutoff, 0), *one.curve), colour, type="dashed")
        for one, colour in zip(facts.compared, _COLOURS[1:], strict=False)
    ]
    series.append(time_line(words.t("trust.actual"), ((cutoff, 0), *facts.collected), BLUE))
    return time_chart(series, [one["name"] for one in series])


def _balances(facts: TrustFacts) -> dict[str, Any]:
    begin: date = facts.deal.terms.dates.closing
    series = []
    for (name, bond), colour in zip(facts.deal.terms.bonds.items(), _COLOURS, strict=False):
        path = [(begin, bond.balance), *((day, balances[name]) for day, balances in facts.history)]
        series.append(time_line(name, path, colour))
    names = [one["name"] for one in series]
    for one, kind in zip(facts.compared, ("dashed", "dotted", "dashed"), strict=False):
        label = f"{facts.senior} · {one.agency}"
        series.append(time_line(label, one.projection, BLUE, type=kind))
        names.append(label)
    return time_chart(series, names)
