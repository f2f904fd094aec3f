"""``postloan notice``: read published notices into JSON, write a notice as HTML and PDF."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen, complain

if TYPE_CHECKING:
    from postloan.kernel import Finding
    from postloan.market import Notice

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Read and write transfer notices (转让公告)."
)


class TemplateChoice(StrEnum):
    """The published layouts."""

    old = "old"
    new = "new"


@app.command()
def read(
    files: Annotated[
        list[Path], typer.Argument(help="Texts of notices: .txt, .html or .pdf.", show_default=False)
    ],
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Read notices; with --json one object a line, with every key, null where the text is silent."""
    from postloan.adapters.notice_files import read_notice_text
    from postloan.kernel import PostloanError
    from postloan.market import read_with_findings

    screen = Screen(lang, json=as_json, quiet=quiet)
    failed = 0
    for path in files:
        try:
            notice, findings = read_with_findings(read_notice_text(path), name=path.stem)
        except PostloanError as error:
            complain(error.message(screen.lang))
            failed = max(failed, error.exit_code)
            continue
        if as_json:
            screen.json(notice.to_json())
        else:
            _show(screen, notice, findings)
    if failed:
        raise typer.Exit(failed)


@app.command()
def write(
    notice_json: Annotated[
        Path, typer.Argument(metavar="NOTICE.json", help="A notice, as `notice read` prints it.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; made if it is not there.")],
    template: Annotated[
        TemplateChoice, typer.Option(help="Layout: old (2024) or new (2026).")
    ] = TemplateChoice.new,
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Mark the pages as synthetic data.")] = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Write a notice as notice.html, notice.pdf and notice.json; several notices get a folder each."""
    from postloan.adapters.notice_files import folder_name, read_notices_json

    screen = Screen(lang, quiet=quiet)
    notices = read_notices_json(notice_json)
    for notice in notices:
        folder = out if len(notices) == 1 else out / folder_name(notice.id)
        with screen.progress("Setting the pages…", "正在排版…"):
            write_files(notice, folder, template=template.value, synthetic=synthetic)
        screen.say(f"{notice.id}: {folder}/notice.html, notice.pdf, notice.json")


def write_files(notice: Notice, folder: Path, *, template: str, synthetic: bool) -> None:
    """The three files of a notice in a folder, each whole or not at all."""
    from postloan.adapters.documents import pdf
    from postloan.adapters.files_whole import make_folder, write_text
    from postloan.market import layout, typst_source, write_html

    make_folder(folder)
    write_text(folder / "notice.json", notice.dumps(indent=1) + "\n")
    write_text(folder / "notice.html", write_html(notice, template=template, synthetic=synthetic))
    pdf(typst_source(), layout(notice, template=template, synthetic=synthetic), folder / "notice.pdf")


def _show(screen: Screen, notice: Notice, findings: tuple[Finding, ...]) -> None:
    from postloan.market import key_texts

    rows: list[list[object]] = []
    values = notice.to_json()
    for key, texts in key_texts().items():
        value = values[key]
        if key in ("id", "as_reported", "tolerance") or not _tells(value):
            continue
        rows.append([texts[screen.lang], _said(value), notice.as_reported.get(key, "")])
    screen.table(
        notice.id,
        [screen.text("Key", "项目"), screen.text("Value", "数值"), screen.text("As printed", "原文")],
        rows,
    )
    for finding in findings:
        screen.say(f"  {finding.code} {finding.says(screen.lang)} {finding.mend(screen.lang)}")


def _tells(value: object) -> bool:
    return any(map(_tells, value.values())) if isinstance(value, dict) else value is not None


def _said(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {_said(part)}" for name, part in value.items() if part is not None)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
