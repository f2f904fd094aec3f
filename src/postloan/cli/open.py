"""``postloan open``: a book becomes accounts in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption


def open_command(
    book: Annotated[Path, typer.Argument(help="A book: the folder that postloan run left.")],
    db: DbOption = STORE,
    people: Annotated[Path | None, typer.Option("--people", metavar="TAPE", help="The tape the book came from: names and ways to reach people are read from it and stored encrypted.")] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="Your mapping of headers to fields (YAML) for --people.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Encoding of the tape's text files; default: found out.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Day of booking; default today.")] = None,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Open an account in the ledger for each loan of a book; the same book twice changes nothing."""
    from postloan.bootstrap import tools
    from postloan.cli.given import day, read_text
    from postloan.cli.store import actor, now, opened
    from postloan.workflows.opening import OpeningOptions, open_book
    from postloan.workflows.taking_in import TapeOptions

    screen = Screen(lang, json=json, quiet=quiet)
    options = OpeningOptions(
        book=book,
        on=day(on),
        at=now(),
        actor=actor(by),
        people=people,
        tape=TapeOptions(read_text(mapping), mapping.name if mapping else "", encoding),
        lang=screen.lang,
    )
    with screen.steps() as tell, tools(tell=tell) as ours, opened(db, screen, create=True) as records:
        done = open_book(options, ours, records)
    if json:
        screen.json(
            {**{name: getattr(done, name) for name in done.__dataclass_fields__}, "owed": done.owed.as_yuan}
        )
        return
    screen.say(
        f"{done.opened:,} accounts opened, {done.there:,} were there already, {done.quarantined:,} loans stay in"
        f" quarantine. Owed in all: {done.owed}.",
        f"新建账户 {done.opened:,} 个，已在账 {done.there:,} 个，隔离未建账 {done.quarantined:,} 笔。债权合计 {done.owed}。",
    )
    if done.people or done.contacts:
        screen.say(
            f"{done.people:,} people and {done.contacts:,} ways to reach them are stored encrypted.",
            f"已加密保存借款人 {done.people:,} 名、联系方式 {done.contacts:,} 条。",
        )
    if done.held:
        screen.say(
            f"Contact stops for {done.held:,} reasons that the tape tells of: deaths, disputes, insolvencies and the like.",
            f"数据载明死亡、争议、破产等情形，已登记停止联系 {done.held:,} 项。",
        )
    if done.without_rate:
        screen.say(
            f"{done.without_rate:,} loans have no rate: nothing accrues on them until one is known.",
            f"{done.without_rate:,} 笔贷款没有利率，在补录利率之前不计息。",
        )
