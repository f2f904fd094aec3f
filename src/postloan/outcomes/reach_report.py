"""A look back at letters as one HTML page that opens without a network: tables and a reliability diagram."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from postloan.kernel import Lang
from postloan.people.backtest import Backtest, Rate

_SIDE = 320
_NAMES = {
    "model": ("the model", "模型"),
    "address_on_file": ("address on file", "留存地址"),
    "newest": ("newest record", "最新地址"),
}


def reach_page(found: Backtest, *, title: str, lang: Lang = "en") -> str:
    """The page. title: what the tape is called."""
    at = 1 if lang == "zh" else 0
    head = ("Where letters arrive: a look back", "函件送达回测")[at]
    columns = (
        "choice|arrived where it was tried|expected, first attempt|expected, two attempts",
        "选择方式|实际试过的送达率|预计首次送达|预计两次内送达",
    )[at]
    under = (
        "Reliability: each dot is a tenth of the scale; the bar is its 95 % interval.",
        "可靠性图：每点为一档预计值，竖线为 95% 区间。",
    )[at]
    gains = ("the model's place is|people|model|address on file", "模型所选地址|人数|模型|留存地址")[at]
    lines = [
        (_NAMES[name][at], _share(line.observed), f"{line.expected:.1%}", f"{line.second:.1%}")
        for name, line in found.lines.items()
    ]
    rows = [
        (u.name, f"{u.people:,}", f"{u.model:.0%}", f"{u.file:.0%}")
        for u in (*found.by_source, *found.by_age)
    ]
    said = (
        f"{found.split} 前 {found.taught:,} 封用于学习，其后 {found.tested:,} 封用于检验；"
        f"平均校准误差 {found.error:.3f}。"
        if lang == "zh"
        else f"{found.taught:,} letters up to {found.split} taught, {found.tested:,} later ones tested; "
        f"expected and observed differ by {found.error:.3f} on average."
    )
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(head)}</title>'
        "<style>body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;margin:1rem 0}"
        "td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ccc}"
        "td:first-child,th:first-child{text-align:left}</style>"
        f"<h1>{escape(head)}</h1><p>{escape(title)}. {escape(said)}</p>{_table(columns, lines)}"
        f"<figure>{_diagram(found, under)}<figcaption>{escape(under)}</figcaption></figure>"
        f"{_table(gains, rows)}</html>\n"
    )


def _table(heads: str, rows: Sequence[tuple[str, ...]]) -> str:
    top = "".join(f"<th>{escape(head)}</th>" for head in heads.split("|"))
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _diagram(found: Backtest, label: str) -> str:
    def x(share: float) -> float:
        return round(30 + share * (_SIDE - 40), 1)

    def y(share: float) -> float:
        return round(_SIDE - 30 - share * (_SIDE - 40), 1)

    marks = "".join(
        f'<line x1="{x(b.expected)}" x2="{x(b.expected)}" y1="{y(b.arrived.low)}" y2="{y(b.arrived.high)}"'
        f' stroke="#888"/>'
        f'<circle cx="{x(b.expected)}" cy="{y(b.arrived.rate)}" r="4" fill="#036"/>'
        for b in found.bins
    )
    ticks = "".join(
        f'<text x="{x(t / 4)}" y="{_SIDE - 10}" text-anchor="middle" font-size="11">{25 * t}%</text>'
        f'<text x="26" y="{y(t / 4) + 4}" text-anchor="end" font-size="11">{25 * t}</text>'
        for t in range(5)
    )
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{_SIDE}" height="{_SIDE}" viewBox="0 0 {_SIDE} {_SIDE}">'
        f'<rect x="{x(0)}" y="{y(1)}" width="{x(1) - x(0)}" height="{y(0) - y(1)}" fill="none" stroke="#ccc"/>'
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#bbb" stroke-dasharray="4"/>'
        f"{marks}{ticks}</svg>"
    )


def _share(rate: Rate) -> str:
    return f"{rate.rate:.1%} ({rate.low:.1%}–{rate.high:.1%}, {rate.count:,})" if rate.count else "—"
