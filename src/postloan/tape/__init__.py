"""What the seller says (资产明细): columns, header synonyms, mapping and typing of a loan tape."""

from __future__ import annotations

from postloan.tape.columns import Column, Table, tables
from postloan.tape.terms import FLAGS, GRADES, GUARANTEES, LITIGATION, PRODUCTS

__all__ = ["FLAGS", "GRADES", "GUARANTEES", "LITIGATION", "PRODUCTS", "Column", "Table", "tables"]
