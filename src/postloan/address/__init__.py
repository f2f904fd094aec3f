"""Addresses (地址): from a line of text to labelled elements and a division; knows no person, usable alone."""

from postloan.address.divisions import (
    PROVINCES,
    Region,
    divisions_table,
    known_codes,
    province_of,
    region_of,
    regions,
)
from postloan.address.parsing import Element, Parsed, parse, parse_batch, parse_one

__all__ = [
    "PROVINCES", "Element", "Parsed", "Region", "divisions_table", "known_codes", "parse", "parse_batch",
    "parse_one", "province_of", "region_of", "regions",
]  # fmt: skip
