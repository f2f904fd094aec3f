"""``postloan letters`` and ``postloan track``: from a list to paper, from events to effects, to a signed pack."""

from __future__ import annotations

import json
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples/letters"


def _print(postloan, tmp_path, *more, template="demand", letters=EXAMPLES / "letters.csv"):
    return postloan(
        "letters", "print", letters, "--template", template, "--sender", EXAMPLES / "sender.yaml",
        "--out", tmp_path / "out", "--key", tmp_path / "letters.key", "--on", "2026-03-02", "--workers", "1", *more,
    )  # fmt: skip


def test_from_a_list_of_letters_to_a_pack_that_can_be_checked(postloan, tmp_path):
    assert _print(postloan, tmp_path, "--json").json()["letters"] == 3
    events = EXAMPLES / "events.csv"
    told = postloan(
        "track", "letters", events, "--batch", tmp_path / "out", "--on", "2026-03-20", "--json"
    ).json()
    effects = {one["letter_no"]: one["brought"]["found"]["effect"] for one in told["letters"]}
    assert effects == {"LT2026-0001": "arrived", "LT2026-0002": "not_arrived", "LT2026-0003": "arrived"}
    assert told["strangers"] == {"LT9999-0009": 1}
    assert (told["twice"], told["unread"]) == (1, 1)
    soon = postloan(
        "track", "limitation", EXAMPLES / "claims.csv", "--events", events, "--batch", tmp_path / "out",
        "--on", "2026-03-20", "--json",
    ).json()  # fmt: skip
    # Without its return slip the demand of A1 is not proved; the card's counts from its dispatch.
    assert [one["loan_id"] for one in soon["expiring"]] == ["A1"]
    pack, key = tmp_path / "pack.zip", tmp_path / "evidence.pem"
    made = postloan(
        "letters", "evidence", "LT2026-0001", "--batch", tmp_path / "out", "--events", events, "--out", pack,
        "--key", key, "--on", "2026-03-20",
    )  # fmt: skip
    assert made.code == 0
    assert "outcome_proof" in made.out
    assert postloan("letters", "verify", pack, "--key", f"{key}.pub", "--json").json()["trusted"]
    pack.write_bytes(pack.read_bytes().replace(b"LT2026-0001", b"LT2026-0007", 1))
    refused = postloan("letters", "verify", pack)
    assert refused.code == 2
    assert len(refused.lines) == 1


def test_the_code_on_a_letter_is_told_from_a_forged_one(postloan, tmp_path):
    _print(postloan, tmp_path)
    first = (tmp_path / "out/contents-0001.jsonl").read_text(encoding="utf-8").splitlines()[0]
    code = json.loads(first)["url"].rpartition("/")[2]
    genuine = postloan("letters", "genuine", code, "--key", tmp_path / "letters.key", "--json").json()
    assert genuine == {"letter_no": "LT2026-0003", "genuine": True}
    forged = postloan("letters", "genuine", code.replace("0003", "0004"), "--key", tmp_path / "letters.key")
    assert forged.code == 2
    assert "Do not pay" in forged.err


def test_what_cannot_be_printed_is_refused_in_one_line(postloan, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "kind: demand\ntitle: t\nitem: i\ndemands: true\nbody: [{text: '{debt}'}]\nclosing: {by: lender}\n"
    )
    for more in (
        {"template": "ransom"},
        {"template": str(mine)},
        {"template": "lawyer"},
        {"template": "plan"},
        {"letters": tmp_path / "none.csv"},
    ):
        ran = _print(postloan, tmp_path, **more)
        assert ran.code == 2, more
        assert len(ran.lines) == 1
        assert not list((tmp_path / "out").glob("*.pdf"))


def test_templates_are_listed_with_their_versions(postloan):
    found = postloan("letters", "templates", "--json", "--on", "2026-03-02").json()
    assert len(found) == 8
    assert all(len(one["version"]) == 16 for one in found)


def test_an_effect_is_told_with_its_rule_and_service_never(postloan):
    said = postloan("track", "effect", "refused", "--address", "repaired", "--on", "2026-03-02")
    assert "disputable" in said.out
    assert "CN-LTR-06" in said.out
    served = postloan("track", "effect", "served", "--lang", "zh")
    assert served.code == 2
