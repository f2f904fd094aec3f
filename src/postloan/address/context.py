"""What is known besides an address and may decide which of several places is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from postloan.address.divisions import PROVINCES, regions


class Fixed(Protocol):
    """Whatever lies in a division: a chain, a parsed address, a standard form."""

    @property
    def adcode(self) -> str:
        """Six digits, '' where unknown."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a person or a file is at home, the strongest evidence first.

    codes: codes of divisions, in force or abolished, of two to nine digits. An address that names one of several
    places means the one that lies in the same county, else prefecture, else province as the first code that decides.
    """

    codes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, *, others: Iterable[Fixed] = (), region: str = "", telephone: str = "", identity: str = ""
    ) -> Context:
        """From other addresses of the same person, a region's code, a landline number and an identity number.

        identity: 18 characters or its first six digits; they name the county where it was first issued. telephone:
        a number with its area code (0571-8888 8888), or the area code alone. What is unknown or malformed is left out.
        """
        from postloan.address.telephones import prefectures_of

        codes = [other.adcode for other in others if other.adcode]
        codes += [region] if region[:2] in PROVINCES else []
        codes += prefectures_of(telephone)
        digits = re.match(r"\d{6}", identity)
        if digits and digits[0][:2] in PROVINCES:
            codes.append(digits[0])
        return cls(tuple(dict.fromkeys(codes)))

    def choose(self, candidates: Iterable[str]) -> str:
        """The one of these codes in force that the context decides for; '' where it decides for none."""
        every = tuple(candidates)
        for evidence in self.codes:
            for code in _now(evidence):
                for digits in (6, 4, 2):
                    near = [c for c in every if c[:digits] == code[:digits]]
                    if near and len(code.rstrip("0")) >= digits - 1:
                        if len(near) == 1:
                            return near[0]
                        break
        return ""


def _now(code: str) -> tuple[str, ...]:
    """The codes in force that lie where this one lay."""
    region = regions().get(code[:6].ljust(6, "0"))
    return region.became if region is not None and region.became else (code[:6].ljust(6, "0"),)
