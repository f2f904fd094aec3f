"""Sellers and buyers: types of institution, regions, and what a name gives away (出让方与受让方)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from postloan.kernel import Lang

UNKNOWN = "unknown"

_LEGAL_HEAD = re.compile(r"^(中国|国家)")
_REGION_TAIL = re.compile(r"(壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$")


@dataclass(frozen=True, slots=True)
class PartyType:
    """A type of institution.

    code: ours. terms: its name by language. names: what stands in the names of such institutions.
    """

    code: str
    terms: Mapping[Lang, str]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or buyer as far as its name tells.

    kind: code of its type, or "unknown". region: province in its short form (江苏), None where the name is silent.
    """

    kind: str
    region: str | None


@cache
def _facts() -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load(
        (files(__package__) / "parties.yaml").read_text(encoding="utf-8")
    )
    return read


@cache
def party_types() -> Mapping[str, PartyType]:
    """All types of institution by code, the narrow ones first."""
    return MappingProxyType(
        {
            code: PartyType(code, {"en": entry["en"], "zh": entry["zh"]}, tuple(entry["names"]))
            for code, entry in _facts()["types"].items()
        }
    )


def party_type(text: str) -> str:
    """The code of a type given as code, English or Chinese term; "unknown" for anything else."""
    wanted = text.strip()
    for code, kind in party_types().items():
        if wanted in (code, *kind.terms.values()):
            return code
    return UNKNOWN


def named(codes: Iterable[str]) -> str:
    """Types of institution as readers of either language know them."""
    kinds = [party_types().get(code) for code in codes]
    return ", ".join(f"{kind.terms['en']} {kind.terms['zh']}" for kind in kinds if kind)


def region_of(text: str) -> str | None:
    """The province in its short form: 江苏省 → 江苏; None where it is none."""
    short = _REGION_TAIL.sub("", text.strip())
    return short if short in _facts()["regions"] else None


def guess_party(name: str) -> Party:
    """The type and region that an institution's name gives away: 江苏灌南农村商业银行 → rural_bank, 江苏."""
    wanted = re.sub(r"\s", "", name).replace("（", "(").replace("）", ")")
    region = _region_in(wanted)
    for code, kind in party_types().items():
        if any(part in wanted for part in kind.names):
            return Party(code, region)
    return Party(UNKNOWN, region)


def _region_in(name: str) -> str | None:
    """The region whose own name, or one of whose cities, stands at the head of an institution's name."""
    bare = _LEGAL_HEAD.sub("", name)
    for region in _facts()["regions"]:
        if re.match(_heads(region), bare):
            return str(region)
    return None


def _heads(region: str) -> str:
    return "|".join(re.escape(head) for head in (region, *_facts()["regions"][region]))
