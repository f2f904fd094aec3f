"""Deals on a page: a structure edited, run, stressed, set beside another, and read as an investor reads it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from postloan.kernel import Lang
from postloan.outcomes.charts import BLUE, GREEN, ORANGE
from postloan.outcomes.trust_page import red_of, time_chart, time_line
from postloan.securitisation.real_deals import real_deals
from postloan.securitisation.result import yuan
from postloan.securitisation.words import chinese
from postloan.web.page import lang_of, show, words_of
from postloan.web.words import PageWords
from postloan.workflows.abs_studio import LATERS, LESSES, Tried, try_out

router = APIRouter()

LONGEST = 24_000
"""Characters of a deal or of a table of collections that are read."""
_COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#e69f00", "#56b4e9")
_MARKS = ("①", "②")
_STARTS = "puxin-guihang-2025-4"


@cache
def starts() -> Mapping[str, tuple[str, str]]:
    """What one can start from, deals that were really issued: by key, its name and its text."""
    return {key: (deal.terms.name, deal.terms.text) for key, deal in real_deals().items()}


@router.get("/deals")
def deals_page(request: Request, start: str = _STARTS) -> Response:
    """A deal to start from, already run."""
    known = starts()
    text = known[start if start in known else _STARTS][1]
    return _page(request, {"start": start, "deal": text})


@router.post("/deals")
async def run_deals(request: Request) -> Response:
    """One structure, or two side by side, over the same collections. Nothing is kept."""
    form = {key: str(value)[:LONGEST] for key, value in (await request.form()).items()}
    return await run_in_threadpool(_page, request, form)


def _page(request: Request, form: Mapping[str, str]) -> Response:
    words, lang = words_of(request), lang_of(request)
    less, later = _number(form.get("less", ""), 90) / 100, _number(form.get("later", ""), 36)
    tried = [
        try_out(
            form[key], key, form.get("flow", ""), form.get("agency", ""), less=less, later=later, lang=lang
        )
        for key in ("deal", "other")
        if form.get(key, "").strip()
    ]
    whole = [one for one in tried if one.figures]
    return show(
        request,
        "deals.html.j2",
        status=400 if any(one.says for one in tried) else 200,
        charts={"balances": _balances(whole), "payments": _payments(whole[0])} if whole else None,
        form=form,
        starts={key: name for key, (name, _) in starts().items()},
        agencies=_agencies(form.get("deal", "")),
        tried=tried,
        whole=whole,
        sides=[_side(one, mark, words, lang) for one, mark in zip(whole, _MARKS, strict=False)],
        lesses=[f"−{share:.0%}" if share else "0%" for share in LESSES],
        longest=LONGEST,
        less=round(less * 100),
        later=later,
    )


def _number(text: str, most: int) -> int:
    return min(int(text), most) if text.strip().isdecimal() and len(text) < 5 else 0


def _agencies(text: str) -> list[str]:
    """The agencies whose forecasts a deal holds; none where it cannot be read."""
    from postloan.kernel import PostloanError
    from postloan.securitisation import Deal

    try:
        return list(Deal.from_text(text).terms.forecasts)
    except PostloanError:
        return []


def _fen(amount: int) -> str:
    return f"{yuan(amount):,}"


def _side(one: Tried, mark: str, words: PageWords, lang: Lang) -> dict[str, Any]:
    """One structure as the page shows it."""
    return {
        "name": f"{mark} {one.name}",
        "full": one.least is not None,
        "cash": _fen(one.cash),
        "least": words.pct(one.least),
        "bonds": [
            (
                figure.bond,
                _fen(figure.face),
                _fen(figure.interest + figure.principal),
                _fen(figure.lost),
                words.pct(figure.yields, 2),
                "—" if figure.life is None else f"{figure.life:.2f}",
                f"{figure.price:.3f}",
                "—" if figure.duration is None else f"{figure.duration:.2f}",
                figure.repaid_on.isoformat() if figure.repaid_on else "—",
            )
            for figure in one.figures
        ],
        "fees": [(name, _fen(paid), _fen(due)) for name, paid, due in one.fees],
        "senior": one.senior,
        "grid": [
            (later, [("✓" if not lost else f"{lost:.1%}", red_of(lost)) for lost in row])
            for later, row in zip(LATERS, one.grid, strict=True)
        ],
        "payments": {
            bond: [(day.isoformat(), *map(_fen, amounts)) for day, *amounts in rows]
            for bond, rows in (one.payments or {}).items()
        },
        "steps_on": one.steps_on,
        "steps": [
            (
                str(step.step or ""),
                chinese(step.do) if lang == "zh" else step.do.replace("-", " "),
                step.to,
                _fen(step.asked),
                _fen(step.paid),
                str(step.line or ""),
            )
            for step in one.steps
        ],
    }


def _balances(whole: list[Tried]) -> dict[str, Any]:
    """Outstanding principal of every class; the second structure dashed."""
    series = []
    for one, kind, mark in zip(whole, ("solid", "dashed"), _MARKS, strict=False):
        for (bond, rows), colour in zip((one.payments or {}).items(), _COLOURS, strict=False):
            name = bond if len(whole) == 1 else f"{mark} {bond}"
            series.append(time_line(name, [(day, balance) for day, _, _, balance in rows], colour, type=kind))
    return time_chart(series, [one["name"] for one in series])


def _payments(one: Tried) -> dict[str, Any]:
    """What the senior class pays, by day: interest and principal one upon the other."""
    rows = (one.payments or {})[one.senior]
    paid = {
        "利息 interest": (ORANGE, [(day, interest) for day, interest, _, _ in rows]),
        "本金 principal": (BLUE, [(day, principal) for day, _, principal, _ in rows]),
    }
    made = time_chart([], list(paid))
    for name, (colour, amounts) in paid.items():
        data = [[day.isoformat(), round(amount / 100_000_000, 4)] for day, amount in amounts]
        bar = {
            "type": "bar",
            "stack": "paid",
            "name": name,
            "barMaxWidth": 18,
            "itemStyle": {"color": colour},
        }
        made["series"].append({**bar, "data": data})
    return made
