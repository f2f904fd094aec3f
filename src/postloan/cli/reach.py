"""``postloan reach``: learn where letters arrive, rank places, look back, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen

if TYPE_CHECKING:
    from postloan.people.backtest import Backtest, Rate
    from postloan.workflows.reaching import Reached, ReachOptions

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True,
                  help="Where a letter arrives (触达): train, rank places, look back, explain.")  # fmt: skip

_Source = Annotated[
    Path,
    typer.Argument(
        metavar="TAPE",
        help="A tape folder or file with addresses; letters are learned from where it has them.",
    ),
]
_Mapping = Annotated[Path | None, typer.Option("--mapping", help="Your mapping of headers to fields (YAML).")]
_On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="DATE",
        help="Day on which places are looked at; the last day on the tape if left out.",
    ),
]
_Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE",
        help="Begin from this kept model; letters that it knows are not learned again.",
    ),
]
_Seed = Annotated[int, typer.Option("--seed", min=0, help="Of samples and draws; the same seed gives the same answer.")]  # fmt: skip


@app.callback()
def _reach() -> None:
    """Where a letter arrives: train, rank places, look back, explain."""


@app.command("rank")
def rank(
    source: _Source,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for places.parquet and people.parquet.")],
    on: _On = None,
    model: _Model = None,
    mapping: _Mapping = None,
    cost: Annotated[float, typer.Option("--cost", min=0.0, help="Yuan that one letter costs.")] = 4.2,
    worth: Annotated[float, typer.Option("--worth", min=0.0, help="Yuan that reaching a person is worth.")] = 60.0,
    most: Annotated[int, typer.Option("--most", min=1, max=7, help="Most letters to one person.")] = 3,
    least: Annotated[float, typer.Option("--least", min=0.0, max=1.0, help="Chance to arrive below which no letter is sent.")] = 0.05,
    explore: Annotated[float, typer.Option("--explore", min=0.0, max=0.5, help="Share of people whose next place is drawn at random; its chance is written down.")] = 0.0,
    seed: _Seed = 0,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Learn from the tape's own letters and rank everybody's places; what may not be used is only counted."""
    from postloan.adapters.files_whole import make_folder
    from postloan.bootstrap import tools
    from postloan.people.next_letter import Policy
    from postloan.workflows.reaching import learn_to_reach, rank_places, write_tables

    screen = Screen(lang, json=json, quiet=quiet)
    policy = Policy(cost, worth, most, least, explore, seed)
    with screen.steps() as tell, tools(tell=tell) as ours:
        reached = learn_to_reach(_options(source, on, model, mapping, seed), ours)
        tables = rank_places(reached, policy, ours, screen.lang)
        make_folder(out)
        write_tables(tables, out, ours)
    if json:
        screen.json({**_facts(reached), "out": str(out), "seconds": dict(ours.timings)})
        return
    _show(screen, reached)
    screen.say(f"Places and people: {out}", f"地点与人员：{out}")


@app.command("train")
def train(
    source: _Source,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to keep the model.")],
    on: _On = None,
    model: _Model = None,
    mapping: _Mapping = None,
    seed: _Seed = 0,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Learn from the tape's letters and keep the model, from nothing or from a model that is kept already."""
    from postloan.adapters.files_whole import make_folder, whole
    from postloan.bootstrap import tools
    from postloan.workflows.reaching import kept_model, learn_to_reach

    screen = Screen(lang, json=json, quiet=quiet)
    with screen.steps() as tell, tools(tell=tell) as ours:
        reached = learn_to_reach(_options(source, on, model, mapping, seed), ours)
    make_folder(out.parent)
    with whole(out) as part:
        part.write_bytes(kept_model(reached))
    if json:
        screen.json({**_facts(reached), "out": str(out)})
        return
    _show(screen, reached)
    screen.say(f"Model: {out}", f"模型：{out}")


@app.command("link")
def link(
    source: _Source,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for persons.parquet and review.parquet.")
    ],
    mapping: _Mapping = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Who is who: borrowers to persons, with a file of the pairs that a person must look at."""
    from postloan.adapters.files_whole import make_folder
    from postloan.bootstrap import tools
    from postloan.workflows.linking import link_source

    screen = Screen(lang, json=json, quiet=quiet)
    with screen.steps() as tell, tools(tell=tell) as ours:
        found = link_source(source, _options(source, None, None, mapping, 0).tape, ours)
        make_folder(out)
        for name in ("persons", "review"):
            ours.engine.register(f"linked_{name}", getattr(found, name))
            ours.engine.write(f"SELECT * FROM linked_{name}", out / f"{name}.parquet")
    persons = len(set(found.persons["person_id"].to_pylist()))
    if json:
        screen.json(
            {
                "borrowers": found.persons.num_rows, "persons": persons, "review": found.review.num_rows,
                "joined_by_probability": found.joined, "out": str(out),
            }
        )  # fmt: skip
        return
    screen.say(
        f"{found.persons.num_rows:,} borrowers are {persons:,} persons; {found.review.num_rows:,} pairs to look at: {out}",
        f"{found.persons.num_rows:,} 户借款人归并为 {persons:,} 人；待复核 {found.review.num_rows:,} 对：{out}",
    )


@app.command("backtest")
def backtest(
    source: _Source,
    split: Annotated[str | None, typer.Option("--split", metavar="DATE", help="Letters known by this day teach, later ones test; two thirds of the letters if left out.")] = None,
    truth: Annotated[Path | None, typer.Option("--truth", metavar="FILE", help="Of a synthetic tape: Parquet with row and arrives, for the true ceiling.")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write tables and the reliability diagram as one HTML page.")] = None,
    mapping: _Mapping = None,
    seed: _Seed = 0,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """What the model would have done with letters that it had not seen, against the address on file and the newest."""
    from dataclasses import asdict

    from postloan.bootstrap import tools
    from postloan.cli.given import day
    from postloan.workflows.reaching import look_back

    screen = Screen(lang, json=json, quiet=quiet)
    with screen.steps() as tell, tools(tell=tell) as ours:
        true = None
        if truth is not None:
            ours.engine.parquet("hidden_truth", truth)
            true = ours.engine.arrow("SELECT row, arrives FROM hidden_truth")
        found = look_back(
            _options(source, None, None, mapping, seed), ours, split=day(split) if split else None, truth=true
        )
    if report is not None:
        from postloan.adapters.files_whole import make_folder, write_text
        from postloan.outcomes.reach_report import reach_page

        make_folder(report.parent)
        write_text(report, reach_page(found, title=source.name, lang=screen.lang))
    if json:
        screen.json(asdict(found))
        return
    show_backtest(screen, found)
    if report is not None:
        screen.say(f"Report: {report}", f"报告：{report}")


@app.command("explain")
def explain(
    source: _Source,
    borrower: Annotated[
        list[str], typer.Option("--borrower", help="Borrower number; may be given several times.")
    ],
    on: _On = None,
    model: _Model = None,
    mapping: _Mapping = None,
    seed: _Seed = 0,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Why a borrower's places stand in their order, and what to do; addresses are masked."""
    from dataclasses import asdict

    from postloan.bootstrap import tools
    from postloan.people.next_letter import Policy
    from postloan.workflows.reaching import explain_borrowers

    screen = Screen(lang, json=json, quiet=quiet)
    with screen.steps() as tell, tools(tell=tell) as ours:
        found = explain_borrowers(
            _options(source, on, model, mapping, seed), borrower, Policy(), ours, screen.lang
        )
    if json:
        screen.json([asdict(one) for one in found])
        return
    for one in found:
        rows = [
            (at, place.address, f"{place.arrives:.0%}", "\n".join(reason.says for reason in place.reasons))
            for at, place in enumerate(one.places, start=1)
        ]
        heads = screen.text("place|address|arrives|why", "序号|地址|送达可能性|理由").split("|")
        screen.table(one.borrower, heads, rows, right=[0, 2])
        screen.say(one.advice)


def _options(
    source: Path, on: str | None, model: Path | None, mapping: Path | None, seed: int
) -> ReachOptions:
    from postloan.cli.given import UnreadableFile, day, read_text
    from postloan.workflows.reaching import ReachOptions
    from postloan.workflows.taking_in import TapeOptions

    kept = None
    if model is not None:
        from postloan.people.keeping import from_bytes

        try:
            kept = from_bytes(model.read_bytes(), model.name)
        except OSError as error:
            raise UnreadableFile(path=model, why=error.strerror or "it cannot be opened") from error
    tape = TapeOptions(mapping=read_text(mapping), mapping_file=mapping.name if mapping else "")
    return ReachOptions(source, day(on) if on else None, tape, kept, seed)


def _facts(reached: Reached) -> dict[str, object]:
    evidence = reached.gathered.evidence
    return {
        "on": reached.gathered.on,
        "people": evidence.people,
        "records": len(evidence.records.person),
        "places": len(evidence.spots.person),
        "letters_learned": reached.new_letters,
        "refused": [
            {"reason": line.reason, "source": line.source, "rows": line.rows} for line in reached.away
        ],
        "findings": [
            {"code": f.code, "rows": f.count, "says_en": f.says("en"), "says_zh": f.says("zh")}
            for f in reached.findings
        ],
    }


def _show(screen: Screen, reached: Reached) -> None:
    evidence = reached.gathered.evidence
    if reached.findings:
        heads = screen.text("code|severity|rows|what was found|what to do", "代码|级别|行数|发现|处理办法")
        screen.table(
            screen.text("At the door", "入库检查"), heads.split("|"),
            [(f.code, screen.severity(f.kind.severity), f.count, f.says(screen.lang), f.mend(screen.lang))
             for f in reached.findings],
            right=[2],
        )  # fmt: skip
    records, places = len(evidence.records.person), len(evidence.spots.person)
    screen.say(
        f"{evidence.people:,} people, {records:,} lawful records at {places:,} places; "
        f"learned from {reached.new_letters:,} letters, looked at on {reached.gathered.on}",
        f"{evidence.people:,} 人，合法地址记录 {records:,} 条，归并为 {places:,} 处；"
        f"从 {reached.new_letters:,} 封函件学习，观察日 {reached.gathered.on}",
    )


_HABITS = {
    "model": ("the model", "模型"), "address_on_file": ("address on file", "留存地址"), "newest": ("newest record", "最新地址"),
}  # fmt: skip


def show_backtest(screen: Screen, found: Backtest) -> None:
    """The tables of a look back."""
    at = 1 if screen.lang == "zh" else 0
    synthetic = found.ceiling == found.ceiling
    heads = screen.text(
        "choice|letters it would have sent itself|arrived of them|expected, first attempt|expected, two attempts",
        "选择方式|与实际寄送一致的函件|其中送达|预计首次送达|预计两次内送达",
    ).split("|")
    rows = [
        (_HABITS[name][at], line.observed.count, _share(line.observed), f"{line.expected:.1%}", f"{line.second:.1%}",
         *((f"{line.true_first:.1%}",) if synthetic else ()))
        for name, line in found.lines.items()
    ]  # fmt: skip
    if synthetic:
        heads.append(screen.text("true, first attempt", "真实首次送达"))
    screen.table(
        screen.text(
            f"{found.taught:,} letters up to {found.split} taught, {found.tested:,} later ones tested",
            f"{found.split} 前 {found.taught:,} 封用于学习，其后 {found.tested:,} 封用于检验",
        ),
        heads, rows, right=range(1, len(heads)),
    )  # fmt: skip
    if synthetic:
        screen.say(f"The best choice there is: {found.ceiling:.1%}", f"可能的最佳选择：{found.ceiling:.1%}")
    screen.say(
        f"People with several test letters of whom one arrived: {_share(found.best)}; handed to a proxy: {found.proxies:,}",
        f"有多封检验函件者中至少一封送达：{_share(found.best)}；代收：{found.proxies:,} 封",
    )
    screen.table(
        screen.text(f"Reliability: expected and observed differ by {found.error:.3f} on average",
                    f"校准：预计与实际平均相差 {found.error:.3f}"),
        screen.text("expected|arrived|letters", "预计|实际送达|函件数").split("|"),
        [(f"{b.expected:.0%}", _share(b.arrived), b.arrived.count) for b in found.bins], right=[0, 1, 2],
    )  # fmt: skip
    screen.table(
        screen.text("Expected gain over the address on file", "相对留存地址的预计提升"),
        screen.text("the model's place is|people|model|address on file", "模型所选地址|人数|模型|留存地址").split("|"),
        [(u.name, u.people, f"{u.model:.0%}", f"{u.file:.0%}") for u in (*found.by_source, *found.by_age)],
        right=[1, 2, 3],
    )  # fmt: skip


def _share(rate: Rate) -> str:
    return f"{rate.rate:.1%} ({rate.low:.1%}–{rate.high:.1%})" if rate.count else "—"
