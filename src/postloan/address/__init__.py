"""Addresses (地址): from a line of text to labelled elements and a division; knows no person, usable alone."""

from postloan.address.chain import Assumption, Chain
from postloan.address.comparison import Comparison, compare, compare_pairs
from postloan.address.context import Context
from postloan.address.deliverability import Deliverability, deliverable
from postloan.address.divisions import (
    PROVINCES,
    Region,
    divisions_table,
    known_codes,
    province_of,
    region_of,
    regions,
)
from postloan.address.normalising import Standard, normalise, normalise_each, normalise_table
from postloan.address.parsing import Element, Parsed, parse, parse_batch, parse_one
from postloan.address.resolve import resolve

__all__ = [
    "PROVINCES", "Assumption", "Chain", "Comparison", "Context", "Deliverability", "Element", "Parsed",
    "Region", "Standard", "compare", "compare_pairs", "deliverable", "divisions_table", "known_codes",
    "normalise", "normalise_each", "normalise_table", "parse", "parse_batch", "parse_one", "province_of",
    "region_of", "regions", "resolve",
]  # fmt: skip
