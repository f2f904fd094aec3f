"""The closed lists of a tape: grades, products, securities, states of a lawsuit, and what sellers write."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a closed list.

    code: ours. zh, en: what people call it. also: what sellers write instead.
    """

    code: str
    zh: str
    en: str
    also: tuple[str, ...]


@cache
def terms() -> Mapping[str, Mapping[str, Term]]:
    """Every closed list by name, its terms by code."""
    raw = yaml.safe_load((files("postloan.tape") / "terms.yaml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            enum: MappingProxyType(
                {
                    code: Term(code, entry["zh"], entry["en"], tuple(entry.get("also", ())))
                    for code, entry in entries.items()
                }
            )
            for enum, entries in raw.items()
        }
    )


def plain(word: str) -> str:
    """A word without case, width and blanks, so that 次 级 and 次级 are one."""
    return "".join(unicodedata.normalize("NFKC", word).lower().split())


@cache
def words(enum: str) -> Mapping[str, str]:
    """What a seller may write for each term of a list, without case, width and blanks → our code."""
    found: dict[str, str] = {}
    listed = terms()[enum]
    # The usual words first: they are looked for in this order.
    for code, term in listed.items():
        for word in (code, term.zh):
            found.setdefault(plain(word), code)
    for code, term in listed.items():
        for word in (code.replace("_", " "), term.en, *term.also):
            found.setdefault(plain(word), code)
    return MappingProxyType(found)


def _chinese(enum: str) -> Mapping[str, str]:
    return MappingProxyType({code: term.zh for code, term in terms()[enum].items()})


GRADES = _chinese("grades")
"""Five-class grades (五级分类): code → Chinese, best first."""
PRODUCTS = _chinese("products")
"""Products (产品): code → Chinese."""
GUARANTEES = _chinese("guarantees")
"""Securities (担保方式): code → Chinese."""
LITIGATION = _chinese("litigation")
"""States of a lawsuit (诉讼状态) in the order of a transfer notice: code → Chinese."""
SOURCES = _chinese("sources")
"""Where an address comes from (地址来源): code → Chinese."""
OUTCOMES = _chinese("outcomes")
"""What became of a letter (投递结果): code → Chinese."""
ROLES = _chinese("roles")
"""Who answers at a contact (联系人身份): code → Chinese."""
FLAGS = _chinese("flags")
"""What must be known about a borrower (特殊标记): code → Chinese."""
