from __future__ import annotations

from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from night_book import NIGHT, at, options
from night_ties import hold_the_books_together

from postloan.bootstrap import posting_tools, records
from postloan.kernel import Money
from postloan.ledger.payment_file import ControlTotalDiffers
from postloan.synth.nights import nights, write_night
from postloan.workflows.morning import morning
from postloan.workflows.night import keep_books
from postloan.workflows.posting import post_files
from postloan.workflows.posting_parts import RepeatedFile

OPENING = Money.yuan("9876543.21")
REFUSALS = {"repeated": RepeatedFile, "control": ControlTotalDiffers}


def test_a_month_of_nights_posts_as_planned_and_the_books_tie_every_morning(place):
    loans, people = (pq.read_table(place.tape / f"{name}.parquet") for name in ("loans", "borrowers"))
    seen = set()
    with records(place.db) as store, posting_tools() as ours:
        for file in nights(loans, people, first=NIGHT, days=30, each=12, seed=11):
            path = write_night(file, place.folder)
            if file.refused:
                with pytest.raises(REFUSALS[file.refused]):
                    post_files([path], options(file.on), ours, store)
                seen.add(file.refused)
                continue
            (done,) = post_files([path], options(file.on), ours, store)
            came_to = {why: one.amount for why, one in {**done.tally.suspended, **done.tally.refused}.items()}
            came_to["posted"] = done.tally.posted.amount
            if done.tally.reversed.rows:
                came_to["reversed"] = done.tally.reversed.amount
            assert came_to == file.expected(), file.name
            assert done.tally.whole.amount == file.amount
            assert post_files([path], options(file.on), ours, store)[0].again
            seen |= set(came_to)
            keep_books(store, on=file.on, by="tester", at=at(file.on))
            hold_the_books_together(store, OPENING)
            came = morning(store, on=file.on + timedelta(days=1)).came_in
            assert (came.on, came.amount) == (
                file.on, came.posted_amount + came.suspended_amount + came.refused_amount,
            )  # fmt: skip
            assert (came.rows, came.amount) == (len(file.rows), file.amount)
            assert (came.refused_rows, came.refused_amount) == (
                done.tally.all_refused.rows, done.tally.all_refused.amount,
            )  # fmt: skip
    assert seen >= {
        "posted", "reversed", "zero", "negative", "unknown_loan", "unknown_contract", "hints_differ", "in_future",
        "before_opening", "no_hint", "similar_name", "duplicate", "unknown_payment", "repeated", "control",
    }  # fmt: skip
