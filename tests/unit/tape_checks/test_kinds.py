from __future__ import annotations

import re

import pytest

from postloan.kernel import load_kinds
from postloan.tape.columns import tables
from postloan.tape.identity import check_character, read_identity
from postloan.tape.masks import BITS, load_checks, mask_query, words_of
from postloan.tape.mending import mending_rules

KINDS = load_kinds("postloan.tape")


def test_every_check_speaks_of_a_known_kind_and_of_a_field_of_its_table():
    for check in load_checks():
        assert check.code in KINDS, check.name
        assert check.field in tables()[check.table].columns, check.name


def test_every_kind_can_be_said_in_both_languages_with_what_was_found():
    for kind in KINDS.values():
        for sentence in (*kind.says.values(), *kind.mend.values()):
            assert sentence.format(found="1", expected="2")
            assert not re.search(r"[{}]", sentence.format(found="1", expected="2"))


def test_every_mending_has_its_sentences_and_a_reason():
    for rule in mending_rules().values():
        assert rule.code in KINDS, rule.name
        assert all(rule.says[lang] for lang in ("en", "zh"))
        assert rule.field == "row" or rule.field in tables()[rule.table].columns


@pytest.mark.parametrize("table", list(tables()))
def test_a_mask_has_one_bit_for_every_check(table):
    checks = [check for check in load_checks() if check.table == table]
    query = mask_query(table, checks)
    bits = [1 << (place % BITS) for place in range(len(checks))]
    assert [int(b) for b in re.findall(r"CAST\((\d+) AS BIGINT\) ELSE", query)] == bits
    assert words_of(checks) == -(-len(checks) // BITS)


def test_a_made_up_identity_number_is_read_and_masked():
    number = "11010119900307123" + check_character("11010119900307123")
    read = read_identity(f" {number} ")
    assert read is not None
    assert (str(read.born_on), read.sex, read.province, read.county_code) == (
        "1990-03-07",
        "male",
        "北京",
        "110101",
    )
    assert number not in repr(read)


@pytest.mark.parametrize("number", ["", "123", "110101199003071239", "110101199002301234", "x" * 18])
def test_what_is_no_identity_number_is_not_read(number):
    good = number[:17].isdigit() and len(number) == 18
    assert read_identity(number if not good or check_character(number[:17]) != number[17] else "1") is None
