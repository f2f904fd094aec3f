"""What the gate keeps in the store: what is known of a debtor, permits given, contacts handed to a channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from postloan.decide.gate.history import Attempt, DebtorState


@dataclass(frozen=True, slots=True)
class KeptState:
    """What is known of a debtor, for all loans, agencies, numbers, people and machines together (债务人联系状态).

    zone: the debtor's time zone. known, points, refused: as in ``DebtorState``.
    """

    debtor_id: str
    zone: str
    known: Mapping[str, Any] = field(default_factory=dict, hash=False)
    points: Mapping[str, Any] = field(default_factory=dict, hash=False)
    refused: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class KeptPermit:
    """A permit that was given (已签发许可).

    act: what it is for. notice: whether it is one for a statutory notice. content: what it was for and rests on
    (``permits.evidence_of``).
    """

    permit_id: str
    debtor_id: str
    act: str
    given: datetime
    expires: datetime
    notice: bool
    content: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class KeptAttempt:
    """A contact that was handed to a channel (已发出联系); its permit is its key, so that it cannot be there twice.

    answered: yes, no, or "" while nobody knows.
    """

    permit_id: str
    debtor_id: str
    at: datetime
    act: str
    person_id: str
    point_id: str
    answered: str = ""
    version: int = 0


def kept_attempt(debtor_id: str, attempt: Attempt) -> KeptAttempt:
    """A contact as it is kept."""
    return KeptAttempt(
        attempt.permit_id, debtor_id, attempt.at, attempt.act, attempt.person_id, attempt.point_id
    )


def state_from(kept: KeptState, attempts: Iterable[KeptAttempt]) -> DebtorState:
    """The state of a debtor as the gate wants it, with all times in the debtor's zone."""
    zone = ZoneInfo(kept.zone)
    made = tuple(
        Attempt(
            one.at.astimezone(zone), one.act, one.person_id, one.point_id, one.permit_id,
            {"yes": True, "no": False}.get(one.answered),
        )
        for one in sorted(attempts, key=lambda one: one.at)
    )  # fmt: skip
    return DebtorState(
        kept.debtor_id,
        MappingProxyType(dict(kept.known)),
        made,
        frozenset(one.permit_id for one in made),
        MappingProxyType({point: str(flag) for point, flag in kept.points.items()}),
        frozenset(kept.refused),
    )
