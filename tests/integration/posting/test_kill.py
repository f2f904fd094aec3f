from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import random
from pathlib import Path

import pytest
from night_book import NIGHT, bank_file, options
from night_killed import post_all
from night_ties import hold_the_books_together

from postloan.adapters.records import StoreGone
from postloan.bootstrap import posting_tools, records
from postloan.kernel import Money
from postloan.ledger.store_records import IncomingPayment
from postloan.workflows import posting
from postloan.workflows.posting import post_files

OPENING = Money.yuan("9876543.21")
ROUNDS = 12
FILES, ROWS = 30, 60


def files(folder):
    """Files of payments with references R0, R1, … on the loans in turn."""
    made = []
    for number in range(FILES):
        rows = [
            {
                "交易日期": NIGHT.isoformat(), "交易流水号": f"R{number * ROWS + place}", "交易金额": "1.00",
                "借据号": f"L{(number * 7 + place) % 300 + 1:08d}", "付款人": f"付款人{place}",
            }
            for place in range(ROWS)
        ]  # fmt: skip
        made.append(str(bank_file(folder / f"f{number}.csv", *rows, total=f"{ROWS}.00")))
    return made


def posted(db):
    with records(db) as store, store.reading() as tx:
        return tx.of(IncomingPayment).count()


def test_killed_at_any_moment_nothing_is_lost_or_doubled(anywhere):
    paths = files(anywhere.folder)
    key = os.environ.get("POSTLOAN_KEY", "")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["night_killed", "postloan.adapters.records", "postloan.workflows.posting"]
    )
    dice = random.Random(5)
    before = inside = 0
    for _ in range(ROUNDS):
        ours, theirs = context.Pipe(duplex=False)
        left = paths[before // ROWS :]
        child = context.Process(target=post_all, args=(anywhere.db, left, key, theirs))
        child.start()
        theirs.close()
        for _ in range(dice.randint(1, 2)):
            if ours.recv() == "done":
                break
        # Some way into a file: it ends earlier only if the child does.
        multiprocessing.connection.wait([child.sentinel], timeout=dice.random() * 0.5)
        child.kill()
        child.join()
        ours.close()
        now = posted(anywhere.db)
        assert now % ROWS == 0  # a file is there whole or not at all
        assert now >= before
        inside += now < len(paths) * ROWS
        before = now
    assert inside >= ROUNDS // 2, "the files were posted before most of the kills"
    with records(anywhere.db) as store, posting_tools() as tools:
        post_files([Path(path) for path in paths], options(NIGHT), tools, store)
        with store.reading() as tx:
            references = sorted(one.reference for one in tx.of(IncomingPayment).find())
        assert references == sorted(f"R{number}" for number in range(FILES * ROWS))
        hold_the_books_together(store, OPENING)


def test_a_database_that_goes_away_in_the_middle_gives_one_error_and_the_file_can_be_posted_again(
    server, made, on_postgres, tmp_path, monkeypatch
):
    monkeypatch.setenv("POSTLOAN_KEY", on_postgres)
    db = server.url(template="night_opened")
    paths = [Path(path) for path in files(tmp_path)[:2]]
    with records(db) as store, posting_tools() as tools:
        post_files(paths[:1], options(NIGHT), tools, store)
        with monkeypatch.context() as patch:
            # The rows of the second file are booked, nothing is committed yet. The server drops everybody but
            # keeps what was committed: it runs without fsync, so an immediate stop could lose that too.
            patch.setattr(posting, "post_back", lambda night, lines: server.stop("fast"))
            with pytest.raises(StoreGone, match="nothing is doubled"):
                post_files(paths[1:], options(NIGHT), tools, store)
    server.start()
    assert posted(db) == ROWS
    with records(db) as store, posting_tools() as tools:
        done = post_files(paths, options(NIGHT), tools, store)
        assert [one.again for one in done] == [True, False]
        hold_the_books_together(store, OPENING)
    server.drop(db)


def test_a_store_that_vanishes_in_the_middle_gives_one_error(place, monkeypatch):
    path = Path(files(place.folder)[0])
    db, kept = Path(place.db), place.folder / "kept.db"

    def vanish(night, lines):
        db.rename(kept)

    with records(place.db) as store, posting_tools() as tools:
        with monkeypatch.context() as patch:
            patch.setattr(posting, "post_back", vanish)
            with pytest.raises(StoreGone):
                post_files([path], options(NIGHT), tools, store)
        kept.rename(db)
    assert posted(place.db) == 0
