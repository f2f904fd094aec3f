"""``postloan journal``: the journal of a store is shown and checked from the command line, in both languages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from record_samples import BY, KEY, loan, opened

from postloan.adapters.records import open_store
from postloan.kernel.journal import Note


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "books.db"
    with closing(open_store(str(path), create=True)) as store:
        for i in (1, 2):
            with store.writing(**BY) as tx:
                tx.loans.add(loan(i))
                tx.events.append([opened(i)])
                tx.note(Note("loan.opened", subject=f"L{i}", reference="P-1"))
    return path


def tamper(db: Path, statement: str) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)


def test_a_whole_journal_is_said_to_hold(postloan, db):
    for lang, word in (("en", "The journal holds: 4 entries"), ("zh", "日志完整：共 4 条")):
        ran = postloan("journal", "verify", "--db", db, "--lang", lang)
        assert (ran.code, ran.err) == (0, "")
        assert word in ran.out
    assert postloan("journal", "verify", "--db", f"sqlite:///{db}", "--quiet").out == ""


def test_a_head_noted_earlier_is_found_again(postloan, db):
    head = postloan("journal", "verify", "--db", db, "--json").json()["head"]
    assert head.startswith("4:")
    assert postloan("journal", "verify", "--db", db, "--head", head).code == 0
    other = postloan("journal", "verify", "--db", db, "--head", "4:" + "0" * 64, "--json")
    assert (other.code, other.json()["whole"]) == (1, False)
    longer = postloan("journal", "verify", "--db", db, "--head", "9" + head[1:])
    assert longer.code == 1
    assert "ends before its known head 9" in longer.out


def test_a_changed_entry_and_a_changed_event_are_named(postloan, db):
    tamper(db, "UPDATE journal SET actor = 'nobody' WHERE no = 3")
    tamper(db, "UPDATE events SET grade = 'normal' WHERE loan_id = 'L1'")
    ran = postloan("journal", "verify", "--db", db)
    assert ran.code == 1
    assert "BROKEN: entry 3 was changed after it was sealed." in ran.out
    assert "BROKEN: the ledger events sealed by entry 2 were changed" in ran.out
    chinese = postloan("journal", "verify", "--db", db, "--lang", "zh")
    assert "不一致：第 3 条在封存后被改动。" in chinese.out
    told = postloan("journal", "verify", "--db", db, "--json").json()
    assert {(one["no"], one["how"]) for one in told["breaks"]} == {(3, "changed"), (2, "other_events")}


def test_the_last_entries_are_shown(postloan, db):
    shown = postloan("journal", "show", "--db", db, "--subject", "L2")
    assert "loan.opened" in shown.out
    assert "L1" not in shown.out
    entries = postloan("journal", "show", "--db", db, "--json", "--limit", 3).json()
    assert [entry["no"] for entry in entries] == [4, 3, 2]


@pytest.mark.parametrize("arguments", [
    ("verify", "--db", "none.db"), ("verify", "--db", "{db}", "--head", "17"), ("verify", "--db", "mysql://h/d"),
    ("show", "--db", "none.db"),
])  # fmt: skip
def test_what_cannot_be_checked_is_one_clear_line(postloan, db, arguments):
    ran = postloan("journal", *(argument.format(db=db) for argument in arguments))
    assert ran.code == 2
    assert len(ran.lines) == 1


def test_a_wrong_key_is_told(postloan, db, monkeypatch):
    monkeypatch.setenv("POSTLOAN_KEY", "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=")
    ran = postloan("journal", "verify", "--db", db)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "not the one that the store was made with" in ran.err
