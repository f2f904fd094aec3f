"""Addresses (地址): what may be read from a place. For now the divisions; knows no person, usable alone."""

from postloan.address.divisions import (
    PROVINCES,
    Region,
    divisions_table,
    known_codes,
    province_of,
    region_of,
    regions,
)

__all__ = [
    "PROVINCES", "Region", "divisions_table", "known_codes", "province_of", "region_of", "regions",
]  # fmt: skip
