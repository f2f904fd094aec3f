"""Where the labels of a notice stand in its text. The labels themselves are data (``reader_labels.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from postloan.market.reader_text import Page

_UNIT = (
    r"(?:\(\s*(?:单位:?)?(?:人民币)?[/:]?"
    r"(百万元|千元|万元|亿元|元|万笔|笔|万户|户|人|天|日|周岁|岁|年|分钟|分)\)?)?"
)
_STOP = re.compile(
    r"(?<![第零〇一二三四五六七八九十年月])[一二三四五六七八九十]{1,2}、"
    r"|(?<!备)注[12一二]?[:、.]|(?<=笔|\||。|;)注[12]|表[12一二][:、.]"
)
_OF_ONE = re.compile(r"(?:最高|最低|最大|平均|户均|笔均|单一|单户|每户|每笔)[一-鿿]{0,4}$")
_SUMS = frozenset({"principal", "interest", "total"})
_PARTY = re.compile(r"[ \t]+[^\s:|]{2,40}(?:公司|银行|中心|分行)[ \t]*(?:\n|$)")
_AFTER = re.compile(r"\s*:|[ \t]*[|\n\t]|[ \t]{2}")


@dataclass(frozen=True, slots=True)
class Field:
    """One key that labels stand for.

    key: of the notice, or a helper (free_bid, transfer_mode, title, stop). kind: how its value is read.
    unit: what a bare number counts. colon: only a label with a border after it.
    """

    key: str
    kind: str
    unit: str
    colon: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A label found in a text.

    field: what it stands for. start, end: in the text; ``end`` is behind the unit in brackets. unit: that unit.
    firm: a colon, bracket or border follows, or the label opens a line: it is a label, not a word in a sentence.
    """

    field: Field
    start: int
    end: int
    unit: str | None
    firm: bool


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels, ready to be searched for.

    fields: by key. kinds: for each breakdown, every wording and the name it stands for. modes: of bidding.
    """

    fields: Mapping[str, Field]
    by_label: Mapping[str, Field]
    pattern: re.Pattern[str]
    kinds: Mapping[str, Mapping[str, str]]
    modes: tuple[str, ...]


@cache
def labels() -> Labels:
    """The labels of ``reader_labels.yaml``."""
    text = (files("postloan.market") / "reader_labels.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    fields: dict[str, Field] = {}
    by_label: dict[str, Field] = {}
    for key, entry in raw["fields"].items():
        field = Field(key, entry["kind"], entry.get("unit", ""), bool(entry.get("colon", False)))
        fields[key] = field
        for label in entry["labels"]:
            if label in by_label:
                raise ValueError(f"label {label} stands for both {by_label[label].key} and {key}")
            by_label[label] = field
    longest = sorted(by_label, key=len, reverse=True)
    return Labels(
        fields, by_label, re.compile(f"({'|'.join(map(re.escape, longest))}){_UNIT}"),
        {
            key: {wording: name for name, also in names.items() for wording in (name, *(also or ()))}
            for key, names in raw["kinds"].items()
        },
        tuple(raw["modes"]),
    )  # fmt: skip


def marks(page: Page) -> list[Mark]:
    """The labels of a page from the beginning on; section heads and notes are stops."""
    known = labels()
    stop = known.fields["stop"]
    found = []
    for match in known.pattern.finditer(page.compact):
        field = known.by_label[match.group(1)]
        start, end = page.at[match.start()], page.at[match.end() - 1] + 1
        line = page.text[max(start - 12, 0) : start].rsplit("\n", 1)[-1]
        if field.key in _SUMS and _OF_ONE.search(line.replace(" ", "")):
            continue  # 单户平均本息余额 is no total
        firm = _firm(page, start, end, has_unit=match.group(2) is not None)
        if field.colon and not (firm and _borders(page, start, end, remark=field.kind == "remarks")):
            continue
        found.append(Mark(field, start, end, match.group(2), firm))
    for match in _STOP.finditer(page.compact):
        start, end = page.at[match.start()], page.at[match.end() - 1] + 1
        found.append(Mark(stop, start, end, None, firm=True))
    return _outside_remarks(page, sorted(found, key=lambda mark: (mark.start, -mark.end)))


def _firm(page: Page, start: int, end: int, *, has_unit: bool) -> bool:
    after = page.text[end : end + 12]
    opens = page.text[:start].rstrip(" \t|")[-1:] in ("", "\n")
    return has_unit or opens or bool(re.match(r"\s*:|[ \t]*\||\s*\d", after))


def _borders(page: Page, start: int, end: int, *, remark: bool) -> bool:
    """Whether the label is a cell or line of its own, or opens a line with a colon; a remark just opens a line."""
    before, after = page.text[max(start - 40, 0) : start], page.text[end : end + 60]
    if not before.strip() or re.search(r"\n[ \t]*$", before):
        return remark or bool(_AFTER.match(after) or _PARTY.match(after))
    # Glued to what stands before: a remark always takes a colon, a party does after a figure.
    if re.match(r"\s*:", after) and (remark or re.search(r"[笔户元天岁日\d%][ \t]*$", before)):
        return True
    opens = bool(re.search(r"(?:[ \t]{2,}|\t|[|;。)])[ \t]*$", before))
    return opens and bool(_AFTER.match(after))


def _outside_remarks(page: Page, found: list[Mark]) -> list[Mark]:
    """The marks without those that are only words of a remark (备注)."""
    kept: list[Mark] = []
    until = -1
    for mark in found:
        if mark.start < until:
            continue
        kept.append(mark)
        if mark.field.kind == "remarks":
            until = remark_end(page, mark, found)
    return kept


def remark_end(page: Page, remark: Mark, found: list[Mark]) -> int:
    """Where a remark ends: at a label that opens a line or cell or has its colon, a blank line, or the text's end."""
    end = len(page.text)
    begin = remark.end + len(page.text[remark.end :]) - len(page.text[remark.end :].lstrip(" :|\n\t"))
    for pattern in (r"\n[ \t|]*\n", r"特此公告"):
        if match := re.search(pattern, page.text[begin:]):
            end = min(end, begin + match.start())
    for mark in found:
        if mark.start >= end:
            break
        if mark.start <= remark.end:
            continue
        before = page.text[remark.end : mark.start]
        if not before.strip(" :|\n\t"):
            continue
        gap = before[len(before.rstrip(" \t|\n")) :]
        opens = "\n" in gap or "|" in gap
        has_colon = re.match(r"\s*[:|]", page.text[mark.end : mark.end + 3]) or mark.unit
        if (opens and mark.firm) or (has_colon and (gap or before[-1] in "。;")):
            return mark.start
    return end
