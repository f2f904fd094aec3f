"""Many scenarios from one table: scenario, date and amounts in yuan, as a forecast writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postloan.securitisation.flow import COLUMNS, Flow, bad_flow, scenarios

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def flow_of_table(table: pa.Table, where: str) -> Flow:
    """The scenarios of a table with the columns scenario, date and any of those of a flow; a row each.

    Scenarios are numbered in the order of their names. A day that a scenario does not have brings it nothing.

    Raises:
        BadFlow: a column is unknown or of the wrong kind, an amount negative or finer than a fen, a row there twice.
    """
    import numpy as np
    import pyarrow as pa

    unknown = sorted(set(table.column_names) - {"scenario", "date", *COLUMNS})
    missing = [name for name in ("scenario", "date") if name not in table.column_names]
    if unknown or missing or not table.num_rows:
        key = "column" if unknown else "missing" if missing else "empty"
        name = (*unknown, *missing, "")[0]
        raise bad_flow(where, key, name=name, known=", ".join(("scenario", "date", *COLUMNS)))
    try:
        days = table["date"].cast(pa.date32()).combine_chunks()
        fen = {name: _fen(table[name]) for name in COLUMNS if name in table.column_names}
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise bad_flow(where, "table", text=str(error).split("\n")[0][:120]) from error
    names, row = np.unique(np.array(table["scenario"].to_pylist(), dtype=str), return_inverse=True)
    dates, column = np.unique(days.to_numpy(zero_copy_only=False), return_inverse=True)
    place = row * len(dates) + column
    if len(np.unique(place)) != len(place):
        raise bad_flow(where, "twice")
    arrays = {}
    for name, values in fen.items():
        if values.min(initial=0) < 0:
            raise bad_flow(where, "negative", name=name, text="")
        whole = np.zeros(len(names) * len(dates), dtype=np.int64)
        whole[place] = values
        arrays[name] = whole.reshape(len(names), len(dates))
    return scenarios([day.item() for day in dates], arrays)


def _fen(column: Any) -> NDArray[np.int64]:
    """Yuan as whole fen, exactly; an empty cell is zero."""
    import pyarrow as pa
    import pyarrow.compute as pc

    yuan = pc.fill_null(column.cast(pa.decimal128(20, 2)), pa.scalar(0, pa.decimal128(20, 2)))
    fen = pc.multiply(yuan, pa.scalar(100, pa.decimal128(3, 0))).cast(pa.int64())
    found: NDArray[np.int64] = fen.combine_chunks().to_numpy(zero_copy_only=False)
    return found
