"""``postloan address compare | match | grade``: two addresses, two files of them, how far each leads a postman."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen


class ModeChoice(StrEnum):
    """How the addresses are read."""

    accurate = "accurate"
    fast = "fast"


def compare(
    one: Annotated[str, typer.Argument(metavar="A", help="An address.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another address.")],
    mode: Annotated[ModeChoice, typer.Option(help="accurate or fast.")] = ModeChoice.accurate,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
) -> None:
    """Are two addresses one place? Down to what they agree, how likely, and what decides."""
    from postloan.address.comparing.words import ELEMENT_WORDS, STATE_WORDS, State
    from postloan.address.comparison import compare as compared

    screen = Screen(lang, json=as_json)
    found = compared(one, other, mode.value)
    if as_json:
        screen.json(
            {
                "level": found.level,
                "probability": found.probability,
                "same": found.same,
                "evidence": [
                    {"element": e.element, "state": e.state, "a": e.one, "b": e.other, "weight": e.weight}
                    for e in found.evidence
                ],
            }
        )
    screen.say(found.words("en"), found.words("zh"))
    at = 1 if screen.lang == "zh" else 0
    screen.table(
        screen.text("Evidence, the strongest first", "依据（由强到弱）"),
        ["element", "A", "B", "", "log odds"] if at == 0 else ["要素", "A", "B", "", "对数几率"],
        [
            (ELEMENT_WORDS[e.element][at], e.one, e.other, STATE_WORDS[State[e.state.upper()]][at], e.weight)
            for e in found.evidence
        ],
        right=(4,),
    )


def match(
    one: Annotated[
        Path, typer.Argument(metavar="A", help="One address a line (UTF-8), or Parquet with a column text.")
    ],
    other: Annotated[Path, typer.Argument(metavar="B", help="The same.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Parquet file to write.")],
    least: Annotated[float, typer.Option(help="Lowest probability of a pair that is kept.")] = 0.5,
    one_to_one: Annotated[
        bool, typer.Option("--one-to-one", help="Give each row of B away only once.")
    ] = False,
    most: Annotated[
        int, typer.Option(help="Pairs under one key above which the key is not followed.")
    ] = 1_000,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """For each address of A the one of B that is most likely the same place, without comparing all with all."""
    from dataclasses import asdict

    from postloan.adapters.address_match import match_files
    from postloan.address.matching import Options

    screen = Screen(lang, json=as_json, quiet=quiet)
    with screen.progress("Matching…", "正在匹配…"):
        done = match_files(one, other, target, Options(least, one_to_one, most))
    if as_json:
        screen.json({**asdict(done), "out": str(target)})
    screen.say(
        f"{done.matched:,} of {done.rows_a:,} addresses found among {done.rows_b:,}; {done.pairs:,} pairs compared, "
        f"{done.blocks_too_large:,} keys were too common to follow; written to {target}",
        f"{done.rows_a:,} 个地址中有 {done.matched:,} 个在另一侧 {done.rows_b:,} 个地址中找到；比较了 {done.pairs:,} 对，"
        f"{done.blocks_too_large:,} 个分块键过于常见而未采用；结果写入 {target}",
    )


def grade(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="One address a line (UTF-8), or Parquet with a column text.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Parquet file to write.")],
    mode: Annotated[ModeChoice, typer.Option(help="accurate or fast.")] = ModeChoice.accurate,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Can a postman find it? A grade for each address, what it lacks, and what to ask the addressee."""
    from postloan.adapters.address_grades import grade_file
    from postloan.address.deliverability import GRADE_WORDS

    screen = Screen(lang, json=as_json, quiet=quiet)
    with screen.progress("Grading…", "正在评级…"):
        counts = grade_file(source, target, mode.value, "default")
    total = sum(counts.values())
    if as_json:
        screen.json({"addresses": total, "grades": counts, "out": str(target)})
    screen.table(
        screen.text(f"{total:,} addresses graded into {target}", f"已为 {total:,} 个地址评级，写入 {target}"),
        screen.text("grade|meaning|addresses|%", "等级|含义|地址数|占比 %").split("|"),
        [
            (name, screen.text(*GRADE_WORDS[name]), count, 100 * count / max(1, total))
            for name, count in counts.items()
        ],
        right=(2, 3),
    )
