"""How the pages speak: their own texts on top of the report's number forms and terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from postloan.kernel import Lang, Money, Personal
from postloan.ledger.matching import reason_codes
from postloan.ledger.matching import says as suspense_says
from postloan.outcomes.words import NONE, Words
from postloan.web.house import CHINA

_WEEKDAYS = "一二三四五六日"


@cache
def texts() -> Mapping[str, Mapping[Lang, str]]:
    """Every text of the pages by key, in both languages."""
    flat: dict[str, Mapping[Lang, str]] = {}
    for file in sorted((files("postloan.web") / "texts").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".yaml"):
            continue
        for group, entries in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            for key, (english, chinese) in entries.items():
                flat[f"{group}.{key}"] = {"en": english, "zh": chinese}
    return flat


class PageWords(Words):
    """The texts and number forms of one language, for the pages."""

    def t(self, key: str, **facts: object) -> str:
        """The text with its facts filled in.

        Raises:
            KeyError: there is no such text (a programming mistake).
        """
        found = texts().get(key)
        return super().t(key, **facts) if found is None else found[self.lang].format(**facts)

    @property
    def colon(self) -> str:
        """A colon as the language writes it."""
        return "：" if self.lang == "zh" else ": "

    def sentence(self, text: str) -> str:
        """A text with a full stop."""
        return text + ("。" if self.lang == "zh" else ".")

    def has(self, key: str) -> bool:
        """Whether there is a text."""
        return key in texts()

    def code(self, group: str, code: str) -> str:
        """What people call a code; the code itself, in plain words, where no text is written for it."""
        key = f"{group}.{code}"
        return self.t(key) if self.has(key) else code.replace("_", " ")

    def counted(self, count: int, thing: str) -> str:
        """A count with its noun: 1 payment, 3 payments, 3 笔."""
        noun = self.t(f"counted.{thing}")
        one, _, many = noun.partition("|")
        return f"{self.n(count)} {one if count == 1 or not many else many}"

    def held(self, reason: str) -> str:
        """Why a payment waits in suspense, or what speaks for a loan (several joined by +)."""
        known = all(code in reason_codes() for code in reason.split("+"))
        return suspense_says(reason, self.lang) if known else reason

    def money(self, amount: Money | None) -> str:
        """An amount to the fen: 1,234.56."""
        return NONE if amount is None else str(amount)

    def amount(self, amount: Money | None) -> str:
        """An amount in the unit that people say."""
        return self.big(None if amount is None else amount.as_yuan)

    def whole(self, amount: Money) -> str:
        """An amount in whole yuan, to compare at a glance."""
        return f"{amount.as_yuan:,.0f}"

    def of_fen(self, fen: int) -> str:
        """An amount given in fen, in the unit that people say."""
        return self.amount(Money(fen))

    def personal(self, masked: Personal[str]) -> str:
        """A personal field as the store gives it to be shown: masked."""
        return masked.reveal("shown masked") or NONE

    def beside(self, *columns: Iterable[Any]) -> list[tuple[Any, ...]]:
        """Columns of one length as rows."""
        return list(zip(*columns, strict=True))

    def grade(self, code: str) -> str:
        """What people call a class of the five."""
        return self.term("grades", code) if code else self.t("page.ungraded")

    def day(self, day: date | None) -> str:
        """A day as 2026-11-21."""
        return NONE if day is None else day.isoformat()

    def long_day(self, day: date) -> str:
        """A day with its weekday."""
        if self.lang == "zh":
            return f"{day.year}年{day.month}月{day.day}日 星期{_WEEKDAYS[day.weekday()]}"
        return f"{day:%A}, {day.day} {day:%B} {day.year}"

    def moment(self, at: datetime | None) -> str:
        """A moment in China, to the minute."""
        return NONE if at is None else f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"

    def days_away(self, days: int) -> str:
        """How far a day is: today, in 3 days, 2 days ago."""
        if days == 0:
            return self.t("page.today")
        if abs(days) == 1:
            return self.t("page.tomorrow" if days > 0 else "page.yesterday")
        return self.t("page.in_days", n=f"{days:,}") if days > 0 else self.t("page.days_ago", n=f"{-days:,}")
