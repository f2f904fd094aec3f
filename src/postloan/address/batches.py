"""Addresses inside a table engine: Arrow functions that DuckDB calls on a column and Spark on a stream of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa  # at run time too: DuckDB reads the annotations of a function that it is given

from postloan.address.parsing import BATCH, Mode, Weights, batch_of, checked, schema
from postloan.kernel import InputError


def column_parser(
    mode: Mode = "accurate", weights: Weights = "default"
) -> Callable[[pa.ChunkedArray], pa.StructArray]:
    """A function from a column of texts to a column of structs with the fields of ``schema()``, row for row.

    For an engine that wants one column back, such as an Arrow function of DuckDB.

    Raises:
        InputError: the mode or the weights are unknown.
    """
    checked(mode, weights)

    def parse_column(column: pa.ChunkedArray) -> pa.StructArray:
        texts = column.to_pylist()
        batches = [batch_of(texts[at : at + BATCH], mode, weights) for at in range(0, len(texts), BATCH)]
        parts = [batch.to_struct_array() for batch in batches]
        return pa.concat_arrays(parts) if parts else pa.array([], pa.struct(list(schema())))

    return parse_column


def parse_batches(
    batches: Iterable[pa.RecordBatch],
    text: str = "text",
    mode: Mode = "accurate",
    weights: Weights = "default",
) -> Iterator[pa.RecordBatch]:
    """Each batch with the parsed columns after its own; the answer does not depend on where batches are cut.

    text: the column that holds the addresses; where it is not named ``text`` it is given a second time under that
    name. This is what ``DataFrame.mapInArrow`` of Spark calls.

    Raises:
        InputError: there is no such column, or one of ours would be there twice.
    """
    checked(mode, weights)
    for batch in batches:
        own = [name for name in batch.schema.names if name != "text" or text != "text"]
        twice = sorted(set(own) & set(schema().names))
        if text not in batch.schema.names or twice:
            what = f"there are two columns {twice[0]!r}" if twice else f"there is no column {text!r}"
            raise InputError(
                what=what,
                where="address",
                mend="Rename or leave out the column before the addresses are read.",
            )
        parsed = batch_of(batch.column(text).to_pylist(), mode, weights)
        yield pa.RecordBatch.from_arrays(
            [*(batch.column(name) for name in own), *parsed.columns], [*own, *parsed.schema.names]
        )


def batches_schema(given: pa.Schema, text: str = "text") -> pa.Schema:
    """The schema of what ``parse_batches`` yields for batches of this one; engines ask for it beforehand."""
    own = [field for field in given if field.name != "text" or text != "text"]
    return pa.schema([*own, *schema()])
