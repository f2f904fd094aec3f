"""The sellers of the published notices are recognised by their names alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from postloan.decide.parties import guess_party, party_types

DATA = Path(os.environ.get("POSTLOAN_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")


@pytest.mark.real
def test_every_seller_of_a_notice_gets_the_type_that_the_notice_gives_it():
    path = DATA / "announcements" / "announcements.jsonl"
    if not path.exists():
        pytest.skip("the published notices are not on this machine; set POSTLOAN_DATA")
    notices = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wrong = {
        (notice["seller"], notice["seller_type"])
        for notice in notices
        if notice["seller_type"]
        and party_types()[guess_party(notice["seller"]).kind].terms["zh"] != notice["seller_type"]
    }
    assert not wrong
