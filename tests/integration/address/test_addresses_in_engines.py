"""Addresses read by a table engine through Arrow: every row gets its own answer, wherever batches are cut."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.address import parse
from postloan.address.batches import batches_schema, column_parser, parse_batches
from postloan.address.parsing import schema
from postloan.kernel import InputError

TEXTS = ["浙江省杭州市余杭区文一西路969号", None, "", "江苏省南京市鼓楼区中山北路26号3幢501室", "hello"]


def test_duckdb_calls_the_parser_on_a_column_and_names_its_fields():
    with duckdb.connect() as engine:
        kinds = engine.from_arrow(schema().empty_table()).types
        place = engine.struct_type(dict(zip(schema().names, kinds, strict=True)))
        engine.create_function(
            "read_address", column_parser("fast"), ["VARCHAR"], place, type="arrow", null_handling="special"
        )
        engine.register("given", pa.table({"id": range(5), "line": TEXTS}))
        rows = engine.sql(
            "SELECT id, place.road, place.adcode, len(place.elements) "
            "FROM (SELECT id, read_address(line) AS place FROM given) ORDER BY id"
        ).fetchall()
    assert [row[:3] for row in rows] == [
        (0, "文一西路", "330110"), (1, None, None), (2, None, None), (3, "中山北路", "320106"), (4, None, None)
    ]  # fmt: skip
    assert rows[0][3] == 5


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 5), max_size=4))
def test_a_stream_of_batches_gives_what_the_whole_table_gives(cuts):
    whole = pa.table({"id": range(5), "line": pa.array(TEXTS, pa.string())})
    edges = [0, *sorted(cuts), 5]
    parts = [batch for a, b in pairwise(edges) for batch in whole.slice(a, b - a).to_batches() if b > a]
    streamed = list(parse_batches(parts, "line", "fast"))
    found = pa.Table.from_batches(streamed)
    assert found.schema.names == batches_schema(whole.schema, "line").names
    assert found.column("id").to_pylist() == list(range(5))
    assert found.select(schema().names).to_pylist() == parse(TEXTS, "fast").to_pylist()


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="there is no column 'text'"):
        list(parse_batches([pa.record_batch({"line": TEXTS})]))


def test_a_column_of_ours_is_never_there_twice():
    with pytest.raises(InputError, match="two columns 'road'"):
        list(parse_batches([pa.record_batch({"text": TEXTS, "road": TEXTS})]))


def test_no_rows_give_no_rows():
    assert len(column_parser()(pa.chunked_array([], pa.string()))) == 0
