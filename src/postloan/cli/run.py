"""``postloan run``: the main job."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen

if TYPE_CHECKING:
    from postloan.workflows.run import RunResult


class StageChoice(StrEnum):
    """How far a run goes."""

    tape = "tape"
    grade = "grade"
    eligibility = "eligibility"
    package = "package"


def run(
    source: Annotated[Path, typer.Argument(help="A tape folder or file (csv, xlsx, parquet), or a book to run again from.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the book; replaced whole when the run ends well.")],
    until: Annotated[StageChoice, typer.Option("--until", help="Last stage.")] = StageChoice.package,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="Your mapping of headers to fields (YAML).")] = None,
    packages: Annotated[Path | None, typer.Option("--packages", help="Which packages to compose (YAML); default: packages.yaml beside the tape, else all that may be sold.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Day the decisions are made for; default today.")] = None,
    cutoff: Annotated[str | None, typer.Option("--cutoff", metavar="DATE", help="Cut-off date where the tape states none.")] = None,
    seller_type: Annotated[str | None, typer.Option("--seller-type", help="Kind of seller (code or Chinese name); default: guessed from the lender's name.")] = None,
    seller_region: Annotated[str | None, typer.Option("--seller-region", help="Province where the seller is registered.")] = None,
    buyer_type: Annotated[str | None, typer.Option("--buyer-type", help="Kind of buyer (amc, local_amc, aic); default amc.")] = None,
    accept: Annotated[list[str] | None, typer.Option("--accept", metavar="CODE", help="Take this kind of error as it is: it warns and does not quarantine.")] = None,
    mend: Annotated[Path | None, typer.Option("--mend", help="Apply the approved mendings of this file first (see tape check --propose).")] = None,
    reach: Annotated[bool, typer.Option("--reach", help="Also find out who is who and where letters arrive, where the tape has addresses.")] = False,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Encoding of text files; default: found out.")] = None,
    cap: Annotated[int, typer.Option("--cap", min=1, help="Rows listed of each kind of finding.")] = 100,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Take a tape through every stage: checked, graded, packaged, reported."""
    from postloan.bootstrap import tools
    from postloan.cli.given import day, read_text
    from postloan.workflows.run import RunOptions, Stage, run_tape
    from postloan.workflows.taking_in import TapeOptions

    screen = Screen(lang, json=json, quiet=quiet)
    options = RunOptions(
        source=source,
        out=out,
        on=day(on),
        until=Stage(until.value),
        tape=TapeOptions(
            mapping=read_text(mapping),
            mapping_file=mapping.name if mapping else "",
            encoding=encoding,
            cutoff_on=day(cutoff) if cutoff else None,
            cap=cap,
            accepted=frozenset(accept or ()),
            mend=read_text(mend),
            mend_file=mend.name if mend else "",
        ),
        packages=read_text(packages),
        packages_file=packages.name if packages else "packages.yaml",
        seller_type=seller_type,
        seller_region=seller_region,
        buyer_type=buyer_type,
        reach=reach,
        lang=screen.lang,
    )
    with screen.steps() as tell, tools(tell=tell) as ours:
        result = run_tape(options, ours)
    show_result(screen, result)
    raise typer.Exit(0 if result.clean else 1)


def show_result(screen: Screen, result: RunResult) -> None:
    """What a run came to, for people or as JSON."""
    if screen.as_json:
        screen.json(
            {
                "out": result.out,
                "report": result.report,
                "loans": result.loans,
                "quarantined": result.quarantined,
                "score": result.score,
                "synthetic": result.synthetic,
                "findings": [
                    {"code": c.code, "severity": c.severity, "field": c.field, "rows": c.rows, "says": c.says}
                    for c in result.counts
                ],
                "packages": {name: notice.to_json() for name, notice in result.packages.items()},
                "timings": result.timings,
            }
        )
        return
    if result.counts:
        screen.table(
            screen.text("Findings", "检查发现"),
            screen.text(
                "code|severity|rows|what is wrong|how to mend it", "代码|级别|行数|问题|处理办法"
            ).split("|"),
            [
                (c.code, screen.severity(c.severity), c.rows, c.says[screen.lang], c.mend[screen.lang])
                for c in result.counts
            ],
            right=[2],
        )
    screen.say(
        f"{result.loans:,} loans, {result.quarantined:,} in quarantine"
        + (f", quality {result.score:.1%}" if result.score is not None else ""),
        f"{result.loans:,} 笔贷款，{result.quarantined:,} 笔被隔离"
        + (f"，数据质量 {result.score:.1%}" if result.score is not None else ""),
    )
    for name, notice in result.packages.items():
        _show_package(screen, name, notice.to_json())
    if result.synthetic:
        screen.say("SYNTHETIC data: every person and loan is invented.", "合成数据：所有人员和贷款均为虚构。")
    seconds = sum(result.timings.values())
    screen.say(
        f"Report: {result.report}   ({seconds:.1f} s)", f"报告：{result.report}   （{seconds:.1f} 秒）"
    )


def _show_package(screen: Screen, name: str, notice: dict[str, object]) -> None:
    rows = [
        ("loans", "资产笔数", notice["loans"]),
        ("borrowers", "借款人户数", notice["borrowers"]),
        ("principal, yuan", "未偿本金（元）", _yuan(notice["principal"])),
        ("interest, yuan", "未偿利息（元）", _yuan(notice["interest"])),
        ("total, yuan", "未偿本息（元）", _yuan(notice["total"])),
        ("weighted days overdue", "加权平均逾期天数", notice["weighted_overdue_days"]),
        ("weighted age", "加权平均年龄", notice["weighted_age"]),
        ("largest borrower, yuan", "单一借款人最高余额（元）", _yuan(notice["max_borrower"])),
        ("grades", "五级分类", _counts(notice["five_class"])),
        ("litigation", "诉讼情况", _counts(notice["litigation"])),
    ]
    title = screen.text(f"Package {name}", f"资产包 {name}")
    screen.table(title, ["", ""], [(screen.text(en, zh), value) for en, zh, value in rows], right=[1])


def _yuan(value: object) -> str | None:
    return None if value is None else f"{value:,.2f}"


def _counts(value: object) -> str | None:
    return (
        "  ".join(f"{kind} {count:,}" for kind, count in value.items()) if isinstance(value, dict) else None
    )
