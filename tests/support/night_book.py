"""A small synthetic book of loans, opened in a store, for tests of the night."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from postloan.bootstrap import posting_tools, records, tools
from postloan.synth import synthesize, write_tape
from postloan.workflows.opening import OpeningOptions, open_book
from postloan.workflows.posting import post_files
from postloan.workflows.posting_parts import PostingOptions
from postloan.workflows.run import RunOptions, Stage, run_tape

NOTICE = {
    "id": "night-test",
    "seller": "甲消费金融有限公司",
    "seller_type": "消费金融公司",
    "product": "个人消费贷款",
    "period": "2026年第2期",
    "total": 9_876_543.21,
    "loans": 300,
    "borrowers": 220,
    "weighted_overdue_days": 512.34,
    "weighted_age": 38.91,
    "max_borrower": 199_999.99,
    "cutoff_date": "2026-06-30",
    "published": "2026-07-20",
    "five_class": {"次级": 20, "可疑": 30, "损失": 250},
    "litigation": {"未诉": 280, "诉讼中": 15, "终本执行": 5},
    "guarantee": {"信用": 300},
    "written_off": 100,
}
CUTOFF = date(2026, 6, 30)
NIGHT = date(2026, 7, 1)


def at(on: date) -> datetime:
    """Two in the morning after a day, in China."""
    return datetime(on.year, on.month, on.day, 18, tzinfo=UTC)


def make_book(folder: Path, notice: dict = NOTICE) -> tuple[Path, Path]:
    """A tape and its book."""
    tape, book = folder / "tape", folder / "book"
    write_tape(synthesize(notice, seed=7), tape)
    with tools() as ours:
        run_tape(RunOptions(tape, book, date(2026, 7, 20), until=Stage.GRADE), ours)
    return tape, book


def open_in(db: str, tape: Path, book: Path):
    with tools() as ours, records(db, create=True) as store:
        return open_book(OpeningOptions(book, CUTOFF, at(CUTOFF), "tester", people=tape), ours, store)


def options(on: date, **given) -> PostingOptions:
    return PostingOptions(on=on, at=at(on), actor="tester", **given)


def post(store, *paths: Path, on: date = NIGHT, **given):
    with posting_tools() as ours:
        return post_files(list(paths), options(on, **given), ours, store)


def bank_file(path: Path, *rows: dict, total: str | None = None) -> Path:
    """A bank statement with the columns that the rows have."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names)] + [",".join(f'"{row.get(name, "")}"' for name in names) for row in rows]
    if total is not None:
        lines.append(",".join(["合计", *(total if name == "交易金额" else "" for name in names[1:])]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@contextmanager
def opened(db: str):
    with records(db) as store:
        yield store


def morning_after(on: date) -> date:
    return on + timedelta(days=1)
