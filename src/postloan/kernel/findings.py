"""Findings: what a check saw, as values with stable codes. Bad data is the normal case on a loan tape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from postloan.kernel.errors import Lang


class Severity(StrEnum):
    """How much a finding matters.

    BLOCKING: nothing can be disclosed until it is mended. ERROR: the row is quarantined.
    WARNING: a person should look. NOTE: worth knowing.
    """

    BLOCKING = "blocking"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What one code means, always.

    code: stable, one letter for the topic and three digits. severity: how much it matters.
    says, mend: sentences by language; may hold {found} and {expected}.
    fields: the columns that it speaks about.
    """

    code: str
    severity: Severity
    says: Mapping[str, str]
    mend: Mapping[str, str]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check saw.

    kind: the code with its texts. table: the table it is about. row: the data row in the source, from 1;
    None where it is about the whole table. key: the loan or borrower number. found, expected: what stands
    there and what should (personal data already masked). count: rows it speaks for.
    """

    kind: FindingKind
    table: str = ""
    row: int | None = None
    key: str = ""
    found: str = ""
    expected: str = ""
    count: int = 1

    @property
    def code(self) -> str:
        """The stable code."""
        return self.kind.code

    def says(self, lang: Lang = "en") -> str:
        """What is wrong, in a sentence."""
        return self.kind.says[lang].format(found=self.found, expected=self.expected)

    def mend(self, lang: Lang = "en") -> str:
        """How to mend it, in a sentence."""
        return self.kind.mend[lang].format(found=self.found, expected=self.expected)


@cache
def load_kinds(package: str, file: str = "findings.yaml") -> Mapping[str, FindingKind]:
    """The finding kinds that a topic declares in ``findings.yaml``, by code.

    Each entry is ``CODE: {severity, fields?, en, zh, mend_en, mend_zh}``.
    """
    import yaml  # some who load this module never read a file of findings

    raw = yaml.safe_load((files(package) / file).read_text(encoding="utf-8"))
    kinds = {
        code: FindingKind(
            code=code,
            severity=Severity(entry["severity"]),
            says={"en": entry["en"], "zh": entry["zh"]},
            mend={"en": entry["mend_en"], "zh": entry["mend_zh"]},
            fields=tuple(entry.get("fields", ())),
        )
        for code, entry in raw.items()
    }
    return MappingProxyType(kinds)
