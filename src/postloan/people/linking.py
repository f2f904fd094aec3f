"""Who is who (人员归并): what is compared between records, which pairs are looked at, and persons made of links.

A record is a borrower of one loan, product or lender. Equal valid identity numbers are one person, different valid ones
never are. Records without a valid number are compared by probability (Fellegi and Sunter 1969; the adapter drives
Splink). What is neither plain nor absurd goes to a person's eye.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from postloan.kernel import Engine, Lang, load_queries
from postloan.people.evidence import Flags, Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

SURE = 0.95
"""Probability from which two records are joined without a person's eye."""
DOUBTFUL = 0.4
"""Probability from which a pair is shown to a person."""


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of agreement: its SQL on columns ``<field>_l``, ``<field>_r``, how often one person's records show it.

    name: a word for it. sql: '' for everything else, ``NULL`` where either is missing. m: 0 to 1.
    """

    name: str
    sql: str
    m: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A field with its degrees of agreement, the closest first.

    u: how often two people's records show each, where too few records tell; see ``chance_agreement``.
    """

    field: str
    levels: tuple[Level, ...]
    u: tuple[float, ...]


COMPARED: tuple[Compared, ...] = (
    Compared("name", (
        Level("same", '"name_l" = "name_r"', 0.93),
        Level("one character", 'levenshtein("name_l", "name_r") <= 1 AND length("name_l") > 2', 0.05),
        Level("different", "", 0.02),
    ), (0.0008, 0.004, 0.9952)),
    Compared("id_number", (
        Level("same", '"id_number_l" = "id_number_r"', 0.10),
        Level("one slip", 'damerau_levenshtein("id_number_l", "id_number_r") <= 1', 0.62),
        Level("two slips", 'damerau_levenshtein("id_number_l", "id_number_r") <= 2', 0.18),
        Level("different", "", 0.10),
    ), (1e-7, 2e-6, 2e-5, 0.99998)),
    Compared("born_on", (
        Level("same", '"born_on_l" = "born_on_r"', 0.95),
        Level("one slip", 'damerau_levenshtein("born_on_l", "born_on_r") <= 1', 0.03),
        Level("different", "", 0.02),
    ), (0.00006, 0.002, 0.99794)),
    Compared("phone", (
        Level("same", '"phone_l" = "phone_r"', 0.60),
        Level("one slip", 'damerau_levenshtein("phone_l", "phone_r") <= 1', 0.02),
        Level("different", "", 0.38),
    ), (2e-6, 1e-5, 0.99998)),
    Compared("area", (
        Level("same", '"area_l" = "area_r"', 0.45),
        Level("different", "", 0.55),
    ), (1e-5, 0.99999)),
)  # fmt: skip
"""The fields of ``records_to_link`` that are compared."""

ONE_WITHOUT = "(NOT l.valid OR NOT r.valid)"
"""Two valid numbers decide by themselves; such pairs are not looked at."""
LOOKED_AT: tuple[str, ...] = (
    f"l.name = r.name AND l.born_on = r.born_on AND {ONE_WITHOUT}",
    f"l.phone = r.phone AND {ONE_WITHOUT}",
    f"l.id_number = r.id_number AND {ONE_WITHOUT}",
    f"substr(l.id_number, 7, 12) = substr(r.id_number, 7, 12) AND {ONE_WITHOUT}",
    f"substr(l.id_number, 1, 10) = substr(r.id_number, 1, 10) AND l.name = r.name AND {ONE_WITHOUT}",
    f"substr(l.id_number, 15, 4) = substr(r.id_number, 15, 4) AND l.name = r.name AND {ONE_WITHOUT}",
    f"substr(l.id_number, 1, 10) = substr(r.id_number, 1, 10) AND l.born_on = r.born_on AND {ONE_WITHOUT}",
    f"l.name = r.name AND l.area = r.area AND {ONE_WITHOUT}",
)
"""Which pairs are looked at: those that agree in one of these ways."""


class PairFinder(Protocol):
    """Compares records and answers likely pairs; see ``adapters.linkage``."""

    def __call__(self, records: pa.Table) -> pa.Table:
        """Pairs as record_l, record_r, probability and for each field ``level_<field>``.

        That is which of its levels it shows, -1 where it is unknown.
        """


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking came to.

    record: the records' identifiers, in order. person: the person of each, named by the smallest record of the person.
    left, right, probability: pairs that a person must look at, as positions in ``record``. why: for each, ``likely``
    (neither plain nor absurd), ``between`` (fits two valid numbers) or ``birth`` (two birth dates for one number).
    agrees: by language, for each pair how its fields agree. joined: pairs joined by probability.
    """

    record: Sequence[str]
    person: Sequence[str]
    left: Ints
    right: Ints
    probability: Floats
    why: Sequence[str]
    agrees: Mapping[Lang, Sequence[str]]
    joined: int


def records_to_link(engine: Engine) -> pa.Table:
    """The records of ``people_records`` (see ``linkage.sql``) with what is read from their identity numbers."""
    import pyarrow as pa

    from postloan.address import known_codes

    engine.register("id_counties", pa.table({"code": sorted(known_codes())}))
    return engine.arrow(load_queries("postloan.people", "linkage.sql")["records_to_link"].text)


def link(records: pa.Table, find: PairFinder) -> Linked:
    """Persons of records; the answer does not depend on the order of the rows.

    records: the columns of ``records_to_link``; record_id unique.
    """
    records = records.sort_by("record_id")
    names: list[str] = records["record_id"].to_pylist()
    valid: Flags = np.asarray(records["valid"]).astype(np.bool_)
    number = _codes(records["id_number"].to_pylist(), valid)
    head = np.arange(len(names), dtype=np.int64)
    first: dict[int, int] = {}
    for at, code in enumerate(number.tolist()):
        if code:
            head[at] = first.setdefault(code, at)
    pairs = find(records) if (~valid).any() and len(names) > 1 else None
    left, right, likely = _edges(pairs, names)
    review: list[tuple[int, int, float, str]] = []
    joined = 0
    held = {at: code for code, at in first.items()}
    torn = _torn(left, right, likely, number)
    for k in np.lexsort((right, left, -likely)).tolist():
        a, b, p = int(left[k]), int(right[k]), float(likely[k])
        x, y = _root(head, a), _root(head, b)
        if x == y:
            continue
        if (x in held and y in held) or (torn[a] and number[b]) or (torn[b] and number[a]):
            if p >= SURE:
                review.append((a, b, p, "between"))
        elif p >= SURE:
            low, high = min(x, y), max(x, y)
            head[high] = low
            if high in held:
                held[low] = held.pop(high)
            joined += 1
        else:
            review.append((a, b, p, "likely"))
    review += _two_births(records, head, names)
    person = [names[_root(head, at)] for at in range(len(names))]
    rows = sorted(r for r in review if r[3] != "likely" or _root(head, r[0]) != _root(head, r[1]))
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    said = _agreements(pairs, names, columns[0], columns[1])
    return Linked(
        names, person, np.array(columns[0], dtype=np.int64), np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=np.float64), list(columns[3]), said, joined,
    )  # fmt: skip


def _root(head: Ints, at: int) -> int:
    while head[at] != at:
        head[at] = head[head[at]]
        at = int(head[at])
    return at


def _codes(numbers: Sequence[str | None], valid: Flags) -> Ints:
    """Equal valid numbers get equal codes from 1; the others 0."""
    known: dict[str, int] = {}
    pairs = zip(numbers, valid.tolist(), strict=True)
    made = [known.setdefault(number or "", len(known) + 1) if ok else 0 for number, ok in pairs]
    return np.array(made, dtype=np.int64)


def _edges(pairs: pa.Table | None, names: Sequence[str]) -> tuple[Ints, Ints, Floats]:
    """Pairs as positions, the smaller first."""
    if pairs is None or not pairs.num_rows:
        none = np.zeros(0, dtype=np.int64)
        return none, none, np.zeros(0)
    import pyarrow as pa
    import pyarrow.compute as pc

    every = pa.array(names)
    a, b = (np.asarray(pc.index_in(pairs[side], every)).astype(np.int64) for side in ("record_l", "record_r"))
    return np.minimum(a, b), np.maximum(a, b), np.asarray(pairs["probability"]).astype(np.float64)


def _torn(left: Ints, right: Ints, likely: Floats, number: Ints) -> Flags:
    """Records without a valid number that fit two valid numbers nearly as well: nobody can tell which."""
    made = np.zeros(len(number), dtype=np.bool_)
    mixed = (number[left] > 0) != (number[right] > 0)
    a, b, p = left[mixed], right[mixed], likely[mixed]
    without, code = np.where(number[a] > 0, b, a), np.maximum(number[a], number[b])
    odds = p / np.maximum(1 - p, 1e-12)
    order = np.lexsort((-odds, code, without))
    without, code, odds = without[order], code[order], odds[order]
    first = np.ones(len(without), dtype=np.bool_)
    first[1:] = (without[1:] != without[:-1]) | (code[1:] != code[:-1])
    without, odds = without[first], odds[first]
    best = np.zeros(len(number))
    np.maximum.at(best, without, odds)
    rivals = np.bincount(without[odds * 8 >= best[without]], minlength=len(number))
    made[rivals > 1] = True
    return made


def chance_agreement(records: pa.Table) -> dict[str, tuple[float, ...]]:
    """For each field how often two different people's records show each degree of agreement.

    How often they are the same is counted among people with different valid numbers; the slips keep their ratio to it.
    With fewer than two hundred such people the values of ``COMPARED`` stand.
    """
    import pyarrow.compute as pc

    fields = [
        c.field for c in COMPARED if c.field != "id_number" and records[c.field].null_count < records.num_rows
    ]
    known = records.filter(records["valid"]).select(["id_number", *fields])
    one = known.group_by("id_number", use_threads=False).aggregate([(field, "first") for field in fields])
    made = {c.field: c.u for c in COMPARED}
    for compared in COMPARED:
        if compared.field not in fields:
            continue
        values = one[f"{compared.field}_first"].drop_null()
        if len(values) < 200:
            continue
        times = np.asarray(pc.value_counts(values).field("counts")).astype(np.float64)
        total = float(len(values))
        # half an agreement more than seen, so that nothing is impossible
        same = float(((times * (times - 1)).sum() + 1) / (total * (total - 1)))
        slips = [min(u / compared.u[0] * same, 0.2) for u in compared.u[1:-1]]
        made[compared.field] = (same, *slips, 1 - same - sum(slips))
    return made


def _two_births(records: pa.Table, head: Ints, names: Sequence[str]) -> list[tuple[int, int, float, str]]:
    """Records whose stated birth date is not the one of their valid number, beside the first record of the person."""
    differs = np.flatnonzero(np.asarray(records["born_differs"]).astype(np.bool_))
    return [(_root(head, at), at, 1.0, "birth") for at in differs.tolist()]


def _agreements(
    pairs: pa.Table | None, names: Sequence[str], left: Sequence[int], right: Sequence[int]
) -> dict[Lang, list[str]]:
    """How the fields of some pairs agree, in words."""
    wanted = {(names[a], names[b]) for a, b in zip(left, right, strict=True)}
    found: dict[tuple[str, str], dict[str, int]] = {}
    if pairs is not None and wanted:
        fields = [c.field for c in COMPARED if f"level_{c.field}" in pairs.column_names]
        levels = [np.asarray(pairs[f"level_{field}"]) for field in fields]
        ends = zip(pairs["record_l"].to_pylist(), pairs["record_r"].to_pylist(), strict=True)
        for k, (a, b) in enumerate(ends):
            key = (min(a, b), max(a, b))
            if key in wanted:
                found[key] = {field: int(level[k]) for field, level in zip(fields, levels, strict=True)}
    keys = [(names[a], names[b]) for a, b in zip(left, right, strict=True)]
    languages: tuple[Lang, ...] = ("en", "zh")
    return {lang: [explained(found.get(key, {}), lang) for key in keys] for lang in languages}


FIELD_WORDS: Mapping[str, tuple[str, str]] = {
    "name": ("name", "姓名"), "id_number": ("identity number", "证件号码"), "born_on": ("date of birth", "出生日期"),
    "phone": ("telephone", "电话"), "area": ("address", "地址"),
}  # fmt: skip
LEVEL_WORDS: Mapping[str, tuple[str, str]] = {
    "same": ("the same", "相同"), "one character": ("one character off", "差一字"), "one slip": ("one slip", "差一位"),
    "two slips": ("two slips", "差两位"), "different": ("different", "不同"),
}  # fmt: skip
WHY_WORDS: Mapping[str, tuple[str, str]] = {
    "likely": ("may be one person", "可能为同一人"),
    "between": ("would join two valid identity numbers", "将连接两个有效证件号码"),
    "birth": ("the stated date of birth is not that of the identity number", "登记出生日期与证件号码不符"),
}  # fmt: skip


def explained(levels: Mapping[str, int], lang: Lang = "en") -> str:
    """Why two records are thought to be one person. levels: of each field which of its levels; -1 unknown."""
    at, comma, colon = (1, "；", "") if lang == "zh" else (0, "; ", " ")
    said = []
    for compared in COMPARED:
        level = levels.get(compared.field, -1)
        if level >= 0:
            said.append(
                f"{FIELD_WORDS[compared.field][at]}{colon}{LEVEL_WORDS[compared.levels[level].name][at]}"
            )
    return comma.join(said)
