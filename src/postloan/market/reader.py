"""Reads a notice's text, published table or press report, into a ``Notice``. Silence stays ``None``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from postloan.kernel import Finding
from postloan.market import reader_days, reader_values
from postloan.market.notice import KEYS, Notice
from postloan.market.notice_checks import checks_of, contradictions, kind
from postloan.market.notice_faults import NotANotice
from postloan.market.reader_labels import Labels, Mark, labels, marks, remark_end
from postloan.market.reader_prose import from_prose
from postloan.market.reader_text import Page, regular
from postloan.market.reader_title import read_title, seller_type
from postloan.market.reader_words import words

_FIGURES = frozenset({"yuan", "count", "days", "years", "minutes", "deposit"})
_HELPERS = frozenset({"free_bid", "transfer_mode", "title", "stop"})


@dataclass(frozen=True, slots=True)
class Read:
    """A value that one label gave.

    value: as the notice holds it. printed, tolerance: of a figure. end: where reading stopped, in the segment.
    firm: the label was certainly one. leftover: digits stand behind it that could belong to it.
    """

    value: object
    end: int
    printed: str | None = None
    tolerance: Decimal | None = None
    firm: bool = False
    leftover: bool = False


def read_notice(text: str, *, name: str) -> Notice:
    """The notice that a text holds.

    text: table or press form, plain or HTML. name: becomes its id, mostly the file's stem.

    Raises:
        NotANotice: no label with a value in it.
    """
    return read_with_findings(text, name=name)[0]


def read_with_findings(text: str, *, name: str) -> tuple[Notice, tuple[Finding, ...]]:
    """The notice that a text holds, and what is contradictory or unread in it; see ``read_notice``."""
    page = regular(text)
    found = marks(page)
    findings: list[Finding] = []
    facts = _facts(page, found, findings, name)
    if not any(key in KEYS and key not in ("seller", "product", "remarks") for key in facts):
        raise NotANotice(where=name)
    form = _form(page, found)
    values: dict[str, object] = {key: read.value for key, read in facts.items() if key in KEYS}
    for key, value in from_prose(page).items():
        values.setdefault(key, value)
    if "bid_mode" not in values and "transfer_mode" in facts:
        values["bid_mode"] = facts["transfer_mode"].value
    values.update(_of_title(page, found, facts))
    values.setdefault("published", _signed(page, str(values["seller"] or "")))
    figures = {
        key: read for key, read in facts.items() if read.printed is not None and key != "extension_minutes"
    }
    notice = Notice(
        id=name,
        **values,  # type: ignore[arg-type]
        text_form=form,
        as_reported={key: str(figures[key].printed) for key in KEYS if key in figures},
        tolerance={key: _allowed(figures[key], form) for key in KEYS if key in figures},
        source={"site": page.site, "date": page.day},
    )
    notice = notice.with_checks(checks_of(notice))
    findings += [Finding(kind("N010"), "notice", key=name, found=key) for key in _unnamed(notice)]
    return notice, (*findings, *contradictions(notice))


def _facts(page: Page, found: list[Mark], findings: list[Finding], name: str) -> dict[str, Read]:
    """The first value that each key's labels give; later ones that differ, and unread ones, are findings."""
    facts: dict[str, Read] = {}
    unread: dict[str, str] = {}
    known = labels()
    for mark, read, segment in _readings(page, found, known):
        key = mark.field.key
        if read is None:
            if mark.firm and key in KEYS and re.match(r"[\s:|]*\d", segment):
                unread.setdefault(key, re.sub(r"\s+", " ", segment.strip(" :|\n"))[:30])
            continue
        for target, value in _spread(key, read):
            before = facts.get(target)
            if before is None or (read.firm and not before.firm):
                facts[target] = value
            elif _differ(before, value):
                findings.append(
                    Finding(kind("N007"), "notice", key=name, found=f"{target} {value.printed or value.value}",
                            expected=str(before.printed or before.value))
                )  # fmt: skip
    for key, text in unread.items():
        if key not in facts:
            findings.append(Finding(kind("N008"), "notice", key=name, found=f"{key}: {text}"))
    for key, read in facts.items():
        if read.leftover:
            findings.append(Finding(kind("N009"), "notice", key=name, found=f"{key} {read.printed}"))
    return facts


def _spread(key: str, read: Read) -> Iterator[tuple[str, Read]]:
    """A span of bidding is a beginning and an end."""
    if key == "free_bid" and isinstance(read.value, tuple):
        for target, value in zip(("free_bid_start", "free_bid_end"), read.value, strict=True):
            yield target, Read(value, read.end, firm=read.firm)
    else:
        yield key, read


def _differ(one: Read, other: Read) -> bool:
    if not (one.firm and other.firm):
        return False
    if isinstance(one.value, Decimal | int) and isinstance(other.value, Decimal | int):
        if one.tolerance is None and other.tolerance is None and one.printed and other.printed:
            return False
        allowed = (one.tolerance or Decimal(0)) + (other.tolerance or Decimal(0))
        return abs(Decimal(one.value) - Decimal(other.value)) > allowed
    return isinstance(one.value, str) and isinstance(other.value, str) and one.value[:10] != other.value[:10]


def _readings(page: Page, found: list[Mark], known: Labels) -> Iterator[tuple[Mark, Read | None, str]]:
    """Every label with the value between it and the next, or from the row below where labels stand in a row."""
    ends = [mark.start for mark in found[1:]] + [len(page.text)][: len(found)]
    segments = [page.text[mark.end : end] for mark, end in zip(found, ends, strict=True)]
    i = 0
    while i < len(found):
        last = i
        while (
            last + 1 < len(found) and not segments[last].strip(" \t\n|") and found[last].field.kind != "stop"
        ):
            last += 1
        side_by_side = "\n" not in page.text[found[i].start : found[last].end].strip()
        if last > i and (
            row := _row_below(found[i : last + 1], segments[last], known, side_by_side=side_by_side)
        ):
            yield from ((mark, read, "") for mark, read in zip(found[i : last + 1], row, strict=True))
        elif last == i + 1 and (both := _wrapped(found[i], found[last], segments[last], known)):
            yield from ((mark, read, "") for mark, read in zip(found[i : last + 1], both, strict=True))
        else:
            for mark, segment in zip(found[i : last + 1], segments[i : last + 1], strict=True):
                if mark.field.kind == "remarks":
                    segment = page.text[mark.end : remark_end(page, mark, found)]
                if mark.field.kind == "mode":  # 多轮竞价 may run into 竞价日, which looks like a label
                    segment = page.text[mark.end : mark.end + max(len(segment), 30) + 4]
                yield mark, _value(mark, segment, known), segment
        i = last + 1


def _row_below(row: list[Mark], text: str, known: Labels, *, side_by_side: bool) -> list[Read | None] | None:
    """The values of labels that stand together, from the row below; None if that is no such row.

    Labels under each other count only from three on and with exactly as many values: two labels followed by two
    values is also what remains of a table whose cells were read in the wrong order.
    """
    match = re.match(r"[ \t|]*\n", text)
    if match is None or (not side_by_side and len(row) < 3):
        return None
    rest, reads = text[match.end() :], list[Read | None]()
    for mark in row:
        if blank := reader_values.SILENT.match(rest):
            reads.append(None)
            rest = rest[blank.end() :]
            continue
        read = _value(mark, rest, known, loose=False)
        if read is None:
            return None
        reads.append(read)
        rest = rest[read.end :]
    return reads if side_by_side or not rest.strip(" |\n\t") else None


def _wrapped(above: Mark, mark: Mark, text: str, known: Labels) -> tuple[Read, Read] | None:
    """Two figures in one line of which the second belongs to the right cell, whose label began a line higher."""
    below = "\n" in text[: len(text) - len(text.lstrip())]
    if below or above.field.kind not in _FIGURES or mark.field.kind not in _FIGURES:
        return None
    left = _value(mark, text, known, loose=False)
    if left is None or not re.match(r"[ \t]{2,}\d", text[left.end :]):
        return None
    right = _value(above, text[left.end :], known, loose=False)
    return (right, left) if right else None


def _value(mark: Mark, segment: str, known: Labels, *, loose: bool = True) -> Read | None:
    """What stands behind a label, read as its kind demands."""
    how = mark.field.kind
    if how == "stop" or (
        how not in ("remarks", "deposit", "written_off") and reader_values.SILENT.match(segment)
    ):
        return None
    if how in _FIGURES:
        return _figure(mark, segment, loose=loose)
    if how in ("day", "day_or_month", "moment"):
        moment = {
            "day": reader_days.day,
            "day_or_month": reader_days.day_or_month,
            "moment": reader_days.moment,
        }[how](segment)
        return Read(moment.iso, moment.end, firm=mark.firm) if moment else None
    if how == "span":
        both = reader_days.span(segment)
        return Read((both[0].iso, both[1].iso), both[1].end, firm=mark.firm) if both else None
    value = words(mark, segment, known)
    return None if value is None else Read(value, len(segment), firm=mark.firm)


def _figure(mark: Mark, segment: str, *, loose: bool) -> Read | None:
    field = mark.field
    if field.kind == "deposit" and re.match(
        r"[\s:|]*(?:无(?!论)|不收取|不设|免收|无需|不需要|免缴)", segment
    ):
        return Read(Decimal(0), len(segment), printed="0元", tolerance=Decimal(0), firm=mark.firm)
    figure = reader_values.figure(segment, unit=field.unit, label_unit=mark.unit, loose=loose)
    if figure is None:
        return None
    value: Decimal | int = figure.value
    if field.kind in ("count", "minutes"):
        if figure.value != figure.value.to_integral_value():
            return None
        value = int(figure.value)
    return Read(value, figure.end, figure.printed, figure.tolerance, mark.firm, figure.leftover)


def _of_title(page: Page, found: list[Mark], facts: Mapping[str, Read]) -> dict[str, object]:
    """Seller, its kind, product, period and kind of notice; a label's word fills what the title leaves open."""
    first = next(
        (mark.start for mark in found if mark.field.key not in _HELPERS or mark.field.key == "stop"), 0
    )
    named = facts.get("title")
    title = read_title(page.text[:first])
    if title.text is None and named is not None:
        title = read_title(str(named.value))
    if title.text is None:
        title = read_title(page.text)
    seller = title.seller or (facts["seller"].value if "seller" in facts else None)
    product = title.product or (facts["product"].value if "product" in facts else None)
    return {
        "seller": seller,
        "seller_type": seller_type(str(seller)) if seller else None,
        "product": product,
        "period": title.period,
        "doc_kind": title.doc_kind,
    }


def _signed(page: Page, seller: str) -> str | None:
    """The day under the seller's name at the very end of a notice (落款)."""
    lines = [re.sub(r"[\s|]", "", line) for line in page.text.split("\n")]
    lines = [line for line in lines if line]
    for i in range(max(len(lines) - 3, 1), len(lines)):
        found = reader_days.day_or_month(lines[i])
        above = lines[i - 1]
        signed = len(above) >= 4 and seller.endswith(above[-6:]) and "关于" not in above
        if found and found.end == len(lines[i]) and signed:
            return found.iso
    return None


def _form(page: Page, found: list[Mark]) -> str:
    """``table`` or ``press``: as the head line says, else by borders, headings and units in the labels."""
    if page.form and re.search(r"press|媒体|报道", page.form, re.IGNORECASE):
        return "press"
    if page.form and re.search(r"table|as published|表格", page.form, re.IGNORECASE):
        return "table"
    units = sum(mark.unit is not None for mark in found)
    return (
        "table" if units >= 3 or "不良贷款基本信息" in page.compact or page.text.count("|") >= 6 else "press"
    )


def _allowed(read: Read, form: str) -> Decimal | None:
    """The tolerance of a figure; a published table is exact where it prints base units."""
    plain = read.printed is not None and re.fullmatch(r"[\d,.]+(?:元|笔|户|天|岁)", read.printed)
    return Decimal(0) if form == "table" and plain else read.tolerance


def _unnamed(notice: Notice) -> list[str]:
    return [key for key in ("seller", "product", "period", "doc_kind") if getattr(notice, key) is None]
