"""``postloan contact decide`` answers every line it is given, in order, with exit code 0."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LAWFUL = Path(__file__).parents[1] / "data/contact/lawful.jsonl"
LINES = [
    b'{"rule": "CN-FREQ-01", "event": {"kind": "call", "ctx": {"connected_today": 2}}, "expect": "allow"}',
    b'{"rule": "CN-HOURS-01", "event": {"kind": "call", "t": "2026-05-04T23:00"}}',
    b'{"rule": "CN-MON-01", "event": {"kind": "allocate", "amount": "5.00", "due": {"interest": "3.00"}}}',
    b'{"rule": "CN-FREQ-01", "event": {"kind": "call", "ctx": [1]}}',
    b'{"rule": "XX-NONE-01", "event": {"kind": "call"}}',
    b'{"event": {"kind": "call"}}',
    b"",
    b"{",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"rule": "CN-COND-03", "event": {"kind": "post_notice"}}',
]


def decide(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [str(Path(sys.executable).with_name("postloan")), "contact", "decide", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)


def test_every_line_gets_its_answer_whatever_it_holds():
    done = decide("-", "--only-rule", given=b"\n".join(LINES))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(LINES)
    assert [answer["answer"] for answer in answers] == [
        "allow",
        "refuse",
        {"interest": "3.00"},
        *["refuse"] * 8,
    ]
    assert answers[1] == {"answer": "refuse", "because": ["CN-HOURS-01"], "earliest": "2026-05-05T08:00"}
    assert ["error" in answer for answer in answers] == [False] * 3 + [True] * 7 + [False]


def test_packs_are_chosen_and_reasons_are_told_in_chinese(tmp_path):
    call = {"kind": "call", "t": "2026-05-04T21:30", "to": "debtor"}
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(call) + "\n", encoding="utf-8")
    everywhere = json.loads(decide(str(file), "--reasons", "--lang", "zh").stdout)
    at_home = json.loads(decide(str(file), "--packs", "cn,house").stdout)
    assert "US-HOURS-01" in everywhere["because"]
    assert not {rule for rule in at_home["because"] if rule[:2] not in ("CN", "HS")}
    assert any(reason.startswith("US-HOURS-01：") and "21:30" in reason for reason in everywhere["reasons"])


def test_the_lawful_contacts_are_allowed_by_all_packs(tmp_path):
    done = decide(str(LAWFUL))
    assert done.returncode == 0
    expected = [json.loads(line)["expect"] for line in LAWFUL.read_text(encoding="utf-8").splitlines()]
    assert [json.loads(line)["answer"] for line in done.stdout.splitlines()] == expected


def test_what_cannot_be_read_at_all_is_one_clear_error():
    for arguments in (["nowhere.jsonl"], ["-", "--packs", "mars"], ["-", "--folder", "nowhere"]):
        done = decide(*arguments)
        assert done.returncode == 2
        assert len(done.stderr.decode().strip().splitlines()) == 1
