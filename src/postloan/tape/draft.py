"""A draft of a mapping file, for the user to edit: what was recognised and what was not."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from postloan.tape.columns import Table, tables
from postloan.tape.headers import nearest, recognise
from postloan.tape.raw import RawTable, RawTape


def propose_mapping(raw: RawTape) -> str:
    """A mapping file (YAML) with every header that is known, the missing fields, and the unknown headers.

    It can be used as it is where nothing required is missing; two headers for one field are shown, the
    second as a comment.
    """
    lines = [
        f"# Mapping of {raw.source}. Left: our field; right: the header as written, a value for all rows",
        '# (="credit_card"), or an expression over headers (=max(PAY_0, 0) * 30). Delete what you do not need.',
        "# 映射文件：左为本系统字段，右为表头原文、固定值或表达式。",
    ]
    for name, table in tables().items():
        if name in raw.tables:
            lines += ["", *_table(table, raw.tables[name])]
    return "\n".join(lines) + "\n"


def _table(table: Table, raw: RawTable) -> Iterator[str]:
    headers = {name: written for name, written in raw.headers.items() if written}
    found = recognise(headers, table)
    likely = nearest(found)
    yield f"{table.name}:  # {table.zh}, {raw.file}"
    needed = {name for group in found.missing for name in group.split(" or ")}
    for name, column in table.columns.items():
        about = f"# {column.zh}, {column.en}"
        if name in found.matched:
            yield f"  {name}: {_scalar(found.matched[name].header)}  {about}"
        elif name in found.clashes:
            first, *others = found.clashes[name]
            yield f"  {name}: {_scalar(first)}  {about}; also: {', '.join(others)}"
        elif name in needed:
            guess = f" perhaps {_scalar(likely[name])}" if name in likely else ""
            yield f"  # {name}:{guess}  {about}; NEEDED 必填"
    if found.unknown:
        yield "  # not known 未识别: " + ", ".join(_scalar(header) for header in found.unknown)


def _scalar(text: str) -> str:
    """A header as YAML on one line, quoted where it must be."""
    dumped = yaml.safe_dump(text, allow_unicode=True, width=10_000).strip().removesuffix("\n...").strip()
    return f"'{dumped}'" if dumped.startswith("=") else dumped
