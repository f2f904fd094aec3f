"""What can be wrong, in both languages, from ``sayings.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def _all() -> Mapping[str, Mapping[str, list[str]]]:
    import yaml

    text = files("postloan.securitisation").joinpath("sayings.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(text)
    return found


def saying(group: str, key: str, **facts: object) -> tuple[str, str, str, str]:
    """What is wrong and how to mend it, in English and in Chinese: what, mend, what_zh, mend_zh.

    Raises:
        KeyError: there is no such saying (a programming mistake).
    """
    what, mend, what_zh, mend_zh = (str(text).format(**facts) for text in _all()[group][key])
    return what, mend, what_zh, mend_zh
