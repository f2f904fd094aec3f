"""Readers of both languages get the same facts in the forms they are used to."""

from __future__ import annotations

import re
from decimal import Decimal
from importlib.resources import files
from string import Formatter

import pytest

from postloan.kernel import load_kinds, load_queries
from postloan.market.comparables import load_comparables, nearby
from postloan.outcomes import bands
from postloan.outcomes.words import LOAN_KINDS, PROVINCES, Words, texts
from postloan.tape.terms import terms


def test_every_text_is_there_in_both_languages_with_the_same_facts() -> None:
    def holes(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key, both in texts().items():
        assert both["en"].strip(), key
        assert both["zh"].strip(), key
        assert holes(both["en"]) == holes(both["zh"]), key


def test_every_text_is_used_somewhere() -> None:
    """A text nobody shows is a text nobody keeps true."""
    root = files("postloan.outcomes")
    sources = [p for p in root.iterdir() if p.name.endswith(".py")] + list((root / "templates").iterdir())
    code = "".join(p.read_text(encoding="utf-8") for p in sources)
    made_up = re.compile(r"(alerts|strata|trust|nav|notice|severity|eligibility|package|stats|sources)\.")
    unused = [
        key for key in texts() if f"'{key}'" not in code and f'"{key}"' not in code and not made_up.match(key)
    ]
    assert unused == []


def test_amounts_are_said_in_the_units_people_use() -> None:
    amount = Decimal("581000000.00")
    assert Words("en").big(amount) == "¥581.00 million"
    assert Words("zh").big(amount) == "5.81亿元"
    assert Words("zh").big(Decimal("248600")) == "24.86万元"
    assert Words("en").yuan(Decimal("1234.5")) == "1,234.50"


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0864, "8.6%"), (0, "0.0%"), (1, "100.0%"), (0.0001, "<0.1%"), (0.99999, ">99.9%"), (None, "—")],
)
def test_a_share_never_rounds_to_nothing_or_all(share: float | None, shown: str) -> None:
    assert Words("en").pct(share) == shown


def test_bands_touch_without_overlap() -> None:
    names = [bands.days_label(i, "en") for i in range(1, len(bands.DAYS) + 2)]
    assert names[:3] == ["0–90", "91–180", "181–270"]
    assert names[-1] == "> 1,800"
    assert bands.age_label(1, "zh") == "≤ 24岁"
    assert [bands.yuan_label(i, "zh") for i in (1, 4, 8)] == ["≤ 1,000", "1万 – 5万", "> 100万"]


def test_the_numbers_in_the_sql_are_the_codes_of_the_tape() -> None:
    """Stratification numbers its codes; a code the tape learns must be learnt here too."""
    assert set(bands.LITIGATION[1:]) == set(terms()["litigation"])
    assert set(bands.GUARANTEE[1:]) == set(terms()["guarantees"])
    assert set(bands.PRODUCT[1:]) == set(terms()["products"])
    sql = load_queries("postloan.outcomes", "stratification.sql")["report_rows"].text
    for codes in (bands.LITIGATION, bands.GUARANTEE, bands.PRODUCT):
        for number, code in enumerate(codes[1:], 1):
            assert f"WHEN '{code}' THEN {number}" in sql


def test_provinces_are_told_apart_by_their_first_two_characters() -> None:
    assert len(PROVINCES) == 34
    assert Words("en").band("region", "黑龙江省", 0) == "Heilongjiang"
    assert Words("zh").band("region", "黑龙江省", 0) == "黑龙江省"
    assert Words("en").band("region", "", 0) == "Not stated"


def test_every_comparable_says_where_it_was_read_and_how_its_ratio_came_about() -> None:
    comparables = load_comparables()
    assert len(comparables) == 25
    for c in comparables:
        assert c.site
        assert c.site_date
        assert 0 < c.ratio < Decimal("0.2"), c.id
        assert c.ratio_claimed == (c.total is None)
        assert c.product in LOAN_KINDS
        assert c.note is None or set(c.note) == {"en", "zh"}


def test_the_ant_package_asked_eight_point_six_cents_not_nine_tenths_of_one() -> None:
    ant = next(c for c in load_comparables() if c.id == "003")
    assert round(ant.ratio, 4) == Decimal("0.0864")


def test_the_window_of_comparables_is_described_by_its_small_number() -> None:
    near = nearby(Decimal("383.87"), load_comparables())
    assert near is not None
    assert near.n == 5
    assert near.least < near.median < near.most
    assert nearby(Decimal(9), load_comparables()) is None


def test_finding_kinds_speak_both_languages_with_the_same_facts() -> None:
    for kind in load_kinds("postloan.outcomes").values():
        for texts_ in (kind.says, kind.mend):
            assert set(texts_) == {"en", "zh"}
        assert ("{expected}" in kind.says["en"]) == ("{expected}" in kind.says["zh"]), kind.code
