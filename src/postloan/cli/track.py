"""``postloan track``: where letters are, what they brought about, and which clocks run out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen

if TYPE_CHECKING:
    from datetime import date

    from postloan.delivery import Brought
    from postloan.delivery.tracking import Folded
    from postloan.rules import RuleBook

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Where letters are, and what they brought about in law (轨迹与效力).",
)

EventsArgument = Annotated[
    Path,
    typer.Argument(
        metavar="EVENTS", help="Tracking as received: .jsonl or .csv with letter_no, carrier, code, text, at."
    ),
]
BatchOption = Annotated[
    Path, typer.Option("--batch", metavar="DIR", help="Folder of the batch, or its manifest.csv.")
]
ProofsOption = Annotated[
    Path | None,
    typer.Option(
        "--proofs",
        metavar="DIR",
        help="Scans of receipts and return slips, each named by its letter's number.",
    ),
]
OnOption = Annotated[
    str | None, typer.Option("--on", metavar="DAY", help="Day that is looked from; today if left out.")
]


@app.callback()
def _track() -> None:
    """Where letters are, and what they brought about in law (轨迹与效力)."""


@app.command("letters")
def letters(
    events: EventsArgument,
    batch: BatchOption,
    proofs: ProofsOption = None,
    on: OnOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fold tracking events, in any order and however often, into outcomes and their effect (汇总轨迹)."""
    from postloan.adapters.tracking_files import read_events
    from postloan.delivery import queries
    from postloan.rules import load_book
    from postloan.workflows.as_json import as_json

    screen = Screen(lang, json=json, quiet=quiet)
    book, day = load_book(), _day(on)
    told = read_events(events)
    folded, brought = _folded(told.events, batch, proofs, book, day)
    due = queries(book, folded.letters.values(), on=day)
    if json:
        screen.json({
            "letters": [{**_plain(as_json(folded.letters[one.letter_no])), "brought": as_json(one)} for one in brought],
            "strangers": dict(folded.strangers), "twice": folded.twice, "unread": folded.unread,
            "unreadable_lines": [list(one) for one in told.unreadable], "queries": [as_json(one) for one in due],
        })  # fmt: skip
        return
    _show(screen, folded, brought)
    for line, why in told.unreadable:
        screen.say(f"Line {line} is no event: {why}.", f"第 {line} 行不是轨迹：{why}。")
    for number, count in folded.strangers.items():
        screen.say(
            f"Letter {number} is not ours: {count} events.", f"函件 {number} 不属于本批次：{count} 条轨迹。"
        )
    for one in folded.letters.values():
        for what in one.unknown:
            screen.say(
                f"Letter {one.letter_no}: '{what}' is not known.", f"函件 {one.letter_no}：“{what}”未能识别。"
            )
    if folded.twice:
        screen.say(
            f"{folded.twice} events came again and changed nothing.", f"{folded.twice} 条轨迹重复，未作改动。"
        )
    for late in due:
        screen.say(
            f"Letter {late.letter_no}: save the carrier's record by {late.last_on}"
            + (", which is over." if late.overdue else "."),
            f"函件 {late.letter_no}：须在 {late.last_on} 前保存承运人记录"
            + ("，现已逾期。" if late.overdue else "。"),
        )


@app.command("effect")
def effect(
    outcome: Annotated[
        str,
        typer.Argument(
            metavar="OUTCOME",
            help="delivered_self, delivered_family, delivered_proxy, refused, returned_unknown, returned_moved, returned_unclear, unclaimed, lost.",
        ),
    ],
    address: Annotated[
        str, typer.Option("--address", metavar="CLASS", help="agreed, registered, reserved or repaired.")
    ] = "",
    refuser: Annotated[bool, typer.Option("--refuser-identified", help="It is shown who refused.")] = False,
    on: OnOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What an outcome at a kind of address brings about, and by which rule (效力)."""
    from postloan.delivery import effect_of
    from postloan.delivery.effects import EFFECTS_ZH
    from postloan.rules import load_book
    from postloan.workflows.as_json import as_json

    screen = Screen(lang, json=json, quiet=quiet)
    found = effect_of(load_book(), outcome, address, on=_day(on), refuser_identified=refuser)
    if json:
        screen.json(as_json(found))
    because = ", ".join(found.because) or "—"
    more = (
        f"; {found.better.value if found.better else '?'} once {found.condition}" if found.condition else ""
    )
    more_zh = (
        f"；条件 {found.condition} 满足后为{EFFECTS_ZH[found.better]}"
        if found.condition and found.better
        else ""
    )
    screen.say(
        f"{found.effect.value} ({because}){more}.", f"{EFFECTS_ZH[found.effect]}（{because}）{more_zh}。"
    )


@app.command("limitation")
def limitation(
    claims: Annotated[
        Path, typer.Argument(metavar="CLAIMS.csv", help="loan_id, matures_on, overdue_since, paid_on.")
    ],
    events: Annotated[Path, typer.Option("--events", metavar="FILE", help="Tracking as received.")],
    batch: BatchOption,
    proofs: ProofsOption = None,
    within: Annotated[
        int,
        typer.Option(
            "--within", min=0, metavar="DAYS", help="Show claims whose last day is at most so far away."
        ),
    ] = 180,
    on: OnOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Which claims are about to be barred, after all interruptions that are proved (诉讼时效预警)."""
    from postloan.adapters.tracking_files import read_claims, read_events
    from postloan.delivery import expiring
    from postloan.delivery import limitation as run_down
    from postloan.rules import load_book
    from postloan.workflows.as_json import as_json

    screen = Screen(lang, json=json, quiet=quiet)
    book, day = load_book(), _day(on)
    _, brought = _folded(read_events(events).events, batch, proofs, book, day)
    by_loan: dict[str, list[Brought]] = {}
    for one in brought:
        by_loan.setdefault(one.loan_id, []).append(one)
    running = [run_down(book, claim, by_loan.get(claim.loan_id, ()), on=day) for claim in read_claims(claims)]
    soon = expiring(running, within=within)
    if json:
        screen.json(
            {
                "expiring": [as_json(one) for one in soon],
                "barred": [one.loan_id for one in running if one.barred],
            }
        )
        return
    heads = screen.text(
        "Loan|Last day|Days left|Restarted on|By letter|Not proved",
        "贷款编号|届满日|剩余天数|重新起算日|依据函件|证据不全",
    ).split("|")
    rows = [
        (
            one.loan_id,
            one.ends_on,
            one.days_left,
            one.restarted_on,
            one.by_letter or "—",
            ", ".join(number for number, _ in one.unproven) or "—",
        )
        for one in soon
    ]
    screen.table(screen.text("About to be barred", "即将届满"), heads, rows, right=(2,))
    barred = sum(one.barred for one in running)
    screen.say(
        f"{len(soon)} within {within} days, {barred} barred already.",
        f"{within} 天内届满 {len(soon)} 笔，已届满 {barred} 笔。",
    )


def _day(given: str | None) -> date:
    from datetime import date

    from postloan.adapters.letter_files import day_or

    return day_or(given, date.today())


def _plain(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _folded(
    told: Any, batch: Path, proofs: Path | None, book: RuleBook, day: date
) -> tuple[Folded, list[Brought]]:
    from postloan.adapters.tracking_files import proofs_of, read_manifest
    from postloan.delivery import brought_about, fold
    from postloan.delivery.evidence import sent_of

    rows = read_manifest(batch)
    folded = fold(told, rows)
    brought = []
    for number, tracked in folded.letters.items():
        sent = sent_of(rows[number], tracked, proofs=bool(proofs_of(proofs, number)))
        brought.append(brought_about(book, sent, tracked, on=day))
    return folded, brought


def _show(screen: Screen, folded: Folded, brought: list[Brought]) -> None:
    from postloan.delivery.carriers import states
    from postloan.delivery.effects import EFFECTS_ZH

    heads = screen.text(
        "Letter|State|Since|Effect|Limitation anew from|Still missing",
        "函件|状态|日期|效力|时效重新起算|证据尚缺",
    ).split("|")
    rows = []
    for one in brought:
        tracked, found = folded.letters[one.letter_no], one.found
        rows.append((
            one.letter_no, states()[tracked.outcome or tracked.state].says[screen.lang],
            tracked.ended_on or tracked.handed_over_on,
            screen.text(found.effect.value, EFFECTS_ZH[found.effect]) + (f" ({found.condition})" if found.condition else ""),
            one.interrupts_on, ", ".join(one.missing) or "—",
        ))  # fmt: skip
    screen.table(screen.text("Letters", "函件"), heads, rows)
