"""Approvals (审批): who may ask, who may decide up to which amount, and for how long. No I/O, no clock.

Nobody decides on what they asked for, neither in person nor through somebody who stands in for them (四眼原则).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from postloan.kernel import Lang, Money
from postloan.rules import RuleBook


class Action(StrEnum):
    """What needs an approval."""

    WAIVE = "waive"  # 减免息费
    WAIVE_PRINCIPAL = "waive_principal"  # 减免本金
    WRITE_OFF = "write_off"  # 核销
    RESTRUCTURE = "restructure"  # 重组
    SELL = "sell"  # 转让
    BUY_BACK = "buy_back"  # 回购
    RESERVE_PRICE = "reserve_price"  # 底价
    PUBLISH_TEMPLATE = "publish_template"  # 模板发布
    PUBLISH_RULES = "publish_rules"  # 规则发布


RULE_OF: Mapping[str, str] = MappingProxyType(
    {action: f"HS-APR-{number}" for number, action in enumerate(Action, 11)}
)
"""The rule that holds the limits of an action."""
_PUBLISHED = frozenset({Action.PUBLISH_TEMPLATE, Action.PUBLISH_RULES})
_CHINA = timezone(timedelta(hours=8))


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    raw = yaml.safe_load((files(__package__) / "approval_reasons.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({code: MappingProxyType(entry) for code, entry in raw.items()})


def why_codes() -> tuple[str, ...]:
    """The stable codes of all reasons for a denial."""
    return tuple(_texts())


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for a denial.

    code: stable. facts: what was found. rule: see the property.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def rule(self) -> str:
        """The id of the rule that speaks; "" where none does."""
        said = self.facts.get("rule")
        return str(said) if said else _texts()[self.code].get("rule", "")

    def says(self, lang: Lang = "en") -> str:
        """The reason in a sentence."""
        return _texts()[self.code][lang].format(**self.facts)


@dataclass(frozen=True, slots=True)
class Denied:
    """It is not allowed; nothing changes. reasons: all of them."""

    reasons: tuple[Why, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons."""
        return tuple(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Granted:
    """It is allowed.

    by: who decides. role: in which role. on_behalf_of: whose role it is, "" if one's own. on, until: the days on which
    the approval may be used. up_to: the amount asked for; None where there is none. authority: as the checker named it.
    because: ids of the rules. rule_book: their version.
    """

    by: str
    role: str
    on_behalf_of: str
    on: date
    until: date
    up_to: Money | None
    authority: str
    because: tuple[str, ...]
    rule_book: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for.

    action: of ``Action``. subject: loan, package or document number. amount: what the limits are held against.
    at: when it was asked, with its time zone. until: last day on which it may be decided. open: whether it waits for a
    decision; state: what it is otherwise.
    """

    action: str
    subject: str
    by: str
    at: datetime
    until: date
    amount: Money | None = None
    reason: str = ""
    open: bool = True
    state: str = "waiting"


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person who works here, with roles. active: not locked out or gone."""

    name: str
    roles: tuple[str, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Lent:
    """A right to decide that is lent from one colleague to another.

    giver: with the roles the giver holds today. since, until: its days. revoked_on: from this day on it does not hold.
    """

    giver: Colleague
    taker: str
    role: str
    since: date
    until: date
    revoked_on: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the right is lent on a day and the giver still has it."""
        lent = self.since <= on <= self.until and (self.revoked_on is None or on < self.revoked_on)
        return lent and self.giver.active and self.role in self.giver.roles


def day_of(at: datetime) -> date:
    """The calendar day of a moment in China."""
    return at.astimezone(_CHINA).date()


def judge_request(asked: Asked, maker: Colleague | None, book: RuleBook) -> Denied | None:
    """Why a request is not taken; None if it may wait for a decision."""
    on = day_of(asked.at)
    if not _in_force(book, on):
        return Denied((Why("no_rules", {"on": on}),))
    reasons = list(_malformed(asked, on, book))
    makers = book.value("HS-APR-01.makers", on=on).terms
    if maker is None or not maker.active:
        reasons.append(Why("unknown_user", {"user": asked.by}))
    elif not set(maker.roles) & set(makers):
        reasons.append(Why("not_a_maker", {"user": maker.name, "roles": ", ".join(makers)}))
    return Denied(tuple(reasons)) if reasons else None


def judge_grant(
    asked: Asked,
    checker: Colleague | None,
    book: RuleBook,
    *,
    named: str,
    at: datetime,
    authority: str,
    reason: str,
    lent: Sequence[Lent] = (),
) -> Granted | Denied:
    """Whether a colleague may approve a request, in their own right or in somebody's stead.

    named: who wants to decide. checker: that colleague; None if there is none. at: now. authority: the rule, resolution
    or mandate that empowers. lent: rights lent to the checker.
    """
    on = day_of(at)
    reasons = list(_undecidable(asked, checker, named, at, book))
    if not authority.strip():
        reasons.append(Why("no_authority"))
    if not reason.strip():
        reasons.append(Why("no_reason"))
    if reasons or checker is None:
        return Denied(tuple(reasons))
    rights = _rights(asked, checker, book, on, lent)
    if isinstance(rights, Denied):
        return rights
    fitting = [right for right in rights if _within(asked, right.limit)]
    if not fitting:
        most = max((right.limit for right in rights if right.limit is not None), default=Money(0))
        facts = {"amount": asked.amount, "limit": most, "user": checker.name, "rule": RULE_OF[asked.action]}
        return Denied((Why("above_limit", facts),))
    right = fitting[0]
    return Granted(
        by=checker.name,
        role=right.role,
        on_behalf_of=right.giver,
        on=on,
        until=on + timedelta(days=book.value("HS-APR-02.grant_days", on=on).whole),
        up_to=asked.amount,
        authority=authority.strip(),
        because=("HS-APR-01", RULE_OF[asked.action]),
        rule_book=book.version,
    )


def judge_refusal(
    asked: Asked, checker: Colleague | None, book: RuleBook, *, named: str, at: datetime, reason: str,
    lent: Sequence[Lent] = (),
) -> Denied | None:  # fmt: skip
    """Why a colleague may not refuse a request; None if they may. Any role that decides may refuse, at any amount."""
    reasons = list(_undecidable(asked, checker, named, at, book))
    if not reason.strip():
        reasons.append(Why("no_reason"))
    if reasons or checker is None:
        return Denied(tuple(reasons))
    rights = _rights(asked, checker, book, day_of(at), lent)
    return rights if isinstance(rights, Denied) else None


def judge_withdrawal(asked: Asked, *, named: str, at: datetime) -> Denied | None:
    """Why somebody may not take a request back; None if they may. Only who asked may, while it waits."""
    reasons = []
    if named != asked.by:
        reasons.append(Why("only_the_maker", {"maker": asked.by}))
    if not asked.open:
        reasons.append(Why("not_waiting", {"state": asked.state}))
    if at < asked.at:
        reasons.append(_back(asked, at))
    return Denied(tuple(reasons)) if reasons else None


def judge_delegation(lent: Lent, taker: Colleague | None, book: RuleBook, on: date) -> Denied | None:
    """Why a right may not be lent; None if it may."""
    if not _in_force(book, on):
        return Denied((Why("no_rules", {"on": on}),))
    giver, until, since = lent.giver, lent.until, lent.since
    days = book.value("HS-APR-03.delegation_days", on=on).whole
    roles = book.value("HS-APR-01.checkers", on=on).terms
    reasons = [
        Why("unknown_user", {"user": name})
        for name, one in ((giver.name, giver), (lent.taker, taker))
        if one is None or not one.active
    ]
    if giver.name == lent.taker:
        reasons.append(Why("to_oneself"))
    if lent.role not in roles:
        reasons.append(Why("not_a_deciding_role", {"role": lent.role, "roles": ", ".join(roles)}))
    elif lent.role not in giver.roles:
        reasons.append(Why("not_ones_own", {"giver": giver.name, "role": lent.role}))
    if since < on:
        reasons.append(Why("begins_in_past", {"since": since}))
    if until < since:
        reasons.append(Why("ends_before", {"since": since, "until": until}))
    elif until > since + timedelta(days=days):
        reasons.append(Why("delegated_too_long", {"days": days, "until": until}))
    return Denied(tuple(reasons)) if reasons else None


def limits(action: str, book: RuleBook, on: date) -> dict[str, Money | None]:
    """The limit of each role for an action, lowest role first; None where a role may decide without an amount."""
    rule = RULE_OF[action]
    roles = book.value("HS-APR-01.checkers", on=on).terms
    if action in _PUBLISHED:
        deciders = book.value(f"{rule}.deciders", on=on).terms
        return {role: None for role in roles if role in deciders}
    found = {role: Money.yuan(book.value(f"{rule}.{role}", on=on).decimal) for role in roles}
    return {role: limit for role, limit in found.items() if limit}


@dataclass(frozen=True, slots=True)
class _Right:
    """A right to decide: in a role, up to a limit (None for none), lent by somebody or one's own ("")."""

    role: str
    limit: Money | None
    giver: str


def _rights(
    asked: Asked, checker: Colleague, book: RuleBook, on: date, lent: Iterable[Lent]
) -> list[_Right] | Denied:
    """The rights a checker has over a request, own ones first; why there are none."""
    by_role = limits(asked.action, book, on)
    own = [_Right(role, limit, "") for role, limit in by_role.items() if role in checker.roles]
    borrowed = [one for one in lent if one.taker == checker.name and one.holds(on) and one.role in by_role]
    proper = [one for one in borrowed if one.giver.name != asked.by]
    rights = own + [_Right(one.role, by_role[one.role], one.giver.name) for one in proper]
    if rights:
        return rights
    if borrowed:
        return Denied((Why("own_by_proxy", {"giver": asked.by}),))
    roles = ", ".join(by_role)
    return Denied((Why("not_a_checker", {"user": checker.name, "roles": roles}),))


def _within(asked: Asked, limit: Money | None) -> bool:
    return asked.amount is None or (limit is not None and asked.amount <= limit)


def _undecidable(
    asked: Asked, checker: Colleague | None, named: str, at: datetime, book: RuleBook
) -> Iterator[Why]:
    """What stands against any decision of a colleague on a request."""
    on = day_of(at)
    if not _in_force(book, on):
        yield Why("no_rules", {"on": on})
    if checker is None or not checker.active:
        yield Why("unknown_user", {"user": named})
    if named == asked.by:
        yield Why("own_request", {"user": named})
    if not asked.open:
        yield Why("not_waiting", {"state": asked.state})
    elif on > asked.until:
        yield Why("expired", {"until": asked.until})
    if at < asked.at:
        yield _back(asked, at)


def _malformed(asked: Asked, on: date, book: RuleBook) -> Iterator[Why]:
    if asked.action not in RULE_OF:
        yield Why("unknown_action", {"action": asked.action, "known": ", ".join(Action)})
        return
    if not asked.subject.strip():
        yield Why("no_subject")
    if not asked.reason.strip():
        yield Why("no_reason")
    yield from _misfits(asked, limits(asked.action, book, on).values())
    days = book.value("HS-APR-02.request_days", on=on).whole
    if asked.until < on:
        yield Why("lapses_before", {"until": asked.until, "on": on})
    elif asked.until > on + timedelta(days=days):
        yield Why("waits_too_long", {"days": days, "until": asked.until})


def _misfits(asked: Asked, most: Collection[Money | None]) -> Iterator[Why]:
    amount = asked.amount
    if asked.action in _PUBLISHED:
        if amount is not None:
            yield Why("amount_unwanted", {"action": asked.action})
    elif amount is None:
        yield Why("amount_missing", {"action": asked.action})
    elif amount.fen <= 0:
        yield Why("amount_not_positive", {"amount": amount})
    else:
        highest = max((limit for limit in most if limit is not None), default=Money(0))
        if amount > highest:
            facts = {"amount": amount, "limit": highest, "rule": RULE_OF[asked.action]}
            yield Why("above_everyone", facts)


def _back(asked: Asked, at: datetime) -> Why:
    return Why("clock_went_back", {"now": _minute(at), "asked": _minute(asked.at)})


def _minute(at: datetime) -> str:
    return f"{at.astimezone(_CHINA):%Y-%m-%d %H:%M}"


def _in_force(book: RuleBook, on: date) -> bool:
    keys = ("HS-APR-01.checkers", "HS-APR-02.grant_days", "HS-APR-03.delegation_days", "HS-APR-11.approver")
    return all(book.holds(key, on=on) for key in keys)
