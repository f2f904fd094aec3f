from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernel.sql import Query, identifier, literal, parse_queries

TEXT = """
-- one --
-- Says what it is for
-- in two lines.
SELECT a FROM t WHERE b = :b AND c IN :c;

-- two --
SELECT ':not_a_hole', CAST(x AS DATE), y::DATE FROM t
"""


def test_a_file_of_named_queries_gives_each_with_what_it_says():
    queries = parse_queries(TEXT)
    assert list(queries) == ["one", "two"]
    assert queries["one"].says == "Says what it is for in two lines."
    bound = queries["one"].bind(b=Decimal("1.50"), c=["x", "y'z"])
    assert bound == "SELECT a FROM t WHERE b = 1.50 AND c IN ('x', 'y''z')"


def test_quoted_text_and_casts_hold_no_holes():
    assert parse_queries(TEXT)["two"].bind() == "SELECT ':not_a_hole', CAST(x AS DATE), y::DATE FROM t"


def test_a_hole_without_value_and_a_value_without_hole_are_mistakes():
    query = parse_queries(TEXT)["one"]
    with pytest.raises(KeyError):
        query.bind(b=1)
    with pytest.raises(KeyError, match="no hole"):
        query.bind(b=1, c=["x"], d=2)


def test_two_queries_of_one_name_are_refused():
    with pytest.raises(ValueError, match="called one"):
        parse_queries("-- one --\nSELECT 1\n-- one --\nSELECT 2\n")


@given(st.text(max_size=30))
def test_no_text_breaks_out_of_its_literal(text):
    written = literal(text)
    assert written[0] == written[-1] == "'"
    assert written[1:-1].replace("''", "") == text.replace("'", "")
    assert Query("q", "", "SELECT :a").bind(a=text) == f"SELECT {written}"


def test_values_become_literals_of_their_kind():
    values = [None, True, 7, Decimal("0.10"), date(2025, 6, 30)]
    assert [literal(value) for value in values] == ["NULL", "TRUE", "7", "0.10", "DATE '2025-06-30'"]
    assert identifier('a"b') == '"a""b"'
    with pytest.raises(TypeError, match="float"):
        literal(0.1)
