"""Money as whole fen (分), so that parts always add up to the whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from postloan.kernel.errors import PostloanError


class NotMoney(PostloanError):
    """'{text}' is not an amount of money.

    Write yuan with at most two decimals, for example 1234.56.
    """

    zh = "“{text}”不是金额。请以元为单位填写，最多两位小数，例如 1234.56。"


class BadWeights(PostloanError):
    """Money cannot be shared by the weights {weights}.

    Give at least one weight, none negative, and not all zero.
    """

    zh = "不能按权重 {weights} 分配金额。请至少给出一个权重，权重不得为负，也不得全为零。"


_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of renminbi.

    fen: whole fen, 1/100 yuan; may be negative.
    """

    fen: int

    @classmethod
    def yuan(cls, amount: str | int | Decimal) -> Money:
        """The amount given in yuan (元), exactly; digit-grouping commas are allowed.

        Raises:
            NotMoney: the text is no number, or has a fraction of a fen.
        """
        text = str(amount).strip().replace(",", "")
        if isinstance(amount, str) and not _PLAIN.fullmatch(text):
            raise NotMoney(text=amount)
        try:
            fen = Decimal(text).scaleb(2)
        except InvalidOperation as error:
            raise NotMoney(text=amount) from error
        if not fen.is_finite() or fen != fen.to_integral_value():
            raise NotMoney(text=amount)
        return cls(int(fen))

    @property
    def as_yuan(self) -> Decimal:
        """The amount in yuan with two decimals."""
        return Decimal(self.fen).scaleb(-2)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def times(self, factor: Decimal | Fraction | int, *, half: str = "even") -> Money:
        """This amount times a rate, rounded once to the fen.

        factor: exact (no binary float). half: where a half fen goes, ``even`` or ``up`` (四舍五入).
        """
        exact = Fraction(self.fen) * Fraction(factor)
        if half == "even":
            return Money(round(exact))
        whole = (abs(exact) + Fraction(1, 2)).__floor__()
        return Money(whole if exact >= 0 else -whole)

    def share(self, weights: Sequence[int | Decimal | Fraction]) -> list[Money]:
        """Parts in proportion to the weights that sum to this amount, to the fen.

        Each part is within one fen of its exact share (largest remainder; ties to the earlier part).

        Raises:
            BadWeights: no weights, a negative one, or all zero.
        """
        exact = [Fraction(w) for w in weights]
        whole = sum(exact, Fraction(0))
        if not exact or min(exact) < 0 or whole == 0:
            raise BadWeights(weights=list(weights))
        ideal = [Fraction(self.fen) * w / whole for w in exact]
        floors = [part.__floor__() for part in ideal]
        left = self.fen - sum(floors)
        by_remainder = sorted(range(len(exact)), key=lambda i: (floors[i] - ideal[i], i))
        for i in by_remainder[:left]:
            floors[i] += 1
        return [Money(part) for part in floors]

    def __str__(self) -> str:
        return f"{self.as_yuan:,.2f}"


def total(amounts: Iterable[Money]) -> Money:
    """The sum; nothing at all sums to zero."""
    return Money(sum(amount.fen for amount in amounts))


def round_to(value: Decimal | Fraction, places: int, *, half: str = "up") -> Decimal:
    """A ratio printed to some decimals; published figures round halves up (四舍五入)."""
    step = Decimal(1).scaleb(-places)
    if isinstance(value, Fraction):
        scaled = value * 10**places
        floor = scaled.__floor__()
        rest = scaled - floor
        up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (half == "up" or floor % 2 == 1))
        return (Decimal(floor + up)).scaleb(-places)
    return value.quantize(step, rounding=ROUND_HALF_UP if half == "up" else ROUND_HALF_EVEN)
