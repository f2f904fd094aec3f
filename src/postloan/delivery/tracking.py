"""Tracking events folded into what became of each letter, whatever their order and however often they come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from postloan.delivery.carriers import read_status, states


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """One event as a carrier told it (轨迹).

    letter_no: ours. carrier, code, text: as received. at: local time of the event, without zone.
    """

    letter_no: str
    carrier: str
    code: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tracked:
    """What became of one letter.

    state: the last; ``outcome`` once the carrier has done with it, else "". attempts: deliveries that were tried in
    vain, by day. handed_over_on: day on which the carrier took it. tried_on: first day on which it stood at the door.
    ended_on: day of the outcome. closed: its evidence is kept. contradictory: ends that exclude each other were told;
    the outcome is the weaker for the sender. unknown: events that nobody could read, as ``carrier code text``.
    """

    letter_no: str
    state: str = "drafted"
    outcome: str = ""
    attempts: int = 0
    handed_over_on: date | None = None
    tried_on: date | None = None
    ended_on: date | None = None
    closed: bool = False
    contradictory: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """All letters of a fold.

    letters: by number. strangers: numbers that were told and are not ours, with their events. twice: events that had
    come before. unread: events whose status is not known.
    """

    letters: Mapping[str, Tracked]
    strangers: Mapping[str, int]
    twice: int
    unread: int


def fold(events: Iterable[TrackingEvent], known: Iterable[str]) -> Folded:
    """What became of letters. The order of events does not matter, and one that comes again changes nothing.

    known: the numbers of our letters; every one of them is in the answer.
    """
    ours = set(known)
    grouped: dict[str, set[TrackingEvent]] = defaultdict(set)
    strangers: dict[str, set[TrackingEvent]] = defaultdict(set)
    told = 0
    for event in events:
        told += 1
        (grouped if event.letter_no in ours else strangers)[event.letter_no].add(event)
    letters = {number: _tracked(number, grouped.get(number, ())) for number in sorted(ours)}
    distinct = sum(map(len, grouped.values())) + sum(map(len, strangers.values()))
    return Folded(
        letters,
        {number: len(strangers[number]) for number in sorted(strangers)},
        told - distinct,
        sum(len(one.unknown) for one in letters.values()),
    )


_WEAKEST_FIRST = (
    "lost", "cancelled", "returned_deceased", "returned_unclear", "returned_unsaid", "unclaimed", "returned_moved",
    "returned_unknown", "delivered_proxy", "delivered_family", "refused", "delivered_self",
)  # fmt: skip
"""Outcomes, the least for the sender first."""


def _tracked(number: str, events: Iterable[TrackingEvent]) -> Tracked:
    read: list[tuple[datetime, int, str]] = []
    unknown = []
    for event in events:
        state = read_status(event.carrier, event.code, event.text).state
        if state:
            read.append((event.at, states()[state].rank, state))
        else:
            unknown.append(" ".join(filter(None, (event.carrier, event.code, event.text))))
    read.sort()
    ends = [(at, state) for at, _, state in read if states()[state].end]
    outcome, against = _outcome([state for _, state in ends])
    # A slip that was typed in later says when a letter came back, never when it left.
    handed = [at for at, _, state in read if state in ("handed_over", "in_transit", "attempted")]
    tried = [at for at, _, state in read if state == "attempted" or states()[state].end]
    ended = min((at for at, state in ends if state == outcome), default=None)
    last = outcome or (read[-1][2] if read else "drafted")
    closed = any(state == "evidence_closed" for _, _, state in read)
    return Tracked(
        letter_no=number,
        state="evidence_closed" if closed else last,
        outcome=outcome,
        attempts=len({at.date() for at, _, state in read if state == "attempted"}),
        handed_over_on=handed[0].date() if handed else None,
        tried_on=min(tried).date() if tried else None,
        ended_on=ended.date() if ended else None,
        closed=closed,
        contradictory=against,
        unknown=tuple(sorted(unknown)),
    )


def _outcome(ends: list[str]) -> tuple[str, tuple[str, ...]]:
    """The outcome that ends in order of time lead to, and those that contradict each other."""
    kinds = list(dict.fromkeys(ends))
    if not kinds:
        return "", ()
    backs = [kind for kind in kinds if states()[kind].back]
    reasons = [kind for kind in backs if kind != "returned_unsaid"]
    # A locker or a porter passes on: what follows says more. A refusal or its reason explains the way back.
    if "delivered_proxy" in kinds and len(kinds) > 1 and ends[-1] != "delivered_proxy":
        kinds.remove("delivered_proxy")
    if "returned_unsaid" in kinds and ("refused" in kinds or reasons):
        kinds.remove("returned_unsaid")
    if len(kinds) == 1:
        return kinds[0], ()
    return min(kinds, key=_WEAKEST_FIRST.index), tuple(sorted(kinds))
