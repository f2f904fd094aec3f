"""What may become known of a debtor and stops contact (停催情形): death, dispute, incapacity, insolvency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from postloan.kernel import Lang
from postloan.ledger.store_records import Hold


@dataclass(frozen=True, slots=True)
class Mark:
    """One kind of thing that may become known.

    code: ours. flag: the mark on the person. hold: the kind of the stop on contact. rule: why it stops. events: what
    the tape's events call it. says: its name by language.
    """

    code: str
    flag: str
    hold: str
    rule: str
    events: tuple[str, ...]
    says: Mapping[Lang, str] = field(hash=False)

    def stop(self, borrower_id: str, since: date, by: str, loan_id: str = "") -> Hold:
        """The stop on contact that comes with it. loan_id: "" for all of the person's loans."""
        return Hold(borrower_id, self.hold, since, loan_id=loan_id, reason=self.rule, placed_by=by)


@cache
def marks() -> Mapping[str, Mark]:
    """All kinds by code."""
    read = yaml.safe_load((files(__package__) / "marks.yaml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            code: Mark(
                code, one["flag"], one["hold"], one["rule"], tuple(one["events"]), {"en": one["en"], "zh": one["zh"]}
            )
            for code, one in read.items()
        }
    )  # fmt: skip


def of_flags(flags: Iterable[str]) -> Iterator[Mark]:
    """The kinds that a person's marks speak of."""
    there = set(flags)
    return (mark for mark in marks().values() if mark.flag in there)
