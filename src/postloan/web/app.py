"""The application: every page behind the door, every answer in the frame."""

from __future__ import annotations

import json
from contextlib import suppress

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from postloan.adapters.records import StoreBusy, StoreFull, StoreGone
from postloan.kernel import PostloanError
from postloan.ledger.replaying import NotInLedger
from postloan.ledger.store import AlreadyThere, ChangedMeanwhile, NoSuchRecord
from postloan.web import static_files
from postloan.web.areas import AREAS
from postloan.web.door import COOKIE, enter, house_of, recognised
from postloan.web.frame import Frame
from postloan.web.house import House
from postloan.web.mistakes import (
    NotAllowed,
    NotFromHere,
    NotSignedIn,
    PasswordToChoose,
    TooManyAttempts,
)
from postloan.web.page import lang_of, show
from postloan.web.signing_in import public as login

_STATUS: dict[type[PostloanError], tuple[int, str]] = {
    NotAllowed: (403, "forbidden"),
    NotFromHere: (403, "forbidden"),
    TooManyAttempts: (429, "slower"),
    NoSuchRecord: (404, "missing"),
    NotInLedger: (404, "missing"),
    AlreadyThere: (409, "conflict"),
    ChangedMeanwhile: (409, "conflict"),
    StoreBusy: (503, "busy"),
    StoreFull: (503, "unreachable"),
    StoreGone: (503, "unreachable"),
}
_SILENT = (StoreBusy, StoreFull, StoreGone)
"""Their messages name the database, which is nobody's business on a page."""

public = APIRouter()


@public.get("/health")
def health(request: Request) -> Response:
    """Whether the pages and the store answer; for whatever watches over them."""
    try:
        with house_of(request).records.reading() as tx:
            tx.journal.head()
    except PostloanError:
        return Response(json.dumps({"status": "store unreachable"}), 503, media_type="application/json")
    return Response(json.dumps({"status": "ok"}), media_type="application/json")


def create_app(house: House) -> FastAPI:
    """The web application on a house."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house, app.state.areas = house, AREAS
    app.add_middleware(Frame)
    app.include_router(public)
    app.include_router(static_files.router)
    app.include_router(login)
    for area in AREAS:
        app.include_router(area.pages, dependencies=[Depends(enter)])
    answer_mistakes(app)
    return app


def answer_mistakes(app: FastAPI) -> None:
    """Answer a mistake with a page that says what to do."""
    app.add_exception_handler(PostloanError, _told)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(RequestValidationError, _unreadable)


def _told(request: Request, error: Exception) -> Response:
    """A mistake as a page that says what to do."""
    assert isinstance(error, PostloanError)
    if isinstance(error, NotSignedIn):
        return _away(request, _login_for(request))
    if isinstance(error, PasswordToChoose):
        return _away(request, "/password")
    status, problem = _STATUS.get(type(error), (400, "refused"))
    says = "" if isinstance(error, _SILENT) else error.message(lang_of(request))
    return show(request, "problem.html.j2", status=status, problem=problem, says=says, ref="")


def _login_for(request: Request) -> str:
    """The address of the login that leads back to where somebody wanted to go."""
    from urllib.parse import urlencode

    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    plain = request.method != "GET" or where == "/"
    return "/login" if plain else f"/login?{urlencode({'next': where})}"


def _away(request: Request, there: str) -> Response:
    """To another page, from a whole one or from a part of one."""
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": there})
    return RedirectResponse(there, status_code=303)


def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    _recognise(request)
    problem = {404: "missing", 405: "missing", 403: "forbidden"}.get(error.status_code, "refused")
    return show(request, "problem.html.j2", status=error.status_code, problem=problem, says="", ref="")


def _recognise(request: Request) -> None:
    """Keep the menu on a page that is not there, for whoever is signed in."""
    if getattr(request.state, "visitor", None) is None:
        with suppress(PostloanError):
            request.state.visitor = recognised(house_of(request), request.cookies.get(COOKIE, ""))


def _unreadable(request: Request, _: Exception) -> Response:
    return show(request, "problem.html.j2", status=400, problem="refused", says="", ref="")
