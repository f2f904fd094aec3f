"""Bad input to the books: refused or held in suspense with a clear word in both languages; nothing lost or doubled."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from night_book import bank_file
from record_samples import KEY

from postloan.adapters.records import open_store
from postloan.kernel import Money, Personal
from postloan.kernel.journal import Note
from postloan.ledger.store_people import Person
from postloan.ledger.store_records import IncomingPayment, PaymentState


@pytest.fixture
def books(lender):
    """The store of the lender, with names."""
    change(
        lender,
        lambda tx: tx.people.add_all([Person("B1", Personal("张小三")), Person("B2", Personal("李小四"))]),
    )
    return lender


def change(path, act):
    at = datetime.now(UTC) - timedelta(minutes=30)
    with (
        closing(open_store(str(path), environ=KEY)) as store,
        store.writing(actor="test", ground="set-up", at=at) as tx,
    ):
        act(tx)
        tx.note(Note("test.set_up"))


def seen(path):
    """What would change if anything was posted."""
    with closing(open_store(str(path), environ=KEY)) as store, store.reading() as tx:
        posted = tx.of(IncomingPayment).count(state=PaymentState.POSTED)
        return tx.events.count(), posted, [loan.owed for loan in tx.loans.find(order=("loan_id",))]


def row(today, amount, reference, loan_id="L1", **more):
    return {
        "交易日期": today.isoformat(),
        "交易流水号": reference,
        "交易金额": amount,
        "借据号": loan_id,
        **more,
    }


def refused(postloan, path, *arguments, en, zh):
    """The command is refused in one line, in each language, and nothing is changed."""
    before = seen(path)
    for lang, words in (("en", en), ("zh", zh)):
        said = postloan(*arguments, "--db", path, "--lang", lang)
        assert (said.code, len(said.lines)) == (2, 1), said
        assert words in said.err, said.err
    assert seen(path) == before


def waits(postloan, path, file, *, en, zh, code):
    """The file is taken, its row waits in suspense or is refused with a word in each language, no loan is touched."""
    before = seen(path)
    done = postloan("post", file, "--db", path, "--json")
    assert done.code == 0, done.err
    (one,) = done.json()["files"]
    assert code in {**one["suspended"], **one["refused"]}
    assert seen(path) == before
    if code in one["suspended"]:
        for lang, words in (("en", en), ("zh", zh)):
            assert words in "".join(
                postloan("post", "--suspense", "--db", path, "--lang", lang).out.split("\n")
            )


def test_a_payment_file_with_a_wrong_control_total(postloan, books, tmp_path, today):
    file = bank_file(tmp_path / "a.csv", row(today, "100", "R1"), total="100.01")
    refused(postloan, books, "post", file, en="100.01", zh="整份文件未入账")
    other = bank_file(tmp_path / "b.csv", row(today, "100", "R1"))
    refused(postloan, books, "post", other, "--control-total", "99", en="99", zh="整份文件未入账")


def test_yesterdays_file_under_a_new_name(postloan, books, tmp_path, today):
    rows = row(today, "100", "R1"), row(today, "50", "R2", "L2")
    assert postloan("post", bank_file(tmp_path / "a.csv", *rows), "--db", books).code == 0
    renamed = bank_file(tmp_path / "b.csv", *reversed(rows))
    refused(postloan, books, "post", renamed, en="payments that were taken already", zh="此前已入账")


@pytest.mark.parametrize(("amount", "code"), [("0", "zero"), ("-100", "negative")])
def test_negative_and_zero_amounts(postloan, books, tmp_path, today, amount, code):
    file = bank_file(tmp_path / "a.csv", row(today, amount, "R1"))
    waits(postloan, books, file, en="", zh="", code=code)
    words = {"zero": ("the amount is zero", "金额为零"), "negative": ("money went out", "款项为支出")}[code]
    for number, (lang, said) in enumerate(zip(("en", "zh"), words, strict=True)):
        again = bank_file(tmp_path / f"{lang}.csv", row(today, amount, f"S{number}"))
        assert said in postloan("post", again, "--db", books, "--lang", lang).out


def test_a_payment_to_a_closed_loan(postloan, books, tmp_path, today):
    whole = postloan("ledger", "show", "L1", "--db", books, "--json").json()["state"]["owed"]
    owed = sum(Decimal(amount) for amount in whole.values())
    assert (
        postloan("post", bank_file(tmp_path / "a.csv", row(today, f"{owed:.2f}", "R1")), "--db", books).code
        == 0
    )
    late = bank_file(tmp_path / "b.csv", row(today, "10", "R2"))
    waits(postloan, books, late, en="nothing is owed on the loan any more", zh="该贷款已结清", code="closed")


def test_a_payment_to_a_sold_loan(postloan, books, tmp_path, today):
    for step in (
        (
            "request",
            "sell",
            "L1",
            "--buyer",
            "甲资产管理公司",
            "--price",
            "100",
            "--reason",
            "package 1",
            "--by",
            "olga",
        ),
        ("grant", "1", "--authority", "§ 4", "--reason", "approved", "--by", "cho"),
        ("do", "1", "--by", "olga"),
    ):
        done = postloan("approve", *step, "--db", books)
        assert done.code == 0, done.err
    file = bank_file(tmp_path / "a.csv", row(today, "10", "R1"))
    waits(postloan, books, file, en="the claim was sold", zh="债权已转让", code="sold")


def test_a_payer_with_a_similar_name(postloan, books, tmp_path, today):
    file = bank_file(tmp_path / "a.csv", row(today, "10", "R1", "", 付款人="王某（代张小三）", 摘要="还款"))
    waits(postloan, books, file, en="only resembles a borrower's", zh="仅部分相同", code="similar_name")


def test_a_date_in_the_future(postloan, books, tmp_path, today):
    file = bank_file(tmp_path / "a.csv", row(today + timedelta(days=1), "10", "R1"))
    waits(postloan, books, file, en="lies in the future", zh="晚于记账日", code="in_future")


def test_a_night_before_the_last_one_that_touched_the_loan(postloan, books, tmp_path, today):
    assert postloan("post", bank_file(tmp_path / "a.csv", row(today, "10", "R1")), "--db", books).code == 0
    before = seen(books)
    day = today - timedelta(days=1)
    done = postloan(
        "post", bank_file(tmp_path / "b.csv", row(day, "10", "R2")), "--db", books, "--on", day, "--json"
    )
    assert list(done.json()["files"][0]["suspended"]) == ["clock_went_back"]
    assert seen(books) == before
    assert "已有晚于本次记账日的业务" in postloan(
        "post", "--suspense", "--db", books, "--lang", "zh"
    ).out.replace("\n", "")


def test_a_clock_that_goes_backwards(postloan, books, tmp_path, today, monkeypatch):
    import postloan.cli.store as faces

    monkeypatch.setattr(faces, "now", lambda: datetime.now(UTC) - timedelta(days=2))
    file = bank_file(tmp_path / "a.csv", row(today, "10", "R1"))
    refused(postloan, books, "post", file, en="The clock says", zh="请校准时钟")


def test_a_checker_who_is_the_maker(postloan, books):
    asked = ("request", "waive", "L1", "--interest", "10", "--reason", "hardship", "--by", "ann")
    assert postloan("approve", *asked, "--db", books).code == 0
    for lang, words in (("en", "somebody else decides"), ("zh", "须由他人审批")):
        grant = ("grant", "1", "--authority", "§ 4", "--reason", "mine", "--by", "ann")
        said = postloan("approve", *grant, "--db", books, "--lang", lang)
        assert said.code != 0
        assert words in (said.out + said.err)
    with closing(open_store(str(books), environ=KEY)) as store, store.reading() as tx:
        assert tx.loans.get("L1").owed.interest == Money(30_000)


def test_a_database_that_is_full(postloan, books, tmp_path, today, monkeypatch):
    with closing(sqlite3.connect(books)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    from postloan.adapters.records import opening

    made = opening.connect

    def small(address, *, wait_s):
        engine = made(address, wait_s=wait_s)

        @sa.event.listens_for(engine, "checkout")
        def limit(connection, *_):
            connection.execute(f"PRAGMA max_page_count={pages + 4}").close()

        return engine

    many = [row(today, "0.01", f"R{number}", 摘要="还" * 200) for number in range(300)]
    file = bank_file(tmp_path / "a.csv", *many)
    with monkeypatch.context() as patch:
        patch.setattr(opening, "connect", small)
        refused(postloan, books, "post", file, en="full", zh="空间")
    assert postloan("post", file, "--db", books).code == 0
    assert seen(books)[1] == 300


def test_a_database_that_goes_away(postloan, books, tmp_path, today, monkeypatch):
    from postloan.workflows import posting_night

    made = posting_night.Night.post

    def vanish(self, lines):
        made(self, lines)
        books.rename(tmp_path / "away.db")

    file = bank_file(tmp_path / "a.csv", row(today, "10", "R1"))
    before = seen(books)
    with monkeypatch.context() as patch:
        patch.setattr(posting_night.Night, "post", vanish)
        said = postloan("post", file, "--db", books)
    assert said.code == 2
    assert len(said.lines) == 1
    (tmp_path / "away.db").rename(books)
    assert seen(books) == before
    assert postloan("post", file, "--db", books).code == 0
    assert seen(books)[1] == 1
