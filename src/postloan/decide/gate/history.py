"""What was done to a debtor, and the counters of the rules: one place for all loans, agencies and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from postloan.rules.events import events

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One contact that was handed to a channel (联系记录).

    at: local time. act: as the rules call it. person_id, point_id: whom it went to, and where. permit_id: of its
    permit. connected: whether somebody answered; None while nobody knows, which counts as if somebody had.
    """

    at: datetime
    act: str
    person_id: str
    point_id: str
    permit_id: str
    connected: bool | None = None


@dataclass(frozen=True, slots=True)
class DebtorState:
    """All that the gate knows of one debtor (债务人状态).

    known: facts about the debtor and the debt by the names of the rules (dispute, plan, balance …). attempts: oldest
    first; never taken back. spent: permits that were used. points: what was reported of a contact point, by id.
    refused: persons who refused contact, for good.
    """

    debtor_id: str
    known: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    attempts: tuple[Attempt, ...] = ()
    spent: frozenset[str] = frozenset()
    points: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    refused: frozenset[str] = frozenset()

    def learn(self, **facts: object) -> DebtorState:
        """The state after something became known: a dispute, a payment, a death; it counts from now on."""
        return replace(self, known=MappingProxyType({**self.known, **facts}))

    def flag_point(self, point_id: str, flag: str) -> DebtorState:
        """The state after something was reported of a contact point, for example ``wrong_party``."""
        return replace(self, points=MappingProxyType({**self.points, point_id: flag}))

    def refuse(self, person_id: str) -> DebtorState:
        """The state after a third person refused contact; there is no way back."""
        return replace(self, refused=self.refused | {person_id})

    def confirm(self, permit_id: str, *, connected: bool) -> DebtorState:
        """The state after the carrier said whether somebody answered."""
        return replace(
            self,
            attempts=tuple(
                replace(one, connected=connected) if one.permit_id == permit_id else one
                for one in self.attempts
            ),
        )

    def counted(self, attempt: Attempt) -> DebtorState:
        """The state after a contact was handed to a channel: counted before anybody knows what became of it."""
        return replace(self, attempts=(*self.attempts, attempt), spent=self.spent | {attempt.permit_id})


def counters(state: DebtorState, at: datetime, person_id: str, point_id: str) -> dict[str, Any]:
    """The counters that the rules ask for, as of a moment, for a contact with a person at a point."""
    groups = _groups()
    today = [one for one in state.attempts if one.at.date() == at.date()]
    week = [one for one in state.attempts if at - one.at < WEEK]
    month = [one for one in state.attempts if at - one.at < MONTH]
    talks = [one for one in state.attempts if one.act in groups["voice"] and one.connected is not False]
    letters = [one for one in state.attempts if one.act in groups["letters"]]
    last_talk = max((one.at for one in talks), default=None)
    in_vain = [
        one for one in state.attempts
        if one.person_id == state.debtor_id and one.connected is False and (last_talk is None or one.at > last_talk)
    ]  # fmt: skip
    return {
        "connected_today": sum(one.act in groups["voice"] and one.connected is not False for one in today),
        "attempts_this_number_today": sum(
            one.act in groups["calls"] and one.point_id == point_id for one in today
        ),
        "attempts_7d": sum(one.act in groups["voice"] for one in week),
        "msgs_today": sum(one.act in groups["messages"] for one in today),
        "msgs_7d": sum(one.act in groups["messages"] for one in week),
        "contacts_week": sum(_made(one, groups) for one in week),
        "contacts_month": sum(_made(one, groups) for one in month),
        "days_since_last_letter": (at.date() - letters[-1].at.date()).days if letters else "none",
        "addresses_active": len({one.point_id for one in letters if at - one.at < MONTH} - {point_id}),
        "last_conversation_days": (at.date() - last_talk.date()).days if last_talk else "none",
        "locate_calls_to_this_person": sum(
            one.act in groups["locating"] and one.person_id == person_id for one in state.attempts
        ),
        "attempts": len(in_vain),
        "days": len({one.at.date() for one in in_vain}),
        "channels": len({one.act for one in in_vain}),
    }


@cache
def _groups() -> Mapping[str, frozenset[str]]:
    names = ("voice", "calls", "messages", "letters", "locating")
    return {name: events().acts((name,)) for name in names}


def _made(one: Attempt, groups: Mapping[str, frozenset[str]]) -> bool:
    """Whether an attempt reached somebody, or may have."""
    return one.act not in groups["locating"] and (
        one.act not in groups["calls"] or one.connected is not False
    )
