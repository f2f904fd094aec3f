"""The journal (操作日志): who did what on which ground, each entry sealed with the hash of the one before.

Pure: it makes and checks the chain; the records adapter keeps it. An entry's hash is SHA-256 over canonical JSON of
everything in it, the previous hash included, so that nothing can be changed, left out, put in or reordered without
every later hash changing. Cutting off the end shows only against a head that somebody kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

from postloan.kernel.errors import Lang
from postloan.kernel.money import Money

GENESIS = "0" * 64
"""What stands for the hash before the first entry."""
_MOST_BREAKS = 100


class Broken(StrEnum):
    """How a chain can be broken."""

    CHANGED = "changed"  # the entry is not what was sealed
    GAP = "gap"  # entries are missing before it
    ORDER = "order"  # it stands where an earlier or the same number stood
    CHAIN = "chain"  # it does not follow from the entry before
    TRUNCATED = "truncated"  # the chain ends before the known head
    OTHER_HEAD = "other_head"  # the entry with the head's number is another one
    OTHER_EVENTS = "other_events"  # the ledger events it covers are not those that were sealed


_SAYS: Mapping[Broken, tuple[str, str]] = {
    Broken.CHANGED: ("entry {no} was changed after it was sealed", "第 {no} 条在封存后被改动"),
    Broken.GAP: ("entries are missing before number {no}", "第 {no} 条之前有缺失"),
    Broken.ORDER: ("entry {no} stands out of order", "第 {no} 条次序不对"),
    Broken.CHAIN: ("entry {no} does not follow from the one before it", "第 {no} 条与前一条不衔接"),
    Broken.TRUNCATED: ("the journal ends before its known head {no}", "日志在已知的第 {no} 条之前中断"),
    Broken.OTHER_HEAD: ("entry {no} is not the one known as head", "第 {no} 条与已知的链头不符"),
    Broken.OTHER_EVENTS: (
        "the ledger events sealed by entry {no} were changed, added to or removed",
        "第 {no} 条所封存的账务记录被改动、增加或删除",
    ),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that somebody did, before it is sealed.

    action: what, as noun.verb (``payments.posted``). subject: to which loan, person or file, by its number, never by
    name. reference: the approval or permit it rests on. details: figures and codes; no personal data.
    """

    action: str
    subject: str = ""
    reference: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One sealed entry.

    no: place in the chain, from 1. at: when (UTC). actor: who. ground: why they might. action, subject, reference,
    details: as in ``Note``; details as canonical JSON. previous: hash of the entry before. hash: its own.
    """

    no: int
    at: datetime
    actor: str
    ground: str
    action: str
    subject: str
    reference: str
    details: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain, worth keeping where the journal cannot be reached.

    no: number of the last entry; 0 for an empty journal. hash: its hash.
    """

    no: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the chain does not hold."""

    no: int
    how: Broken

    def says(self, lang: Lang = "en") -> str:
        """What is wrong, in a sentence without a full stop."""
        return _SAYS[self.how][lang == "zh"].format(no=self.no)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a chain came to.

    entries: how many were read. head: the end that was found. breaks: what does not hold, at most a hundred.
    """

    entries: int
    head: Head
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Whether everything holds."""
        return not self.breaks


def seal(note: Note, *, at: datetime, actor: str, ground: str, after: Head) -> Entry:
    """The note as the entry that follows a head."""
    at = at.astimezone(UTC)
    details = canonical(dict(note.details))
    facts = (after.no + 1, at, actor, ground, note.action, note.subject, note.reference, details, after.hash)
    return Entry(*facts, _hash(*facts))


def verify(entries: Iterable[Entry], *, known: Head | None = None) -> Verdict:
    """Check a chain from its first entry on, in constant memory.

    known: a head kept elsewhere, which the chain must contain.
    """
    breaks: list[Break] = []
    last = Head()
    count = 0

    def broken(no: int, how: Broken) -> None:
        if len(breaks) < _MOST_BREAKS:
            breaks.append(Break(no, how))

    for entry in entries:
        count += 1
        if entry.no > last.no + 1:
            broken(entry.no, Broken.GAP)
        elif entry.no <= last.no:
            broken(entry.no, Broken.ORDER)
        elif entry.previous != last.hash:
            broken(entry.no, Broken.CHAIN)
        if entry.hash != hash_of(entry):
            broken(entry.no, Broken.CHANGED)
        if known and entry.no == known.no and entry.hash != known.hash:
            broken(entry.no, Broken.OTHER_HEAD)
        last = Head(entry.no, entry.hash)
    if known and last.no < known.no:
        broken(known.no, Broken.TRUNCATED)
    return Verdict(count, last, tuple(breaks))


def hash_of(entry: Entry) -> str:
    """The hash that an entry must have."""
    return _hash(
        entry.no, entry.at, entry.actor, entry.ground, entry.action, entry.subject, entry.reference,
        entry.details, entry.previous,
    )  # fmt: skip


def _hash(no: int, at: datetime, *texts: str) -> str:
    sealed = canonical([no, stamp(at), *texts])
    return hashlib.sha256(sealed.encode()).hexdigest()


def stamp(at: datetime) -> str:
    """A moment as text in UTC, to the microsecond, so that text and time sort alike."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """The moment that ``stamp`` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def canonical(value: Any) -> str:
    """Canonical JSON: keys sorted, no blanks, no floats; the same facts always give the same text.

    Raises:
        TypeError: a value has no exact form (a float), or is personal data.
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case Enum():
            return value.value if isinstance(value.value, str | int) else value.name
        case str() | int():
            return value
        case Money():
            return value.fen
        case Decimal():
            return str(value)
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no place in canonical JSON")
