"""A process that changes the key of a store in small steps, to be killed at any moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def change(address: str, new_file: str, said: Any) -> None:
    """Change the key, two rows a transaction; says when it begins."""
    from record_samples import KEY, NOW

    from postloan.adapters.records.rotating import rotate_key

    said.send("begun")
    rotate_key(
        address, Path(new_file), actor="li", at=NOW, environ=KEY, tell=lambda en, zh: None, wait_s=10, chunk=2
    )
    said.send("done")
