"""The register (台账) of notices: many notices become projects, each counted once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from postloan.kernel import Finding, PostloanError, Quarter, load_kinds
from postloan.market import NotANotice, Notice, read_notice


class NoNotices(PostloanError):
    """{path} holds no notices.

    Put notices there as .json, .jsonl, .txt, .html or .pdf; `postloan notice read` makes JSON of a text.
    """

    zh = (
        "{path} 中没有公告。请放入 .json、.jsonl、.txt、.html 或 .pdf 格式的公告；"
        "可用 `postloan notice read` 将文本转为 JSON。"
    )


LISTED = ("转让公告", "转让公告(重新挂牌)")
MARKETED = "招商公告"
NEGOTIATED = "债权转让公告(协议)"

_FILLED = ("principal", "interest", "total", "loans", "borrowers", "start_price", "weighted_overdue_days",
           "seller_type", "product")  # fmt: skip
_SOLD = ("sold_price", "sold_date", "buyer")


@dataclass(frozen=True, slots=True)
class Entry:
    """One project (项目) of the register: a package as first listed, with what became of it.

    first: the first listing, or the marketing or negotiated notice where there is no listing; figures it does
    not state are filled from later listings. notices: all of its notices. listed: it was put up for bids.
    relisted: how many further times. sold: a price, buyer or sale date is known, or it was sold by negotiation.
    day: ISO day or month of the first listing.
    """

    first: Notice
    notices: tuple[Notice, ...]
    listed: bool
    relisted: int
    sold: bool
    day: str | None

    @property
    def quarter(self) -> str | None:
        """The quarter of the first listing, for example 2025Q1."""
        if not self.day or len(self.day) < 7:
            return None
        return str(Quarter.of(date(int(self.day[:4]), int(self.day[5:7]), 1)))

    @property
    def name(self) -> str:
        """Seller and issue, for people."""
        return " ".join(part for part in (self.first.seller, self.first.period) if part) or self.first.id


@dataclass(frozen=True, slots=True)
class Register:
    """Notices and the projects they are about.

    findings: what is wrong between notices or with files; see ``register_checks`` for the notices themselves.
    """

    notices: tuple[Notice, ...]
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...] = field(default=())


def read_register(files: Iterable[tuple[str, str]]) -> Register:
    """The register that some files hold.

    files: file name and text, in order. ``.json`` holds one notice or a list, ``.jsonl`` one a line, anything
    else a notice's text. Where a text and a JSON record have the same id, the record is taken.

    Raises:
        BadNotice: a JSON file is no notice; says which file and line.
    """
    kinds = load_kinds("postloan.outcomes")
    found: dict[str, Notice] = {}
    findings: list[Finding] = []
    texts: list[tuple[str, str]] = []
    for name, text in files:
        if not name.lower().endswith((".json", ".jsonl")):
            texts.append((name, text))
            continue
        for notice in _records(name, text):
            if notice.id in found and found[notice.id] != notice:
                findings.append(Finding(kinds["M014"], "notices", key=notice.id, found=notice.id))
            found.setdefault(notice.id, notice)
    for name, text in texts:
        stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if stem in found:
            continue
        try:
            found[stem] = read_notice(text, name=stem)
        except NotANotice:
            findings.append(Finding(kinds["M015"], "notices", key=name, found=name))
    return make_register(found.values(), findings)


def make_register(notices: Iterable[Notice], findings: Sequence[Finding] = ()) -> Register:
    """Notices grouped into projects: same seller and same issue are one project."""
    groups: dict[tuple[str, str], list[Notice]] = {}
    every = tuple(notices)
    for notice in every:
        # Without a seller or an issue nothing says that two notices are about one project.
        key = (notice.seller or "", notice.period or notice.id)
        groups.setdefault(key if notice.seller else ("", notice.id), []).append(notice)
    return Register(every, tuple(_entry(group) for group in groups.values()), tuple(findings))


def day_of(notice: Notice) -> str | None:
    """When the notice came out: its own day, else that of the source, else the day bids close."""
    return notice.published or notice.source.get("date") or (notice.bid_deadline or "")[:10] or None


def rough(notice: Notice, key: str) -> bool:
    """A figure of which only a bound or a size was reported (超4亿元)."""
    return key in notice.tolerance and notice.tolerance[key] is None


def _records(name: str, text: str) -> list[Notice]:
    text = text.removeprefix("\ufeff")
    if name.lower().endswith(".jsonl"):
        lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
        return [Notice.loads(line, where=f"{name}:{i}") for i, line in lines]
    try:
        raw = json.loads(text, parse_float=Decimal)
    except (json.JSONDecodeError, RecursionError):
        return [Notice.loads(text, where=name)]  # says in the reader's words why it is no JSON
    if isinstance(raw, list):
        return [Notice.from_json(record, where=f"{name}[{i}]") for i, record in enumerate(raw, 1)]
    return [Notice.from_json(raw, where=name)]


def _entry(group: list[Notice]) -> Entry:
    ordered = sorted(group, key=lambda notice: (day_of(notice) or "9999", notice.doc_kind == LISTED[1]))
    # A user's own deal need not say what kind of notice it came from; it was listed all the same.
    listings = [n for n in ordered if n.doc_kind in LISTED or n.doc_kind is None]
    first = (listings or ordered)[0]
    sources = listings or ordered
    filled = {
        key: next((value for n in sources if (value := getattr(n, key)) is not None), None) for key in _FILLED
    } | {key: next((value for n in ordered if (value := getattr(n, key)) is not None), None) for key in _SOLD}
    tolerance = dict(first.tolerance)
    for key, value in filled.items():
        if getattr(first, key) is None and value is not None:
            giver = next(n for n in ordered if getattr(n, key) == value)
            if key in giver.tolerance:
                tolerance[key] = giver.tolerance[key]
    whole = replace(first, **filled, tolerance=tolerance)  # type: ignore[arg-type]
    sold = any(filled[key] is not None for key in _SOLD) or any(n.doc_kind == NEGOTIATED for n in ordered)
    # The same listing read twice (a text and a record of it) is no relisting; another day is.
    days = {day_of(n) for n in listings if n.doc_kind in LISTED}
    relisted = max(len(days) - 1, sum(n.doc_kind == LISTED[1] for n in listings))
    return Entry(whole, tuple(ordered), bool(listings), relisted, sold, day_of(first))
