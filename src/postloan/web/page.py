"""How a page is made: its language, its template, what every page shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from postloan.kernel import Lang
from postloan.web.door import Visitor
from postloan.web.static_files import address_of
from postloan.web.words import PageWords

LANG_COOKIE = "postloan_lang"
_YEAR_S = 365 * 24 * 3600


def lang_of(request: Request) -> Lang:
    """The reader's language: as just asked for, as remembered, as the browser prefers."""
    asked = request.query_params.get("lang") or request.cookies.get(LANG_COOKIE, "")
    if asked in ("en", "zh"):
        return "zh" if asked == "zh" else "en"
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is not None:
        return "en" if visitor.user.lang == "en" else "zh"
    preferred = request.headers.get("accept-language", "zh")
    return "zh" if preferred.lower().startswith("zh") else "en"


def words_of(request: Request) -> PageWords:
    """The texts in the reader's language."""
    return PageWords(lang_of(request))


def show(
    request: Request,
    template: str,
    *,
    status: int = 200,
    charts: Mapping[str, Any] | None = None,
    **facts: Any,
) -> HTMLResponse:
    """A page as an answer.

    charts: chart id → ECharts options. facts: what the template speaks about.
    """
    words = words_of(request)
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    html = (
        _environment()
        .get_template(template)
        .render(
            w=words,
            t=words.t,
            lang=words.lang,
            visitor=visitor,
            csrf=visitor.session.csrf if visitor else "",
            navigation=_navigation(request, visitor),
            languages=_languages(request, words.lang),
            static=address_of,
            charts=Markup(_json(charts)) if charts else "",
            **facts,
        )
    )
    answer = HTMLResponse(html, status_code=status)
    remember_language(request, answer)
    return answer


def remember_language(request: Request, answer: HTMLResponse) -> None:
    """Keep the language that was just asked for."""
    if (asked := request.query_params.get("lang")) in ("en", "zh"):
        answer.set_cookie(
            LANG_COOKIE,
            asked or "zh",
            max_age=_YEAR_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )


def _navigation(request: Request, visitor: Visitor | None) -> list[tuple[str, str, bool]]:
    """Links with their text keys, and whether the reader is there."""
    if visitor is None or visitor.user.must_change:
        return []
    path = request.url.path
    return [
        (
            area.link,
            area.key,
            path == area.link or (path.startswith(area.link.rstrip("/") + "/") and area.link != "/"),
        )
        for area in request.app.state.areas
        if area.link and visitor.may(area.right)
    ]


def _languages(request: Request, now: Lang) -> list[tuple[str, str, str]]:
    """(code, name, link to this page in it) of the other language. A page that was posted leads home."""
    code, name = ("en", "English") if now == "zh" else ("zh", "中文")
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    path = request.url.path if request.method in ("GET", "HEAD") else "/"
    return [(code, name, f"{path}?{urlencode([*kept, ('lang', code)])}")]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("postloan.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _json(charts: Mapping[str, Any]) -> str:
    # "<" would let a name from the data close the script element.
    return json.dumps(charts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
