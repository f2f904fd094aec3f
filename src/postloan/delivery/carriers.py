"""What carriers say, as states of ours: codes and words are data, and what is not known is named, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from postloan.kernel import Lang


@dataclass(frozen=True, slots=True)
class StateKind:
    """One state of a letter (邮件状态).

    code: stable. rank: order of states that carry the same moment. says: by language. end: the carrier has done with
    it. back: it came back to the sender. own: only our own records say it.
    """

    code: str
    rank: int
    says: Mapping[Lang, str]
    end: bool
    back: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a carrier's words mean. state: "" where neither code nor text is known. by: code, words or nothing."""

    state: str
    by: str


@cache
def _data() -> Mapping[str, Any]:
    text = (files(__package__) / "carriers.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.safe_load(text))


@cache
def states() -> Mapping[str, StateKind]:
    """All states by code."""
    return MappingProxyType({
        code: StateKind(
            code, entry["rank"], {"en": entry["en"], "zh": entry["zh"]},
            bool(entry.get("end")), bool(entry.get("back")), bool(entry.get("own")),
        )
        for code, entry in _data()["states"].items()
    })  # fmt: skip


@cache
def carriers() -> tuple[str, ...]:
    """The carriers whose codes are known; the words of the others are read all the same."""
    return tuple(_data()["carriers"])


@cache
def _words() -> tuple[tuple[str, str], ...]:
    pairs = [(word, state) for state, words in _data()["words"].items() for word in words]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


def read_status(carrier: str, code: str, text: str = "") -> Reading:
    """What a status means (轨迹状态).

    carrier: one of ``carriers()`` or any other name. code: its code, "" if none. text: its words, which say more where
    a code is general: 退回 alone gives no reason, 原址查无此人 does.
    """
    known = _data()["carriers"].get(carrier.strip().lower(), {}).get("codes", {}).get(code.strip())
    if isinstance(known, str):
        return Reading(known, "code")
    said = next((state for word, state in _words() if word in text), "")
    if known is None:
        return Reading(said, "words" if said else "")
    return Reading(said, "words") if said else Reading(known["state"], "code")


@cache
def _classes() -> Mapping[str, str]:
    return {source: kind for kind, sources in _data()["addresses"].items() for source in sources}


def address_classes() -> tuple[str, ...]:
    """The classes of address (地址类别) that the law tells apart."""
    return tuple(_data()["addresses"])


def address_class(source: str) -> str:
    """The class of an address by where it comes from (see the sources of a tape); "" where none may be used."""
    return _classes().get(source, "")
