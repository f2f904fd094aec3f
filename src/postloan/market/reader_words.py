"""Values that are words: breakdowns, terms, names, remarks, each read as its label's kind demands."""

from __future__ import annotations

import re

from postloan.market import reader_breakdowns, reader_values
from postloan.market.reader_labels import Labels, Mark


def words(mark: Mark, segment: str, known: Labels) -> object:
    """The words behind a label, or None where they say nothing.

    segment: the text up to the next label. known: wordings of breakdowns and manners of bidding.
    """
    match mark.field.kind:
        case "counts":
            return reader_breakdowns.counts(segment, known.kinds[mark.field.key])
        case "written_off":
            return reader_breakdowns.written_off(segment)
        case "mode":
            short, mode = _short(segment), _mode(segment, known.modes)
            return short if short and (mode is None or short.startswith(mode)) else mode
        case "term":
            return _short(segment, ends="日天") or _term(segment)
        case "party":
            return _party(segment)
        case "remarks":
            return _remark(segment)
        case "name":
            flat = re.match(r"[\s:|]*([^\n|;。]{2,60})", segment)
            return re.sub(r"\s", "", flat.group(1)) if flat else None
    return None


def _party(segment: str) -> str | None:
    """An institution's name: the first cell or line if it is a whole one, else all of it or the words after a colon."""
    first = re.sub(r"\s", "", re.split(r"[|\n]", segment.strip(" :|\n\t"))[0])
    for named in (first, re.sub(r"[\s|]", "", segment).lstrip(":")):
        if re.fullmatch(r"[^;,。:]{2,36}(?:公司|银行|中心|分行|联社|信用社)", named):
            return named
    short = _short(segment, most=30)
    return short if short and not re.search(r"[应须需]|条件|资格", short) else None


def _short(segment: str, *, most: int = 14, ends: str = "") -> str | None:
    """The words of a line behind a colon, as printed, where they are few and no sentence."""
    match = re.match(r"\s*:[ \t]*([^\n;,。|:]+?)[ \t]*(?:\n|$)", segment)
    words = re.sub(r"\s", "", match.group(1)) if match else ""
    if not 2 <= len(words) <= most or reader_values.SILENT.fullmatch(words):
        return None
    return (
        words
        if not ends or (re.search(r"\d|[一二三四五六七八九十]", words) and words.rstrip("内")[-1] in ends)
        else None
    )


def _mode(segment: str, modes: tuple[str, ...]) -> str | None:
    flat = re.split("[。;]", re.sub(r"[\s|]", "", segment).lstrip(":"))[0]
    for mode in modes:
        if flat[:30].startswith(mode):
            return mode
    first = [(flat.index(mode), rank, mode) for rank, mode in enumerate(modes) if mode in flat[:40]]
    return min(first)[2] if first else None


def _term(segment: str) -> str | None:
    flat = re.sub(r"[\s|]", "", segment).lstrip(":")
    match = re.match(
        r"[^\d;。]{0,20}?(\d{1,3}|[一二两三四五六七八九十]{1,3})个?(工作日|自然日|交易日|日|天)", flat
    )
    if match is None:
        return None
    number, what = reader_values.small_number(match.group(1)), match.group(2)
    return (
        f"{number}个{what}"
        if "个" in match.group() and what in ("工作日", "自然日", "交易日")
        else f"{number}{what}"
    )


def _remark(segment: str) -> str | None:
    text = re.sub(r"^[\s:|]+|[\s|]+$", "", segment)
    text = re.sub(r"\s*\|\s*", " ", text)
    text = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)
    text = re.sub(r"\s*\n\s*", "", text)
    return None if not text or reader_values.SILENT.fullmatch(text) else re.sub(r"[ \t]+", " ", text)
