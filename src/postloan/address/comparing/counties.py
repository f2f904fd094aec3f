"""Counties across the years: what a division of the text is called and lies in today."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.numbers import canonical_name
from postloan.address.divisions import regions
from postloan.address.gazetteer import shortened

Codes: TypeAlias = npt.NDArray[np.int32]
_MOST = 6  # heirs of a division that are looked at


@dataclass(frozen=True, slots=True)
class Today:
    """A division as it is today.

    code: that in force where there is one, else the one given. county: the county's short name, '' above the county.
    """

    code: int
    county: str


@lru_cache(maxsize=8192)
def today(code: int) -> Today:
    """What became of a division; 0 stands for none."""
    region = regions().get(f"{code:06d}")
    if region is None:
        return Today(0, "")
    heirs = {heir for heir in region.became if heir in regions()}
    if not region.current and len(heirs) == 1:
        region = regions()[heirs.pop()]
    county = canonical_name(shortened(region.name, "county")) if region.level == "county" else ""
    return Today(int(region.code), county)


@cache
def _heirs() -> tuple[npt.NDArray[np.int16], Codes]:
    # row of each code, and the codes in force that lie where it lay, -1 after the last
    row, table = np.zeros(1_000_000, np.int16), [[-1] * _MOST]
    for code, region in regions().items():
        row[int(code)] = len(table)
        became = [int(heir) for heir in region.became[:_MOST]] or [int(code)]
        table.append(became + [-1] * (_MOST - len(became)))
    return row, np.array(table, np.int32)


def share_ground(a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
    """Whether two codes, today or once, stand for ground that lies in one county of today."""
    row, table = _heirs()
    mine, its = table[row[a]], table[row[b]]
    found = np.zeros(len(a), np.bool_)
    for place in range(_MOST):
        found |= ((its == mine[:, place : place + 1]) & (its > 0)).any(1)
    return found
