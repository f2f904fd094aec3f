"""Packages of a book: composed, disclosed, and written as notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from postloan.kernel import Finding, load_kinds
from postloan.kernel.sql import literal
from postloan.market import Notice
from postloan.market.disclosure import disclose
from postloan.market.listing import list_package
from postloan.market.package import PackageSpec, compose, read_packages
from postloan.market.writer import typst_source, write_html
from postloan.market.writer_layout import Extra, layout
from postloan.workflows.tools import Tools

_UNSTATED = "HS-TRF-03"
"""The house rule by which a loan of unknown security waits for a person."""


@dataclass
class Packaged:
    """The packages of a book.

    notices: by package name. computed: package → grade that the rules compute → loans. findings: what a person
    should look at before publishing.
    """

    notices: dict[str, Notice] = field(default_factory=dict)
    computed: dict[str, Mapping[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def package_all(
    tools: Tools,
    folder: Path,
    *,
    text: str,
    where: str,
    seller_type: str | None,
    sale_reviewed: str,
    on: date,
    synthetic: bool,
) -> Packaged:
    """Make every package that the packages file asks for, or one of all that may be sold.

    text, where: the packages file and its name; no text makes the one package ``all``. seller_type: Chinese
    name of the kind of seller. sale_reviewed: rule ids for which the sale as a whole waits for a person. on:
    creation date that the PDF states.
    """
    specs = read_packages(text, where=where) if text else (PackageSpec(),)
    done = Packaged()
    waived, done.findings = _waived(tools, sale_reviewed)
    for spec in specs:
        compose(tools.engine, spec, waived=waived)
        place = folder / "packages" / spec.name
        place.mkdir(parents=True)
        tools.engine.write("SELECT * FROM package_loans", place / "loans.parquet")
        tools.engine.parquet("package_loans", place / "loans.parquet")
        disclosure = disclose(tools.engine)
        if disclosure is None:
            done.findings.append(_nothing(tools, spec))
            (place / "loans.parquet").unlink()
            place.rmdir()
            continue
        notice, found = list_package(disclosure, spec, seller_type=seller_type)
        done.findings += found
        done.notices[spec.name] = notice
        done.computed[spec.name] = disclosure.computed
        _write(tools, notice, spec, place, on=on, synthetic=synthetic)
    return done


def _waived(tools: Tools, sale_reviewed: str) -> tuple[list[str], list[Finding]]:
    """Reasons for review that concern the sale or the whole tape, not single loans, and what to say of them."""
    kinds = load_kinds("postloan.market", "package.yaml")
    unstated = tools.engine.rows("SELECT COUNT(guarantee) FROM loans")[0][0] == 0
    reasons = {"K007": [sale_reviewed], "K006": [_UNSTATED, f"{sale_reviewed} {_UNSTATED}".strip()]}
    if not unstated:
        del reasons["K006"]
    if not sale_reviewed:
        del reasons["K007"]
    findings = []
    for code, waived in reasons.items():
        held = f"SELECT COUNT(*) FROM eligibility WHERE answer = 'review' AND because IN {literal(waived)}"
        if count := tools.engine.rows(held)[0][0]:
            findings.append(Finding(kinds[code], table="package", found=f"{count:,}", count=count))
    return [reason for waived in reasons.values() for reason in waived], findings


def _write(
    tools: Tools, notice: Notice, spec: PackageSpec, place: Path, *, on: date, synthetic: bool
) -> None:
    extra = Extra(overdue_starts=spec.overdue_starts)
    (place / "notice.json").write_text(notice.dumps(indent=2) + "\n", encoding="utf-8")
    page = write_html(notice, template=spec.template, synthetic=synthetic, extra=extra)
    (place / "notice.html").write_text(page, encoding="utf-8")
    data = layout(notice, template=spec.template, synthetic=synthetic, extra=extra)
    tools.write_pdf(typst_source(), data, place / "notice.pdf", on=on)


def _nothing(tools: Tools, spec: PackageSpec) -> Finding:
    eligible = tools.engine.rows("SELECT COUNT(*) FROM eligibility WHERE answer = 'allow'")[0][0]
    kind = load_kinds("postloan.market", "package.yaml")["K005"]
    return Finding(kind, table="package", found=spec.name, expected=f"{eligible:,}")
