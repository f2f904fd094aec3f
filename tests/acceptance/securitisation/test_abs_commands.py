from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deals import ABS, NPL, golden

FLOW = """date,balance,recovery,cost
2025-03-31,89000000.00,400000.00,50000.00
2025-04-30,88000000.00,900000.00,90000.00
"""
BONDS = [
    "date",
    "bond",
    "balance",
    "interest",
    "principal",
    "unpaid_interest",
    "unpaid_interest_on_interest",
    "factor",
]


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    (tmp_path / "deal.toml").write_text(NPL, encoding="utf-8")
    (tmp_path / "flow.csv").write_text(FLOW, encoding="utf-8")
    return tmp_path / "deal.toml"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_run_writes_the_tables_and_the_trace(postloan, deal: Path) -> None:
    out = deal.parent / "out"
    ran = postloan("abs", "run", deal, "--collections", deal.parent / "flow.csv", "--out", out)
    assert ran.code == 0
    assert "senior" in ran.out
    assert list(rows(out / "bonds.csv")[0]) == BONDS
    assert list(rows(out / "fees.csv")[0]) == ["date", "fee", "due", "paid", "unpaid"]
    assert list(rows(out / "accounts.csv")[0]) == ["date", "account", "paid_in", "paid_out", "balance"]
    trace = pq.read_table(out / "trace.parquet")
    assert trace.num_rows > 0
    assert {"day", "waterfall", "step", "to", "asked", "paid", "unpaid", "why"} <= set(trace.column_names)


def test_check_says_what_is_odd_in_both_languages_and_exits_1_when_it_blocks(postloan, deal: Path) -> None:
    assert postloan("abs", "check", deal).code == 0
    deal.write_text(NPL.replace('recovery = "cash"\n', "", 1), encoding="utf-8")
    ran = postloan("abs", "check", deal, "--lang", "zh")
    assert ran.code == 1
    assert "无账户接收" in ran.out


@pytest.mark.parametrize(
    ("argument", "says"),
    [("missing.toml", "cannot be read"), ("broken.toml", "line"), ("utf16.toml", "UTF-8")],
)
def test_a_deal_that_cannot_be_read_is_one_clear_error(
    postloan, tmp_path: Path, argument: str, says: str
) -> None:
    (tmp_path / "broken.toml").write_text("format = 1\n[dates\n", encoding="utf-8")
    (tmp_path / "utf16.toml").write_bytes("format = 1".encode("utf-16"))
    ran = postloan("abs", "check", tmp_path / argument)
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_a_flow_with_a_short_row_is_one_clear_error(postloan, deal: Path) -> None:
    (deal.parent / "flow.csv").write_text("date,recovery\n2025-03-31\n", encoding="utf-8")
    ran = postloan(
        "abs", "run", deal, "--collections", deal.parent / "flow.csv", "--out", deal.parent / "out"
    )
    assert ran.code == 2
    assert "row 2" in ran.err
    assert not (deal.parent / "out").exists()


@pytest.mark.parametrize("question", ["figures", "break-even", "cash-needed", "largest", "grid", "losses"])
def test_every_question_is_answered_for_people_and_machines(postloan, deal: Path, question: str) -> None:
    given = [
        "abs",
        "solve",
        deal,
        "--collections",
        deal.parent / "flow.csv",
        "--ask",
        question,
        "--scenarios",
        50,
    ]
    assert postloan(*given).out.strip()
    assert postloan(*given, "--json").json()


def test_an_unknown_question_names_those_that_can_be_asked(postloan, deal: Path) -> None:
    ran = postloan("abs", "solve", deal, "--collections", deal.parent / "flow.csv", "--ask", "why")
    assert ran.code == 2
    assert "break-even" in ran.err


def test_the_real_deals_are_shown_and_written(postloan, tmp_path: Path) -> None:
    assert len(postloan("abs", "deals", "--json", "--write", tmp_path).json()["outcomes"]) == 22
    assert len(list(tmp_path.glob("*.toml"))) == 13


@pytest.mark.real
@pytest.mark.skipif(
    not (ABS / "test01.out.json").is_file(), reason="the golden pairs are not at hand (POSTLOAN_DATA)"
)
def test_an_imported_request_runs_from_the_command_line(postloan, tmp_path: Path) -> None:
    request, answer = golden("test01")
    deal, flow, out = tmp_path / "deal.toml", tmp_path / "flow.csv", tmp_path / "out"
    (tmp_path / "request.json").write_text(request, encoding="utf-8")
    assert postloan("abs", "import-absbox", tmp_path / "request.json", "--out", deal).code == 0
    names = ["date", "balance", "principal", "interest", "prepayment", "default", "recovery", "loss"]
    lines = [row["contents"][:8] for row in answer["Right"][1]["PoolConsol"]["contents"][1]]
    flow.write_text("\n".join(",".join(map(str, row)) for row in [names, *lines]) + "\n", encoding="utf-8")
    assert postloan("abs", "run", deal, "--collections", flow, "--out", out).code == 0
    last = [row for row in rows(out / "bonds.csv") if row["bond"] == "B"][-1]
    assert (last["date"], last["balance"], last["principal"]) == ("2023-09-26", "13.49", "5.07")


def test_a_file_that_is_no_request_is_refused(postloan, tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text(
        json.dumps({"tag": "MDeal", "contents": {"name": "x"}}), encoding="utf-8"
    )
    ran = postloan("abs", "import-absbox", tmp_path / "request.json", "--out", tmp_path / "deal.toml")
    assert ran.code == 2
    assert "no request" in ran.err


@pytest.mark.parametrize(("lang", "says"), [("en", "Report of 2025-04-26"), ("zh", "2025-04-26 报告")])
def test_the_report_is_one_page_in_either_language(postloan, deal: Path, lang: str, says: str) -> None:
    page = deal.parent / "new" / "report.html"
    given = ("--collections", deal.parent / "flow.csv", "--out", page, "--on", "2025-04-30", "--lang", lang)
    ran = postloan("abs", "report", deal, *given)
    assert ran.code == 0
    assert says in ran.out
    assert "<svg" in page.read_text(encoding="utf-8") or "charts" in page.read_text(encoding="utf-8")


def test_two_structures_stand_side_by_side(postloan, deal: Path) -> None:
    other = deal.parent / "other.toml"
    text = NPL.replace('name = "Synthetic card pool"', 'name = "Smaller senior"', 1)
    other.write_text(text.replace('balance = "5000000.00"', 'balance = "4000000.00"', 1), encoding="utf-8")
    given = ("abs", "compare", deal, other, "--collections", deal.parent / "flow.csv")
    assert "-1,000,000.00" in postloan(*given).out
    assert set(postloan(*given, "--json").json()) == {"Synthetic card pool", "Smaller senior"}


def test_a_ledger_without_the_loans_of_the_pool_is_one_clear_error(postloan, tmp_path: Path) -> None:
    from lender import make_store

    store = make_store(tmp_path / "store.db")
    (tmp_path / "pool.txt").write_text("L9\n", encoding="utf-8")
    given = ("--since", "2026-03-02", "--until", "2026-05-31", "--out", tmp_path / "flow.csv", "--db", store)
    ran = postloan("abs", "receipts", *given, "--loans", tmp_path / "pool.txt")
    assert ran.code == 2
    assert "L9" in ran.err
    assert postloan("abs", "receipts", *given).code == 0
    assert (
        (tmp_path / "flow.csv")
        .read_text(encoding="utf-8")
        .startswith("date,balance,cost,recovery\n2026-03-31,0.00")
    )


def test_a_stress_on_the_command_line_takes_cash_away(postloan, deal: Path) -> None:
    given = ("abs", "run", deal, "--collections", deal.parent / "flow.csv", "--out")
    postloan(*given, deal.parent / "whole")
    postloan(*given, deal.parent / "half", "--less", "0.5")
    came = [
        sum(
            float(row["paid_in"])
            for row in rows(deal.parent / out / "accounts.csv")
            if row["account"] == "cash"
        )
        for out in ("whole", "half")
    ]
    assert came[1] < came[0]


def test_losses_over_the_scenarios_of_a_forecasts_table(postloan, deal: Path) -> None:
    flow = deal.parent / "scenarios.csv"
    days = ("2025-03-31", "2025-04-30", "2025-05-31")
    lines = [f"{n},{day},{n * 1_000_000}.00" for n in (1, 2, 3) for day in days]
    flow.write_text("\n".join(["scenario,date,recovery", *lines]) + "\n", encoding="utf-8")
    found = postloan("abs", "solve", deal, "--collections", flow, "--ask", "losses", "--json").json()
    assert found["scenarios"] == 3
    assert found["junior"]["mean"] >= found["senior"]["mean"] > 0
    assert postloan("abs", "solve", deal, "--collections", flow, "--ask", "figures").code == 0
    ran = postloan("abs", "run", deal, "--collections", flow, "--out", deal.parent / "out")
    assert ran.code == 2
    assert "many scenarios" in ran.err
