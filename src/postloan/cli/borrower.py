"""``postloan borrower``: what becomes known of a debtor, what they promise, and the rights over their data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption, actor, now, opened

if TYPE_CHECKING:
    from postloan.workflows.marking import Marked

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What becomes known of a debtor; promises; export and erasure (借款人).",
)
WhoArgument = Annotated[
    str, typer.Argument(metavar="WHO", help="Number of the borrower, or of one of their loans.")
]
KindArgument = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="death, incapacity, insolvency, mediation, dispute, complaint or vulnerable.",
    ),
]
OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day; today if left out.")]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="How it is known, or what was decided: document, number.")
]


@app.callback()
def _borrower() -> None:
    """What becomes known of a debtor; promises; export and erasure (借款人)."""


@app.command("mark")
def mark_command(
    who: WhoArgument,
    kind: KindArgument,
    reason: ReasonOption,
    on: OnOption = None,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Mark a debtor and stop contact at once: a death, a dispute, an insolvency."""
    from postloan.cli import given
    from postloan.workflows.marking import mark

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        done = mark(records, who, kind, on=given.day(on), by=actor(by), at=now(), reason=reason)
    _say(done, screen, "Contact has stopped", "已停止联系")


@app.command("clear")
def clear_command(
    who: WhoArgument,
    kind: KindArgument,
    reason: ReasonOption,
    on: OnOption = None,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take a mark away: the dispute is decided, the report was wrong."""
    from postloan.cli import given
    from postloan.workflows.marking import clear

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        done = clear(records, who, kind, on=given.day(on), by=actor(by), at=now(), reason=reason)
    _say(done, screen, "Nothing of the kind stops contact any more", "该情形不再限制联系")


def _say(done: Marked, screen: Screen, en: str, zh: str) -> None:
    if screen.as_json:
        screen.json({"borrower_id": done.borrower_id, "flags": list(done.flags), "new": done.new})
        return
    shown = ", ".join(done.flags) or "—"
    again_en, again_zh = ("", "") if done.new else (" (as before)", "（此前已登记）")
    screen.say(
        f"{done.borrower_id}: {en}{again_en}. Marks: {shown}.", f"{done.borrower_id}：{zh}{again_zh}。标记：{shown}。"
    )  # fmt: skip


@app.command("promise")
def promise_command(
    loan: Annotated[str, typer.Argument(metavar="LOAN", help="The loan's number.")],
    amount: Annotated[str, typer.Argument(metavar="YUAN", help="What was promised.")],
    due: Annotated[str, typer.Argument(metavar="DATE", help="By when.")],
    on: OnOption = None,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write down what a debtor promised to pay and by when (承诺还款)."""
    from postloan.cli import given
    from postloan.kernel import Money, parse_day
    from postloan.workflows.as_json import as_json
    from postloan.workflows.marking import promise

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        made = promise(
            records, loan, Money.yuan(amount), parse_day(due), on=given.day(on), by=actor(by), at=now()
        )
    if json:
        screen.json(as_json(made))
        return
    screen.say(
        f"Promise {made.number}: {made.amount} on {loan} by {made.due_on}.",
        f"承诺第 {made.number} 号：{loan} 于 {made.due_on} 前还 {made.amount} 元。",
    )


@app.command("show")
def show_command(
    who: WhoArgument,
    db: DbOption = STORE,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show a debtor masked: marks, loans, what stops contact."""
    from postloan.ledger.store_records import Hold
    from postloan.workflows.as_json import as_json
    from postloan.workflows.marking import borrower_of

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records, records.reading() as tx:
        borrower_id = borrower_of(tx, who)
        person = tx.people.masked(borrower_id)
        loans = list(tx.loans.find(borrower_id=borrower_id, order=("loan_id",)))
        holds = list(tx.of(Hold).find(borrower_id=borrower_id, released_on=None, order=("number",)))
    if json:
        plain = {name: getattr(person, name) for name in ("borrower_id", "name", "id_number", "erased_on")}
        plain |= {"flags": list(person.flags), "contacts": [list(one) for one in person.contacts]}
        screen.json(
            {**plain, "loans": [one.loan_id for one in loans], "holds": [as_json(one) for one in holds]}
        )
        return
    marks = ", ".join(person.flags) or "—"
    screen.say(f"{borrower_id}  {person.name}  {person.id_number}  {marks}")
    heads = screen.text("Loan|Status|Class|Owed", "贷款编号|状态|分类|债权（元）").split("|")
    rows = [(one.loan_id, one.status.value, one.grade or "—", one.owed.total) for one in loans]
    screen.table("", heads, rows, right=(3,))
    heads = screen.text("Contact stops for|Loan|Since|Until|Rule", "停止联系事由|贷款|自|至|依据").split("|")
    held = [(one.kind, one.loan_id or "—", one.since, one.until, one.reason) for one in holds]
    screen.table("", heads, held)


@app.command("export")
def export_command(
    who: WhoArgument,
    purpose: Annotated[str, typer.Option("--purpose", help="Why; the journal keeps it.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="JSON file, readable by you alone.")],
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Give out all that is held about a person, in clear."""
    import json
    import os

    from postloan.kernel import InputError
    from postloan.workflows.erasing import export

    screen = Screen(lang, quiet=quiet)
    with opened(db, screen) as records:
        held = export(records, who, by=actor(by), at=now(), purpose=purpose)
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(held, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise InputError(
            what=f"It cannot be written: {error.strerror}", where=out, mend="Give another file."
        ) from error
    screen.say(f"Written to {out}; the journal notes it.", f"已导出至 {out}，并记入操作日志。")


@app.command("erase")
def erase_command(
    who: WhoArgument,
    reason: ReasonOption,
    on: OnOption = None,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Blank a person's data for good; the ledger's figures stay. Not while something is owed or must be kept."""
    from postloan.cli import given
    from postloan.workflows.erasing import erase

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        done = erase(records, who, on=given.day(on), by=actor(by), at=now(), reason=reason)
    if json:
        screen.json({"borrower_id": done.borrower_id, "fields": done.fields, "again": done.again})
        return
    screen.say(
        f"{done.borrower_id}: {done.fields:,} values were erased." if not done.again else "It was done before.",
        f"{done.borrower_id}：已删除 {done.fields:,} 项个人信息。" if not done.again else "此前已删除。",
    )  # fmt: skip
