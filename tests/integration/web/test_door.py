"""Nobody passes without a session, no form without its token, nothing without the right to it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.routing import APIRoute
from web_store import PASSWORD, ROLES, Clock, Pages

from postloan.ledger.store_people import Session, User
from postloan.web import RIGHTS as ROLE_RIGHTS
from postloan.web import House, create_app
from postloan.web.areas import AREAS
from postloan.web.door import COOKIE

OPEN = {"/login", "/health", "/static/{version}/{name}"}
RIGHTS = {
    "/": set(ROLES),
    "/loans": set(ROLES),
    "/loans/L-1": set(ROLES),
    "/suspense": set(ROLES) - {"viewer", "administrator"},
    "/suspense/1": set(ROLES) - {"viewer", "administrator"},
    "/suspense/1/on?loan=L-1": {"officer"},
    "/approvals": set(ROLES) - {"viewer"},
    "/approvals/1": set(ROLES) - {"viewer"},
    "/requests/new": {"collector", "officer", "approver"},
    "/requests/new?loan=L-1": {"collector", "officer", "approver"},
    "/lending": set(ROLES) - {"viewer"},
    "/provisions": {"officer", "approver", "auditor"},
    "/journal": {"administrator", "auditor"},
    "/users": {"administrator"},
    "/password": set(ROLES),
}


def _routes(house: House) -> list[tuple[str, str]]:
    def found(routes: list) -> list[APIRoute]:
        kept = []
        for route in routes:
            if isinstance(route, APIRoute):
                kept.append(route)
            else:
                inner = getattr(route, "routes", None) or getattr(
                    getattr(route, "original_router", None), "routes", []
                )
                kept += found(inner)
        return kept

    return [
        (method, route.path) for route in found(create_app(house).routes) for method in sorted(route.methods)
    ]


def test_no_route_answers_without_a_session(shared: House, looking: Pages) -> None:
    """Every route there is, so that a new one cannot be forgotten."""
    routes = _routes(shared)
    assert len(routes) >= 15
    for method, path in routes:
        if path in OPEN:
            continue
        asked = re.sub(r"\{number\}", "1", re.sub(r"\{\w+(:path)?\}", "L-1", path))
        answer = looking.get(asked) if method == "GET" else looking.post(asked)
        assert answer.status_code == 303, (method, path)
        assert answer.headers["location"].startswith("/login")
        assert "L-1" not in answer.text


@pytest.mark.parametrize("path", ["/loans/L-1", "/loans/L-1?on=2026-01-01", "/journal?subject=L-1"])
def test_after_signing_in_somebody_is_where_they_wanted_to_go(looking: Pages, path: str) -> None:
    to_login = looking.get(path).headers["location"]
    looking.get(to_login)
    there = re.search(r'name="next" value="([^"]+)"', looking.seen)
    assert there
    wanted = there.group(1).replace("&amp;", "&")
    answer = looking.post("/login", {"name": "auditor", "password": PASSWORD, "next": wanted})
    assert answer.headers["location"] == path


@pytest.mark.parametrize(
    "elsewhere", ["//evil.test/", "https://evil.test", "/\\evil.test", "javascript:x", "/login"]
)
def test_the_login_never_leads_to_another_site(looking: Pages, elsewhere: str) -> None:
    looking.get("/login")
    answer = looking.post("/login", {"name": "viewer", "password": PASSWORD, "next": elsewhere})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_its_pages_and_no_others(looking: Pages, role: str) -> None:
    looking.sign_in(role)
    for path, roles in RIGHTS.items():
        assert looking.get(path).status_code == (200 if role in roles else 403), path


def test_navigation_shows_only_what_may_be_opened(looking: Pages) -> None:
    looking.sign_in("viewer")
    links = re.findall(r'<li><a href="([^"]+)"', looking.get("/").text)
    assert links == [area.link for area in AREAS if area.link and area.right in ROLE_RIGHTS["viewer"]]
    assert not {"/suspense", "/approvals", "/journal", "/users"} & set(links)


@pytest.mark.parametrize(
    "path",
    [
        "/logout",
        "/password",
        "/loans",
        "/loans/L-1",
        "/users",
        "/users/viewer",
        "/approvals/1",
        "/suspense/1",
        "/payments/back",
        "/requests/new",
        "/lending",
        "/provisions",
    ],
)
@pytest.mark.parametrize("token", ["", "wrong", "é" * 10])
def test_a_form_without_its_token_changes_nothing(looking: Pages, path: str, token: str) -> None:
    looking.sign_in("administrator")
    with looking.house.records.reading() as tx:
        before = tx.journal.head()
    answer = looking.post(path, {"csrf": token, "q": "L-1", "what": "close", "purpose": "contact"})
    assert answer.status_code == 403
    with looking.house.records.reading() as tx:
        assert tx.journal.head() == before


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_form_from_another_site_is_refused_even_with_the_token(looking: Pages, headers: dict) -> None:
    looking.sign_in("officer")
    assert looking.post("/loans", {"q": "L-1"}, headers=headers).status_code == 403
    assert (
        looking.post("/login", {"name": "officer", "password": PASSWORD}, headers=headers).status_code == 403
    )


def test_the_login_form_needs_the_token_of_this_browser(looking: Pages) -> None:
    other = Pages(looking.house, looking.clock)
    other.get("/login")
    looking.get("/login")
    looking.seen = other.seen
    assert looking.post("/login", {"name": "viewer", "password": PASSWORD}).status_code == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(looking: Pages) -> None:
    answer = looking.sign_in("viewer")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # only over TLS
    looking.get("/login")


def test_the_store_keeps_neither_cookie_nor_password(pages: Pages) -> None:
    pages.sign_in("viewer")
    cookie = pages.cookies[COOKIE]
    with pages.house.records.reading() as tx:
        sessions = list(tx.of(Session).find(user="viewer"))
        user = tx.of(User).get("viewer")
    assert all(cookie not in repr(session) for session in sessions)
    assert user.password.startswith("$argon2id$")


def test_signing_out_ends_the_session_in_the_store(pages: Pages) -> None:
    pages.sign_in("viewer")
    kept = pages.cookies[COOKIE]
    assert pages.post("/logout").status_code == 303
    pages.cookies.set(COOKIE, kept)
    assert pages.get("/").status_code == 303


@pytest.mark.parametrize(("minutes", "lets_in"), [(29, True), (31, False)])
def test_a_session_ends_after_half_an_hour_of_quiet(
    pages: Pages, clock: Clock, minutes: int, lets_in: bool
) -> None:
    pages.sign_in("viewer")
    clock.turn(minutes=minutes)
    assert (pages.get("/").status_code == 200) is lets_in


def test_a_session_ends_after_twelve_hours_of_work(pages: Pages, clock: Clock) -> None:
    pages.sign_in("viewer")
    for _ in range(36):
        assert pages.get("/password").status_code == 200
        clock.turn(minutes=20)
    assert pages.get("/password").status_code == 303


def test_closing_an_account_ends_its_sessions_at_once(pages: Pages, clock: Clock) -> None:
    pages.sign_in("viewer")
    administrator = Pages(pages.house, clock)
    administrator.sign_in("administrator")
    clock.turn(seconds=1)
    assert administrator.post("/users/viewer", {"what": "close"}).status_code == 200
    assert pages.get("/").status_code == 303
    assert Pages(pages.house, clock).sign_in("viewer").status_code == 403


def test_five_wrong_passwords_make_everybody_wait_even_with_the_right_one(pages: Pages, clock: Clock) -> None:
    said = [pages.sign_in("viewer", "not it at all").status_code for _ in range(6)]
    assert said == [403] * 5 + [429]
    assert pages.sign_in("viewer").status_code == 429
    clock.turn(minutes=1, seconds=1)
    assert pages.sign_in("viewer").status_code == 303


def test_a_restart_does_not_let_a_guesser_begin_anew(pages: Pages, clock: Clock) -> None:
    for _ in range(5):
        pages.sign_in("viewer", "not it at all")
    again = Pages(House(pages.house.records, pages.house.book, clock), clock)
    assert again.sign_in("viewer").status_code == 429


def test_waiting_tells_nothing_about_who_exists(pages: Pages) -> None:
    known = [pages.sign_in("viewer", "not it at all") for _ in range(6)]
    unknown = [pages.sign_in("nobody-here", "not it at all") for _ in range(6)]
    assert [one.status_code for one in known] == [one.status_code for one in unknown]

    def bare(text: str) -> str:
        return re.sub(r'value="[^"]*"', "", text)

    assert bare(known[0].text) == bare(unknown[0].text)
    assert bare(known[5].text) == bare(unknown[5].text)


def test_one_address_cannot_try_many_names(pages: Pages) -> None:
    said = [pages.sign_in(f"name{number}", "not it at all").status_code for number in range(21)]
    assert said[19:] == [403, 429]


def test_what_was_typed_for_an_unknown_name_is_not_kept(pages: Pages) -> None:
    pages.sign_in("my-password-typed-as-name", "x")
    with pages.house.records.reading() as tx:
        last = tx.journal.latest(1)[0]
    assert last.action == "user.sign_in_refused"
    assert "my-password" not in repr(last)


def test_a_new_password_ends_the_old_sessions(pages: Pages, clock: Clock) -> None:
    other = Pages(pages.house, clock)
    other.sign_in("viewer")
    pages.sign_in("viewer")
    clock.turn(seconds=1)
    new = {"old": PASSWORD, "new": "a much better sentence", "again": "a much better sentence"}
    assert pages.post("/password", new).status_code == 200
    assert other.get("/").status_code == 303
    clock.turn(seconds=1)
    assert other.sign_in("viewer").status_code == 403
    assert other.sign_in("viewer", "a much better sentence").status_code == 303


@pytest.mark.parametrize(
    "form",
    [
        {"old": "wrong", "new": "a much better sentence", "again": "a much better sentence"},
        {"old": PASSWORD, "new": "short", "again": "short"},
        {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD},
        {"old": PASSWORD, "new": "a much better sentence", "again": "another one"},
        {},
    ],
)
def test_a_bad_new_password_changes_nothing(pages: Pages, form: dict) -> None:
    pages.sign_in("viewer")
    assert pages.post("/password", form).status_code == 400
    assert Pages(pages.house, pages.clock).sign_in("viewer").status_code == 303


def test_an_unknown_role_gives_no_right(pages: Pages) -> None:
    with pages.house.records.writing(actor="tests", ground="tests", at=pages.clock()) as tx:
        from postloan.kernel.journal import Note

        user = tx.of(User).get("viewer")
        tx.of(User).change(replace(user, roles=("wizard",)))
        tx.note(Note("tests.changed"))
    pages.sign_in("viewer")
    assert pages.get("/").status_code == 403


def test_a_page_that_is_not_there_keeps_the_menu_of_whoever_is_signed_in(looking: Pages) -> None:
    assert "<nav" not in looking.get("/none").text
    looking.sign_in("officer")
    answer = looking.get("/none")
    assert (answer.status_code, "<nav" in answer.text) == (404, True)
