"""What the pages show, in both languages, and what they must never show."""

from __future__ import annotations

import re

import pytest
from web_store import ADDRESS, ID_NUMBER, NAME, PASSWORD, ROLES, TELEPHONE, Clock, Pages

from postloan.adapters.records import StoreGone
from postloan.ledger.store_people import Session
from postloan.ledger.store_records import ApprovalRequest, RequestState
from postloan.web import House, mornings
from postloan.web.words import texts

CLEAR = (NAME, ID_NUMBER, TELEPHONE, ADDRESS, "13900139000", "某某公司")


def _last(pages: Pages) -> list:
    with pages.house.records.reading() as tx:
        return tx.journal.latest(5)


@pytest.mark.parametrize(
    "path", ["/", "/login", "/loans", "/nothing", "/static/x/y", "/health", "/loans/none"]
)
def test_every_answer_carries_the_headers(looking: Pages, path: str) -> None:
    looking.sign_in("officer")
    headers = looking.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_scripts_and_styles_come_from_here_and_are_kept(looking: Pages) -> None:
    looking.sign_in("officer")
    html = looking.get("/loans/L-1").text
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert "onclick" not in html
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", html)
    for address in re.findall(r'"(/static/[^"]+)"', html):
        answer = looking.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert "nosniff" in answer.headers["x-content-type-options"]


@pytest.mark.parametrize(
    ("lang", "code", "word"), [("en", "en", "What is owed"), ("zh", "zh-CN", "债权构成")]
)
def test_a_page_speaks_the_language_that_was_asked_for_and_remembers(
    looking: Pages, lang: str, code: str, word: str
) -> None:
    looking.sign_in("officer")
    looking.get(f"/?lang={lang}")
    html = looking.get("/loans/L-1").text
    assert f'<html lang="{code}">' in html
    assert word in html


def test_switching_the_language_keeps_the_day(looking: Pages) -> None:
    looking.sign_in("officer")
    html = looking.get("/loans/L-1?on=2026-01-10&lang=en").text
    assert 'href="/loans/L-1?on=2026-01-10&amp;lang=zh"' in html


def test_every_text_is_there_in_both_languages_with_the_same_facts() -> None:
    for key, by_lang in texts().items():
        facts = [sorted(re.findall(r"\{(\w+)\}", by_lang[lang])) for lang in ("en", "zh")]
        assert facts[0] == facts[1], key
        assert all(by_lang.values()), key


def test_chinese_pages_hold_no_english_sentence(looking: Pages) -> None:
    looking.sign_in("officer")
    for path in ("/", "/loans", "/loans/L-1", "/approvals", "/approvals/1", "/password"):
        html = looking.get(f"{path}?lang=zh").text
        shown = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style)[^>]*>.*?</\1>", "", html, flags=re.DOTALL))
        shown = re.sub(
            r"&\w+;|the transfer bounced|court fee, receipt 17|The debtor pays the principal at once|No assets",
            " ",
            shown,
        )
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", shown), path


def test_the_morning_shows_what_waits(looking: Pages) -> None:
    looking.sign_in("officer")
    html = looking.get("/?lang=en").text
    for text in ("¥2,150.00", "3 payments in 1 file", "only resembles", "Waiver", "50.00%", "5 days ago"):
        assert text in html


def test_the_morning_is_worked_out_once_and_never_stale(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    real = mornings.morning_of

    def counted(*given: object, **options: object) -> object:
        made.append(options["on"])
        return real(*given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(mornings, "morning_of", counted)
    pages.sign_in("officer")
    for path in ("/?lang=en", "/loans/L-1", "/", "/", "/?on=2026-03-01"):
        pages.get(path)
    assert len(made) == 2
    pages.get("/approvals/1")
    pages.post("/approvals/1", {"what": "withdraw", "reason": "No longer."})
    assert "Waiver" not in pages.get("/").text
    assert len(made) == 3


def test_a_loan_is_owed_to_the_fen_and_its_history_ties(looking: Pages) -> None:
    looking.sign_in("viewer")
    html = looking.get("/loans/L-1?lang=en").text
    assert "21,484.71" in html
    rows = re.findall(r"<strong>([\d,.]+)</strong>", html)
    assert rows[0] == "21,484.71"
    assert rows[1] == "21,364.71"
    assert "reversed by no. 5" in html


@pytest.mark.parametrize(
    ("on", "owed"),
    [
        ("2025-09-01", "21,592.57"),
        ("2025-12-05", "21,440.71"),
        ("2026-02-20", "21,364.71"),
        ("20260302", "21,484.71"),
    ],
)
def test_a_loan_is_shown_as_it_stood_on_any_day(looking: Pages, on: str, owed: str) -> None:
    looking.sign_in("viewer")
    html = looking.get(f"/loans/L-1?lang=en&on={on}").text
    assert f"{owed} yuan is owed on" in html


def test_the_future_is_called_so_and_has_an_end(looking: Pages) -> None:
    looking.sign_in("viewer")
    assert (
        "will be owed on 2026-12-31 if nothing happens"
        in looking.get("/loans/L-1?lang=en&on=2026-12-31").text
    )
    assert looking.get("/loans/L-1?on=2030-01-01").status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/loans/none", 404), ("/loans/L-1?on=2020-01-01", 404), ("/loans/L-1?on=31.02.2026", 400),
        ("/?on=soon", 400), ("/approvals/99", 404), ("/approvals/x", 400), ("/nothing", 404), ("/loans/%00", 404),
        ("/loans/" + "9" * 3000, 404), ("/loans/<script>alert(1)</script>", 404),
    ],
)  # fmt: skip
def test_a_bad_question_gets_a_friendly_page(looking: Pages, path: str, status: int) -> None:
    looking.sign_in("officer")
    answer = looking.get(path)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "<script>alert" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("role", ROLES)
def test_people_are_masked_for_every_role(looking: Pages, role: str) -> None:
    looking.sign_in(role)
    looking.get("/loans")
    for answer in (looking.get("/"), looking.get("/loans/L-1"), looking.post("/loans", {"q": "B-1"})):
        assert not [value for value in CLEAR if value in answer.text]
    assert "张●●" in looking.get("/loans/L-1").text


def test_opening_a_loan_is_journalled_with_who_and_why(pages: Pages) -> None:
    pages.sign_in("officer")
    pages.get("/loans/L-1")
    entry = _last(pages)[0]
    assert (entry.actor, entry.action, entry.subject, entry.ground) == (
        "officer", "loan.viewed", "L-1", "web: officer",
    )  # fmt: skip


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_person_in_clear_needs_a_purpose_and_leaves_a_trace(pages: Pages, headers: dict) -> None:
    pages.sign_in("collector")
    pages.get("/loans/L-1")
    assert pages.post("/loans/L-1", {"purpose": ""}, headers=headers).status_code == 400
    assert pages.post("/loans/L-1", {"purpose": "curiosity"}, headers=headers).status_code == 400
    answer = pages.post("/loans/L-1", {"purpose": "verify"}, headers=headers)
    assert all(value in answer.text for value in CLEAR)
    revealed = [entry for entry in _last(pages) if entry.action.endswith(".revealed")]
    assert {entry.action for entry in revealed} == {"person.revealed", "contacts.revealed"}
    assert all(
        (one.actor, one.subject, one.details) == ("collector", "B-1", '{"purpose":"verify"}')
        for one in revealed
    )


@pytest.mark.parametrize("role", ["viewer", "approver", "administrator", "auditor"])
def test_roles_without_the_right_see_nobody_in_clear(looking: Pages, role: str) -> None:
    looking.sign_in(role)
    assert "purpose" not in looking.get("/loans/L-1").text
    answer = looking.post("/loans/L-1", {"purpose": "verify"})
    assert answer.status_code == 403
    assert NAME not in answer.text


@pytest.mark.parametrize("asked", [ID_NUMBER, f" {ID_NUMBER} ", TELEPHONE, "+8613800138000"[3:]])
def test_a_person_is_found_by_number_without_it_being_kept(pages: Pages, asked: str) -> None:
    pages.sign_in("collector")
    pages.get("/loans")
    answer = pages.post("/loans", {"q": asked})
    assert "/loans/L-1" in answer.text
    assert asked.strip() not in answer.text
    entry = _last(pages)[0]
    assert entry.action == "loans.searched"
    assert asked.strip() not in repr(entry)
    assert "B-1" in entry.details


def test_a_viewer_does_not_find_people(looking: Pages) -> None:
    looking.sign_in("viewer")
    looking.get("/loans")
    assert "/loans/L-1" not in looking.post("/loans", {"q": TELEPHONE}).text


@pytest.mark.parametrize(
    ("asked", "there"), [("L-1", "/loans/L-1"), ("HT000001", "/loans/L-1"), ("", "/loans")]
)
def test_a_number_of_one_loan_leads_to_it(looking: Pages, asked: str, there: str) -> None:
    looking.sign_in("viewer")
    looking.get("/loans")
    assert looking.post("/loans", {"q": asked}).headers["location"] == there


def test_a_borrower_number_lists_the_loans(looking: Pages) -> None:
    looking.sign_in("viewer")
    looking.get("/loans?lang=en")
    html = looking.post("/loans", {"q": "B-1"}).text
    assert "1 loan found" in html
    assert "张●●" in html


def test_a_view_that_cannot_be_journalled_shows_nobody(pages: Pages) -> None:
    """Somebody else holds the writer's place, as the nightly postings do."""
    pages.sign_in("officer")
    with pages.house.records.writing(actor="night", ground="tests", at=pages.clock()):
        html = pages.get("/loans/L-1?lang=en").text
        assert "21,484.71" in html
        assert "张" not in html
        assert "cannot be written down" in html
        refused = pages.post("/loans/L-1", {"purpose": "verify"})
        assert refused.status_code == 503
        assert NAME not in refused.text
        assert "books.db" not in refused.text


def test_an_approval_is_decided_by_somebody_else_with_an_authority(pages: Pages) -> None:
    pages.sign_in("approver")
    pages.get("/approvals/1")
    unsure = pages.post("/approvals/1", {"what": "approve", "reason": "Right.", "authority": "Resolution 12"})
    assert unsure.status_code == 400
    assert "looked at" in unsure.text
    pages.get("/approvals/1")
    blank = {"what": "approve", "reason": "Right.", "authority": "", "sure": "yes"}
    denied = pages.post("/approvals/1", blank)
    assert denied.status_code == 409
    assert "authority" in denied.text
    form = {"what": "approve", "reason": "Right.", "authority": "Resolution 12", "sure": "yes"}
    assert pages.post("/approvals/1", form).status_code == 303
    with pages.house.records.reading() as tx:
        approved = tx.of(ApprovalRequest).get(1)
    assert (approved.state, approved.decided_by) == (RequestState.APPROVED, "approver")
    assert approved.reference in pages.get("/approvals/1").text
    assert pages.post("/approvals/1", form).status_code == 409


def test_a_checker_beyond_their_limit_reads_why(looking: Pages) -> None:
    looking.sign_in("approver")
    looking.get("/password?lang=en")
    answer = looking.post(
        "/approvals/2", {"what": "approve", "reason": "Right.", "authority": "Resolution 12", "sure": "yes"}
    )
    assert answer.status_code == 409
    assert "This was not counted" in answer.text
    assert 'value="approve"' not in looking.get("/approvals/2").text
    assert "Your roles do not decide this." in looking.get("/approvals/2").text


def test_a_request_is_refused_with_a_reason(pages: Pages) -> None:
    pages.sign_in("approver")
    pages.get("/approvals/1")
    assert pages.post("/approvals/1", {"what": "refuse", "reason": "Look again."}).status_code == 303
    assert "Look again." in pages.get("/approvals/1").text


def test_nobody_decides_their_own_request(pages: Pages) -> None:
    pages.sign_in("officer")
    assert 'value="approve"' not in pages.get("/approvals/1").text
    form = {"what": "approve", "reason": "Mine.", "authority": "Me", "sure": "yes"}
    answer = pages.post("/approvals/1", form)
    assert answer.status_code == 409
    assert _last(pages)[0].action == "approval.grant_denied"
    assert pages.post("/approvals/1", {"what": "withdraw", "reason": "No longer."}).status_code == 303


def test_a_user_is_added_with_a_password_told_once(pages: Pages) -> None:
    pages.sign_in("administrator")
    html = pages.post("/users", {"name": "li.na", "shown_as": "李娜", "role": ["collector", "nonsense"]}).text
    told = re.search(r'class="reference">([a-z0-9-]{23})<', html)
    assert told
    assert told.group(1) not in pages.get("/users").text
    assert Pages(pages.house, pages.clock).sign_in("li.na", told.group(1)).status_code == 303


def _let_in_anew(pages: Pages) -> tuple[Pages, str]:
    """A user with a password that the administrator has just made."""
    pages.sign_in("administrator")
    html = pages.post("/users/officer", {"what": "password"}).text
    told = re.search(r'class="reference">([a-z0-9-]{23})<', html)
    assert told
    return Pages(pages.house, pages.clock), told.group(1)


def test_a_password_made_by_somebody_else_opens_nothing_but_its_own_change(pages: Pages) -> None:
    theirs, told = _let_in_anew(pages)
    assert theirs.sign_in("officer", told).status_code == 303
    for path in ("/", "/loans/L-1", "/approvals", "/users"):
        answer = theirs.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/password"), path
    page = theirs.get("/password?lang=en").text
    assert "Somebody else made your password" in page
    assert "<nav" not in page
    assert theirs.post("/loans/L-1", {"purpose": "contact"}).status_code == 303
    chosen = "words that only I know"
    again = theirs.post("/password", {"old": told, "new": chosen, "again": "other words than those"})
    assert again.status_code == 400
    assert "not repeated alike" in again.text
    same = theirs.post("/password", {"old": told, "new": told, "again": told})
    assert "is not the old one" in same.text
    done = theirs.post("/password", {"old": told, "new": chosen, "again": chosen})
    assert done.status_code == 200
    assert theirs.get("/").status_code == 200
    assert Pages(pages.house, pages.clock).sign_in("officer", told).status_code == 403
    assert Pages(pages.house, pages.clock).sign_in("officer", chosen).status_code == 303


def test_a_new_password_ends_every_other_session_of_its_owner(pages: Pages) -> None:
    here, there = Pages(pages.house, pages.clock), Pages(pages.house, pages.clock)
    here.sign_in("viewer")
    there.sign_in("viewer")
    chosen = "words that only I know"
    here.post("/password", {"old": PASSWORD, "new": chosen, "again": chosen})
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303


@pytest.mark.parametrize("what", ["close", "password", "roles"])
def test_what_an_administrator_changes_ends_the_sessions(pages: Pages, what: str) -> None:
    theirs = Pages(pages.house, pages.clock)
    theirs.sign_in("viewer")
    pages.sign_in("administrator")
    assert "signed in, last seen" in pages.get("/users?lang=en").text
    assert pages.post("/users/viewer", {"what": what, "role": "viewer"}).status_code == 200
    assert theirs.get("/").status_code == 303
    with pages.house.records.reading() as tx:
        assert not list(tx.of(Session).find(user="viewer"))


def test_sessions_that_are_over_are_forgotten_when_somebody_signs_in(pages: Pages) -> None:
    pages.sign_in("viewer")
    pages.clock.turn(hours=1)
    Pages(pages.house, pages.clock).sign_in("officer")
    with pages.house.records.reading() as tx:
        assert [one.user for one in tx.of(Session).find()] == ["officer"]


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/users", {"name": "li na", "role": "viewer"}, 400),
        ("/users", {"name": "li.na"}, 400),
        ("/users", {"name": "viewer", "role": "viewer"}, 409),
        ("/users/administrator", {"what": "close"}, 400),
        ("/users/nobody", {"what": "close"}, 404),
        ("/users/viewer", {"what": "roles"}, 400),
    ],
)
def test_a_wrong_change_of_a_user_is_refused(looking: Pages, path: str, form: dict, status: int) -> None:
    looking.sign_in("administrator")
    assert looking.post(path, form).status_code == status


def test_a_failure_tells_a_reference_and_nothing_else(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pages.sign_in("officer")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"secret: {NAME}")

    monkeypatch.setattr("postloan.web.mornings.morning_of", fail)
    answer = pages.get("/")
    reference = re.search(r'class="reference">([0-9a-f]{8})<', answer.text)
    assert answer.status_code == 500
    assert reference
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers
    assert reference.group(1) in caplog.text


def test_a_large_form_is_refused_before_it_is_read(looking: Pages) -> None:
    looking.sign_in("officer")
    assert looking.post("/loans", {"q": "x" * 70_000}).status_code == 413


def test_health_says_so_and_no_more(looking: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looking.get("/health").json() == {"status": "ok"}

    class Gone:
        def reading(self) -> None:
            raise StoreGone(url="books.db", why="gone")

    broken = Pages(House(Gone(), looking.house.book, Clock()), Clock())  # type: ignore[arg-type]
    answer = broken.get("/health")
    assert answer.status_code == 503
    assert "books.db" not in answer.text


def test_the_journal_stays_whole(pages: Pages) -> None:
    pages.sign_in("administrator")
    for path in ("/", "/journal", "/journal?subject=B-1", "/users"):
        pages.get(path)
    with pages.house.records.reading() as tx:
        assert tx.journal.verify().whole


def test_the_journal_is_read_back_page_by_page_in_words(pages: Pages) -> None:
    pages.sign_in("auditor")
    for _ in range(60):
        pages.get("/journal")
    newest = pages.get("/journal?lang=en").text
    assert "Journal looked at" in newest
    link = re.search(r'href="/journal\?before=(\d+)"', newest)
    assert link
    older = pages.get(f"/journal?before={link.group(1)}").text
    assert "Signed in" in older
    shown = [int(no) for no in re.findall(r"No\. (\d+)<", older)]
    assert shown == list(range(int(link.group(1)) - 1, 0, -1))
    assert "The newest" in older
