"""What posting is asked and what it answers, as frozen records without personal data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from postloan.kernel import Engine, Lang, Money, PostloanError
from postloan.ledger.parts import ZERO
from postloan.tape.raw import RawTable


class RepeatedFile(PostloanError):
    """{file} brings payments that were taken already: {rows} of its {all} rows came with {before} on {day}.

    Nothing was posted. If it is another file after all, give each row its bank reference (流水号).
    """

    zh = (
        "{file} 中的款项此前已入账：{all} 行中有 {rows} 行来自 {day} 的 {before}。"
        "未作任何入账。如确为另一份文件，请为每行补充银行流水号。"
    )


class NoSuchPayment(PostloanError):
    """No payment with the reference '{reference}' is in the books.

    Check the bank's reference, or look at the file it came with.
    """

    zh = "账上没有流水号为“{reference}”的款项。请核对银行流水号，或查看其所在文件。"


class NotReversible(PostloanError):
    """The payment '{reference}' is not reversed: {why}.

    Nothing was changed.
    """

    zh = "款项“{reference}”未冲正：{why}。未作任何改动。"


class NotAssigned(PostloanError):
    """The money in suspense number {number} is not assigned to {loan}: {why}.

    Nothing was changed; it goes on waiting.
    """

    zh = "挂账第 {number} 号未认领到 {loan}：{why}。未作任何改动，该款项继续挂账。"


class NotReturned(PostloanError):
    """The money in suspense number {number} is not returned: {why}.

    Nothing was changed.
    """

    zh = "挂账第 {number} 号未退回：{why}。未作任何改动。"


class OpenTable(Protocol):
    """Makes a file with one table readable in the engine."""

    def __call__(
        self, engine: Engine, path: Path, table: str, *, known: Any, encoding: str | None
    ) -> RawTable:
        """Open a file; see ``adapters.files.open_table``."""


@dataclass(frozen=True, slots=True)
class PostingOptions:
    """How files are posted.

    on: the night, the day of booking. at: now, for the journal. actor: who posts. control_total, control_count: what
    all files together must come to; None where nobody says. encoding: of text files, None to find out.
    """

    on: date
    at: datetime
    actor: str
    control_total: Money | None = None
    control_count: int | None = None
    encoding: str | None = None
    lang: Lang = "en"


@dataclass(frozen=True, slots=True)
class Sum:
    """A number of payments and their amount."""

    rows: int = 0
    amount: Money = ZERO

    def plus(self, amount: Money) -> Sum:
        """One payment more."""
        return Sum(self.rows + 1, self.amount + amount)

    def and_(self, other: Sum) -> Sum:
        """Both together."""
        return Sum(self.rows + other.rows, self.amount + other.amount)


@dataclass
class Tally:
    """What became of the rows of a file, counted while it is posted.

    posted: on loans. reversed: taken back, amounts below zero. suspended, refused: by reason. overpaid: posted, but not
    all of it was due (the rest is credit). regraded, closed, frozen: loans and people that changed for it.
    """

    posted: Sum = Sum()
    reversed: Sum = Sum()
    suspended: dict[str, Sum] = field(default_factory=dict)
    refused: dict[str, Sum] = field(default_factory=dict)
    matched_by: Counter[str] = field(default_factory=Counter)
    overpaid: Sum = Sum()
    promises_kept: int = 0
    plans_kept: int = 0
    regraded: int = 0
    closed: int = 0
    frozen: int = 0

    def suspend(self, reason: str, amount: Money) -> None:
        """One payment more in suspense."""
        self.suspended[reason] = self.suspended.get(reason, Sum()).plus(amount)

    def refuse(self, reason: str, amount: Money) -> None:
        """One row more refused."""
        self.refused[reason] = self.refused.get(reason, Sum()).plus(amount)

    @property
    def all_suspended(self) -> Sum:
        """Everything in suspense."""
        return _together(self.suspended)

    @property
    def all_refused(self) -> Sum:
        """Everything refused."""
        return _together(self.refused)

    @property
    def taken(self) -> Sum:
        """Posted and taken back."""
        return self.posted.and_(self.reversed)

    @property
    def whole(self) -> Sum:
        """Everything: must be what the file holds."""
        return self.taken.and_(self.all_suspended).and_(self.all_refused)


def _together(sums: Mapping[str, Sum]) -> Sum:
    whole = Sum()
    for one in sums.values():
        whole = whole.and_(one)
    return whole


@dataclass(frozen=True, slots=True)
class PostedFile:
    """What one file came to. again: it had been taken before, and nothing was done. tally: empty then."""

    name: str
    sha256: str
    rows: int
    amount: Money
    tally: Tally
    again: bool = False
