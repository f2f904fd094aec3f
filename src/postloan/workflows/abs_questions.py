"""Questions about a deal, answered as tables for people and as plain values for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from postloan.kernel import PostloanError
from postloan.securitisation import Deal, Flow
from postloan.securitisation import questions as q
from postloan.securitisation.stress import by_luck, middle
from postloan.securitisation.timeline import Rates

QUESTIONS = ("figures", "break-even", "cash-needed", "largest", "sizes", "grid", "losses")


class UnknownQuestion(PostloanError):
    """'{question}' is no question that can be asked.

    Ask one of {known}.
    """

    zh = "“{question}”不是可提的问题。可选：{known}。"


class BadSizes(PostloanError):
    """'{text}' does not name classes with the stress each should stand.

    Write for example senior=0.4,junior=0 with the senior class first.
    """

    zh = "“{text}”未写明各档及其须承受的压力。例如 senior=0.4,junior=0，优先档在前。"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked. Shortfalls are parts of the cash; yields a year; price per 100 of face."""

    question: str
    bond: str | None = None
    target: float = 0.05
    price: float | None = None
    less: float = 0.0
    later: int = 0
    sizes: str = ""
    count: int = 10_000
    level: float = 0.25
    noise: float = 0.25
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """Column heads by language, rows for people, values for machines."""

    columns: Mapping[str, tuple[str, ...]]
    rows: list[list[object]]
    values: dict[str, Any] = field(default_factory=dict)


def ask(deal: Deal, flow: Flow, rates: Rates, asked: Asked) -> Answer:
    """Answer a question about a deal over a forecast; of many scenarios the middle one, for losses all of them.

    Raises:
        UnknownQuestion: no such question. NoSuchBond: no such bond. BadSizes: the sizes cannot be read.
    """
    if asked.question not in _ANSWERS:
        raise UnknownQuestion(question=asked.question, known=", ".join(QUESTIONS))
    if flow.width > 1 and asked.question != "losses":
        flow = middle(flow)
    return _ANSWERS[asked.question](deal, flow, rates, asked)


def _yuan(fen: float) -> str:
    return f"{fen / 100:,.2f}"


def _percent(value: float | None, places: int = 2) -> str:
    return "—" if value is None else f"{value * 100:.{places}f}%"


def _years(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _figures(deal: Deal, flow: Flow, rates: Rates, asked: Asked) -> Answer:
    found = q.figures(deal.terms, flow, rates)
    columns = {
        "en": (
            "Bond",
            "Face",
            "Paid",
            "Lost",
            "Yield",
            "Life, years",
            "Price at its rate",
            "Duration",
            "Repaid on",
        ),
        "zh": (
            "证券",
            "面值",
            "已付",
            "损失",
            "收益率",
            "加权平均期限（年）",
            "按票面利率的价格",
            "久期",
            "清偿日",
        ),
    }
    rows: list[list[object]] = [
        [f.bond, _yuan(f.face), _yuan(f.interest + f.principal), _yuan(f.lost), _percent(f.yields), _years(f.life),
         f"{f.price:.4f}", _years(f.duration), f.repaid_on or "—"]
        for f in found
    ]  # fmt: skip
    values = {
        f.bond: {"face": f.face / 100, "interest": f.interest / 100, "principal": f.principal / 100,
                 "lost": f.lost / 100, "yield": f.yields, "life": f.life, "price": f.price, "duration": f.duration,
                 "repaid_on": f.repaid_on and f.repaid_on.isoformat()}
        for f in found
    }  # fmt: skip
    return Answer(columns, rows, values)


def _break_even(deal: Deal, flow: Flow, rates: Rates, asked: Asked) -> Answer:
    bond = q.bond_of(deal.terms, asked.bond)
    least = q.break_even(deal.terms, flow, bond, rates)
    claim = deal.terms.pool.claim or deal.terms.pool.principal
    recovery = least * q.cash_of(flow) / claim if least is not None and claim else None
    columns = {
        "en": ("Bond", "Cash needed of the forecast", "First-loss multiple", "Break-even recovery"),
        "zh": ("证券", "所需回收占预测", "首次损失倍数", "盈亏平衡回收率"),
    }
    multiple = None if not least else 1 / least
    row: list[object] = [bond, _percent(least), _years(multiple), _percent(recovery)]
    return Answer(
        columns, [row], {"bond": bond, "of_forecast": least, "multiple": multiple, "recovery": recovery}
    )


def _cash_needed(deal: Deal, flow: Flow, rates: Rates, asked: Asked) -> Answer:
    bond = q.bond_of(deal.terms, asked.bond)
    part = q.cash_needed(deal.terms, flow, bond, asked.target, asked.price, rates)
    cash = None if part is None else part * q.cash_of(flow)
    columns = {
        "en": ("Bond", "Target yield", "Cash needed of the forecast", "Cash needed, yuan"),
        "zh": ("证券", "目标收益率", "所需回收占预测", "所需回收（元）"),
    }
    row: list[object] = [bond, _percent(asked.target), _percent(part), "—" if cash is None else _yuan(cash)]
    return Answer(columns, [row], {"bond": bond, "of_forecast": part, "cash": cash and cash / 100})


def _largest(deal: Deal, flow: Flow, rates: Rates, asked: Asked) -> Answer:
    bond = q.bond_of(deal.terms, asked.bond)
    face = q.largest(deal.terms, flow, bond, less=asked.less, later=asked.later, rates=rates)
    columns = {
        "en": ("Bond", "Stress: less cash", "Stress: later by", "Largest face, yuan", "Of the present face"),
        "zh": ("证券", "压力：减少", "压力：推迟期数", "最大面值（元）", "占现有面值"),
    }
    now = deal.terms.bonds[bond].balance
    row: list[object] = [
        bond,
        _percent(asked.less),
        asked.later,
        _yuan(face),
        _percent(face / now if now else None),
    ]
    return Answer(
        columns, [row], {"bond": bond, "less": asked.less, "later": asked.later, "face": face / 100}
    )


def _sizes(deal: Deal, flow: Flow, rates: Rates, asked: Asked) -> Answer:
    try:
        pairs = (part.split("=") for part in asked.sizes.split(","))
        stresses = {name.strip(): float(less) for name, less in pairs}
    except ValueError as error:
        raise BadSizes(text=asked.sizes) from error
    for name in stresses:
        q.bond_of(deal.terms, name)
    found = q.sizes(deal.terms, flow, stresses, rates)
    columns = {
        "en": ("Bond", "Stands a shortfall of", "Face, yuan", "Proceeds at issue price, yuan"),
        "zh": ("证券", "可承受减少", "面值（元）", "按发行价募集（元）"),
    }
    rows: list[list[object]] = [
        [name, _percent(stresses[name]), _yuan(face), _yuan(proceeds)]
        for name, (face, proceeds) in found.items()
    ]
    return Answer(
        columns, rows, {name: {"face": face / 100, "proceeds": p / 100} for name, (face, p) in found.items()}
    )


_LESSES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
_LATERS = (0, 3, 6, 12)


def _grid(deal: Deal, flow: Flow, rates: Rates, asked: Asked) -> Answer:
    bond = q.bond_of(deal.terms, asked.bond)
    found = q.grid(deal.terms, flow, _LESSES, _LATERS, rates)
    heads = tuple(f"−{less:.0%}" for less in _LESSES)
    columns = {"en": (f"{bond}: later by", *heads), "zh": (f"{bond}：推迟期数", *heads)}
    rows: list[list[object]] = [
        [later, *(_percent(lost) if lost else "✓" for lost in row)]
        for later, row in zip(_LATERS, found[bond], strict=True)
    ]
    return Answer(columns, rows, {"less": _LESSES, "later": _LATERS, "lost": found})


def _losses(deal: Deal, flow: Flow, rates: Rates, asked: Asked) -> Answer:
    many = flow
    if flow.width == 1:
        many = by_luck(flow, asked.count, level=asked.level, noise=asked.noise, seed=asked.seed)
    found = q.losses(deal.terms, many, rates)
    columns = {
        "en": ("Bond", "Any loss in", "Mean loss", "Median", "90 %", "95 %", "99 %"),
        "zh": ("证券", "出现损失的情景", "平均损失", "中位数", "90%", "95%", "99%"),
    }
    rows: list[list[object]] = [
        [f.bond, _percent(f.ever), _percent(f.mean), *map(_percent, f.quantiles)] for f in found
    ]
    values = {f.bond: {"ever": f.ever, "mean": f.mean, "quantiles": f.quantiles} for f in found}
    return Answer(columns, rows, values | {"scenarios": many.width})


_ANSWERS: Mapping[str, Callable[[Deal, Flow, Rates, Asked], Answer]] = {
    "figures": _figures,
    "break-even": _break_even,
    "cash-needed": _cash_needed,
    "largest": _largest,
    "sizes": _sizes,
    "grid": _grid,
    "losses": _losses,
}


def compare(first: Deal, second: Deal, flow: Flow, rates: Rates) -> Answer:
    """Two structures over the same collections, bond by bond and fee by fee, with the difference."""
    columns = {
        "en": ("", first.terms.name, second.terms.name, "Difference"),
        "zh": ("", first.terms.name, second.terms.name, "差额"),
    }
    sides = [_side(deal, flow, rates) for deal in (first, second)]
    rows: list[list[object]] = []
    for key in dict.fromkeys((*sides[0], *sides[1])):
        a, b = (side.get(key) for side in sides)
        difference = "—" if a is None or b is None else _shown(key, b - a)
        rows.append([key, *("—" if value is None else _shown(key, value) for value in (a, b)), difference])
    return Answer(
        columns, rows, {deal.terms.name: side for deal, side in zip((first, second), sides, strict=True)}
    )


def _shown(key: str, value: float) -> str:
    return f"{value:,.2f}" if key.endswith("yuan") else f"{value:.4f}"


def _side(deal: Deal, flow: Flow, rates: Rates) -> dict[str, float]:
    machine = deal.run(flow, rates).machine
    made: dict[str, float] = {}
    for f in q.figures(deal.terms, flow, rates):
        made[f"{f.bond}: face 面值, yuan"] = f.face / 100
        made[f"{f.bond}: paid 已付, yuan"] = (f.interest + f.principal) / 100
        made[f"{f.bond}: unpaid 未付, yuan"] = f.lost / 100
        made |= {
            f"{f.bond}: {name}": value
            for name, value in (
                ("yield 收益率", f.yields),
                ("life 期限, years", f.life),
                ("price 价格", f.price),
            )
            if value is not None
        }
    made |= {f"{name}: paid 已付, yuan": fee.paid_total / 100 for name, fee in machine.fees.items()}
    return made
