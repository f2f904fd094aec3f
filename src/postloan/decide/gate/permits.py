"""Permits: signed, used once, gone soon. A channel takes nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from postloan.decide.gate.recipients import NamedContact, Owing
from postloan.kernel import PostloanError


class BadPermit(PostloanError):
    """The permit {permit} cannot be used.

    Ask the rules again.
    """

    zh = "许可 {permit} 不可使用。请重新申请。"


class PermitForged(BadPermit):
    """The permit {permit} was altered, or not signed by this house.

    Nothing is sent; find out where it comes from, and ask the rules again.
    """

    zh = "许可 {permit} 被篡改或非本机构签发。未发送任何内容；请查明来源并重新申请。"


class PermitSpent(BadPermit):
    """The permit {permit} was used before.

    A permit is good for one contact; ask the rules again.
    """

    zh = "许可 {permit} 已被使用。一个许可仅限一次联系，请重新申请。"


class PermitExpired(BadPermit):
    """The permit {permit} expired at {expired}, and it is {at}.

    Ask the rules again.
    """

    zh = "许可 {permit} 已于 {expired} 失效，现为 {at}。请重新申请。"


class ClockWentBack(BadPermit):
    """The permit {permit} was given at {given}, but the clock says {at}.

    Set the clock right; nothing is sent by a clock that goes backwards.
    """

    zh = "许可 {permit} 签发于 {given}，而时钟为 {at}。请校准时钟；时钟倒退时不发送任何内容。"


class NoSigner(PostloanError):
    """A statutory notice is signed for by a person who names a ground, but {missing} is missing.

    Name the person and why the notice must go.
    """

    zh = "法定通知须由具名人员签发并注明理由，现缺少 {missing}。请补充签发人及理由。"


class NoticeKind(StrEnum):
    """Notices that a freeze does not stop (法定通知)."""

    LIMITATION = "limitation"
    TRANSFER = "transfer"
    DISPUTE_ANSWER = "dispute_answer"
    COURT_PAPERS = "court_papers"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact with somebody who owes (联系请求).

    act: as the rules call it. template: an approved one; None for a call by a person. fingerprint: hash of what is
    sent. about: what the rules ask of caller and content (self_name, from_number, missing_slots …).
    """

    act: str
    recipient: Owing
    template: str | None
    fingerprint: str
    about: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Locating:
    """Asking a named contact for the debtor, by the one fixed script (查找请求); there is no field for a text.

    act: locate_call or locate_letter. about: what the rules ask of the caller.
    """

    act: str
    recipient: NamedContact
    about: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """A statutory notice by letter (法定通知请求). Fields as in ``Contact``."""

    notice: NoticeKind
    recipient: Owing
    template: str
    fingerprint: str
    about: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class SendPermit:
    """Leave for one contact (联系许可).

    request: what may be sent, to whom. given, expires: local times; at expires it is gone. because, rule_book: what
    was asked. seal: of this house over all of it.
    """

    permit_id: str
    request: Contact | Locating
    given: datetime
    expires: datetime
    because: tuple[str, ...]
    rule_book: str
    seal: str = ""


@dataclass(frozen=True, slots=True)
class NoticePermit:
    """Leave for one statutory notice that a person signed for (法定通知许可).

    signed_by, ground: who, and why it must go. passed_over: rules that would have stopped a contact. The rest as in
    ``SendPermit``.
    """

    permit_id: str
    request: Notice
    signed_by: str
    ground: str
    passed_over: tuple[str, ...]
    given: datetime
    expires: datetime
    rule_book: str
    seal: str = ""


AnyPermit = TypeVar("AnyPermit", SendPermit, NoticePermit)


def sealed(permit: AnyPermit, key: bytes) -> AnyPermit:
    """The permit with the seal of the house on it."""
    return replace(permit, seal=_seal(permit, key))


def check_permit(permit: SendPermit | NoticePermit, at: datetime, spent: Collection[str], key: bytes) -> None:
    """Lets a permit pass that is ours, unused and of now.

    Raises:
        PermitForged, PermitSpent, ClockWentBack, PermitExpired: it is not.
    """
    if not hmac.compare_digest(permit.seal.encode(), _seal(permit, key).encode()):
        raise PermitForged(permit=permit.permit_id)
    if permit.permit_id in spent:
        raise PermitSpent(permit=permit.permit_id)
    if at < permit.given:
        raise ClockWentBack(permit=permit.permit_id, given=permit.given, at=at)
    if at >= permit.expires:
        raise PermitExpired(permit=permit.permit_id, expired=permit.expires, at=at)


def _as_json(permit: SendPermit | NoticePermit) -> dict[str, Any]:
    """A permit as plain JSON values, with the kinds of itself, its request and its recipient."""
    kinds = [type(one).__name__ for one in (permit, permit.request, permit.request.recipient)]
    content = {**asdict(permit), "given": permit.given.isoformat(), "expires": permit.expires.isoformat()}
    plain: dict[str, Any] = json.loads(json.dumps({**content, "kinds": kinds}, default=str))
    return plain


def evidence_of(permit: SendPermit | NoticePermit) -> dict[str, Any]:
    """What the store keeps of a permit: what it was for and rests on, and its seal; no word of what was sent."""
    request = permit.request
    told: dict[str, Any] = {
        "person": request.recipient.person_id,
        "point": request.recipient.point_id,
        "to": request.recipient.to,
        "rule_book": permit.rule_book,
        "seal": permit.seal,
    }
    if not isinstance(request, Locating):
        told |= {"template": request.template, "fingerprint": request.fingerprint}
    if isinstance(permit, SendPermit):
        return {**told, "because": list(permit.because)}
    passed = list(permit.passed_over)
    return {**told, "signed_by": permit.signed_by, "ground": permit.ground, "passed_over": passed}


def _seal(permit: SendPermit | NoticePermit, key: bytes) -> str:
    """HMAC-SHA256 over the kind of the permit and of its recipient, and all fields but the seal."""
    told = json.dumps(_as_json(replace(permit, seal="")), sort_keys=True, ensure_ascii=False)
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
