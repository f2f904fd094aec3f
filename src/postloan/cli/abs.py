"""``postloan abs``: check and run securitisations, import requests of a public engine, ask questions, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, DbOption, opened

if TYPE_CHECKING:
    from postloan.kernel import Finding
    from postloan.securitisation import Result

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Securitisations (资产证券化): check, run, solve, report.",
)

DealArgument = Annotated[Path, typer.Argument(metavar="DEAL.toml", help="A deal file.", show_default=False)]
CollectionsOption = Annotated[
    Path,
    typer.Option(
        "--collections",
        metavar="FLOW.csv",
        help="Collections: date, balance, principal, interest, prepayment, default, recovery, loss, cost.",
    ),
]
RatesOption = Annotated[
    Path | None,
    typer.Option("--rates", metavar="RATES.csv", help="Rates of floating bonds: bond, date, rate."),
]


@app.command()
def check(
    deal: DealArgument,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Read a deal file and say what is odd about it; exit 1 where it cannot run."""
    from postloan.securitisation.checking import blocking
    from postloan.workflows.securitising import check_deal, load_deal

    screen = Screen(lang, json=as_json, quiet=quiet)
    found = load_deal(deal)
    findings = check_deal(found)
    if as_json:
        screen.json(_findings_json(findings, screen))
    else:
        terms = found.terms
        screen.say(
            f"{terms.name}: {len(terms.bonds)} bonds, {len(terms.fees)} fees, {len(terms.accounts)} accounts, "
            f"{len(terms.waterfalls)} waterfalls, {len(terms.triggers)} triggers.",
            f"{terms.name}：证券 {len(terms.bonds)} 档，费用 {len(terms.fees)} 项，账户 {len(terms.accounts)} 个，"
            f"支付顺序 {len(terms.waterfalls)} 套，触发事件 {len(terms.triggers)} 个。",
        )
        _show_findings(screen, findings)
    if blocking(findings):
        raise typer.Exit(1)


@app.command()
def run(
    deal: DealArgument,
    collections: CollectionsOption,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder to write to; made if it is not there.")
    ],
    rates: RatesOption = None,
    less: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Stress: part of the cash that is missing.")
    ] = 0.0,
    later: Annotated[
        int, typer.Option(min=0, help="Stress: rows of the flow by which cash comes later.")
    ] = 0,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Run a deal over collections; write bonds.csv, fees.csv, accounts.csv and trace.parquet."""
    from postloan.adapters.files_whole import make_folder, whole, write_text
    from postloan.workflows.securitising import run_files, write_result

    screen = Screen(lang, json=as_json, quiet=quiet)
    with screen.progress("Running the deal…", "正在运行……"):
        result = run_files(deal, collections, rates, less=less, later=later)
        make_folder(out)
        made = write_result(result, out, write_text, whole)
    if as_json:
        screen.json(
            {"files": [str(path) for path in made], "findings": _findings_json(result.findings, screen)}
        )
        return
    _show_result(screen, result)
    _show_findings(screen, result.findings)
    screen.say(
        f"Written: {', '.join(str(path) for path in made)}",
        f"已写入：{'、'.join(str(path) for path in made)}",
    )


@app.command("import-absbox")
def import_absbox(
    request: Annotated[Path, typer.Argument(metavar="REQUEST.json", help="A request of the public engine AbsBox.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="DEAL.toml", help="The deal file to write.")],
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Turn a request of a public engine into a deal file; what cannot be imported is named."""
    from postloan.adapters.files_whole import make_folder, write_text
    from postloan.workflows.securitising import import_file

    screen = Screen(lang, json=as_json, quiet=quiet)
    make_folder(out.parent)
    deal, findings = import_file(request, out, write_text)
    if as_json:
        screen.json(
            {
                "deal": str(out),
                "not_imported": list(deal.terms.not_imported),
                "findings": _findings_json(findings, screen),
            }
        )
        return
    _show_findings(screen, findings)
    screen.say(f"Written: {out}", f"已写入：{out}")


@app.command()
def receipts(
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="The cut-off day: what came in after it counts.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day that counts.")],
    out: Annotated[Path, typer.Option("--out", metavar="FLOW.csv", help="The collections to write.")],
    loans: Annotated[Path | None, typer.Option("--loans", metavar="FILE", help="The pool: a loan number a line; every loan otherwise.")] = None,
    days: Annotated[str, typer.Option("--days", help="Collection days: month-end, day 20, …")] = "month-end",
    split: Annotated[bool, typer.Option("--split", help="Principal and interest apart, not all as recovery.")] = False,
    db: DbOption = STORE,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Write the collections of a pool from the ledger's actual receipts."""
    from postloan.adapters.files_whole import make_folder, write_text
    from postloan.kernel.days import parse_day
    from postloan.workflows.abs_receipts import receipts_flow
    from postloan.workflows.securitising import flow_text, read

    screen = Screen(lang, quiet=quiet)
    pool = None if loans is None else [line.strip() for line in read(loans).splitlines() if line.strip()]
    with opened(db, screen) as records, screen.progress("Reading the ledger…", "正在读取账务……"):
        flow = receipts_flow(
            records, since=parse_day(since), until=parse_day(until), loans=pool, days=days, split=split
        )
        make_folder(out.parent)
        write_text(out, flow_text(flow))
    screen.say(f"Written: {out}, {len(flow.dates)} days", f"已写入：{out}，{len(flow.dates)} 个归集日")


@app.command()
def solve(
    deal: DealArgument,
    collections: CollectionsOption,
    question: Annotated[
        str, typer.Option("--ask", help="figures, break-even, cash-needed, largest, sizes, grid or losses.")
    ] = "figures",
    bond: Annotated[
        str | None, typer.Option(help="The bond that is asked about; the first senior otherwise.")
    ] = None,
    target: Annotated[float, typer.Option(help="cash-needed: the yearly yield wanted.")] = 0.05,
    price: Annotated[float | None, typer.Option(help="cash-needed: the price paid, per 100 of face.")] = None,
    less: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="largest: part of the cash that is missing.")
    ] = 0.0,
    later: Annotated[
        int, typer.Option(min=0, help="largest: rows of the flow by which cash comes later.")
    ] = 0,
    sizes: Annotated[
        str, typer.Option(help="sizes: classes with the stress each stands: senior=0.4,junior=0.")
    ] = "",
    scenarios: Annotated[int, typer.Option(min=2, help="losses: how many scenarios.")] = 10_000,
    level: Annotated[float, typer.Option(min=0.0, help="losses: spread of the common level (log).")] = 0.25,
    noise: Annotated[float, typer.Option(min=0.0, help="losses: spread of each month (log).")] = 0.25,
    seed: Annotated[int, typer.Option(help="losses: the same seed gives the same scenarios.")] = 1,
    rates: RatesOption = None,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Answer a question about a deal over a forecast of collections."""
    from postloan.workflows.abs_questions import Asked, ask
    from postloan.workflows.securitising import load_deal, load_flow, load_rates

    screen = Screen(lang, json=as_json, quiet=quiet)
    asked = Asked(question, bond, target, price, less, later, sizes, scenarios, level, noise, seed)
    with screen.progress("Asking…", "正在求解……"):
        answer = ask(load_deal(deal), load_flow(collections), load_rates(rates), asked)
    if as_json:
        screen.json(answer.values)
        return
    columns = answer.columns[screen.lang]
    screen.table(question, columns, answer.rows, right=range(1, len(columns)))


@app.command()
def report(
    deal: DealArgument,
    collections: CollectionsOption,
    out: Annotated[Path, typer.Option("--out", metavar="REPORT.html", help="The page to write.")],
    on: Annotated[
        str | None,
        typer.Option("--on", help="A payment day; the last whose collections are all there otherwise."),
    ] = None,
    rates: RatesOption = None,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Write the trustee's report of a period (受托机构报告) as one HTML file."""
    from postloan import __version__
    from postloan.adapters.files_whole import make_folder, write_text
    from postloan.kernel.days import parse_day
    from postloan.outcomes.trust_page import render_trust_report
    from postloan.outcomes.trust_report import trust_facts
    from postloan.workflows.securitising import load_deal, load_flow, load_rates

    screen = Screen(lang, quiet=quiet)
    day = parse_day(on) if on else None
    with screen.progress("Writing the report…", "正在编制报告……"):
        facts = trust_facts(load_deal(deal), load_flow(collections), load_rates(rates), day)
        page = render_trust_report(facts, lang=screen.lang, version=__version__)
        make_folder(out.parent)
        write_text(out, page)
    screen.say(f"Report of {facts.on}: {out}", f"{facts.on} 报告：{out}")


@app.command()
def compare(
    deal: DealArgument,
    other: Annotated[
        Path, typer.Argument(metavar="OTHER.toml", help="The other structure.", show_default=False)
    ],
    collections: CollectionsOption,
    rates: RatesOption = None,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Run two structures over the same collections and show both side by side."""
    from postloan.workflows.abs_questions import compare as compared
    from postloan.workflows.securitising import load_deal, load_flow, load_rates

    screen = Screen(lang, json=as_json, quiet=quiet)
    answer = compared(load_deal(deal), load_deal(other), load_flow(collections), load_rates(rates))
    if as_json:
        screen.json(answer.values)
        return
    columns = answer.columns[screen.lang]
    screen.table(screen.text("Two structures", "两种结构"), columns, answer.rows, right=(1, 2, 3))


@app.command()
def deals(
    write: Annotated[Path | None, typer.Option("--write", metavar="DIR", help="Also write the deal files to a folder.")] = None,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Thirteen deals that were really issued, under the forecasts of their rating agencies."""
    from postloan.adapters.files_whole import make_folder, write_text
    from postloan.workflows.abs_deals import COLUMNS, REMAINING, deals_json, deals_tables, real_deals

    screen = Screen(lang, json=as_json, quiet=quiet)
    if write is not None:
        make_folder(write)
        for name, deal in real_deals().items():
            write_text(write / f"{name}.toml", deal.terms.text)
    if as_json:
        screen.json(deals_json())
        return
    paid, remaining = deals_tables(screen.lang)
    title = screen.text("Under the published forecasts (10,000 yuan)", "在公布的预测下（万元）")
    screen.table(title, COLUMNS[screen.lang], paid, right=range(2, len(COLUMNS["en"])))
    title = screen.text("What published remaining balances imply", "公布的剩余本金意味着什么")
    screen.table(title, REMAINING[screen.lang], remaining, right=range(2, len(REMAINING["en"])))


def _show_result(screen: Screen, result: Result) -> None:
    from postloan.securitisation.result import yuan

    rows = [
        [name, yuan(bond.terms.balance), yuan(bond.interest_paid), yuan(bond.principal_paid), yuan(bond.balance), yuan(bond.due + bond.on_due)]
        for name, bond in result.machine.bonds.items()
    ]  # fmt: skip
    columns = [
        screen.text("Bond", "证券"), screen.text("Start", "期初"), screen.text("Interest", "利息"),
        screen.text("Principal", "本金"), screen.text("Left", "剩余"), screen.text("Unpaid interest", "未付利息"),
    ]  # fmt: skip
    screen.table(result.machine.terms.name, columns, rows, right=range(1, 6))


def _show_findings(screen: Screen, findings: tuple[Finding, ...]) -> None:
    for one in findings:
        where = f" ({screen.text('line', '第')} {one.row}{screen.text('', ' 行')})" if one.row else ""
        screen.say(
            f"  {one.code} {screen.severity(one.kind.severity)}{where}: {one.says(screen.lang)} {one.mend(screen.lang)}"
        )


def _findings_json(findings: tuple[Finding, ...], screen: Screen) -> list[dict[str, object]]:
    return [
        {"code": one.code, "severity": one.kind.severity, "line": one.row, "says": one.says(screen.lang), "mend": one.mend(screen.lang)}
        for one in findings
    ]  # fmt: skip
