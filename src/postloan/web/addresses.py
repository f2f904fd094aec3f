"""Addresses read on a page: coloured elements, the chain of divisions, what was assumed, what stays ambiguous."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from postloan.address import Chain, Element, Parsed, Standard, normalise, parse_one, regions, resolve
from postloan.address.chain import lineage, path_of
from postloan.address.comparison import LEVEL_WORDS, Comparison, compare
from postloan.address.deliverability import Deliverability, deliverable
from postloan.address.parsing import REASONS
from postloan.kernel import Lang
from postloan.web.page import lang_of, show

router = APIRouter()

MOST = 20
"""Addresses read at a time on the page; files go through the command line."""
LONGEST = 400
"""Characters of an address that are read; the rest of a line is left out."""
DOUBTFUL = 0.8
"""An element less certain than this is marked as doubtful."""

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("country", "prov", "city", "district", "town"), "division"),
        **dict.fromkeys(("community", "devzone", "poi", "subpoi"), "place"),
        **dict.fromkeys(("road", "roadno", "subroad", "subroadno"), "road"),
        **dict.fromkeys(("houseno", "cellno", "floorno", "roomno"), "inside"),
    }
)
"""Elements that share a colour; those that are not here say nothing about where."""
EXAMPLES = (
    "浙江省杭州市余杭区五常街道文一西路969号3幢5层501室",
    "广州市萝岗区科学大道八十八号A栋十二楼1203房",
    "鼓楼区中山北路26号",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One division of a chain: its level, code and name today."""

    level: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Read:
    """An address as the page shows it.

    parsed: what was read. chain: the divisions that its names fix. steps: from the province down, as they are today.
    others: paths of the places that its names fit as well. reason: why it deserves little trust, in the reader's
    language. standard: its standard form. post: can a postman find it? likeness: how it stands to the first address
    on the page; None for the first.
    """

    parsed: Parsed
    chain: Chain
    steps: tuple[Step, ...]
    others: tuple[str, ...]
    reason: str
    standard: Standard
    post: Deliverability
    likeness: Comparison | None

    def group(self, element: Element) -> str:
        """The colour of an element."""
        return GROUPS.get(element.label, "aside")

    def doubtful(self, element: Element) -> bool:
        """Whether an element should be looked at."""
        return element.confidence < DOUBTFUL


@router.get("/addresses")
def empty_page(request: Request) -> Response:
    """The page before anything was asked."""
    return _page(request, "", "accurate", (), False)


@router.post("/addresses")
async def read_page(request: Request) -> Response:
    """Addresses, one a line, read. They are posted, so that no address of a person stands in a log of requests."""
    form = await request.form()
    text, mode = str(form.get("addresses", "")), str(form.get("mode", "accurate"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    read = await run_in_threadpool(read_addresses, lines[:MOST], mode == "fast", lang_of(request))
    return _page(request, text, mode, read, len(lines) > MOST)


def read_addresses(lines: Sequence[str], fast: bool, lang: Lang) -> tuple[Read, ...]:
    """Addresses as the page shows them, each compared with the first."""
    parsed = [parse_one(line[:LONGEST], "fast" if fast else "accurate") for line in lines]
    return tuple(
        _read(one, lang, compare(parsed[0], one) if place else None) for place, one in enumerate(parsed)
    )


def _read(parsed: Parsed, lang: Lang, likeness: Comparison | None) -> Read:
    province, city, district, town = map(parsed.first, ("prov", "city", "district", "town"))
    chain = resolve(province, city, district, town, far=True)
    reason = REASONS.get(parsed.reason or chain.reason)
    return Read(
        parsed, chain, _steps(chain), tuple(path_of(code) for code in chain.ambiguous),
        "" if reason is None else reason[lang == "zh"], normalise(parsed), deliverable(parsed), likeness,
    )  # fmt: skip


def _steps(chain: Chain) -> tuple[Step, ...]:
    found = [Step(regions()[code].level, code, regions()[code].name) for code in lineage(chain.current)]
    if chain.township:
        found.append(Step("township", chain.township, chain.township_name))
    return tuple(found)


def _page(request: Request, text: str, mode: str, read: Sequence[Read], more: bool) -> Response:
    return show(
        request,
        "addresses.html.j2",
        text=text,
        mode=mode,
        read=read,
        more=more,
        most=MOST,
        examples=EXAMPLES,
        levels=LEVEL_WORDS,
    )
