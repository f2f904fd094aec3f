"""Identity numbers (公民身份号码, GB 11643): their form, check character, birth date, sex and province.

The checks read them in SQL (``facts.sql``); this is the same for a single number, and what mending writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from postloan.address import province_of
from postloan.kernel.personal import Personal

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHARACTERS = "10X98765432"
_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a well-formed identity number says.

    number: in clear only for a stated purpose. born_on: date of birth. sex: ``male`` or ``female``. province:
    short name (四川), None where the first two digits are no province's. county_code: six digits.
    """

    number: Personal[str]
    born_on: date
    sex: str
    province: str | None
    county_code: str


def check_character(digits: str) -> str:
    """The last character that belongs to the first 17 digits (MOD 11-2)."""
    return _CHARACTERS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def read_identity(text: str) -> Identity | None:
    """What an identity number of 18 characters says; None where it cannot be one."""
    number = text.strip().upper()
    if not _FORM.fullmatch(number) or check_character(number[:17]) != number[17]:
        return None
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return Identity(
        number=Personal(number),
        born_on=born_on,
        sex="male" if int(number[16]) % 2 else "female",
        province=province_of(number[:6]),
        county_code=number[:6],
    )
