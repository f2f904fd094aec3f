"""``postloan grade``: record the class of the day of every loan that crossed a line."""

from __future__ import annotations

from typing import Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption, actor, now, opened


def grade(
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day, as 2026-03-02; today if left out.")] = None,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Record the class of the day of every loan that crossed a line; twice changes nothing (五级分类)."""
    from postloan.cli import given
    from postloan.tape.terms import GRADES
    from postloan.workflows.as_json import as_json
    from postloan.workflows.grading import grade_day

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records, screen.progress("Grading…", "正在分类……"):
        done = grade_day(records, on=given.day(on), by=actor(by), at=now())
    if json:
        screen.json(as_json(done))
        return
    screen.say(
        f"{done.on}: {done.count:,} loans changed class.", f"{done.on}：{done.count:,} 笔贷款分类变动。"
    )
    for before, after, loans in done.changed:
        names = [
            GRADES.get(one, one) if screen.lang == "zh" else one.replace("_", " ") for one in (before, after)
        ]
        screen.say(f"  {names[0] or '—'} → {names[1]}: {loans:,}")
    if done.refused:
        shown = ", ".join(done.refused[:10])
        screen.say(
            f"{len(done.refused):,} could not be graded on this day: {shown}.",
            f"{len(done.refused):,} 笔无法按该日分类：{shown}。",
        )
