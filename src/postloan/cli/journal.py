"""``postloan journal``: who did what on which ground, and whether the record of it is whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, DbOption, opened

if TYPE_CHECKING:
    from postloan.kernel.journal import Entry, Head, Verdict

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Read and check the tamper-evident journal (操作日志).",
)

_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


@app.callback()
def _journal() -> None:
    """Read and check the tamper-evident journal (操作日志)."""


@app.command("verify")
def verify(
    db: DbOption = STORE,
    head: Annotated[str | None, typer.Option("--head", help="A head noted earlier (NUMBER:HASH), which the journal must still contain.")] = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Check every entry and every ledger event against the chain; exit 1 if anything was changed."""
    screen = Screen(lang, json=json, quiet=quiet)
    known = _known(head)
    with opened(db, screen) as store, screen.progress("Checking…", "正在校验……"), store.reading() as tx:
        verdict = tx.journal.verify(known=known)
    _show(screen, verdict)
    raise typer.Exit(0 if verdict.whole else 1)


@app.command("show")
def show(
    db: DbOption = STORE,
    subject: Annotated[str, typer.Option("--subject", help="Only what is about this loan, person or file number.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many entries, newest first.")] = 50,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Show the last entries, newest first."""
    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as store, store.reading() as tx:
        found = tx.journal.latest(limit, subject=subject)
    if json:
        screen.json([_plain(entry) for entry in found])
        return
    titles = screen.text(
        "no|when|who|what|about|ground|reference", "序号|时间|人员|操作|对象|依据|审批号"
    ).split("|")
    rows = [
        (e.no, f"{e.at:%Y-%m-%d %H:%M:%S}", e.actor, e.action, e.subject, e.ground, e.reference)
        for e in found
    ]
    screen.table(screen.text("Journal", "操作日志"), titles, rows, right=[0])


def _known(text: str | None) -> Head | None:
    from postloan.kernel import InputError
    from postloan.kernel.journal import Head

    if text is None:
        return None
    if not (match := _HEAD.fullmatch(text.strip().lower())):
        raise InputError(
            what=f"'{text}' is no head of a journal",
            where="--head",
            mend="Give it as NUMBER:HASH, as verify prints it.",
        )
    return Head(int(match.group(1)), match.group(2))


def _show(screen: Screen, verdict: Verdict) -> None:
    head = f"{verdict.head.no}:{verdict.head.hash}"
    if screen.as_json:
        screen.json(
            {
                "whole": verdict.whole,
                "entries": verdict.entries,
                "head": head,
                "breaks": [
                    {"no": one.no, "how": one.how, "says": one.says(screen.lang)} for one in verdict.breaks
                ],
            }
        )
        return
    for one in verdict.breaks:
        screen.say(f"BROKEN: {one.says('en')}.", f"不一致：{one.says('zh')}。")
    if verdict.whole:
        screen.say(
            f"The journal holds: {verdict.entries:,} entries, nothing was changed, left out or put in.",
            f"日志完整：共 {verdict.entries:,} 条，未发现改动、缺失或插入。",
        )
    else:
        screen.say(
            "The journal does not hold. Keep the database as it is, and compare it with a copy.",
            "日志不完整。请保留数据库现状，并与备份比对。",
        )
    screen.say(
        f"Head: {head}  (note it elsewhere: --head finds a cut end)",
        f"链头：{head}（请另行留存，以便用 --head 发现截断）",
    )


def _plain(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in entry.__dataclass_fields__}
