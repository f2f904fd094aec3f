from __future__ import annotations

import pytest

LOANS = """借据号,客户号,未偿本金,未偿利息,本息合计,产品,逾期起始日,逾期天数,交易基准日,五级分类
L1,B1,10000.00,812.34,10812.34,消费贷款,2024-06-10,385,2025-06-30,损失
L2,B1,12000.00,100.00,12100.00,消费贷款,2024-06-01,394,2025-06-30,损失
L3,B2,-5.00,100.00,95.00,消费贷款,2024-06-01,394,2025-06-30,损失
L4,B3,9000.00,50.00,9050.00,消费贷款,2024-06-01,12,2025-06-30,损失
"""


@pytest.fixture
def tape(tmp_path):
    (tmp_path / "loans.csv").write_text(LOANS, encoding="utf-8")
    return tmp_path / "loans.csv"


def test_checking_a_tape_with_errors_ends_with_1_and_says_what_and_where(postloan, tape, tmp_path):
    done = postloan("tape", "check", tape, "--out", tmp_path / "checked")
    assert done.code == 1, done.err
    assert "T031" in done.out
    assert "T052" in done.out
    assert "4 loans on 2025-06-30, 2 in quarantine" in done.out
    left = {path.name for path in (tmp_path / "checked").iterdir()}
    assert left == {"loans.parquet", "borrowers.parquet", "findings.parquet", "finding_counts.parquet",
                    "field_quality.parquet"}  # fmt: skip


def test_checking_as_json_gives_exact_counts_and_nothing_else_on_stdout(postloan, tape):
    done = postloan("tape", "check", tape, "--json")
    said = done.json()
    assert {(c["code"], c["field"], c["rows"]) for c in said["counts"]} >= {
        ("T031", "principal", 1), ("T052", "days_overdue", 1),
    }  # fmt: skip
    assert (said["loans"], said["quarantined"]) == (4, 2)


def test_proposed_mendings_are_done_only_when_approved(postloan, tape, tmp_path):
    proposed = tmp_path / "mending.yaml"
    postloan("tape", "check", tape, "--propose", proposed)
    assert "rule: days_from_dates" in proposed.read_text(encoding="utf-8")
    unapproved = postloan("tape", "check", tape, "--mend", proposed, "--json")
    assert unapproved.json()["quarantined"] == 2
    text = proposed.read_text(encoding="utf-8").replace("approved: false", "approved: true")
    proposed.write_text(text, encoding="utf-8")
    approved = postloan("tape", "check", tape, "--mend", proposed, "--json")
    said = approved.json()
    assert said["quarantined"] == 1
    assert "T097" in {c["code"] for c in said["counts"]}
    assert tape.read_text(encoding="utf-8") == LOANS


def test_two_versions_are_compared_in_both_languages(postloan, tape, tmp_path):
    (tmp_path / "new").mkdir()
    new = tmp_path / "new" / "loans.csv"
    new.write_text(LOANS.replace("L2,B1,12000.00", "L2,B1,11000.00").replace("L4,", "L5,"), encoding="utf-8")
    english = postloan("tape", "diff", tape, new)
    assert english.code == 0, english.err
    assert "1 added, 1 removed, 1 changed" in english.out
    assert "-1,000.00" in english.out
    chinese = postloan("tape", "diff", tape, new, "--lang", "zh")
    assert "新增 1，删除 1，变更 1" in chinese.out
    found = postloan("tape", "diff", tape, new, "--json").json()
    assert found["tables"][0]["totals"]["principal"]["moved"] == -1000


def test_a_mapping_can_be_drafted_and_used(postloan, tape, tmp_path):
    draft = tmp_path / "mapping.yaml"
    assert postloan("tape", "map", tape, "--out", draft).code == 0
    assert "未偿本金" in draft.read_text(encoding="utf-8")
    assert postloan("tape", "check", tape, "--mapping", draft, "--json").code == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("check", "no_such_folder"), "no_such_folder"),
        (("check", "loans.csv", "--mend", "loans.csv"), "mending"),
        (("check", "loans.csv", "--cutoff", "yesterday"), "yesterday"),
        (("diff", "loans.csv", "nothing.csv"), "nothing.csv"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_one_clear_line(postloan, tape, arguments, word, monkeypatch):
    monkeypatch.chdir(tape.parent)
    done = postloan("tape", *arguments)
    assert done.code == 2, done.err
    assert word in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert "Traceback" not in done.err
