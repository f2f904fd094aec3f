"""``postloan post``: the night. Payment files and bank statements come into the books, or wait with a clear word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption

if TYPE_CHECKING:
    from postloan.ledger.store import Records
    from postloan.workflows.night import NightKept
    from postloan.workflows.posting_parts import PostedFile, PostingOptions, Sum


def post(
    files: Annotated[list[Path] | None, typer.Argument(help="Payment files and bank statements (csv, xlsx, parquet), posted in this order.")] = None,
    db: DbOption = STORE,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The night: day of booking; default today.")] = None,
    control_total: Annotated[str | None, typer.Option("--control-total", metavar="YUAN", help="What all files together must come to; otherwise nothing is posted.")] = None,
    control_count: Annotated[int | None, typer.Option("--control-count", metavar="N", min=0, help="How many rows all files together must have.")] = None,
    reverse: Annotated[str | None, typer.Option("--reverse", metavar="REFERENCE", help="Take back the payment with this bank reference (冲正).")] = None,
    assign: Annotated[tuple[int, str] | None, typer.Option("--assign", metavar="NUMBER LOAN", help="Book the money in suspense NUMBER on LOAN (认领).")] = None,
    value_on: Annotated[str | None, typer.Option("--value-on", metavar="DATE", help="With --assign: the day from which it counts, where its own cannot be.")] = None,
    rest: Annotated[bool, typer.Option("--no-files", help="Nothing came in: do only the rest of the night.")] = False,
    waiting: Annotated[bool, typer.Option("--suspense", help="List the money that waits in suspense, with candidates.")] = False,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Encoding of text files; default: found out.")] = None,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Post payment files and bank statements; each file whole or not at all, and never twice.

    Then the rest of the night: instalments fall due, promises break, classes change, requests for approval lapse.
    """
    from postloan.cli.given import day
    from postloan.cli.store import actor, now, opened
    from postloan.kernel import InputError, Money
    from postloan.workflows.posting_parts import PostingOptions

    screen = Screen(lang, json=json, quiet=quiet)
    if sum((bool(files), reverse is not None, assign is not None, rest, waiting)) != 1:
        raise InputError(
            what="Give files, or one of --no-files, --reverse, --assign and --suspense", where="postloan post",
            mend="See postloan post --help.",
        )  # fmt: skip
    options = PostingOptions(
        on=day(on),
        at=now(),
        actor=actor(by),
        control_total=Money.yuan(control_total) if control_total is not None else None,
        control_count=control_count,
        encoding=encoding,
        lang=screen.lang,
    )
    with opened(db, screen) as records:
        if files or rest:
            _post(files or [], options, records, screen)
        elif reverse is not None:
            _reverse(reverse, options, records, screen)
        elif assign is not None:
            _assign(assign, value_on, options, records, screen)
        else:
            _waiting(records, screen)


def _post(files: list[Path], options: PostingOptions, records: Records, screen: Screen) -> None:
    from postloan.bootstrap import posting_tools
    from postloan.workflows.as_json import as_json
    from postloan.workflows.night import keep_books
    from postloan.workflows.posting import post_files

    with screen.steps() as tell, posting_tools(tell=tell) as ours:
        done = post_files(files, options, ours, records) if files else []
        night = keep_books(records, on=options.on, by=options.actor, at=options.at, tell=tell)
    if screen.as_json:
        plain = as_json(night)
        plain["graded"]["count"] = night.graded.count
        screen.json({"files": [_plain(one) for one in done], "night": plain})
        return
    for one in done:
        _show(one, screen)
    _show_night(night, screen)


def _show(done: PostedFile, screen: Screen) -> None:
    from postloan.ledger.matching import says

    if done.again:
        screen.say(
            f"{done.name}: taken before; nothing was changed.", f"{done.name}：此前已入账，未作任何改动。"
        )
        return
    tally = done.tally
    rows: list[tuple[object, ...]] = [
        (screen.text("in the file", "文件合计"), done.rows, done.amount),
        (screen.text("posted", "已入账"), tally.posted.rows, tally.posted.amount),
    ]
    if tally.reversed.rows:
        rows.append((screen.text("taken back", "冲正"), tally.reversed.rows, tally.reversed.amount))
    for title, found in (
        (screen.text("in suspense", "挂账"), tally.suspended),
        (screen.text("refused", "拒收"), tally.refused),
    ):
        rows += [
            (f"{title}: {says(why, screen.lang)}", one.rows, one.amount) for why, one in sorted(found.items())
        ]
    titles = screen.text("what became of it|rows|yuan", "处理结果|行数|金额（元）").split("|")
    screen.table(done.name, titles, rows, right=[1, 2])
    screen.say(
        f"{tally.closed:,} loans are paid off, {tally.regraded:,} change class, {tally.frozen:,} debtors are left in"
        f" peace for now, {tally.promises_kept:,} promises and {tally.plans_kept:,} plans are kept;"
        f" {tally.overpaid.amount} came in above what was due.",
        f"结清 {tally.closed:,} 笔，分类变动 {tally.regraded:,} 笔，暂停联系 {tally.frozen:,} 人，"
        f"履行承诺 {tally.promises_kept:,} 项、分期方案 {tally.plans_kept:,} 个；溢缴 {tally.overpaid.amount} 元。",
    )


def _show_night(night: NightKept, screen: Screen) -> None:
    graded = night.graded
    worse = graded.count - graded.better
    screen.say(
        f"Night of {night.on}: {night.fallen:,} instalments fell due, {night.missed:,} are missed,"
        f" {night.broken:,} promises are broken ({night.unpaid} did not come); {worse:,} loans are in a worse class and"
        f" {graded.better:,} in a better one; {night.expired:,} requests for approval lapsed.",
        f"{night.on} 夜间处理：分期到期 {night.fallen:,} 期、违约 {night.missed:,} 期，承诺未履行 {night.broken:,} 项"
        f"（未到账 {night.unpaid} 元）；分类下调 {worse:,} 笔、上调 {graded.better:,} 笔；审批失效 {night.expired:,} 件。",
    )
    if graded.refused:
        screen.say(
            f"{len(graded.refused):,} loans were not graded: something is booked on a later day.",
            f"{len(graded.refused):,} 笔未能分类：其账上已有更晚日期的业务。",
        )


def _plain(done: PostedFile) -> dict[str, object]:
    def both(one: Sum) -> dict[str, object]:
        return {"rows": one.rows, "amount": one.amount.as_yuan}

    tally = done.tally
    return {
        "name": done.name, "sha256": done.sha256, "again": done.again, "rows": done.rows,
        "amount": done.amount.as_yuan, "posted": both(tally.posted), "reversed": both(tally.reversed),
        "suspended": {why: both(one) for why, one in sorted(tally.suspended.items())},
        "refused": {why: both(one) for why, one in sorted(tally.refused.items())},
        "overpaid": both(tally.overpaid), "matched_by": dict(tally.matched_by), "closed": tally.closed,
        "regraded": tally.regraded, "frozen": tally.frozen, "promises_kept": tally.promises_kept,
        "plans_kept": tally.plans_kept,
    }  # fmt: skip


def _reverse(reference: str, options: PostingOptions, records: Records, screen: Screen) -> None:
    from postloan.workflows.posting_back import reverse_payment

    done = reverse_payment(reference, options, records)
    if screen.as_json:
        screen.json(
            {
                "reference": reference,
                "loan_id": done.loan_id,
                "amount": done.amount.as_yuan,
                "owed": done.owed.as_yuan,
            }
        )
        return
    if done.loan_id:
        screen.say(
            f"{done.amount} taken back from {done.loan_id}; {done.owed} is owed on it now.",
            f"已从 {done.loan_id} 冲正 {done.amount} 元，现欠 {done.owed} 元。",
        )
    else:
        screen.say(f"{done.amount} is no longer in suspense.", f"{done.amount} 元已退出挂账。")


def _assign(
    chosen: tuple[int, str], value_on: str | None, options: PostingOptions, records: Records, screen: Screen
) -> None:
    from postloan.cli.given import day
    from postloan.workflows.posting_back import assign_suspense

    number, loan_id = chosen
    done = assign_suspense(number, loan_id, options, records, value_on=day(value_on) if value_on else None)
    if screen.as_json:
        screen.json(
            {"suspense": number, "loan_id": loan_id, "amount": done.amount.as_yuan, "owed": done.owed.as_yuan}
        )
        return
    screen.say(
        f"{done.amount} booked on {loan_id}; {done.owed} is owed on it now.",
        f"已将 {done.amount} 元认领到 {loan_id}，现欠 {done.owed} 元。",
    )


def _waiting(records: Records, screen: Screen) -> None:
    from postloan.ledger.matching import says
    from postloan.ledger.store_records import Suspense, SuspenseState

    with records.reading() as tx:
        found = list(tx.of(Suspense).find(state=SuspenseState.WAITING, order=("since", "number")))
    if screen.as_json:
        screen.json(
            [
                {
                    "number": one.number,
                    "since": one.since,
                    "amount": one.amount.as_yuan,
                    "reason": one.reason,
                    "candidates": list(one.candidates),
                }
                for one in found
            ]
        )
        return
    if not found:
        screen.say("Nothing waits in suspense.", "没有挂账款项。")
        return
    rows = [
        (
            one.number, one.since, one.amount, says(one.reason, screen.lang),
            ", ".join(f"{each['loan_id']} ({says(each['why'], screen.lang)})" for each in one.candidates),
        )
        for one in found
    ]  # fmt: skip
    titles = screen.text(
        "number|since|yuan|why it waits|may be for", "编号|挂账日|金额（元）|原因|可能对应"
    ).split("|")
    screen.table(screen.text("In suspense", "挂账待查"), titles, rows, right=[0, 2])
