"""Packages of a book: composed, disclosed, and written as notices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from postloan.kernel import Finding, load_kinds
from postloan.market import Notice
from postloan.market.disclosure import disclose
from postloan.market.listing import list_package
from postloan.market.package import PackageSpec, compose, read_packages
from postloan.market.writer import typst_source, write_html
from postloan.market.writer_layout import Extra, layout
from postloan.workflows.tools import Tools


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
) -> tuple[dict[str, Notice], list[Finding]]:
    """Make every package that the packages file asks for, or one of all that may be sold.

    text, where: the packages file and its name; no text makes the one package ``all``. seller_type: Chinese
    name of the kind of seller. sale_reviewed: see ``compose``. on: creation date that the PDF states.
    """
    specs = read_packages(text, where=where) if text else (PackageSpec(),)
    notices: dict[str, Notice] = {}
    findings: list[Finding] = []
    for spec in specs:
        compose(tools.engine, spec, sale_reviewed=sale_reviewed)
        place = folder / "packages" / spec.name
        place.mkdir(parents=True)
        tools.engine.write("SELECT * FROM package_loans", place / "loans.parquet")
        tools.engine.parquet("package_loans", place / "loans.parquet")
        disclosure = disclose(tools.engine)
        if disclosure is None:
            findings.append(_nothing(tools, spec))
            (place / "loans.parquet").unlink()
            place.rmdir()
            continue
        notice, found = list_package(disclosure, spec, seller_type=seller_type)
        findings += found
        notices[spec.name] = notice
        _write(tools, notice, spec, place, on=on, synthetic=synthetic)
    return notices, findings


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
