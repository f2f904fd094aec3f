"""Borrowers (借款人) who do not exist: names, identity numbers that check, telephones, and who is who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from postloan.address import PROVINCES, regions
from postloan.synth import columns as col
from postloan.synth.shares import Floats, Ints
from postloan.synth.words import words

Flags = NDArray[np.bool_]

# People by province in tens of thousands, rounded: only to mix regions plausibly.
_PEOPLE = {
    "11": 219, "12": 136, "13": 739, "14": 346, "15": 240, "21": 418, "22": 234, "23": 306, "31": 249,
    "32": 853, "33": 663, "34": 612, "35": 419, "36": 451, "37": 1012, "41": 981, "42": 584, "43": 657,
    "44": 1271, "45": 504, "46": 104, "50": 319, "51": 837, "52": 386, "53": 467, "54": 36, "61": 396,
    "62": 247, "63": 60, "64": 73, "65": 260,
}  # fmt: skip
_MOBILE = (
    130, 131, 132, 133, 135, 136, 137, 138, 139, 147, 150, 151, 152, 153, 155, 156, 157, 158, 159, 166, 173,
    175, 176, 177, 178, 180, 181, 182, 183, 185, 186, 187, 188, 189, 191, 198, 199,
)  # fmt: skip
_FLAGS = (("complaint", 0.009), ("plan_active", 0.006), ("vulnerable", 0.003), ("represented", 0.001))
EPOCH_YEAR = 1970


@dataclass(frozen=True, slots=True)
class Counties:
    """Counties to be born and to live in.

    code: as a number. weight: share of the people. old: code of an abolished county of the same province, 0
    where none is known; old_until: the last year it held.
    """

    code: Ints
    weight: Floats
    old: Ints
    old_until: Ints


@cache
def counties(home: str = "") -> Counties:
    """The counties in force; ``home``: first two digits of the province that most borrowers are from, or ''."""
    every = [
        r for r in regions().values() if r.level == "county" and not r.is_heading and r.code[:2] in _PEOPLE
    ]
    now = [r for r in every if r.current]
    gone: dict[str, list[tuple[int, int]]] = {}
    for region in every:
        if not region.current and region.until and region.until >= 1986:
            gone.setdefault(region.code[:2], []).append((int(region.code), region.until))
    in_province = {p: sum(r.code[:2] == p for r in now) for p in _PEOPLE}
    weight = np.array([_PEOPLE[r.code[:2]] / in_province[r.code[:2]] for r in now])
    weight /= weight.sum()
    if home in _PEOPLE:
        local = np.array([r.code[:2] == home for r in now])
        weight = 0.22 * weight + 0.78 * local / local.sum()
    pairs = [gone.get(r.code[:2], [(0, 0)]) for r in now]
    old = [p[i % len(p)] for i, p in enumerate(pairs)]
    return Counties(
        np.array([int(r.code) for r in now], dtype=np.int64),
        weight,
        np.array([code for code, _ in old], dtype=np.int64),
        np.array([until for _, until in old], dtype=np.int64),
    )


def home_province(seller: str) -> str:
    """The first two digits of the province whose name stands in a branch's name (四川省分行); '' otherwise."""
    if "分行" not in seller and "农村" not in seller:
        return ""
    return next((code for code, name in PROVINCES.items() if name in seller and code in _PEOPLE), "")


@dataclass(frozen=True, slots=True)
class People:
    """Borrowers as arrays and tables.

    county: index into ``counties(home)`` of the place of birth. name, phone: as texts. born: days since 1970.
    table: the borrowers table. persons: the hidden truth of who is who.
    """

    home: str
    county: Ints
    name: pa.Array
    phone: pa.Array
    born: Ints
    table: pa.Table
    persons: pa.Table


def people(ages: Ints, cutoff_on: date, seller: str, rng: np.random.Generator) -> People:
    """As many people as ages, that old in completed years on the cut-off date."""
    count, home = len(ages), home_province(seller)
    places = counties(home)
    county = np.searchsorted(np.cumsum(places.weight), rng.random(count)).clip(max=len(places.code) - 1)
    born = _born(ages, cutoff_on, rng)
    year = born.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + EPOCH_YEAR
    # One in twelve has a number from a county that no longer exists.
    moved = (rng.random(count) < 0.08) & (places.old[county] > 0) & (year <= places.old_until[county])
    code = np.where(moved, places.old[county], places.code[county])
    male = rng.random(count) < 0.58
    number = id_numbers(code, born, male, rng)
    name = names_of(count, rng)
    phone = phones(count, rng)
    first, second = _pairs(ages, rng)
    person = np.arange(count, dtype=np.int64)
    # The same person a second time, without an identity number: what linking has to find.
    again = np.arange(count, dtype=np.int64)
    again[second] = first
    person[second] = first
    name, phone, number = (values.take(pa.array(again)) for values in (name, phone, number))
    male, born, county = male[again], born[again], county[again]
    unknown = np.zeros(count, dtype=np.bool_)
    unknown[second] = True
    sex = pa.array(np.where(male, "male", "female"))
    income = (np.exp(8.6 + 0.45 * rng.standard_normal(count)) / 100).astype(np.int64) * 10_000
    table = pa.table(
        {
            "borrower_id": col.numbered("B", np.arange(1, count + 1), 7),
            "name": name,
            "id_number": col.without(number, unknown),
            "born_on": col.days(born),
            "sex": sex,
            "employer": col.without(_employers(count, rng), rng.random(count) < 0.55),
            "monthly_income": col.decimals(income, empty=rng.random(count) < 0.4),
            "flags": _flags(count, rng),
        }
    )
    persons = pa.table(
        {
            "person_id": col.numbered("P", person + 1, 7),
            "borrower_id": table["borrower_id"],
            "name": name,
            "id_number": number,
            "born_on": col.days(born),
            "sex": sex,
            "phone": phone,
        }
    )
    return People(home, county, name, phone, born, table, persons)


def _born(ages: Ints, on: date, rng: np.random.Generator) -> Ints:
    """Birth dates in days since 1970 such that the years completed on the day are the ages."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    months = (on.year - ages - EPOCH_YEAR) * 12 + on.month - 1
    latest = months.astype("datetime64[M]").astype("datetime64[D]") + (day - 1)
    return latest.astype(np.int64) - rng.integers(0, 364, len(ages))


_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)


def id_numbers(code: Ints, born: Ints, male: Flags, rng: np.random.Generator) -> pa.Array:
    """Distinct identity numbers (公民身份号码, GB 11643): county, birth date, order, ISO 7064 MOD 11-2 check."""
    count = len(code)
    at = born.astype("datetime64[D]")
    month = at.astype("datetime64[M]")
    year = at.astype("datetime64[Y]").astype(np.int64) + EPOCH_YEAR
    ymd = (
        year * 10_000
        + (month.astype(np.int64) % 12 + 1) * 100
        + (at - month.astype("datetime64[D]")).astype(np.int64)
        + 1
    )
    head = code * 10**8 + ymd
    order = rng.integers(0, 499, count) * 2 + male.astype(np.int64)
    for _ in range(200):
        whole = head * 1_000 + order
        rank = np.argsort(whole, kind="stable")
        same = rank[1:][whole[rank[1:]] == whole[rank[:-1]]]
        if same.size == 0:
            break
        order[same] = (order[same] + 2) % 1_000
    rows = col.digits(head * 1_000 + order, 17)
    check = _CHECKS[((rows.astype(np.int64) - ord("0")) @ _WEIGHTS) % 11]
    return col.texts(np.hstack([rows, check[:, None]]))


def phones(count: int, rng: np.random.Generator) -> pa.Array:
    """Mobile numbers with prefixes in use."""
    head = rng.choice(np.array(_MOBILE, dtype=np.int64), count)
    return col.texts(col.digits(head * 10**8 + rng.integers(0, 10**8, count), 11))


def names_of(count: int, rng: np.random.Generator) -> pa.Array:
    """Names, the frequent surnames more often."""
    surnames, given = words("surnames"), words("given")
    common = 1 / (np.arange(len(surnames)) + 4)
    family = rng.choice(len(surnames), count, p=common / common.sum())
    first, second = rng.integers(0, len(given), (2, count))
    last = pc.if_else(pa.array(rng.random(count) < 0.16), "", col.picked(given, second))
    return col.joined(col.picked(surnames, family), col.picked(given, first), last)


def _employers(count: int, rng: np.random.Generator) -> pa.Array:
    where, what = words("firms"), words("trades")
    return col.joined(
        col.picked(where, rng.integers(0, len(where), count)),
        col.picked(what, rng.integers(0, len(what), count)),
    )


def _flags(count: int, rng: np.random.Generator) -> pa.Array:
    """Flags that do not keep a loan from being sold; most people have none."""
    draw, edge = rng.random(count), 0.0
    made = pa.array(np.full(count, None, dtype=object), pa.string())
    for flag, share in _FLAGS:
        made = pc.if_else(pa.array((draw >= edge) & (draw < edge + share)), flag, made)
        edge += share
    return made


def _pairs(ages: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pairs of borrower numbers that are one person: some 0.4 % of all, of the same age."""
    count = len(ages)
    shuffled = rng.permutation(count)
    ranked = shuffled[np.argsort(ages[shuffled], kind="stable")]
    left, right = ranked[0 : count - 1 : 2], ranked[1:count:2]
    chosen = (ages[left] == ages[right]) & (rng.random(len(left)) < 0.004)
    return left[chosen], right[chosen]
