"""Running a deal from files: a deal file and collections in, tables and a trace out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from postloan.kernel import Finding, PostloanError
from postloan.securitisation import (
    BadFlow,
    Deal,
    Flow,
    Result,
    import_request,
    read_flow,
    read_rates,
    write_terms,
)
from postloan.securitisation.result import ACCOUNT_COLUMNS, BOND_COLUMNS, FEE_COLUMNS, yuan
from postloan.securitisation.stress import stressed

Write = Callable[[Path, str], None]
Whole = Callable[[Path], AbstractContextManager[Path]]


class NoFile(PostloanError):
    """{path} cannot be read: {why}.

    Check the path, and save the file as UTF-8 text.
    """

    zh = "{path} 无法读取：{why}。请检查路径，并将文件保存为 UTF-8 文本。"


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        NoFile: it is not there, or no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NoFile(path=path, why=error.strerror or "it cannot be opened") from error
    except UnicodeDecodeError as error:
        raise NoFile(path=path, why="it is not UTF-8") from error


def load_deal(path: Path) -> Deal:
    """The deal in a file."""
    return Deal.from_text(read(path), path.name)


def load_flow(path: Path) -> Flow:
    """Collections from a CSV or Parquet file; with a column ``scenario``, many scenarios.

    Raises:
        BadFlow: a column, day or amount is wrong. NoFile: the file cannot be read.
    """
    if path.suffix == ".parquet":
        return _many(path)
    text = read(path)
    if "scenario" in text.split("\n", 1)[0]:
        return _many(path)
    return read_flow(_rows(path), path.name)


def _many(path: Path) -> Flow:
    """The scenarios of a table; one that names none is a single scenario."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    from postloan.securitisation.flow import COLUMNS
    from postloan.securitisation.flow_table import flow_of_table

    try:
        if path.suffix == ".parquet":
            table = pa.parquet.read_table(path)
        else:
            kinds = {
                **dict.fromkeys(COLUMNS, pa.decimal128(20, 2)),
                "date": pa.date32(),
                "scenario": pa.string(),
            }
            table = pa.csv.read_csv(path, convert_options=pa.csv.ConvertOptions(column_types=kinds))
    except (pa.ArrowInvalid, OSError) as error:
        raise NoFile(path=path, why=str(error).split("\n")[0][:120]) from error
    if "scenario" not in table.column_names:
        table = table.append_column("scenario", pa.array(["1"] * table.num_rows))
    flow = flow_of_table(table, path.name)
    return flow.scenario(0) if flow.width == 1 else flow


def load_rates(path: Path | None) -> Mapping[str, Sequence[tuple[Any, Any]]]:
    """Rates of floating bonds from a CSV file; none where no file is given."""
    return {} if path is None else read_rates(_rows(path), path.name)


def _rows(path: Path) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(read(path)))
    rows = []
    for row in reader:
        if None in row or any(value is None for value in row.values()):
            what = f"row {reader.line_num} has another number of cells than the header"
            raise BadFlow(
                where=path.name,
                what=what,
                mend="Give every row a cell for each column.",
                what_zh=f"第 {reader.line_num} 行的列数与表头不符",
                mend_zh="请使每行列数与表头一致。",
            )
        rows.append({name.strip(): value for name, value in row.items()})
    return rows


def check_deal(deal: Deal) -> tuple[Finding, ...]:
    """What is odd about a deal, by itself and under the rules of its day."""
    from postloan.rules import load_book
    from postloan.securitisation.income_rights import check_by_rules

    return check_by_rules(deal.terms, load_book())


def run_files(
    deal: Path, collections: Path, rates: Path | None, *, less: float = 0.0, later: int = 0
) -> Result:
    """Run the deal in a file over the collections in another, stressed where it is asked for."""
    flow = load_flow(collections)
    if less or later:
        flow = stressed(flow, less=less, later=later)
    return load_deal(deal).run(flow, load_rates(rates))


def flow_text(flow: Flow) -> str:
    """Collections of one scenario as CSV text in yuan."""
    columns = ("date", *flow.columns)
    rows = [
        {"date": day, **{name: yuan(flow.at(name, row)) for name in flow.columns}}
        for row, day in enumerate(flow.dates)
    ]
    return table_text(columns, rows)


def write_result(result: Result, out: Path, write: Write, whole: Whole) -> tuple[Path, ...]:
    """Write bonds.csv, fees.csv, accounts.csv and trace.parquet into a folder that is there.

    write: writes a text file whole or not at all. whole: a name to write under, which becomes the file's at the end.
    """
    import pyarrow.parquet as pq

    made = []
    for name, columns, rows in (
        ("bonds.csv", BOND_COLUMNS, result.bonds()),
        ("fees.csv", FEE_COLUMNS, result.fees()),
        ("accounts.csv", ACCOUNT_COLUMNS, result.accounts()),
    ):
        write(out / name, table_text(columns, rows))
        made.append(out / name)
    with whole(out / "trace.parquet") as part:
        pq.write_table(result.trace_table(), part)
    return (*made, out / "trace.parquet")


def table_text(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV text."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return made.getvalue()


def import_file(request: Path, out: Path, write: Write) -> tuple[Deal, tuple[Finding, ...]]:
    """Turn a request of the public engine into a deal file; the findings name what was not imported."""
    parts, _ = import_request(read(request), request.name)
    text = write_terms(parts)
    deal = Deal.from_text(text, out.name)
    write(out, text)
    return deal, deal.check()
