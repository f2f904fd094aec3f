"""The standard form of an address (地址标准化): levels completed, one spelling, numbers in one form, nothing twice.

A form is a fixed point: read and put into form again it stays as it is. So the form of a text is found by doing it
until nothing changes, and what was assumed is told from the first reading, the one of the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from postloan.address.chain import NOWHERE, Assumption, Chain, lineage
from postloan.address.context import Context
from postloan.address.divisions import regions
from postloan.address.parsing import (
    BATCH,
    Element,
    Mode,
    Parsed,
    Texts,
    Weights,
    checked,
    legible,
    parse_rows,
)
from postloan.address.resolve import resolve
from postloan.address.spelling import implied, spelled, unfolded_case

if TYPE_CHECKING:
    import pyarrow as pa

_PASSES = 8
"""Readings after which a text whose form keeps changing is left as it is."""
_TELEPHONE = re.compile(
    r"(?:(?:联系)?电话|电联|手机号?|TEL|Tel|tel|☎|📞)?[:： ]*(?<!\d)(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
    r"|0\d{2,3}[- ]\d{7,8}|0[12]\d{9}|0[3-9]\d{2}[2-8]\d{6,7})(?!\d)"
)
_BROKEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffd\ufffe\uffff\ud800-\udfff]+"
)
_BLANKS = re.compile(r"\s+")
_LEVELS = {"prov": 1, "city": 2, "district": 3, "town": 4}
_RANK = {"": 0, "province": 1, "prefecture": 2, "county": 3, "township": 4}
_BUILDING = ("houseno", "cellno", "floorno", "roomno")
_PLACE = re.compile("[0-9０-９]|[店铺部厂馆行厅院吧校园]$|公司|中心|会议室|办公室|[前后]台|柜")
_LEFT_OUT = frozenset({"country", "person", "redundant", "otherinfo"})
_NOT_READ = frozenset({"missing", "empty", "no_chinese", "too_long"})


@dataclass(frozen=True, slots=True)
class Standard:
    """An address in standard form.

    text: as given. form: the standard form, '' where the text says nothing about where. parts: label and spelling of
    each part of it in order. chain: its division, of today, with what is ambiguous. assumed: what the form says of the
    division and the text does not. left_out: kinds of what the text says and the form does not, such as ``person``.
    confidence: how likely the reading is right, 0 to 1. reason: why little trust is due, '' where nothing speaks
    against it.
    """

    text: str
    form: str
    parts: tuple[tuple[str, str], ...]
    chain: Chain
    assumed: tuple[Assumption, ...]
    left_out: tuple[str, ...]
    confidence: float
    reason: str

    @property
    def adcode(self) -> str:
        """Today's code of the division; '' where none is fixed."""
        return self.chain.current

    @property
    def ambiguous(self) -> tuple[str, ...]:
        """Codes in force that fit equally well."""
        return self.chain.ambiguous


@dataclass(frozen=True, slots=True)
class _Reading:
    form: str
    parts: tuple[tuple[str, str], ...]
    chain: Chain
    left_out: tuple[str, ...]
    confidence: float
    reason: str


def normalise(
    text: str | Parsed, context: Context | None = None, mode: Mode = "accurate", weights: Weights = "default"
) -> Standard:
    """The standard form of one address.

    text: as written, or parsed already. context: what else is known, such as the telephone's area; it decides only
    among several places of one name. mode, weights: how it is read, see ``parse``.
    """
    checked(mode, weights)
    if isinstance(text, Parsed):
        first = _reading(text, context)
        (last,) = _settled([first.form], context, mode, weights)
        return _standard(text.text, first, last)
    return normalise_each([text], context, mode, weights)[0]


def normalise_each(
    texts: Sequence[str | None],
    context: Context | Sequence[Context | None] | None = None,
    mode: Mode = "accurate",
    weights: Weights = "default",
) -> list[Standard]:
    """The standard form of each address, in order; context: one for all, or one each."""
    checked(mode, weights)
    contexts = [context] * len(texts) if context is None or isinstance(context, Context) else list(context)
    done: list[Standard] = []
    for at in range(0, len(texts), BATCH):
        part, near = list(texts[at : at + BATCH]), contexts[at : at + BATCH]
        shown = [legible(text)[0] for text in part]
        first = _read(part, near, mode, weights)
        last = _settle([text or "" for text in shown], first, near, mode, weights)
        done += [_standard(*row) for row in zip(shown, first, last, strict=True)]
    return done


def form_schema() -> pa.Schema:
    """The columns of ``normalise_table``."""
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())
    return pa.schema(
        [("text", text), ("form", text), ("adcode", text), ("division_path", text), ("township", text),
         ("assumed", texts), ("ambiguous", texts), ("confidence", pa.float32()), ("reason", text)]
    )  # fmt: skip


def normalise_table(
    texts: Texts,
    context: Context | Sequence[Context | None] | None = None,
    mode: Mode = "accurate",
    weights: Weights = "default",
) -> pa.Table:
    """One row an address: text, form, adcode, division_path, township, assumed, ambiguous, confidence, reason.

    texts: strings or None, or an Arrow array of them. assumed: one sentence each. No text is refused.
    """
    import pyarrow as pa

    every = texts.to_pylist() if isinstance(texts, pa.Array | pa.ChunkedArray) else list(texts)
    found = normalise_each(every, context, mode, weights)
    rows = [
        (
            None if given is None else row.text, row.form or None, row.adcode or None, row.chain.current_path or None,
            row.chain.township or None, [a.sentence() for a in row.assumed], list(row.ambiguous), row.confidence,
            row.reason or None,
        )
        for given, row in zip(every, found, strict=True)
    ]  # fmt: skip
    columns = zip(*rows, strict=True) if rows else [()] * len(form_schema())
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, form_schema(), strict=True)],
        schema=form_schema(),
    )


def _standard(text: str, first: _Reading, last: _Reading) -> Standard:
    chain = last.chain
    told = first.chain if first.chain.current == chain.current else chain
    reason = first.reason or last.reason
    return Standard(
        text, last.form, last.parts, replace(chain, assumed=told.assumed), told.assumed, first.left_out,
        min(first.confidence, last.confidence) if last.parts else 0.0, reason,
    )  # fmt: skip


def _settle(
    texts: list[str],
    first: list[_Reading],
    contexts: Sequence[Context | None],
    mode: Mode,
    weights: Weights,
) -> list[_Reading]:
    """The fixed point that each text's form leads to.

    Forms that follow each other in a circle are represented by the least; one that does not settle is the text itself.
    """
    trails = [[reading] for reading in first]
    open_rows = [row for row, reading in enumerate(first) if reading.form != texts[row]]
    for _ in range(_PASSES):
        if not open_rows:
            break
        forms = [trails[row][-1].form for row in open_rows]
        again = _read(forms, [contexts[row] for row in open_rows], mode, weights)
        still = []
        for row, reading in zip(open_rows, again, strict=True):
            seen = [earlier.form for earlier in trails[row]]
            trails[row].append(reading)
            if reading.form in seen:
                circle = trails[row][seen.index(reading.form) + 1 :]
                trails[row].append(min(circle, key=lambda r: r.form))
            else:
                still.append(row)
        open_rows = still
    for row in open_rows:
        trails[row].append(replace(first[row], form=texts[row]))
    return [trail[-1] for trail in trails]


def _settled(forms: list[str], context: Context | None, mode: Mode, weights: Weights) -> list[_Reading]:
    first = _read(forms, [context] * len(forms), mode, weights)
    return _settle(forms, first, [context] * len(forms), mode, weights)


def _read(
    texts: Sequence[str | None], contexts: Sequence[Context | None], mode: Mode, weights: Weights
) -> list[_Reading]:
    clean = [cleaned(text) if isinstance(text, str) else text for text in texts]
    parsed = parse_rows([text or "" for text in clean], mode, weights)
    readings = [_reading(one, context) for one, context in zip(parsed, contexts, strict=True)]
    for row, text in enumerate(texts):
        reason = legible(text)[1]
        if reason and reason != readings[row].reason:
            trusted = readings[row].confidence if reason == "unreadable" else 0.0
            readings[row] = replace(readings[row], reason=reason, confidence=trusted)
        if isinstance(text, str) and cleaned(text) != _plain(text):
            readings[row] = replace(readings[row], left_out=("telephone", *readings[row].left_out))
    return readings


def cleaned(text: str) -> str:
    """A text in simplified half-width characters, without telephone numbers, control characters and double blanks."""
    return _BLANKS.sub(" ", _TELEPHONE.sub(" ", _plain(text))).strip()


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", _BROKEN.sub("", unfolded_case(text))).strip()


def _reading(parsed: Parsed, context: Context | None) -> _Reading:
    if parsed.reason in _NOT_READ:
        form = cleaned(parsed.text)
        return _Reading(form, (), NOWHERE, (), 0.0, parsed.reason)
    named = {e.label: unfolded_case(e.text) for e in reversed(parsed.elements) if e.label in _LEVELS}
    province, city, district, town = (named.get(label, "") for label in _LEVELS)
    chain = resolve(province, city, district, town, context=context, far=True)
    parts = [*_head(chain, named), *_rest(parsed)]
    left_out = dict.fromkeys(
        e.label for e in parsed.elements if e.label in ("person", "otherinfo") and not _is_place(e)
    )
    reason = parsed.reason if parsed.reason not in ("ambiguous", "contradictory") else ""
    reason = reason or chain.doubt
    return _Reading(
        "".join(text for _, text in parts), tuple(parts), chain, tuple(left_out), parsed.confidence, reason
    )


def _head(chain: Chain, named: dict[str, str]) -> Iterable[tuple[str, str]]:
    """The divisions: those that the chain fixes by today's names, the others as the text has them."""
    if chain.reason:
        yield from ((label, spelled(label, named[label])) for label in _LEVELS if label in named)
        return
    labels = {"province": "prov", "prefecture": "city", "county": "district"}
    fixed = lineage(chain.current)
    names = {regions()[code].name for code in fixed}
    depth = _RANK[chain.level]
    said = {label: spelled(label, named[label]) for label in _LEVELS if label in named}
    known = names | {name for code in fixed for name in _shorts(code)}
    for code in fixed:
        yield labels[regions()[code].level], regions()[code].name
    for label, text in said.items():
        if label != "town" and _LEVELS[label] > min(depth, 3) and text and text not in known:
            yield label, text
    if chain.township:
        yield "town", chain.township_name
    elif said.get("town"):
        yield "town", said["town"]


def _shorts(code: str) -> tuple[str, ...]:
    from postloan.address.gazetteer import shortened

    region = regions()[code]
    return tuple(form for name in region.names for form in (name, shortened(name, region.level)))


def _is_place(element: Element) -> bool:
    """Whether what is labelled as a person is a door or a shop."""
    return element.label == "person" and _PLACE.search(element.text) is not None


def _rest(parsed: Parsed) -> list[tuple[str, str]]:
    """What stands below the township: names and their numbers as the text has them, then building to room."""
    names: list[tuple[str, str]] = []
    building: dict[str, list[str]] = {label: [] for label in _BUILDING}
    for element in parsed.elements:
        label = "subpoi" if _is_place(element) else element.label
        if label in _LEFT_OUT or label in _LEVELS:
            continue
        text = spelled(label, element.text)
        if not text:
            continue
        if label in building:
            if text not in building[label]:
                building[label].append(text)
        elif (label, text) not in names:
            names.append((label, text))
    if (
        building["floorno"]
        and building["roomno"]
        and implied(building["floorno"][-1], building["roomno"][-1])
    ):
        building["floorno"].pop()
    return names + [(label, text) for label, texts in building.items() for text in texts]
