"""``postloan day``: what waits for a lender in the morning."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, DbOption, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postloan.ledger.migration import Roll
    from postloan.workflows.morning_parts import LoanLine, Morning


def day(
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day, as 2026-03-02; today if left out.")] = None,
    db: DbOption = STORE,
    days: Annotated[int, typer.Option("--days", min=0, max=366, help="How far to look ahead, and back for moves between classes.")] = 30,
    listed: Annotated[int, typer.Option("--list", min=0, max=10_000, help="Most entries in a list; counts and sums are always of all.")] = 10,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """What came in, what waits, what crosses a line soon, and what changed (每日晨报)."""
    from postloan.cli import given
    from postloan.workflows.morning import morning, morning_json

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        found = morning(records, on=given.day(on), days=days, listed=listed)
    if json:
        screen.json(morning_json(found))
        return
    _work(found, screen)
    _lines(found, screen)
    _classes(found, screen)


def _work(found: Morning, screen: Screen) -> None:
    """What came in and what waits for somebody."""
    came, held, due = found.came_in, found.suspense, found.promises
    screen.say(f"postloan · {found.on}")
    if came.on is None:
        screen.say("Nothing has come in yet.", "尚无入账。")
    else:
        screen.say(
            f"On {came.on} {came.rows:,} payments came in, {came.amount} yuan: {came.posted_rows:,} posted "
            f"({came.posted_amount}), {came.suspended_rows:,} in suspense ({came.suspended_amount}), "
            f"{came.refused_rows:,} rows refused ({came.refused_amount}); "
            f"{came.files} files taken, {came.refused} refused; {came.undone:,} undone ({came.undone_amount}).",
            f"{came.on} 共入账 {came.rows:,} 笔、{came.amount} 元：已入账 {came.posted_rows:,} 笔"
            f"（{came.posted_amount}），挂账 {came.suspended_rows:,} 笔（{came.suspended_amount}），"
            f"拒收 {came.refused_rows:,} 行（{came.refused_amount}）；"
            f"接收文件 {came.files} 个，拒收文件 {came.refused} 个；退回或冲正 {came.undone:,} 笔（{came.undone_amount}）。",
        )
    rows = [
        (screen.text("In suspense", "挂账待查"), held.count, held.amount, screen.text(f"oldest since {held.oldest}", f"最早 {held.oldest}") if held.oldest else ""),
        (screen.text("Promises due today", "今日到期承诺"), due.today, due.today_amount, ""),
        (screen.text("Promises broken so far", "逾期未履行承诺"), due.late, due.late_amount, ""),
        (screen.text("Instalments of plans missed", "分期已违约期数"), found.missed.instalments, found.missed.amount, ""),
        (screen.text("Approvals waiting", "待审批"), found.approvals.waiting, "", screen.text(f"{found.approvals.soon} expire within 3 days", f"{found.approvals.soon} 件三日内失效") if found.approvals.soon else ""),
    ]  # fmt: skip
    heads = screen.text("Waiting|Number|Yuan|", "待处理|数量|金额（元）|").split("|")
    screen.table("", heads, rows, right=(1, 2))
    if found.suspense.first:
        screen.table(
            screen.text("Suspense, oldest first", "挂账，最早在前"),
            screen.text("No.|Since|Yuan|Why|May be for", "编号|起始日|金额（元）|原因|可能对应").split("|"),
            [(one.number, one.since, one.amount, one.reason, ", ".join(str(c.get("loan_id", "")) for c in one.candidates)) for one in found.suspense.first],
            right=(2,),
        )  # fmt: skip
    if found.approvals.first:
        screen.table(
            screen.text("Approvals waiting", "待审批"),
            screen.text("No.|Action|About|Yuan|Asked by|Until", "编号|事项|对象|金额（元）|经办|截止").split("|"),
            [(one.number, one.action, one.subject, one.amount, one.asked_by, one.until) for one in found.approvals.first],
            right=(3,),
        )  # fmt: skip


def _lines(found: Morning, screen: Screen) -> None:
    """What crosses a line in the days ahead."""
    from postloan.tape.terms import GRADES

    rows: list[tuple[object, ...]] = []
    for one in found.crossings:
        name = GRADES[one.to] if screen.lang == "zh" else one.to.replace("_", " ")
        rows.append(
            (
                screen.text(f"day {one.day}: {name}", f"逾期第 {one.day} 天：{name}"),
                one.loans,
                one.principal,
                one.worsens,
                one.rule,
            )
        )
    ends, seen = found.limitation, found.observations
    rows.append((screen.text("limitation ends", "诉讼时效届满"), ends.loans, ends.owed, "", "CN-LIM-01"))
    rows.append(
        (screen.text("observation may end", "重组观察期可届满"), seen.loans, seen.owed, "", "CN-CLS-03")
    )
    heads = screen.text("Line|Loans|Yuan|Class gets worse|Rule", "界限|笔数|金额（元）|分类下调|规则").split(
        "|"
    )
    title = screen.text(f"Crossed by {found.days} days from now", f"未来 {found.days} 天将跨越")
    screen.table(title, heads, rows, right=(1, 2, 3))
    if found.unlimited:
        screen.say(
            f"{found.unlimited:,} open loans have no known end of limitation: their due days are missing.",
            f"{found.unlimited:,} 笔未结清贷款因缺少到期日，诉讼时效届满日不明。",
        )
    for one in found.crossings:
        _listed(screen, screen.text(f"Next to reach day {one.day}", f"最近将达第 {one.day} 天"), one.first)
    _listed(screen, screen.text("Next ends of limitation", "最近时效届满"), ends.first)


def _listed(screen: Screen, title: str, lines: Sequence[LoanLine]) -> None:
    if not lines:
        return
    heads = screen.text("Loan|On|Class|Principal|Owed", "贷款编号|日期|分类|本金（元）|债权（元）").split("|")
    rows = [(one.loan_id, one.on, _grade(one.grade, screen), one.principal, one.owed) for one in lines]
    screen.table(title, heads, rows, right=(3, 4))


def _classes(found: Morning, screen: Screen) -> None:
    """What changed in class and why, and how fast loans move between classes."""
    changed = found.regraded
    if changed.on is not None:
        heads = screen.text("From|To|Loans|Principal|Because", "原分类|新分类|笔数|本金（元）|依据").split(
            "|"
        )
        rows = [
            (_grade(move.before, screen), _grade(move.after, screen), move.loans, move.principal, " ".join(move.because))
            for move in changed.moves
        ]  # fmt: skip
        screen.table(
            screen.text(f"Class changed on {changed.on}", f"{changed.on} 分类变动"), heads, rows, right=(2, 3)
        )
    heads = screen.text(
        "Status|Class|Loans|Principal|Carried", "状态|分类|笔数|本金（元）|账面本金（元）"
    ).split("|")
    books = [
        (one.status, _grade(one.grade, screen), one.loans, one.principal, one.booked)
        for one in found.portfolio
    ]
    screen.table(screen.text("The books", "存量"), heads, books, right=(2, 3, 4))
    went = found.migration
    title = screen.text(f"Moved from {went.since} to {went.until}", f"{went.since} 至 {went.until} 迁徙")
    _rolls(screen, title, went.rolls, "")
    _rolls(
        screen,
        screen.text("by month of origination", "按发放月份"),
        went.vintages,
        screen.text("Month", "月份"),
    )


def _rolls(screen: Screen, title: str, rolls: Sequence[Roll], first: str) -> None:
    if not rolls:
        return
    heads = screen.text("From|To|Moved|Stood there|Share", "原分类|新分类|迁徙笔数|期初笔数|迁徙率").split(
        "|"
    )
    rows = [
        (*((roll.move.vintage or "—",) if first else ()), _grade(roll.move.before, screen), _grade(roll.move.after, screen), roll.move.loans, roll.stood, _share(roll.rate))
        for roll in rolls
    ]  # fmt: skip
    at = 1 if first else 0
    screen.table(title, ([first] if first else []) + heads, rows, right=(2 + at, 3 + at, 4 + at))


def _grade(code: str, screen: Screen) -> str:
    from postloan.tape.terms import GRADES

    if not code:
        return "—"
    return GRADES.get(code, code) if screen.lang == "zh" else code.replace("_", " ")


def _share(rate: Fraction | None) -> str:
    from postloan.kernel.money import round_to

    return "—" if rate is None else f"{round_to(rate * 100, 2)} %"
