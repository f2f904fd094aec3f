"""Breakdowns of the loans by kind: 次级 307 笔;可疑 152 笔, 全部损失, 411笔损失、340笔次级."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

WHOLE = "全部"
_NUMBER = r"(\d[\d,]*(?:\.\d+)?)(万)?"
_NAME = r"([一-鿿]{2,12}?)"
_FILL = r"(?:贷款|资产|类贷款|的)?[:(]?(?:共计|合计|共|为|约)?(?:\d+户)?"
_NAME_FIRST = re.compile(
    _NAME + _FILL + _NUMBER + r"(笔|个|件)?(?![\d,.]*(?:户|元|万元|亿|%|年|月|天|日|期))"
)
_COUNT_FIRST = re.compile(
    _NUMBER + r"(?:笔|个|件)(?:贷款|资产)?(?:为|系|属于|是)?" + _NAME + r"(?=[;,、。)|]|$)"
)
_ALL = re.compile(
    r"(?:全部|均|皆|100%)(?:贷款|资产)?(?:为|是|属|系|属于)?([一-鿿]{2,10}?)(?:贷款|状态|类)?(?=[;,。|()]|$)"
)
_ALL_AFTER = re.compile(r"([一-鿿]{2,8}?)(?:类|贷款)?[:(]?(?:全部|100%)")


def counts(text: str, kinds: Mapping[str, str]) -> dict[str, int | str] | None:
    """The counts of loans by kind that a text states, or None where it states none.

    kinds: every known wording and the name it stands for; a kind that is not among them keeps its own name.
    """
    flat = _flat(text)
    head = flat[:40]
    if match := _ALL.match(head):
        if name := _known(match.group(1), kinds):
            return {name: WHOLE}
    elif (match := _ALL_AFTER.match(head)) and (name := _known(match.group(1), kinds)):
        return {name: WHOLE}
    by_name = [(m.group(1), m.group(2), m.group(3), bool(m.group(4)), m) for m in _NAME_FIRST.finditer(flat)]
    by_count = [(m.group(3), m.group(1), m.group(2), True, m) for m in _COUNT_FIRST.finditer(flat)]
    first = flat[:1].isdigit() and by_count
    found: dict[str, int | str] = {}
    for name, number, scale, has_unit, _ in by_count if first else by_name:
        known = _known(name, kinds)
        if known is None and not has_unit:
            continue
        found.setdefault(known or name, _count(number, scale))
    if not found and (single := re.fullmatch(r"全部(?:为|是|属)?([一-鿿]{2,8})", flat.strip(";,。"))):
        return {single.group(1): WHOLE}
    if not found and (only := _known(flat.strip(";,。)("), kinds)):
        return {only: WHOLE} if text.count("|") else None
    return found or None


_NONE_GONE = re.compile(
    r"(?:全部|均|皆|已全部|是)?(?:贷款|资产)?(?:为)?(?:全部|均)?未核销(?!\D{0,2}\d)|(?:无|否)(?=[;,。|)]|$)"
)
_SOME_GONE = re.compile(
    r"(?<!未)核销(?:贷款|资产)?[:(]?(?:共计|共|为)?" + _NUMBER + r"笔?(?![\d.]*(?:户|元|万|亿|%))"
)
_BARE_GONE = re.compile(_NUMBER + r"(?:笔)?(?:贷款)?(?:为|均)?(?:已核销)?(?=[;,。|)]|$)")
_ALL_GONE = re.compile(
    r"(?:已)?(?:全部|均|皆)(?:贷款|资产)?(?:为|已)?(?:核销|已核销)?(?:贷款)?(?=[;,。|)]|$)"
    r"|已核销[:(]?全部|已核销(?=[;,。|)]|$)|是(?=[;,。|)]|$)"
)


def written_off(text: str) -> int | str | None:
    """How many loans are written off (已核销): a count, 全部, or None where the text is silent."""
    flat = _flat(text)
    if _NONE_GONE.match(flat):
        return 0
    if match := _SOME_GONE.search(flat) or _BARE_GONE.match(flat):
        return _count(match.group(1), match.group(2))
    return WHOLE if _ALL_GONE.match(flat) else None


def _flat(text: str) -> str:
    """Without white space and cell borders, lead words gone."""
    flat = re.sub(r"[\s|]", "", text)
    return re.sub(r"^[:;,]*(?:为|概述)?:?", "", flat)


def _known(name: str, kinds: Mapping[str, str]) -> str | None:
    """The name of a kind; words before or after it that belong to the sentence are cut off."""
    if name in kinds:
        return kinds[name]
    for wording in sorted(kinds, key=len, reverse=True):
        if name.endswith(wording) and name[: -len(wording)] in ("其中", "包括", "分类为", "均为", "为", "含"):
            return kinds[wording]
        if name.startswith(wording) and name[len(wording) :] in (
            "类",
            "贷款",
            "类贷款",
            "状态",
            "担保",
            "方式",
            "的",
        ):
            return kinds[wording]
    return None


def _count(number: str, scale: str | None) -> int:
    return int(Decimal(number.replace(",", "")) * (10_000 if scale else 1))
