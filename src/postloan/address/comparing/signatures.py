"""What addresses say, in arrays that can be compared by the million: division, names and numbers in one form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.counties import today
from postloan.address.comparing.names import Ints, NameTable, mark_of
from postloan.address.comparing.numbers import canonical, canonical_name, figures, kind_named
from postloan.address.comparing.words import NUMBERS
from postloan.address.gazetteer import by_full_name, shortened

if TYPE_CHECKING:
    import pyarrow as pa

    from postloan.address.parsing import Mode, Parsed, Weights

Marks: TypeAlias = npt.NDArray[np.uint64]
LONGEST = 6
"""Numbers of an address that are looked at."""
MOST_FIGURES = 10
"""Runs of digits and of letters that are looked at."""
WORDING = 24
"""Characters of the names below the county that are looked at."""
NAME_FIELDS = ("city", "county", "county_today", "zone", "town", "community", "road", "lane", "poi", "subpoi")
_LABELS = {
    "city": "city", "district": "county", "devzone": "zone", "town": "town", "community": "community", "road": "road",
    "subroad": "lane", "poi": "poi", "subpoi": "subpoi",
}  # fmt: skip
_ROLES = {
    "roadno": "road_no", "subroadno": "lane_no", "houseno": "building", "cellno": "entrance", "floorno": "floor",
    "roomno": "room",
}  # fmt: skip
_WORDED = dict.fromkeys(("community", "road", "subroad", "poi", "subpoi"), 2) | {"town": 1, "devzone": 1}
_TAILS = {
    "town": ("街道办事处", "街道", "地区", "镇", "乡"),
    "community": ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signatures:
    """What each of some addresses says; one row an address.

    division: code of the division that its names fix, today's where there is one, 0 where none. alone: whether the
    text names a county but nothing that it lies in. known: whether its county is one that there is or was. names: row
    of ``table`` for each of ``NAME_FIELDS``, 0 where not given. numbers: hash of the number for each of ``NUMBERS``,
    0 where not given. named: bit k is set where the text itself says that number k is of its kind. sequence: hashes of
    all numbers in order, 0 after the last. figures: the same of all runs of digits and of letters in the text,
    whatever they were read as. wording: rows of ``wordings`` for all names below the town, and below the county, run
    together. table, wordings: the names.
    """

    division: npt.NDArray[np.int32]
    alone: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    names: npt.NDArray[np.int32]
    numbers: Marks
    named: npt.NDArray[np.uint8]
    sequence: Marks
    figures: Marks
    wording: npt.NDArray[np.int32]
    table: NameTable
    wordings: NameTable

    def __len__(self) -> int:
        return len(self.division)

    @staticmethod
    def joined(parts: Iterable[Signatures]) -> Signatures:
        """One after the other."""
        every = list(parts)
        return Signatures(
            np.concatenate([p.division for p in every]),
            np.concatenate([p.alone for p in every]),
            np.concatenate([p.known for p in every]),
            _shifted([p.names for p in every], [len(p.table) for p in every]),
            np.concatenate([p.numbers for p in every]),
            np.concatenate([p.named for p in every]),
            np.concatenate([p.sequence for p in every]),
            np.concatenate([p.figures for p in every]),
            _shifted([p.wording for p in every], [len(p.wordings) for p in every]),
            NameTable.joined(p.table for p in every),
            NameTable.joined(p.wordings for p in every),
        )


def _shifted(parts: list[npt.NDArray[np.int32]], sizes: list[int]) -> npt.NDArray[np.int32]:
    # rows of tables that come to stand one after the other; no name stays row 0
    offsets = np.cumsum([0, *sizes])[:-1]
    return np.concatenate([np.where(p > 0, p + k, 0) for p, k in zip(parts, offsets, strict=True)]).astype(
        np.int32
    )


def counted(given: Signatures) -> Signatures:
    """The same addresses with their names counted, so that a name that many have is not taken for a slip."""
    table = given.table
    fields = [NAME_FIELDS.index(name) for name in ("community", "road", "poi")]
    marks, times = np.unique(table.mark[given.names[:, fields]], return_counts=True)
    at = np.minimum(np.searchsorted(marks, table.mark), len(marks) - 1)
    seen = np.where((marks[at] == table.mark) & (table.mark > 0), times[at], 0).astype(np.int32)
    return replace(given, table=replace(table, times=seen))


class SignatureBuilder:
    """Reads parsed addresses batch by batch; what is said of a part is worked out once for each different part."""

    def __init__(self) -> None:
        self._parts = _Parts()
        self._wordings: dict[str, int] = {"": 0}
        self._batches: list[tuple[npt.NDArray[np.generic], ...]] = []

    def add(self, parsed: pa.RecordBatch) -> None:
        """Take in a batch with the columns of ``parsing.schema``."""
        import pyarrow.compute as pc

        elements = parsed.column("elements")
        sizes = pc.fill_null(pc.list_value_length(elements), 0).to_numpy(zero_copy_only=False)
        flat = pc.list_flatten(elements)
        # a third of the parts say nothing that is compared
        telling = pc.is_in(flat.field("label"), value_set=_telling_labels())
        row = np.repeat(np.arange(parsed.num_rows), sizes)[telling.to_numpy(zero_copy_only=False)]
        counts, flat = np.bincount(row, minlength=parsed.num_rows), flat.filter(telling)
        codes = [int(code or 0) for code in parsed.column("adcode").to_pylist()]
        whole = parsed.column("text").to_pylist()
        self.extend(whole, counts, flat.field("label").to_pylist(), flat.field("text").to_pylist(), codes)

    def extend(
        self,
        whole: Sequence[str | None],
        counts: Sequence[int] | Ints,
        labels: Sequence[str],
        texts: Sequence[str],
        codes: Sequence[int],
    ) -> None:
        """Take in addresses: the texts, how many elements each has, label and text of each, codes of divisions."""
        n = len(counts)
        row = np.repeat(np.arange(n), np.asarray(counts, np.int64))
        part = self._parts.rows_of(labels, texts)
        field, name, role, mark, kind, worded, head, county = self._parts.columns()[:, part]
        names = np.zeros((n, len(NAME_FIELDS)), np.int32)
        numbers = np.zeros((n, len(NUMBERS)), np.uint64)
        named = np.zeros(n, np.uint8)
        # the first of several wins: it is written last
        at = np.flatnonzero(field >= 0)[::-1]
        names[row[at], field[at]] = name[at]
        at = np.flatnonzero((role >= 0) & (mark != 0))[::-1]
        numbers[row[at], role[at]] = self._parts.marks()[part[at]]
        np.bitwise_or.at(named, row[at], (kind[at] << role[at]).astype(np.uint8))
        heads = np.bincount(row[head > 0], minlength=n) > 0
        known = np.bincount(row[county > 0], minlength=n) > 0
        division = np.zeros(n, np.int32)
        for place, code in enumerate(codes):
            if code:
                now = today(code)
                division[place] = now.code
                names[place, _TODAY] = self._parts.name_row(now.county)
        alone = (names[:, [_COUNTY, _TODAY]] > 0).any(1) & ~heads
        sequence = _side_by_side(n, row, [self._parts.figures[p] for p in part.tolist()], LONGEST)
        every = [tuple(map(mark_of, figures(text or ""))) for text in whole]
        shown = _side_by_side(n, np.arange(n), every, MOST_FIGURES)
        wording = np.column_stack([self._worded(n, row, name, worded > least) for least in (1, 0)])
        self._batches.append(
            (division, alone, known | (division % 100 > 0), names, numbers, named, sequence, shown, wording)
        )

    def _worded(self, n: int, row: Ints, name: Ints, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
        at = np.flatnonzero(wanted)
        words = [self._parts.spelt[k] for k in name[at].tolist()]
        ends = np.searchsorted(row[at], np.arange(n + 1)).tolist()
        known = self._wordings
        whole = ("".join(words[a:b]) for a, b in pairwise(ends))
        return np.fromiter((known.setdefault(w, len(known)) for w in whole), np.int32, n)

    def done(self) -> Signatures:
        """Everything taken in so far."""
        if not self._batches:
            self.extend([], [], [], [], [])
        columns = [np.concatenate(column) for column in zip(*self._batches, strict=True)]
        wordings = NameTable.of(list(self._wordings), WORDING)
        return Signatures(*columns, NameTable.of(self._parts.spelt), wordings)  # type: ignore[arg-type, call-arg]


def _side_by_side(n: int, row: Ints, marks: Sequence[tuple[int, ...]], most: int) -> Marks:
    """Hashes of each row in order, 0 after the last; ``marks`` come in order of row."""
    sizes = np.fromiter(map(len, marks), np.int64, len(marks))
    flat = np.fromiter((mark for every in marks for mark in every), np.uint64, int(sizes.sum()))
    whose = np.repeat(row, sizes)
    place = np.arange(len(whose)) - np.searchsorted(whose, np.arange(n))[whose]
    kept = place < most
    found = np.zeros((n, most), np.uint64)
    found[whose[kept], place[kept]] = flat[kept]
    return found


class _Parts:
    """The different parts (label and text) of addresses and what each says."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], int] = {}
        self._names: dict[str, int] = {"": 0}
        self.spelt = [""]
        self.figures: list[tuple[int, ...]] = []
        self._said: list[tuple[int, ...]] = []
        self._marks: list[int] = []
        self._table = np.zeros((0, 8), np.int64)
        self._mark_table = np.zeros(0, np.uint64)

    def rows_of(self, labels: Sequence[str], texts: Sequence[str]) -> Ints:
        """The row of each part; new ones are taken in."""
        rows = self._rows
        pairs = list(zip(labels, texts, strict=True))
        for pair in pairs:
            if pair not in rows:
                rows[pair] = len(rows)
                self._take(*pair)
        return np.fromiter(map(rows.__getitem__, pairs), np.int64, len(pairs))

    def name_row(self, name: str) -> int:
        """The row of a canonical name in the table of names."""
        found = self._names.get(name)
        if found is None:
            found = self._names[name] = len(self._names)
            self.spelt.append(name)
        return found

    def columns(self) -> Ints:
        """Field, name, role, number or not, kind named or not, wordings, above a county or not, a county or not."""
        self._settle()
        return self._table.T

    def marks(self) -> Marks:
        """The hash of the number of each part, 0 where it has none."""
        self._settle()
        return self._mark_table

    def _settle(self) -> None:
        if self._said:
            self._table = np.concatenate([self._table, np.array(self._said, np.int64)])
            self._mark_table = np.concatenate([self._mark_table, np.array(self._marks, np.uint64)])
            self._said.clear()
            self._marks.clear()

    def _take(self, label: str, text: str) -> None:
        field, role = _FIELD_AT.get(label, -1), _ROLE_AT.get(label, -1)
        name = self.name_row(name_of(label, text)) if field >= 0 else 0
        mark, figures, kind = number_of(label, text) if role >= 0 or label == "subroad" else (0, (), "")
        named = role >= 0 and kind == NUMBERS[role]
        worded, head = _WORDED.get(label, 0) if name else 0, label in ("prov", "city")
        county = label == "district" and text in by_full_name()
        self._said.append(
            (field, name, role, int(mark != 0), int(named), int(worded), int(head), int(county))
        )
        self._marks.append(mark)
        self.figures.append(figures)


_FIELD_AT = {label: NAME_FIELDS.index(field) for label, field in _LABELS.items()}
_ROLE_AT = {label: NUMBERS.index(role) for label, role in _ROLES.items()}
_COUNTY, _TODAY = NAME_FIELDS.index("county"), NAME_FIELDS.index("county_today")


@cache
def _telling_labels() -> pa.Array:
    import pyarrow as pa

    return pa.array(sorted({"prov", *_FIELD_AT, *_ROLE_AT}))


@lru_cache(maxsize=1 << 17)
def name_of(label: str, text: str) -> str:
    """The name in a part of an address as it is compared: without the word for its level."""
    name = canonical_name(text)
    if label in ("city", "district"):
        return shortened(name, "prefecture" if label == "city" else "county")
    for tail in _TAILS.get(label, ()):
        if name.endswith(tail) and len(name) - len(tail) >= 2:
            return name[: -len(tail)]
    return name


@lru_cache(maxsize=1 << 17)
def number_of(label: str, text: str) -> tuple[int, tuple[int, ...], str]:
    """Hash of the whole number in a part, hashes of its parts, and the kind that the text itself names."""
    words = canonical(text, floor=label == "floorno")
    if label == "subroad" and not any(word.isdigit() for word in words):
        return 0, (), ""
    parts = [word for word in words if word.lstrip("-").isdigit() or len(words) == 1 or word.isascii()]
    return mark_of("-".join(words)), tuple(map(mark_of, parts)), kind_named(text)


def signatures(texts: Sequence[str | None], mode: Mode = "fast", weights: Weights = "default") -> Signatures:
    """Read addresses and keep what can be compared of them.

    Raises:
        InputError: as ``parse``.
    """
    from postloan.address.parsing import BATCH, batch_of, checked

    checked(mode, weights)
    builder = SignatureBuilder()
    for at in range(0, len(texts), BATCH):
        builder.add(batch_of(texts[at : at + BATCH], mode, weights))
    return builder.done()


def signatures_of(parsed: Iterable[Parsed]) -> Signatures:
    """What addresses say that were parsed one by one."""
    every = list(parsed)
    builder = SignatureBuilder()
    builder.extend(
        [address.text for address in every],
        [len(address.elements) for address in every],
        [element.label for address in every for element in address.elements],
        [element.text for address in every for element in address.elements],
        [int(address.adcode or 0) for address in every],
    )
    return builder.done()


def rows(*numbers: int) -> Ints:
    """Row numbers as an array."""
    return np.array(numbers, np.int64)
