"""A loader that forgives is a bug: every mistake has a file, and the refusal says what, where and how to mend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from postloan.rules import BadRuleFile, parse_rules

FILES = sorted(Path(__file__).with_name("malformed").glob("*.yaml"))
WORDS = re.compile(r"^# refusal says: (.+)$", re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_malformed_file_is_refused_with_words_that_help(path):
    text = path.read_text(encoding="utf-8")
    words = WORDS.findall(text)
    assert words, "the file lists no words that the refusal must contain"
    with pytest.raises(BadRuleFile) as refusal:
        parse_rules(text, path.name)
    for word in [path.name, *words]:
        assert word in str(refusal.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_refusal_is_also_told_in_chinese(path):
    with pytest.raises(BadRuleFile) as refusal:
        parse_rules(path.read_text(encoding="utf-8"), path.name)
    told = refusal.value.message("zh")
    assert path.name in told
    assert "请" in told


def test_the_files_cover_every_kind_of_mistake():
    met = set()
    for path in FILES:
        with pytest.raises(BadRuleFile) as refusal:
            parse_rules(path.read_text(encoding="utf-8"), path.name)
        met.add(type(refusal.value))
    # A rule in two files needs two files, an amendment something to amend, another encoding bytes: see test_book.
    missing = {kind.__name__ for kind in set(BadRuleFile.__subclasses__()) - met}
    assert missing == {"DuplicateRule", "NotUtf8", "AmendsNothing", "AmendsThePast"}
