"""Records of people of whom it is known who is who, with damaged numbers, names, dates and telephones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from postloan.synth import columns as col
from postloan.synth.people import counties, id_numbers, names_of, phones

_LETTERS = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"


@dataclass(frozen=True, slots=True)
class Doubles:
    """records: record_id, name, id_number, born_on, phone, area as texts, in any order. person: of each record."""

    records: pa.Table
    person: np.ndarray


def doubles(count: int, *, damaged: float = 0.1, seed: int = 0) -> Doubles:
    """About ``count`` records, one to four a person; ``damaged``: share of identity numbers with slips or missing."""
    rng = np.random.default_rng(seed)
    people = int(count / 1.88)
    times = rng.choice([1, 2, 3, 4], people, p=[0.45, 0.3, 0.17, 0.08])
    owner = np.repeat(np.arange(people), times)[:count]
    there = counties()
    place = rng.choice(len(there.code), people, p=there.weight)
    born = rng.integers(-5_000, 13_500, people)
    twin = np.flatnonzero(rng.random(people) < 0.002)
    twin = twin[twin > 0]
    born[twin], place[twin] = born[twin - 1], place[twin - 1]
    number = id_numbers(there.code[place], born, rng.random(people) < 0.6, rng).to_pylist()
    name, phone = names_of(people, rng).to_pylist(), phones(people, rng).to_pylist()
    for k in twin.tolist():
        name[k] = name[k - 1][0] + name[k][1:]
    area = rng.integers(10**7, 10**9, people)
    area[twin] = area[twin - 1]
    day = col.days(born).cast(pa.string()).to_pylist()
    draw, second = rng.random((len(owner), 6)), phones(len(owner), rng).to_pylist()
    where = rng.integers(0, 18, len(owner)).tolist()
    moved = rng.integers(10**7, 10**9, len(owner))
    made = [
        (
            _letter(name[who], w, draw[k, 0] < 0.02),
            _number(number[who], w, float(draw[k, 1]), damaged),
            "" if draw[k, 2] < 0.08 else _digit(day[who], 8 + w % 2, draw[k, 2] > 0.99),
            second[k] if draw[k, 3] < 0.3 else phone[who],
            str(moved[k] if draw[k, 4] < 0.4 else area[who]),
        )
        for k, (who, w) in enumerate(zip(owner.tolist(), where, strict=True))
    ]
    order = rng.permutation(len(made))
    columns = list(zip(*(made[k] for k in order.tolist()), strict=True))
    fields = ("name", "id_number", "born_on", "phone", "area")
    table = {"record_id": col.numbered("R", order, 8)} | {
        field: pa.array(list(values), pa.string()) for field, values in zip(fields, columns, strict=True)
    }
    return Doubles(pa.table(table), owner[order])


def _letter(name: str, at: int, slip: bool) -> str:
    return name[:-1] + _LETTERS[at] if slip else name


def _digit(text: str, at: int, slip: bool) -> str:
    return text[:at] + str((int(text[at]) + 3) % 10) + text[at + 1 :] if slip else text


def _number(text: str, at: int, draw: float, damaged: float) -> str:
    if draw >= damaged:
        return text
    kind, at = draw / damaged, min(at, 15)
    if kind < 0.3:
        return ""
    if kind < 0.65:
        return _digit(text, at, True)
    if kind < 0.8:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if kind < 0.9 else _digit(_digit(text, at, True), (at + 5) % 16, True)
