"""``postloan market``: statistics of a register of notices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen

if TYPE_CHECKING:
    from postloan.outcomes import MarketStatistics

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True,
                  help="Statistics of a register of notices.")  # fmt: skip

_SUFFIXES = {".json", ".jsonl", ".txt", ".html", ".htm", ".pdf"}
_SHOWN = 40


@app.callback()
def _market() -> None:
    """Statistics of a register of notices."""


@app.command("stats")
def stats(
    folder: Annotated[Path, typer.Argument(help="A folder of notices (.json, .jsonl, .txt, .html, .pdf), or one file.")],
    out: Annotated[Path | None, typer.Option("--out", help="Also leave stats.html and stats.json in this folder.")] = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Count, sum and compare the notices of a register; listed and sold kept apart."""
    screen = Screen(lang, json=json, quiet=quiet)
    from postloan.outcomes import NoNotices, market_statistics, read_register, said, sheets, statistics_json

    with screen.progress("Reading the register…", "正在读取台账……"):
        register = read_register(_texts(folder))
        made = market_statistics(register)
    if not register.notices:
        raise NoNotices(path=folder)
    if out is not None:
        _write(out, made, screen)
    if json:
        screen.json(statistics_json(made))
        return
    for line in said(made, screen.lang):
        screen.say(line)
    for sheet in sheets(made, screen.lang):
        screen.table(sheet.title, sheet.columns, sheet.rows, right=sheet.right)
    _findings(made, screen)
    if out is not None:
        screen.say(f"Page: {out / 'stats.html'}", f"页面：{out / 'stats.html'}")


def _texts(folder: Path) -> list[tuple[str, str]]:
    """The files of a register by name, in order of their names."""
    from postloan.adapters.notice_files import NoSuchFile, read_notice_text
    from postloan.outcomes import NoNotices

    if not folder.exists():
        raise NoSuchFile(path=folder)
    if not folder.is_dir():
        return [(folder.name, read_notice_text(folder))]
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in _SUFFIXES)
    seen = [p for p in paths if not any(part.startswith(".") for part in p.relative_to(folder).parts)]
    if not seen:
        raise NoNotices(path=folder)
    return [(str(p.relative_to(folder)), read_notice_text(p)) for p in seen]


def _write(out: Path, made: MarketStatistics, screen: Screen) -> None:
    import json

    from postloan import __version__
    from postloan.adapters.files_whole import make_folder, write_text
    from postloan.outcomes import render_statistics, statistics_json

    make_folder(out)
    write_text(out / "stats.json", json.dumps(statistics_json(made), ensure_ascii=False, indent=2) + "\n")
    write_text(out / "stats.html", render_statistics(made, lang=screen.lang, version=__version__))


def _findings(made: MarketStatistics, screen: Screen) -> None:
    if not made.findings:
        screen.say("Nothing contradicts itself.", "未发现矛盾。")
        return
    screen.table(
        screen.text("To look at", "待核查"),
        [screen.text("Code", "代码"), screen.text("Notice", "公告"), screen.text("What", "内容")],
        [(f.code, f.key, f.says(screen.lang)) for f in made.findings[:_SHOWN]],
    )
    if (more := len(made.findings) - _SHOWN) > 0:
        screen.say(f"… and {more} more; --json shows all.", f"……另有 {more} 条；--json 显示全部。")
