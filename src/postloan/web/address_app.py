"""``postloan address serve``: the page that reads addresses, alone; it knows no store, no user and no loan."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse

from postloan.kernel import Lang
from postloan.web import addresses, static_files
from postloan.web.app import answer_mistakes
from postloan.web.door import refuse_other_sites
from postloan.web.frame import Frame
from postloan.web.listening import listening, run, tell_where


def create_address_app() -> FastAPI:
    """The page as an application; nobody signs in, and nothing is kept."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.areas = ()
    app.add_middleware(Frame)
    app.include_router(static_files.router)
    app.include_router(addresses.router, dependencies=[Depends(_from_here)])
    app.add_api_route("/", _home, include_in_schema=False)
    answer_mistakes(app)
    return app


def serve_addresses(host: str, port: int, lang: Lang) -> None:
    """Serve the page until Ctrl-C; says where it is in this language."""
    with listening(host, port) as made:
        tell_where(made, host, lambda english, chinese: print(chinese if lang == "zh" else english))  # noqa: T201
        run(create_address_app(), made)


async def _from_here(request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        refuse_other_sites(request)


async def _home() -> RedirectResponse:
    return RedirectResponse("/addresses", status_code=303)
