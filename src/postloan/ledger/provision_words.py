"""Provisions and their effects in sentences, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from postloan.kernel import Lang, Money
from postloan.kernel.money import round_to
from postloan.ledger.parts import ZERO
from postloan.ledger.provisions import Act, Caution, Effect, Measured, Rates

ACTS: Mapping[Act, Mapping[Lang, str]] = MappingProxyType(
    {
        Act.KEEP: {"en": "keep", "zh": "继续持有"},
        Act.SELL: {"en": "sell", "zh": "转让"},
        Act.WRITE_OFF: {"en": "write off", "zh": "核销"},
        Act.RESTRUCTURE: {"en": "restructure", "zh": "重组"},
    }
)
"""What may be done, in both languages."""

CAUTIONS: Mapping[Caution, Mapping[Lang, str]] = MappingProxyType(
    {
        Caution.BELOW_VALUE: {
            "en": "It would only dress the books: the price is below what keeping is expected to bring.",
            "zh": "仅粉饰报表：价款低于继续持有的预期回收。",
        },
        Caution.NOTHING_COLLECTED: {
            "en": "It would only dress the books unless the debtors can and will pay: new terms collect nothing by "
            "themselves, and the observation period keeps the class down for a year.",
            "zh": "除非债务人有能力且愿意还款，否则仅粉饰报表：变更合同本身不带来回收，且观察期内一年不得上调分类。",
        },
        Caution.CLAIM_STAYS: {
            "en": "The ratio falls although nothing was collected: the claim and the duty to pursue it stay.",
            "zh": "不良率下降但未有回收：账销案存，追偿责任仍在。",
        },
    }
)
"""What to beware of, in both languages."""


def percent(ratio: Fraction | None) -> str:
    """A ratio in per cent with two decimals; a dash where there is none."""
    return "—" if ratio is None else f"{round_to(ratio * 100, 2)} %"


def said_of_book(found: Measured, rates: Rates, lang: Lang = "en") -> list[str]:
    """What a book measured against the rules comes to."""
    range_ = f"{percent(rates.lowest_coverage)}–{percent(rates.coverage)}"
    range_lpr = f"{percent(rates.lowest_loan_provision)}–{percent(rates.loan_provision)}"
    if lang == "zh":
        said = [
            f"贷款余额 {found.loans} 元，其中不良 {found.npl} 元，不良率 {percent(found.npl_ratio)}。",
            f"应提准备 {found.due} 元；按两项监管比率至少应持有 {found.wanted} 元，现持有 {found.held} 元。",
            f"拨备覆盖率 {percent(found.coverage)}（监管区间 {range_}）。",
            f"贷款拨备率 {percent(found.loan_provision)}（监管区间 {range_lpr}）。",
        ]
        return said + ([f"尚需补提 {found.short} 元。"] if found.short else [])
    said = [
        f"Loans of {found.loans} yuan, of which {found.npl} are non-performing: NPL ratio {percent(found.npl_ratio)}.",
        f"Provisions due {found.due}; by the two ratios {found.wanted} must be held at least, {found.held} are.",
        f"Coverage {percent(found.coverage)} (supervisors ask for {range_}).",
        f"Loan-provision ratio {percent(found.loan_provision)} (supervisors ask for {range_lpr}).",
    ]
    return said + ([f"{found.short} yuan must be set aside still."] if found.short else [])


def said_of_effect(found: Effect, lang: Lang = "en") -> list[str]:
    """What a plan would do, step by step."""
    return _said_zh(found) if lang == "zh" else _said_en(found)


def _said_en(found: Effect) -> list[str]:
    plan, before, after = found.plan, found.before, found.after
    loans = sum(one.loans for one in plan.moved)
    said = [f"{loans:,} loans carried at {found.carried} yuan."]
    match plan.act:
        case Act.SELL:
            said.append(
                f"Sold for {plan.price} at a cost of {plan.cost}: provisions of {found.used} bear the loss as far as "
                f"they go, and {_gain_en(found.result)}."
            )
        case Act.WRITE_OFF:
            said.append(f"Written off against provisions of {found.used}, and {_gain_en(found.result)}.")
        case Act.RESTRUCTURE:
            said.append(f"Restructured with {plan.waived} waived: {_gain_en(found.result)}.")
        case Act.KEEP:
            said.append("Kept as they are.")
    word = "more" if found.set_aside > ZERO else "less"
    aside = f"{abs(found.set_aside.as_yuan):,} yuan {word}" if found.set_aside else "Neither more nor less"
    said.append(
        f"{aside} must be set aside than without it; profit after provisions changes by {found.profit}."
    )
    if found.free:
        said.append(f"Provisions of {found.free} are then above what must be held and could be released.")
    said += [
        f"NPL ratio {percent(before.npl_ratio)} → {percent(after.npl_ratio)}.",
        f"Coverage {percent(before.coverage)} → {percent(after.coverage)}.",
        f"Loan-provision ratio {percent(before.loan_provision)} → {percent(after.loan_provision)}.",
        f"Capital {'freed' if found.capital >= ZERO else 'bound'}: {abs(found.capital.as_yuan):,} yuan.",
        f"Keeping them is expected to bring {found.worth} yuan.",
    ]
    return said + [CAUTIONS[one]["en"] for one in found.warnings]


def _said_zh(found: Effect) -> list[str]:
    plan, before, after = found.plan, found.before, found.after
    loans = sum(one.loans for one in plan.moved)
    said = [f"共 {loans:,} 笔，账面 {found.carried} 元。"]
    match plan.act:
        case Act.SELL:
            said.append(
                f"转让价款 {plan.price} 元、费用 {plan.cost} 元；损失先由准备 {found.used} 元承担，"
                f"{_gain_zh(found.result)}。"
            )
        case Act.WRITE_OFF:
            said.append(f"以准备 {found.used} 元核销，{_gain_zh(found.result)}。")
        case Act.RESTRUCTURE:
            said.append(f"重组并减免 {plan.waived} 元，{_gain_zh(found.result)}。")
        case Act.KEEP:
            said.append("继续持有。")
    word = "增加" if found.set_aside > ZERO else "减少"
    aside = f"{word} {abs(found.set_aside.as_yuan):,} 元" if found.set_aside else "不变"
    said.append(f"较不处置，须计提准备{aside}；拨备后利润变动 {found.profit} 元。")
    if found.free:
        said.append(f"处置后有 {found.free} 元准备超出应持有额，可以转回。")
    said += [
        f"不良率 {percent(before.npl_ratio)} → {percent(after.npl_ratio)}。",
        f"拨备覆盖率 {percent(before.coverage)} → {percent(after.coverage)}。",
        f"贷款拨备率 {percent(before.loan_provision)} → {percent(after.loan_provision)}。",
        f"{'释放' if found.capital >= ZERO else '占用'}资本 {abs(found.capital.as_yuan):,} 元。",
        f"继续持有预期可回收 {found.worth} 元。",
    ]
    return said + [CAUTIONS[one]["zh"] for one in found.warnings]


def _gain_en(result: Money) -> str:
    return f"a gain of {result} is booked" if result >= ZERO else f"a loss of {-result} is booked"


def _gain_zh(result: Money) -> str:
    return f"计入收益 {result} 元" if result >= ZERO else f"计入损失 {-result} 元"
