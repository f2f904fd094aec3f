"""postloan: from a tape of non-performing personal loans to the best lawful resolution of each.

The public face is small and loads what it needs when it is asked for; ``import postloan`` costs nothing.

- ``run(source, out)``: the main job; leaves a book and answers what it came to.
- ``read_notice(text, name=...)``: the facts of a published notice (转让公告).
- ``load_book()``: the rule book, regulation as dated, sourced values.
- ``Money``: renminbi in whole fen.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from postloan.bootstrap import run
    from postloan.kernel import Money
    from postloan.market import read_notice
    from postloan.rules import load_book

__all__ = ["Money", "__version__", "load_book", "read_notice", "run"]

_HOMES = {
    "Money": "postloan.kernel",
    "load_book": "postloan.rules",
    "read_notice": "postloan.market",
    "run": "postloan.bootstrap",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'postloan' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
