"""What a letter brings about in law, by its outcome and the kind of its address (到达与时效).

Three things are kept apart: that a declaration arrived, that limitation starts anew, and service (送达), which only a
court or an arbitral institution can bring about and which nothing here can answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from postloan.delivery.carriers import address_classes, states
from postloan.kernel import PostloanError
from postloan.rules import RuleBook

TABLES = ("CN-LTR-06", "CN-LTR-07", "CN-LTR-09")
"""The rules that say what outcomes bring about."""


class UnknownOutcome(PostloanError):
    """'{outcome}' is no outcome of a letter.

    Write one of: {known}.
    """

    zh = "“{outcome}”不是投递结果。请写以下之一：{known}。"


class UnknownClass(PostloanError):
    """'{given}' is no kind of address.

    Write one of: {known}; leave it out where the kind is not known.
    """

    zh = "“{given}”不是地址类别。请写以下之一：{known}；类别不明时请留空。"


class CourtOnly(PostloanError):
    """'{status}' is a court's word: a letter of a creditor, an agency or a lawyer is never served.

    Only a record of a court or an arbitral institution sets it (CN-CRT-01); what a letter brings about is asked for
    with its outcome and the kind of its address.
    """

    zh = (
        "“{status}”只能由法院或仲裁机构的记录设定（CN-CRT-01）：债权人、机构或律师的信函不构成送达。"
        "请按投递结果和地址类别查询信函的效力。"
    )


class Effect(StrEnum):
    """What may be recorded of a letter."""

    ARRIVED = "arrived"  # 到达
    SHOULD_HAVE_ARRIVED = "should_have_arrived"  # 应当到达
    ARGUABLE = "arguable"  # 可主张，法院见解不一
    DISPUTABLE = "disputable"  # 有争议
    NOT_ARRIVED = "not_arrived"  # 未到达
    NOTHING = "nothing"  # 无效力
    PENDING = "pending"  # 尚无结果


EFFECTS_ZH: Mapping[Effect, str] = {
    Effect.ARRIVED: "到达", Effect.SHOULD_HAVE_ARRIVED: "应当到达", Effect.ARGUABLE: "可主张（裁判见解不一）",
    Effect.DISPUTABLE: "有争议", Effect.NOT_ARRIVED: "未到达", Effect.NOTHING: "无效力", Effect.PENDING: "尚无结果",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EffectFound:
    """The effect of one outcome.

    effect: what may be recorded. because: the rules that say so, with the day from which each says it. condition: what
    must be shown for more, "" for nothing. better: the effect once it is shown. upgrade: the address may be raised to
    a proven one. retire: nobody writes there again.
    """

    effect: Effect
    because: tuple[str, ...] = ()
    condition: str = ""
    better: Effect | None = None
    upgrade: bool = False
    retire: bool = False


def effect_of(
    book: RuleBook, outcome: str, address: str, *, on: date, refuser_identified: bool = False
) -> EffectFound:
    """What an outcome at a kind of address brings about.

    outcome: a state that ends a letter; "" while there is none. address: agreed (约定), registered (户籍), reserved
    (预留) or repaired (新查得); "" where it is not known: then only what holds for all of them is said.
    refuser_identified: it is shown who refused.

    Raises:
        CourtOnly: somebody says it was served. UnknownOutcome, UnknownClass: a word that means nothing here.
    """
    _known(outcome, address)
    if not outcome:
        return EffectFound(Effect.PENDING)
    if address:
        return _at(book, outcome, address, on, refuser_identified)
    found = [_at(book, outcome, one, on, refuser_identified) for one in address_classes()]
    weakest = min(found, key=lambda one: _ORDER.index(one.effect))
    return EffectFound(weakest.effect, weakest.because, "address_class")


_ORDER = (
    Effect.NOTHING, Effect.PENDING, Effect.NOT_ARRIVED, Effect.DISPUTABLE, Effect.ARGUABLE,
    Effect.SHOULD_HAVE_ARRIVED, Effect.ARRIVED,
)  # fmt: skip
"""Effects, the least for the sender first."""


def weaker(one: Effect, other: Effect) -> Effect:
    """The effect that gives the sender less."""
    return min(one, other, key=_ORDER.index)


def _known(outcome: str, address: str) -> None:
    if outcome in ("served", "送达", "service"):
        raise CourtOnly(status=outcome)
    ends = [code for code, state in states().items() if state.end]
    if outcome and outcome not in ends:
        raise UnknownOutcome(outcome=outcome, known=", ".join(ends))
    if address and address not in address_classes():
        raise UnknownClass(given=address, known=", ".join(address_classes()))


def _at(book: RuleBook, outcome: str, address: str, on: date, identified: bool) -> EffectFound:
    cell = f"{outcome}_{address}"
    found = _cell(book, cell, on)
    if found is None:  # returned without a reason, withdrawn, dead: no rule gives the sender anything
        return EffectFound(Effect.NOTHING if outcome in ("lost", "cancelled") else Effect.NOT_ARRIVED)
    effect, because = found
    if outcome in _terms(book, "CN-LTR-07.no_effect", on):
        effect = Effect.NOTHING
    if cell in _terms(book, "CN-LTR-07.arguable", on):
        effect = Effect.ARGUABLE
    condition, better = "", None
    if outcome == "refused" and effect is not Effect.ARRIVED:
        shown = _cell(book, "refused_identified", on)
        if shown and identified:
            effect, because = shown
        elif shown:
            condition, better = "refuser_identified", shown[0]
    return EffectFound(
        effect,
        (because,),
        condition,
        better,
        upgrade=cell in _terms(book, "CN-LTR-06.upgrades", on),
        retire=outcome in _terms(book, "HS-LTR-10.retire_on", on),
    )


def _cell(book: RuleBook, name: str, on: date) -> tuple[Effect, str] | None:
    for rule in TABLES:
        key = f"{rule}.{name}"
        if rule in book and name in book.rule(rule).parameters and book.holds(key, on=on):
            value = book.value(key, on=on)
            return Effect(str(value.value)), f"{rule} ({value.since})"
    return None


def _terms(book: RuleBook, key: str, on: date) -> tuple[str, ...]:
    rule, _, name = key.partition(".")
    if rule not in book or name not in book.rule(rule).parameters or not book.holds(key, on=on):
        return ()
    return book.value(key, on=on).terms
