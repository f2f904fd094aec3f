"""The arithmetic of a run: one scenario in whole numbers, or many side by side, by the same words and to the same fen.

The waterfall is interpreted once, in ``machine.py``, over a *lane*: an ``int`` where one scenario is run, an
``int64`` array where thousands are. A *mask* says which scenarios a step is meant for: a ``bool`` or an array of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Lane = Any
"""Whole fen (or another whole number): an ``int``, or an array of ``int64`` with one element a scenario."""
Mask = Any
"""Which scenarios: a ``bool``, or an array of ``bool``. ``True`` and ``False`` stand for all and none."""
Rounding = Literal["floor", "half-even"]

LIMIT = 10**12
"""Largest denominator of a rate or share: what keeps products of many scenarios exact in 64 bits."""


def exact(value: Fraction) -> Fraction:
    """A rate or share with a denominator that both arithmetics carry exactly."""
    return value.limit_denominator(LIMIT)


class Lanes(Protocol):
    """What the interpreter asks of an arithmetic."""

    width: int

    def fill(self, value: int) -> Lane:
        """The same whole number in every scenario."""

    def least(self, a: Lane, b: Lane) -> Lane:
        """The smaller of two."""

    def most(self, a: Lane, b: Lane) -> Lane:
        """The larger of two."""

    def pick(self, mask: Mask, yes: Lane, no: Lane) -> Lane:
        """One where the mask holds, the other elsewhere."""

    def scale(self, amount: Lane, factor: Fraction, rounding: Rounding) -> Lane:
        """An amount times an exact factor, rounded to whole fen."""

    def share(self, cash: Lane, part: Lane, whole: Lane) -> Lane:
        """``cash × part ÷ whole`` rounded down; 0 where the whole is 0."""

    def grow(self, amount: Lane, factor: Any) -> Lane:
        """An amount times a measured ratio (binary), rounded down."""

    def ratio(self, a: Lane, b: Lane) -> Any:
        """``a ÷ b`` as a measured ratio (binary); 0 where ``b`` is 0."""

    def flip(self, mask: Mask) -> Mask:
        """The other scenarios."""

    def both(self, a: Mask, b: Mask) -> Mask:
        """Where both hold."""

    def either(self, a: Mask, b: Mask) -> Mask:
        """Where at least one holds."""

    def some(self, mask: Mask) -> bool:
        """Does it hold anywhere?"""

    def every(self, mask: Mask) -> bool:
        """Does it hold everywhere?"""

    def values(self, lane: Lane) -> Sequence[int]:
        """The different values that occur."""


class One:
    """One scenario: Python's whole numbers, exact at any size."""

    width = 1

    def fill(self, value: int) -> int:
        """The number itself."""
        return value

    def least(self, a: int, b: int) -> int:
        """The smaller of two."""
        return min(a, b)

    def most(self, a: int, b: int) -> int:
        """The larger of two."""
        return max(a, b)

    def pick(self, mask: bool, yes: int, no: int) -> int:
        """One of the two."""
        return yes if mask else no

    def scale(self, amount: int, factor: Fraction, rounding: Rounding) -> int:
        """An amount times an exact factor, rounded to whole fen."""
        whole, rest = divmod(amount * factor.numerator, factor.denominator)
        if rounding == "half-even" and 2 * rest >= factor.denominator:
            return whole + (2 * rest > factor.denominator or whole % 2)
        return whole

    def share(self, cash: int, part: int, whole: int) -> int:
        """``cash × part ÷ whole`` rounded down; 0 where the whole is 0."""
        return cash * part // whole if whole else 0

    def grow(self, amount: int, factor: float) -> int:
        """An amount times a measured ratio, rounded down."""
        return int(amount * factor // 1)

    def ratio(self, a: int, b: int) -> float:
        """``a ÷ b``; 0 where ``b`` is 0."""
        return float(a) / float(b) if b else 0.0

    def flip(self, mask: bool) -> bool:
        """The opposite."""
        return not mask

    def both(self, a: bool, b: bool) -> bool:
        """Both hold."""
        return a and b

    def either(self, a: bool, b: bool) -> bool:
        """At least one holds."""
        return a or b

    def some(self, mask: bool) -> bool:
        """It holds."""
        return mask

    def every(self, mask: bool) -> bool:
        """It holds."""
        return mask

    def values(self, lane: int) -> Sequence[int]:
        """The value."""
        return (lane,)


class Many:
    """Many scenarios side by side in 64-bit whole numbers; amounts stay below 2**50 fen (11 trillion yuan)."""

    def __init__(self, width: int) -> None:
        import numpy

        self.np = numpy
        self.width = width

    def fill(self, value: int) -> NDArray[np.int64]:
        """The same number in every scenario."""
        return self.np.full(self.width, value, dtype=self.np.int64)

    def least(self, a: Lane, b: Lane) -> Lane:
        """The smaller of two, scenario by scenario."""
        return self.np.minimum(a, b)

    def most(self, a: Lane, b: Lane) -> Lane:
        """The larger of two, scenario by scenario."""
        return self.np.maximum(a, b)

    def pick(self, mask: Mask, yes: Lane, no: Lane) -> Lane:
        """One where the mask holds, the other elsewhere."""
        if mask is True:
            return yes
        if mask is False:
            return no
        return self.np.where(mask, yes, no)

    def scale(self, amount: Lane, factor: Fraction, rounding: Rounding) -> Lane:
        """An amount times an exact factor: a float's guess, mended by the remainder in wrapping whole numbers."""
        np = self.np
        above, below = factor.numerator, factor.denominator
        if isinstance(amount, int):
            return One().scale(amount, factor, rounding)
        if below == 1:
            return amount * above
        guess = np.floor(amount * (above / below)).astype(np.int64)
        rest = amount * np.int64(_wrapped(above)) - guess * np.int64(below)
        guess = guess + (rest >= below) - (rest < 0)
        if rounding == "half-even":
            rest = rest - (rest >= below) * below + (rest < 0) * below
            twice = 2 * rest
            guess = guess + ((twice > below) | ((twice == below) & (guess % 2 == 1)))
        return guess

    def share(self, cash: Lane, part: Lane, whole: Lane) -> Lane:
        """``cash × part ÷ whole`` rounded down; 0 where the whole is 0."""
        np = self.np
        if isinstance(cash, int) and isinstance(part, int) and isinstance(whole, int):
            return One().share(cash, part, whole)
        below = np.maximum(whole, 1)
        cash = np.where(np.asarray(whole) == 0, 0, cash)
        guess = np.floor(cash * (np.asarray(part) / below)).astype(np.int64)
        rest = cash * part - guess * below
        return guess + (rest >= below) - (rest < 0)

    def grow(self, amount: Lane, factor: Any) -> Lane:
        """An amount times a measured ratio, rounded down."""
        return self.np.floor(self.np.asarray(amount) * factor).astype(self.np.int64)

    def ratio(self, a: Lane, b: Lane) -> Any:
        """``a ÷ b``; 0 where ``b`` is 0."""
        np = self.np
        b = np.asarray(b)
        return np.where(b == 0, 0.0, np.asarray(a, dtype=np.float64) / np.where(b == 0, 1, b))

    def flip(self, mask: Mask) -> Mask:
        """The other scenarios."""
        return (not mask) if isinstance(mask, bool) else ~mask

    def both(self, a: Mask, b: Mask) -> Mask:
        """Where both hold."""
        if a is True or b is False:
            return b
        if b is True or a is False:
            return a
        return a & b

    def either(self, a: Mask, b: Mask) -> Mask:
        """Where at least one holds."""
        if a is False or b is True:
            return b
        if b is False or a is True:
            return a
        return a | b

    def some(self, mask: Mask) -> bool:
        """Does it hold in any scenario?"""
        return mask if isinstance(mask, bool) else bool(mask.any())

    def every(self, mask: Mask) -> bool:
        """Does it hold in all scenarios?"""
        return mask if isinstance(mask, bool) else bool(mask.all())

    def values(self, lane: Lane) -> Sequence[int]:
        """The different values that occur."""
        if isinstance(lane, int):
            return (lane,)
        return tuple(int(value) for value in self.np.unique(lane))


def _wrapped(number: int) -> int:
    """A whole number as 64 bits hold it: products wrap the same way, so small differences stay exact."""
    return (number + 2**63) % 2**64 - 2**63
