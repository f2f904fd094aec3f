"""The morning kept from one page to the next, for as long as the journal says that nothing has changed."""

from __future__ import annotations

import threading
from datetime import date

from postloan.ledger.store import Reading, Records
from postloan.rules import RuleBook
from postloan.workflows.morning import morning_of
from postloan.workflows.morning_parts import Morning

DAYS = 30
LISTED = 10
_MOST = 8
_LOOKS = frozenset(
    {
        "loan.viewed", "loans.searched", "journal.viewed", "person.revealed", "contacts.revealed",
        "user.signed_in", "user.signed_out", "user.sign_in_refused",
    }
)  # fmt: skip
"""What somebody did that changes nothing on a morning: looking, coming and going."""


class Mornings:
    """Mornings by day. Nothing in the store changes without an entry in the journal, so none is ever stale."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[date, tuple[int, Morning]] = {}

    def of(self, records: Records, on: date, book: RuleBook) -> Morning:
        """The morning of a day."""
        with records.reading() as tx:
            now = tx.journal.head().no
            kept = self._kept.get(on)
            if kept is None or _changed(tx, kept[0], now):
                made = morning_of(tx, on=on, days=DAYS, listed=LISTED, book=book)
            else:
                made = kept[1]
        with self._lock:
            if on not in self._kept and len(self._kept) >= _MOST:
                self._kept.pop(next(iter(self._kept)))
            self._kept[on] = (now, made)
        return made


def _changed(tx: Reading, since: int, now: int) -> bool:
    """Whether anything but looks was journalled after an entry; reads no further than the first such thing."""
    if now < since:
        return True
    return any(entry.action not in _LOOKS for entry in tx.journal.entries(after=since))
