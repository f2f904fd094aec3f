"""How well a tagger labels: entity precision, recall and F1 on raw text, by character offsets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from postloan.address.tagger import LABELS, load_tagger
from postloan.kernel import InputError

Gold = list[tuple[str, str]]
"""One address: its parts in order, each text and label."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was found of one label (or of all). right: spans found with right ends and label. found, gold: counts."""

    right: int
    found: int
    gold: int

    @property
    def precision(self) -> float:
        """Share of the spans found that are right; 0 where none was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold spans that were found; 0 where there are none."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of a whole file. by_label: labels that occur. exact: addresses with every span right. size: addresses."""

    overall: Score
    by_label: dict[str, Score]
    exact: int
    size: int


def read_labelled(text: str) -> list[Gold]:
    """Addresses of a file with one token and one BIO tag a line and a blank line after each address.

    Labels are read without regard to case. Raises ``InputError`` for a line of another form or an unknown label.
    """
    addresses: list[Gold] = []
    parts: Gold = []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if not line.strip():
            if parts:
                addresses.append(parts)
            parts = []
            continue
        token, _, tag = line.rpartition(" ")
        label = tag[2:].lower()
        if not token or tag[:2] not in ("B-", "I-") or label not in LABELS:
            raise InputError(
                what=f"{line!r} is not a token and a tag such as B-road",
                where=f"line {number}",
                mend="Write one token, a blank and its tag on each line, and a blank line after each address.",
            )
        if tag[0] == "I" and parts and parts[-1][1] == label:
            parts[-1] = (parts[-1][0] + token, label)
        else:
            parts.append((token, label))
    return addresses


def evaluate(
    addresses: Sequence[Gold],
    mode: Literal["accurate", "fast"] = "accurate",
    weights: Literal["default", "clean"] = "default",
) -> Evaluation:
    """Label the raw texts and compare with the gold spans."""
    return compare(addresses, found_spans(addresses, mode, weights))


def found_spans(
    addresses: Sequence[Gold],
    mode: Literal["accurate", "fast"] = "accurate",
    weights: Literal["default", "clean"] = "default",
) -> set[tuple[int, int, int, str]]:
    """What the tagger finds in the raw texts: address, start, end and label of every span."""
    spans = load_tagger(mode, weights).tag(["".join(text for text, _ in parts) for parts in addresses])
    columns = (spans.row.tolist(), spans.start.tolist(), spans.end.tolist(), spans.label.tolist())
    return {(row, a, b, LABELS[label]) for row, a, b, label in zip(*columns, strict=True)}


def compare(addresses: Sequence[Gold], found: Iterable[tuple[int, int, int, str]]) -> Evaluation:
    """Scores of spans (address, start, end, label) against the gold."""
    gold = {span for row, parts in enumerate(addresses) for span in _spans(row, parts)}
    guessed = set(found)
    right = gold & guessed
    counts = [Counter(span[3] for span in spans) for spans in (right, guessed, gold)]
    wrong_rows = {span[0] for span in gold ^ guessed}
    return Evaluation(
        overall=Score(len(right), len(guessed), len(gold)),
        by_label={
            label: Score(*(count[label] for count in counts))
            for label in LABELS
            if counts[1][label] or counts[2][label]
        },
        exact=len(addresses) - len(wrong_rows),
        size=len(addresses),
    )


def _spans(row: int, parts: Gold) -> Iterable[tuple[int, int, int, str]]:
    at = 0
    for text, label in parts:
        yield row, at, at + len(text), label
        at += len(text)
