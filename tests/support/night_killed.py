"""A process that posts files, to be killed at any moment. Stands apart so that a new process can import it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def post_all(db: str, paths: list[str], key: str, said: Any) -> None:
    """Post files one after the other; says when each begins."""
    from night_book import NIGHT, options

    from postloan.bootstrap import posting_tools, records
    from postloan.workflows.posting import post_files

    if key:
        os.environ["POSTLOAN_KEY"] = key
    with records(db) as store, posting_tools() as ours:
        for path in paths:
            said.send(path)
            post_files([Path(path)], options(NIGHT), ours, store)
    said.send("done")
