"""The journal on a page: who did what on which ground, newest first."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from postloan.kernel.journal import Note
from postloan.web.door import house_of, needs, visitor_of
from postloan.web.page import show
from postloan.web.roles import Right

router = APIRouter(dependencies=[Depends(needs(Right.SEE_JOURNAL))])

_SHOWN = 100


@router.get("/journal")
def journal_page(request: Request, subject: str = "") -> Response:
    """The last entries, of all or about one loan, person or file. Looking is itself written down."""
    house, visitor = house_of(request), visitor_of(request)
    about = subject.strip()[:80]
    with house.records.reading() as tx:
        entries = tx.journal.latest(_SHOWN, subject=about)
        head = tx.journal.head()
    with house.records.writing(actor=visitor.name, ground=visitor.ground, at=house.clock()) as tx:
        tx.note(Note("journal.viewed", subject=about))
    return show(request, "journal.html.j2", entries=entries, head=head, about=about, shown=_SHOWN)
