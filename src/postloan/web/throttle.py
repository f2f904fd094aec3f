"""Slowing down whoever guesses passwords: by name and by network address, in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE = {"name": 5, "address": 20}
"""Wrong passwords before anybody waits, by what is counted."""
_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(minutes=15)
_FORGOTTEN = timedelta(hours=1)
_MOST = 10_000


@dataclass(slots=True)
class _Count:
    wrong: int
    last: datetime


class Throttle:
    """Counts wrong passwords; the wait doubles from one minute to fifteen, and an hour's quiet clears it.

    Names nobody has are counted like those somebody has, so that waiting tells nothing about them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], _Count] = {}

    def wait(self, kind: str, key: str, now: datetime) -> timedelta:
        """How long somebody has to wait before the next attempt; nothing if they need not."""
        with self._lock:
            count = self._counts.get((kind, key))
            if count is None or now - count.last > _FORGOTTEN:
                return timedelta(0)
            return max(count.last + penalty(kind, count.wrong) - now, timedelta(0))

    def wrong(self, kind: str, key: str, now: datetime) -> None:
        """Count a wrong password."""
        with self._lock:
            if len(self._counts) >= _MOST:
                self._forget(now)
            count = self._counts.get((kind, key))
            fresh = count is None or now - count.last > _FORGOTTEN
            self._counts[kind, key] = _Count(1 if fresh or count is None else count.wrong + 1, now)

    def right(self, kind: str, key: str) -> None:
        """Forget the wrong ones after a right password."""
        with self._lock:
            self._counts.pop((kind, key), None)

    def _forget(self, now: datetime) -> None:
        """Make room: what is old goes, then the oldest half."""
        kept = {key: count for key, count in self._counts.items() if now - count.last <= _FORGOTTEN}
        newest = sorted(kept.items(), key=lambda pair: pair[1].last, reverse=True)
        self._counts = dict(newest[: _MOST // 2])


def penalty(kind: str, wrong: int) -> timedelta:
    """The wait after so many wrong passwords."""
    beyond = wrong - FREE[kind]
    return min(_FIRST * 2 ** min(beyond, 10), _LONGEST) if beyond >= 0 else timedelta(0)
