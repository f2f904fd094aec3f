"""Provisions: by class and by expected loss, the ratios, and what moving loans would do before the quarter closes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from postloan.kernel import Money, PostloanError, parse_day
from postloan.ledger.judging import GRADES
from postloan.ledger.provision_words import ACTS, CAUTIONS, percent, said_of_book, said_of_effect
from postloan.ledger.provisions import Act, Effect, due_range
from postloan.outcomes.charts import BLUE, FAINT, GRID, INK, ORANGE
from postloan.rules import NoRuleValue
from postloan.web.door import house_of, needs
from postloan.web.mistakes import BadWeight, NothingChosen
from postloan.web.page import lang_of, show, words_of
from postloan.web.roles import Right
from postloan.web.rule_words import rule_notes
from postloan.web.words import PageWords
from postloan.workflows.provisioning import Chosen, Lender, NotToBeMoved, Provisioned, provisioned

router = APIRouter(dependencies=[Depends(needs(Right.SEE_PROVISIONS))])

_FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif'
_LONGEST = 60_000
_MARKS = {"below_value": "①", "nothing_collected": "②", "claim_stays": "③"}
_BETWEEN = re.compile(r"[\s,;，；、]+")


@dataclass(frozen=True, slots=True)
class _Row:
    """One class of the book. rate, loss: shares to set aside by class, and expected to be lost."""

    grade: str
    loans: int | None
    carried: Money
    rate: Fraction
    by_grade: Money
    loss: Fraction
    by_loss: Money


@router.get("/provisions")
def provisions_page(
    request: Request, on: str = "", other: str = "", held: str = "", weight: str = ""
) -> Response:
    """Provisions of today, or of another day."""
    return _page(request, {"on": on, "other": other, "held": held, "weight": weight})


@router.post("/provisions")
async def work_out(request: Request) -> Response:
    """What moving a set of loans would do; nothing is changed by it."""
    form = {key: str(value).strip()[:_LONGEST] for key, value in (await request.form()).items()}
    return await run_in_threadpool(_page, request, form)


def _page(request: Request, form: Mapping[str, str]) -> Response:
    house, words, lang = house_of(request), words_of(request), lang_of(request)
    today = house.today()
    says, status, found = "", 200, None
    on, lender, chosen = today, Lender(), None
    try:
        on = parse_day(form["on"]) if form.get("on") else today
        lender, chosen = _lender(form), _chosen(form)
    except PostloanError as error:
        says, status = error.message(lang), 400
    try:
        found = provisioned(house.records, on=on, lender=lender, chosen=chosen, book=house.book)
    except NotToBeMoved as error:
        says, status = error.message(lang), 409
        found = provisioned(house.records, on=on, lender=lender, book=house.book)
    except NoRuleValue as error:
        says, status = error.message(lang), 400
    shown = _shown(found, words) if found else {}
    charts = {"due": _chart(shown["now"], words)} if found and found.today.holdings else {}
    return show(
        request, "provisions.html.j2", status=status, charts=charts, form=form, found=found, says=says,
        on=on, today=today, acts={act.value: ACTS[act][lang] for act in Act}, grades=GRADES, percent=percent,
        marks=_MARKS, cautions={one.value: said[lang] for one, said in CAUTIONS.items()},
        rules=rule_notes(house.book, found.rates.rules if found else ()), **shown,
    )  # fmt: skip


def _shown(found: Provisioned, words: PageWords) -> dict[str, Any]:
    """Rows and sentences of the day and of the end of its quarter."""
    lang = words.lang
    pairs = ((found.chosen, found.on), (found.chosen_closing, found.quarter_ends))
    return {
        "now": _rows(found, closing=False),
        "closing": _rows(found, closing=True),
        "said": said_of_book(found.by_grade, found.rates, lang),
        "said_closing": said_of_book(found.closing_by_grade, found.rates, lang),
        "range": due_range(found.today, found.rates),
        "effects": [(day, done, _sentences(done, words)) for done, day in pairs if done is not None],
        "sound": [one for one in found.options if not one.effect.dresses],
        "marked": {warning.value for one in found.options for warning in one.effect.warnings},
        "dressing": [one for one in found.options if one.effect.dresses],
    }


def _sentences(done: Effect, words: PageWords) -> list[str]:
    """What a plan would do, without the warnings, which stand by themselves."""
    said = said_of_effect(done, words.lang)
    return said[: len(said) - len(done.warnings)]


def _rows(found: Provisioned, *, closing: bool) -> list[_Row]:
    book = found.closing if closing else found.today
    by_grade = (found.closing_by_grade if closing else found.by_grade).by_grade
    by_loss = (found.closing_by_loss if closing else found.by_loss).by_grade
    rates = found.rates
    rows = [
        _Row(
            one.grade, one.loans, one.carried, rates.by_grade[one.grade], by_grade[one.grade],
            rates.by_loss[one.grade], by_loss[one.grade],
        )
        for one in book.holdings
    ]  # fmt: skip
    if book.other:
        rows.append(
            _Row(
                "other", None, book.other, rates.by_grade["normal"], by_grade["other"], rates.by_loss["normal"],
                by_loss["other"],
            )
        )  # fmt: skip
    return rows


def _lender(form: Mapping[str, str]) -> Lender:
    held = _money(form, "held")
    return Lender(_money(form, "other") or Money(0), held, _weight(form.get("weight", "")))


def _chosen(form: Mapping[str, str]) -> Chosen | None:
    """The set that is asked about; None where nothing is."""
    if form.get("act", "") not in list(Act):
        return None
    numbers = tuple(one for one in _BETWEEN.split(form.get("loans", "")) if one)
    if not numbers:
        raise NothingChosen
    becomes = form.get("becomes", "")
    return Chosen(
        act=Act(form["act"]),
        loan_ids=numbers,
        price=_money(form, "price"),
        cost=_money(form, "cost") or Money(0),
        waived=_money(form, "waived") or Money(0),
        becomes=becomes if becomes in GRADES else "",
    )


def _money(form: Mapping[str, str], name: str) -> Money | None:
    text = form.get(name, "").replace(",", "").replace("，", "")
    return Money.yuan(text) if text else None


def _weight(text: str) -> Fraction | None:
    """A risk weight in per cent."""
    if not text:
        return None
    try:
        weight = Fraction(text.rstrip("%％ ")) / 100
    except (ValueError, ZeroDivisionError) as error:
        raise BadWeight(text=text) from error
    if not 0 <= weight <= 20:
        raise BadWeight(text=text)
    return weight


def _chart(rows: list[_Row], words: PageWords) -> dict[str, Any]:
    """What is to be set aside by class, on the two bases side by side, in ten thousand yuan or millions."""
    unit = 1_000_000 if words.lang == "zh" else 100_000_000  # fen in 万元, or in a million yuan
    series = (
        ("provision.by_grade", BLUE, [round(row.by_grade.fen / unit, 4) for row in rows]),
        ("provision.by_loss", ORANGE, [round(row.by_loss.fen / unit, 4) for row in rows]),
    )
    axis = {"axisLabel": {"color": FAINT, "fontSize": 11}, "splitLine": {"lineStyle": {"color": GRID}}}
    return {
        "animation": False,
        "aria": {"enabled": False},
        "textStyle": {"fontFamily": _FONT, "color": INK},
        "grid": {"left": 4, "right": 8, "top": 58, "bottom": 4, "containLabel": True},
        "legend": {
            "type": "scroll", "top": 0, "left": 0, "right": 0, "textStyle": {"color": INK}, "itemGap": 14,
            "itemWidth": 14,
        },
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {
            "type": "category",
            "data": [words.t("provision.outside") if row.grade == "other" else words.grade(row.grade) for row in rows],
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": INK, "interval": 0, "fontSize": 11},
        },
        "yAxis": {
            "type": "value", "splitNumber": 4, "name": words.t("provision.unit"),
            "nameTextStyle": {"color": FAINT, "fontSize": 11, "align": "left"}, **axis,
        },
        "series": [
            {"type": "bar", "name": words.t(key), "data": data, "itemStyle": {"color": colour}, "barMaxWidth": 30}
            for key, colour, data in series
        ],
    }  # fmt: skip
