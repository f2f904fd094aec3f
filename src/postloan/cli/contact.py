"""``postloan contact``: whether something may be done to a debtor, by the rules of conduct."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from postloan.cli.screen import LangChoice

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Whether a debtor may be contacted, and why not (催收合规).",
)


@app.callback()
def _top() -> None:
    """Whether a debtor may be contacted, and why not (催收合规)."""


@app.command("decide")
def decide(
    events: Annotated[Path, typer.Argument(metavar="EVENTS.jsonl", help="Events, one JSON object a line; - for standard input.")],
    only_rule: Annotated[bool, typer.Option("--only-rule", help="Judge each case by the rule that it names alone.")] = False,
    packs: Annotated[str | None, typer.Option("--packs", metavar="P,P", help="Rule packs that are active, as cn,house; all if left out.")] = None,
    folder: Annotated[str | None, typer.Option("--folder", metavar="DIR", help="Add the rule files (*.yaml) of this folder, which may amend values.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="Day whose rules hold where an event gives no moment.")] = None,
    reasons: Annotated[bool, typer.Option("--reasons", help="Add why, as sentences in the language of --lang.")] = False,
    lang: Annotated[LangChoice, typer.Option("--lang", envvar="POSTLOAN_LANG", help="Language of reasons.")] = LangChoice.en,
) -> None:  # fmt: skip
    """Decide events: for each line one JSON line with answer, because, earliest (逐行裁决)."""
    import json

    from postloan.decide.contact import ContactRules, answers
    from postloan.kernel import Lang, parse_day
    from postloan.rules import PACKS, load_book

    chosen = tuple(name.strip() for name in packs.split(",") if name.strip()) if packs else PACKS
    rules = ContactRules(load_book(chosen, Path(folder) if folder else None))
    told: Lang = "zh" if lang is LangChoice.zh else "en"
    day = parse_day(on) if on else None
    written = json.JSONEncoder(ensure_ascii=False).encode  # made once: twice as fast as json.dumps
    for answer in answers(
        _lines(events), rules, only_rule=only_rule, lang=told if reasons else None, day=day
    ):
        sys.stdout.write(written(answer) + "\n")


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, or of standard input, without their ends."""
    from postloan.kernel import InputError

    if str(path) == "-":
        yield from (line.rstrip(b"\r\n") for line in sys.stdin.buffer)
        return
    try:
        with path.open("rb") as file:
            yield from (line.rstrip(b"\r\n") for line in file)
    except OSError as error:
        raise InputError(
            what=f"The events cannot be read: {error.strerror}",
            where=path,
            mend="Name a file with one event a line.",
        ) from error
