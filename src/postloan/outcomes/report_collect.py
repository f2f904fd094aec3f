"""Reads the book through the engine and sums it up for the report; each loan is looked at four times in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from postloan.decide.hidden import signs_seen
from postloan.decide.summaries import eligibility_summary, grade_summary
from postloan.kernel import Engine, PostloanError, load_queries
from postloan.market import Notice
from postloan.market.comparables import load_comparables
from postloan.outcomes.bands import AGES, DAYS, YEARS, YUAN
from postloan.outcomes.report_facts import (
    BookFacts,
    Clean,
    FieldScore,
    FindingCount,
    ReachSeen,
    ReportFacts,
    Sample,
    SourceFile,
    Stratum,
    Whole,
)
from postloan.outcomes.rule_notes import rule_notes
from postloan.rules import RuleBook

SAMPLES = 3
"""Examples shown for each finding code and field."""

_STAGES = ("borrowers", "findings", "finding_counts", "field_quality", "grades", "eligibility")
_NOBODY = "SELECT CAST(NULL AS VARCHAR) AS borrower_id, CAST(NULL AS INTEGER) AS age, CAST(NULL AS VARCHAR) AS region"


def collect(
    engine: Engine,
    *,
    packages: Mapping[str, Notice],
    computed: Mapping[str, Mapping[str, int]] | None = None,
    book_facts: Mapping[str, Any] | BookFacts,
    rule_book: RuleBook | None = None,
) -> ReportFacts:
    """Sum up a book for its report.

    engine: holds ``loans`` and whichever of ``borrowers``, ``findings``, ``finding_counts``, ``field_quality``,
    ``grades`` and ``eligibility`` have been made; what is missing is left out of the report and named there.
    ``alerts`` are there only where the tape has tables that could show one.
    packages: package name → its notice. computed: package name → grade that the rules compute → loans.
    book_facts: the content of book.json, see ``read_book_facts``.
    rule_book: explains the rule ids that decisions name, as they held on the book's day.
    """
    here = {name for name in _STAGES if _exists(engine, name)}
    book = book_facts if isinstance(book_facts, BookFacts) else read_book_facts(book_facts)
    sql = _Sql(engine)
    whole = Whole(*sql.one("whole"))
    last_year = (whole.last_cutoff or book.on or date(2000, 1, 1)).year
    first_year = last_year - YEARS + 1
    clean, strata = _strata(sql, first_year, people="borrowers" in here)
    score, fields = _quality(sql) if "field_quality" in here else (None, ())
    cells, grade_reasons = grade_summary(engine) if "grades" in here else ((), ())
    answers, refusals = eligibility_summary(engine) if "eligibility" in here else ((), ())
    alerts = signs_seen(engine, shown=SAMPLES) if _exists(engine, "alerts") else None
    named = {r.rule for r in (*grade_reasons, *refusals)} | {seen.rule for seen in alerts or ()}
    return ReportFacts(
        book=book,
        whole=whole,
        clean=clean,
        strata=strata,
        first_year=first_year,
        findings=_findings(sql, samples="findings" in here) if "finding_counts" in here else (),
        fields=fields,
        score=score,
        grades=cells,
        grade_reasons=grade_reasons,
        alerts=alerts,
        reach=_reach(engine, sql) if _exists(engine, "people") and _exists(engine, "places") else None,
        answers=answers,
        refusals=refusals,
        packages=dict(packages),
        computed=dict(computed or {}),
        comparables=load_comparables(),
        rules=rule_notes(rule_book, named, book.on or whole.last_cutoff),
        missing=tuple(name for name in _STAGES if name not in here),
    )


def read_book_facts(raw: Mapping[str, Any]) -> BookFacts:
    """The content of book.json as the report needs it; every key may be missing.

    Keys: title, on, synthetic, rule_book, version, seed, sources (a list of {name, sha256, rows, bytes}),
    timings ({stage: seconds}).
    """
    on = raw.get("on")
    return BookFacts(
        title=str(raw.get("title") or ""),
        on=date.fromisoformat(on) if isinstance(on, str) and on else on if isinstance(on, date) else None,
        synthetic=bool(raw.get("synthetic")),
        rule_book=str(raw.get("rule_book") or ""),
        version=str(raw.get("version") or ""),
        seed=raw.get("seed"),
        sources=tuple(
            SourceFile(str(s.get("name", "")), str(s.get("sha256") or ""), s.get("rows"), s.get("bytes"))
            for s in raw.get("sources") or ()
        ),
        timings=tuple((str(stage), float(s)) for stage, s in (raw.get("timings") or {}).items()),
    )


def _reach(engine: Engine, sql: _Sql) -> ReachSeen:
    review = (
        engine.rows("SELECT COUNT(*) FROM people_review")[0][0] if _exists(engine, "people_review") else 0
    )
    bands = tuple((float(low), int(count)) for low, count in engine.rows(sql.text("reach_bands")))
    borrowers, persons, places, without, first, every, letters, cost = sql.one("reach_whole")
    return ReachSeen(borrowers, persons, places, without, first, every, letters, cost, review, bands)


class _Sql:
    """The named queries of ``stratification.sql`` on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._queries = load_queries("postloan.outcomes", "stratification.sql")

    def text(self, name: str, **values: int | Decimal) -> str:
        return self._queries[name].bind(**values)

    def rows(self, name: str, **values: int | Decimal) -> Iterable[tuple[Any, ...]]:
        return self.engine.rows(self.text(name, **values))

    def one(self, name: str) -> tuple[Any, ...]:
        return next(iter(self.rows(name)))


def _exists(engine: Engine, name: str) -> bool:
    try:
        engine.columns(name)
    except PostloanError:
        return False
    return True


def _strata(sql: _Sql, first_year: int, *, people: bool) -> tuple[Clean, dict[str, tuple[Stratum, ...]]]:
    engine = sql.engine
    edges = {f"days_{i}": edge for i, edge in enumerate(DAYS, 1)}
    edges |= {f"yuan_{i}": edge for i, edge in enumerate(YUAN, 1)}
    made = ["report_rows", "report_cube", "report_borrowers"]
    try:
        engine.view("report_rows", sql.text("report_rows", first_year=first_year, **edges))
        engine.table("report_cube", sql.text("report_cube"))
        engine.table("report_borrowers", sql.text("report_borrowers"))
        borrowers: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for dimension, bits, count in sql.rows("borrower_bits"):
            for band in _set_bits(bits):
                borrowers[dimension][band] += count
        raw: dict[str, dict[int | str, list[Any]]] = defaultdict(dict)
        for dimension, band, *sums in sql.rows("strata_of_loans"):
            raw[dimension][band] = [borrowers[dimension][band], *sums]
        if not people:
            engine.register("borrowers", engine.arrow(_NOBODY))
            made.append("borrowers")
        ages = {f"age_{i}": edge for i, edge in enumerate(AGES, 1)}
        lines = list(sql.rows("report_people", **ages))
    finally:
        for name in made:
            engine.drop(name)
    clean = _clean(lines)
    if people:
        raw["age"] = _rolled(lines, 0)
        raw["region"] = _rolled(lines, 1)
    return clean, {
        dimension: tuple(_stratum(band, sums, clean.total) for band, sums in sorted(bands.items()))
        for dimension, bands in raw.items()
    }


def _set_bits(bits: int) -> Iterable[int]:
    return (i for i in range(bits.bit_length()) if bits >> i & 1)


def _rolled(lines: list[tuple[Any, ...]], key: int) -> dict[int | str, list[Any]]:
    rolled: dict[int | str, list[Any]] = {}
    for line in lines:
        sums = rolled.setdefault(line[key], [0, 0, Decimal(0), Decimal(0), Decimal(0), Decimal(0)])
        for i, value in enumerate(line[2:8]):
            sums[i] += value or 0
    return rolled


def _stratum(band: int | str, sums: list[Any], whole: Decimal) -> Stratum:
    borrowers, loans, principal, total, weighted, aged = sums
    return Stratum(
        band=band,
        loans=int(loans),
        borrowers=int(borrowers),
        principal=principal or Decimal(0),
        total=total or Decimal(0),
        share=float((total or 0) / whole) if whole else 0.0,
        days=weighted / aged if aged else None,
    )


def _clean(lines: list[tuple[Any, ...]]) -> Clean:
    def summed(column: int) -> Decimal:
        return sum((line[column] for line in lines if line[column] is not None), Decimal(0))

    known_age = sum((line[5] for line in lines if line[0] and line[5] is not None), Decimal(0))
    aged = summed(7)
    return Clean(
        loans=int(summed(3)),
        borrowers=int(summed(2)),
        principal=summed(4),
        total=summed(5),
        largest=max((line[8] for line in lines if line[8] is not None), default=Decimal(0)),
        days=summed(6) / aged if aged else None,
        age=Decimal(summed(9)) / known_age if known_age else None,
    )


def _findings(sql: _Sql, *, samples: bool) -> tuple[FindingCount, ...]:
    shown: dict[tuple[str, str, str], list[Sample]] = defaultdict(list)
    if samples:
        for code, table, row, key, field, found, expected, source in sql.rows(
            "samples_of_findings", samples=SAMPLES
        ):
            shown[code, table or "", field or ""].append(
                Sample(row, key or "", found or "", expected or "", source or "")
            )
    counts: list[FindingCount] = []
    seen: set[str] = set()
    for line in sql.rows("counts_of_findings"):
        code, severity, table, field, rows, _, quarantined, says_en, says_zh, mend_en, mend_zh = line
        counts.append(
            FindingCount(
                code=code,
                severity=severity,
                table=table or "",
                field=field or "",
                rows=int(rows),
                quarantined=bool(quarantined),
                says={"en": says_en, "zh": says_zh},
                mend={"en": mend_en, "zh": mend_zh},
                samples=tuple(shown[code, table or "", field or ""]),
                first=code not in seen,
            )
        )
        seen.add(code)
    return tuple(counts)


def _quality(sql: _Sql) -> tuple[float | None, tuple[FieldScore, ...]]:
    score: float | None = None
    fields = []
    for table, field, rows, filled, _valid, faulty, value in sql.rows("quality_of_fields"):
        if not field:
            score = value if not table else score
        else:
            fields.append(FieldScore(table, field, int(rows), int(filled), int(faulty), float(value)))
    return score, tuple(fields)
