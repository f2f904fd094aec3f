"""The first screen of the report: what it is, how big, how clean, what may be sold, what it compares with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from postloan.decide.summaries import Answered
from postloan.market.comparables import Comparable, Nearby, nearby
from postloan.outcomes.report_facts import FindingCount, ReportFacts
from postloan.outcomes.words import NONE, Words

_TO_MEND = 3
# A package is known again in its own notice by its seller, its age to a day and its size to a hundredth.
_SAME_DAYS = Decimal(1)
_SAME_SHARE = Decimal("0.01")


def eyebrow(facts: ReportFacts, words: Words) -> list[str]:
    """Whose loans, as of when."""
    whole, parts = facts.whole, []
    if whole.lenders == 1 and whole.lender:
        parts.append(whole.lender)
    elif whole.lenders > 1:
        parts.append(words.t("head.sellers", n=whole.lenders))
    if whole.first_cutoff and whole.first_cutoff == whole.last_cutoff:
        parts.append(words.t("head.cutoff", day=whole.first_cutoff))
    elif whole.first_cutoff:
        parts.append(words.t("head.cutoffs", first=whole.first_cutoff, last=whole.last_cutoff))
    if facts.book.on:
        parts.append(words.t("head.decided", on=facts.book.on))
    return parts


def lead(facts: ReportFacts, words: Words) -> str:
    """The package in one sentence."""
    clean = facts.clean
    return words.t(
        "head.lead",
        borrowers=words.n(clean.borrowers),
        loans=words.n(clean.loans),
        total=words.big(clean.total),
        aged=words.t("head.aged", days=words.days(clean.days)) if clean.days is not None else "",
    )


def verdicts(facts: ReportFacts, words: Words) -> list[tuple[str, str]]:
    """What follows from it: (good | bad | '', sentence)."""
    said: list[tuple[str, str]] = []
    if "finding_counts" in facts.missing:
        said.append(("", words.t("head.verdict_unchecked")))
    elif blocking := {f.code for f in facts.findings if f.severity == "blocking"}:
        said.append(
            ("bad", words.t("head.verdict_blocked", n=len(blocking), codes=", ".join(sorted(blocking))))
        )
    else:
        said.append(("good", words.t("head.verdict_clear")))
    if share := _share(facts, "allow"):
        said.append(("", words.t("head.verdict_sell", share=words.pct(share))))
    return said


def kpis(facts: ReportFacts, words: Words) -> list[dict[str, Any]]:
    """The six answers of the first screen."""
    return [
        _size(facts, words),
        _what(facts, words),
        _clean(facts, words),
        _sell(facts, words),
        _worth(facts, words),
        _mend(facts, words),
    ]


def _size(facts: ReportFacts, words: Words) -> dict[str, Any]:
    more = words.t(
        "kpi.size_more", principal=words.big(facts.clean.principal), largest=words.big(facts.clean.largest)
    )
    return {"name": words.t("kpi.size"), "big": words.big(facts.clean.total), "more": more, "word": False}


def _what(facts: ReportFacts, words: Words) -> dict[str, Any]:
    products = sorted(facts.strata.get("product", ()), key=lambda line: -line.total)
    first = "; ".join(
        f"{words.band('product', line.band, 0)} {words.pct(line.share, 0)}" for line in products[:2]
    )
    age = facts.clean.age
    key = "kpi.what_more" if age is not None else "kpi.what_more_no_age"
    return {
        "name": words.t("kpi.days_label"),
        "big": words.t("kpi.days", days=words.days(facts.clean.days)),
        "more": words.t(key, first=first, age=words.days(age)),
        "word": False,
    }


def _clean(facts: ReportFacts, words: Words) -> dict[str, Any]:
    if facts.score is None:
        return {"name": words.t("kpi.clean"), "big": NONE, "more": words.t("kpi.not_run"), "word": False}
    more = words.t(
        "kpi.clean_more" if facts.findings else "kpi.clean_none",
        quarantined=words.n(facts.whole.quarantined),
        loans=words.n(facts.whole.loans),
        findings=len({f.code for f in facts.findings}),
    )
    return {
        "name": words.t("kpi.clean"),
        "big": f"{words.score(facts.score)} / 100",
        "more": more,
        "word": False,
    }


def _sell(facts: ReportFacts, words: Words) -> dict[str, Any]:
    share = _share(facts, "allow")
    if share is None:
        return {"name": words.t("kpi.sell"), "big": NONE, "more": words.t("kpi.not_run"), "word": False}
    allow, refuse, review = (_answer(facts, name) for name in ("allow", "refuse", "review"))
    more = words.t(
        "kpi.sell_more",
        total=words.big(allow.total if allow else Decimal(0)),
        loans=words.n(allow.loans if allow else 0),
        refused=words.n(refuse.loans if refuse else 0),
        review=words.n(review.loans if review else 0),
    )
    return {"name": words.t("kpi.sell"), "big": words.pct(share), "more": more, "word": False}


def _worth(facts: ReportFacts, words: Words) -> dict[str, Any]:
    found = near_of(facts)
    if found is None:
        return {"name": words.t("kpi.worth"), "big": NONE, "more": words.t("kpi.worth_none"), "word": False}
    near = found[2]
    more = words.t(
        "kpi.worth_more",
        n=near.n,
        low=words.n(round(near.low_days)),
        high=words.n(round(near.high_days)),
        least=words.pct(near.least),
        most=words.pct(near.most),
    )
    return {"name": words.t("kpi.worth"), "big": words.pct(near.median), "more": more, "word": False}


def _mend(facts: ReportFacts, words: Words) -> dict[str, Any]:
    first: dict[str, FindingCount] = {}
    rows: dict[str, int] = {}
    for finding in facts.findings:
        if finding.severity in ("blocking", "error"):
            first.setdefault(finding.code, finding)
            rows[finding.code] = rows.get(finding.code, 0) + finding.rows
    items = [
        {"code": code, "says": says_of(finding, words), "rows": _rows(rows[code], words)}
        for code, finding in list(first.items())[:_TO_MEND]
    ]
    return {
        "name": words.t("kpi.mend"),
        "big": words.t("kpi.not_run") if "finding_counts" in facts.missing else words.t("kpi.mend_none"),
        "more": "",
        "word": True,
        "steps": items,
    }


def near_of(facts: ReportFacts) -> tuple[Decimal, Decimal, Nearby] | None:
    """Days and total of the first package (else of the tape) with the comparables near it; None without any."""
    days, total = _standing(facts)
    own = own_notices(facts)
    near = nearby(days, [c for c in facts.comparables if c not in own]) if days else None
    return None if near is None or days is None else (days, total, near)


def own_notices(facts: ReportFacts) -> tuple[Comparable, ...]:
    """Comparables that are this very package, seen in its public notice; never compared with themselves."""
    days, total = _standing(facts)
    if days is None:
        return ()
    sellers = {notice.seller for notice in facts.packages.values()} | {facts.whole.lender}
    return tuple(
        c
        for c in facts.comparables
        if c.seller in sellers
        and c.days is not None
        and c.total is not None
        and abs(c.days - days) < _SAME_DAYS
        and abs(c.total - total) <= c.total * _SAME_SHARE
    )


def _standing(facts: ReportFacts) -> tuple[Decimal | None, Decimal]:
    for notice in facts.packages.values():
        if notice.weighted_overdue_days is not None and notice.total is not None:
            return notice.weighted_overdue_days, notice.total
    return facts.clean.days, facts.clean.total


def says_of(finding: FindingCount, words: Words) -> str:
    """What a finding code says; as an example where the sentence names one row's values for many rows."""
    says = words.pick(finding.says)
    named = any(sample.found and sample.found in says for sample in finding.samples)
    return words.t("kpi.example", says=says) if finding.rows > 1 and named else says


def _rows(count: int, words: Words) -> str:
    return words.t("kpi.one_row") if count == 1 else words.t("kpi.rows", n=words.n(count))


def _answer(facts: ReportFacts, name: str) -> Answered | None:
    return next((a for a in facts.answers if a.answer == name), None)


def _share(facts: ReportFacts, name: str) -> Decimal | None:
    whole = sum((a.total for a in facts.answers), Decimal(0))
    if not whole:
        return None
    answer = _answer(facts, name)
    return answer.total / whole if answer else Decimal(0)
