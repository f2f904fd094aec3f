"""The files that letters are made from: orders (csv or parquet), the sender, templates, the key of the codes."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from postloan.adapters.files_whole import make_folder
from postloan.delivery.carriers import address_class
from postloan.delivery.letter import PARTS_ZH, BadSender, Order, Sender
from postloan.delivery.templates import KINDS, UnknownTemplate, packaged, slots
from postloan.kernel import InputError, Money, Personal, PostloanError, parse_day
from postloan.ledger import Balances

_KEY_BYTES = 32
_NEEDED = ("letter_no", "borrower_id", "loan_id", "product", "name", "address", "as_of")
_OWN = (*_NEEDED, "postcode", "address_class", "source", "limitation_on")
AMOUNTS = tuple(code for code, _ in PARTS_ZH)


class BadLetters(PostloanError):
    """{path} cannot be used as a list of letters: {why}.

    Columns: {known}.
    """

    zh = "{path} 不能用作函件清单：{why_zh}。可用的列：{known}。"


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A list of letters in postal order (by postcode, address, number). digest: SHA-256 of the file."""

    path: Path
    digest: str
    table: Any
    amounts: bool

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def rows(self, start: int, count: int) -> Iterator[Mapping[str, str]]:
        """Some rows as text, in postal order; blank cells are ""."""
        for row in self.table.slice(start, count).to_pylist():
            yield {name: "" if value is None else str(value).strip() for name, value in row.items()}


def open_orders(path: Path, *, amounts: bool) -> OrderFile:
    """A list of letters. amounts: whether it must say what is owed itself.

    Raises:
        BadLetters: it is no such list, a column is missing or not known.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    if not path.is_file():
        raise _bad(path, "there is no such file", "文件不存在")
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            table = pq.read_table(path)
        else:
            with path.open("rb") as stream:
                names = stream.readline().decode("utf-8-sig").strip().split(",")
            types = {name.strip().strip('"'): pa.string() for name in names}
            table = pa_csv.read_csv(
                path, convert_options=pa_csv.ConvertOptions(column_types=types, strings_can_be_null=False)
            )
        table = pa.table({name: pc.cast(table.column(name), pa.string()) for name in table.column_names})
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError) as error:
        why = str(error).splitlines()[0]
        raise _bad(path, why, why) from error
    for name in _NEEDED:
        if name not in table.column_names:
            raise _bad(path, f"the column {name} is missing", f"缺少列 {name}")
    if amounts and "principal" not in table.column_names:
        raise _bad(
            path,
            "it says nothing of what is owed; give principal and the other parts, or --db",
            "未载明欠款；请给出 principal 等列，或使用 --db",
        )
    for name in table.column_names:
        if name not in _known():
            raise _bad(path, f"the column {name} is not known", f"未知的列 {name}")
    for name in ("postcode",):
        if name not in table.column_names:
            table = table.append_column(name, pa.array([""] * table.num_rows, pa.string()))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    keys = [("postcode", "ascending"), ("address", "ascending"), ("letter_no", "ascending")]
    return OrderFile(path, digest, table.sort_by(keys), "principal" in table.column_names)


def _known() -> list[str]:
    return [
        *_OWN,
        *AMOUNTS,
        *(name for name, slot in slots().items() if slot.origin == "row" and name not in _OWN),
    ]


def _bad(path: Path, why: str, why_zh: str) -> BadLetters:
    return BadLetters(path=path, why=why, why_zh=why_zh, known=", ".join(_known()))


def order_of(row: Mapping[str, str]) -> Order:
    """One row as an order.

    Raises:
        NotMoney, NotADay: an amount or a day cannot be read.
    """
    source = row.get("source", "")
    until = row.get("limitation_on", "")
    return Order(
        letter_no=row["letter_no"], borrower_id=row["borrower_id"], loan_id=row["loan_id"],
        product=row["product"], name=Personal(row["name"]), address=Personal(row["address"]),
        postcode=row.get("postcode", ""), address_class=row.get("address_class", "") or address_class(source),
        source=source, owed=Balances(*(Money.yuan(row.get(part) or "0") for part in AMOUNTS)),
        as_of=parse_day(row["as_of"]), limitation_on=parse_day(until) if until else None,
        facts={name: text for name, text in row.items() if name in slots() and name not in (*AMOUNTS, *_OWN)},
    )  # fmt: skip


def read_sender(path: Path) -> Sender:
    """The sender's file: ``facts``, ``envelope: {lines, postcode}``, ``verify_url``.

    Raises:
        BadSender: it cannot be read, or something is missing.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        envelope = raw["envelope"]
        return Sender(
            {str(name): str(text) for name, text in raw["facts"].items()},
            tuple(str(line) for line in envelope["lines"]), str(envelope["postcode"]), str(raw["verify_url"]),
        )  # fmt: skip
    except OSError as error:
        raise BadSender(
            why=f"{path}: {error.strerror}",
            why_zh=f"{path}：{error.strerror}",
            mend="Name a file that is there.",
            mend_zh="请指明存在的文件。",
        ) from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        why = f"{path}: {type(error).__name__} {error}".replace("\n", " ")
        raise BadSender(
            why=why,
            why_zh=why,
            mend="It needs facts, envelope (lines, postcode) and verify_url.",
            mend_zh="须有 facts、envelope（lines、postcode）和 verify_url。",
        ) from error


def template_text(given: str) -> tuple[str, str]:
    """The text of a template, packaged or of a file, and what it is called.

    Raises:
        UnknownTemplate: neither.
    """
    if given in KINDS:
        return packaged(given), given
    path = Path(given)
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        raise UnknownTemplate(template=given, known=", ".join(KINDS))
    return path.read_text(encoding="utf-8-sig"), path.name


def secret_key(path: Path, *, create: bool = False) -> bytes:
    """The secret of the codes on letters: 64 hexadecimal digits in a file that only its owner reads.

    create: make it where there is none.

    Raises:
        InputError: it is not there, or is no key.
    """
    if not path.exists() and create:
        make_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(_KEY_BYTES) + "\n")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) < _KEY_BYTES:
        raise InputError(
            what="The key of the codes is missing or too short 校验码密钥缺失或过短",
            where=path,
            mend="Name the file that letters were printed with. 请指明打印函件时所用的密钥文件。",
        )
    return key


def day_or(given: str | None, default: date) -> date:
    """The day that was named, or another."""
    return parse_day(given) if given else default
