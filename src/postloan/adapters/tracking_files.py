"""The files of tracking: events as carriers tell them, the manifest of a batch, claims whose limitation runs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from postloan.delivery import Claim, TrackingEvent
from postloan.kernel import InputError, PostloanError, parse_day

_COLUMNS = ("letter_no", "carrier", "code", "text", "at")


@dataclass(frozen=True, slots=True)
class EventFile:
    """Events, and the lines that are none: (line number, why)."""

    events: tuple[TrackingEvent, ...]
    unreadable: tuple[tuple[int, str], ...]


def read_events(path: Path) -> EventFile:
    """Tracking events from .jsonl or .csv (letter_no, carrier, code, text, at).

    A line that cannot be read is named, and does not stop the others.

    Raises:
        InputError: there is no such file, or it lacks a column.
    """
    events, unreadable = [], []
    for line, row in _lines(path):
        try:
            if not row.get("letter_no"):
                raise ValueError("letter_no is blank 缺少函件编号")
            at = _moment(str(row.get("at") or ""))
            # Carriers here tell Chinese time; a zone that is told is left out.
            given = [str(row.get(name) or "").strip() for name in _COLUMNS[:4]]
            events.append(TrackingEvent(given[0], given[1], given[2], given[3], at.replace(tzinfo=None)))
        except ValueError as error:
            unreadable.append((line, str(error)))
    return EventFile(tuple(events), tuple(unreadable))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"'{text}' is no moment 无法识别的时间") from None


def _lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    text = _text(path)
    if path.suffix.lower() in (".jsonl", ".json"):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                try:
                    row = json.loads(line)
                except ValueError:
                    row = {}
                yield number, row if isinstance(row, dict) else {}
        return
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in ("letter_no", "at") if name not in (rows.fieldnames or ())]
    if missing:
        raise InputError(
            what=f"The column {', '.join(missing)} is missing 缺少列 {'、'.join(missing)}",
            where=path,
            mend=f"Columns are {', '.join(_COLUMNS)}. 应有的列：{'、'.join(_COLUMNS)}。",
        )
    yield from enumerate(rows, start=2)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            what="The file cannot be read 文件无法读取",
            where=path,
            mend="Name a UTF-8 file that is there. 请指明存在的 UTF-8 文件。",
        ) from error


def read_manifest(batch: Path) -> dict[str, dict[str, str]]:
    """The rows of a batch's manifest by letter number. batch: its folder, or the manifest itself.

    Raises:
        InputError: there is none.
    """
    path = batch / "manifest.csv" if batch.is_dir() else batch
    return {row["letter_no"]: row for row in csv.DictReader(_text(path).splitlines())}


def read_claims(path: Path) -> list[Claim]:
    """Claims from .csv: loan_id, matures_on, overdue_since, paid_on; the days may be blank.

    Raises:
        InputError: a column is missing, or a day cannot be read.
    """
    rows = csv.DictReader(_text(path).splitlines())
    if "loan_id" not in (rows.fieldnames or ()):
        raise InputError(
            what="The column loan_id is missing 缺少列 loan_id",
            where=path,
            mend="Columns are loan_id, matures_on, overdue_since, paid_on. 应有的列如前。",
        )
    claims = []
    for number, row in enumerate(rows, start=2):
        try:
            days = [
                parse_day(text) if (text := (row.get(name) or "").strip()) else None
                for name in ("matures_on", "overdue_since", "paid_on")
            ]
        except PostloanError as error:
            raise InputError(
                what=error.message("en"), where=f"{path}, line {number}", mend="Mend the line. 请修正该行。"
            ) from error
        claims.append(Claim(row["loan_id"], *days))
    return claims


def proofs_of(folder: Path | None, letter_no: str) -> Sequence[Path]:
    """Scans of a letter's receipt or return slip: files of a folder whose name is the letter's number."""
    if folder is None or not folder.is_dir():
        return ()
    return sorted(path for path in folder.iterdir() if path.is_file() and path.stem == letter_no)
