"""A payment file or bank statement (银行流水) as rows of incoming money: headers, typing, control totals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from postloan.kernel import Engine, Money, Personal, PostloanError, load_queries
from postloan.kernel.personal import mask_name, mask_number
from postloan.kernel.sql import identifier, literal
from postloan.ledger.parts import ZERO
from postloan.tape.cells import Cell
from postloan.tape.columns import Column
from postloan.tape.expression import kind_of
from postloan.tape.headers import ONE, plain_header
from postloan.tape.raw import RawTable

NOTHING: Personal[str] = Personal("")
_OUT = ("借", "付", "支", "出", "d", "dr", "debit", "out", "付款", "支出", "转出", "借方")
"""Directions that say that money went out; everything else came in."""
_SHOWN = 5


class NoPaymentColumns(PostloanError):
    """{file}: no column for {fields}; headers that are not known: {unknown}.

    Rename the headers, for example 交易日期, 交易金额, 流水号, 借据号, 合同号, 付款人, 摘要.
    """

    zh = (
        "{file}：缺少 {fields} 列；未识别的表头：{unknown}。"
        "请修改表头，例如 交易日期、交易金额、流水号、借据号、合同号、付款人、摘要。"
    )


class TwoPaymentColumns(PostloanError):
    """{file}: the columns {headers} both mean {field}.

    Delete or rename one of them.
    """

    zh = "{file}：列 {headers} 都表示“{field}”。请删除或改名其中一列。"


class UnreadRows(PostloanError):
    """{file}: {count} rows cannot be read ({shown}); no row of the file was posted.

    Correct these rows, or ask for the file again.
    """

    zh = "{file}：有 {count} 行无法读取（{shown}）；整份文件未入账。请更正这些行，或重新索取文件。"


class EmptyPaymentFile(PostloanError):
    """{file} holds no payment.

    Check that the export is complete.
    """

    zh = "{file} 中没有任何还款。请确认导出是否完整。"


class ControlTotalDiffers(PostloanError):
    """{file}: the rows come to {found} ({rows} rows), but {who} says {stated}; no row of the file was posted.

    Ask for the file again, or correct the control total.
    """

    zh = (
        "{file}：各行合计 {found}（{rows} 行），而{who_zh}为 {stated}；整份文件未入账。"
        "请重新索取文件，或更正控制总数。"
    )


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row of a payment file as it was read.

    row: data row from 1. amount: below zero for money that went back. reverses: reference of the payment it takes
    back. Other fields as in ``store_records.IncomingPayment``; "" where the file says nothing.
    """

    row: int
    paid_on: date
    amount: Money
    reference: str = ""
    reverses: str = ""
    loan_id: str = ""
    contract_no: str = ""
    borrower_id: str = ""
    payer: Personal[str] = NOTHING
    account: Personal[str] = NOTHING
    remark: Personal[str] = NOTHING


@dataclass(frozen=True, slots=True)
class PaymentRows:
    """A whole file.

    sha256: of its bytes. lines: its rows. stated: what its own total row says; None if it has none.
    """

    file: str
    sha256: str
    lines: tuple[Incoming, ...]
    stated: Money | None = None

    @property
    def amount(self) -> Money:
        """All rows together."""
        return Money(sum(line.amount.fen for line in self.lines))

    @property
    def content(self) -> str:
        """A digest that an equal list of payments has under any file name and in any format.

        Personal fields go in masked, so that the digest tells nothing about a person.
        """
        digest = hashlib.sha256()
        for key in sorted(map(_masked, self.lines)):
            digest.update(key.encode() + b"\n")
        return digest.hexdigest()


def _masked(line: Incoming) -> str:
    """A row as one text, in which no two different rows are alike but for what is masked."""
    payer, account = line.payer.reveal("to be masked"), line.account.reveal("to be masked")
    facts = (
        line.paid_on.isoformat(), str(line.amount.fen), line.reference, line.reverses, line.loan_id, line.contract_no,
        line.borrower_id, mask_name(payer), mask_number(account), str(len(line.remark.reveal("to be counted"))),
    )  # fmt: skip
    return "\x1f".join(facts)


@cache
def _declared() -> Mapping[str, Mapping[str, Any]]:
    raw = yaml.safe_load((files(__package__) / "payment_columns.yaml").read_text(encoding="utf-8"))
    return MappingProxyType(raw)


@cache
def columns() -> Mapping[str, Column]:
    """The columns that a payment file may have."""
    return MappingProxyType(
        {
            name: Column(
                name, given["kind"], "", bool(given.get("required")), bool(given.get("personal")),
                given["en"], given["zh"], given["says"],
            )
            for name, given in _declared().items()
        }
    )  # fmt: skip


@cache
def _synonyms() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for name, given in _declared().items():
        for word in (name, given["en"], given["zh"], *given["headers"]):
            known.setdefault(plain_header(str(word))[0], name)
    return MappingProxyType(known)


def knows(header: str) -> bool:
    """Whether a header means something in a payment file."""
    return plain_header(header)[0] in _synonyms()


def read_rows(engine: Engine, raw: RawTable) -> PaymentRows:
    """The rows of a raw table in the engine.

    Raises:
        NoPaymentColumns, TwoPaymentColumns: its headers. UnreadRows: a row without a readable day or amount, or with
        too few or too many cells. EmptyPaymentFile: no row. ControlTotalDiffers: its own total row says something else.
    """
    cells = _cells(raw)
    engine.view("payment_cells", _cleaned(raw, cells))
    query = load_queries(__package__, "payment_file.sql")["payment_rows"]
    engine.view("payment_typed", _typed(cells))
    table = engine.arrow(query.bind(out=_OUT))
    lines = tuple(_lines(table.to_pydict()))
    bad = [(line_row, why) for line_row, why in _unread(engine, cells)]
    if raw.rejected or bad:
        ragged = engine.rows(f"SELECT row FROM ragged ORDER BY row LIMIT {_SHOWN}") if raw.rejected else []
        shown = [f"row {row}: {why}" for row, why in bad[:_SHOWN]] + [
            f"row {row[0]}: cells" for row in ragged
        ]
        raise UnreadRows(file=raw.file, count=len(bad) + raw.rejected, shown="; ".join(shown))
    if not lines:
        raise EmptyPaymentFile(file=raw.file)
    rows = PaymentRows(raw.file, raw.sha256, lines, _stated(engine, raw, cells))
    if rows.stated is not None:
        tie(rows.file, rows.lines, total=rows.stated, who=("its total row", "其合计行"))
    return rows


def tie(
    file: str,
    lines: Sequence[Incoming],
    *,
    total: Money | None = None,
    count: int | None = None,
    who: tuple[str, str] = ("the control total given", "所给控制总数"),
) -> None:
    """Hold rows against a control total and a number of rows.

    Raises:
        ControlTotalDiffers: they do not tie.
    """
    found = Money(sum(line.amount.fen for line in lines))
    if (total is not None and total != found) or (count is not None and count != len(lines)):
        stated = " / ".join(str(one) for one in (total, count) if one is not None)
        raise ControlTotalDiffers(
            file=file, found=found, rows=len(lines), who=who[0], who_zh=who[1], stated=stated
        )


def _cells(raw: RawTable) -> dict[str, Cell]:
    """The column of each field.

    A column that repeats what another says (交易日期 and 记账日期) is refused only where both could mean it.
    """
    found: dict[str, list[str]] = {}
    unknown = []
    for name, written in raw.headers.items():
        field = _synonyms().get(plain_header(written)[0]) if written else None
        if field is None:
            unknown.append(written)
        else:
            found.setdefault(field, []).append(name)
    cells = {}
    for field, names in found.items():
        own = _preferred(field, names, raw)
        if own is None:
            raise TwoPaymentColumns(
                file=raw.file,
                headers=", ".join(raw.headers[name] for name in names),
                field=columns()[field].zh,
            )
        factor = plain_header(raw.headers[own])[1]
        native = raw.types[own]
        cells[field] = Cell(
            columns()[field], identifier(own), kind_of(native), native,
            factor if columns()[field].kind == "money" and factor >= 1 else ONE, said=raw.headers[own],
        )  # fmt: skip
    missing = [name for name in ("paid_on",) if name not in cells]
    if not {"amount", "credit"} & set(cells):
        missing.append("amount")
    if missing:
        shown = ", ".join(filter(None, unknown[:12])) or "-"
        fields = ", ".join(f"{name} ({columns()[name].zh})" for name in missing)
        raise NoPaymentColumns(file=raw.file, fields=fields, unknown=shown)
    return cells


def _preferred(field: str, names: Sequence[str], raw: RawTable) -> str | None:
    """The only column; of several the one that is called exactly so, in the order in which synonyms are listed."""
    if len(names) == 1:
        return names[0]
    if columns()[field].kind == "money":
        return None
    order = [plain_header(str(word))[0] for word in _declared()[field]["headers"]]
    return min(names, key=lambda name: _rank(order, plain_header(raw.headers[name])[0]))


def _rank(order: Sequence[str], word: str) -> int:
    return order.index(word) if word in order else len(order)


def _cleaned(raw: RawTable, cells: Mapping[str, Cell]) -> str:
    shown = ", ".join(f"{cell.cleaned} AS {identifier(name)}" for name, cell in cells.items())
    return f'SELECT "row", {shown} FROM {identifier(raw.view)}'


def _typed(cells: Mapping[str, Cell]) -> str:
    """All our columns over the cleaned cells; NULL where the file has none."""
    parts = []
    for name, column in columns().items():
        cell = cells.get(name)
        value = f"CAST(NULL AS {column.sql_type})" if cell is None else cell.typed(identifier(name))
        parts.append(f"{value} AS {identifier(name)}")
    return f'SELECT "row", {", ".join(parts)} FROM payment_cells'


def _lines(found: Mapping[str, list[Any]]) -> Iterator[Incoming]:
    names = ("row", "paid_on", "fen", "reference", "reverses", "loan_id", "contract_no", "borrower_id")
    personal = ("payer", "account", "remark")
    for row, paid_on, fen, *texts in zip(*(found[name] for name in (*names, *personal)), strict=True):
        if paid_on is None or fen is None:
            continue  # named by ``_unread``; the file is refused then
        yield Incoming(row, paid_on, Money(fen), *texts[:5], *map(_own, texts[5:]))


def _own(text: str) -> Personal[str]:
    return Personal(text) if text else NOTHING


def _unread(engine: Engine, cells: Mapping[str, Cell]) -> list[tuple[int, str]]:
    """Rows without a day or an amount, or with a filled cell that resists."""
    queries = [
        f'SELECT "row", {literal(cell.said)} AS field FROM payment_cells WHERE {cell.unread}'
        for cell in cells.values()
        if cell.unread
    ]
    queries.append(
        f'SELECT "row", {literal(cells["paid_on"].said)} AS field FROM payment_typed WHERE paid_on IS NULL'
    )
    money = [name for name in ("amount", "credit", "debit") if name in cells]
    none = " AND ".join(f"{name} IS NULL" for name in money)
    queries.append(f'SELECT "row", {literal(cells[money[0]].said)} AS field FROM payment_typed WHERE {none}')
    return [(row, field) for row, field in engine.rows(" UNION ".join(queries) + " ORDER BY 1, 2")]


def _stated(engine: Engine, raw: RawTable, cells: Mapping[str, Cell]) -> Money | None:
    """What the file's own total row says; of credit and debit the difference."""
    said: dict[str, Money] = {}
    for name in ("amount", "credit", "debit"):
        cell = cells.get(name)
        text = raw.control.get(cell.sql.strip('"').replace('""', '"')) if cell else None
        if cell is None or text is None:
            continue
        column = Cell(cell.column, literal(text), "text", "", cell.factor)
        value = engine.rows(f"SELECT {column.typed('x')} FROM (SELECT {column.cleaned} AS x) AS cell")[0][0]
        if value is not None:
            said[name] = Money.yuan(value)
    if "amount" in said:
        # With a direction beside it, the total of an amount column may count either way; only declared totals tie then.
        return None if "direction" in cells else said["amount"]
    return said["credit"] - said.get("debit", ZERO) if "credit" in said else None
