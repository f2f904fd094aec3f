"""What a morning shows, as frozen records without personal data: loans and people by number only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from postloan.kernel import Money
from postloan.ledger.migration import Roll
from postloan.ledger.store_records import ApprovalRequest, Instalment, Loan, Promise, Suspense


@dataclass(frozen=True, slots=True)
class CameIn:
    """What the last night took in (入账).

    on: the night; None if there was none yet. files: payment files taken; refused: those that were not. amount: of all
    rows of the files taken = posted_amount + suspended_amount + refused_amount. undone: payments returned or reversed
    that night.
    """

    on: date | None
    files: int
    refused: int
    rows: int
    amount: Money
    posted_rows: int
    posted_amount: Money
    suspended_rows: int
    suspended_amount: Money
    undone: int
    undone_amount: Money
    refused_rows: int
    refused_amount: Money


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money in suspense (挂账待查). oldest: since when the oldest has waited. first: the oldest ones."""

    count: int
    amount: Money
    oldest: date | None
    first: tuple[Suspense, ...]


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One loan in a list. on: the day that puts it there. owed: all of it; principal: of that."""

    loan_id: str
    borrower_id: str
    product: str
    grade: str
    on: date
    owed: Money
    principal: Money

    @classmethod
    def of(cls, loan: Loan, on: date) -> LoanLine:
        """The line of a loan."""
        owed = loan.owed
        return cls(loan.loan_id, loan.borrower_id, loan.product, loan.grade, on, owed.total, owed.principal)


@dataclass(frozen=True, slots=True)
class DayCount:
    """Loans on one day."""

    on: date
    loans: int
    principal: Money


@dataclass(frozen=True, slots=True)
class Crossing:
    """Loans that reach a day overdue unless something comes in (即将跨越分类界限).

    day: of overdue: 91, 271, 361. to: the class that begins there. rule: why. loans, principal: all that reach it in
    the days ahead. worsens: those whose class is better today. by_day: how they spread. first: the nearest, largest
    first within a day.
    """

    day: int
    to: str
    rule: str
    loans: int
    principal: Money
    worsens: int
    by_day: tuple[DayCount, ...]
    first: tuple[LoanLine, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """Loans on which something ends in the days ahead. first: the nearest."""

    loans: int
    owed: Money
    first: tuple[LoanLine, ...]


@dataclass(frozen=True, slots=True)
class Promised:
    """Promises (承诺还款). first: the open ones, oldest first, then the broken ones, latest first.

    today: due on the day. late: their day has passed without the money; broken ones of the last days only.
    """

    today: int
    today_amount: Money
    late: int
    late_amount: Money
    first: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """Instalments of plans whose day has passed without the money (分期违约). plans: of these first ones."""

    instalments: int
    amount: Money
    first: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True)
class Approvals:
    """Requests that wait for a checker (待审批). soon: of these, those that expire within three days."""

    waiting: int
    soon: int
    first: tuple[ApprovalRequest, ...]


@dataclass(frozen=True, slots=True)
class GradeMove:
    """Loans that changed class on the last night, and why (rule ids)."""

    before: str
    after: str
    because: tuple[str, ...]
    loans: int
    principal: Money
    worse: bool


@dataclass(frozen=True, slots=True)
class Regraded:
    """What changed in class on the last night on which anything did. on: that night; None if nothing ever did."""

    on: date | None
    moves: tuple[GradeMove, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Loans of one class and status, as last booked. booked: what is carried of the principal."""

    status: str
    grade: str
    loans: int
    principal: Money
    booked: Money


@dataclass(frozen=True, slots=True)
class Migration:
    """Moves between classes over a period (迁徙). since, until: its days. rolls: all loans; vintages: by vintage."""

    since: date
    until: date
    rolls: tuple[Roll, ...]
    vintages: tuple[Roll, ...]


@dataclass(frozen=True, slots=True)
class Morning:
    """Everything that waits for a lender on a day (每日晨报).

    on: the day. days: how far it looks ahead. listed: most entries in a list; counts and sums are of all.
    crossings: reaching day 91, 271 and 361. limitation: claims whose period ends; unlimited: open loans without a known
    end of limitation. observations: observation periods that may end.
    """

    on: date
    days: int
    listed: int
    came_in: CameIn
    suspense: Waiting
    crossings: tuple[Crossing, ...]
    limitation: Ending
    unlimited: int
    promises: Promised
    missed: Missed
    observations: Ending
    approvals: Approvals
    regraded: Regraded
    portfolio: tuple[Standing, ...]
    migration: Migration
