"""Market statistics for readers: lines of tables for a screen, a page, and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from postloan.kernel import Finding, Lang
from postloan.kernel.money import round_to
from postloan.outcomes import charts
from postloan.outcomes.market_statistics import Band, Group, MarketStatistics, Ratio, Summed
from postloan.outcomes.page import render
from postloan.outcomes.words import DOC_KINDS, LOAN_KINDS, NONE, SELLER_TYPES, Words, named

_NAMES = {"seller_type": SELLER_TYPES, "product": LOAN_KINDS, "quarter": {}}
_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table for people: title, column heads, rows of texts, and which columns stand to the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...]


def sheets(statistics: MarketStatistics, lang: Lang) -> Iterator[Sheet]:
    """Every table of the statistics in reading order; tables without rows are left out."""
    words = Words(lang)
    t = words.t
    for dimension, groups in statistics.listed_by.items():
        yield _groups(
            t("stats.listed_by", what=t(f"stats.{dimension}")), dimension, groups, statistics.listed, words
        )
    # A project known to be sold without any figure has nothing to show in a table.
    if statistics.sold.total.n or statistics.sold.discount or statistics.sold.recovery:
        for dimension, groups in statistics.sold_by.items():
            title = t("stats.sold_by", what=t(f"stats.{dimension}"))
            yield _groups(title, dimension, groups, statistics.sold, words, sold=True)
    rows = tuple(line for band in statistics.bands for line in _band(band, words))
    if rows:
        heads = ("days", "basis", "n", "together", "least", "median", "most")
        yield Sheet(t("stats.bands"), tuple(t(f"stats.{h}") for h in heads), rows, (2, 3, 4, 5, 6))
    kinds = tuple(
        (named(DOC_KINDS, kind, lang) if kind else t("page.not_stated"), words.n(n))
        for kind, n in statistics.kinds.items()
    )
    yield Sheet(t("stats.kinds"), (t("stats.kind"), t("stats.count")), kinds, (1,))


def said(statistics: MarketStatistics, lang: Lang) -> list[str]:
    """The statistics in sentences, the most important first."""
    words = Words(lang)
    listed = statistics.listed
    lines = [
        words.t(
            "stats.lead",
            listed=words.n(listed.n),
            total=words.big(listed.total.sum),
            notices=words.n(statistics.notices),
        )
    ]
    if listed.start_discount is not None:
        ratio = listed.start_discount
        lines.append(words.t("stats.prices", n=ratio.n, ratio=words.pct(ratio.ratio, 2)))
    priced = statistics.sold.discount.n if statistics.sold.discount else 0
    lines.append(words.t("stats.sold", n=statistics.sold.n, priced=priced))
    lines.append(words.t("stats.apart", marketed=statistics.marketed_only, relisted=statistics.relisted))
    return lines


def render_statistics(statistics: MarketStatistics, *, lang: Lang, version: str = "") -> str:
    """The statistics as one HTML file in the report's style."""
    words = Words(lang)
    quarters = [group for group in statistics.listed_by["quarter"] if group.key]
    pictures = {
        "quarters": charts.bars(
            [group.key for group in quarters],
            [group.total.sum for group in quarters],
            words,
            lying=False,
            whole=sum((group.total.sum for group in quarters), Decimal(0)),
        ),
        "points": charts.prices(statistics.points, words),
    }
    lead, *more = said(statistics, lang)
    return render(
        "statistics.html.j2",
        words,
        pictures,
        {
            "title": words.t("stats.title"),
            "lead": lead,
            "more": more,
            "tables": list(sheets(statistics, lang)),
            "findings": statistics.findings,
            "definitions": [
                words.t(f"stats.m_{key}") for key in ("scale", "ratio", "apart", "once", "press")
            ],
            "made": words.t("page.made", version=version or "0"),
        },
    )


def statistics_json(statistics: MarketStatistics) -> dict[str, Any]:
    """The statistics as plain JSON values; amounts in yuan, ratios with six decimals."""
    return {
        "notices": statistics.notices,
        "kinds": dict(statistics.kinds),
        "listed": _plain_group(statistics.listed),
        "sold": _plain_group(statistics.sold),
        "listed_by": {k: [_plain_group(g) for g in groups] for k, groups in statistics.listed_by.items()},
        "sold_by": {k: [_plain_group(g) for g in groups] for k, groups in statistics.sold_by.items()},
        "marketed_only": statistics.marketed_only,
        "relisted": statistics.relisted,
        "bands": [
            {"over": b.low, "to": b.high, "start": _plain_ratio(b.start), "sold": _plain_ratio(b.sold)}
            for b in statistics.bands
        ],
        "findings": [_plain_finding(finding) for finding in statistics.findings],
    }


def _groups(
    title: str, dimension: str, groups: tuple[Group, ...], whole: Group, words: Words, *, sold: bool = False
) -> Sheet:
    ratios = ("discount", "recovery") if sold else ("start_discount", "start_recovery")
    heads = (words.t(f"stats.{dimension}"), *(words.t(f"stats.{h}") for h in
             ("projects", "total", "principal", "loans", "borrowers", *ratios)))  # fmt: skip
    rows = []
    for group in (*groups, whole):
        name = named(_NAMES[dimension], group.key, words.lang) if group.key else words.t("page.not_stated")
        rows.append(
            (
                words.t("page.all") if group is whole else name,
                words.n(group.n),
                _sum(group.total, group.n, words, _MILLION),
                _sum(group.principal, group.n, words, _MILLION),
                _sum(group.loans, group.n, words),
                _sum(group.borrowers, group.n, words),
                *(_ratio(getattr(group, name), words) for name in ratios),
            )
        )
    head = heads[0][:1].upper() + heads[0][1:]
    return Sheet(title, (head, *heads[1:]), tuple(rows), tuple(range(1, len(heads))))


def _sum(summed: Summed, among: int, words: Words, unit: Decimal = Decimal(1)) -> str:
    if not summed.n:
        return NONE
    shown = f"{round_to(summed.sum / unit, 2):,}" if unit != 1 else words.n(int(summed.sum))
    return shown if summed.n == among else words.t("stats.n_of", sum=shown, n=summed.n)


def _ratio(ratio: Ratio | None, words: Words) -> str:
    return NONE if ratio is None else f"{words.pct(ratio.ratio, 2)} (n={ratio.n})"


def _band(band: Band, words: Words) -> Iterator[tuple[str, ...]]:
    name = f"{band.low + 1:,}–{band.high:,}" if band.high is not None else f"> {band.low:,}"
    for basis, ratio in (("start", band.start), ("sold_price", band.sold)):
        if ratio is not None:
            shares = (ratio.ratio, ratio.least, ratio.median, ratio.most)
            yield (name, words.t(f"stats.{basis}"), words.n(ratio.n), *(words.pct(s, 2) for s in shares))


def _plain_group(group: Group) -> dict[str, Any]:
    plain: dict[str, Any] = {"key": group.key, "n": group.n}
    for key in ("total", "principal", "loans", "borrowers"):
        summed: Summed = getattr(group, key)
        plain[key] = {"n": summed.n, "sum": _number(summed.sum)}
    for key in ("start_discount", "start_recovery", "discount", "recovery"):
        plain[key] = _plain_ratio(getattr(group, key))
    return plain


def _plain_ratio(ratio: Ratio | None) -> dict[str, Any] | None:
    if ratio is None:
        return None
    plain: dict[str, Any] = {"n": ratio.n, "price": _number(ratio.price), "amount": _number(ratio.amount)}
    for key in ("ratio", "least", "median", "most"):
        plain[key] = float(round_to(getattr(ratio, key), 6))
    return plain


def _plain_finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.kind.severity.value,
        "notice": finding.key,
        "found": finding.found,
        "expected": finding.expected,
        "says": {"en": finding.says("en"), "zh": finding.says("zh")},
        "mend": {"en": finding.mend("en"), "zh": finding.mend("zh")},
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
