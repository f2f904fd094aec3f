"""What a debt consists of, and the lines on which the ledger keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from postloan.kernel import Money

ZERO = Money(0)


class Part(IntEnum):
    """A part of what is owed."""

    PRINCIPAL = 0  # 本金
    INTEREST = 1  # 利息
    PENALTY = 2  # 罚息
    COMPOUND = 3  # 复利
    FEES = 4  # 费用
    COSTS = 5  # 实现债权的费用

    @property
    def code(self) -> str:
        """The name used in rules, files and texts."""
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> Part:
        """The part with a code.

        Raises:
            KeyError: there is none.
        """
        return cls[code.upper()]


class Line(IntEnum):
    """A line of the ledger: every event moves money between lines, and each half sums to zero.

    The first half is the claim (债权): what the debtor owes, whatever the books say. The second half is the book
    (账面): what the lender carries. Debits are positive. A claim is never below what is carried for it; the
    difference is the memorandum (表外): interest not taken as income, and what was written off.
    """

    PRINCIPAL = 0
    INTEREST = 1
    PENALTY = 2
    COMPOUND = 3
    FEES = 4
    COSTS = 5
    CREDIT = 6  # money of the debtor that nothing is due for (溢缴款); zero or negative
    ADVANCED = 7  # principal paid out or brought in at opening
    CHARGED = 8  # interest, penalty, compound interest, fees and costs claimed
    RECEIVED = 9  # money from the debtor or for him
    RELEASED = 10  # waived (减免)
    REFUNDED = 11  # credit paid back
    REPLACED = 12  # covered by a new loan (借新还旧)
    ELSEWHERE = 13  # collected by whoever owned the claim meanwhile
    BOOK_PRINCIPAL = 14
    BOOK_INTEREST = 15
    BOOK_PENALTY = 16
    BOOK_COMPOUND = 17
    BOOK_FEES = 18
    BOOK_COSTS = 19
    HELD = 20  # the liability for the debtor's credit; equal to CREDIT
    CASH = 21
    INCOME = 22
    LOSS = 23  # write-offs, waivers of what was carried, sales under the carrying amount
    RECOVERY = 24  # collected after the loss was booked; never above it
    FUNDED = 25  # carrying amount brought in at opening
    ROLLED = 26  # carried on by a new loan

    @property
    def code(self) -> str:
        """The name used in files and texts."""
        return self.name.lower()


BOOK = int(Line.BOOK_PRINCIPAL)  # the book line of a part is BOOK + part
LINES = len(Line)


@dataclass(frozen=True, slots=True)
class Balances:
    """Amounts by part of the debt."""

    principal: Money = ZERO
    interest: Money = ZERO
    penalty: Money = ZERO
    compound: Money = ZERO
    fees: Money = ZERO
    costs: Money = ZERO

    @property
    def total(self) -> Money:
        """All parts together."""
        return Money(sum(self.fen))

    @property
    def fen(self) -> tuple[int, int, int, int, int, int]:
        """The amounts in fen, in the order of ``Part``."""
        return (
            self.principal.fen, self.interest.fen, self.penalty.fen,
            self.compound.fen, self.fees.fen, self.costs.fen,
        )  # fmt: skip

    @classmethod
    def of_fen(cls, amounts: Sequence[int]) -> Balances:
        """The balances from six amounts in fen, in the order of ``Part``."""
        return cls(*[Money(fen) if fen else ZERO for fen in amounts])

    def __iter__(self) -> Iterator[tuple[Part, Money]]:
        return ((part, Money(fen)) for part, fen in zip(Part, self.fen, strict=True))


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a posting (分录).

    line: where. amount: debit positive, credit negative.
    """

    line: Line
    amount: Money


Legs = tuple[Leg, ...]


def difference(before: Sequence[int], after: Sequence[int]) -> Legs:
    """The legs that lead from one set of lines to another."""
    if before == after:
        return ()
    changed = zip(_LINES, before, after, strict=True)
    return tuple([Leg(line, Money(new - old)) for line, old, new in changed if new != old])


_LINES = tuple(Line)
