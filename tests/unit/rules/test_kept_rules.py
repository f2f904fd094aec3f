"""A rule book that is kept comes back whole, and says so when somebody changed it."""

from __future__ import annotations

import json

import pytest

from postloan.rules import book_as_json, book_from_json, load_book
from postloan.rules.kept import KeptRulesChanged


def test_a_kept_rule_book_comes_back_the_same():
    book = load_book()
    back = book_from_json(json.loads(json.dumps(book_as_json(book))), book.version)
    assert back.version == book.version
    for rule in book:
        there = back.rule(rule.id)
        assert there.parameters.keys() == rule.parameters.keys()
        for name, parameter in rule.parameters.items():
            for one, again in zip(parameter.values, there.parameters[name].values, strict=True):
                same = (
                    set(one.value) == set(again.value)
                    if isinstance(one.value, tuple)
                    else one.value == again.value
                )
                assert same
                assert type(one.value) is type(again.value)
                assert (one.first, one.until, one.source, one.confidence) == (
                    again.first, again.until, again.source, again.confidence,
                )  # fmt: skip


def test_a_kept_rule_book_that_was_changed_is_refused():
    book = load_book()
    content = book_as_json(book)
    content["rules"][0]["confidence"] = "M" if content["rules"][0]["confidence"] != "M" else "V2"
    with pytest.raises(KeptRulesChanged):
        book_from_json(content, book.version)
    with pytest.raises(KeptRulesChanged):
        book_from_json({"rules": [{"id": 1}]}, book.version)
