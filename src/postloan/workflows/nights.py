"""A month of nightly bank files for a synthetic tape, with a plan of what must become of every row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from postloan.kernel import PostloanError
from postloan.synth.nights import NightFile, nights, write_night
from postloan.workflows.taking_in import TapeOptions, read_label, type_source
from postloan.workflows.tools import Tools

PLAN = "plan.json"
"""The file that says what must become of the nights' rows."""
_LOANS = ("loan_id", "borrower_id", "contract_no", "principal", "interest", "fees", "cutoff_on")


class NotSynthetic(PostloanError):
    """{path} is not a synthetic tape, and nobody invents payments of real people.

    Make one with `postloan synth NOTICE --out DIR` or `postloan demo`.
    """

    zh = (
        "{path} 不是合成数据，不得为真实借款人编造还款。"
        "请先用 `postloan synth 公告 --out 目录` 或 `postloan demo` 生成合成数据。"
    )


class NoNights(PostloanError):
    """{path} is too small or too bare for nights of payments: {why}.

    Give a synthetic tape with at least two loans, contract numbers, names and a cut-off date.
    """

    zh = "{path} 不足以生成夜间流水：{why}。请提供至少两笔贷款，且含合同号、姓名与基准日的合成数据。"


@dataclass(frozen=True, slots=True)
class NightsMade:
    """The nights that were written. first: the first night. files: in order. plan: what must become of them."""

    first: date
    files: tuple[NightFile, ...]
    plan: Path


def make_nights(
    tape: Path, out: Path, tools: Tools, *, first: date | None, days: int, each: int, seed: int
) -> NightsMade:
    """Write bank files for some nights in a row, and the plan beside them.

    first: the first night; the day after the tape's cut-off date if None. each: payments a night, faults besides.

    Raises:
        NotSynthetic, NoNights: nothing was written. Others as the tape is read.
    """
    if not read_label(tape).get("synthetic"):
        raise NotSynthetic(path=tape)
    typed = type_source(tape, TapeOptions(), tools).tables
    engine = tools.engine
    missing = [name for name in _LOANS if name not in engine.columns("typed_loans")]
    if missing or "borrowers" not in typed:
        raise NoNights(path=tape, why=f"there is no {', '.join(missing) or 'table of borrowers'}")
    loans = engine.arrow(
        f"SELECT {', '.join(_LOANS)} FROM typed_loans"
        " WHERE loan_id IS NOT NULL AND borrower_id IS NOT NULL AND contract_no IS NOT NULL AND principal IS NOT NULL"
        " AND cutoff_on IS NOT NULL ORDER BY row"
    )
    people = engine.arrow("SELECT borrower_id, name FROM typed_borrowers WHERE name IS NOT NULL ORDER BY row")
    if loans.num_rows < 2 or not people.num_rows:
        raise NoNights(path=tape, why=f"it has {loans.num_rows} usable loans and {people.num_rows} names")
    begin = first or max(loans["cutoff_on"].to_pylist()) + timedelta(days=1)
    with tools.stage("nights", "Writing nights…", "正在生成夜间流水……"):
        out.mkdir(parents=True, exist_ok=True)
        made = tuple(nights(loans, people, first=begin, days=days, each=each, seed=seed))
        for file in made:
            write_night(file, out)
        plan = out / PLAN
        plan.write_text(
            json.dumps([planned(file) for file in made], ensure_ascii=False, indent=1) + "\n",
            encoding="utf-8",
        )
    return NightsMade(begin, made, plan)


def planned(file: NightFile) -> dict[str, object]:
    """What must become of a file, as JSON values; amounts in yuan. refused: why, where the whole file must be."""
    expected = {} if file.refused else file.expected()
    return {
        "file": file.name, "night": file.on.isoformat(), "rows": len(file.rows), "amount": str(file.amount.as_yuan),
        "refused": file.refused,
        "expected": {why: str(amount.as_yuan) for why, amount in sorted(expected.items())},
    }  # fmt: skip
