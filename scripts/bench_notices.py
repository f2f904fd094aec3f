"""How many facts of published notices the reader agrees with, and how fast it reads.

A fact is a value that the collection's JSON gives. Figures agree within the collection's own tolerance; where that
is null (近10万户, 超4亿元) only a bound was reported and the figure is not tested. What is read where the collection
is silent counts as invented.

Run: python scripts/bench_notices.py [FOLDER with announcements.jsonl and NNN.txt]
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from postloan.market import KEYS, Notice, read_notice

_NOT_FACTS = ("id", "as_reported", "tolerance", "source", "checks")
_EXACT_ONES = ("001", "002")


@dataclass
class Agreement:
    """What came out: facts and agreeing facts by key, disagreements, inventions, untested bounds, speed."""

    facts: Counter[str] = field(default_factory=Counter)
    agreeing: Counter[str] = field(default_factory=Counter)
    tables: list[int] = field(default_factory=lambda: [0, 0])
    wrong: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    bounds: int = 0
    whole: int = 0
    notices: int = 0
    seconds: float = 0.0


def measure(folder: Path, *, rounds: int = 5) -> Agreement:
    """Read every notice of a collection and compare it with the collection's JSON."""
    seen = Agreement()
    lines = (folder / "announcements.jsonl").read_text(encoding="utf-8").splitlines()
    wanted = [Notice.loads(line, where=f"announcements.jsonl, line {i}") for i, line in enumerate(lines, 1)]
    texts = [(folder / f"{want.id}.txt").read_text(encoding="utf-8") for want in wanted]
    for want, text in zip(wanted, texts, strict=True):
        compare(want, read_notice(text, name=want.id), seen)
    begin = time.perf_counter()
    for _ in range(rounds):
        for want, text in zip(wanted, texts, strict=True):
            read_notice(text, name=want.id)
    seen.seconds = (time.perf_counter() - begin) / rounds
    return seen


def compare(want: Notice, got: Notice, seen: Agreement) -> None:
    """Add one notice to the tally."""
    seen.notices += 1
    seen.whole += want.to_json() == got.to_json()
    for key in KEYS:
        if key in _NOT_FACTS:
            continue
        truth, value = getattr(want, key), getattr(got, key)
        if truth is None:
            if value is not None:
                seen.invented.append(f"{want.id} {key}: {value}")
            continue
        if key in want.tolerance and want.tolerance[key] is None:
            seen.bounds += 1
            continue
        good = _agree(truth, value, want.tolerance.get(key))
        seen.facts[key] += 1
        seen.agreeing[key] += good
        if want.id in _EXACT_ONES:
            seen.tables[0] += good
            seen.tables[1] += 1
        if not good:
            seen.wrong.append(f"{want.id} {key}: {truth} in the collection, {value} read")


def _agree(truth: object, value: object, tolerance: Decimal | None) -> bool:
    if isinstance(truth, Decimal | int) and isinstance(value, Decimal | int):
        return abs(Decimal(truth) - Decimal(value)) <= (tolerance or Decimal(0))
    return truth == value


def report(seen: Agreement) -> list[str]:
    """The lines that the bench prints."""
    facts, agreeing = seen.facts.total(), seen.agreeing.total()
    in_tables = seen.tables
    lines = [
        f"notices read: {seen.notices}; JSON the same in every key: {seen.whole}",
        (
            f"facts that agree: {agreeing} of {facts} ({agreeing / facts:.2%}); bounds, not tested: {seen.bounds}; "
            f"read where the collection is silent: {len(seen.invented)}"
        ),
        (
            f"published tables ({', '.join(_EXACT_ONES)}): {in_tables[0]} of {in_tables[1]}; "
            f"press: {agreeing - in_tables[0]} of {facts - in_tables[1]}"
        ),
        f"speed: {seen.notices / seen.seconds:,.0f} notices a second",
        "by key: "
        + ", ".join(f"{key} {seen.agreeing[key]}/{seen.facts[key]}" for key in KEYS if seen.facts[key]),
    ]
    return (
        lines
        + [f"  differs: {line}" for line in seen.wrong]
        + [f"  invented: {line}" for line in seen.invented]
    )


def main(arguments: list[str]) -> int:
    """Print the agreement; a missing collection is said and is no failure."""
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    data = Path(os.environ.get("POSTLOAN_DATA") or beside)
    folder = Path(arguments[0]) if arguments else data / "announcements"
    if not (folder / "announcements.jsonl").is_file():
        print("notices: skipped, no announcements.jsonl (set POSTLOAN_DATA or give its folder)")
        return 0
    print("\n".join(report(measure(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
