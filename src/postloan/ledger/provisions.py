"""Provisions for loan losses (贷款损失准备) and what moving loans does to profit, ratios and capital. Pure and exact.

Amounts are worked out as exact fractions of a fen and rounded once, so that what leaves and what stays always add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from postloan.kernel import Money, PostloanError, Quarter
from postloan.ledger.judging import GRADES
from postloan.ledger.parts import ZERO
from postloan.ledger.running import NON_PERFORMING
from postloan.rules import RuleBook


class NotInBook(PostloanError):
    """The loans to be moved ({moved} of class {grade}) are more than the book holds ({held}).

    Choose loans that stand open in the store on that day.
    """

    zh = "拟处置的{grade}类贷款 {moved} 超过存量 {held}。请只选择当日未结清的贷款。"


class Basis(StrEnum):
    """By what provisions are set aside."""

    GRADE = "grade"  # 五级分类
    EXPECTED_LOSS = "expected_loss"  # 预期信用损失


@dataclass(frozen=True, slots=True)
class Rates:
    """The rules of provisioning on a day.

    by_grade, by_loss: share of the amount carried, by class. spread: how far substandard and doubtful may depart.
    coverage, loan_provision: what provisions held are measured against; lowest_*: how low supervisors may set them.
    risk_weight, capital_ratio: what a loan binds. rules: ids; rule_book: their version.
    """

    on: date
    by_grade: Mapping[str, Fraction]
    by_loss: Mapping[str, Fraction]
    spread: Fraction
    coverage: Fraction
    lowest_coverage: Fraction
    loan_provision: Fraction
    lowest_loan_provision: Fraction
    risk_weight: Fraction
    capital_ratio: Fraction
    rule_book: str
    rules: tuple[str, ...] = ("CN-PRV-01", "CN-PRV-02", "CN-PRV-03", "HS-PRV-01", "HS-PRV-02")

    @classmethod
    def of(cls, book: RuleBook, on: date) -> Rates:
        """The rates of a rule book on a day.

        Raises:
            NoRuleValue: they do not hold on that day.
        """

        def rate(key: str) -> Fraction:
            return Fraction(book.value(key, on=on).decimal)

        return cls(
            on=on,
            by_grade=MappingProxyType({grade: rate(f"CN-PRV-01.{grade}") for grade in GRADES}),
            by_loss=MappingProxyType({grade: rate(f"HS-PRV-01.{grade}") for grade in GRADES}),
            spread=rate("CN-PRV-01.spread"),
            coverage=rate("CN-PRV-02.base"),
            lowest_coverage=rate("CN-PRV-02.lowest"),
            loan_provision=rate("CN-PRV-03.base"),
            lowest_loan_provision=rate("CN-PRV-03.lowest"),
            risk_weight=rate("HS-PRV-02.risk_weight"),
            capital_ratio=rate("HS-PRV-02.capital_ratio"),
            rule_book=book.version,
        )

    def on_basis(self, basis: Basis) -> Mapping[str, Fraction]:
        """The rates by class on a basis."""
        return self.by_grade if basis is Basis.GRADE else self.by_loss


@dataclass(frozen=True, slots=True)
class Holding:
    """Loans of one class. carried: what the books carry for them."""

    grade: str
    loans: int
    carried: Money


@dataclass(frozen=True, slots=True)
class Book:
    """Loans by class, and the provisions held against them.

    holdings: at most one for each class. other: performing loans that stand outside this store. held: provisions held
    in all; None where they are as large as they must be.
    """

    holdings: tuple[Holding, ...]
    other: Money = ZERO
    held: Money | None = None

    @classmethod
    def of(cls, holdings: Iterable[Holding], *, other: Money = ZERO, held: Money | None = None) -> Book:
        """The book of some holdings, those of one class put together; loans without a class count as normal."""
        merged: dict[str, tuple[int, int]] = {}
        for one in holdings:
            grade = one.grade or "normal"
            loans, fen = merged.get(grade, (0, 0))
            merged[grade] = (loans + one.loans, fen + one.carried.fen)
        ordered = [
            Holding(grade, merged[grade][0], Money(merged[grade][1])) for grade in GRADES if grade in merged
        ]
        return cls(tuple(ordered), other, held)

    @property
    def npl(self) -> Money:
        """Non-performing loans (不良贷款余额)."""
        return _sum(one.carried for one in self.holdings if one.grade in NON_PERFORMING)

    @property
    def all_loans(self) -> Money:
        """All loans (各项贷款余额), those outside the store included."""
        return _sum(one.carried for one in self.holdings) + self.other

    def without(self, moved: Iterable[Holding]) -> Book:
        """The book with some loans taken out.

        Raises:
            NotInBook: more is taken than there is.
        """
        left = {one.grade: one for one in self.holdings}
        for one in Book.of(moved).holdings:
            there = left.get(one.grade, Holding(one.grade, 0, ZERO))
            if one.carried > there.carried or one.loans > there.loans:
                raise NotInBook(grade=one.grade, moved=one.carried, held=there.carried)
            left[one.grade] = Holding(one.grade, there.loans - one.loans, there.carried - one.carried)
        return replace(self, holdings=tuple(left.values()))

    def with_more(self, added: Iterable[Holding]) -> Book:
        """The book with some loans put in."""
        return Book.of([*self.holdings, *added], other=self.other, held=self.held)


@dataclass(frozen=True, slots=True)
class Measured:
    """A book against the rules of a day.

    by_grade: provisions due by class, which sum to ``due``. wanted: what must be held: the largest of provisions due,
    coverage and loan-provision ratio. held: what is held. short: what is missing. Ratios are None where nothing
    stands below the line.
    """

    loans: Money
    npl: Money
    by_grade: Mapping[str, Money] = field(hash=False)
    due: Money
    wanted: Money
    held: Money
    npl_ratio: Fraction | None
    coverage: Fraction | None
    loan_provision: Fraction | None

    @property
    def short(self) -> Money:
        """What must be set aside still."""
        return max(self.wanted - self.held, ZERO)


def due_exactly(book: Book, rates: Rates, basis: Basis) -> Fraction:
    """Provisions due on a book, in exact fen."""
    by = rates.on_basis(basis)
    own = sum((one.carried.fen * by[one.grade] for one in book.holdings), Fraction(0))
    return own + book.other.fen * by["normal"]


def due_range(book: Book, rates: Rates) -> tuple[Money, Money]:
    """The least and the most that the guide lets a lender set aside: substandard and doubtful a fifth down or up."""
    moving = sum(
        (
            one.carried.fen * rates.by_grade[one.grade]
            for one in book.holdings
            if one.grade in ("substandard", "doubtful")
        ),
        Fraction(0),
    )
    whole = due_exactly(book, rates, Basis.GRADE)
    return Money(round(whole - moving * rates.spread)), Money(round(whole + moving * rates.spread))


def measure(book: Book, rates: Rates, basis: Basis = Basis.GRADE) -> Measured:
    """Hold a book against the rules."""
    by = rates.on_basis(basis)
    exact = due_exactly(book, rates, basis)
    due = Money(round(exact))
    weights = [one.carried.fen * by[one.grade] for one in book.holdings] + [book.other.fen * by["normal"]]
    shares = due.share(weights) if exact else [ZERO] * len(weights)
    names = [*(one.grade for one in book.holdings), "other"]
    npl, loans = book.npl, book.all_loans
    floors = (Fraction(due.fen), npl.fen * rates.coverage, loans.fen * rates.loan_provision)
    wanted = Money(-(-max(floors) // 1))
    held = wanted if book.held is None else book.held
    return Measured(
        loans=loans,
        npl=npl,
        by_grade=MappingProxyType(
            {name: share for name, share in zip(names, shares, strict=True) if name != "other" or book.other}
        ),
        due=due,
        wanted=wanted,
        held=held,
        npl_ratio=_ratio(npl, loans),
        coverage=_ratio(held, npl),
        loan_provision=_ratio(held, loans),
    )


class Act(StrEnum):
    """What may be done with a set of loans."""

    KEEP = "keep"  # 继续持有
    SELL = "sell"  # 转让
    WRITE_OFF = "write_off"  # 核销
    RESTRUCTURE = "restructure"  # 重组


class Caution(StrEnum):
    """Why an act may only dress the books (粉饰报表)."""

    BELOW_VALUE = "below_value"  # sold for less than keeping is expected to bring
    NOTHING_COLLECTED = "nothing_collected"  # the class is kept up although nothing is paid
    CLAIM_STAYS = "claim_stays"  # the ratio falls although nothing was collected


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with a set of loans.

    moved: the set, by class. price, cost: of a sale. waived: released in a restructuring. becomes: the class after a
    restructuring; "" for unchanged.
    """

    act: Act
    moved: tuple[Holding, ...]
    price: Money = ZERO
    cost: Money = ZERO
    waived: Money = ZERO
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a plan does.

    before, after: the book against the rules. used: provisions of the set that bear its loss. result: gain or loss of
    the act itself after these. set_aside: what must be added to provisions afterwards. profit: result less set_aside,
    against doing nothing. free: held above what must be, afterwards. cash: price less cost. capital: freed (or bound)
    by the change of risk-weighted assets. worth: what keeping the set is expected to bring. warnings: why this may only
    dress the books.
    """

    plan: Plan
    before: Measured
    after: Measured
    carried: Money
    used: Money
    result: Money
    set_aside: Money
    profit: Money
    free: Money
    cash: Money
    capital: Money
    worth: Money
    warnings: tuple[Caution, ...]

    @property
    def dresses(self) -> bool:
        """Whether it would only dress the books: ratios look better and the lender is worse off, or no better."""
        return Caution.BELOW_VALUE in self.warnings or Caution.NOTHING_COLLECTED in self.warnings


def effect(book: Book, plan: Plan, rates: Rates, basis: Basis = Basis.GRADE) -> Effect:
    """What a plan does to profit after provisions, NPL ratio, coverage and capital, against doing nothing.

    Raises:
        NotInBook: the set is no part of the book.
    """
    before = measure(book, rates, basis)
    moved = Book.of(plan.moved)
    carried = _sum(one.carried for one in moved.holdings)
    rest = book.without(moved.holdings)
    used = _used(book, rest, before, carried, rates, basis)
    cash, result = ZERO, ZERO
    match plan.act:
        case Act.SELL:
            cash = plan.price - plan.cost
            result = cash - (carried - used)
            left = replace(rest, held=before.held - used)
        case Act.WRITE_OFF:
            result = -(carried - used)
            left = replace(rest, held=before.held - used)
        case Act.RESTRUCTURE:
            borne = min(used, plan.waived)
            result = -(plan.waived - borne)
            after = _restructured(moved, plan, carried)
            left = replace(rest.with_more(after), held=before.held - borne)
            used = borne
        case Act.KEEP:
            used = ZERO
            left = replace(book, held=before.held)
    after_it = measure(left, rates, basis)
    set_aside = after_it.short - before.short
    worth = _worth(moved, rates)
    bound = before.loans - before.held - (after_it.loans - after_it.held)
    return Effect(
        plan=plan,
        before=before,
        after=after_it,
        carried=carried,
        used=used,
        result=result,
        set_aside=set_aside,
        profit=result - set_aside,
        free=max(after_it.held - after_it.wanted, ZERO),
        cash=cash,
        capital=Money(round(bound.fen * rates.risk_weight * rates.capital_ratio)),
        worth=worth,
        warnings=_warnings(plan, before, after_it, cash, worth),
    )


def _used(book: Book, rest: Book, before: Measured, carried: Money, rates: Rates, basis: Basis) -> Money:
    """Provisions that belong to a set: its share of what is due, of what is held, never more than it is carried at."""
    all_due, rest_due = due_exactly(book, rates, basis), due_exactly(rest, rates, basis)
    own = Money(round(all_due)) - Money(round(rest_due))
    if before.held < before.due and before.due:
        own = own.times(Fraction(before.held.fen, before.due.fen))
    return min(own, carried)


def _restructured(moved: Book, plan: Plan, carried: Money) -> list[Holding]:
    """The set after a restructuring: less what is waived, in the class it then has."""
    waived = plan.waived.share([one.carried.fen for one in moved.holdings]) if carried else []
    return [
        Holding(plan.becomes or one.grade, one.loans, one.carried - less)
        for one, less in zip(moved.holdings, waived, strict=False)
    ]


def _worth(moved: Book, rates: Rates) -> Money:
    """What keeping a set is expected to bring, in today's money."""
    lost = sum((one.carried.fen * rates.by_loss[one.grade] for one in moved.holdings), Fraction(0))
    return _sum(one.carried for one in moved.holdings) - Money(round(lost))


def _warnings(
    plan: Plan, before: Measured, after: Measured, cash: Money, worth: Money
) -> tuple[Caution, ...]:
    """Where the ratios look better and the lender is not better off."""
    found = []
    looks_better = (after.npl_ratio or 0) < (before.npl_ratio or 0)
    if plan.act is Act.SELL and looks_better and cash < worth:
        found.append(Caution.BELOW_VALUE)
    if plan.act is Act.RESTRUCTURE and plan.becomes and looks_better:
        found.append(Caution.NOTHING_COLLECTED)
    if plan.act is Act.WRITE_OFF and looks_better:
        found.append(Caution.CLAIM_STAYS)
    return tuple(found)


def quarter_end(on: date) -> date:
    """The last day of the quarter that a day falls in (季末)."""
    quarter = Quarter.of(on)
    year, month = divmod(quarter.year * 12 + 3 * quarter.number, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _ratio(part: Money, whole: Money) -> Fraction | None:
    return Fraction(part.fen, whole.fen) if whole.fen > 0 else None


def _sum(amounts: Iterable[Money]) -> Money:
    return Money(sum(amount.fen for amount in amounts))
