"""What was booked under an earlier rule book is replayed under that book, and under no other."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest
from lender import DAY, NOON, fill, opened
from typer.testing import CliRunner

from postloan.cli.app import app
from postloan.ledger import Account, MoneyRules
from postloan.ledger.replaying import UnknownRuleBook
from postloan.ledger.store_records import KeptRules
from postloan.rules import RuleBook, book_as_json, load_book
from postloan.workflows.grading import grade_day
from postloan.workflows.loan_history import loan_history
from postloan.workflows.rule_books import keep_rules

LATER = DAY + timedelta(days=200)
KEY = "CN-MON-03.cap"


def stricter() -> RuleBook:
    """A rule book with a lower cap on the total cost."""
    rules = {rule.id: rule for rule in load_book()}
    rule = rules["CN-MON-03"]
    cap = rule.parameters["cap"]
    low = replace(cap, values=tuple(replace(one, value=Decimal("0.05")) for one in cap.values))
    rules[rule.id] = replace(rule, parameters=MappingProxyType({**rule.parameters, "cap": low}))
    return RuleBook(rules.values())


def booked_under(store, book):
    """A loan that crossed a line under a rule book."""
    fill(store, [opened(1, overdue_since=DAY - timedelta(days=100), grade="special_mention")])
    with store.writing(actor="test", ground="opening", at=NOON) as tx:
        keep_rules(tx, load_book(), DAY)
    done = grade_day(store, on=DAY, by="night", at=NOON, book=book)
    assert done.changed == (("special_mention", "substandard", 1),)


def test_a_rule_book_is_kept_when_it_first_decides_something_and_only_then(store):
    old = stricter()
    booked_under(store, old)
    assert grade_day(store, on=DAY, by="night", at=NOON, book=old).count == 0
    with store.reading() as tx:
        assert {one.version for one in tx.of(KeptRules).find()} == {old.version, load_book().version}
        assert [one.action for one in tx.journal.entries()].count("rules.kept") == 2


def test_a_loan_is_replayed_under_the_rule_book_of_each_event(store):
    old, present = stricter(), load_book()
    booked_under(store, old)
    seen = loan_history(store, "L1", on=LATER, book=present)
    assert [line.rule_book for line in seen.lines] == [present.version, old.version]
    with store.reading() as tx:
        events = tx.events.of("L1")
    both = {old.version: MoneyRules.of(old), present.version: MoneyRules.of(present)}
    alike = {version: MoneyRules.of(present) for version in both}
    under_its_own = Account("L1", both[old.version], events, both).state(LATER)
    under_one = Account("L1", alike[present.version], events, alike).state(LATER)
    assert seen.state.owed == under_its_own.owed
    assert seen.state.owed.total < under_one.owed.total


def test_a_loan_whose_rule_book_nobody_kept_is_not_guessed_at(store):
    old = stricter()
    fill(store, [opened(1, overdue_since=DAY - timedelta(days=100), grade="special_mention")])
    with store.reading() as tx:
        events, loan = tx.events.of("L1"), tx.loans.get("L1")
    account = Account("L1", MoneyRules.of(old), events, {load_book().version: MoneyRules.of(load_book())})
    from postloan.kernel.journal import Note
    from postloan.ledger import commands as c

    event = account.book(c.AccrueTo(), key="k", value_on=DAY, booked_on=DAY).event
    with store.writing(actor="test", ground="old program", at=NOON) as tx:
        tx.events.append([event])
        tx.loans.change(loan.after(account.state(), event.seq))
        tx.note(Note("test.booked"))
    with pytest.raises(UnknownRuleBook) as refused:
        loan_history(store, "L1", on=LATER)
    assert old.version in str(refused.value)
    assert "rules keep" in str(refused.value)


def test_a_printed_rule_book_is_kept_by_command(made, tmp_path, monkeypatch):
    import shutil

    from record_samples import KEY as KEYS

    db = tmp_path / "books.db"
    shutil.copy(made, db)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    printed = tmp_path / "old.json"
    old = stricter()
    printed.write_text(json.dumps({"version": old.version, **book_as_json(old)}), encoding="utf-8")
    run = CliRunner().invoke
    done = run(app, ["rules", "keep", str(printed), "--db", str(db)], catch_exceptions=False)
    assert (done.exit_code, old.version in done.output) == (0, True)
    again = run(app, ["rules", "keep", str(printed), "--db", str(db), "--lang", "zh"], catch_exceptions=False)
    assert "此前已存档" in again.output
