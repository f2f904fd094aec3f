"""``postloan ledger``: one loan, to the fen, on any day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, DbOption, opened

if TYPE_CHECKING:
    from postloan.workflows.loan_history import LoanHistory

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="One loan's account on any day (分户账).",
)


@app.callback()
def _ledger() -> None:
    """One loan's account on any day (分户账)."""


@app.command("show")
def show(
    loan: Annotated[str, typer.Argument(metavar="LOAN", help="The loan's number.")],
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day to look at; today if left out.")] = None,
    known: Annotated[str | None, typer.Option("--known", metavar="DATE", help="As it was known on this day: what was booked later is left out.")] = None,
    db: DbOption = STORE,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Show balances by part, the history with running balances, and the classes with their rules."""
    from postloan.cli import given
    from postloan.kernel import parse_day
    from postloan.workflows.as_json import as_json
    from postloan.workflows.loan_history import loan_history

    screen = Screen(lang, json=json, quiet=quiet)
    known_on = parse_day(known) if known else None
    with opened(db, screen) as records:
        found = loan_history(records, loan, on=given.day(on), known_on=known_on)
    if json:
        plain = as_json(found)
        plain["state"]["memorandum"] = as_json(found.state.memorandum)
        screen.json(plain)
        return
    _balances(found, screen)
    _history(found, screen)
    _grades(found, screen)


def _balances(found: LoanHistory, screen: Screen) -> None:
    state = found.state
    since = state.overdue_since
    days = (found.on - since).days if since else 0
    screen.say(
        f"Loan {found.loan.loan_id} on {found.on}: {state.status.value}, class {_grade(state.grade, screen)}"
        + (f", overdue since {since} ({days} days)." if since else ", nothing overdue."),
        f"贷款 {found.loan.loan_id}，{found.on}：{state.status.value}，分类 {_grade(state.grade, screen)}"
        + (f"，自 {since} 起逾期 {days} 天。" if since else "，无逾期。"),
    )
    if found.known_on:
        screen.say(f"As known on {found.known_on}.", f"按 {found.known_on} 已入账的情况。")
    names = screen.text(
        "principal|interest|penalty|compound|fees|costs", "本金|利息|罚息|复利|费用|实现债权费用"
    )
    sides = (state.owed, state.due, state.booked, state.memorandum)
    rows: list[tuple[object, ...]] = [
        (name, *(amounts[1] for amounts in parts))
        for name, parts in zip(names.split("|"), zip(*sides, strict=True), strict=True)
    ]
    rows.append((screen.text("together", "合计"), *(side.total for side in sides)))
    heads = screen.text("Part|Owed|Due|Carried|Memorandum", "项目|债权|已到期|账面|表外").split("|")
    screen.table("", heads, rows, right=(1, 2, 3, 4))
    if state.credit:
        screen.say(f"Credit of the debtor: {state.credit}.", f"溢缴款 {state.credit} 元。")
    if state.lost:
        screen.say(
            f"Booked as lost {state.lost}, recovered {state.recovered} of it.",
            f"已确认损失 {state.lost} 元，其中已收回 {state.recovered} 元。",
        )


def _history(found: LoanHistory, screen: Screen) -> None:
    def name(what: str, reversed_by: int, approval: str) -> str:
        said = what.replace("_", " ")
        if approval:
            said += f" [{approval}]"
        return said + (screen.text(f" ✗ reversed by {reversed_by}", f" ✗ 已由第 {reversed_by} 笔冲正") if reversed_by else "")  # fmt: skip

    heads = screen.text("No.|Value|Booked|What|Accrued|Moved|Owed|Principal|Carried|Class", "序号|起息日|记账日|业务|计提|变动|债权|本金|账面|分类").split("|")  # fmt: skip
    rows = [
        (line.seq, line.value_on, line.booked_on, name(line.name, line.reversed_by, line.approval), line.accrued, line.moved.total, line.owed, line.parts.principal, line.carried, _grade(line.grade, screen))
        for line in found.lines
    ]  # fmt: skip
    screen.table(screen.text("History", "流水"), heads, rows, right=(4, 5, 6, 7, 8))


def _grades(found: LoanHistory, screen: Screen) -> None:
    heads = screen.text("From|Class|Because|Rule book", "起始日|分类|依据|规则库版本").split("|")
    rows = [
        (line.on, _grade(line.grade, screen), " ".join(line.because), line.rule_book) for line in found.grades
    ]
    screen.table(screen.text("Classes", "分类沿革"), heads, rows)


def _grade(code: str, screen: Screen) -> str:
    from postloan.tape.terms import GRADES

    if not code:
        return "—"
    return GRADES.get(code, code) if screen.lang == "zh" else code.replace("_", " ")
