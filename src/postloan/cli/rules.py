"""``postloan rules``: the dated rules with their sources, as a list or one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption

if TYPE_CHECKING:
    from datetime import date

    from postloan.rules import Rule, RuleBook

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The dated rules and their sources (规则库).",
)

OnOption = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="DAY", help="The day whose values are shown, as 2025-06-30; today if left out."
    ),
]
FolderOption = Annotated[
    str | None, typer.Option("--folder", metavar="DIR", help="Add the rule files (*.yaml) of this folder.")
]


@app.command("list")
def list_rules(
    on: OnOption = None,
    folder: FolderOption = None,
    json: JsonOption = False,
    lang: LangOption = LangChoice.en,
) -> None:
    """List all rules with their values on a day; a dash stands where a rule has no value on it."""
    from postloan.rules import meaning, rule_as_json

    screen = Screen(lang, json=json)
    book, day = _book(folder), _day(on)
    if json:
        rules = [{**rule_as_json(rule), "on": _values_on(book, rule, day)} for rule in book]
        screen.json({"version": book.version, "on": day.isoformat(), "rules": rules})
        return
    rows = [
        (
            rule.id,
            rule.says[screen.lang],
            "\n".join(_shown_values(book, rule, day, screen)),
            meaning(rule.force, screen.lang),
            rule.confidence.value,
        )
        for rule in book
    ]
    heads = screen.text(
        "Rule|What it says|Value on the day|Force|Known", "规则|内容|当日取值|效力|依据"
    ).split("|")
    title = screen.text(
        f"{len(book)} rules on {day}, rule book {book.version}",
        f"{day} 的 {len(book)} 条规则，规则库版本 {book.version}",
    )
    screen.table(title, heads, rows)
    screen.say(
        "V primary text, V2 secondary source, M not checked, m uncertain, D design of postloan, S press. "
        "'postloan rules show ID' tells a rule's history and sources.",
        "V 原文，V2 二手来源，M 未核实，m 不确定，D postloan 设计，S 媒体说法。"
        "用 postloan rules show 编号 查看沿革与出处。",
    )


@app.command("show")
def show_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="A rule, for example CN-CLS-01.")],
    on: OnOption = None,
    folder: FolderOption = None,
    json: JsonOption = False,
    lang: LangOption = LangChoice.en,
) -> None:
    """Show one rule: what it says, its values through time, where they are written, and cases."""
    from postloan.rules import cases_of, rule_as_json

    screen = Screen(lang, json=json)
    book = _book(folder)
    name, _, parameter = rule_id.partition(".")
    rule = book.rule(name)
    asked = [parameter] if parameter else list(rule.parameters)
    held = any(each in rule.parameters and book.holds(f"{name}.{each}", on=_day(on)) for each in asked)
    if (parameter or on) and not held:
        book.value(f"{name}.{asked[0]}", on=_day(on))  # where there is no value, its error says why
    if json:
        shown = rule_as_json(rule)
        told = [{"event": case.event, "expect": case.expect} for case in cases_of(name)]
        on_day = _values_on(book, rule, _day(on))
        screen.json({**shown, "version": book.version, "on": on_day, "cases": told}, indent=2)
        return
    _show_head(rule, book, screen)
    _show_history(rule, parameter, _day(on), screen)
    _show_cases(name, screen)


@app.command("keep")
def keep_rule_book(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="What `postloan rules list --json` of another version printed; the present rules if left out.")] = None,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Keep a rule book in the store, so that what was booked under it can be replayed (规则库存档)."""
    from postloan.cli.store import actor, now, opened
    from postloan.rules import load_book
    from postloan.workflows.rule_books import keep_rules

    screen, at = Screen(lang, quiet=quiet), now()
    book = load_book() if file is None else _printed(file)
    with opened(db, screen) as records, records.writing(actor=actor(by), ground="rules keep", at=at) as tx:
        new = keep_rules(tx, book, at.date())
    if new:
        screen.say(f"Rule book {book.version} is kept.", f"规则库版本 {book.version} 已存档。")
    else:
        screen.say(f"Rule book {book.version} was kept before.", f"规则库版本 {book.version} 此前已存档。")


def _printed(file: Path) -> RuleBook:
    """The rule book that ``rules list --json`` printed into a file."""
    import json

    from postloan.kernel import InputError
    from postloan.rules import book_from_json

    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
        version = str(content["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = getattr(error, "strerror", None) or "it is not what `postloan rules list --json` prints"
        raise InputError(
            what=f"The rule book cannot be read: {why}",
            where=file,
            mend="Print it with the program it was used with: postloan rules list --json > FILE.",
        ) from error
    return book_from_json(content, version)


def _show_head(rule: Rule, book: RuleBook, screen: Screen) -> None:
    from postloan.rules import meaning

    screen.say(f"{rule.id}  {rule.says[screen.lang]}")
    unconfirmed = screen.text("not yet confirmed by a person", "尚未经人工核对")
    checked = (
        screen.text(
            f"checked by {rule.checked.by} on {rule.checked.on}",
            f"{rule.checked.by} 于 {rule.checked.on} 核对",
        )
        if rule.checked
        else unconfirmed
    )
    words = [meaning(word, screen.lang) for word in (rule.kind, rule.force, rule.confidence)]
    screen.say(
        " · ".join([*words, checked, screen.text(f"rule book {book.version}", f"规则库版本 {book.version}")])
    )


def _show_history(rule: Rule, only: str, day: date, screen: Screen) -> None:
    from postloan.rules import meaning

    rows = []
    for parameter in rule.parameters.values():
        if only and parameter.name != only:
            continue
        for dated in parameter.values:
            holds = dated.first <= day and (dated.until is None or day <= dated.until)
            article = dated.source.article
            if article == "to be confirmed":
                article = screen.text("article to be confirmed", "条款待确认")
            # The days themselves are exact unless the file says otherwise.
            precision = "" if dated.precise_to == "day" else f" ({meaning(dated.precise_to, screen.lang)})"
            rows.append(
                (
                    "▶" if holds else "",
                    parameter.says[screen.lang],
                    f"{_plain(dated.value, screen)} {_unit(parameter.unit, screen)}".strip(),
                    f"{dated.first}{precision}",
                    str(dated.until or "—"),
                    f"{dated.source.title[screen.lang]}, {article}",
                )
            )
    heads = screen.text("|Meaning|Value|From|Until|Source", "|含义|取值|自|至|出处").split("|")
    screen.table(screen.text(f"▶ holds on {day}", f"▶ {day} 有效"), heads, rows)


def _show_cases(rule: str, screen: Screen) -> None:
    """What the rule alone answers to some events."""
    import json

    from postloan.decide.answers import ANSWERS, Answer
    from postloan.rules import cases_of

    def answered(expect: object) -> str:
        if expect in list(Answer):
            return ANSWERS[Answer(str(expect))][screen.lang]
        return expect if isinstance(expect, str) else json.dumps(expect, ensure_ascii=False)

    cases = cases_of(rule)
    if cases:
        heads = screen.text("Event|Answer", "事件|结论").split("|")
        rows = [(json.dumps(case.event, ensure_ascii=False), answered(case.expect)) for case in cases]
        screen.table(screen.text("Cases, judged by this rule alone", "用例（仅按本规则裁决）"), heads, rows)


def _shown_values(book: RuleBook, rule: Rule, day: date, screen: Screen) -> list[str]:
    shown = []
    for name, parameter in rule.parameters.items():
        key = f"{rule.id}.{name}"
        value = _plain(book.value(key, on=day).value, screen) if book.holds(key, on=day) else "—"
        shown.append(f"{name}: {value} {_unit(parameter.unit, screen) if value != '—' else ''}".rstrip())
    return shown


def _values_on(book: RuleBook, rule: Rule, day: date) -> dict[str, object]:
    """Values by parameter on a day as JSON has them; null where none holds."""
    from decimal import Decimal

    values: dict[str, object] = {}
    for name in rule.parameters:
        key = f"{rule.id}.{name}"
        value: object = book.value(key, on=day).value if book.holds(key, on=day) else None
        plain = isinstance(value, int | str | list | tuple | None)
        values[name] = value if plain and not isinstance(value, Decimal) else str(value)
    return values


def _plain(value: object, screen: Screen) -> str:
    if isinstance(value, bool):
        return screen.text("yes", "是") if value else screen.text("no", "否")
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _unit(unit: str, screen: Screen) -> str:
    from postloan.rules import meaning
    from postloan.rules.vocabulary import Unit

    if unit in (Unit.TERM, Unit.TERMS, Unit.FLAG, Unit.DAY, Unit.TIME, Unit.RATE):
        return ""
    return meaning(Unit(unit), screen.lang)


def _book(folder: str | None) -> RuleBook:
    from postloan.rules import load_book

    return load_book(folder=Path(folder) if folder else None)


def _day(on: str | None) -> date:
    from datetime import date

    from postloan.kernel import parse_day

    return parse_day(on) if on else date.today()
