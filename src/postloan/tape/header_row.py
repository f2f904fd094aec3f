"""Where the headers stand: below a title, or in two lines with merged cells, as people write them in Excel."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from postloan.tape.columns import tables
from postloan.tape.headers import plain_header, recognise, synonyms

LOOK_AT = 40
"""Records from the top among which the headers are looked for."""

_TOTAL = frozenset(
    plain_header(word)[0]
    for word in (
        "合计",
        "总计",
        "合计数",
        "总合计",
        "累计",
        "小计",
        "total",
        "grand total",
        "totals",
        "sum",
        "subtotal",
    )
)
_NUMBER = re.compile(r"[-+]?[\d,.]+%?")

Record = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """The headers of a text table.

    headers: as written, '' where a column has none. records: records from the top up to and with the
    headers. lines: 1, or 2 where two lines were read together.
    """

    headers: tuple[str, ...]
    records: int
    lines: int = 1


def find_header(sample: Sequence[Record], known: Callable[[str], bool] | None = None) -> HeaderRow:
    """The headers among the first records: the line with most headers that are known.

    known: says whether a header is known besides the synonyms, for example because a mapping names it.
    Where none is known, the first line that is as wide as the data.
    """

    def knows(text: str | None) -> bool:
        return bool(text and (_is_synonym(text) or (known is not None and known(_one_line(text)))))

    top = [[_one_line(cell) for cell in record] for record in sample[:LOOK_AT]]
    scores = [sum(map(knows, record)) for record in top]
    best = max(range(len(top)), key=lambda i: (scores[i], -i))
    if scores[best] == 0:
        widest = max(sum(map(bool, record)) for record in top)
        best = next(i for i, record in enumerate(top) if sum(map(bool, record)) * 2 >= widest)
    chosen = HeaderRow(tuple(top[best]), best + 1)
    score = scores[best]
    for upper in (best - 1, best):
        if upper < 0 or upper + 1 >= len(top):
            continue
        both = _joined(top[upper], top[upper + 1], knows)
        if sum(map(knows, both)) > score and not any(_NUMBER.fullmatch(c) for c in top[upper + 1]):
            chosen, score = HeaderRow(tuple(both), upper + 2, 2), sum(map(knows, both))
    return chosen


def is_total(record: Record) -> bool:
    """Whether a record is a total row (合计): one of its first three filled cells says so."""
    filled = [cell for cell in record if cell and cell.strip()][:3]
    return any(plain_header(cell)[0] in _TOTAL for cell in filled)


def guess_table(headers: Sequence[str]) -> str | None:
    """The table whose required columns all stand among the headers; the best-filled one, loans first."""
    fitting = []
    for name, table in tables().items():
        recognition = recognise([header for header in headers if header], table)
        if not recognition.missing:
            fitting.append((len(recognition.matched) + len(recognition.clashes), name))
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def unique_names(headers: Sequence[str]) -> list[str]:
    """Names for the columns of a view: as written; a repeated one is numbered, a missing one called column N."""
    taken, names = {"row"}, []
    for place, header in enumerate(headers, 1):
        name, again = header or f"column {place}", 2
        while name.lower() in taken:
            name, again = f"{header or 'column'} ({again})", again + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _is_synonym(text: str) -> bool:
    word = plain_header(text)[0]
    return any(word in synonyms(table) for table in tables())


def _one_line(cell: str | None) -> str:
    return " ".join((cell or "").replace("\ufeff", "").split())


def _joined(upper: Sequence[str], lower: Sequence[str], knows: Callable[[str], bool]) -> list[str]:
    """Two header lines as one; a merged cell above speaks for the blanks to its right."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    joined, over = [], ""
    for up, down in zip(above, below, strict=True):
        over = up or over
        choices = (f"{over}{down}" if down else "", down, up)
        joined.append(next((choice for choice in choices if choice and knows(choice)), "") or down or up)
    return joined
