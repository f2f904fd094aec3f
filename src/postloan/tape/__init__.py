"""What the seller says (资产明细): columns, header synonyms, mapping and typing of a loan tape."""

from __future__ import annotations

from postloan.tape.columns import Column, Table, tables
from postloan.tape.draft import propose_mapping
from postloan.tape.mapping import TapeMapping, parse_mapping
from postloan.tape.raw import RawTable, RawTape
from postloan.tape.sides import side_tables
from postloan.tape.terms import GRADES, LITIGATION, PRODUCTS
from postloan.tape.typing import Intake, type_tables

__all__ = [
    "GRADES", "LITIGATION", "PRODUCTS", "Column", "Intake", "RawTable", "RawTape", "Table", "TapeMapping",
    "parse_mapping", "propose_mapping", "side_tables", "tables", "type_tables",
]  # fmt: skip
