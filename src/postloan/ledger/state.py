"""What a loan looks like on a day, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from postloan.kernel import Money
from postloan.ledger.observing import observation_complete, on_time
from postloan.ledger.parts import BOOK, Balances, Line
from postloan.ledger.running import NON_PERFORMING, Running
from postloan.ledger.terms import Terms


class Status(StrEnum):
    """Where a loan stands; worked out from what is owed and owned, never stored."""

    OPEN = "open"
    CLOSED = "closed"  # 结清: nothing is owed
    SOLD = "sold"  # 已转让
    CHARGED_OFF = "charged_off"  # the loss is booked, work goes on
    WRITTEN_OFF = "written_off"  # 已核销: the claim remains


@dataclass(frozen=True, slots=True)
class Observation:
    """The observation period after a restructuring (重组观察期); none once it is complete.

    first_on: the first repayment date that counts; None until it comes, and after a missed payment until the next.
    periods: consecutive repayment periods paid on time since. again: whether the loan was restructured again within it.
    """

    first_on: date | None
    periods: int
    again: bool


@dataclass(frozen=True, slots=True)
class State:
    """One loan at the beginning of a day, all events of that day included.

    day: the day. owed: what the debtor owes (债权). due: what of it is due. booked: what the lender carries (账面).
    credit: money held for the debtor. lost: losses booked by charge-off, write-off and later costs. recovered: what
    came in on them, never more. overdue_since: oldest unpaid due day. cleared_on: since when no arrears, penalty,
    fees or costs are left; paid_periods: instalments paid on time since. fee_room: what the cap on the total cost
    leaves for fees; None without a cap. lines: every line of the ledger, in fen.
    """

    loan_id: str
    day: date
    terms: Terms
    status: Status
    owed: Balances
    due: Balances
    booked: Balances
    credit: Money
    lost: Money
    recovered: Money
    overdue_since: date | None
    grade: str
    because: tuple[str, ...]
    graded_on: date | None
    rule_book: str
    owner: str
    matures_on: date | None
    extensions: int
    restructured: int
    observation: Observation | None
    cleared_on: date | None
    paid_periods: int
    refinances: str
    refinanced_by: str
    last_paid_on: date | None
    fee_room: Money | None
    lines: tuple[int, ...]

    @property
    def days_overdue(self) -> int:
        """Days overdue (逾期天数) on the day; 0 if nothing is."""
        return (self.day - self.overdue_since).days if self.overdue_since else 0

    @property
    def non_performing(self) -> bool:
        """Whether the class of the day makes the loan non-performing (不良); there is no flag to go stale."""
        return self.grade in NON_PERFORMING

    @property
    def memorandum(self) -> Balances:
        """What is owed but not carried (表外): interest not taken as income, and what was written off."""
        return Balances.of_fen(
            [owed - kept for owed, kept in zip(self.owed.fen, self.booked.fen, strict=True)]
        )

    def line(self, line: Line) -> Money:
        """The amount on one line; debit positive."""
        return Money(self.lines[line])


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


def status_of(run: Running) -> Status:
    """Where a running loan stands as a whole."""
    if run.owner:
        return Status.SOLD
    if run.closed:
        return Status.CLOSED
    if run.written_off:
        return Status.WRITTEN_OFF
    return Status.CHARGED_OFF if run.charged_off else Status.OPEN


def due_of(run: Running) -> Balances:
    """What is due on a running loan and was not paid."""
    return Balances.of_fen([run.due_principal, run.due_interest, *run.lines[2:6]])


def snapshot(loan_id: str, run: Running) -> State:
    """The state of a running loan as a value. The loan must have been opened."""
    lines = run.lines
    terms = run.terms
    assert terms is not None
    observation = None
    if run.observing and not observation_complete(run, run.day):
        periods = on_time(run, run.observed_periods)
        observation = Observation(_day(run.observed_from), periods, run.restructured_again)
    return State(
        loan_id=loan_id,
        day=date.fromordinal(run.day),
        terms=terms,
        status=status_of(run),
        owed=Balances.of_fen(lines[:6]),
        due=due_of(run),
        booked=Balances.of_fen(lines[BOOK : BOOK + 6]),
        credit=Money(-lines[Line.CREDIT]),
        lost=Money(run.lost),
        recovered=Money(run.recovered),
        overdue_since=_day(run.buckets[0][0]) if run.buckets else None,
        grade=run.grade,
        because=run.because,
        graded_on=_day(run.graded_on),
        rule_book=run.rules.version,
        owner=run.owner,
        matures_on=_day(run.matures_on),
        extensions=run.extensions,
        restructured=run.restructured,
        observation=observation,
        cleared_on=_day(run.cleared_on),
        paid_periods=on_time(run, run.paid_periods),
        refinances=run.refinances,
        refinanced_by=run.refinanced_by,
        last_paid_on=_day(run.last_paid_on),
        fee_room=None if (room := run.fee_room) is None else Money(room),
        lines=tuple(lines),
    )
