"""``postloan close``: a settled debt ended well, with its certificate; and what the credit bureau must be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption, actor, now, opened

if TYPE_CHECKING:
    from postloan.ledger.closing import BureauReport
    from postloan.workflows.closing import ClosedDebt

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Close settled debts; tell the credit bureau (结清).",
)


@app.callback()
def _close() -> None:
    """Close settled debts; tell the credit bureau (结清)."""


@app.command("list")
def list_settled(
    db: DbOption = STORE,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the loans on which nothing is owed and that were not closed yet, and closed ones that are owed again."""
    from postloan.workflows.closing import owed_again, settled_and_open

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records, records.reading() as tx:
        found, again = settled_and_open(tx), owed_again(tx)
    if json:
        screen.json({"settled": found, "owed_again": again})
        return
    screen.say(f"{len(found):,} settled loans wait to be closed.", f"{len(found):,} 笔已还清贷款待办理结清。")
    for loan_id in found:
        screen.say(f"  {loan_id}")
    if again:
        shown = ", ".join(again)
        screen.say(f"Closed, but owed again: {shown}.", f"已办理结清但重新产生欠款：{shown}。")


@app.command("loan")
def close_loan(
    loan: Annotated[str, typer.Argument(metavar="LOAN", help="The loan's number.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Also leave the certificate here: LOAN.pdf names the debtor, LOAN.json is masked.")] = None,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Close a settled debt: certificate, bureau, retention, no contact any more. Twice changes nothing."""
    from postloan.workflows.as_json import as_json
    from postloan.workflows.closing import close_debt

    screen, at, who = Screen(lang, json=json, quiet=quiet), now(), actor(by)
    with opened(db, screen) as records:
        done = close_debt(records, loan, by=who, at=at)
        plain = {**as_json(done), "owed_in_all": as_json(done.statement.owed_in_all)}
        if out is not None:
            from postloan.workflows.closing import certificate

            _leave(out, loan, certificate(records, loan, by=who, at=at), plain)
    if json:
        screen.json(plain)
        return
    _said(done, screen)


@app.command("reopen")
def reopen(
    loan: Annotated[str, typer.Argument(metavar="LOAN", help="The loan's number.")],
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Open a closed debt again on which a bounced payment left something owed."""
    from postloan.workflows.closing import reopen_debt

    screen = Screen(lang, quiet=quiet)
    with opened(db, screen) as records:
        held = reopen_debt(records, loan, by=actor(by), at=now())
    screen.say(
        f"Loan {loan} is open again; {held} holds released.", f"贷款 {loan} 已恢复，解除停止联系 {held} 项。"
    )


@app.command("bureau")
def bureau(
    told: Annotated[
        bool, typer.Option("--told", help="Note that the bureau has been told all of these.")
    ] = False,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List what the credit bureau must be told: settled accounts, and month ends reported wrongly."""
    from postloan.workflows.as_json import as_json
    from postloan.workflows.closing import bureau_list, reported

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        found = bureau_list(records)
        if told and found:
            reported(records, [one.loan_id for one in found], by=actor(by), at=now())
    if json:
        screen.json([as_json(one) for one in found])
        return
    heads = screen.text("Loan|Settled on|Change|Corrections|Negative until", "贷款编号|结清日|变更|更正|不良信息保存至").split("|")  # fmt: skip
    screen.table(screen.text("For the credit bureau", "征信报送"), heads, [_row(one) for one in found])


def _row(one: BureauReport) -> tuple[object, ...]:
    changes = "\n".join(f"{name} {value}" for name, value in one.changes)
    wrong = "\n".join(
        f"{c.month_end}: {c.then_overdue} → {c.now_overdue} d, {c.then_due} → {c.now_due}"
        for c in one.corrections
    )
    return one.loan_id, one.settled_on, changes, wrong or "—", one.negative_until


def _leave(out: Path, loan: str, paper: object, plain: object) -> None:
    """The certificate as PDF in clear, and everything as JSON, masked."""
    import json
    from typing import Any, cast

    from postloan.adapters.documents import pdf
    from postloan.adapters.files_whole import make_folder, write_text
    from postloan.adapters.notice_files import folder_name
    from postloan.ledger.closing_paper import typst_source

    make_folder(out)
    name = folder_name(loan)
    pdf(typst_source(), cast("dict[str, Any]", paper), out / f"{name}.pdf")
    write_text(out / f"{name}.json", json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def _said(done: ClosedDebt, screen: Screen) -> None:
    closing, ended = done.closing, done.statement
    again = screen.text(" (closed before)", "（此前已办理）") if done.again else ""
    screen.say(
        f"Loan {closing.loan_id} is closed{again}: settled on {ended.settled_on}, certificate {closing.certificate}.",
        f"贷款 {closing.loan_id} 已办理结清{again}：结清日 {ended.settled_on}，结清证明 {closing.certificate}。",
    )
    screen.say(
        f"{ended.owed_in_all} were owed in all: {ended.received} received, {ended.released} waived. Contact has ended "
        f"for good; records are kept until {closing.keep_until}. {len(done.bureau.corrections)} month ends to correct "
        "with the credit bureau.",
        f"应付合计 {ended.owed_in_all} 元，收回 {ended.received} 元，减免 {ended.released} 元。已永久停止联系；"
        f"档案保存至 {closing.keep_until}。需向征信机构更正 {len(done.bureau.corrections)} 个月末。",
    )
    if ended.credit:
        screen.say(
            f"Pay back the debtor's credit of {ended.credit} yuan.", f"应退还溢缴款 {ended.credit} 元。"
        )
