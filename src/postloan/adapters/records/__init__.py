"""The store of records: SQLite by default, PostgreSQL where many write."""

from postloan.adapters.records.errors import (
    BrokenReference,
    ClockWentBack,
    NewerStore,
    NoStore,
    StoreBusy,
    StoreFull,
    StoreGone,
)
from postloan.adapters.records.keys import KeyMissing, WrongKey
from postloan.adapters.records.opening import Store, open_store

__all__ = [
    "BrokenReference", "ClockWentBack", "KeyMissing", "NewerStore", "NoStore", "Store", "StoreBusy", "StoreFull",
    "StoreGone", "WrongKey", "open_store",
]  # fmt: skip
