"""``postloan tape``: check a tape, draft a mapping of its headers, compare two versions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen

if TYPE_CHECKING:
    from postloan.kernel import Engine
    from postloan.tape.checks import CheckedTape
    from postloan.tape.diff import TableDiff
    from postloan.tape.found import FindingCount
    from postloan.workflows.taking_in import TapeOptions

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True,
                  help="Check a tape, map its headers, compare two versions.")  # fmt: skip

_Source = Annotated[Path, typer.Argument(help="A tape folder or file (csv, xlsx, parquet).")]
_Mapping = Annotated[Path | None, typer.Option("--mapping", help="Your mapping of headers to fields (YAML).")]
_Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of text files; default: found out.")
]


@app.callback()
def _tape() -> None:
    """Check a tape, map its headers, compare two versions."""


@app.command("check")
def check(
    source: _Source,
    mapping: _Mapping = None,
    out: Annotated[Path | None, typer.Option("--out", help="Leave the checked tables and findings here as Parquet.")] = None,
    propose: Annotated[Path | None, typer.Option("--propose", help="Write proposed mendings to this YAML file.")] = None,
    mend: Annotated[Path | None, typer.Option("--mend", help="Apply the approved mendings of this file first.")] = None,
    cutoff: Annotated[str | None, typer.Option("--cutoff", metavar="DATE", help="Cut-off date where the tape states none.")] = None,
    accept: Annotated[list[str] | None, typer.Option("--accept", metavar="CODE", help="Take this kind of error as it is: it warns and does not quarantine.")] = None,
    encoding: _Encoding = None,
    cap: Annotated[int, typer.Option("--cap", min=1, help="Rows listed of each kind of finding.")] = 100,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Check every row of a tape; exit 1 where something is wrong."""
    from postloan.bootstrap import tools
    from postloan.cli.given import day, read_text
    from postloan.rules import load_book
    from postloan.workflows.alerting import ALERTS, find_alerts, keep_findings
    from postloan.workflows.taking_in import TapeOptions, check_source, write_tables

    screen = Screen(lang, json=json, quiet=quiet)
    options = TapeOptions(
        mapping=read_text(mapping),
        mapping_file=mapping.name if mapping else "",
        encoding=encoding,
        cutoff_on=day(cutoff) if cutoff else None,
        cap=cap,
        accepted=frozenset(accept or ()),
        mend=read_text(mend),
        mend_file=mend.name if mend else "",
    )
    with screen.steps() as tell, tools(tell=tell) as ours:
        book = load_book()
        checked = check_source(source, options, ours, book).checked
        if propose is not None:
            _propose(ours.engine, checked, propose)
        alerts, seen = find_alerts(ours, book, on=options.cutoff_on or day(None), cap=cap, folder=None)
        keep_findings(ours.engine, None, alerts, seen)
        counts = (*checked.counts, *alerts)
        shown = ours.engine.rows(
            "SELECT code, severity, table_name, field, row, key, says_en, says_zh, mend_en, mend_zh FROM findings"
        )
        fields = ours.engine.rows("SELECT table_name, field, filled, valid, rows, score FROM field_quality")
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            write_tables(ours.engine, out)
            if alerts:
                ours.engine.write(f"SELECT * FROM {ALERTS}", out / f"{ALERTS}.parquet")
    if json:
        screen.json(_check_json(checked, counts, shown, fields))
    else:
        _show_check(screen, checked, counts, shown)
        if propose is not None:
            screen.say(f"Proposed mendings: {propose}", f"修补建议：{propose}")
    raise typer.Exit(1 if any(count.severity in ("error", "blocking") for count in checked.counts) else 0)


def _propose(engine: Engine, checked: CheckedTape, path: Path) -> None:
    from postloan.tape.mending import proposals_to_yaml, propose

    path.write_text(proposals_to_yaml(propose(engine, checked.counts)), encoding="utf-8")


def _show_check(screen: Screen, checked: CheckedTape, counts: Sequence[FindingCount], shown: Any) -> None:
    first: dict[tuple[str, str, str], Any] = {}
    for row in shown:
        first.setdefault((row[0], row[2], row[3]), row)
    says, mends = (7, 9) if screen.lang == "zh" else (6, 8)

    def line(count: FindingCount) -> tuple[object, ...]:
        row = first.get((count.code, count.table, count.field))
        place = f"{count.table}.{count.field}" if count.field else count.table
        said, mend = (row[says], row[mends]) if row else ("", "")
        example = row[4] if row else None
        return count.code, screen.severity(count.severity), place, count.rows, example, said, mend

    if counts:
        heads = screen.text(
            "code|severity|field|rows|first row|what is wrong there|how to mend it",
            "代码|级别|字段|行数|首例行号|问题|处理办法",
        )
        rows = [line(count) for count in counts]
        screen.table(screen.text("Findings", "检查发现"), heads.split("|"), rows, right=[3, 4])
    day = checked.cutoff_on.isoformat() if checked.cutoff_on else "—"
    screen.say(
        f"{checked.rows:,} loans on {day}, {checked.quarantined:,} in quarantine, quality {checked.score:.1%}",
        f"基准日 {day}，{checked.rows:,} 笔贷款，{checked.quarantined:,} 笔被隔离，数据质量 {checked.score:.1%}",
    )


def _check_json(
    checked: CheckedTape, counts: Sequence[FindingCount], shown: Any, fields: Any
) -> dict[str, object]:
    names = ("code", "severity", "table", "field", "row", "key", "says_en", "says_zh", "mend_en", "mend_zh")
    return {
        "loans": checked.rows,
        "quarantined": checked.quarantined,
        "cutoff_on": checked.cutoff_on,
        "score": checked.score,
        "counts": [
            {
                "code": count.code, "severity": count.severity, "table": count.table, "field": count.field,
                "rows": count.rows, "shown": count.shown, "quarantined": count.quarantined,
            }
            for count in counts
        ],
        "findings": [dict(zip(names, row, strict=True)) for row in shown],
        "fields": [
            {"table": t, "field": f, "filled": filled, "valid": valid, "rows": rows, "score": score}
            for t, f, filled, valid, rows, score in fields
            if f
        ],
    }  # fmt: skip


@app.command("map")
def map_headers(
    source: _Source,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the draft here instead of showing it.")
    ] = None,
    encoding: _Encoding = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Draft a mapping of the seller's headers to our fields, to be completed by hand."""
    from postloan.bootstrap import tools
    from postloan.tape import propose_mapping

    screen = Screen(lang, json=json, quiet=quiet)
    with screen.steps() as tell, tools(tell=tell) as ours:
        raw = ours.open_tape(ours.engine, source, known=lambda header: True, encoding=encoding)
        draft = propose_mapping(raw)
    if out is not None:
        out.write_text(draft, encoding="utf-8")
    if json:
        screen.json({"mapping": draft, "out": out})
    elif out is not None:
        screen.say(f"Draft of a mapping: {out}", f"映射草稿：{out}")
    else:
        typer.echo(draft, nl=False)


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="The earlier version: a tape folder or file.")],
    new: Annotated[Path, typer.Argument(help="The later version.")],
    mapping: _Mapping = None,
    encoding: _Encoding = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Compare two versions of a tape: rows added, removed and changed, and the amounts that moved."""
    from postloan.cli.given import read_text
    from postloan.workflows.taking_in import TapeOptions

    screen = Screen(lang, json=json, quiet=quiet)
    options = TapeOptions(read_text(mapping), mapping.name if mapping else "", encoding)
    with screen.progress("Comparing…", "正在比对……"):
        found = _compare(old, new, options)
    if json:
        screen.json({"tables": [table.to_json() for table in found]})
        return
    for table in found:
        _show_diff(screen, table)


def _compare(old: Path, new: Path, options: TapeOptions) -> list[TableDiff]:
    from tempfile import TemporaryDirectory

    from postloan.bootstrap import tools
    from postloan.tape.diff import COMPARED, diff_table
    from postloan.workflows.taking_in import type_source

    with TemporaryDirectory(prefix="postloan-diff-") as name:
        work, has = Path(name), []
        for side, source in (("old", old), ("new", new)):
            with tools() as ours:
                typed = type_source(source, options, ours).tables
                has.append({table for table in COMPARED if table in typed})
                for table in has[-1]:
                    ours.engine.write(f"SELECT * FROM typed_{table}", work / f"{side}_{table}.parquet")
        with tools() as ours:
            both = [table for table in COMPARED if all(table in tables for tables in has)]
            for table in both:
                for side in ("old", "new"):
                    ours.engine.parquet(f"{side}_{table}", work / f"{side}_{table}.parquet")
            return [diff_table(ours.engine, table, f"old_{table}", f"new_{table}") for table in both]


def _show_diff(screen: Screen, found: TableDiff) -> None:
    from postloan.tape import tables

    table = tables()[found.table]
    screen.say(
        f"{table.label('en')}: {found.before:,} → {found.after:,} rows; {found.added:,} added, "
        f"{found.removed:,} removed, {found.changed:,} changed",
        f"{table.label('zh')}：{found.before:,} → {found.after:,} 行；新增 {found.added:,}，"
        f"删除 {found.removed:,}，变更 {found.changed:,}",
    )
    for keys, en, zh in ((found.added_keys, "added", "新增"), (found.removed_keys, "removed", "删除")):
        if keys:
            screen.say(f"  {screen.text(en, zh)}: {', '.join(keys)} …")
    if found.totals:
        heads = screen.text("total|before|after|moved", "合计|之前|之后|变动").split("|")
        names = {"loans": "笔数", "borrowers": "户数", "principal": "本金", "interest": "利息", "total": "本息",
                 "fees": "费用"}  # fmt: skip
        totals = [(screen.text(n, names[n]), a, b, b - a) for n, (a, b) in found.totals.items()]
        screen.table(screen.text("Control totals", "控制总数"), heads, totals, right=[1, 2, 3])
    if found.fields:
        heads = screen.text(
            "field|rows|moved|first key|before|after", "字段|行数|金额变动|首例|之前|之后"
        ).split("|")
        rows = [
            (
                table.columns[change.field].label(screen.lang), change.rows, change.moved, change.samples[0].key,
                change.samples[0].before, change.samples[0].after,
            )
            for change in found.fields
        ]  # fmt: skip
        screen.table(screen.text("Changed fields", "变更字段"), heads, rows, right=[1, 2])
