"""A template filled for one person: what the letter and its envelope print, or why it must not be printed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from postloan.delivery.carriers import address_classes
from postloan.delivery.templates import Block, Template, court_words, slots, threat_in
from postloan.delivery.tokens import token
from postloan.kernel import Lang, Money, Personal, PostloanError, parse_day
from postloan.kernel.personal import mask_name
from postloan.ledger import Balances
from postloan.rules import RuleBook

PARTS_ZH = (
    ("principal", "本金"), ("interest", "利息"), ("penalty", "罚息"), ("compound", "复利"), ("fees", "费用"),
    ("costs", "实现债权的费用"),
)  # fmt: skip
"""The parts of a debt as the table names them."""

_SLOT = re.compile(r"\{([^{}]*)\}")
_ALWAYS = {"principal", "interest", "penalty"}
PURPOSE = "printing a letter to the debtor"


class BadSender(PostloanError):
    """The sender's file is not usable: {why}.

    {mend}
    """

    zh = "发函机构文件不可用：{why_zh}。{mend_zh}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends (发函机构).

    facts: the sender's slots. back: lines of the neutral return address. back_postcode: its postcode. verify_url: the
    page that tells whether a letter is genuine, without the code.
    """

    facts: Mapping[str, str]
    back: tuple[str, ...]
    back_postcode: str
    verify_url: str


@dataclass(frozen=True, slots=True)
class Order:
    """One letter to be printed (一封信函).

    letter_no: unique. borrower_id: how others may refer to the person. name, address: in clear on paper only.
    postcode: six digits or "". address_class, source: what kind of address it is and where it comes from. product: as
    on the tape. limitation_on: last day to go to court, None if not known. owed: amounts of the ledger on ``as_of``.
    facts: other slots of the row, as text.
    """

    letter_no: str
    borrower_id: str
    loan_id: str
    product: str
    name: Personal[str]
    address: Personal[str]
    postcode: str
    address_class: str
    source: str
    owed: Balances
    as_of: date
    limitation_on: date | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why a letter is not printed. code: stable. says: by language; the person is masked in it."""

    letter_no: str
    borrower_id: str
    code: str
    says: Mapping[Lang, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is printed. content: what the document prints, in clear. digest: SHA-256 of that as JSON."""

    order: Order
    content: Mapping[str, Any]
    digest: str


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a letter prints, as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def check_sender(sender: Sender, template: Template, book: RuleBook, *, on: date) -> None:
    """Whether a sender may send this kind of letter.

    Raises:
        BadSender: it passes for an authority, a fact is missing, or the envelope would show a debt.
    """
    wanted = {slot for block in template.body if not block.given for slot in block.slots}
    wanted |= {template.closing_by, *template.closing_also}
    for name in sorted(wanted):
        if slots()[name].origin == "sender" and not sender.facts.get(name, "").strip():
            raise _sender(
                f"{name} ({slots()[name].zh}) is missing",
                f"缺少{slots()[name].zh}（{name}）",
                "Add it to the file.",
                "请补充。",
            )
    for name, text in sender.facts.items():
        if name not in slots() or slots()[name].origin != "sender":
            raise _sender(f"{name} is not known", f"未知的项 {name}", "Remove it.", "请删除。")
        for word in court_words(book, on):
            if word in text:
                raise _sender(
                    f"“{word}” in {name} would make the letter pass for a court's",
                    f"{name} 中的“{word}”会使信函被误认为司法文书",
                    "Say it in other words.",
                    "请改用其他表述。",
                )
    for name in ("lender", "collector", "law_firm"):
        said = sender.facts.get(name, "")
        banned = book.value("CN-ID-02.banned_sender", on=on).terms
        if name != "law_firm" and template.kind != "lawyer":
            banned += book.value("CN-ID-02.legal_names", on=on).terms
        for word in banned:
            if word in said:
                raise _sender(
                    f"{name} bears “{word}”, a word of an authority or a law firm",
                    f"{name} 含有“{word}”，冒用公权力机构或法律机构名义",
                    "Give the true name (CN-ID-02).",
                    "请填写真实名称（CN-ID-02）。",
                )
    for line in sender.back:
        words = (*book.value("HS-LTR-02.words", on=on).terms, *court_words(book, on))
        for word in words:
            if word in line.casefold():
                raise _sender(
                    f"the envelope would show “{word}”",
                    f"信封会显示“{word}”",
                    "Give a neutral return address (HS-LTR-02).",
                    "请填写中性的回邮地址（HS-LTR-02）。",
                )


def _sender(why: str, why_zh: str, mend: str, mend_zh: str) -> BadSender:
    return BadSender(why=why, why_zh=why_zh, mend=mend, mend_zh=mend_zh)


class Filler:
    """Fills one template for many people, all on one day."""

    def __init__(
        self,
        template: Template,
        sender: Sender,
        book: RuleBook,
        *,
        on: date,
        key: bytes,
        lacks: Callable[[str], str] = lambda text: "",
    ) -> None:
        """Check the sender once. key: of the tokens. lacks: characters of a text that the typeface does not have."""
        check_sender(sender, template, book, on=on)
        self.template, self.sender, self.on = template, sender, on
        self._book, self._key, self._lacks = book, key, lacks
        self._court = court_words(book, on)

    @property
    def key_mark(self) -> str:
        """A mark by which two keys are told apart, without telling either."""
        return hashlib.sha256(b"postloan key mark" + self._key).hexdigest()[:16]

    def fill(self, order: Order) -> Letter | Withheld:
        """The letter, or why it is withheld."""
        try:
            return self._wrong(order) or self._filled(order)
        except PostloanError as error:  # a day or an amount that cannot be read
            return _held(order, "unreadable", error.message("en"), error.message("zh"))

    def _wrong(self, order: Order) -> Withheld | None:
        """What is wrong with the order itself."""
        name, address = order.name.reveal(PURPOSE), order.address.reveal(PURPOSE)
        if not order.letter_no:
            return _held(order, "no_number", "the letter has no number", "函件无编号")
        if not name.strip() or not address.strip():
            return _held(order, "no_addressee", "name or address is missing", "缺少姓名或地址")
        if order.address_class not in address_classes():
            known = ", ".join(address_classes())
            return _held(
                order,
                "address_class",
                f"the kind of address is not known; write one of {known}",
                f"地址类别不明，请写 {known} 之一",
            )
        if order.postcode and not re.fullmatch(r"[0-9]{6}", order.postcode):
            return _held(order, "postcode", "the postcode is not six digits", "邮政编码不是六位数字")
        for what, what_zh, text in (("name", "姓名", name), ("address", "地址", address)):
            if rare := self._lacks(text):
                codes = ", ".join(f"{ch} (U+{ord(ch):04X})" for ch in rare)
                return _held(
                    order,
                    "glyph",
                    f"the typeface lacks {codes} in the {what} of {mask_name(name)}",
                    f"字体缺少{mask_name(name)}{what_zh}中的字：{codes}",
                )
        if any(fen < 0 for fen in order.owed.fen):
            return _held(order, "negative", "an amount is below zero", "金额为负")
        if self.template.settled and order.owed.total:
            return _held(
                order, "owed", f"{order.owed.total} yuan are still owed", f"尚欠 {order.owed.total} 元"
            )
        if not self.template.settled and self.template.kind != "dispute" and not order.owed.total:
            return _held(order, "nothing_owed", "nothing is owed", "无欠款")
        return None

    def _filled(self, order: Order) -> Letter | Withheld:
        barred = order.limitation_on is not None and order.limitation_on < self.on
        facts = self._facts(order)
        lines: list[dict[str, Any]] = []
        for block in self.template.body:
            if block.when == ("not_barred" if barred else "time_barred") or (
                block.given and not facts.get(block.given)
            ):
                continue
            if block.table:
                lines.append({"rows": _rows(order.owed)})
                continue
            text = _text(block, facts)
            if text is None:
                lacking = [name for name in block.slots if not facts.get(name)]
                says = "、".join(slots()[name].zh for name in lacking)
                return _held(order, "missing", f"{', '.join(lacking)} is missing", f"缺少{says}")
            lines.append({"text": text})
        if held := self._words(order, facts, lines, barred=barred):
            return held
        content = self._content(order, facts, lines)
        return Letter(order, content, digest_of(content))

    def _facts(self, order: Order) -> dict[str, str]:
        made = dict(self.sender.facts)
        made.update(
            {key: value.strip() for key, value in order.facts.items() if key in slots() and value.strip()}
        )
        made.update({code: str(getattr(order.owed, code)) for code, _ in PARTS_ZH})
        made["total"] = str(order.owed.total)
        made["as_of"], made["letter_date"] = order.as_of.isoformat(), self.on.isoformat()
        made["name"], made["letter_no"] = order.name.reveal(PURPOSE), order.letter_no
        return {key: _shown(slots()[key].type, value) for key, value in made.items()}

    def _words(
        self, order: Order, facts: Mapping[str, str], lines: list[dict[str, Any]], *, barred: bool
    ) -> Withheld | None:
        """Words that a row brought in, and characters that cannot be printed."""
        person = (facts["name"], order.address.reveal(PURPOSE))
        for line in lines:
            text = line.get("text", "")
            if rare := self._lacks(text):
                codes = ", ".join(f"{ch} (U+{ord(ch):04X})" for ch in rare)
                return _held(order, "glyph", f"the typeface lacks {codes}", f"字体缺少：{codes}")
            plain = text.replace(person[0], "")
            for word in self._court:
                if word in plain:
                    return _held(
                        order,
                        "court_word",
                        f"“{word}” would make it pass for a court's",
                        f"“{word}”会使信函被误认为司法文书",
                    )
            if barred and (word := threat_in(plain, self._book, self.on)):
                return _held(
                    order,
                    "barred_threat",
                    f"“{word}” in a letter about a barred claim (CN-LTR-11)",
                    f"已过时效的信函中出现“{word}”（CN-LTR-11）",
                )
        return None

    def _content(
        self, order: Order, facts: Mapping[str, str], lines: list[dict[str, Any]]
    ) -> Mapping[str, Any]:
        template, sender = self.template, self.sender
        return {
            "number": order.letter_no,
            "title": template.title,
            "lines": lines,
            "signed": [facts[slot] for slot in (template.closing_by,)],
            "signed_on": _shown("day", self.on.isoformat()),
            "url": f"{sender.verify_url}{token(order.letter_no, self._key)}",
            "foot": f"{order.letter_no} · {template.kind}@{template.version[:8]}",
            "envelope": {
                "postcode": order.postcode,
                "address": order.address.reveal(PURPOSE),
                "name": facts["name"],
                "back": list(sender.back),
                "back_postcode": sender.back_postcode,
                "number": order.letter_no,
            },
        }


def _text(block: Block, facts: Mapping[str, str]) -> str | None:
    """The text with its slots filled; None where one is missing."""
    if any(not facts.get(name) for name in block.slots):
        return None
    return _SLOT.sub(lambda match: facts[match[1]], block.text)


def _rows(owed: Balances) -> list[list[str]]:
    rows = [[zh, f"{getattr(owed, code)}"] for code, zh in PARTS_ZH if getattr(owed, code) or code in _ALWAYS]
    return [*rows, ["合计", str(owed.total)]]


def _shown(kind: str, value: str) -> str:
    if kind == "day" and value:
        day = parse_day(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if kind == "money" and value:
        return str(Money.yuan(value))
    return value


def _held(order: Order, code: str, en: str, zh: str) -> Withheld:
    who = order.borrower_id or "?"
    number = order.letter_no or "?"
    return Withheld(
        order.letter_no, order.borrower_id, code,
        {"en": f"letter {number} to {who}: {en}", "zh": f"函件 {number}（{who}）：{zh}"},
    )  # fmt: skip
