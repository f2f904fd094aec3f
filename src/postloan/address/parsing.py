"""Parse addresses (地址解析): text in, labelled elements with offsets, division code and confidence out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from postloan.address.resolve import resolve
from postloan.kernel import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from postloan.address.tagger import Spans

Mode = Literal["accurate", "fast", "divisions"]
Weights = Literal["default", "clean"]
Texts: TypeAlias = "Iterable[str | None] | pa.Array | pa.ChunkedArray"
BATCH = 2048
LONGEST = 400
"""Characters of a text beyond which it is no address."""
DIVISIONS_BATCH = 8192
"""Addresses worked on at a time, by the tagger and by dictionary alone."""

TOGETHER = 0.7
"""Mistakes in an address come together, so it is right more often than the product of its parts: their product to
this power is the share of addresses that are right in every part (fitted on the development set)."""

REASONS = {
    "missing": ("there is no text", "没有文本"),
    "empty": ("the text is empty", "文本为空"),
    "no_chinese": ("the text has no Chinese character", "文本中没有汉字"),
    "too_long": ("the text is longer than an address; only its beginning was read", "文本过长，仅解析了开头"),
    "several_places": ("the text names more than one province", "文本含有两个以上的省份"),
    "ambiguous": ("several divisions have the name given", "多个行政区划同名，无法确定"),
    "contradictory": ("the divisions named do not lie in each other", "行政区划名称互相矛盾"),
    "unreadable": ("the text has control or broken characters", "文本含有控制字符或残缺字符"),
    "no_place": ("no division, road or place was found", "未找到行政区划、道路或地点"),
}
"""Why an address deserves little trust: code to the reason in English and Chinese."""
DOUBTS = ("", "contradictory", "ambiguous")
"""Reasons that come from the division found and not from the text alone."""
_TRUST = {
    "missing": 0.0, "empty": 0.0, "no_chinese": 0.2, "too_long": 0.2, "several_places": 0.5, "contradictory": 0.5,
    "ambiguous": 0.9, "unreadable": 0.7, "no_place": 0.3,
}  # fmt: skip

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0002ffff]")
_BROKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffd\ufffe\uffff]")
_PROVINCE = re.compile(
    "北京市|天津市|上海市|重庆市|(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾)省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区"
)
_PROVINCE_ENDS = re.compile("省|自治区|[京津]市|上海市|重庆市")
_NO_PLACE = frozenset(
    {"country", "person", "assist", "redundant", "otherinfo", "floorno", "roomno", "cellno"}
)


@dataclass(frozen=True, slots=True)
class Element:
    """One labelled part of an address.

    label: one of the 21 labels. start, end: code points of the text as given. text: that part of it.
    confidence: how likely the part and its label are right, 0 to 1.
    """

    label: str
    start: int
    end: int
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Parsed:
    """One address, read.

    text: as given. elements: in order. adcode, division_path: the division that its names fix, '' where they fix
    none. confidence: how likely all elements are right, 0 to 1. reason: why little trust is due, a code of
    ``REASONS``, '' where there is no such reason.
    """

    text: str
    elements: tuple[Element, ...]
    adcode: str
    division_path: str
    confidence: float
    reason: str

    def first(self, label: str) -> str:
        """The text of the first element with this label, '' where there is none."""
        return next((element.text for element in self.elements if element.label == label), "")


def parse(texts: Texts, mode: Mode = "accurate", weights: Weights = "default") -> pa.Table:
    """One row an address: text, elements, a column a label, adcode, division_path, confidence, reason.

    texts: strings or None, or an Arrow array of them. mode: ``accurate``, ``fast``, or ``divisions`` (only
    province, prefecture and county at the head, by dictionary). weights: ``default``, or ``clean`` (trained without
    any address of others). A label's column holds its first element. No text is refused.

    Raises:
        InputError: the mode or the weights are unknown, or something is neither a string nor None.
    """
    import pyarrow as pa

    checked(mode, weights)
    every = texts.to_pylist() if isinstance(texts, pa.Array | pa.ChunkedArray) else list(texts)
    size = BATCH if mode != "divisions" else DIVISIONS_BATCH
    batches = [batch_of(every[at : at + size], mode, weights) for at in range(0, max(len(every), 1), size)]
    return pa.Table.from_batches(batches)


def parse_one(text: str, mode: Mode = "accurate", weights: Weights = "default") -> Parsed:
    """One address, without tables: for interactive use."""
    checked(mode, weights)
    return parse_rows([text], mode, weights)[0]


def parse_rows(
    texts: Sequence[str | None], mode: Mode = "accurate", weights: Weights = "default"
) -> list[Parsed]:
    """Each address, without tables; for a few thousand at a time."""
    read = [legible(text) for text in texts]
    shown = [text for text, _ in read]
    marks = _marks(shown, mode, weights)
    return [_parsed(text, reason, found) for (text, reason), found in zip(read, marks, strict=True)]


Mark: TypeAlias = tuple[str, int, int, float]


def _marks(texts: list[str], mode: Mode, weights: Weights) -> list[list[Mark]]:
    """Label, start, end and confidence of each text's elements."""
    if mode == "divisions":
        from postloan.address.heads import leading_divisions

        return [leading_divisions(text) for text in texts]
    from postloan.address.tagger import LABELS, load_tagger

    spans = load_tagger(mode, weights).tag(texts)
    found: list[list[Mark]] = [[] for _ in texts]
    columns = (spans.row, spans.label, spans.start, spans.end, spans.confidence)
    for row, label, start, end, sure in zip(*(column.tolist() for column in columns), strict=True):
        found[row].append((LABELS[label], start, end, sure))
    return found


def _parsed(text: str, reason: str, marks: list[Mark]) -> Parsed:
    elements = tuple(Element(label, a, b, text[a:b], round(sure, 4)) for label, a, b, sure in marks)
    named = {element.label: element.text for element in reversed(elements)}
    province, city, district, town = (named.get(level, "") for level in ("prov", "city", "district", "town"))
    place = resolve(province, city, district, town)
    reason = reason or place.doubt or ("no_place" if not set(named) - _NO_PLACE else "")
    sure = math.prod(max(element.confidence, 1e-6) for element in elements) ** TOGETHER * trust_of(reason)
    return Parsed(text, elements, place.adcode, place.path, round(sure if elements else 0.0, 4), reason)


def checked(mode: str, weights: str) -> None:
    """Refuse an unknown mode or unknown weights."""
    for name, value, known in (("mode", mode, get_args(Mode)), ("weights", weights, get_args(Weights))):
        if value not in known:
            raise InputError(
                what=f"{value!r} is no {name}", where="address", mend=f"Use one of: {', '.join(known)}."
            )


def legible(text: str | None) -> tuple[str, str]:
    """The text with lone surrogates replaced one to one (they exist in no file), and a reason for little trust."""
    if text is None:
        return "", "missing"
    if not isinstance(text, str):
        raise InputError(
            what=f"{type(text).__name__} is no text", where="address", mend="Give strings or None."
        )
    reason = ""
    if not text.isprintable() and _BROKEN.search(text):
        text = re.sub("[\ud800-\udfff]", "\ufffd", text)
        reason = "unreadable"
    if not text.strip():
        return text, "empty"
    if len(text) > LONGEST:
        return text, "too_long"
    if not _HAN.search(text):
        return text, "no_chinese"
    return text, "several_places" if _several_places(text) else reason


def _several_places(text: str) -> bool:
    if len(_PROVINCE_ENDS.findall(text)) < 2:  # nearly all; spares them the longer search
        return False
    return len(set(_PROVINCE.findall(text))) > 1


def schema() -> pa.Schema:
    """The columns of a parsed batch."""
    import pyarrow as pa

    from postloan.address.tagger.labels import LABELS

    element = pa.struct(
        [("label", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("text", pa.string()),
         ("confidence", pa.float32())]
    )  # fmt: skip
    return pa.schema(
        [("text", pa.string()), ("elements", pa.list_(element)), *((label, pa.string()) for label in LABELS),
         ("adcode", pa.string()), ("division_path", pa.string()), ("confidence", pa.float32()),
         ("reason", pa.string())]
    )  # fmt: skip


def parse_batch(
    batch: pa.RecordBatch, mode: Mode = "accurate", weights: Weights = "default"
) -> pa.RecordBatch:
    """The first column of a batch, parsed; its schema is ``schema()``. For ``Engine.map_batches``."""
    checked(mode, weights)
    return batch_of(batch.column(0).to_pylist(), mode, weights)


def batch_of(texts: Sequence[str | None], mode: Mode, weights: Weights) -> pa.RecordBatch:
    """One batch of texts, parsed."""
    if mode == "divisions":
        from postloan.address.bulk import division_batch

        return division_batch(texts)
    from postloan.address.columns import record_batch

    read = [legible(text) for text in texts]
    shown = [text for text, _ in read]
    missing, reasons = [text is None for text in texts], [reason for _, reason in read]
    return record_batch(shown, missing, reasons, _tagged(shown, mode, weights))


def _tagged(texts: list[str], mode: Literal["accurate", "fast"], weights: Weights) -> Spans:
    from postloan.address.tagger import load_tagger

    return load_tagger(mode, weights).tag(texts)


def trust_of(reason: str) -> float:
    """The factor by which a reason lowers the confidence."""
    return _TRUST.get(reason, 1.0)


def lacks_place(labels: Iterable[str]) -> bool:
    """Whether elements with these labels say nothing about where."""
    return not set(labels) - _NO_PLACE
