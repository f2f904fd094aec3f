"""The report sums the book up exactly, in either language, with nothing fetched from elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from report_book import LOANS, SYNTHETIC_BOOK, fill, notice, tables

from postloan.adapters.tables import DuckDBEngine
from postloan.kernel import Engine
from postloan.outcomes import ReportFacts, collect, render_report
from postloan.outcomes.bands import DAYS, YUAN
from postloan.outcomes.report_answer import near_of, own_notices
from postloan.rules import load_book


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with DuckDBEngine(threads=2) as made:
        fill(made)
        yield made


@pytest.fixture(scope="module")
def facts(engine: Engine) -> ReportFacts:
    return collect(engine, packages={"demo-1": notice()}, book_facts=SYNTHETIC_BOOK, rule_book=load_book())


@pytest.fixture(scope="module")
def loans() -> list[dict[str, Any]]:
    return [row for row in tables()["loans"].to_pylist() if not row["quarantined"]]


def band_of(value: int | Decimal | None, edges: tuple[int, ...]) -> int:
    if value is None:
        return 0
    return 1 + sum(value > edge for edge in edges)


def test_the_clean_part_is_summed_to_the_fen(facts: ReportFacts, loans: list[dict[str, Any]]) -> None:
    assert facts.whole.loans == LOANS
    assert facts.whole.quarantined == LOANS - len(loans)
    assert facts.clean.loans == len(loans)
    assert facts.clean.total == sum(row["total"] for row in loans)
    assert facts.clean.principal == sum(row["principal"] for row in loans)
    assert facts.clean.borrowers == len({row["borrower_id"] for row in loans})
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for row in loans:
        owed[row["borrower_id"]] += row["total"]
    assert facts.clean.largest == max(owed.values())
    aged = [row for row in loans if row["days_overdue"] is not None]
    weighted = sum(row["total"] * row["days_overdue"] for row in aged)
    assert facts.clean.days == pytest.approx(weighted / sum(row["total"] for row in aged))


@pytest.mark.parametrize(
    ("dimension", "column", "edges"), [("overdue", "days_overdue", DAYS), ("balance", "total", YUAN)]
)
def test_each_band_holds_its_loans_borrowers_and_money(
    facts: ReportFacts, loans: list[dict[str, Any]], dimension: str, column: str, edges: tuple[int, ...]
) -> None:
    expected: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in loans:
        expected[band_of(row[column], edges)].append(row)
    found = {stratum.band: stratum for stratum in facts.strata[dimension]}
    assert set(found) == set(expected)
    for band, rows in expected.items():
        assert found[band].loans == len(rows)
        assert found[band].borrowers == len({row["borrower_id"] for row in rows})
        assert found[band].total == sum(row["total"] for row in rows)


def test_every_dimension_adds_up_to_the_whole(facts: ReportFacts) -> None:
    assert set(facts.strata) == {
        "overdue", "balance", "age", "region", "litigation", "guarantee", "product", "originated",
    }  # fmt: skip
    for lines in facts.strata.values():
        assert sum(line.loans for line in lines) == facts.clean.loans
        assert sum(line.total for line in lines) == facts.clean.total
        assert sum(line.share for line in lines) == pytest.approx(1)
        assert sum(line.borrowers for line in lines) >= facts.clean.borrowers
    for of_people in ("age", "region"):
        assert sum(line.borrowers for line in facts.strata[of_people]) == facts.clean.borrowers


def test_reasons_are_counted_per_rule_and_explained(facts: ReportFacts) -> None:
    refused = next(a for a in facts.answers if a.answer == "refuse")
    by_rule = {(r.of, r.rule): r.loans for r in facts.refusals}
    assert by_rule["refuse", "CN-TRF-02"] == refused.loans
    assert sum(a.loans for a in facts.answers) == facts.clean.loans == sum(c.loans for c in facts.grades)
    assert facts.rules["CN-TRF-02"].says["zh"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_one_file_that_fetches_nothing(facts: ReportFacts, lang: Any) -> None:
    html = render_report(facts, lang=lang)
    head = html[: html.index("<style>")]
    assert "default-src 'none'" in head.replace("&#39;", "'")
    body = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", body)
    assert "url(" not in html[html.index("<style>") : html.index("</style>")]
    assert render_report(facts, lang=lang) == html


def test_chinese_pages_hold_no_english_sentence_and_the_reverse(facts: ReportFacts) -> None:
    def visible(lang: Any) -> str:
        html = render_report(facts, lang=lang)
        bare = re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)
        return re.sub(r"<[^>]+>", " ", bare)

    assert not re.search(r"(?:\b[a-z]{2,}\b ){3}", visible("zh"))
    assert "synthetic" in visible("en").lower()
    assert "合成数据" in visible("zh")


def test_a_name_from_the_data_cannot_break_out_of_the_page(engine: Engine) -> None:
    evil = '</script><script>alert(1)</script><b onmouseover="x">'
    book = SYNTHETIC_BOOK | {"title": evil}
    html = render_report(collect(engine, packages={evil: notice()}, book_facts=book), lang="en")
    assert "<script>alert" not in html
    assert "<b onmouseover" not in html


def test_a_run_that_stopped_early_says_what_is_missing() -> None:
    with DuckDBEngine(threads=1) as engine:
        engine.register("loans", tables()["loans"])
        facts = collect(engine, packages={}, book_facts={})
    assert set(facts.missing) >= {"grades", "eligibility", "borrowers"}
    html = render_report(facts, lang="en")
    assert "Not run, so not reported" in html
    assert 'id="eligibility"' not in html


def test_an_empty_tape_still_has_a_report() -> None:
    with DuckDBEngine(threads=1) as engine:
        for name, table in tables().items():
            engine.register(name, table.schema.empty_table() if name != "finding_counts" else table)
        facts = collect(engine, packages={}, book_facts={})
    assert facts.clean.loans == 0
    for lang in ("en", "zh"):
        assert "<h1>" in render_report(facts, lang=lang)  # type: ignore[arg-type]


def test_the_order_of_rows_changes_nothing(facts: ReportFacts) -> None:
    made = tables()
    turned = made["loans"].take(pa.array(range(LOANS - 1, -1, -1)))
    with DuckDBEngine(threads=1) as engine:
        fill(engine)
        engine.register("loans", turned)
        again = collect(
            engine, packages={"demo-1": notice()}, book_facts=SYNTHETIC_BOOK, rule_book=load_book()
        )
    assert again == facts


def test_nothing_is_left_behind_in_the_engine(engine: Engine, facts: ReportFacts) -> None:
    left = {name for name in ("report_rows", "report_cube", "report_borrowers") if _there(engine, name)}
    assert left == set()


def _there(engine: Engine, name: str) -> bool:
    try:
        engine.columns(name)
    except Exception:
        return False
    return True


def test_a_package_is_never_compared_with_its_own_notice(facts: ReportFacts) -> None:
    """A re-materialised package would otherwise confirm its own asking price."""
    ant = next(c for c in facts.comparables if c.id == "003")
    itself = replace(notice(), seller=ant.seller, total=ant.total)
    own = replace(facts, packages={"ant": itself})
    assert [c.id for c in own_notices(own)] == ["003"]
    found, other = near_of(own), near_of(facts)
    assert found is not None
    assert other is not None
    assert (found[2].n, other[2].n) == (4, 5)
    assert own_notices(facts) == ()
