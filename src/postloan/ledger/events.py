"""What has happened to a loan: frozen, dated, in an order that never depends on when somebody looked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from types import MappingProxyType
from typing import Any, cast

from postloan.ledger import commands as c


class AccountOpened(c.OpenAccount):
    """The loan was taken into the ledger."""

    __slots__ = ()


class InstalmentFellDue(c.FallDue):
    """An instalment fell due."""

    __slots__ = ()


class PaymentReceived(c.Pay):
    """Money was received."""

    __slots__ = ()


class Charged(c.Charge):
    """A fee or a cost was claimed."""

    __slots__ = ()


class Waived(c.Waive):
    """The debtor was released from amounts: from as much of each as is still owed on replay."""

    __slots__ = ()


class ChargedOff(c.ChargeOff):
    """What was carried was booked as lost."""

    __slots__ = ()


class WrittenOff(c.WriteOff):
    """The account was written off; the claim remains."""

    __slots__ = ()


class Extended(c.Extend):
    """The last due day was moved."""

    __slots__ = ()


class Restructured(c.Restructure):
    """New terms were agreed with a debtor in difficulty."""

    __slots__ = ()


class TermsChanged(c.ChangeTerms):
    """Other terms began to hold."""

    __slots__ = ()


class Refinanced(c.Refinance):
    """Debt was covered by a new loan."""

    __slots__ = ()


class Sold(c.Sell):
    """The claim was transferred."""

    __slots__ = ()


class BoughtBack(c.BuyBack):
    """The claim was taken back."""

    __slots__ = ()


class CreditRefunded(c.RefundCredit):
    """Credit was paid back."""

    __slots__ = ()


class AccrualStopped(c.StopAccrual):
    """Interest on the claim stopped."""

    __slots__ = ()


class AccrualResumed(c.ResumeAccrual):
    """Interest on the claim ran again."""

    __slots__ = ()


class Accrued(c.AccrueTo):
    """The books were brought up to the value date."""

    __slots__ = ()


class Graded(c.Grade):
    """The class of the day was recorded."""

    __slots__ = ()


class Reversed(c.Reverse):
    """An event was undone."""

    __slots__ = ()


Happening = (
    AccountOpened | InstalmentFellDue | PaymentReceived | Charged | Waived | ChargedOff | WrittenOff | Extended
    | Restructured | TermsChanged | Refinanced | Sold | BoughtBack | CreditRefunded | AccrualStopped
    | AccrualResumed | Accrued | Graded | Reversed
)  # fmt: skip

PAST: Mapping[type, type] = MappingProxyType(
    {
        c.OpenAccount: AccountOpened,
        c.FallDue: InstalmentFellDue,
        c.Pay: PaymentReceived,
        c.Charge: Charged,
        c.Waive: Waived,
        c.ChargeOff: ChargedOff,
        c.WriteOff: WrittenOff,
        c.Extend: Extended,
        c.Restructure: Restructured,
        c.ChangeTerms: TermsChanged,
        c.Refinance: Refinanced,
        c.Sell: Sold,
        c.BuyBack: BoughtBack,
        c.RefundCredit: CreditRefunded,
        c.StopAccrual: AccrualStopped,
        c.ResumeAccrual: AccrualResumed,
        c.AccrueTo: Accrued,
        c.Grade: Graded,
        c.Reverse: Reversed,
    }
)
"""What each command is called once it has happened."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one loan.

    loan_id: the loan. seq: booking sequence within the loan, from 1, without gaps. key: idempotency key, unique in the
    loan. value_on: the day from which it counts (起息日). booked_on: the day on which it was booked (记账日), never
    before the one of an earlier seq. what: the happening. rule_book: version of the rules it was booked under.
    grade: the class in force once it was booked, on its value date.

    Events count in the order of value date, then seq.
    """

    loan_id: str
    seq: int
    key: str
    value_on: date
    booked_on: date
    what: Happening
    rule_book: str
    grade: str = ""

    @property
    def name(self) -> str:
        """What happened, in snake case (``payment_received``)."""
        return name_of(type(self.what))


def name_of(kind: type) -> str:
    """The name of a kind of event, in snake case."""
    text = kind.__name__
    return "".join("_" + ch.lower() if ch.isupper() and i else ch.lower() for i, ch in enumerate(text))


def happened(command: c.Command) -> Happening:
    """The event that a command becomes, with the same facts."""
    kind = type(command)
    return cast("Happening", PAST[kind](*_FACTS[kind](command)))


COMMANDS: Mapping[type, type] = MappingProxyType({past: command for command, past in PAST.items()})
"""The command that each event once was."""


def _facts(names: Sequence[str]) -> Callable[[c.Command], tuple[Any, ...]]:
    """A getter of all facts of a command, made once: a tape asks for half a million."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda command: tuple(getattr(command, name) for name in names)


_FACTS: Mapping[type, Callable[[c.Command], tuple[Any, ...]]] = MappingProxyType(
    {command: _facts([field.name for field in fields(command)]) for command in PAST}
)
