"""Observation of restructured loans (重组观察期) and the way back up from non-performing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from postloan.decide.answers import Decision, weigh
from postloan.kernel import PostloanError
from postloan.kernel.days import months_later
from postloan.rules import RuleBook

PERIODS = "CN-CLS-03.observation_periods"
MONTHS = "CN-CLS-03.observation_months"
RESTARTS = "CN-CLS-03.missed_payment_restarts"


class NoDueDates(PostloanError):
    """The observation of a restructured loan needs at least {needed} repayment dates, but {given} are given.

    Give the repayment dates agreed after the change, counted from the last missed one.
    """

    zh = (
        "计算重组观察期至少需要 {needed} 个还款日，现有 {given} 个。"
        "请提供调整后（自最近一次未按期还款之后）约定的还款日。"
    )


@dataclass(frozen=True, slots=True)
class UpgradeFacts:
    """What the upgrade of a non-performing loan depends on.

    arrears_cleared: all overdue principal, interest and costs are paid. periods_paid, months_paid: paid normally
    since. able_to_continue: the debtor can go on paying. other_impaired_asset: owes another one here.
    """

    arrears_cleared: bool
    periods_paid: int
    months_paid: int
    able_to_continue: bool
    other_impaired_asset: bool


def observation_ends(due_dates: Sequence[date], missed: Collection[date], book: RuleBook, on: date) -> date:
    """The last day of the observation period of a restructured loan.

    due_dates: repayment dates agreed after the change, in order. missed: those not paid; each restarts the
    observation at the next one. on: the day whose rules hold.

    Raises:
        NoDueDates: too few dates to see the periods that the rule asks for.
    """
    periods = book.value(PERIODS, on=on).whole
    months = book.value(MONTHS, on=on).whole
    restarts = book.value(RESTARTS, on=on).flag
    left = list(due_dates)
    if restarts and missed:
        left = [due for due in due_dates if due > max(missed)]
    if len(left) <= periods:
        raise NoDueDates(needed=periods + 1, given=len(left))
    return max(months_later(left[0], months), left[periods])


def again_in_observation(
    restructured_on: Collection[date],
    due_dates: Collection[date],
    overdue_since: date | None,
    book: RuleBook,
    on: date,
) -> bool:
    """Whether a loan was restructured again within the observation period of the restructuring before.

    restructured_on: the days of its restructurings. due_dates: days on which instalments fall due, as far as
    known; without any the period is counted from the restructuring itself. overdue_since: the first day of the
    present delay, a payment missed; where it lies between two restructurings the period begins anew there.
    on: the day whose rules hold. ``grade.sql`` says the same for a whole tape.
    """
    periods = book.value(PERIODS, on=on).whole
    months = book.value(MONTHS, on=on).whole
    restarts = book.value(RESTARTS, on=on).flag
    for first, again in pairwise(sorted(set(restructured_on))):
        missed = restarts and overdue_since is not None and first < overdue_since < again
        counts_from = overdue_since if missed and overdue_since else first
        later = sorted({due for due in due_dates if due > counts_from})
        begins = later[0] if later else counts_from
        if again <= months_later(begins, months) or (len(later) > periods and again <= later[periods]):
            return True
    return False


def may_upgrade(facts: UpgradeFacts, book: RuleBook, on: date) -> Decision:
    """Whether a non-performing loan may be graded up again; every condition must hold."""
    needs = book.value("CN-CLS-04.upgrade_needs", on=on)
    periods = book.value("CN-CLS-04.upgrade_periods", on=on)
    months = book.value("CN-CLS-04.upgrade_months", on=on)
    met = {
        "arrears_cleared": facts.arrears_cleared,
        "able_to_continue": facts.able_to_continue,
        "no_other_impaired_asset": not facts.other_impaired_asset,
    }
    # "The longer of the two" means that both must have passed.
    long_enough = facts.periods_paid >= periods.whole and facts.months_paid >= months.whole
    every_need = all(met[need] for need in needs.terms)
    refused = [] if every_need and long_enough else ["CN-CLS-04"]
    return weigh(refused, [], ["CN-CLS-04"], (needs, periods, months), book.version)
