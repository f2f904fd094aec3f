"""The collection of published notices, where it is at hand: the reader agrees with the given facts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from postloan.market import KEYS, Notice, read_notice, write_html

BESIDE = Path(__file__).resolve().parents[3].parent / "shared" / "data"
FOLDER = Path(os.environ.get("POSTLOAN_DATA") or BESIDE) / "announcements"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (FOLDER / "announcements.jsonl").is_file(), reason="no announcements; set POSTLOAN_DATA"
    ),
]


def collection() -> list[Notice]:
    lines = (FOLDER / "announcements.jsonl").read_text(encoding="utf-8").splitlines()
    return [Notice.loads(line) for line in lines]


def test_the_json_of_the_collection_comes_back_byte_for_byte() -> None:
    lines = (FOLDER / "announcements.jsonl").read_text(encoding="utf-8").splitlines()
    assert [Notice.loads(line).dumps() for line in lines] == lines


def test_every_notice_of_the_collection_is_read_as_given() -> None:
    for want in collection():
        text = (FOLDER / f"{want.id}.txt").read_text(encoding="utf-8")
        assert read_notice(text, name=want.id).to_json() == want.to_json(), want.id


def test_every_notice_of_the_collection_survives_being_written_and_read_again() -> None:
    # The page says neither its source nor that its facts came from the press, and prints counts with commas.
    for want in collection():
        read = read_notice(write_html(want, template="old"), name=want.id).to_json()
        given = want.to_json()
        facts = [
            key for key in KEYS if key not in ("text_form", "as_reported", "tolerance", "source", "checks")
        ]
        assert {key: read[key] for key in facts} == {key: given[key] for key in facts}, want.id
