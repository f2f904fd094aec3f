"""Area codes of landline telephones (长途区号): which prefectures share them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def _areas() -> Mapping[str, tuple[str, ...]]:
    lines = (files(__package__) / "telephones.csv").read_text("utf-8").splitlines()[1:]
    return {area: tuple(codes.split()) for area, _, codes in (line.partition(",") for line in lines)}


def prefectures_of(telephone: str) -> tuple[str, ...]:
    """Codes of the divisions that share a number's area code; none for a mobile number or one without area code."""
    digits = re.sub(r"\D", "", telephone).removeprefix("0086")
    if telephone.strip().startswith(("+86", "86-", "86 ")):
        digits = "0" + digits.removeprefix("86").removeprefix("0")
    if not digits.startswith("0") or len(digits) > 12:
        return ()
    for length in (3, 2, 1):
        found = _areas().get(digits[1 : 1 + length])
        if found:
            return found
    return ()
