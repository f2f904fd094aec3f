"""The night: payment files are read, tied to their totals, and posted one by one, each whole or not at all.

A file is one transaction. Whatever stops it (a kill, a full disk, a database that goes away) leaves nothing of it, and
posting it again posts it once: by its bytes, its content, its bank references and the ledger's own keys.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from postloan.kernel import Engine, Fault, PostloanError
from postloan.kernel.journal import Note
from postloan.ledger.parts import ZERO
from postloan.ledger.payment_file import (
    ControlTotalDiffers,
    PaymentRows,
    UnreadRows,
    knows,
    read_rows,
    tie,
)
from postloan.ledger.store import Records, Writing
from postloan.ledger.store_records import FileState, IncomingPayment, PaymentFile
from postloan.rules import load_book
from postloan.tape.raw import RawTable
from postloan.workflows.posting_back import post_back
from postloan.workflows.posting_night import Desk, Night
from postloan.workflows.posting_parts import (
    OpenTable,
    PostedFile,
    PostingOptions,
    RepeatedFile,
    Sum,
    Tally,
)

_CONTENT = "payments.content"


@dataclass(frozen=True, slots=True)
class PostingTools:
    """The ports of a night. tell: called with (English, Chinese) when a stage begins."""

    engine: Engine
    open_table: OpenTable
    tell: Callable[[str, str], None] = lambda en, zh: None


def post_files(
    paths: Sequence[Path], options: PostingOptions, tools: PostingTools, records: Records
) -> list[PostedFile]:
    """Post payment files, in the order given.

    All are read and tied before the first is posted; each is then one transaction.

    Raises:
        ControlTotalDiffers, UnreadRows, RepeatedFile: the file was refused whole, which the journal notes. Others as
        the file, the tape's typing and the store raise; the file at hand is not posted then.
    """
    files = [_read(path, options, tools, records) for path in paths]
    if options.control_total is not None or options.control_count is not None:
        try:
            tie(
                ", ".join(path.name for path in paths),
                [line for file in files for line in file.lines],
                total=options.control_total,
                count=options.control_count,
            )
        except ControlTotalDiffers as error:
            for file in files:
                _refused(file.sha256, file, options, records, error)
            raise
    with _kept():
        return [_post(file, options, tools, records) for file in files]


@contextmanager
def _kept() -> Iterator[None]:
    """What has been read stays to the end: the collector of garbage need not look through it again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _read(path: Path, options: PostingOptions, tools: PostingTools, records: Records) -> PaymentRows:
    tools.tell(f"Reading {path.name}…", f"正在读取 {path.name}……")
    raw: RawTable = tools.open_table(tools.engine, path, "payments", known=knows, encoding=options.encoding)
    try:
        return read_rows(tools.engine, raw)
    except (ControlTotalDiffers, UnreadRows) as error:
        _refused(raw.sha256, PaymentRows(raw.file, raw.sha256, ()), options, records, error)
        raise


def _post(file: PaymentRows, options: PostingOptions, tools: PostingTools, records: Records) -> PostedFile:
    tools.tell(f"Posting {file.file}…", f"正在入账 {file.file}……")
    try:
        with records.writing(
            actor=options.actor, ground=f"night of {options.on.isoformat()}", at=options.at
        ) as tx:
            return _posted(file, options, tx)
    except RepeatedFile as error:
        _refused(file.sha256, file, options, records, error)
        raise


def _posted(file: PaymentRows, options: PostingOptions, tx: Writing) -> PostedFile:
    """One file inside its transaction."""
    before = tx.of(PaymentFile).look(file.sha256)
    if before is not None and before.state is FileState.TAKEN:
        return PostedFile(file.file, file.sha256, len(file.lines), file.amount, Tally(), again=True)
    content = file.content
    _refuse_repeated(file, content, tx)
    kept = _enter(file, before, options, tx)
    tally = Tally()
    night = Night(Desk(tx, load_book(), options.on, options.actor, tally), file.sha256)
    night.forget_known(file.lines)
    night.post([line for line in file.lines if line.amount >= ZERO])
    post_back(night, [line for line in file.lines if line.amount < ZERO])
    if tally.whole != Sum(len(file.lines), file.amount):
        raise Fault(what=f"{file.file} came to {tally.whole}, not to {len(file.lines)} rows, {file.amount}")
    tx.of(PaymentFile).change(
        replace(
            kept, posted_rows=tally.taken.rows, posted_amount=tally.taken.amount,
            suspended_rows=tally.all_suspended.rows, suspended_amount=tally.all_suspended.amount,
        )
    )  # fmt: skip
    tx.note(Note("payments.posted", subject=file.sha256, details=_details(file, tally, options.on)))
    tx.note(Note(_CONTENT, subject=content, details={"file": file.sha256}))
    return PostedFile(file.file, file.sha256, len(file.lines), file.amount, tally)


def _enter(
    file: PaymentRows, before: PaymentFile | None, options: PostingOptions, tx: Writing
) -> PaymentFile:
    """The record of the file, new or refused before; its totals follow."""
    record = PaymentFile(
        file.sha256, file.file, options.at, options.on, len(file.lines), file.amount,
        stated_rows=options.control_count, stated_amount=file.stated or options.control_total,
    )  # fmt: skip
    if before is None:
        return tx.of(PaymentFile).add(record)
    return tx.of(PaymentFile).change(replace(record, version=before.version))


def _refuse_repeated(file: PaymentRows, content: str, tx: Writing) -> None:
    """Recognise yesterday's file under a new name: the same payments, or nothing but references already taken."""
    for entry in tx.journal.latest(1, subject=content):
        if entry.action == _CONTENT:
            _repeated(file, len(file.lines), tx, entry.details)
    references = {line.reference for line in file.lines if line.reference}
    if references and all(line.reference for line in file.lines):
        known = tx.of(IncomingPayment).count(reference=references)
        if known == len(references):
            first = next(iter(tx.of(IncomingPayment).find(reference=file.lines[0].reference, limit=1)))
            _repeated(file, len(file.lines), tx, first.file)


def _repeated(file: PaymentRows, rows: int, tx: Writing, where: str) -> None:
    sha = where if not where.startswith("{") else where.split('"file":"')[1].split('"')[0]
    before = tx.of(PaymentFile).get(sha)
    raise RepeatedFile(
        file=file.file, rows=f"{rows:,}", all=f"{len(file.lines):,}", before=before.name, day=before.booked_on
    )


def _refused(
    sha256: str, file: PaymentRows, options: PostingOptions, records: Records, error: PostloanError
) -> None:
    """Keep in the journal that a file was refused; nothing of it is posted."""
    with records.writing(
        actor=options.actor, ground=f"night of {options.on.isoformat()}", at=options.at
    ) as tx:
        if tx.of(PaymentFile).look(sha256) is None:
            tx.of(PaymentFile).add(
                PaymentFile(
                    sha256, file.file, options.at, options.on, len(file.lines), file.amount,
                    stated_rows=options.control_count, stated_amount=options.control_total,
                    state=FileState.REFUSED,
                )
            )  # fmt: skip
        details = {"name": file.file, "why": type(error).__name__, "night": options.on}
        tx.note(Note("payments.refused", subject=sha256, details=details))


def _details(file: PaymentRows, tally: Tally, on: date) -> dict[str, object]:
    """What the journal keeps of a file: the control totals in and out, and what followed. No personal data."""
    return {
        "name": file.file, "night": on, "rows": len(file.lines), "amount": file.amount, "posted": _pair(tally.posted),
        "reversed": _pair(tally.reversed),
        "suspended": {why: _pair(one) for why, one in sorted(tally.suspended.items())},
        "refused": {why: _pair(one) for why, one in sorted(tally.refused.items())},
        "overpaid": _pair(tally.overpaid), "regraded": tally.regraded, "closed": tally.closed, "frozen": tally.frozen,
        "promises_kept": tally.promises_kept, "plans_kept": tally.plans_kept,
    }  # fmt: skip


def _pair(one: Sum) -> list[object]:
    return [one.rows, one.amount]
