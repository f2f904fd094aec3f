"""The report (报告): one HTML file that a deal team can forward; opens without a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from postloan.kernel import Lang
from postloan.market import Notice
from postloan.market.comparables import Comparable
from postloan.market.notice_checks import held_in
from postloan.outcomes import charts
from postloan.outcomes.page import render
from postloan.outcomes.report_answer import eyebrow, kpis, lead, near_of, own_notices, says_of, verdicts
from postloan.outcomes.report_facts import ReportFacts, Stratum
from postloan.outcomes.words import LOAN_KINDS, NONE, Words, named

_DIMENSIONS = ("overdue", "balance", "region", "litigation", "age", "originated", "product", "guarantee")
_LYING = ("region", "litigation", "product", "guarantee")
_GRADES = ("normal", "special_mention", "substandard", "doubtful", "loss", "")
_NOTICE_ROWS = (
    "seller", "product", "period", "cutoff_date", "loans", "borrowers", "principal", "interest", "total",
    "other_fees", "weighted_overdue_days", "weighted_age", "max_borrower", "avg_borrower",
    "weighted_credit_limit", "five_class", "written_off", "guarantee", "litigation", "start_price", "remarks",
)  # fmt: skip


def render_report(facts: ReportFacts, *, lang: Lang) -> str:
    """The report as one HTML text in one language; the same facts give the same text."""
    words = Words(lang)
    strata = [_dimension(facts, name, words) for name in _DIMENSIONS if facts.strata.get(name)]
    pictures = {s["chart"]: s.pop("options") for s in strata if s["chart"]}
    pictures["comparables"] = charts.scatter(facts, words)
    title = words.t("head.titled", name=facts.book.title) if facts.book.title else words.t("head.title")
    return render(
        "report.html.j2",
        words,
        pictures,
        {
            "f": facts,
            "title": title,
            "eyebrow": eyebrow(facts, words),
            "lead": lead(facts, words),
            "verdicts": verdicts(facts, words),
            "kpis": kpis(facts, words),
            "sections": list(_sections(facts)),
            "packages": [
                _package(name, notice, facts.computed.get(name, {}), words)
                for name, notice in facts.packages.items()
            ],
            "strata": strata,
            "matrix": _matrix(facts),
            "grade_line": _grade_line(facts, words),
            "answered": sum((a.total for a in facts.answers), Decimal(0)),
            "says_of": says_of,
            "against": [r for r in facts.refusals if r.of != "allow"],
            "passed": [r for r in facts.refusals if r.of == "allow"],
            "fields": [s for s in facts.fields if s.score < 1 and s.filled],
            "empty": _empty(facts, words),
            "full_marks": _full_marks(facts, words),
            "near": _near(facts, words),
            "comparables": _comparables(facts, words),
            "run": _run(facts, words),
            "assumptions": _assumptions(facts, words),
            "made": words.t("page.made", version=facts.book.version or "0"),
        },
    )


def _sections(facts: ReportFacts) -> Iterator[str]:
    if facts.packages:
        yield "package"
    if "finding_counts" not in facts.missing:
        yield "quality"
    yield "strata"
    if facts.grades:
        yield "grades"
    if facts.alerts is not None:
        yield "alerts"
    if facts.reach is not None:
        yield "reach"
    if facts.answers:
        yield "eligibility"
    yield "comparables"
    yield "sources"


def _dimension(facts: ReportFacts, name: str, words: Words) -> dict[str, Any]:
    lines = _ordered(name, facts.strata[name])
    rows = [{"name": words.band(name, line.band, facts.first_year), **asdict(line)} for line in lines]
    lying = name in _LYING
    made: dict[str, Any] = {"name": words.t(f"strata.{name}"), "rows": rows, "chart": None, "names": lying}
    if len(rows) > 1:
        made["chart"] = f"strata-{name}"
        # As tall as the table beside it, so that names stand about level.
        made["height"] = 70 + 29 * len(rows) if lying else 0
        made["options"] = charts.bars(
            [row["name"] for row in rows],
            [row["total"] for row in rows],
            words,
            lying=lying,
            whole=facts.clean.total,
        )
    return made


def _ordered(name: str, lines: tuple[Stratum, ...]) -> list[Stratum]:
    """Bands in their order, what is not stated last; names by amount."""
    if name in _LYING:
        return sorted(lines, key=lambda line: (line.band in (0, ""), -line.total))
    return sorted(lines, key=lambda line: (line.band == 0, line.band))


def _package(name: str, notice: Notice, computed: Mapping[str, int], words: Words) -> dict[str, Any]:
    rows: list[tuple[str, str]] = []
    beside = words.t("notice.five_class")
    for label, shown in _notice_rows(notice, words):
        rows.append((label, shown))
        if label == beside and computed:
            counts = (f"{words.term('grades', grade)} {count:,}" for grade, count in computed.items())
            rows.append((words.t("notice.computed"), "; ".join(counts)))
    return {
        "name": name,
        "rows": rows,
        "checks": list(held_in(notice)),
    }


def _notice_rows(notice: Notice, words: Words) -> Iterator[tuple[str, str]]:
    money = {"principal", "interest", "total", "other_fees", "max_borrower", "avg_borrower", "start_price"}
    for key in _NOTICE_ROWS:
        value = getattr(notice, key)
        if value is None:
            continue
        if key == "product":
            shown = named(LOAN_KINDS, value, words.lang)
        elif isinstance(value, Mapping):
            shown = "; ".join(f"{_term(kind, words)} {_count(n)}" for kind, n in value.items())
        elif key in money or key == "weighted_credit_limit":
            shown = words.yuan(value)
        elif isinstance(value, Decimal):
            shown = words.days(value)
        else:
            shown = _count(value)
        yield words.t(f"notice.{key}"), shown


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _term(chinese: str, words: Words) -> str:
    """A Chinese term of a breakdown in the reader's language."""
    from postloan.tape.terms import terms

    if words.lang == "zh":
        return chinese
    for enum in ("grades", "litigation", "guarantees"):
        for term in terms()[enum].values():
            if term.zh == chinese:
                return term.en
    return chinese


def _matrix(facts: ReportFacts) -> dict[str, Any]:
    cells = {(cell.seller, cell.computed): cell for cell in facts.grades}
    return {
        "rows": [g for g in _GRADES if any(seller == g for seller, _ in cells)],
        "columns": [g for g in _GRADES if any(computed == g for _, computed in cells)],
        "cells": cells,
    }


def _grade_line(facts: ReportFacts, words: Words) -> str:
    both = [cell for cell in facts.grades if cell.seller and cell.computed]
    same = sum(cell.loans for cell in both if cell.seller == cell.computed)
    apart = [cell for cell in both if cell.seller != cell.computed]
    line = words.t("grades.agree", same=words.n(same), n=words.n(sum(cell.loans for cell in both)))
    if not apart:
        return line
    amount = words.big(sum((cell.total for cell in apart), Decimal(0)))
    gap = "" if words.lang == "zh" else " "
    return line + gap + words.t("grades.differ", n=words.n(sum(c.loans for c in apart)), total=amount)


def _near(facts: ReportFacts, words: Words) -> dict[str, str] | None:
    found = near_of(facts)
    if found is None:
        return None
    days, total, near = found
    return {
        "line": words.t(
            "comparables.near",
            days=words.days(days),
            n=near.n,
            low=words.n(round(near.low_days)),
            high=words.n(round(near.high_days)),
            least=words.pct(near.least),
            most=words.pct(near.most),
            median=words.pct(near.median),
        ),
        "yuan": words.t(
            "comparables.near_yuan", least=words.big(total * near.least), most=words.big(total * near.most)
        ),
    }


def _empty(facts: ReportFacts, words: Words) -> str:
    names = words.listed((s.table, s.field) for s in facts.fields if not s.filled)
    return words.t("quality.empty", names=names) if names else ""


def _full_marks(facts: ReportFacts, words: Words) -> str:
    perfect = [s for s in facts.fields if s.score >= 1 and s.filled]
    if not perfect:
        return ""
    names = words.listed((s.table, s.field) for s in perfect)
    return words.t("quality.full_marks", n=len(perfect), names=names)


def _comparables(facts: ReportFacts, words: Words) -> list[dict[str, Any]]:
    dated = sorted((c for c in facts.comparables if c.days is not None), key=lambda c: c.days or 0)
    undated = [c for c in facts.comparables if c.days is None]
    own = own_notices(facts)
    return [
        {
            "name": words.t("comparables.dated"),
            "folded": False,
            "rows": [_line(c, words, own=c in own) for c in dated],
        },
        {
            "name": words.t("comparables.undated", n=len(undated)),
            "folded": True,
            "rows": [_line(c, words, own=False) for c in undated],
        },
    ]


def _line(c: Comparable, words: Words, *, own: bool) -> dict[str, Any]:
    return {
        "seller": c.seller,
        "period": c.period,
        "kind": named(LOAN_KINDS, c.product, words.lang),
        "days": c.days,
        "start": c.start_price,
        "total": c.total,
        "ratio": c.ratio,
        "ratio_principal": c.ratio_to_principal,
        "claimed": c.ratio_claimed,
        "note": words.pick(c.note) if c.note else "",
        "own": own,
        "site": c.site,
        "site_date": c.site_date,
    }


def _run(facts: ReportFacts, words: Words) -> list[tuple[str, str]]:
    book = facts.book
    lines = [
        (words.t("sources.decided"), book.on.isoformat() if book.on else NONE),
        (words.t("sources.rule_book"), book.rule_book or NONE),
    ]
    if book.seed is not None:
        lines.append((words.t("sources.seed"), str(book.seed)))
    lines += [(f"{words.t('sources.stage')}: {stage}", f"{seconds:.2f} s") for stage, seconds in book.timings]
    return lines


def _assumptions(facts: ReportFacts, words: Words) -> list[str]:
    keys = ["a_total", "a_weights", "a_quarantine", "a_region", "a_comparables", "a_bands"]
    if facts.book.synthetic:
        keys.insert(0, "a_synthetic")
    said = [words.t(f"sources.{key}") for key in keys]
    if facts.missing:
        said.append(words.t("sources.missing", what=", ".join(facts.missing)))
    return said
