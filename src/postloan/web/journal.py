"""The journal on a page: who did what on which ground, newest first."""

from __future__ import annotations

import json

from fastapi import APIRouter, Depends, Request, Response

from postloan.kernel.journal import Entry, Note
from postloan.web.door import house_of, needs, visitor_of
from postloan.web.page import show
from postloan.web.roles import Right

router = APIRouter(dependencies=[Depends(needs(Right.SEE_JOURNAL))])

_SHOWN = 50


@router.get("/journal")
def journal_page(request: Request, subject: str = "", before: int = 0) -> Response:
    """The last entries, of all (or those before one) or about one loan, person or file. Looking is written down."""
    house, visitor = house_of(request), visitor_of(request)
    about = subject.strip()[:80]
    with house.records.reading() as tx:
        head = tx.journal.head()
        last = head.no if about or not 0 < before <= head.no else before - 1
        if last == head.no:
            entries = tx.journal.latest(_SHOWN, subject=about)
        else:
            entries = list(tx.journal.entries(after=max(last - _SHOWN, 0), limit=min(_SHOWN, last)))[::-1]
    older = entries[-1].no if entries and not about and entries[-1].no > 1 else 0
    with house.records.writing(actor=visitor.name, ground=visitor.ground, at=house.clock()) as tx:
        tx.note(Note("journal.viewed", subject=about))
    told = [(entry, _facts(entry)) for entry in entries]
    return show(
        request, "journal.html.j2", entries=told, head=head, about=about, shown=_SHOWN, older=older,
        newest=last == head.no,
    )  # fmt: skip


def _facts(entry: Entry) -> list[tuple[str, str]]:
    """The details of an entry as it was sealed, one by one; an amount in fen stays in fen."""
    details = json.loads(entry.details or "{}")
    return [
        (str(name), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in details.items()
        if value not in ("", None, [], {})
    ]
