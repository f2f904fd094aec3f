"""Rights by role: what must never come together."""

from __future__ import annotations

from postloan.decide.approvals import limits
from postloan.rules import load_book
from postloan.web.roles import RIGHTS, Right, rights_of
from postloan.web.words import texts


def test_who_manages_users_or_audits_neither_reveals_nor_decides() -> None:
    for role in ("administrator", "auditor"):
        assert not RIGHTS[role] & {Right.REVEAL, Right.FIND_PEOPLE, Right.DECIDE}


def test_every_role_that_approvals_know_may_open_them() -> None:
    from datetime import date

    book, on = load_book(), date(2026, 3, 2)
    checkers = set(limits("waive", book, on)) | set(limits("publish_rules", book, on))
    makers = set(book.value("HS-APR-01.makers", on=on).terms)
    assert all(Right.DECIDE in RIGHTS[role] for role in checkers)
    assert all(Right.SEE_APPROVALS in RIGHTS[role] for role in makers | checkers)


def test_roles_add_up_and_an_unknown_one_gives_nothing() -> None:
    assert rights_of(("viewer", "auditor")) == RIGHTS["viewer"] | RIGHTS["auditor"]
    assert rights_of(("wizard",)) == rights_of(()) == frozenset()


def test_every_role_has_its_words() -> None:
    assert all(f"role.{role}" in texts() and f"role_may.{role}" in texts() for role in RIGHTS)


def test_every_entry_of_the_journal_has_its_words() -> None:
    """Whatever the code notes; a new one is told here."""
    import re
    from pathlib import Path

    import postloan

    code = "\n".join(path.read_text(encoding="utf-8") for path in Path(postloan.__path__[0]).rglob("*.py"))
    noted = set(re.findall(r'(?:Note|note_denial)\(\s*(?:tx, )?"([a-z_]+\.[a-z_]+)"', code))
    assert len(noted) > 30
    missing = sorted(action for action in noted if f"did.{action}" not in texts())
    assert not missing, "say in web/texts/journal.yaml what was done"
