"""``postloan synth``: synthetic tapes that disclose what a published notice says, and nights of payments for them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen


class FormatChoice(StrEnum):
    """File formats of a tape folder."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


class HeadersChoice(StrEnum):
    """Languages of headers and terms in the files."""

    en = "en"
    zh = "zh"


class _NoticeFirst(typer.core.TyperGroup):
    """``postloan synth NOTICE`` is short for ``postloan synth tape NOTICE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["tape", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_NoticeFirst,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Synthetic tapes from published notices, and nights of payments for them (合成数据). NOTICE alone: a tape.",
)


@app.command("tape")
def synth(
    notice: Annotated[Path, typer.Argument(help="A notice as JSON, with the keys that `postloan notice read` gives.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the tape; the hidden truth goes to DIR-truth.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same tape.")] = 1,
    format: Annotated[FormatChoice, typer.Option("--format", help="Format of the files.")] = FormatChoice.parquet,  # noqa: A002
    headers: Annotated[HeadersChoice, typer.Option("--headers", help="Chinese headers and terms, as sellers write.")] = HeadersChoice.en,
    faults: Annotated[bool, typer.Option("--faults", help="Plant fifty faults that real files have.")] = False,
    evergreen: Annotated[int, typer.Option("--evergreen", min=0, metavar="N", help="Plant N patterns that hide non-performing loans, and N look-alikes.")] = 0,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Make a synthetic tape that matches a published notice to its printed digits."""
    screen = Screen(lang, json=json, quiet=quiet)
    from postloan.market import Notice
    from postloan.synth import plant_evergreen, plant_faults, synthesize, truth_folder, write_tape

    facts = Notice.loads(_read(notice), where=str(notice)).to_json()
    with screen.progress("Making a synthetic tape…", "正在生成合成数据……"):
        made = synthesize(facts, seed=seed)
        if evergreen:
            made = plant_evergreen(made, seed=seed, count=evergreen)
        if faults:
            made = plant_faults(made, seed=seed)
        form = FormatChoice.csv if faults and format is FormatChoice.parquet else format
        write_tape(made, out, format=form.value, headers=headers.value)
    if json:
        rows = {name: table.num_rows for name, table in made.tape.items()}
        screen.json({**made.label, "out": str(out), "truth": str(truth_folder(out)), "rows": rows})
        return
    screen.say(
        f"SYNTHETIC tape of {facts.get('seller') or 'a seller'}, {facts.get('period') or 'no period'} (seed {seed}): "
        "it discloses the published figures; every person and loan is invented.",
        f"合成数据：{facts.get('seller') or '某机构'} {facts.get('period') or ''}（种子 {seed}）。"
        "披露数字与公告一致，所有人员和贷款均为虚构。",
    )
    screen.table(
        "",
        [screen.text("table", "表"), screen.text("rows", "行数")],
        [(name, table.num_rows) for name, table in made.tape.items()],
        right=[1],
    )
    screen.say(
        f"Tape: {out}   Hidden truth (for measuring only): {truth_folder(out)}",
        f"数据：{out}   隐藏真值（仅供评测）：{truth_folder(out)}",
    )


@app.command("nights")
def synth_nights(
    tape: Annotated[Path, typer.Argument(metavar="TAPE", help="A synthetic tape.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the files and of plan.json, which says what must become of them.")],
    first: Annotated[str | None, typer.Option("--first", metavar="DATE", help="The first night; the day after the cut-off date if left out.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="Nights in a row.")] = 30,
    each: Annotated[int, typer.Option("--each", min=1, help="Payments a night; faults come besides.")] = 50,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same nights.")] = 1,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Write a month of bank files for a synthetic tape, with the faults that real ones have."""
    from postloan.bootstrap import tools
    from postloan.kernel import parse_day
    from postloan.workflows.nights import make_nights, planned

    screen = Screen(lang, json=json, quiet=quiet)
    begin = parse_day(first) if first else None
    with screen.steps() as tell, tools(tell=tell) as ours:
        made = make_nights(tape, out, ours, first=begin, days=days, each=each, seed=seed)
    if json:
        screen.json(
            {"first": made.first, "plan": str(made.plan), "files": [planned(one) for one in made.files]}
        )
        return
    faulty = sum(bool(one.refused) for one in made.files)
    screen.say(
        f"{days} SYNTHETIC nights from {made.first} on: {len(made.files)} files in {out}, of which {faulty} must be"
        f" refused whole. What must become of every file stands in {made.plan}.",
        f"合成夜间流水 {days} 晚，自 {made.first} 起：{out} 中共 {len(made.files)} 个文件，其中 {faulty} 个应整份拒收。"
        f"各文件应有的处理结果见 {made.plan}。",
    )


def _read(path: Path) -> str:
    from postloan.kernel import InputError

    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(
            what=f"The notice cannot be read: {why}",
            where=path,
            mend="Give a JSON file made by `postloan notice read`.",
        ) from error
