"""The main job: a tape in, a checked, graded, packaged and reported book out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postloan import __version__
from postloan.decide import (
    Sale,
    eligibility_findings,
    eligibility_query,
    grade_findings,
    grade_query,
    judge_sale,
    parties,
)
from postloan.kernel import Engine, Finding, Lang, Severity
from postloan.market import Notice
from postloan.outcomes import collect, render_report
from postloan.rules import RuleBook, load_book
from postloan.tape.sides import SIDE_TABLES, side_tables
from postloan.workflows.alerting import find_alerts, keep_findings
from postloan.workflows.book import MARK, new_book, read_book, write_json
from postloan.workflows.packaging import Packaged, package_all
from postloan.workflows.people_of_book import PEOPLE_TABLES, has_addresses, people_of_book, read_people
from postloan.workflows.taking_in import TapeOptions, take_in
from postloan.workflows.tools import Tools

if TYPE_CHECKING:
    from postloan.tape.found import FindingCount, Seen

_TAPE_TABLES = ("loans", "borrowers", "findings", "finding_counts", "field_quality")


class Stage(StrEnum):
    """How far a run goes."""

    TAPE = "tape"
    GRADE = "grade"
    ELIGIBILITY = "eligibility"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run is asked for.

    source: tape folder or file, or a book to run again from. out: where the book goes. on: the day the
    decisions are made for. until: the last stage. tape: how the tape is read. packages: text of a packages
    file, '' for one package of everything that may be sold; packages_file: its name. seller_type,
    seller_region, buyer_type: code, English or Chinese name; None is guessed from the lender's name, and the
    buyer is taken for a national asset manager. reach: also find out who is who and where letters arrive, where the
    tape has addresses. lang: of the report.
    """

    source: Path
    out: Path
    on: date
    until: Stage = Stage.PACKAGE
    tape: TapeOptions = field(default_factory=TapeOptions)
    packages: str = ""
    packages_file: str = "packages.yaml"
    seller_type: str | None = None
    seller_region: str | None = None
    buyer_type: str | None = None
    reach: bool = False
    lang: Lang = "en"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to.

    out: the book. report: its report. loans, quarantined: rows of the tape. score: quality 0 to 1. counts:
    every kind of finding as (code, severity, rows, says by language, mend by language), worst first.
    packages: notices by name. synthetic: the data are synthetic. timings: seconds by stage.
    """

    out: Path
    report: Path
    loans: int
    quarantined: int
    score: float | None
    counts: tuple[CountLine, ...]
    packages: Mapping[str, Notice]
    synthetic: bool
    timings: Mapping[str, float]

    @property
    def clean(self) -> bool:
        """Nothing stands in the way: no row in quarantine and nothing that blocks disclosure."""
        return not any(line.severity in (Severity.BLOCKING, Severity.ERROR) for line in self.counts)


@dataclass(frozen=True, slots=True)
class CountLine:
    """One kind of finding with its exact number of rows and its texts by language."""

    code: str
    severity: str
    field: str
    rows: int
    says: Mapping[Lang, str]
    mend: Mapping[Lang, str]


def run_tape(options: RunOptions, tools: Tools) -> RunResult:
    """Take a tape (or a book) through every stage up to ``options.until`` and leave a book.

    Raises:
        PostloanError: the input cannot be used; nothing is left at ``options.out`` that was not there before.
    """
    engine = tools.engine
    book = load_book()
    facts: dict[str, Any] = {
        "title": options.source.name,
        "on": options.on.isoformat(),
        "version": __version__,
        "rule_book": book.version,
        "lang": options.lang,
        "until": options.until.value,
    }
    with new_book(options.out) as folder:
        facts |= _tape(options, tools, folder, book)
        packaged = Packaged()
        blocked = _blocked(engine)
        if options.until is not Stage.TAPE and not blocked:
            packaged = _decide(options, tools, folder, book, facts)
        facts["packages"] = {name: f"packages/{name}/notice.json" for name in packaged.notices}
        facts["blocked"] = blocked
        facts["timings"] = dict(tools.timings)
        with tools.stage("report", "Writing the report…", "正在生成报告……"):
            report = collect(
                engine,
                packages=packaged.notices,
                computed=packaged.computed,
                book_facts=facts,
                rule_book=book,
            )
            (folder / "report.html").write_text(render_report(report, lang=options.lang), encoding="utf-8")
        facts["timings"] = dict(tools.timings)
        write_json(folder / MARK, facts)
        counts = _count_lines(engine)
        loans, quarantined = engine.rows("SELECT COUNT(*), COUNT(*) FILTER (WHERE quarantined) FROM loans")[0]
    return RunResult(
        out=options.out,
        report=options.out / "report.html",
        loans=loans,
        quarantined=quarantined,
        score=facts.get("score"),
        counts=counts,
        packages=packaged.notices,
        synthetic=bool(facts.get("synthetic")),
        timings=dict(tools.timings),
    )


def _tape(options: RunOptions, tools: Tools, folder: Path, book: RuleBook) -> dict[str, Any]:
    """The tape stage: from the source, or from the book that the source is."""
    if not (options.source / MARK).is_file():
        then = partial(_people, options, tools, folder) if options.reach else None
        return take_in(options.source, options.tape, tools, folder, book, then)
    engine = tools.engine
    before = read_book(options.source)
    with tools.stage("tape", "Reading the book…", "正在读取结果文件夹……"):
        sides = [table for table in SIDE_TABLES if (options.source / f"{table}.parquet").is_file()]
        for table in (*_TAPE_TABLES, *sides):
            engine.parquet(table, options.source / f"{table}.parquet")
            kept = (
                " WHERE code LIKE 'T%' OR code LIKE 'P%'" if table in ("findings", "finding_counts") else ""
            )
            engine.write(f"SELECT * FROM {table}{kept}", folder / f"{table}.parquet")
            engine.parquet(table, folder / f"{table}.parquet")
        for table in PEOPLE_TABLES:
            if (options.source / f"{table}.parquet").is_file():
                engine.parquet(table, options.source / f"{table}.parquet")
                engine.write(f"SELECT * FROM {table}", folder / f"{table}.parquet")
        read_people(tools, folder)
    kept_facts = ("title", "sources", "score", "synthetic", "seed", "cutoff_on", "tape_packages")
    return {key: before[key] for key in kept_facts if key in before}


def _people(options: RunOptions, tools: Tools, folder: Path) -> None:
    """Who is who and where letters arrive, with what was found on the way."""
    if not has_addresses(tools):
        return
    found = people_of_book(options.source, tools, folder, on=None, lang=options.lang)
    counts, seen = _as_counts(found)
    keep_findings(tools.engine, folder, counts, seen)


def _decide(
    options: RunOptions, tools: Tools, folder: Path, book: RuleBook, facts: dict[str, Any]
) -> Packaged:
    """Grades, eligibility and packages, as far as the run goes."""
    engine = tools.engine
    findings: list[Finding] = []
    with tools.stage("grade", "Grading…", "正在分类……"):
        engine.write(grade_query(book, side_tables(engine)), folder / "grades.parquet")
        engine.parquet("grades", folder / "grades.parquet")
        findings += grade_findings(engine, book)
    alerts = find_alerts(tools, book, on=options.on, cap=options.tape.cap, folder=folder)
    packaged = Packaged()
    if options.until is not Stage.GRADE:
        sale = _sale(options, engine)
        facts["sale"] = {"seller_type": sale.seller_type, "buyer_type": sale.buyer_type}
        with tools.stage("eligibility", "Deciding what may be sold…", "正在判断可转让性……"):
            query = eligibility_query(
                book, seller_type=sale.seller_type, seller_region=sale.seller_region,
                buyer_type=sale.buyer_type, on=sale.on,
            )  # fmt: skip
            engine.write(query, folder / "eligibility.parquet")
            engine.parquet("eligibility", folder / "eligibility.parquet")
            findings += eligibility_findings(engine, book, sale)
        if options.until is Stage.PACKAGE:
            with tools.stage("package", "Making packages and notices…", "正在组包并生成公告……"):
                decision = judge_sale(sale, book)
                kind = parties.party_types().get(sale.seller_type)
                packaged = package_all(
                    tools,
                    folder,
                    text=options.packages or str(facts.get("tape_packages") or ""),
                    where=options.packages_file,
                    seller_type=kind.terms["zh"] if kind and sale.seller_type != parties.UNKNOWN else None,
                    sale_reviewed=" ".join(decision.because) if decision.answer == "review" else "",
                    on=options.on,
                    synthetic=bool(facts.get("synthetic")),
                )
    counts, seen = _as_counts(findings + packaged.findings)
    keep_findings(engine, folder, [*counts, *alerts[0]], [*seen, *alerts[1]])
    return packaged


def _sale(options: RunOptions, engine: Engine) -> Sale:
    lender = engine.rows(
        "SELECT lender FROM loans WHERE lender IS NOT NULL GROUP BY lender ORDER BY COUNT(*) DESC, lender LIMIT 1"
    )
    guess = parties.guess_party(lender[0][0]) if lender else parties.guess_party("")
    return Sale(
        seller_type=parties.party_type(options.seller_type) if options.seller_type else guess.kind,
        seller_region=parties.region_of(options.seller_region) if options.seller_region else guess.region,
        buyer_type=parties.party_type(options.buyer_type) if options.buyer_type else "amc",
        on=options.on,
    )


def _as_counts(findings: Sequence[Finding]) -> tuple[list[FindingCount], list[Seen]]:
    """Findings that speak for many rows each, as counts and as rows to show."""
    from postloan.tape.found import FindingCount, from_finding

    seen = [from_finding(finding) for finding in findings]
    counts = [
        FindingCount(
            kind=about.kind, severity=about.severity, table=about.table, field=about.field,
            rows=finding.count, shown=1, quarantined=False,
        )
        for finding, about in zip(findings, seen, strict=True)
    ]  # fmt: skip
    return counts, seen


def _blocked(engine: Engine) -> bool:
    found = engine.rows("SELECT COUNT(*) FROM finding_counts WHERE severity = 'blocking' AND rows > 0")
    return bool(found[0][0])


def _count_lines(engine: Engine) -> tuple[CountLine, ...]:
    lines = engine.rows(
        "SELECT code, severity, field, rows, says_en, says_zh, mend_en, mend_zh FROM finding_counts"
        " ORDER BY CASE severity WHEN 'blocking' THEN 0 WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END,"
        " rows DESC, code, field"
    )
    return tuple(
        CountLine(code, severity, name, rows, {"en": se, "zh": sz}, {"en": me, "zh": mz})
        for code, severity, name, rows, se, sz, me, mz in lines
    )
