"""Headers as sellers write them, and what they mean."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from postloan.kernel import PostloanError
from postloan.tape.columns import Table, tables

ONE = Decimal(1)
_BRACKETS = re.compile(r"[(\[{【〔《<][^()\[\]{}【】〔〕《》<>]*[)\]}】〕》>]")
_BREAKS = re.compile(r"[\s_\-./\\:：*#\"'“”、]+")
_UNITS = (
    ("亿元", Decimal(100_000_000)), ("万元", Decimal(10_000)), ("千元", Decimal(1_000)),
    ("‰", Decimal("0.001")), ("%", Decimal("0.01")),
)  # fmt: skip
_UNIT_TAIL = re.compile(r"(亿元|万元|千元|%|‰)$")


class TwoColumnsForOneField(PostloanError):
    """{file}: the columns {headers} both mean '{field}' ({field_zh}).

    Delete or rename one, or say in a mapping file which is meant: {table}: {{{field}: {first}}}.
    """

    zh = (
        "{file}：列 {headers} 都表示“{field_zh}”（{field}）。请删除或改名其中一列，"
        "或在映射文件中指定：{table}: {{{field}: {first}}}。"
    )


class MissingColumns(PostloanError):
    """{file}: no column for {fields}; headers that are not known: {unknown}.

    {hint}Rename the header, or write a mapping file (postloan tape map SOURCE --out mapping.yaml).
    """

    zh = (
        "{file}：缺少 {fields_zh} 列；未识别的表头：{unknown}。"
        "{hint_zh}请修改表头，或编写映射文件（postloan tape map SOURCE --out mapping.yaml）。"
    )


@dataclass(frozen=True, slots=True)
class Match:
    """A header that was recognised.

    header: as it stands in the view. factor: what its unit multiplies by (万元: 10,000; %: 0.01).
    """

    header: str
    factor: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the headers of one table mean.

    matched: by our field. unknown: headers that mean nothing to us. clashes: field → several headers that
    all mean it. missing: required fields without a header; a group of which one is needed is joined by ' or '.
    """

    table: str
    matched: Mapping[str, Match]
    unknown: tuple[str, ...]
    clashes: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]


@lru_cache(maxsize=4096)
def plain_header(text: str) -> tuple[str, Decimal]:
    """A header without case, width, blanks, brackets and unit, and what the unit multiplies by.

    ``本金余额（万元）`` → ``("本金余额", 10000)``.
    """
    word = unicodedata.normalize("NFKC", text).lower()
    bare = _BREAKS.sub("", _BRACKETS.sub("", word))
    factor = ONE
    for unit, times in _UNITS:
        if any(unit in part for part in _BRACKETS.findall(word)) or bare.endswith(unit):
            factor = times
            break
    if _UNIT_TAIL.sub("", bare):
        bare = _UNIT_TAIL.sub("", bare)
    return bare or _BREAKS.sub("", word), factor


@cache
def _declared() -> Mapping[str, dict[str, dict[str, list[str]]]]:
    raw = yaml.safe_load((files("postloan.tape") / "headers.yaml").read_text(encoding="utf-8"))
    return MappingProxyType(raw)


@cache
def synonyms(table: str) -> Mapping[str, str]:
    """Every plain header that is known for a table → our field."""
    known: dict[str, str] = {}
    given = _declared()[table]["columns"]
    for name, column in tables()[table].columns.items():
        for word in (name, column.en, column.zh):
            known.setdefault(plain_header(word)[0], name)
    for name in tables()[table].columns:
        for word in given.get(name, []):
            known.setdefault(plain_header(word)[0], name)
    return MappingProxyType(known)


@cache
def _file_names() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for name, table in tables().items():
        for word in (name, name.rstrip("s"), table.en, table.zh, *_declared()[name]["files"]):
            known.setdefault(plain_header(str(word))[0], name)
    return MappingProxyType(known)


def table_of_name(name: str) -> str | None:
    """The table that a file or sheet name tells, for example 贷款明细2025 → loans; None where it tells none."""
    word = plain_header(name)[0]
    known = _file_names()
    if word in known:
        return known[word]
    inside = [key for key in known if len(key) > 1 and key in word]
    # The longest wins, so that 借款人地址 is addresses and not borrowers.
    return known[max(inside, key=len)] if inside else None


def recognise(
    headers: Iterable[str] | Mapping[str, str], table: Table, *, but: Iterable[str] = ()
) -> Recognition:
    """What the headers of a table mean.

    headers: as written, or column in the view → header as written. but: fields not to look for, because a
    mapping gives them.
    """
    written = headers if isinstance(headers, Mapping) else {header: header for header in headers}
    known, skip = synonyms(table.name), set(but)
    found: dict[str, list[Match]] = {}
    unknown: list[str] = []
    for header, text in written.items():
        word, factor = plain_header(text)
        name = known.get(word)
        if name is None or name in skip:
            unknown.append(header)
            continue
        kind = table.columns[name].kind
        fits = (kind == "money" and factor >= 1) or (kind == "rate" and factor < 1)
        found.setdefault(name, []).append(Match(header, factor if fits else ONE))
    have = set(found) | skip
    missing = [name for name, column in table.columns.items() if column.required and name not in have]
    missing += [" or ".join(group) for group in table.one_of if not have & set(group)]
    return Recognition(
        table=table.name,
        matched=MappingProxyType({name: hits[0] for name, hits in found.items() if len(hits) == 1}),
        unknown=tuple(unknown),
        clashes=MappingProxyType(
            {name: tuple(hit.header for hit in hits) for name, hits in found.items() if len(hits) > 1}
        ),
        missing=tuple(missing),
    )


def require(recognition: Recognition, file: str) -> None:
    """Refuse a table whose headers clash or miss what is required.

    Raises:
        TwoColumnsForOneField: two columns mean one field.
        MissingColumns: a required field has no column; names the nearest unknown headers.
    """
    table = tables()[recognition.table]
    for name, headers in recognition.clashes.items():
        raise TwoColumnsForOneField(
            file=file, headers=", ".join(f"'{h}'" for h in headers), field=name, table=table.name,
            field_zh=table.columns[name].zh, first=headers[0],
        )  # fmt: skip
    if not recognition.missing:
        return
    near = nearest(recognition)
    pairs = ", ".join(f"'{header}' → {name}" for name, header in near.items())
    shown = ", ".join(recognition.unknown[:12]) + (" …" if len(recognition.unknown) > 12 else "")
    raise MissingColumns(
        file=file,
        fields=", ".join(_both(table, name) for name in recognition.missing),
        fields_zh="、".join(_both(table, name, "zh") for name in recognition.missing),
        unknown=shown or "-",
        hint=f"Perhaps {pairs}? " if pairs else "",
        hint_zh=f"也许是 {pairs}？" if pairs else "",
    )


def _both(table: Table, missing: str, lang: str = "en") -> str:
    names = missing.split(" or ")
    if lang == "zh":
        return "或".join(f"{table.columns[name].zh}（{name}）" for name in names)
    return " or ".join(f"{name} ({table.columns[name].zh})" for name in names)


def nearest(recognition: Recognition) -> dict[str, str]:
    """For each missing field the unknown header that looks most like one of its synonyms, if any does."""
    unknown = {plain_header(header)[0]: header for header in recognition.unknown}
    found: dict[str, str] = {}
    for missing in recognition.missing:
        for name in missing.split(" or "):
            words = [word for word, field in synonyms(recognition.table).items() if field == name]
            close = [
                (difflib.SequenceMatcher(None, word, mine).ratio(), mine)
                for word in words
                for mine in unknown
            ]
            ratio, mine = max(close, default=(0.0, ""))
            if ratio >= 0.6:
                found[name] = unknown[mine]
    return found
