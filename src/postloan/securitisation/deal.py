"""A deal (资产支持证券交易) as values: what the parties agreed, nothing of what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from postloan.securitisation.formula import Formula
from postloan.securitisation.lanes import Rounding
from postloan.securitisation.schedule import BusinessDays, Pattern

Status = str
"""normal, accelerated, defaulted, revolving, pre-closing; called and ended close a deal."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """How the deal counts (计算惯例).

    rounding: of every computed amount to whole fen. day_count: of fees, and of bonds that say nothing else.
    business_days, calendar: where a payment day falls that is no working day.
    interest_on_interest: unpaid interest itself bears interest at the bond's rate.
    """

    rounding: Rounding = "floor"
    day_count: str = "act/365"
    business_days: BusinessDays = "none"
    calendar: Literal["none", "cn"] = "none"
    interest_on_interest: bool = True


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of a deal.

    cutoff: collections after this day belong to the trust (封包日). closing: the trust is set up (信托设立日).
    legal_final: last day (法定到期日). first_collection, collection: when collections are passed on (转付日).
    first_payment, payment: when holders are paid (支付日).
    accrues_from: first day that bears interest; the closing day where nothing is said.
    """

    cutoff: date
    closing: date
    legal_final: date
    first_collection: date
    collection: Pattern
    first_payment: date
    payment: Pattern
    accrues_from: date


@dataclass(frozen=True, slots=True)
class Pool:
    """The assets behind a deal (资产池). Amounts in fen; ``None`` where the file says nothing.

    principal, claim: unpaid principal; principal with interest and fees (未偿本息费). kind: card, consumer, mortgage….
    """

    principal: int | None = None
    claim: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the trust (信托账户). balance: at the start, in fen. reserve: what it should hold (储备金目标)."""

    name: str
    balance: int = 0
    reserve: Formula | None = None
    rate: Fraction = Fraction(0)
    settles: Pattern | None = None


FeeKind = Literal[
    "one-off", "recurring", "scheduled", "annual-rate", "share", "target", "cost", "per-collection"
]


@dataclass(frozen=True, slots=True)
class Fee:
    """What somebody is owed before or beside the bonds (费用).

    kind: one-off amount; recurring amount on the days of a pattern; scheduled amounts; annual rate on a base (年费率);
        share of a base; target (what is due in all, less what was paid); cost of collection (处置费用);
        amount per collection. base, rate: formulas. cap: most that is due for one calculation. due: owed at the start.
    """

    name: str
    kind: FeeKind
    start: date
    base: Formula | None = None
    rate: Formula | None = None
    cap: Formula | None = None
    days: Pattern | None = None
    amounts: tuple[tuple[date, int], ...] = ()
    due: int = 0
    paid_to: str = ""


BondKind = Literal["pass-through", "scheduled", "lockout", "equity"]


@dataclass(frozen=True, slots=True)
class Bond:
    """A class of securities (证券档次).

    balance, original: now and at issue, in fen. kind: pass-through (过手摊还), scheduled (计划摊还: principal is due
        down to ``targets``), lockout (no principal before ``locked_until``), equity (次级).
    rate: a year, exact. resets: the days on which a floating rate (浮动利率) changes; the rates come with the run.
    steps: later rates by their first day (利率跳升). on_unpaid: what unpaid interest bears; the bond's rate where
        nothing is said. issue_price: per 100 face. senior: does the class rank first (优先档)?
    due_interest, due_on_interest: unpaid at the start, in fen. yields: interest is what lifts the holder's yearly
        yield since ``issued`` to this rate (期间收益).
    """

    name: str
    kind: BondKind
    balance: int
    original: int
    rate: Fraction
    day_count: str
    resets: Pattern | None = None
    floating: bool = False
    steps: tuple[tuple[date, Fraction], ...] = ()
    on_unpaid: Fraction | None = None
    unpaid_spread: Fraction = Fraction(0)
    targets: tuple[tuple[date, int], ...] = ()
    locked_until: date | None = None
    maturity: date | None = None
    issued: date | None = None
    yields: Fraction | None = None
    issue_price: Fraction = Fraction(100)
    senior: bool = False
    accrued_to: date | None = None
    due_interest: int = 0
    due_on_interest: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """How much a step may move.

    share: of what is due (of the cash, for transfers and residuals). cap: an amount. keep: an amount that stays in
    the account.
    """

    share: Fraction | None = None
    cap: Formula | None = None
    keep: Formula | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a waterfall (支付顺序中的一步).

    do: what is done; the list stands in ``terms.yaml``. source, names: from which account, to whom.
    when: only then. steps: what a conditional step does; otherwise: what it does where the condition fails.
    help: accounts that pay what the first cannot. line: where it stands in the file.
    """

    do: str
    source: str = ""
    names: tuple[str, ...] = ()
    limit: Limit | None = None
    when: Formula | None = None
    steps: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()
    help: tuple[str, ...] = ()
    shares: tuple[Fraction, ...] = ()
    value: Formula | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A test that changes the deal (触发事件).

    at: before-collection, after-collection, before-payment, after-payment. when: the test. status: what the deal
    becomes. steps: what is done at once. cure: the change is undone when the test no longer holds (可恢复).
    again: the effects are repeated whenever the test holds.
    """

    name: str
    at: str
    when: Formula
    status: Status = ""
    steps: tuple[Step, ...] = ()
    cure: bool = False
    again: bool = False
    fired: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What somebody expects the pool to bring (现金流预测). total: gross, in fen. by: cumulative by day, in fen."""

    agency: str
    total: int
    by: tuple[tuple[date, int], ...] = ()
    net: bool = False


@dataclass(frozen=True, slots=True)
class IncomeRights:
    """A transfer of income rights (收益权转让), where the deal is one.

    investors: name and kind: qualified_institution, wealth_product, own_wealth_product, retail, other.
    looked_through: the last investors were looked at (穿透). repurchase: none, explicit or implicit.
    capital_held: part of the capital that the bank still holds. continuing_involvement: part of the exposure that stays
    with it (继续涉入); counted_as_npl: part that it still counts as non-performing.
    """

    transferred_on: date
    investors: tuple[tuple[str, str], ...]
    looked_through: bool
    repurchase: str
    capital_held: Fraction
    continuing_involvement: Fraction
    counted_as_npl: Fraction
    registered: bool
    pools_apart: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """A whole deal. Maps keep the order of the file.

    collections: source → accounts with shares. outside: sources whose cash is not the trust's. clean_up: when the
    clean-up call (清仓回购) is exercised. retained: part of each class that the originator keeps (风险自留).
    remaining: published balances of bonds per 100 of face. not_imported: what an import could not carry over.
    """

    name: str
    dates: Dates
    conventions: Conventions
    pool: Pool
    accounts: Mapping[str, Account]
    collections: Mapping[str, tuple[tuple[str, Fraction], ...]]
    fees: Mapping[str, Fee]
    bonds: Mapping[str, Bond]
    waterfalls: Mapping[str, tuple[Step, ...]]
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    clean_up: Formula | None = None
    status: Status = "normal"
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    retained: Fraction = Fraction(0)
    sources: tuple[str, ...] = ()
    remaining: Mapping[str, Fraction] = field(default_factory=dict)
    not_imported: tuple[str, ...] = ()
    income_rights: IncomeRights | None = None
    text: str = ""
