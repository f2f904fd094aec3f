"""Migration between the five classes (分类迁徙): who moved where, as a share of those who stood there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from postloan.kernel import Money
from postloan.ledger.judging import GRADES
from postloan.ledger.parts import ZERO


@dataclass(frozen=True, slots=True)
class Move:
    """Loans that went from one class to another.

    before: "" for a loan graded for the first time. principal: owed when they moved. vintage: month of origination,
    "" for all or unknown.
    """

    before: str
    after: str
    loans: int
    principal: Money
    vintage: str = ""

    @property
    def worse(self) -> bool:
        """Whether the class went down."""
        return rank(self.after) > rank(self.before) >= 0


@dataclass(frozen=True, slots=True)
class Roll:
    """A move over a period against where it began (迁徙率, 滚动率).

    stood: loans in the class before, at the beginning of the period.
    """

    move: Move
    stood: int

    @property
    def rate(self) -> Fraction | None:
        """The share that moved, exactly; None where nothing stood there."""
        return Fraction(self.move.loans, self.stood) if self.stood > 0 else None


def rank(grade: str) -> int:
    """0 for normal to 4 for loss; -1 for a loan without a class."""
    return GRADES.index(grade) if grade in GRADES else -1


def stood_before(now: Mapping[str, int], moves: Iterable[Move]) -> dict[str, int]:
    """Loans by class at the beginning of a period: those of its end, with every move of the period taken back."""
    counts = dict(now)
    for move in moves:
        counts[move.after] = counts.get(move.after, 0) - move.loans
        counts[move.before] = counts.get(move.before, 0) + move.loans
    return counts


def roll_rates(now: Mapping[str, int], moves: Iterable[Move]) -> tuple[Roll, ...]:
    """Every move of a period against the class it left, best class first.

    now: loans by class at the end of the period. moves: all moves of the period, of any vintage.
    """
    merged: dict[tuple[str, str], tuple[int, Money]] = {}
    for move in moves:
        loans, principal = merged.get((move.before, move.after), (0, ZERO))
        merged[move.before, move.after] = (loans + move.loans, principal + move.principal)
    together = [Move(before, after, *found) for (before, after), found in merged.items()]
    stood = stood_before(now, together)
    together.sort(key=lambda move: (rank(move.before), rank(move.after)))
    return tuple(Roll(move, stood.get(move.before, 0)) for move in together if move.before)


def rolls_by_vintage(now: Mapping[tuple[str, str], int], moves: Iterable[Move]) -> tuple[Roll, ...]:
    """Every move against the loans of the same vintage that stood in the class before, oldest vintage first.

    now: loans by vintage and class at the end of the period.
    """
    by_vintage: dict[str, list[Move]] = {}
    for move in moves:
        by_vintage.setdefault(move.vintage, []).append(move)
    found: list[Roll] = []
    for vintage in sorted(by_vintage):
        counts = {grade: loans for (month, grade), loans in now.items() if month == vintage}
        rolls = roll_rates(counts, by_vintage[vintage])
        found += [
            Roll(Move(r.move.before, r.move.after, r.move.loans, r.move.principal, vintage), r.stood)
            for r in rolls
        ]
    return tuple(found)
