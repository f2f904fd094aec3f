"""Words that invented people and places are put together from; the lists are in ``words.yaml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def words(name: str) -> list[str]:
    """A list by its name: the blank-separated words, or the single characters where there are no blanks."""
    raw = yaml.safe_load((files("postloan.synth") / "words.yaml").read_text(encoding="utf-8"))[name]
    return raw.split() if " " in raw else list(raw)
