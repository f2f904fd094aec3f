"""What the ledger answers: booked, or refused with reasons. A refusal is a value, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from postloan.kernel import Lang
from postloan.ledger.commands import Command
from postloan.ledger.events import Event
from postloan.ledger.parts import Legs


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    raw = yaml.safe_load((files(__package__) / "reasons.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({code: MappingProxyType(entry) for code, entry in raw.items()})


def reason_codes() -> tuple[str, ...]:
    """The stable codes of all reasons for which the ledger refuses."""
    return tuple(_texts())


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a command is refused.

    code: stable. facts: what was found, as text.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def rule(self) -> str:
        """The id of the rule that speaks; "" where none does."""
        return _texts()[self.code].get("rule", "")

    def says(self, lang: Lang = "en") -> str:
        """The reason in a sentence."""
        facts = {name: _said(name, fact, lang) for name, fact in self.facts.items()}
        return _texts()[self.code][lang].format(**facts)


_PARTS = {
    "principal": "本金", "interest": "利息", "penalty": "罚息", "compound": "复利", "fees": "费用",
    "costs": "实现债权的费用", "written_off": "核销金额", "refinancing": "借新还旧金额", "price": "价款",
}  # fmt: skip
"""What the parts of a debt and the amounts beside them are called in a Chinese sentence."""


def _said(name: str, fact: object, lang: Lang) -> object:
    """A fact as a sentence names it."""
    if isinstance(fact, Reason):
        return fact.says(lang)
    if name != "part":
        return fact
    return _PARTS.get(str(fact), fact) if lang == "zh" else str(fact).replace("_", " ")


def because(code: str, **facts: object) -> Reason:
    """A reason with its facts."""
    return Reason(code, MappingProxyType(facts))


@dataclass(frozen=True, slots=True)
class Booked:
    """The command was booked.

    event: what happened. accrued: what ran up to its value date. legs: what the event itself moved. corrections: what
    changed in later events and accrual because this one counts from an earlier day; booked today. Each sums to zero in
    both halves of the ledger. again: the key had been booked before; nothing was done.
    """

    event: Event
    accrued: Legs = ()
    legs: Legs = ()
    corrections: Legs = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The command was refused; nothing changed.

    command: what was asked. reasons: all of them.
    """

    command: Command
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons."""
        return tuple(reason.code for reason in self.reasons)
