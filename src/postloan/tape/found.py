"""The findings of a tape as tables: exact counts for every kind, and some rows of each to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from postloan.kernel import Finding, FindingKind, Lang, Severity
from postloan.tape.columns import tables
from postloan.tape.terms import Term, terms

if TYPE_CHECKING:
    import pyarrow as pa

_AMOUNT = re.compile(r"-?\d+\.\d\d")
_KINDS: Mapping[str, Mapping[Lang, str]] = {
    "money": {"en": "an amount in yuan", "zh": "金额（元）"},
    "day": {"en": "a day", "zh": "日期"},
    "whole": {"en": "a whole number", "zh": "整数"},
    "rate": {"en": "a rate", "zh": "利率"},
    "flag": {"en": "yes or no", "zh": "是或否"},
    "term": {"en": "a known term", "zh": "已知的取值"},
    "terms": {"en": "known terms", "zh": "已知的取值"},
    "text": {"en": "text", "zh": "文字"},
}
"""What a cell should have been, by the kind of its column."""

_UNREADABLE = frozenset({"T024", "T025"})


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many rows of one table have one kind of finding on one field.

    rows: exact. shown: rows listed in ``findings``. severity: after systematic and accepted findings have
    been softened. quarantined: these rows are kept apart.
    """

    kind: FindingKind
    severity: Severity
    table: str
    field: str
    rows: int
    shown: int
    quarantined: bool

    @property
    def code(self) -> str:
        """The stable code."""
        return self.kind.code


@dataclass(frozen=True, slots=True)
class Seen:
    """One row that is shown for a finding; found and expected as text, personal data masked."""

    kind: FindingKind
    severity: Severity
    table: str
    field: str
    row: int | None
    key: str
    found: str
    expected: str

    def says(self, lang: Lang) -> str:
        """What is wrong, in a sentence."""
        return _filled(self.kind.says[lang], self, lang)

    def mend(self, lang: Lang) -> str:
        """How to mend it, in a sentence."""
        return _filled(self.kind.mend[lang], self, lang)


def from_finding(finding: Finding) -> Seen:
    """A finding of another step of the tape, such as the intake of its files."""
    field = finding.kind.fields[0] if finding.kind.fields else ""
    return Seen(
        finding.kind, finding.kind.severity, finding.table, field, finding.row, finding.key,
        finding.found, finding.expected,
    )  # fmt: skip


def for_people(text: str) -> str:
    """An amount with its thousands grouped; anything else as it is."""
    return f"{Decimal(text):,}" if _AMOUNT.fullmatch(text) else text


@cache
def _words(table: str, field: str) -> Mapping[str, Term]:
    """The closed list that a column's codes are of; what an event tells of a borrower is a flag."""
    column = tables()[table].columns.get(field) if table in tables() else None
    if column is None or column.kind != "term":
        return {}
    also = terms()["flags"] if table == "events" else {}
    return {**also, **terms()[column.enum]}


def _filled(template: str, seen: Seen, lang: Lang) -> str:
    words = _words(seen.table, seen.field)

    def word(text: str) -> str:
        if text in words:
            return words[text].zh if lang == "zh" else words[text].en
        return for_people(text)

    if seen.kind.code in _UNREADABLE:
        wanted = _KINDS.get(seen.expected, {}).get(lang, seen.expected)
        return template.format(found=seen.found, expected=wanted)
    return template.format(found=word(seen.found), expected=word(seen.expected))


def findings_table(seen: Sequence[Seen], sources: Mapping[str, str]) -> pa.Table:
    """The table ``findings``; ``sources`` names the file of each table."""
    import pyarrow as pa

    text = pa.string()
    return pa.table(
        {
            "code": pa.array([s.kind.code for s in seen], text),
            "severity": pa.array([s.severity.value for s in seen], text),
            "table_name": pa.array([s.table for s in seen], text),
            "row": pa.array([s.row for s in seen], pa.int64()),
            "key": pa.array([s.key for s in seen], text),
            "field": pa.array([s.field for s in seen], text),
            "found": pa.array([for_people(s.found) for s in seen], text),
            "expected": pa.array([for_people(s.expected) for s in seen], text),
            "says_en": pa.array([s.says("en") for s in seen], text),
            "says_zh": pa.array([s.says("zh") for s in seen], text),
            "mend_en": pa.array([s.mend("en") for s in seen], text),
            "mend_zh": pa.array([s.mend("zh") for s in seen], text),
            "source": pa.array([sources.get(s.table, "") for s in seen], text),
        }
    )


def counts_table(counts: Sequence[FindingCount], seen: Sequence[Seen]) -> pa.Table:
    """The table ``finding_counts``; its sentences are those of the first row shown."""
    import pyarrow as pa

    first: dict[tuple[str, str, str], Seen] = {}
    for s in seen:
        first.setdefault((s.kind.code, s.table, s.field), s)
    blank = [
        first.get((c.code, c.table, c.field))
        or Seen(c.kind, c.severity, c.table, c.field, None, "", "…", "…")
        for c in counts
    ]
    text = pa.string()
    return pa.table(
        {
            "code": pa.array([c.code for c in counts], text),
            "severity": pa.array([c.severity.value for c in counts], text),
            "table_name": pa.array([c.table for c in counts], text),
            "field": pa.array([c.field for c in counts], text),
            "rows": pa.array([c.rows for c in counts], pa.int64()),
            "shown": pa.array([c.shown for c in counts], pa.int64()),
            "quarantined": pa.array([c.quarantined for c in counts], pa.bool_()),
            "says_en": pa.array([b.says("en") for b in blank], text),
            "says_zh": pa.array([b.says("zh") for b in blank], text),
            "mend_en": pa.array([b.mend("en") for b in blank], text),
            "mend_zh": pa.array([b.mend("zh") for b in blank], text),
        }
    )
