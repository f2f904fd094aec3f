"""Addresses inside a table engine: Arrow functions that DuckDB calls on a column and Spark on a stream of batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from postloan.address.parsing import BATCH, Mode, Weights, batch_of, checked, schema
from postloan.kernel import InputError

if TYPE_CHECKING:
    import pyarrow as pa


def parse_column(
    column: pa.Array | pa.ChunkedArray, mode: Mode = "accurate", weights: Weights = "default"
) -> pa.StructArray:
    """A column of texts as a column of structs with the fields of ``schema()``, row for row.

    For an engine that wants one column back, such as an Arrow function of DuckDB.
    """
    import pyarrow as pa

    checked(mode, weights)
    texts = column.to_pylist()
    batches = [batch_of(texts[at : at + BATCH], mode, weights) for at in range(0, len(texts), BATCH)]
    table = pa.Table.from_batches(batches, schema())
    parts = [part.to_struct_array() for part in table.to_batches()]
    return pa.concat_arrays(parts) if parts else pa.array([], pa.struct(list(schema())))


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
    import pyarrow as pa

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
    import pyarrow as pa

    own = [field for field in given if field.name != "text" or text != "text"]
    return pa.schema([*own, *schema()])
