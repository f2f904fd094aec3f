"""A rule value has a first day, a unit and its own source; nothing is guessed outside its days."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernel import PostloanError
from postloan.rules import (
    PACKS,
    BadRuleFile,
    NoRuleValue,
    RuleBook,
    UnknownRule,
    load_book,
    parse_rules,
    rule_as_json,
)

RULE = """
pack: cn
topic: classification
rules:
  CN-CLS-91:
    says: {en: A sentence., zh: 一句话。}
    kind: threshold
    force: rule
    confidence: V2
    checked: {by: A. Lawyer, on: 2026-03-01}
    parameters:
      after_days:
        says: {en: More than this many days., zh: 超过该天数。}
        unit: days
        values:
          2020-01-01: {value: 180, source: {title: {en: Old, zh: 旧}, article: art. 1}}
          2023-07-01: {value: 90, until: 2024-06-30, source: {title: {en: New, zh: 新}, article: art. 2}}
          2025-01-01: {value: 60, until: 2025-12-31, source: {title: {en: Newer, zh: 更新}, article: art. 3}}
"""


def book_of(*texts: str) -> RuleBook:
    return RuleBook([rule for n, text in enumerate(texts) for rule in parse_rules(text, f"{n}.yaml")])


@pytest.mark.parametrize(
    ("day", "value", "since", "until"),
    [
        ("2020-01-01", 180, "2020-01-01", "2023-06-30"),
        ("2023-06-30", 180, "2020-01-01", "2023-06-30"),
        ("2023-07-01", 90, "2023-07-01", "2024-06-30"),
        ("2024-06-30", 90, "2023-07-01", "2024-06-30"),
        ("2025-12-31", 60, "2025-01-01", "2025-12-31"),
    ],
)
def test_a_value_holds_from_its_first_day_to_its_last(day, value, since, until):
    found = book_of(RULE).value("CN-CLS-91.after_days", on=date.fromisoformat(day))
    assert (found.whole, str(found.since), str(found.until)) == (value, since, until)
    assert found.source.article.startswith("art. ")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (
            "2019-12-31",
            ["2019-12-31", "its first value begins 2020-01-01", "Ask about a later day", "rules/cn/"],
        ),
        ("2024-07-01", ["one ended 2024-06-30 and the next begins 2025-01-01"]),
        ("2026-01-01", ["its last value ended 2025-12-31", "Ask about an earlier day"]),
    ],
)
def test_a_day_without_a_value_is_an_error_that_says_so(day, words):
    book = book_of(RULE)
    assert not book.holds("CN-CLS-91.after_days", on=date.fromisoformat(day))
    with pytest.raises(NoRuleValue) as error:
        book.value("CN-CLS-91.after_days", on=date.fromisoformat(day))
    for word in ["CN-CLS-91.after_days", *words]:
        assert word in str(error.value)
    assert "没有值" in error.value.message("zh")


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_a_day_has_a_value_exactly_when_the_book_says_that_it_holds(day):
    book = book_of(RULE)
    if book.holds("CN-CLS-91.after_days", on=day):
        found = book.value("CN-CLS-91.after_days", on=day)
        assert found.since <= day
        assert found.until is None or day <= found.until
    else:
        with pytest.raises(NoRuleValue):
            book.value("CN-CLS-91.after_days", on=day)


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_within_a_span_no_value_changes_and_outside_none_is_complete(day):
    book = load_book()
    keys = ["CN-TRF-01.sellers", "CN-TRF-03.ends_on"]
    spans = [span for span in book.spans(keys) if span.first <= day and (not span.last or day <= span.last)]
    assert len(spans) == all(book.holds(key, on=day) for key in keys)
    for span in spans:
        assert [book.value(k, on=day).value for k in keys] == [
            book.value(k, on=span.first).value for k in keys
        ]


def test_an_unknown_rule_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownRule) as error:
        load_book().value("CN-CLS-01.substandard_after_day", on=date(2025, 1, 1))
    assert "'CN-CLS-01.substandard_after_days'" in str(error.value)
    with pytest.raises(UnknownRule):
        load_book().rule("CN-CLS-99")


def test_the_version_is_blind_to_order_blanks_and_comments():
    other = RULE.replace("CN-CLS-91", "CN-CLS-92")
    version = book_of(RULE, other).version
    assert (
        book_of(other, "# a comment\n" + RULE.replace("unit: days", "unit:   days  # whole days")).version
        == version
    )
    assert len(version) == 16


def test_the_version_is_blind_to_the_order_of_codes():
    codes = RULE.replace("unit: days", "unit: terms").replace("value: 180", "value: [a, b]")
    codes = codes.replace("value: 90", "value: [c]").replace("value: 60", "value: [d]")
    assert book_of(codes).version == book_of(codes.replace("[a, b]", "[b, a]")).version
    assert book_of(codes).version != book_of(codes.replace("[a, b]", "[a, e]")).version


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("value: 60", "value: 61"),
        ("2025-01-01", "2025-01-02"),
        ("2025-12-31", "2025-12-30"),
        ("art. 2", "art. 4"),
        ("confidence: V2", "confidence: V"),
        ("{by: A. Lawyer, on: 2026-03-01}", "unconfirmed"),
        ("zh: 一句话。", "zh: 另一句话。"),
    ],
)
def test_the_version_changes_with_whatever_a_rule_says(before, after):
    assert book_of(RULE.replace(before, after)).version != book_of(RULE).version


def test_a_user_may_add_rules_but_never_overwrite_one(tmp_path):
    (tmp_path / "own.yaml").write_text(RULE, encoding="utf-8")
    book = load_book(folder=tmp_path)
    assert "CN-CLS-91" in book
    assert "CN-CLS-01" in book
    assert book.version != load_book().version
    (tmp_path / "own.yaml").write_text(RULE.replace("CN-CLS-91", "CN-CLS-01"), encoding="utf-8")
    with pytest.raises(BadRuleFile, match=r"CN-CLS-01 is already defined in cn/classification\.yaml"):
        load_book(folder=tmp_path)


def test_a_file_in_another_encoding_is_refused_and_a_byte_order_mark_forgiven(tmp_path):
    (tmp_path / "own.yaml").write_bytes(RULE.encode("utf-8-sig"))
    assert "CN-CLS-91" in load_book(folder=tmp_path)
    (tmp_path / "own.yaml").write_bytes(RULE.encode("gb18030"))
    with pytest.raises(BadRuleFile, match=r"own\.yaml: the file is not written in UTF-8"):
        load_book(folder=tmp_path)


def test_a_folder_without_rules_and_an_unknown_pack_are_refused(tmp_path):
    with pytest.raises(PostloanError, match="holds no rule files"):
        load_book(folder=tmp_path)
    with pytest.raises(PostloanError, match="no rule pack 'mars'"):
        load_book(packs=("mars",))


def test_a_value_is_read_only_as_what_its_unit_makes_of_it():
    text = (
        RULE.replace("unit: days", "unit: {unit}")
        .replace("value: 90", "value: {value}")
        .split("          2020")[0]
    )
    tail = (
        "          2020-01-01: {{value: {value}, source: {{title: {{en: Old, zh: 旧}}, article: art. 1}}}}\n"
    )
    text = text.replace("{en: A sentence., zh: 一句话。}", "{{en: A sentence., zh: 一句话。}}")
    text = text.replace("{by: A. Lawyer, on: 2026-03-01}", "unconfirmed")
    text = text.replace("{en: More than this many days., zh: 超过该天数。}", "{{en: More., zh: 更多。}}")
    for unit, value, attribute, made in [
        ("rate", "'0.24'", "decimal", Decimal("0.24")),
        ("yuan", "50000", "decimal", Decimal(50000)),
        ("time", "'22:00'", "time", time(22)),
        ("day", "2026-12-31", "day", date(2026, 12, 31)),
        ("term", "review", "term", "review"),
        ("terms", "[b, a]", "terms", ("b", "a")),
        ("flag", "false", "flag", False),
    ]:
        found = book_of((text + tail).format(unit=unit, value=value)).value(
            "CN-CLS-91.after_days", on=date(2021, 1, 1)
        )
        assert getattr(found, attribute) == made
        with pytest.raises(PostloanError, match="was read as a whole number"):
            _ = found.whole


def test_every_packaged_value_has_a_source_and_a_day_that_something_is_asked_about():
    for rule in load_book(PACKS):
        for name, parameter in rule.parameters.items():
            last = parameter.values[-1]
            found = load_book().value(f"{rule.id}.{name}", on=last.first + timedelta(days=1))
            assert found.source.title["en"]
            assert found.source.title["zh"]


def test_house_rules_are_marked_as_such_everywhere():
    for rule in load_book():
        assert (rule.pack == "house") == rule.id.startswith("HS-") == (rule.force == "house")


def test_a_rule_can_be_shown_as_json():
    shown = rule_as_json(load_book().rule("CN-TRF-03"))
    values = shown["parameters"]["ends_on"]["values"]
    assert [(value["first"], value["until"], value["value"]) for value in values] == [
        ("2022-12-01", "2025-11-30", "2025-12-31"),
        ("2025-12-01", None, "2026-12-31"),
    ]
