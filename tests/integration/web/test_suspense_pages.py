"""Money in suspense on the pages: seen, tried, assigned with a reason, taken off again, returned; by officers only."""

from __future__ import annotations

import pytest
from web_store import Pages

from postloan.kernel.journal import Entry
from postloan.ledger.store_records import IncomingPayment, PaymentState, Suspense, SuspenseState


def _state(pages: Pages) -> tuple[SuspenseState, str]:
    with pages.house.records.reading() as tx:
        found = tx.of(Suspense).get(1)
    return found.state, found.loan_id


def _said(pages: Pages, subject: str) -> Entry:
    with pages.house.records.reading() as tx:
        return next(entry for entry in tx.journal.latest(5, subject=subject) if entry.action != "loan.viewed")


def _assign(pages: Pages, loan: str = "L-1", **more: str) -> int:
    html = pages.get(f"/suspense/1/on?loan={loan}&lang=en").text
    seq = html.partition('name="seq" value="')[2].partition('"')[0]
    form = {"what": "assign", "loan": loan, "seq": seq, "reason": "The payer called.", **more}
    return pages.post("/suspense/1", form).status_code


@pytest.mark.parametrize(
    ("role", "sees", "may"),
    [
        ("viewer", 403, 403), ("collector", 200, 403), ("officer", 200, 200), ("approver", 200, 403),
        ("administrator", 403, 403), ("auditor", 200, 403),
    ],
)  # fmt: skip
def test_many_see_suspense_and_officers_settle_it(looking: Pages, role: str, sees: int, may: int) -> None:
    looking.sign_in(role)
    assert looking.get("/suspense").status_code == sees
    assert looking.get("/suspense/1").status_code == sees
    assert looking.get("/suspense/1/on?loan=L-1").status_code == may
    if may == 403:
        for path, form in (
            ("/suspense/1", {"what": "assign", "loan": "L-1", "reason": "So."}),
            ("/suspense/1", {"what": "return", "reason": "So."}),
            ("/payments/back", {"loan": "L-1", "key": "L-1/2", "reason": "So."}),
        ):
            assert looking.post(path, form).status_code == 403
        assert _state(looking)[0] is SuspenseState.WAITING


def test_the_list_says_who_may_have_paid_and_masks_them(looking: Pages) -> None:
    looking.sign_in("collector")
    html = looking.get("/suspense?lang=en").text
    assert "500.00" in html
    assert "张●" in html
    assert "张三" not in html
    assert "only resembles" in html
    assert "/loans/L-1" in html
    assert "No money" not in html
    assert "Nothing has been assigned yet." in looking.get("/suspense?state=resolved").text


def test_the_figures_come_before_the_booking(looking: Pages) -> None:
    looking.sign_in("officer")
    html = looking.get("/suspense/1/on?loan=L-1&lang=en").text
    assert "Book 500.00 yuan on loan L-1?" in html
    assert "21,484.71" in html
    assert "20,984.71" in html
    assert "张●●" in html
    assert _state(looking)[0] is SuspenseState.WAITING


def test_a_loan_that_nothing_speaks_for_is_said_to_be_so(looking: Pages) -> None:
    looking.sign_in("officer")
    html = looking.get("/suspense/1/on?loan=HT000004&lang=en").text
    assert "on loan L-4?" in html
    assert "Nothing in the payment speaks for this loan" in html
    missing = looking.get("/suspense/1/on?loan=none&lang=en")
    assert missing.status_code == 404
    assert "There is no Loan" in missing.text


def test_money_is_assigned_with_a_reason_and_journalled(pages: Pages) -> None:
    pages.sign_in("officer")
    assert _assign(pages, reason="") == 400
    assert _state(pages)[0] is SuspenseState.WAITING
    assert _assign(pages) == 303
    assert _state(pages) == (SuspenseState.RESOLVED, "L-1")
    entry = _said(pages, "L-1")
    assert (entry.action, entry.actor) == ("suspense.assigned", "officer")
    assert "The payer called." in entry.details
    assert "20,984.71" in pages.get("/loans/L-1").text
    assert _assign(pages) == 409
    assert "Booked on loan L-1 by officer" in pages.get("/suspense/1?lang=en").text
    assert "L-1" in pages.get("/suspense?state=resolved").text


def test_figures_that_no_longer_hold_are_not_booked_on(pages: Pages) -> None:
    pages.sign_in("officer")
    assert _assign(pages, seq="1") == 409
    assert _state(pages)[0] is SuspenseState.WAITING


def test_money_on_a_wrong_loan_is_taken_off_and_waits_again(pages: Pages) -> None:
    pages.sign_in("officer")
    _assign(pages, loan="L-4")
    html = pages.get("/suspense/1?lang=en").text
    key = html.partition('name="key" value="')[2].partition('"')[0]
    form = {"loan": "L-4", "key": key, "reason": "Another person."}
    assert pages.post("/payments/back", {**form, "reason": " "}).status_code == 400
    assert pages.post("/payments/back", form).headers["location"] == "/suspense/1"
    assert _state(pages) == (SuspenseState.WAITING, "")
    assert "it was booked on a loan that it was not for" in pages.get("/suspense/1?lang=en").text
    assert _said(pages, "L-4").action == "suspense.taken_back"
    assert pages.post("/payments/back", form).status_code == 400
    assert _assign(pages, loan="L-1") == 303


def test_a_payment_in_a_loans_history_leads_to_taking_it_off(pages: Pages) -> None:
    pages.sign_in("officer")
    _assign(pages, loan="L-4")
    html = pages.get("/loans/L-4?lang=en").text
    link = html.partition('href="/payments/back?')[2].partition('"')[0].replace("&amp;", "&")
    page = pages.get(f"/payments/back?{link}").text
    assert "Take 500.00 yuan off loan L-4?" in page
    assert "assigned by hand" in page
    viewer = Pages(pages.house, pages.clock)
    viewer.sign_in("collector")
    assert "/payments/back" not in viewer.get("/loans/L-4").text
    assert viewer.get(f"/payments/back?{link}").status_code == 403
    assert pages.get("/payments/back?loan=L-4&key=none").status_code == 404
    assert pages.get("/payments/back?loan=none&key=none").status_code == 404
    key = page.partition('name="key" value="')[2].partition('"')[0]
    pages.post("/payments/back", {"loan": "L-4", "key": key, "reason": "Another person."})
    after = pages.get("/loans/L-4").text
    assert "it was for another loan" in after
    assert "/payments/back" not in after


def test_money_is_returned_and_only_noted(pages: Pages) -> None:
    pages.sign_in("officer")
    pages.get("/suspense/1")
    assert pages.post("/suspense/1", {"what": "return", "reason": "Not ours."}).status_code == 303
    assert _state(pages)[0] is SuspenseState.RETURNED
    with pages.house.records.reading() as tx:
        assert tx.of(IncomingPayment).get(1).state is PaymentState.RETURNED
    assert "Not ours." in _said(pages, "suspense 1").details
    again = pages.post("/suspense/1", {"what": "return", "reason": "Again."})
    assert again.status_code == 409


def test_the_payer_in_clear_needs_a_purpose_and_is_journalled(pages: Pages) -> None:
    pages.sign_in("collector")
    pages.get("/suspense/1")
    assert pages.post("/suspense/1", {"what": "reveal", "purpose": "curiosity"}).status_code == 400
    html = pages.post("/suspense/1", {"what": "reveal", "purpose": "match"}).text
    assert '<dd class="breaks">张三</dd>' in html
    assert _said(pages, "1").action == "incoming_payments.revealed"
    auditor = Pages(pages.house, pages.clock)
    auditor.sign_in("auditor")
    assert auditor.post("/suspense/1", {"what": "reveal", "purpose": "match"}).status_code == 403


@pytest.mark.parametrize("path", ["/suspense/9", "/suspense/9/on?loan=L-1"])
def test_what_is_not_there_is_said(looking: Pages, path: str) -> None:
    looking.sign_in("officer")
    assert looking.get(path).status_code == 404
