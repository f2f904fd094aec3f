"""Approved templates of letters: text with slots of a closed list, checked against the rule book before use."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from postloan.kernel import PostloanError
from postloan.rules import RuleBook

KINDS = ("demand", "plan", "transfer", "reminder", "limitation", "dispute", "settlement", "lawyer")
"""The kinds of letter that come with postloan."""

_SLOT = re.compile(r"\{([^{}]*)\}")
_CONDITIONS = ("time_barred", "not_barred")
_COURT = "HS-LTR-02.court_words"


class BadTemplate(PostloanError):
    """The template {template} has a mistake: {why}.

    {mend}
    """

    zh = "模板 {template} 有误：{why_zh}。{mend_zh}"


class UnknownTemplate(PostloanError):
    """There is no template '{template}'.

    Name one of {known}, or a .yaml file of your own.
    """

    zh = "没有模板“{template}”。请写以下之一：{known}；或给出自有的 .yaml 文件。"


@dataclass(frozen=True, slots=True)
class Slot:
    """What a template may ask for. type: text, day or money. origin: row, ledger or sender. item: what it proves."""

    name: str
    zh: str
    type: str
    origin: str
    personal: bool
    item: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a table.

    when: time_barred or not_barred, "" for always. given: a slot without which it is left out. items: required items
    that it carries.
    """

    text: str
    table: str
    when: str
    given: str
    items: tuple[str, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots of its text, as they stand there."""
        return tuple(_SLOT.findall(self.text))


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template (模板).

    kind: of letter. title: heading. item: what the postal form calls the content (内件品名). demands: it asks for
    payment, so that it may interrupt limitation. settled: it says that nothing is owed. needs: rule keys of required
    items. closing_by, closing_also: slots of those who sign. version: first sixteen digits of the SHA-256 of its
    content.
    """

    kind: str
    title: str
    item: str
    demands: bool
    settled: bool
    needs: tuple[str, ...]
    body: tuple[Block, ...]
    closing_by: str
    closing_also: tuple[str, ...]
    closing_items: tuple[str, ...]
    version: str


@cache
def slots() -> Mapping[str, Slot]:
    """The closed list of slots by name."""
    raw = _slot_data()["slots"]
    return MappingProxyType({
        name: Slot(
            name, entry["zh"], entry.get("type", "text"), entry["from"], bool(entry.get("personal")),
            entry.get("item", ""),
        )
        for name, entry in raw.items()
    })  # fmt: skip


@cache
def _slot_data() -> Mapping[str, Any]:
    return MappingProxyType(yaml.safe_load((files(__package__) / "slots.yaml").read_text(encoding="utf-8")))


def packaged(kind: str) -> str:
    """The text of a template that comes with postloan.

    Raises:
        UnknownTemplate: there is none of that kind.
    """
    if kind not in KINDS:
        raise UnknownTemplate(template=kind, known=", ".join(KINDS))
    return (files(__package__) / "templates" / f"{kind}.yaml").read_text(encoding="utf-8")


def read_template(text: str, name: str, book: RuleBook, *, on: date) -> Template:
    """A template from its YAML, checked against the rule book of a day.

    Raises:
        BadTemplate: it is no template, asks for an unknown slot, lacks a required item, does not disclose limitation,
            or bears a word by which it would pass for a court's.
    """
    try:
        raw = yaml.safe_load(text)
        made = _made(raw)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        why = f"{type(error).__name__} {error}".replace("\n", " ")
        raise _bad(
            name,
            f"it cannot be read ({why})",
            f"无法读取（{why}）",
            "Compare it with one that comes with postloan.",
            "请对照 postloan 自带的模板。",
        ) from error
    for check in (_known_slots, _proved_items, _required_items, _honest_words, _discloses):
        check(made, name, book, on)
    return made


def _made(raw: Mapping[str, Any]) -> Template:
    body = tuple(
        Block(
            str(one.get("text", "")), str(one.get("table", "")), str(one.get("when", "")), str(one.get("given", "")),
            tuple(one.get("items", ())),
        )
        for one in raw["body"]
    )  # fmt: skip
    closing = raw["closing"]
    plain = json.dumps(raw, ensure_ascii=False, sort_keys=True)
    return Template(
        kind=str(raw["kind"]), title=str(raw["title"]), item=str(raw["item"]), demands=bool(raw["demands"]),
        settled=bool(raw.get("settled")), needs=tuple(raw.get("needs") or ()), body=body,
        closing_by=str(closing["by"]), closing_also=tuple(closing.get("also", ())),
        closing_items=tuple(closing.get("items", ())),
        version=hashlib.sha256(plain.encode()).hexdigest()[:16],
    )  # fmt: skip


def _known_slots(made: Template, name: str, book: RuleBook, on: date) -> None:
    used = [slot for block in made.body for slot in (*block.slots, *filter(None, [block.given]))]
    for slot in (*used, made.closing_by, *made.closing_also):
        if slot not in slots():
            raise _bad(
                name, f"the slot {{{slot}}} is not known", f"未知的填充项 {{{slot}}}",
                f"Known are: {', '.join(slots())}.", f"可用的填充项：{'、'.join(slots())}。",
            )  # fmt: skip
    for block in made.body:
        if block.when and block.when not in _CONDITIONS:
            raise _bad(
                name,
                f"the condition '{block.when}' is not known",
                f"未知的条件“{block.when}”",
                f"Write one of {', '.join(_CONDITIONS)}.",
                f"请写 {'、'.join(_CONDITIONS)}。",
            )
        if block.table not in ("", "balances") or bool(block.table) == bool(block.text):
            raise _bad(
                name,
                "a block has neither text nor the table 'balances', or both",
                "段落须有文字或表格 balances 之一",
                "Give each block text: or table: balances.",
                "每段只写 text: 或 table: balances。",
            )
        if re.search(r"[{}]", _SLOT.sub("", block.text)):
            raise _bad(
                name,
                f"a brace stands alone in '{block.text[:20]}…'",
                f"“{block.text[:20]}…”中的花括号不成对",
                "Write slots as {name}.",
                "填充项写作 {name}。",
            )


def _proved_items(made: Template, name: str, book: RuleBook, on: date) -> None:
    """An item that a block claims to carry is there: its slot, its table or its words."""
    proofs = _slot_data()["blocks"]
    for texts, items in _claims(made):
        for item in items:
            by_slot = {slot.name for slot in slots().values() if slot.item == item}
            proof = proofs.get(item, {})
            words = proof.get("contains", [])
            held = (
                any(f"{{{slot}}}" in text for slot in by_slot for text in texts)
                or (proof.get("table") and f"table:{proof['table']}" in texts)
                or (bool(words) and all(any(word in text for text in texts) for word in words))
            )
            if not held:
                wants = ", ".join(sorted(by_slot)) or proof.get("table") or "、".join(words) or "?"
                raise _bad(
                    name,
                    f"a block claims the item {item} and does not carry it ({wants})",
                    f"段落声称载有 {item}，实际缺少（{wants}）",
                    "Put it there, or do not claim it.",
                    "请补上该内容，或不作声明。",
                )


def _claims(made: Template) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    for block in made.body:
        yield [block.text, f"table:{block.table}" if block.table else ""], block.items
    yield [f"{{{made.closing_by}}}", *(f"{{{slot}}}" for slot in made.closing_also)], made.closing_items


def _required_items(made: Template, name: str, book: RuleBook, on: date) -> None:
    for key in (*made.needs, *_always_needed(made.kind)):
        wanted = book.value(key, on=on).terms
        for barred in (False, True):
            lacking = [item for item in wanted if item not in _carried(made, barred=barred)]
            if lacking:
                raise _bad(
                    name,
                    f"it lacks required items of {key}: {', '.join(lacking)}",
                    f"缺少 {key} 规定事项：{'、'.join(lacking)}",
                    "Add blocks that carry them, outside of given:.",
                    "请增加载明这些事项的段落（不得以 given: 为条件）。",
                )


def _always_needed(kind: str) -> tuple[str, ...]:
    """What a kind of letter needs whatever its template says of itself."""
    return {
        "demand": ("CN-LTR-01.items",),
        "limitation": ("CN-LTR-01.items",),
        "lawyer": ("CN-LTR-01.items", "CN-LTR-03.named"),
        "transfer": ("CN-LTR-12.items",),
    }.get(kind, ())


def _carried(made: Template, *, barred: bool) -> set[str]:
    other = "not_barred" if barred else "time_barred"
    held = [block.items for block in made.body if not block.given and block.when != other]
    return {item for items in (*held, made.closing_items) for item in items}


def _honest_words(made: Template, name: str, book: RuleBook, on: date) -> None:
    for text in (made.title, made.item, *(block.text for block in made.body)):
        for word in court_words(book, on):
            if word in text:
                raise _bad(
                    name,
                    f"the word “{word}” would make it pass for a court's",
                    f"“{word}”会使信函被误认为司法文书",
                    "Say it in other words: only a court serves (CN-CRT-01, HS-LTR-02).",
                    "请改用其他表述：只有法院才能送达（CN-CRT-01、HS-LTR-02）。",
                )


def _discloses(made: Template, name: str, book: RuleBook, on: date) -> None:
    """A letter about money says when the claim may be barred, and then threatens with no suit."""
    if made.settled:
        return
    said = [block.text for block in made.body if block.when != "not_barred" and not block.given]
    special = [block.text for block in made.body if block.when == "time_barred"]
    words = book.value("CN-LTR-11.disclosing", on=on).terms
    if not any(word in text for text in special for word in words):
        raise _bad(
            name,
            "no block for time_barred discloses that the claim may be barred",
            "缺少披露时效状况的 time_barred 段落",
            "Add one (CN-LTR-11).",
            "请增加该段落（CN-LTR-11）。",
        )
    for text in said:
        if word := threat_in(text, book, on):
            raise _bad(
                name,
                f"“{word}” stands in a letter about a claim that is barred",
                f"已过时效的信函中出现“{word}”",
                "Put it under when: not_barred (CN-LTR-11).",
                "请置于 when: not_barred 段落（CN-LTR-11）。",
            )


def threat_in(text: str, book: RuleBook, on: date) -> str:
    """The first word of a threat to sue, or of a request that would revive a barred claim; "" if there is none."""
    plain = text.replace("诉讼时效", "时效").casefold()
    for key in ("CN-LTR-11.threats", "CN-LTR-11.revivals"):
        for word in book.value(key, on=on).terms:
            if word in plain:
                return word
    return ""


def court_words(book: RuleBook, on: date) -> Sequence[str]:
    """Words by which a letter would pass for a court's."""
    return book.value(_COURT, on=on).terms


def _bad(name: str, why: str, why_zh: str, mend: str, mend_zh: str) -> BadTemplate:
    return BadTemplate(template=name, why=why, why_zh=why_zh, mend=mend, mend_zh=mend_zh)
