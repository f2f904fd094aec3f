"""``postloan provision``: provisions, ratios, and what moving a set of loans would do before the quarter closes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption, actor, now, opened

if TYPE_CHECKING:
    from postloan.kernel import Money
    from postloan.ledger.provisions import Measured, Rates
    from postloan.workflows.provisioning import Chosen, Option, Provisioned


def provision(
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day, as 2026-03-02; today if left out.")] = None,
    db: DbOption = STORE,
    sell: Annotated[Path | None, typer.Option("--sell", metavar="FILE", help="Work out a sale of these loans: one number a line, or a csv with a column loan_id.")] = None,
    price: Annotated[str | None, typer.Option("--price", help="Yuan for all of them together; HS-PRV-03 if left out.")] = None,
    cost: Annotated[str, typer.Option("--cost", help="Cost of the sale in yuan.")] = "0",
    write_off: Annotated[Path | None, typer.Option("--write-off", metavar="FILE", help="Work out a write-off of these loans.")] = None,
    restructure: Annotated[Path | None, typer.Option("--restructure", metavar="FILE", help="Work out a restructuring of these loans.")] = None,
    keep: Annotated[Path | None, typer.Option("--hold", metavar="FILE", help="Work out what keeping these loans means.")] = None,
    waived: Annotated[str, typer.Option("--waived", help="Yuan released in the restructuring.")] = "0",
    becomes: Annotated[str, typer.Option("--becomes", help="Class after the restructuring; unchanged if left out.")] = "",
    other: Annotated[str, typer.Option("--other-loans", help="Performing loans in yuan that stand outside this store.")] = "0",
    held: Annotated[str | None, typer.Option("--held", help="Provisions held in yuan; as many as must be, if left out.")] = None,
    weight: Annotated[str | None, typer.Option("--risk-weight", help="As 0.75; HS-PRV-02 if left out.")] = None,
    save: Annotated[bool, typer.Option("--save", help="Write the provisions of the day into the store.")] = False,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Provisions by class and by expected loss, ratios, and what to move before the quarter closes (贷款损失准备)."""
    from postloan.cli import given
    from postloan.kernel import Money
    from postloan.workflows.provisioning import Lender, keep_provisions, provisioned

    screen = Screen(lang, json=json, quiet=quiet)
    lender = Lender(
        Money.yuan(other),
        Money.yuan(held) if held is not None else None,
        _fraction(weight) if weight is not None else None,
    )
    chosen = _chosen(sell, write_off, restructure, keep, price, cost, waived, becomes)
    with opened(db, screen) as records:
        found = provisioned(records, on=given.day(on), lender=lender, chosen=chosen)
        if save:
            keep_provisions(records, found, by=actor(by), at=now())
    if json:
        screen.json(_plain(found))
        return
    _books(found, screen)
    _chosen_said(found, screen)
    _options(found, screen)


def _chosen(
    sell: Path | None, write_off: Path | None, restructure: Path | None, keep: Path | None,
    price: str | None, cost: str, waived: str, becomes: str,
) -> Chosen | None:  # fmt: skip
    from postloan.kernel import InputError, Money
    from postloan.ledger.judging import GRADES
    from postloan.ledger.provisions import Act
    from postloan.workflows.provisioning import Chosen

    files = {Act.SELL: sell, Act.WRITE_OFF: write_off, Act.RESTRUCTURE: restructure, Act.KEEP: keep}
    named = [(act, path) for act, path in files.items() if path is not None]
    if not named:
        return None
    if len(named) > 1:
        raise InputError(what="Several acts are asked for", where="--sell, --write-off, --restructure, --hold", mend="Give one at a time.")  # fmt: skip
    if becomes and becomes not in GRADES:
        raise InputError(what=f"'{becomes}' is not a class", where="--becomes", mend=f"Use one of {', '.join(GRADES)}.")  # fmt: skip
    act, path = named[0]
    asked = Money.yuan(price) if price is not None else None
    return Chosen(act, _numbers(path), asked, Money.yuan(cost), Money.yuan(waived), becomes)


def _numbers(path: Path) -> tuple[str, ...]:
    """The loan numbers of a file: one a line, or the column loan_id of a csv."""
    import csv

    from postloan.cli.given import read_text

    rows = [row for row in csv.reader(read_text(path).splitlines()) if row and row[0].strip()]
    heads = [cell.strip().lower() for cell in rows[0]] if rows else []
    named = next((heads.index(name) for name in ("loan_id", "贷款编号", "借据号") if name in heads), None)
    if named is not None:
        return tuple(row[named].strip() for row in rows[1:] if len(row) > named)
    return tuple(row[0].strip() for row in rows)


def _fraction(text: str) -> Fraction:
    from postloan.kernel import InputError

    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(
            what=f"'{text}' is not a weight", where="--risk-weight", mend="Write it as 0.75."
        ) from error
    if found < 0:
        raise InputError(what=f"'{text}' is below zero", where="--risk-weight", mend="Write it as 0.75.")
    return found


def _books(found: Provisioned, screen: Screen) -> None:
    from postloan.ledger.provision_words import said_of_book
    from postloan.ledger.provisions import due_range

    for day, title, by_grade, by_loss in (
        (found.on, screen.text("Provisions on", "贷款损失准备"), found.by_grade, found.by_loss),
        (found.quarter_ends, screen.text("At quarter end if nothing comes in,", "季末（无回收情形）"), found.closing_by_grade, found.closing_by_loss),
    ):  # fmt: skip
        _classes(f"{title} {day}", found.rates, by_grade, by_loss, screen, found, day == found.on)
        for line in said_of_book(by_grade, found.rates, screen.lang):
            screen.say(line)
        low, high = due_range(found.today if day == found.on else found.closing, found.rates)
        screen.say(
            f"The guide allows {low} to {high} (CN-PRV-01).",
            f"参照比例浮动区间 {low} 至 {high} 元（CN-PRV-01）。",
        )


def _classes(
    title: str, rates: Rates, by_grade: Measured, by_loss: Measured, screen: Screen, found: Provisioned, now: bool
) -> None:  # fmt: skip
    from postloan.ledger.provision_words import percent

    book = found.today if now else found.closing
    rows: list[tuple[object, ...]] = [
        (_grade(one.grade, screen), one.loans, one.carried, percent(rates.by_grade[one.grade]), by_grade.by_grade[one.grade], percent(rates.by_loss[one.grade]), by_loss.by_grade[one.grade])
        for one in book.holdings
    ]  # fmt: skip
    if book.other:
        rows.append((screen.text("outside this store", "库外正常贷款"), None, book.other, percent(rates.by_grade["normal"]), by_grade.by_grade["other"], percent(rates.by_loss["normal"]), by_loss.by_grade["other"]))  # fmt: skip
    rows.append((screen.text("together", "合计"), sum(one.loans for one in book.holdings), by_grade.loans, "", by_grade.due, "", by_loss.due))  # fmt: skip
    heads = screen.text("Class|Loans|Carried|Rate|By class|Expected loss|By expected loss", "分类|笔数|账面余额|计提比例|按分类应提|预期损失率|按预期损失应提").split("|")  # fmt: skip
    screen.table(title, heads, rows, right=(1, 2, 3, 4, 5, 6))


def _chosen_said(found: Provisioned, screen: Screen) -> None:
    from postloan.ledger.provision_words import ACTS, said_of_effect

    for day, done in ((found.on, found.chosen), (found.quarter_ends, found.chosen_closing)):
        if done is None:
            continue
        screen.say(f"\n{ACTS[done.plan.act][screen.lang]} · {day}")
        for line in said_of_effect(done, screen.lang):
            screen.say(f"  {line}")


def _options(found: Provisioned, screen: Screen) -> None:
    from postloan.ledger.provision_words import ACTS, CAUTIONS, percent

    def row(one: Option) -> tuple[object, ...]:
        done = one.effect
        went = f"{_grade(one.now, screen)} → {_grade(one.then, screen)}" if one.now != one.then else _grade(one.then, screen)  # fmt: skip
        return (
            ACTS[done.plan.act][screen.lang], went, one.loans, _whole(one.carried), _whole(done.profit), percent(done.after.npl_ratio),
            percent(done.after.coverage), _whole(done.capital), _whole(done.worth - done.cash), percent(one.cost_per_npl),
            " ".join(_MARKS[caution.value] for caution in done.warnings),
        )  # fmt: skip

    heads = screen.text("Act|Class by quarter end|Loans|Carried|Profit|NPL ratio|Coverage|Capital freed|Value given up|Cost per NPL|Beware", "处置|季末分类|笔数|账面余额|利润影响|不良率|拨备覆盖率|释放资本|放弃价值|单位压降成本|警示").split("|")  # fmt: skip
    title = screen.text(f"What could be moved before {found.quarter_ends}, cheapest first; whole yuan", f"{found.quarter_ends} 前可处置方案，成本由低到高（元）")  # fmt: skip
    screen.table(title, heads, [row(one) for one in found.options], right=(2, 3, 4, 5, 6, 7, 8, 9))
    for caution in dict.fromkeys(one for option in found.options for one in option.effect.warnings):
        screen.say(f"{_MARKS[caution.value]} {CAUTIONS[caution][screen.lang]}")


def _whole(amount: Money) -> str:
    """An amount in whole yuan, to compare at a glance."""
    return f"{amount.as_yuan:,.0f}"


_MARKS = {"below_value": "①", "nothing_collected": "②", "claim_stays": "③"}


def _grade(code: str, screen: Screen) -> str:
    from postloan.tape.terms import GRADES

    return GRADES.get(code, code) if screen.lang == "zh" else code.replace("_", " ")


def _plain(found: Provisioned) -> object:
    """Everything as JSON, with the sentences of what was chosen."""
    from postloan.ledger.provision_words import said_of_book, said_of_effect
    from postloan.ledger.provisions import due_range
    from postloan.workflows.as_json import as_json

    plain = as_json(found)
    plain["due_range"] = as_json(due_range(found.today, found.rates))
    said = {
        "en": said_of_book(found.by_grade, found.rates),
        "zh": said_of_book(found.by_grade, found.rates, "zh"),
    }
    plain["said"] = said
    for name, done in (("chosen", found.chosen), ("chosen_closing", found.chosen_closing)):
        if done is not None:
            plain[name]["said"] = {"en": said_of_effect(done), "zh": said_of_effect(done, "zh")}
    return plain
