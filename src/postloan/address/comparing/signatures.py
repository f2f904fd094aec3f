"""What addresses say, in arrays that can be compared by the million: division, names and numbers in one form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.counties import today
from postloan.address.comparing.names import Ints, NameTable, mark_of
from postloan.address.comparing.numbers import canonical, canonical_name, kind_named
from postloan.address.comparing.words import NUMBERS
from postloan.address.gazetteer import shortened

if TYPE_CHECKING:
    import pyarrow as pa

    from postloan.address.parsing import Mode, Parsed, Weights

Marks: TypeAlias = npt.NDArray[np.uint64]
LONGEST = 6
"""Numbers of an address that are looked at."""
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
_WORDED = frozenset({"community", "road", "subroad", "poi", "subpoi"})
_TAILS = {
    "town": ("街道办事处", "街道", "地区", "镇", "乡"),
    "community": ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signatures:
    """What each of some addresses says; one row an address.

    division: code of the division that its names fix, today's where there is one, 0 where none. alone: whether the
    text names a county but nothing that it lies in. names: row of ``table`` for each of ``NAME_FIELDS``, 0 where not
    given. numbers: hash of the number for each of ``NUMBERS``, 0 where not given. named: bit k is set where the text
    itself says that number k is of its kind. sequence: hashes of all numbers in order, 0 after the last. wording: row
    of ``wordings`` for all names below the county run together. table, wordings: the names.
    """

    division: npt.NDArray[np.int32]
    alone: npt.NDArray[np.bool_]
    names: npt.NDArray[np.int32]
    numbers: Marks
    named: npt.NDArray[np.uint8]
    sequence: Marks
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
            _shifted([p.names for p in every], [len(p.table) for p in every]),
            np.concatenate([p.numbers for p in every]),
            np.concatenate([p.named for p in every]),
            np.concatenate([p.sequence for p in every]),
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


class SignatureBuilder:
    """Reads parsed addresses batch by batch; the same name is kept once."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {"": 0}
        self._wordings: dict[str, int] = {"": 0}
        self._spelt = [""]
        self._known: dict[tuple[str, str], int] = {}
        self._parts: list[tuple[npt.NDArray[np.generic], ...]] = []

    def add(self, parsed: pa.RecordBatch) -> None:
        """Take in a batch with the columns of ``parsing.schema``."""
        import pyarrow.compute as pc

        n = parsed.num_rows
        elements = parsed.column("elements")
        counts = pc.list_value_length(elements).to_numpy(zero_copy_only=False)
        flat = pc.list_flatten(elements)
        row = np.repeat(np.arange(n), np.nan_to_num(counts).astype(np.int64))
        labels, texts = flat.field("label").to_pylist(), flat.field("text").to_pylist()
        codes = [int(code or 0) for code in parsed.column("adcode").to_pylist()]
        self.extend(n, row.tolist(), labels, texts, codes)

    def extend(
        self, n: int, row: Sequence[int], labels: Sequence[str], texts: Sequence[str], codes: Sequence[int]
    ) -> None:
        """Take in ``n`` addresses: row, label and text of every element in order, and the code of each division."""
        names = np.zeros((n, len(NAME_FIELDS)), np.int32)
        numbers = np.zeros((n, len(NUMBERS)), np.uint64)
        named = np.zeros(n, np.uint8)
        sequence = np.zeros((n, LONGEST), np.uint64)
        filled, heads = [0] * n, bytearray(n)
        worded: list[list[str]] = [[] for _ in range(n)]
        for at, label, text in zip(row, labels, texts, strict=True):
            field = _FIELD_AT.get(label)
            if field is not None:
                name = self._name(label, text)
                names[at, field] = names[at, field] or name
                if label in _WORDED:
                    worded[at].append(self._spelt[name])
            if label in ("prov", "city"):
                heads[at] = 1
            role = _ROLE_AT.get(label)
            if role is not None or label == "subroad":
                mark, parts, kind = number_of(label, text)
                if role is not None and mark and not numbers[at, role]:
                    numbers[at, role] = mark
                    named[at] |= (kind == NUMBERS[role]) << role
                for part in parts:
                    if filled[at] < LONGEST:
                        sequence[at, filled[at]] = part
                        filled[at] += 1
        division = np.zeros(n, np.int32)
        for at, code in enumerate(codes):
            if code:
                place = today(code)
                division[at] = place.code
                names[at, _TODAY] = self._name("", place.county)
        words = ("".join(every) for every in worded)
        wording = np.fromiter((self._wordings.setdefault(w, len(self._wordings)) for w in words), np.int32, n)
        alone = (names[:, [_COUNTY, _TODAY]] > 0).any(1) & (np.frombuffer(heads, np.uint8) == 0)
        self._parts.append((division, alone, names, numbers, named, sequence, wording))

    def _name(self, label: str, text: str) -> int:
        found = self._known.get((label, text))
        if found is None:
            name = name_of(label, text)
            found = self._rows.setdefault(name, len(self._rows))
            if found == len(self._spelt):
                self._spelt.append(name)
            self._known[label, text] = found
        return found

    def done(self) -> Signatures:
        """Everything taken in so far."""
        if not self._parts:
            self.extend(0, [], [], [], [])
        columns = [np.concatenate(column) for column in zip(*self._parts, strict=True)]
        wordings = NameTable.of(list(self._wordings), WORDING)
        return Signatures(*columns, NameTable.of(self._spelt), wordings)  # type: ignore[arg-type, call-arg]


_FIELD_AT = {label: NAME_FIELDS.index(field) for label, field in _LABELS.items()}
_ROLE_AT = {label: NUMBERS.index(role) for label, role in _ROLES.items()}
_COUNTY, _TODAY = NAME_FIELDS.index("county"), NAME_FIELDS.index("county_today")


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
        len(every),
        [row for row, address in enumerate(every) for _ in address.elements],
        [element.label for address in every for element in address.elements],
        [element.text for address in every for element in address.elements],
        [int(address.adcode or 0) for address in every],
    )
    return builder.done()


def rows(*numbers: int) -> Ints:
    """Row numbers as an array."""
    return np.array(numbers, np.int64)
