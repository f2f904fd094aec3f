"""``postloan demo``: a published package re-materialised, and everything run on it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen


class PackageChoice(StrEnum):
    """Published packages that the demo knows."""

    ant = "ant-2025-1"
    nanyin = "nanyin-faba-2025"


def demo(
    package: Annotated[PackageChoice, typer.Option("--package", help="Published package.")] = PackageChoice.ant,
    out: Annotated[Path, typer.Option("--out", help="Folder for the tape, its hidden truth and the book.")] = Path("out/demo"),
    faults: Annotated[bool, typer.Option("--faults", help="Plant fifty faults that real files have.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same tape.")] = 1,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Re-materialise a published package and run everything on it."""
    from postloan.bootstrap import tools
    from postloan.cli.run import show_result
    from postloan.workflows.demo import run_demo

    screen = Screen(lang, json=json, quiet=quiet)
    with screen.steps() as tell, tools(tell=tell) as ours:
        done = run_demo(package.value, out, ours, seed=seed, with_faults=faults, lang=screen.lang)
    if not json:
        screen.say(
            f"Tape: {done.tape}   published by: {done.seller}, {done.period}",
            f"数据：{done.tape}   公告：{done.seller} {done.period}",
        )
    show_result(screen, done.result)
    if faults and not json:
        screen.say(
            f"{done.found} of {done.planted} planted faults were found on their row, {done.quarantined} quarantined.",
            f"植入的 {done.planted} 处差错中，{done.found} 处在所在行被发现，{done.quarantined} 处被隔离。",
        )
    raise typer.Exit(0 if done.result.clean else 1)
